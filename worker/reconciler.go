package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
)

const (
	reconcileEvery = 15 * time.Second
	// overdueAfter is how long a step may be overdue before its run is looked at.
	overdueAfter = 30 * time.Second
	// idleAfter is how long nothing may be heard of a running enrollment before its
	// run is looked at.
	idleAfter = 5 * time.Minute
	// reconcileBatch bounds the overdue runs that are looked at in one round, idleBatch
	// the idle ones: the next round goes on behind them.
	reconcileBatch = 200
	idleBatch      = 50
)

// RunState is what Temporal says of a run.
type RunState int

// The states of a run.
const (
	RunOpen RunState = iota
	RunClosed
	RunAbsent
)

// Describe asks Temporal for the state of a run, by its id and never by a list.
func (e *Engine) Describe(ctx context.Context, workflowID string) (RunState, error) {
	answer, err := e.Client.DescribeWorkflowExecution(ctx, workflowID, "")
	var absent *serviceerror.NotFound
	switch {
	case errors.As(err, &absent):
		return RunAbsent, nil
	case err != nil:
		return RunOpen, fmt.Errorf("describe run %s: %w", workflowID, err)
	}
	if answer.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return RunOpen, nil
	}
	return RunClosed, nil
}

// Inspector is what the reconciler asks Temporal.
type Inspector interface {
	Describe(ctx context.Context, workflowID string) (RunState, error)
}

// Reconciler compares enrollments that should have moved with their runs: it wakes
// a run that sleeps past its due instant, starts one that Temporal has lost, and
// ends an enrollment whose run was closed behind our back.
type Reconciler struct {
	Store  *store.Store
	Engine Inspector
	Log    *slog.Logger
	Now    func() time.Time
	// Nudge is called when there is work for the dispatcher.
	Nudge func()
	// Every is the pause between rounds; default 15 s.
	Every time.Duration
	// Overdue is how late a step may be before its run is looked at; default 30 s.
	Overdue time.Duration

	lost atomic.Int64
	// behind is the id of the last idle enrollment that was looked at.
	behind string
}

// Lost is how many runs the last round found lost or closed behind our back.
func (r *Reconciler) Lost() int64 { return r.lost.Load() }

// Run reconciles until ctx ends.
func (r *Reconciler) Run(ctx context.Context) error {
	every := r.Every
	if every == 0 {
		every = reconcileEvery
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := r.Round(ctx); err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "reconcile", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Round looks at the enrollments that are overdue or whose wake-up found no run, and
// at some that run without a sign of life, and returns how many it had to repair.
func (r *Reconciler) Round(ctx context.Context) (int, error) {
	suspects, idle, err := r.suspects(ctx)
	if err != nil {
		return 0, fmt.Errorf("read suspects: %w", err)
	}
	var lost, repaired int64
	for i, e := range append(suspects, idle...) {
		state, err := r.Engine.Describe(ctx, events.WorkflowID(e.Workflow, e.ContactID, e.ID))
		if err != nil {
			return int(repaired), err
		}
		if state != RunOpen {
			lost++
		} else if i >= len(suspects) {
			continue // it is at work, or tries again: nothing is due
		}
		if err := r.repair(ctx, e.ID, state); err != nil {
			return int(repaired), err
		}
		repaired++
		r.Log.WarnContext(ctx, "reconciled enrollment", "enrollment", e.ID, "run", int(state))
	}
	r.lost.Store(lost)
	if repaired > 0 && r.Nudge != nil {
		r.Nudge()
	}
	return int(repaired), nil
}

// suspects reads whom to look at in this round.
func (r *Reconciler) suspects(ctx context.Context) (overdue, idle []store.Enrollment, err error) {
	late := r.Overdue
	if late == 0 {
		late = overdueAfter
	}
	err = r.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if overdue, err = tx.SuspectEnrollments(r.Now().Add(-late), reconcileBatch); err != nil {
			return err
		}
		idle, err = tx.IdleEnrollments(r.Now().Add(-idleAfter), r.behind, idleBatch)
		return err
	})
	r.behind = ""
	if len(idle) == idleBatch {
		r.behind = idle[idleBatch-1].ID
	}
	return overdue, idle, err
}

func (r *Reconciler) repair(ctx context.Context, id string, state RunState) error {
	return r.Store.Write(ctx, func(tx *store.Tx) error {
		e, contact, err := tx.LockEnrollmentContact(id)
		if err != nil {
			return fmt.Errorf("lock enrollment %s: %w", id, err)
		}
		if !e.Active {
			return nil
		}
		switch state {
		case RunClosed:
			return events.EndWith(tx, contact, e, events.Ending{
				Status: "failed", Outcome: interpreter.OutcomeFailed, Reason: "terminated_in_temporal", Now: r.Now().UTC(),
			})
		case RunAbsent:
			return tx.AddDispatch(store.DispatchStart, e.ID)
		case RunOpen:
			// A wake-up that found no run before rests; a second one beside it would be one too many.
			if hastened, err := tx.HastenWakes(e.ID); err != nil || hastened > 0 {
				return err
			}
			_, err := tx.SetWake(e.ID)
			return err
		}
		return nil
	})
}

// Announce tells the store that a worker lives and which machine versions it knows.
func Announce(ctx context.Context, s *store.Store, id string) error {
	return s.Write(ctx, func(tx *store.Tx) error { return tx.AnnounceWorker(id, interpreter.Current) })
}

// Retire tells the store that a worker has stopped on purpose.
func Retire(ctx context.Context, s *store.Store, id string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return s.Write(ctx, func(tx *store.Tx) error { return tx.RetireWorker(id) })
}
