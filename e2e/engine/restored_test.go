package engine_test

import (
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/e2e/harness"
	"fermata/store"
)

// Temporal's files and the store's come back from copies that were made under work, Temporal's before the
// store's. What went out since is unknown or made again under its key; what comes up later goes out.
func TestStoreInAFileComesBackFromABackup(t *testing.T) {
	t.Parallel()
	temporal, file := harness.StartTemporal(t), filepath.Join(t.TempDir(), "fermata.db")
	s := harness.Start(t, harness.Options{
		Temporal: temporal, Database: "sqlite:" + file, Reconcile: time.Second, Log: slog.New(slog.DiscardHandler),
	})
	s.Publish(fmt.Sprintf(gap, s.HTTP.URL))
	moves, waits := traveller{s, "moves"}.starts(), traveller{s, "waits"}.starts()
	behind, err := temporal.Backup()
	require.NoError(t, err)
	from := time.Now().UTC()
	copyStore(t, file)

	again := map[string]any{
		"id": "evt_of_the_gap", "type": "assets.uploaded", "occurred_at": time.Now().UTC().Format(time.RFC3339Nano),
		"contact": map[string]any{"email": moves.mail()},
	}
	s.Must("POST", "/v1/events", again)
	moves.at("second")
	s.Stop()
	to := time.Now().UTC()
	require.Len(t, s.SMTP.To(moves.mail()), 1)
	require.NoError(t, behind.Restore())
	restoreStore(t, file)
	noteGap(t, s, from, to)
	s.Run()

	s.Must("POST", "/v1/events", again)
	moves.at("second")
	waits.gets("assets.uploaded").at("second")
	for _, p := range []traveller{moves, waits} {
		p.gets("assets.uploaded")
		e := p.is("completed")
		require.Equal(t, []string{"first", "hello", "call", "second", "bye", "pause", "done"}, way(e), p.name)
		require.Len(t, s.SMTP.To(p.mail()), 2, "%s: Hello and Bye, each once", p.name)
		hello, call := e["steps"].([]any)[1].(map[string]any), e["steps"].([]any)[2].(map[string]any)
		require.Equal(t, "done", call["status"])
		if p.name == "waits" {
			require.Equal(t, "done", hello["status"])
			continue
		}
		require.Equal(t, []any{"unknown", "restored"}, []any{hello["status"], hello["reason"]})
		require.EqualValues(t, 2, call["effect"].(map[string]any)["copies"])
		calls := s.HTTP.On("/moves")
		require.Len(t, calls, 2)
		require.Equal(t, calls[0].Header.Get("Idempotency-Key"), calls[1].Header.Get("Idempotency-Key"))
	}
}

func backupOf(file string) string { return file + ".backup" }

// copyStore copies the store's file while others write to it.
func copyStore(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "VACUUM INTO ?", backupOf(file))
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func restoreStore(t *testing.T, file string) {
	t.Helper()
	for _, suffix := range []string{"-wal", "-shm"} {
		require.NoError(t, os.RemoveAll(file+suffix))
	}
	require.NoError(t, os.Rename(backupOf(file), file))
}

// noteGap is what fermata restored does.
func noteGap(t *testing.T, s *harness.System, from, to time.Time) {
	t.Helper()
	db, err := store.Open(t.Context(), s.Database())
	require.NoError(t, err)
	require.NoError(t, app.Restored(t.Context(), db, from, to, time.Now().UTC(), io.Discard))
	require.NoError(t, db.Close())
}
