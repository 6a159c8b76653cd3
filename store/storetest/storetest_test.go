package storetest_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// childEnv makes the test binary play the part of a test process that is killed.
const childEnv = "STORETEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		s, err := storetest.StartServer(context.Background(), storetest.Options{})
		if err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		url, err := s.Database(context.Background())
		if err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString(url + "\n")
		select {}
	}
	storetest.Main(m)
}

func TestEachGivesEveryTestItsOwnStore(t *testing.T) {
	t.Parallel()
	for range 2 {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
				return tx.CreateTag(&store.Tag{Name: "mine"})
			}))
		})
	}
}

func TestTheServerDiesWithItsProcess(t *testing.T) {
	t.Parallel()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"=1", storetest.Env+"=")
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	buffer := make([]byte, 4096)
	n, err := out.Read(buffer)
	require.NoError(t, err)
	url := strings.TrimSpace(string(buffer[:n]))
	s := storetest.OpenURL(t, url)
	require.NoError(t, child.Process.Kill())
	_ = child.Wait()
	require.Eventually(t, func() bool { return s.Ping(t.Context()) != nil }, time.Minute, 20*time.Millisecond)
}

func TestWithoutPostgresThereIsOneClearLine(t *testing.T) {
	t.Setenv(storetest.Env, "mysql://x")
	_, err := storetest.StartServer(t.Context(), storetest.Options{})
	require.ErrorContains(t, err, storetest.Env)
	require.NotContains(t, err.Error(), "\n")
	require.NotContains(t, storetest.ErrNoPostgres.Error(), "\n")
}

func TestACrashedServerKeepsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, free.Close())
	server, err := storetest.StartServer(t.Context(), storetest.Options{Durable: true, TCP: free.Addr().String()})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	url, err := server.Database(t.Context())
	require.NoError(t, err)
	s := storetest.OpenURL(t, url)
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.CreateTag(&store.Tag{Name: "kept"}) }))
	require.NoError(t, server.Crash(t.Context()))
	s = storetest.OpenURL(t, url) // the connections of the first one are cut
	require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Tag("kept")
		return err
	}))
}
