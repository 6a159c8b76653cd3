package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"fermata/store"
)

// resumeWorkers bounds how many enrollments are woken at a time after a pause, so that the end of
// a long one is no stampede.
const resumeWorkers = 4

// Resumer wakes the enrollments that a pause held back, once their workflow goes on. All others
// need no wake: their timers are still running, and they reckon with the pause when they fire.
// It looks for rows, not for the end of a pause, so that nobody is forgotten who came to rest while
// the pause was just ending. Any number may run in parallel.
type Resumer struct {
	Store *store.Store
	Log   *slog.Logger  // default: slog.Default
	Poll  time.Duration // how often it looks without a nudge; default 1s
	// Dispatched is called when there is work for the dispatcher.
	Dispatched func()

	once sync.Once
	pump *pump[string]
}

func (r *Resumer) setup() {
	r.once.Do(func() {
		if r.Log == nil {
			r.Log = slog.Default()
		}
		r.pump = &pump[string]{
			name: "resumer", workers: resumeWorkers, poll: orDefault(r.Poll, defaultPoll),
			nudges: make(chan struct{}, 1), log: r.Log, claim: r.find, work: r.wake,
		}
	})
}

// Run wakes until ctx ends.
func (r *Resumer) Run(ctx context.Context) error {
	r.setup()
	r.pump.run(ctx)
	return nil
}

// Nudge makes a waiting resumer look at once.
func (r *Resumer) Nudge() {
	r.setup()
	nudge(r.pump.nudges)
}

// Drain wakes everybody who can go on now.
func (r *Resumer) Drain(ctx context.Context) error {
	r.setup()
	return r.pump.drain(ctx)
}

func (r *Resumer) find(ctx context.Context, n int) (ids []string, err error) {
	err = r.Store.Read(ctx, func(tx *store.Tx) error {
		ids, err = tx.Resumable(n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read who is paused: %w", err)
	}
	return ids, nil
}

func (r *Resumer) wake(ctx context.Context, id string) {
	if ctx.Err() != nil {
		return
	}
	err := r.Store.Write(ctx, func(tx *store.Tx) error {
		e, _, err := tx.LockEnrollmentContact(id)
		if err != nil {
			return fmt.Errorf("lock enrollment: %w", err)
		}
		if e.Status != store.StatusPaused || e.Paused {
			return nil
		}
		return wake(tx, e)
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		r.Log.WarnContext(ctx, "wake after a pause", slog.String("enrollment", id), slog.Any("error", err))
	case r.Dispatched != nil:
		r.Dispatched()
	}
}
