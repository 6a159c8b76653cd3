package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

var (
	serverMu sync.Mutex
	server   *Server // one for each test process
	noServer error
)

// Main runs a package's tests and stops the server that they started. Use it as TestMain; without
// it the server dies with the process, but its directory stays until the next start.
func Main(m *testing.M) {
	code := m.Run()
	StopServer()
	os.Exit(code)
}

// StopServer stops the test process's server if there is one.
func StopServer() {
	serverMu.Lock()
	defer serverMu.Unlock()
	if server != nil {
		server.Stop()
		server = nil
	}
}

// Shared returns the test process's server, which the first call starts.
func Shared(t testing.TB) *Server {
	t.Helper()
	serverMu.Lock()
	defer serverMu.Unlock()
	if server == nil && noServer == nil {
		server, noServer = StartServer(context.Background(), Options{})
	}
	if noServer != nil {
		t.Fatal(noServer)
	}
	return server
}

// Postgres makes a fresh, migrated PostgreSQL database that is dropped when the test ends.
func Postgres(t testing.TB) (url string) {
	t.Helper()
	s := Shared(t)
	url, err := s.Database(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Drop(context.Background(), url)) })
	return url
}

// sqliteTemplate is the content of a migrated, empty SQLite file.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "fermata-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	s, err := store.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	if err := s.Migrate(context.Background()); err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // the last close moves the log into the file
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLite makes a fresh, migrated SQLite file that is removed when the test ends.
func SQLite(t testing.TB) (url string) {
	t.Helper()
	content, err := sqliteTemplate()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "fermata.db")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return "sqlite:" + path
}

// OpenURL opens a store and closes it when the test ends.
func OpenURL(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// Open opens a fresh SQLite store: for tests that the store's dialect means nothing to.
func Open(t testing.TB) *store.Store {
	t.Helper()
	return OpenURL(t, SQLite(t))
}

// OpenPostgres opens a fresh PostgreSQL store.
func OpenPostgres(t testing.TB) *store.Store {
	t.Helper()
	return OpenURL(t, Postgres(t))
}

// Each runs a test on both stores, as the parallel subtests sqlite and postgres.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run(store.SQLite, func(t *testing.T) {
		t.Parallel()
		test(t, Open(t))
	})
	t.Run(store.Postgres, func(t *testing.T) {
		t.Parallel()
		test(t, OpenPostgres(t))
	})
}
