//go:build bench

package api

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// TestPublishWithManyInside prints what a publish with `migrate` and with `exit` costs on a PostgreSQL
// that waits for its disk, and what the intake of events notices of it: two clients post one event
// after the other of contacts who have nothing to do with it, a third one of those inside, whom the
// job locks.
func TestPublishWithManyInside(t *testing.T) {
	server, err := storetest.StartServer(t.Context(), storetest.Options{Durable: true})
	require.NoError(t, err)
	defer server.Stop()
	for _, n := range []int{1_000, 10_000} {
		for _, way := range []string{flightMigrate, flightExit} {
			url, err := server.Database(t.Context())
			require.NoError(t, err)
			measureFlight(t, storetest.OpenURL(t, url), way, n)
		}
	}
}

func measureFlight(t *testing.T, s *store.Store, way string, n int) {
	t.Helper()
	f := setup(t, s)
	f.inside("first", n, day, 3*day)
	f.draft(lasting("first", "4d"))
	body := object{"in_flight": way, "rate": "10000/1s"}
	b := clients{t: t, intake: &events.Intake{Store: s, Now: f.clock.Now}, n: n}
	b.during(fmt.Sprintf("%s %d: nothing", way, n), func() { <-time.After(5 * time.Second) })
	b.during(fmt.Sprintf("%s %d: dry run", way, n), func() { f.must(200, "POST", dripURL+"/publish?dry_run=true", body) })
	job := ""
	b.during(fmt.Sprintf("%s %d: publish", way, n), func() {
		job = f.must(200, "POST", dripURL+"/publish", body)["job"].(string)
	})
	<-time.After(4 * time.Second) // nobody is sent before the stragglers are in
	b.during(fmt.Sprintf("%s %d: job", way, n), func() {
		done := f.jobs(job, "done")
		require.EqualValues(t, n, done["done"])
	})
}

// clients post events while something else happens.
type clients struct {
	t      *testing.T
	intake *events.Intake
	n      int // people inside
	round  int
}

// during prints how long something took, and how long the intake of events took meanwhile.
func (b *clients) during(what string, happens func()) {
	b.t.Helper()
	b.round++
	round := b.round
	ctx, stop := context.WithCancel(b.t.Context())
	var all sync.WaitGroup
	took := make([][]time.Duration, 3)
	for client, who := range []func(i int) string{
		func(i int) string { return fmt.Sprintf("other-%d-a-%d@example.com", round, i) },
		func(i int) string { return fmt.Sprintf("other-%d-b-%d@example.com", round, i) },
		func(i int) string { return fmt.Sprintf("first-%03d@example.com", i*97%b.n) },
	} {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; ctx.Err() == nil; i++ {
				list, _, _ := events.ParseIncoming(object{"type": "form.submitted", "contact": object{"email": who(i)}})
				began := time.Now()
				if _, _, err := b.intake.Accept(context.WithoutCancel(ctx), list); err != nil {
					b.t.Error(err)
					return
				}
				took[client] = append(took[client], time.Since(began))
			}
		}()
	}
	began := time.Now()
	happens()
	lasted := time.Since(began)
	stop()
	all.Wait()
	b.t.Logf("%-26s %8s; others: %s; inside: %s", what, lasted.Round(time.Millisecond), spread(slices.Concat(took[0], took[1])), spread(took[2]))
}

// spread is how long something took that was done many times.
func spread(took []time.Duration) string {
	slices.Sort(took)
	at := func(share float64) time.Duration {
		return took[int(share*float64(len(took)-1))].Round(100 * time.Microsecond)
	}
	return fmt.Sprintf("%5d, p50 %8s p99 %8s max %8s", len(took), at(0.5), at(0.99), at(1))
}
