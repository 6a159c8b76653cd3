package events

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// quietBench is the workflow "back" with an inactivity trigger, and Ada, who was just met.
type quietBench struct {
	*bench
	ada string
}

func quiet(t *testing.T, s *store.Store, trigger object) *quietBench {
	t.Helper()
	b := &quietBench{bench: setup(t, s)}
	b.publish("back", object{
		"settings": object{"reentry": "after_exit"}, "triggers": []any{object{"id": "idle", "inactivity": trigger}},
	})
	b.accept(object{"type": "person.met", "contact": object{"email": "ada@example.com", "fields": object{"plan": "pro"}}})
	b.drain()
	b.read(func(tx *store.Tx) error {
		c, err := tx.ContactByEmail("ada@example.com")
		b.ada = c.ID
		return err
	})
	return b
}

func (b *quietBench) watcher() *Watcher {
	return &Watcher{Store: b.s, Definitions: NewDefinitions(4), Now: b.clock.now, Log: slog.New(slog.DiscardHandler)}
}

// look lets the watcher look d later, twice, and returns how often the trigger has gone off so far.
func (b *quietBench) look(d time.Duration) int {
	b.Helper()
	b.clock.add(d)
	for range 2 {
		_, err := b.watcher().Tick(context.Background())
		require.NoError(b, err)
		b.drain()
		b.clock.add(20 * time.Minute) // the walk has rested
	}
	return len(b.firings())
}

// firings are the events of the trigger, in order.
func (b *quietBench) firings() (list []store.Event) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		list, err = tx.EventsSince(b.ada, TypeTriggered, time.Time{})
		return err
	})
	return list
}

func (b *quietBench) happens(kind string, machine bool) {
	b.Helper()
	b.accept(object{"type": kind, "contact": object{"id": b.ada}, "data": object{"machine": machine}})
	b.drain()
}

// mailed is a mail to Ada that was sent now.
func (b *quietBench) mailed() {
	b.Helper()
	at := b.clock.now()
	b.write(func(tx *store.Tx) error {
		return tx.CreateSend(&store.Send{
			ContactID: b.ada, Channel: "email", Class: "marketing", MessageID: store.NewID("m"), State: store.SendSent, CreatedAt: at, SentAt: &at,
		})
	})
}

func (b *quietBench) status(status string) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		w, err := tx.Workflow("back")
		if err != nil {
			return err
		}
		w.Status = status
		return tx.SaveWorkflow(w)
	})
}

const day24 = 24 * time.Hour

func TestInactivityFiresOncePerSilence(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := quiet(t, s, object{"without": []any{"email.opened", "email.clicked"}, "for": "60d"})
		require.Equal(t, 0, b.look(59*day24), "not yet")
		require.Equal(t, 1, b.look(day24))
		first := b.firings()[0]
		require.JSONEq(t, `{"workflow": "back", "trigger": "idle", "data": {"scheduled_for": "2026-05-08T09:00:00Z"}}`, string(first.Data))
		require.Equal(t, "2026-05-08T09:00:00Z", first.OccurredAt.UTC().Format(time.RFC3339))
		require.Equal(t, 1, b.look(400*day24), "one silence, however long")
		b.happens("email.opened", true)
		require.Equal(t, 1, b.look(90*day24), "a machine is no sign of life")
		b.happens("page.viewed", false)
		require.Equal(t, 1, b.look(90*day24), "nor is what the trigger does not name")
		b.happens("email.clicked", false)
		require.Equal(t, 1, b.look(59*day24))
		require.Equal(t, 2, b.look(day24), "another silence")
		b.read(func(tx *store.Tx) error {
			n, err := tx.CountEnrollments(store.EnrollmentFilter{Workflow: "back", Contact: b.ada})
			require.Positive(t, n, "the router enrolls")
			return err
		})
	})
}

func TestInactivityCountsMailsOfTheSilence(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := quiet(t, s, object{"without": []any{"email.opened"}, "for": "10d", "min_sends": 2})
		for range 3 {
			b.mailed()
		}
		b.clock.add(time.Hour)
		b.happens("email.opened", false)
		require.Equal(t, 0, b.look(30*day24), "who gets no mail cannot answer any")
		b.mailed()
		require.Equal(t, 0, b.look(day24))
		at := b.clock.now()
		b.mailed()
		require.Equal(t, 1, b.look(time.Hour))
		require.Equal(t, at.Format(time.RFC3339), b.firings()[0].OccurredAt.UTC().Format(time.RFC3339), "the mail that made it enough")
	})
}

func TestInactivityAsksItsFilter(t *testing.T) {
	t.Parallel()
	for plan, fired := range map[string]int{"pro": 1, "free": 0} {
		b := quiet(t, storetest.Open(t), object{
			"without": []any{"email.opened"}, "for": "10d", "filter": object{"field": "contact.plan", "op": "eq", "value": plan},
		})
		require.Equal(t, fired, b.look(11*day24), plan)
	}
}

func TestInactivityObeysStopAndPause(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := quiet(t, s, object{"without": []any{"email.opened"}, "for": "10d"})
		b.status(store.WorkflowStopped)
		require.Equal(t, 0, b.look(11*day24))
		b.status(store.WorkflowPaused)
		require.Equal(t, 1, b.look(day24), "a silence that goes on fires when people are taken in again")
		b.status(store.WorkflowActive)
		require.Equal(t, 1, b.look(day24))
	})
}

// TestInactivityIsDecidedUnderTheLock: a sign that came after the look takes the firing back.
func TestInactivityIsDecidedUnderTheLock(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := quiet(t, s, object{"without": []any{"email.opened"}, "for": "10d"})
		b.clock.add(11 * day24)
		w := b.watcher()
		var rules []silenceRule
		b.read(func(tx *store.Tx) (err error) {
			rules, err = w.rules(tx)
			return err
		})
		require.Len(t, rules, 1)
		b.happens("email.opened", false)
		did, err := w.fire(context.Background(), &rules[0], b.ada, b.clock.now())
		require.NoError(t, err)
		require.False(t, did)
		require.Empty(t, b.firings())
	})
}

func TestWatchersFireTogetherOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := quiet(t, s, object{"without": []any{"email.opened"}, "for": "10d"})
		b.clock.add(11 * day24)
		var all atomic.Int64
		var hands sync.WaitGroup
		for range 4 {
			hands.Go(func() {
				w := b.watcher()
				rules := []silenceRule{}
				err := s.Read(context.Background(), func(tx *store.Tx) (err error) {
					rules, err = w.rules(tx)
					return err
				})
				if err != nil || len(rules) != 1 {
					return
				}
				if did, err := w.fire(context.Background(), &rules[0], b.ada, b.clock.now()); err == nil && did {
					all.Add(1)
				}
			})
		}
		hands.Wait()
		require.EqualValues(t, 1, all.Load())
		require.Len(t, b.firings(), 1)
	})
}
