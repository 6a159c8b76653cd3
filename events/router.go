package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"fermata/store"
)

const (
	// routeTries is how often an event may fail for a reason of its own before its contact's
	// queue stops.
	routeTries = 20
	// transientTries is how often a router tries an event again at once when the store was busy.
	transientTries = 3
	// routeTogether is how many events of a contact are routed in one transaction.
	routeTogether = 10

	defaultLease   = 30 * time.Second
	defaultPoll    = time.Second
	defaultWorkers = 8
	defaultBatch   = 100
)

// Router drains the logs of contacts: per event, in one transaction and in order, exits, waits,
// triggers and verdicts. It needs the store alone. Any number may run in parallel.
type Router struct {
	Store       *store.Store
	Definitions *Definitions
	Now         func() time.Time // default: time.Now
	Log         *slog.Logger     // default: slog.Default
	Lease       time.Duration    // how long a claim on a contact lasts; default 30s
	Poll        time.Duration    // how often it looks without a nudge; default 1s
	Batch       int              // events of one contact before others get their turn; default 100
	Workers     int              // contacts at a time; default 8
	// Dispatched, when set, is called after each event that left something for the dispatcher.
	Dispatched func()
	// Backoff says how long a contact rests after its n-th failure (from 1); default doubles
	// from 250ms to 1m.
	Backoff func(n int) time.Duration

	failures sync.Map // contact → how often it failed here since it last went on, for Backoff

	once   sync.Once
	pump   *pump[store.Claim]
	turn   store.Turn
	routed atomic.Int64
}

func (r *Router) setup() {
	r.once.Do(func() {
		if r.Now == nil {
			r.Now = time.Now
		}
		if r.Log == nil {
			r.Log = slog.Default()
		}
		if r.Backoff == nil {
			r.Backoff = func(n int) time.Duration { return backoff(n-1, 250*time.Millisecond, time.Minute) }
		}
		if r.Definitions == nil {
			r.Definitions = NewDefinitions(256)
		}
		r.Lease = orDefault(r.Lease, defaultLease)
		r.Batch = orDefault(r.Batch, defaultBatch)
		workers := orDefault(r.Workers, defaultWorkers)
		r.pump = &pump[store.Claim]{
			name: "router", workers: workers, ahead: workers, poll: orDefault(r.Poll, defaultPoll),
			nudges: make(chan struct{}, 1), log: r.Log, claim: r.claim, work: r.drainContact,
		}
	})
}

func orDefault[N int | time.Duration](given, otherwise N) N {
	if given > 0 {
		return given
	}
	return otherwise
}

// Run routes until ctx ends; it finishes the events in hand and gives its contacts back.
func (r *Router) Run(ctx context.Context) error {
	r.setup()
	r.pump.run(ctx)
	return nil
}

// Nudge makes a waiting router look at once.
func (r *Router) Nudge() {
	r.setup()
	nudge(r.pump.nudges)
}

// Drain routes every event that is ready and returns how many this router has routed by that.
func (r *Router) Drain(ctx context.Context) (int, error) {
	r.setup()
	before := r.routed.Load()
	err := r.pump.drain(ctx)
	return int(r.routed.Load() - before), err
}

func (r *Router) claim(ctx context.Context, n int) (claims []store.Claim, err error) {
	err = r.Store.Write(ctx, func(tx *store.Tx) error {
		claims, err = tx.ClaimContacts(n, r.Lease, &r.turn)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim contacts: %w", err)
	}
	return claims, nil
}

// errLost: another router holds the contact by now; whatever was decided is void.
var errLost = errors.New("claim on contact lost")

// drainContact routes the events of one claimed contact. A stop is felt between events, so that
// none is torn and no lease is left behind.
func (r *Router) drainContact(ctx context.Context, claim store.Claim) {
	whole := context.WithoutCancel(ctx)
	transient, most := 0, routeTogether
	for n := 0; n < r.Batch && ctx.Err() == nil; n++ {
		more, err := r.next(whole, claim, most)
		switch {
		case err == nil && !more:
			return
		case err == nil:
			transient = 0
		case errors.Is(err, errLost):
			r.Log.WarnContext(whole, "contact claimed by another router", slog.String("contact", claim.ContactID))
			return
		case store.IsTransient(err) && transient < transientTries:
			transient++
			r.Log.WarnContext(whole, "route event again", slog.String("contact", claim.ContactID), slog.Any("error", err))
		case most > 1:
			// One of several events failed and took the others back with it: one by one, those
			// before it get through and only it is to blame.
			most = 1
		default:
			r.fail(whole, claim, err)
			return
		}
	}
	r.putBack(whole, claim)
}

// next routes the contact's next events, at most so many, in one transaction, and reports whether
// there may be more.
func (r *Router) next(ctx context.Context, claim store.Claim, most int) (more bool, err error) {
	routed, dispatched := 0, false
	err = r.Store.Write(ctx, func(tx *store.Tx) error {
		routed, dispatched, more = 0, false, false
		c, err := tx.LockContact(claim.ContactID)
		if errors.Is(err, store.ErrNotFound) {
			return r.forget(tx, claim)
		}
		if err != nil {
			return fmt.Errorf("lock contact: %w", err)
		}
		if err := r.hold(tx, claim); err != nil {
			return err
		}
		list, err := tx.EventsAfter(c.ID, c.RoutedSeq, nil, most)
		if err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		for i := range list {
			p := &pass{tx: tx, c: c, event: &list[i], definitions: r.Definitions, now: r.now()}
			if err := p.guarded(); err != nil {
				return fmt.Errorf("route event %s: %w", p.event.ID, err)
			}
			c.RoutedSeq = p.event.Seq
			routed, dispatched = routed+1, dispatched || p.dispatched
		}
		if routed > 0 {
			if err := tx.SetRouted(c.ID, c.RoutedSeq); err != nil {
				return fmt.Errorf("move cursor: %w", err)
			}
		}
		if more = c.Seq > c.RoutedSeq; more {
			return nil
		}
		return release(tx, claim, c.RoutedSeq)
	})
	if err != nil || routed == 0 {
		return false, err
	}
	r.failures.Delete(claim.ContactID)
	r.routed.Add(int64(routed))
	if dispatched && r.Dispatched != nil {
		r.Dispatched()
	}
	return more, nil
}

func (r *Router) now() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

// hold checks the fencing token inside the transaction that is about to decide something.
func (r *Router) hold(tx *store.Tx, claim store.Claim) error {
	held, err := tx.HoldsContact(claim.ContactID, claim.Token)
	if err != nil {
		return fmt.Errorf("check claim: %w", err)
	}
	if !held {
		return errLost
	}
	return nil
}

// forget ends the queue of a contact that was deleted together with its log.
func (r *Router) forget(tx *store.Tx, claim store.Claim) error {
	if err := r.hold(tx, claim); err != nil {
		return err
	}
	return release(tx, claim, 0)
}

func release(tx *store.Tx, claim store.Claim, routed int64) error {
	if _, err := tx.ReleaseContact(claim.ContactID, claim.Token, routed); err != nil {
		return fmt.Errorf("release contact: %w", err)
	}
	return nil
}

// putBack ends a claim while events may be left, and looks again when it is this router's turn.
func (r *Router) putBack(ctx context.Context, claim store.Claim) {
	err := r.Store.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.LockContact(claim.ContactID)
		if errors.Is(err, store.ErrNotFound) {
			return r.forget(tx, claim)
		}
		if err != nil {
			return err
		}
		if err := r.hold(tx, claim); err != nil {
			return err
		}
		return release(tx, claim, c.RoutedSeq)
	})
	if err != nil && !errors.Is(err, errLost) {
		r.Log.ErrorContext(ctx, "give contact back", slog.String("contact", claim.ContactID), slog.Any("error", err))
	}
	r.Nudge()
}

// fail lets a contact rest after an error. Only an error of the event itself counts as a try;
// after 20 the contact's queue stops and shows, and nothing of it is dropped.
func (r *Router) fail(ctx context.Context, claim store.Claim, cause error) {
	r.Log.ErrorContext(ctx, "route event", slog.String("contact", claim.ContactID), slog.Any("error", cause))
	times := 1
	if before, ok := r.failures.Load(claim.ContactID); ok {
		n, _ := before.(int)
		times += n
	}
	r.failures.Store(claim.ContactID, times)
	stopAfter := routeTries
	if store.IsTransient(cause) {
		stopAfter = 0
	}
	stopped := false
	err := r.Store.Write(ctx, func(tx *store.Tx) (err error) {
		stopped, err = tx.FailContact(claim.ContactID, claim.Token, cause.Error(), stopAfter, tx.Now().Add(r.Backoff(times)))
		return err
	})
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		r.Log.ErrorContext(ctx, "record failed contact", slog.String("contact", claim.ContactID), slog.Any("error", err))
	case stopped:
		r.failures.Delete(claim.ContactID)
		r.Log.ErrorContext(ctx, "queue of contact stopped", slog.String("contact", claim.ContactID), slog.Int("tries", routeTries))
	}
}
