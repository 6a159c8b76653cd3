package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// ReasonCapped is why an enrollment waits at its start: its workflow's max_active or per_day.
const ReasonCapped = "capped"

// limited reports whether a workflow lets in only so many.
func limited(s *definition.Settings) bool { return s.MaxActive > 0 || s.PerDay > 0 }

// room is how many a workflow can let in now. The workflow is locked, or the answer is a guess.
func room(tx *store.Tx, workflow string, s *definition.Settings, now time.Time) (free int, use store.CapUse, err error) {
	free = math.MaxInt
	if !limited(s) {
		return free, use, nil
	}
	account, err := Account(tx)
	if err != nil {
		return 0, use, err
	}
	if use, err = tx.CapUse(workflow, midnight(now, Zone("", nil, account))); err != nil {
		return 0, use, fmt.Errorf("count who is inside %s: %w", workflow, err)
	}
	if s.MaxActive > 0 {
		free = s.MaxActive - use.Inside
	}
	if s.PerDay > 0 {
		free = min(free, s.PerDay-use.Since)
	}
	return max(free, 0), use, nil
}

// midnight is the first instant of the day in a zone.
func midnight(at time.Time, zone *time.Location) time.Time {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone).UTC()
}

// admitOrQueue lets a new enrollment in when its workflow's limits allow and nobody waits for that
// already; else it will wait at its start. Tests know no limits.
func admitOrQueue(tx *store.Tx, in EnrollInput, e *store.Enrollment) error {
	e.AdmittedAt = &in.Now
	if in.Test || !limited(&in.Def.Settings) {
		return nil
	}
	if _, err := tx.LockWorkflow(in.Workflow.Key); err != nil {
		return fmt.Errorf("lock workflow %s: %w", in.Workflow.Key, err)
	}
	free, use, err := room(tx, in.Workflow.Key, &in.Def.Settings, in.Now)
	if err != nil {
		return err
	}
	if free > use.Queued {
		return nil
	}
	e.AdmittedAt = nil
	if e.Status == store.StatusRunning {
		e.Status, e.Reason = store.StatusWaiting, ReasonCapped
	}
	return nil
}

// Admitter lets in the enrollments that wait at their start because their workflow was full, those
// that came first first, by the limits of the version that is published now. Any number may run
// in parallel.
type Admitter struct {
	Store       *store.Store
	Definitions *Definitions
	Now         func() time.Time // default: time.Now
	Log         *slog.Logger     // default: slog.Default
	Poll        time.Duration    // how often it looks without a nudge; default 1s
	// Dispatched is called when there is work for the dispatcher.
	Dispatched func()

	once sync.Once
	pump *pump[string]
}

const (
	// admitAtOnce is how many are let into one workflow without looking again.
	admitAtOnce = 200
	// admitWorkers is how many workflows are filled at a time. A workflow at which it fails keeps
	// neither the others waiting nor the processor busy: it comes up again with the next look.
	admitWorkers = 4
)

func (a *Admitter) setup() {
	a.once.Do(func() {
		if a.Now == nil {
			a.Now = time.Now
		}
		if a.Log == nil {
			a.Log = slog.Default()
		}
		a.pump = &pump[string]{
			name: "admitter", workers: admitWorkers, poll: orDefault(a.Poll, defaultPoll),
			nudges: make(chan struct{}, 1), log: a.Log, claim: a.find, work: a.fill,
		}
	})
}

// Run lets in until ctx ends.
func (a *Admitter) Run(ctx context.Context) error {
	a.setup()
	a.pump.run(ctx)
	return nil
}

// Nudge makes a waiting admitter look at once.
func (a *Admitter) Nudge() {
	a.setup()
	nudge(a.pump.nudges)
}

// Drain lets in everybody for whom there is room now.
func (a *Admitter) Drain(ctx context.Context) error {
	a.setup()
	return a.pump.drain(ctx)
}

// find lists workflows that have room for somebody who waits.
func (a *Admitter) find(ctx context.Context, n int) (keys []string, err error) {
	err = a.Store.Read(ctx, func(tx *store.Tx) error {
		capped, err := tx.CappedWorkflows()
		if err != nil {
			return err
		}
		for _, key := range capped {
			if free, err := a.room(tx, key); err != nil {
				return err
			} else if free > 0 && len(keys) < n {
				keys = append(keys, key)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read who waits to be let in: %w", err)
	}
	return keys, nil
}

// room is how many the published version of a workflow lets in now.
func (a *Admitter) room(tx *store.Tx, key string) (int, error) {
	w, err := tx.Workflow(key)
	if err != nil {
		return 0, fmt.Errorf("read workflow %s: %w", key, err)
	}
	def, err := a.Definitions.Load(tx, w.Hash)
	if err != nil {
		return 0, err
	}
	free, _, err := room(tx, key, &def.Settings, a.now())
	return free, err
}

func (a *Admitter) now() time.Time { return a.Now().UTC().Truncate(time.Microsecond) }

// fill lets people into one workflow until it is full.
func (a *Admitter) fill(ctx context.Context, key string) {
	var ids []string
	err := a.Store.Read(ctx, func(tx *store.Tx) (err error) {
		ids, err = tx.Capped(key, admitAtOnce)
		return err
	})
	for _, id := range ids {
		if err != nil || ctx.Err() != nil {
			break
		}
		err = a.admit(ctx, id)
	}
	if err != nil && !errors.Is(err, errFull) && ctx.Err() == nil {
		a.Log.WarnContext(ctx, "let in", slog.String("workflow", key), slog.Any("error", err))
	}
	if a.Dispatched != nil {
		a.Dispatched()
	}
}

var errFull = errors.New("the workflow is full")

// admit lets one enrollment in. It locks in the order of everybody else: contact, enrollment,
// workflow.
func (a *Admitter) admit(ctx context.Context, id string) error {
	return a.Store.Write(ctx, func(tx *store.Tx) error {
		e, _, err := tx.LockEnrollmentContact(id)
		if err != nil {
			return fmt.Errorf("lock enrollment %s: %w", id, err)
		}
		if !e.Active || e.AdmittedAt != nil {
			return nil
		}
		if _, err := tx.LockWorkflow(e.Workflow); err != nil {
			return fmt.Errorf("lock workflow %s: %w", e.Workflow, err)
		}
		free, err := a.room(tx, e.Workflow)
		if err != nil {
			return err
		}
		if free == 0 {
			return errFull
		}
		now := a.now()
		e.AdmittedAt = &now
		if e.Reason == ReasonCapped {
			e.Status, e.Reason = store.StatusRunning, ""
		}
		if err := tx.SaveEnrollment(e); err != nil {
			return fmt.Errorf("let in %s: %w", id, err)
		}
		return wake(tx, e)
	})
}
