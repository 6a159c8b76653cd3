package app

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/sizes"
	"fermata/store/storetest"
)

const (
	// refusalLimit is how soon who cannot accept says so; backLimit how soon it accepts again.
	refusalLimit = 2 * time.Second
	backLimit    = 10 * time.Second
)

// answers are what a load of posts was answered while the store came and went.
type answers struct {
	mu       sync.Mutex
	accepted []string
	refused  []time.Duration
	wrong    []string
	last     atomic.Int64 // when the newest 202 came, in Unix nanoseconds
}

func (a *answers) note(id string, status int, err error, took time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil && status == http.StatusAccepted:
		a.accepted = append(a.accepted, id)
		a.last.Store(time.Now().UnixNano())
	case err == nil && status == http.StatusServiceUnavailable:
		a.refused = append(a.refused, took)
	default:
		a.wrong = append(a.wrong, fmt.Sprintf("%s: %d %v", id, status, err))
	}
}

// load posts events from a few clients until over is closed.
func (s *served) load(over <-chan struct{}) (*answers, *sync.WaitGroup) {
	a, clients := &answers{}, &sync.WaitGroup{}
	for i := range 4 {
		client := ownClient(s.T)
		clients.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				case <-time.After(2 * time.Millisecond):
				}
				id, began := fmt.Sprintf("g%d-%d", i, n), time.Now()
				status, err := s.post(client, id)
				a.note(id, status, err, time.Since(began))
			}
		})
	}
	return a, clients
}

// TestStoreThatIsGoneIsNeverAnsweredWithAFalseYes: PostgreSQL crashes and stays away under load.
// What was answered with 202 is there; all else is 503, soon; and soon after its return it goes on.
func TestStoreThatIsGoneIsNeverAnsweredWithAFalseYes(t *testing.T) {
	t.Parallel()
	server, err := storetest.StartServer(t.Context(), storetest.Options{Durable: true})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	database, err := server.Database(t.Context())
	require.NoError(t, err)
	s := serve(t, database)
	over := make(chan struct{})
	a, clients := s.load(over)
	for range sizes.Of(2, 20) {
		before := time.Now().UnixNano()
		require.Eventually(t, func() bool { return a.last.Load() > before }, time.Minute, 10*time.Millisecond, "events are accepted")
		require.NoError(t, server.CrashFor(t.Context(), 3*time.Second))
		back := time.Now()
		require.Eventually(t, func() bool { return a.last.Load() > back.UnixNano() }, backLimit, 10*time.Millisecond, "accepts again soon")
	}
	close(over)
	clients.Wait()
	require.Empty(t, a.wrong)
	require.NotEmpty(t, a.refused)
	slices.Sort(a.refused)
	t.Logf("%d accepted, %d refused, half of them within %s, the last within %s", len(a.accepted), len(a.refused),
		a.refused[len(a.refused)/2], a.refused[len(a.refused)-1])
	require.Less(t, a.refused[len(a.refused)/2], refusalLimit)
	require.Less(t, a.refused[len(a.refused)-1], 5*refusalLimit, "also on a busy machine")
	requireLogged(t, database, a.accepted)
}

// requireLogged checks that each event is in the log, once.
func requireLogged(t *testing.T, database string, ids []string) {
	t.Helper()
	logged := map[string]int{}
	for line := range strings.Lines(storetest.Dump(t, database)) {
		if id, found := strings.CutPrefix(line, "events.id: "); found {
			logged[strings.TrimSpace(id)]++
		}
	}
	for _, id := range ids {
		require.Equal(t, 1, logged[id], id)
	}
}

// fullDisk makes PostgreSQL answer writes to the log of events as it does when its disk is full.
const fullDisk = `
CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file "base/1/1": No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER disk_is_full BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION disk_is_full();`

// TestFullDiskIsNoYes: and no fault of the client either.
func TestFullDiskIsNoYes(t *testing.T) {
	t.Parallel()
	database := storetest.Postgres(t)
	s := serve(t, database)
	db, err := sql.Open("pgx", database)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	client := ownClient(t)
	post := func(id string, want int) {
		status, err := s.post(client, id)
		require.NoError(t, err)
		require.Equal(t, want, status)
	}
	post("before", http.StatusAccepted)
	_, err = db.ExecContext(context.Background(), fullDisk)
	require.NoError(t, err)
	post("full", http.StatusServiceUnavailable)
	_, err = db.ExecContext(context.Background(), "DROP TRIGGER disk_is_full ON events")
	require.NoError(t, err)
	post("full", http.StatusAccepted)
	requireLogged(t, database, []string{"before", "full"})
}
