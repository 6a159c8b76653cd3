package worker

import (
	"context"
	"fmt"
	"time"

	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
)

// wakeAs returns what wakes a run that can go on, as a repair of a kind.
func (r *round) wakeAs(kind string) look {
	return func(ctx context.Context, e *store.Enrollment, run Run) error {
		if run.Wedge != "" {
			return r.wedged(ctx, e, run)
		}
		return r.wake(ctx, e, run, kind)
	}
}

// wakeIdle wakes a run that has nothing to do although its enrollment does not wait: it
// does not know where the enrollment stands.
func (r *round) wakeIdle(ctx context.Context, e *store.Enrollment, run Run) error {
	if run.Wedge == "" && run.Busy {
		return nil // it is at work, or tries again
	}
	return r.wakeAs(RepairWoken)(ctx, e, run)
}

// pass leaves a run alone that waits and is there.
func (r *round) pass(ctx context.Context, e *store.Enrollment, run Run) error {
	if run.Wedge != "" || e.Wedge != "" {
		return r.wedged(ctx, e, run)
	}
	return nil
}

// change carries out a repair with the enrollment locked. It is left out when the run was
// made anew since the enrollment was listed: what Temporal said was about the old one.
func (r *round) change(ctx context.Context, listed *store.Enrollment, kind string, repair func(tx *store.Tx, e *store.Enrollment, c *store.Contact) (bool, error)) error {
	done := false
	err := r.Store.Write(ctx, func(tx *store.Tx) error {
		e, contact, err := lock(tx, listed)
		if err != nil {
			return err
		}
		if e.Active != listed.Active || e.Rebuilds != listed.Rebuilds {
			return nil
		}
		done, err = repair(tx, e, contact)
		return err
	})
	if err != nil {
		return fmt.Errorf("repair enrollment %s: %w", listed.ID, err)
	}
	if done && kind != "" {
		r.count(kind, 1)
		r.Log.WarnContext(ctx, "reconciled enrollment", "enrollment", listed.ID, "repair", kind)
	}
	return nil
}

// lock locks an active enrollment with its contact. One that has ended may have outlived
// its contact; nothing but its run is at stake.
func lock(tx *store.Tx, listed *store.Enrollment) (e *store.Enrollment, contact *store.Contact, err error) {
	if listed.Active {
		e, contact, err = tx.LockEnrollmentContact(listed.ID)
	} else {
		e, err = tx.Enrollment(listed.ID)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("lock enrollment: %w", err)
	}
	return e, contact, nil
}

func (r *round) count(kind string, n int) {
	r.repaired += n
	if r.Count != nil {
		r.Count(kind, n)
	}
}

// wake wakes a run that can hear it, also when an earlier wake was lost, and puts the next
// look off.
func (r *round) wake(ctx context.Context, listed *store.Enrollment, run Run, kind string) error {
	return r.change(ctx, listed, kind, func(tx *store.Tx, e *store.Enrollment, _ *store.Contact) (bool, error) {
		if err := tx.Looked(e.ID, r.now, r.next(e), run.Wedge); err != nil || run.Wedge != "" || run.Deaf {
			return false, err
		}
		// A wake-up that found no run before rests; a second one beside it would be one too many.
		if hastened, err := tx.HastenWakes(e.ID); err != nil || hastened > 0 {
			return hastened > 0, err
		}
		return tx.WakeAgain(e.ID, r.ago(unheardAfter))
	})
}

// next is when an enrollment is looked at again that this look does not mend: the more
// often it was looked at in vain, the later.
func (r *round) next(e *store.Enrollment) time.Time {
	return r.now.Add(r.late << min(e.Looks, looksDouble))
}

func (r *round) putOff(ctx context.Context, e *store.Enrollment, wedge string) error {
	return r.change(ctx, e, "", func(tx *store.Tx, e *store.Enrollment, _ *store.Contact) (bool, error) {
		return false, tx.Looked(e.ID, r.now, r.next(e), wedge)
	})
}

// restore brings run and enrollment together when the run is not open: closed by
// somebody, the enrollment ends; lost, it is started again and resumes from the rows.
func (r *round) restore(ctx context.Context, listed *store.Enrollment, state RunState) error {
	kind := RepairStarted
	if state == RunClosed {
		kind = RepairEnded
	}
	return r.change(ctx, listed, kind, func(tx *store.Tx, e *store.Enrollment, contact *store.Contact) (bool, error) {
		if state == RunAbsent {
			return true, tx.AddDispatch(store.DispatchStart, e.ID)
		}
		return true, events.EndWith(tx, contact, e, events.Ending{
			Status: store.StatusFailed, Outcome: interpreter.OutcomeFailed, Reason: "terminated_in_temporal", Now: r.now,
		})
	})
}

// wedged notes that a run cannot go on by itself. One whose workflow tasks have failed
// for long is made anew from the rows, under code that may be another by now.
func (r *round) wedged(ctx context.Context, listed *store.Enrollment, run Run) error {
	due := listed.WedgedAt != nil && listed.WedgedAt.Before(r.ago(rebuildAfter<<min(listed.Rebuilds, rebuildDoubles)))
	kind := ""
	if run.Task && due {
		kind = RepairRebuilt
	}
	return r.change(ctx, listed, kind, func(tx *store.Tx, e *store.Enrollment, _ *store.Contact) (bool, error) {
		if err := tx.Looked(e.ID, r.now, r.next(e), run.Wedge); err != nil || kind == "" {
			return false, err
		}
		return true, tx.Rebuild(e.ID, r.now)
	})
}

// close sees to it that the run of an enrollment that has ended closes, too. One that has
// not heard of the end is woken. One that cannot hear is terminated, unless an effect of
// it is under way.
func (r *round) close(ctx context.Context, listed *store.Enrollment, run Run) error {
	if run.State != RunOpen {
		if !listed.RunClosed {
			r.closed = append(r.closed, listed.ID)
		}
		return nil
	}
	if !run.Task || listed.WedgedAt == nil || listed.WedgedAt.After(r.ago(unheardAfter)) {
		r.lost++
		return r.wake(ctx, listed, run, RepairRunWoken)
	}
	busy := false
	err := r.Store.Read(ctx, func(tx *store.Tx) (err error) {
		busy, err = tx.HasLiveClaim(listed.ID)
		return err
	})
	if err != nil || busy {
		return err
	}
	if err := r.Engine.Terminate(ctx, events.WorkflowID(listed.Workflow, listed.ContactID, listed.ID), "the enrollment has ended"); err != nil {
		return err
	}
	r.count(RepairRunTerminated, 1)
	r.Log.WarnContext(ctx, "reconciled enrollment", "enrollment", listed.ID, "repair", RepairRunTerminated)
	return nil
}

// markClosed notes which runs of ended enrollments are closed, in one transaction.
func (r *round) markClosed(ctx context.Context) error {
	if len(r.closed) == 0 {
		return nil
	}
	err := r.Store.Write(ctx, func(tx *store.Tx) error { return tx.MarkRunsClosed(r.closed) })
	if err != nil {
		return fmt.Errorf("note closed runs: %w", err)
	}
	return nil
}

// loseClaims makes effects unknown whose attempt died. Mostly the run's next attempt does so; it
// never comes when an exit or a move took the enrollment away meanwhile.
func (r *round) loseClaims(ctx context.Context) error {
	var list []store.Effect
	err := r.Store.Read(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.StaleClaims(r.late, reconcileBatch)
		return err
	})
	if err != nil {
		return fmt.Errorf("read claims of the dead: %w", err)
	}
	r.more = r.more || len(list) == reconcileBatch
	for i := range list {
		var lost bool
		err := r.Store.Write(ctx, func(tx *store.Tx) (err error) {
			lost, err = tx.LoseClaim(&list[i])
			return err
		})
		if err != nil {
			return fmt.Errorf("give up claim of enrollment %s: %w", list[i].EnrollmentID, err)
		}
		if lost {
			r.count(RepairClaim, 1)
			r.Log.WarnContext(ctx, "gave up the claim of an attempt that died", "enrollment", list[i].EnrollmentID, "node", list[i].Node)
		}
	}
	return nil
}

// dropOrphans removes subscriptions whose enrollment is not active: they only cost.
func (r *round) dropOrphans(ctx context.Context) error {
	var dropped int64
	err := r.Store.Write(ctx, func(tx *store.Tx) (err error) {
		dropped, r.at.subscription, err = tx.DropOrphans(r.at.subscription, orphanBatch)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop subscriptions: %w", err)
	}
	if dropped > 0 {
		r.count(RepairSubscription, int(dropped))
		r.Log.WarnContext(ctx, "removed subscriptions without an enrollment", "count", dropped)
	}
	return nil
}
