package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// engine counts calls and answers what the test wants.
type engine struct {
	mu      sync.Mutex
	started map[string]StartRequest
	starts  int
	woken   map[string]int
	rebuilt []StartRequest
	fail    error
	noRun   bool
	called  chan struct{}
}

func newEngine() *engine {
	return &engine{started: map[string]StartRequest{}, woken: map[string]int{}, called: make(chan struct{}, 10000)}
}

func (e *engine) Start(_ context.Context, r StartRequest) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() { e.called <- struct{}{} }()
	e.starts++
	if e.fail != nil {
		return e.fail
	}
	e.started[r.WorkflowID] = r
	return nil
}

func (e *engine) Rebuild(_ context.Context, r StartRequest) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rebuilt = append(e.rebuilt, r)
	return e.fail
}

func (e *engine) Wake(_ context.Context, id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail != nil {
		return e.fail
	}
	if e.noRun {
		return fmt.Errorf("wake %s: %w", id, ErrRunNotFound)
	}
	e.woken[id]++
	return nil
}

func (e *engine) set(fail error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fail = fail
}

func (b *bench) dispatcher(e Engine) *Dispatcher {
	return &Dispatcher{Store: b.s, Engine: e, Definitions: b.router.Definitions, Log: slog.New(slog.DiscardHandler)}
}

func TestDispatcherStartsAndWakes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("order.created", nil)}, "name": "Orders"})
		b.post("order.created", nil)
		b.drain()
		double := newEngine()
		d := b.dispatcher(double)
		require.NoError(t, d.Drain(context.Background()))
		e := b.enrollments("w")[0]
		id := WorkflowID("w", e.ContactID, e.ID)
		require.LessOrEqual(t, len(WorkflowID(longText(63), e.ContactID, e.ID)), 160)
		started := double.started[id]
		require.Equal(t, []any{e.ID, "w", e.ContactID, 1, e.Hash, "Orders (version 1)"}, []any{
			started.Enrollment, started.Workflow, started.Contact, started.Version, started.Hash, started.Summary,
		})
		require.NotEmpty(t, started.Definition)

		b.write(func(tx *store.Tx) error {
			_, err := tx.SetWake(e.ID)
			return err
		})
		require.NoError(t, d.Drain(context.Background()))
		require.Equal(t, map[string]int{id: 1}, double.woken)
		require.Empty(t, b.calls(e.ID))

		b.write(func(tx *store.Tx) error { return tx.Rebuild(e.ID, b.clock.now()) })
		require.NoError(t, d.Drain(context.Background()))
		require.Equal(t, []StartRequest{started}, double.rebuilt, "a new run gets what the first one got")
		require.Equal(t, 1, double.starts)
		require.Empty(t, b.calls(e.ID))
	})
}

func (b *bench) calls(enrollment string) []store.Dispatch {
	b.Helper()
	var list []store.Dispatch
	b.read(func(tx *store.Tx) (err error) {
		list, err = tx.Dispatches(enrollment)
		return err
	})
	return list
}

func TestDispatcherRetriesForEver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"settings": object{"correlate": "trigger.n"}, "triggers": []any{trigger("order.created", nil)}})
		for n := range 10 {
			b.post("order.created", object{"n": int64(n)})
		}
		b.drain()
		double := newEngine()
		double.set(errors.New("unavailable"))
		d := b.dispatcher(double)
		d.Poll = 10 * time.Millisecond
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		<-double.called
		<-double.called
		double.set(nil)
		require.Eventually(t, func() bool {
			double.mu.Lock()
			defer double.mu.Unlock()
			return len(double.started) == 10
		}, time.Minute, 5*time.Millisecond)
		cancel()
		require.NoError(t, <-done)
		for _, e := range b.enrollments("w") {
			require.Empty(t, b.calls(e.ID))
		}
	})
}

func TestDispatcherProbesWhileTheEngineIsDown(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{"settings": object{"correlate": "trigger.n"}, "triggers": []any{trigger("order.created", nil)}})
	for n := range 20 {
		b.post("order.created", object{"n": int64(n)})
	}
	b.drain()
	double := newEngine()
	double.set(errors.New("unavailable"))
	d := b.dispatcher(double)
	d.setup()
	rows, err := d.claim(context.Background(), 8)
	require.NoError(t, err)
	require.Len(t, rows, 8)
	d.dispatch(context.Background(), rows[0])
	rows, err = d.claim(context.Background(), 8)
	require.NoError(t, err)
	require.Len(t, rows, 1, "one call probes, the others wait untried")
	double.set(nil)
	d.dispatch(context.Background(), rows[0])
	rows, err = d.claim(context.Background(), 8)
	require.NoError(t, err)
	require.Len(t, rows, 8)
}

func TestWakeWithoutRunIsLeftToTheReconciler(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("order.created", nil)}})
		b.post("order.created", nil)
		b.drain()
		double := newEngine()
		d := b.dispatcher(double)
		require.NoError(t, d.Drain(context.Background()))
		double.noRun = true
		e := b.enrollments("w")[0]
		b.write(func(tx *store.Tx) error {
			_, err := tx.SetWake(e.ID)
			return err
		})
		require.NoError(t, d.Drain(context.Background()), "and it is not tried again at once")
		calls := b.calls(e.ID)
		require.Len(t, calls, 1)
		require.Equal(t, ErrRunNotFound.Error(), calls[0].Error)
		require.False(t, d.down.Load(), "the engine is well")
	})
}

func TestEndedEnrollmentNeedsNoCall(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{"triggers": []any{trigger("order.created", nil)}, "exits": []any{exit("x", "order.canceled", nil)}})
	b.post("order.created", nil)
	b.post("order.canceled", nil)
	b.drain()
	double := newEngine()
	double.noRun = true
	d := b.dispatcher(double)
	require.NoError(t, d.Drain(context.Background()))
	require.Zero(t, double.starts, "it ended before it began")
	require.Empty(t, b.calls(b.enrollments("w")[0].ID), "and there is nothing to close")
}

func TestNudgesCarryAnEventToTheEngineFast(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"settings": object{"correlate": "trigger.n"}, "triggers": []any{trigger("order.created", nil)}})
		double := newEngine()
		d := b.dispatcher(double)
		d.Poll, b.router.Poll = time.Hour, time.Hour
		b.router.Dispatched, b.intake.Nudge = d.Nudge, b.router.Nudge
		ctx, cancel := context.WithCancel(context.Background())
		var hands sync.WaitGroup
		hands.Go(func() { _ = b.router.Run(ctx) })
		hands.Go(func() { _ = d.Run(ctx) })
		for n := range 20 {
			b.post("order.created", object{"n": int64(n)})
			select {
			case <-double.called:
			case <-time.After(time.Minute):
				t.Fatal("nobody was nudged")
			}
		}
		cancel()
		hands.Wait()
	})
}
