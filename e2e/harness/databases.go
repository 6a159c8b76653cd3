package harness

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of TemporalDatabase
	"github.com/stretchr/testify/require"

	"fermata/store/storetest"
)

// Databases are the stores that every test of the whole program runs on: each makes
// an empty database of its own and returns its URL.
func Databases() map[string]func(t testing.TB) string {
	return map[string]func(t testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "fermata.db") },
		"postgres": storetest.Postgres,
	}
}

// TemporalDatabase makes the two empty databases that a Temporal server on PostgreSQL
// needs and returns the URL of the first.
func TemporalDatabase(t testing.TB, server *storetest.Server) string {
	t.Helper()
	main, err := server.Empty(t.Context())
	require.NoError(t, err)
	u, err := url.Parse(main)
	require.NoError(t, err)
	db, err := sql.Open("pgx", main)
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(t.Context(), "CREATE DATABASE "+u.Path[1:]+"_visibility")
	require.NoError(t, err)
	return main
}
