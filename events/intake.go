package events

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fermata/store"
)

// acceptTries bounds how often a request is carried out again after it met another one that made
// the same contact or event, or lost a deadlock.
const acceptTries = 32

// transientTime is how long a request is tried again while the store is busy or out of reach. It
// is a little more than PostgreSQL takes to find a deadlock.
const transientTime = 1500 * time.Millisecond

// Intake accepts events. Nudge, when set, is called after each commit so that a router in this
// process looks at once; Count, when set, with how many events were new. Now defaults to time.Now.
type Intake struct {
	Store *store.Store
	Now   func() time.Time
	Nudge func()
	Count func(accepted int)
}

// Accepted tells a client what became of one of its events. A duplicate was accepted before: its
// first body counts, and this one changed nothing.
type Accepted struct {
	ID        string
	Duplicate bool
	Warnings  []Warning
}

// Accept stores events, all or none of them, and returns once they are durable: per event the
// contact is found or made and updated, the event gets the contact's next number, and the
// contact is queued for the router, in one transaction. Field errors mean that nothing was
// stored; an error means that nothing may be answered as accepted.
func (in *Intake) Accept(ctx context.Context, list []Incoming) ([]Accepted, []FieldError, error) {
	b := &batch{list: list, ids: make([]string, len(list)), now: in.now()}
	for i, item := range list {
		// Made once: when an answer of the database was lost, the next try finds its own rows.
		if b.ids[i] = item.ID; item.ID == "" {
			b.ids[i] = store.NewID("evt")
		}
	}
	began := time.Now()
	for try := 1; ; try++ {
		err := in.Store.Write(ctx, b.run)
		if err == nil {
			if b.stored && in.Nudge != nil {
				in.Nudge()
			}
			if in.Count != nil {
				in.Count(b.fresh())
			}
			return b.accepted, nil, nil
		}
		if wrong, ok := invalidFields(err); ok {
			return nil, wrong, nil
		}
		if ctx.Err() != nil || !again(err, try, time.Since(began)) {
			return nil, nil, gaveUp(err)
		}
	}
}

func (in *Intake) now() time.Time {
	now := time.Now
	if in.Now != nil {
		now = in.Now
	}
	return now().UTC().Truncate(time.Microsecond)
}

// gaveUp is the error of a request that met others until its time was over. That is nothing that
// its sender could mend: the same request will go through a little later.
func gaveUp(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("accept events: %s: %w", err.Error(), store.ErrBusy)
	}
	return fmt.Errorf("accept events: %w", err)
}

// again says whether to carry out a request once more. One that met another request for the same
// contact or event will find it done. A store in trouble gets a moment: after that the client
// is told, and keeps the event.
func again(err error, try int, spent time.Duration) bool {
	if errors.Is(err, store.ErrConflict) {
		return try < acceptTries
	}
	return store.IsTransient(err) && try < acceptTries && spent < transientTime
}
