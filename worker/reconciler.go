package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
)

const (
	reconcileEvery = 15 * time.Second
	// reconcileHurried is the pause between rounds while signs say that Temporal has
	// forgotten something, or while there are more suspects than a round takes.
	reconcileHurried = time.Second
	// overdueAfter is how long a step may be overdue before its run is looked at. The
	// other delays are multiples of it.
	overdueAfter = 30 * time.Second
	// unheardAfter times that is how long a wake that was handed over may go unheard, and
	// how long a run may stay open when its enrollment has ended.
	unheardAfter = 2
	// idleAfter times that is how long nothing may be heard of a running enrollment.
	idleAfter = 10
	// rebuildAfter times that is how long a run may fail its workflow tasks before it is
	// made anew; each time twice as long, up to rebuildDoubles times.
	rebuildAfter   = 30
	rebuildDoubles = 6
	// looksDouble bounds the pause between two looks at a run that cannot be helped: it
	// doubles so often.
	looksDouble = 4

	// reconcileBatch bounds the suspects that are looked at in one round, walkBatch the
	// others: the next round goes on behind them.
	reconcileBatch = 200
	walkBatch      = 50
	// orphanBatch is how many subscriptions are compared with their enrollments in one round.
	orphanBatch = 1000
	// unreadBack is how far back a new process compares the log with open waits.
	unreadBack = time.Hour
	// endedKept is how long runs that were seen closed are looked at again: Temporal may
	// come back from a backup.
	endedKept = 7 * 24 * time.Hour
	// patience is how many runs in a round may be impossible to look at.
	patience = 3
)

// Kinds of repair, as Reconciler.Count gets them.
const (
	// RepairWoken: a run that slept past its due instant, or idled, was woken.
	RepairWoken = "woken"
	// RepairWakeRepeated: a wake that had gone unheard was made again.
	RepairWakeRepeated = "wake_repeated"
	// RepairUnread: a run had not read an event that it waits for, and was woken.
	RepairUnread = "event_unread"
	// RepairStarted: a run that Temporal did not have was started again.
	RepairStarted = "started_again"
	// RepairEnded: a run was closed in Temporal by somebody, so its enrollment ended.
	RepairEnded = "ended_in_temporal"
	// RepairRebuilt: a run that failed its tasks for long was made anew.
	RepairRebuilt = "rebuilt"
	// RepairRunWoken: the run of an enrollment that had ended was open, and was woken.
	RepairRunWoken = "ended_run_woken"
	// RepairRunTerminated: such a run could not end by itself and was terminated.
	RepairRunTerminated = "ended_run_terminated"
	// RepairSubscription: a subscription without an active enrollment was removed.
	RepairSubscription = "subscription_removed"
	// RepairClaim: the attempt at an effect died and nobody came to it again; its outcome is
	// unknown, and shown as such.
	RepairClaim = "claim_lost"
	// RepairOrphan: a run whose enrollment is not in the store closed by itself.
	RepairOrphan = "run_without_row"
)

// Repairs lists every kind of repair.
var Repairs = []string{
	RepairWoken, RepairWakeRepeated, RepairUnread, RepairStarted, RepairEnded, RepairRebuilt, RepairRunWoken, RepairRunTerminated, RepairSubscription, RepairClaim, RepairOrphan,
}

// Inspector is what the reconciler asks of Temporal.
type Inspector interface {
	Describe(ctx context.Context, workflowID string) (Run, error)
	Terminate(ctx context.Context, workflowID, reason string) error
}

// Reconciler compares enrollments with their runs. What should have moved is looked at
// soon; all the others in turn, at a bounded rate. It wakes a run that sleeps past its
// due instant or has lost a wake, starts one that Temporal has lost, closes one whose
// enrollment has ended, says of effects whose attempt died that nobody knows their outcome, ends an enrollment whose run was closed behind our back, and
// notes which runs cannot go on by themselves. Any number may run in parallel.
type Reconciler struct {
	Store  *store.Store
	Engine Inspector
	Log    *slog.Logger
	Now    func() time.Time
	// Nudge is called when there is work for the dispatcher.
	Nudge func()
	// Count is told of every repair; default nobody.
	Count func(kind string, n int)
	// Every is the pause between rounds; default 15 s.
	Every time.Duration
	// Overdue is how late a step may be before its run is looked at; default 30 s. The
	// other delays follow it.
	Overdue time.Duration

	lost atomic.Int64
	at   cursors
	// more: the last round left suspects over.
	more bool
}

// cursors say where the walks over everything have come to.
type cursors struct {
	idle, resting, subscription string
	read                        time.Time // how far the log was compared with open waits
	ended                       time.Time
	endedID                     string
}

// Lost is how many runs the last round found lost or closed behind our back.
func (r *Reconciler) Lost() int64 { return r.lost.Load() }

// Run reconciles until ctx ends.
func (r *Reconciler) Run(ctx context.Context) error {
	for {
		pause := r.Every
		if pause == 0 {
			pause = reconcileEvery
		}
		if _, err := r.Round(ctx); err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "reconcile", "error", err)
		} else if r.lost.Load() > 0 || r.more {
			pause = min(pause, reconcileHurried)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// round is one round.
type round struct {
	*Reconciler
	now      time.Time
	late     time.Duration
	repaired int
	lost     int64
	failures int
	closed   []string
}

// Round looks once at everybody whose turn it is, and returns how many it had to repair.
func (r *Reconciler) Round(ctx context.Context) (int, error) {
	one := &round{Reconciler: r, now: r.Now().UTC(), late: r.Overdue}
	if one.late == 0 {
		one.late = overdueAfter
	}
	err := one.run(ctx)
	r.lost.Store(one.lost)
	if one.repaired > 0 && r.Nudge != nil {
		r.Nudge()
	}
	return one.repaired, err
}

func (r *round) run(ctx context.Context) error {
	r.more = false
	if err := r.loseClaims(ctx); err != nil {
		return err
	}
	for _, group := range []struct {
		read func(tx *store.Tx) ([]store.Enrollment, error)
		look look
	}{
		{r.overdue, r.wakeAs(RepairWoken)},
		{r.unheard, r.wakeAs(RepairWakeRepeated)},
		{r.unread, r.wakeAs(RepairUnread)},
		{r.idle, r.wakeIdle},
		{r.resting, r.pass},
		{r.unclosed, r.close},
		{r.ended, r.close},
	} {
		var list []store.Enrollment
		err := r.Store.Read(ctx, func(tx *store.Tx) (err error) {
			list, err = group.read(tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("read whom to look at: %w", err)
		}
		r.more = r.more || len(list) == reconcileBatch
		for i := range list {
			if err := r.look(ctx, &list[i], group.look); err != nil {
				return err
			}
		}
	}
	if err := r.markClosed(ctx); err != nil {
		return err
	}
	return r.dropOrphans(ctx)
}

func (r *round) ago(times time.Duration) time.Time { return r.now.Add(-times * r.late) }

func (r *round) overdue(tx *store.Tx) ([]store.Enrollment, error) {
	return tx.SuspectEnrollments(r.ago(1), r.now, reconcileBatch)
}

func (r *round) unheard(tx *store.Tx) ([]store.Enrollment, error) {
	return tx.UnheardWakes(r.ago(unheardAfter), r.now, reconcileBatch)
}

// unread are those that a wake-up which was never made would have told of an event. The
// log is compared once with the waits that are open, a little behind its end.
func (r *round) unread(tx *store.Tx) ([]store.Enrollment, error) {
	until := r.ago(1)
	if since := until.Add(-unreadBack); r.at.read.Before(since) {
		r.at.read = since
	}
	list, err := tx.UnreadWaits(r.at.read, until, r.now, reconcileBatch)
	if err == nil && len(list) < reconcileBatch {
		r.at.read = until
	}
	return list, err
}

func (r *round) idle(tx *store.Tx) ([]store.Enrollment, error) {
	list, err := tx.IdleEnrollments(r.ago(idleAfter), r.now, r.at.idle, walkBatch)
	r.at.idle = behind(list)
	return list, err
}

func (r *round) resting(tx *store.Tx) ([]store.Enrollment, error) {
	list, err := tx.RestingEnrollments(r.ago(1), r.now, r.at.resting, walkBatch)
	r.at.resting = behind(list)
	return list, err
}

func (r *round) unclosed(tx *store.Tx) ([]store.Enrollment, error) {
	return tx.UnclosedRuns(r.ago(unheardAfter), r.now, reconcileBatch)
}

// ended are those whose run was seen closed before. The walk begins anew when it has
// reached the end, with what ended in the last days.
func (r *round) ended(tx *store.Tx) ([]store.Enrollment, error) {
	if since := r.now.Add(-endedKept); r.at.ended.Before(since) {
		r.at.ended, r.at.endedID = since, ""
	}
	list, err := tx.ClosedRuns(r.at.ended, r.at.endedID, walkBatch)
	if len(list) < walkBatch {
		r.at.ended = time.Time{}
	} else {
		r.at.ended, r.at.endedID = *list[walkBatch-1].EndedAt, list[walkBatch-1].ID
	}
	return list, err
}

// behind is where a walk goes on after a batch: at the start when it was the last one.
func behind(list []store.Enrollment) string {
	if len(list) < walkBatch {
		return ""
	}
	return list[walkBatch-1].ID
}

// look is what is done about an enrollment whose run was asked for.
type look func(ctx context.Context, e *store.Enrollment, run Run) error

// look looks at one run. One that fails at it is put off; several in a round mean that
// Temporal or the store is away.
func (r *round) look(ctx context.Context, e *store.Enrollment, then look) error {
	run, err := r.Engine.Describe(ctx, events.WorkflowID(e.Workflow, e.ContactID, e.ID))
	switch {
	case err != nil:
	case e.Active && run.State != RunOpen:
		r.lost++
		err = r.restore(ctx, e, run.State)
	default:
		err = then(ctx, e, run)
	}
	if err == nil {
		return nil
	}
	if r.failures++; r.failures >= patience || ctx.Err() != nil {
		return err
	}
	r.Log.WarnContext(ctx, "look at run", "enrollment", e.ID, "error", err)
	return r.putOff(ctx, e, e.Wedge)
}

// Announce tells the store that a worker lives and which machine versions it knows.
func Announce(ctx context.Context, s *store.Store, id string) error {
	return s.Write(ctx, func(tx *store.Tx) error { return tx.AnnounceWorker(id, interpreter.Current, store.LevelMoves) })
}

// Retire tells the store that a worker has stopped on purpose.
func Retire(ctx context.Context, s *store.Store, id string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return s.Write(ctx, func(tx *store.Tx) error { return tx.RetireWorker(id) })
}
