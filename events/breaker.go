package events

import (
	"fmt"
	"hash/fnv"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

const (
	// breakerSlots is into how many slots the time of a breaker is cut.
	breakerSlots = 60
	// breakerRing is how many slots a workflow has; more than breakerSlots, so that one is used again
	// after its time only.
	breakerRing = breakerSlots + 4
	// breakerShards is how many counters a slot has.
	breakerShards = 8
	// breakerPerson is who begins the pauses of breakers.
	breakerPerson = "circuit breaker"
	// ActionBreaker is in the audit what a breaker does.
	ActionBreaker = "workflow.breaker"
)

// StepCount counts actions that have been decided: done, or failed after all retries.
type StepCount struct{ Attempted, Failed int }

// CountSteps counts steps of an enrollment of a workflow with a circuit breaker, at the end of the
// transaction that decided them. When too many have failed, it pauses the workflow: everybody stays
// where they are, and nobody is dropped.
func CountSteps(tx *store.Tx, e *store.Enrollment, b *definition.Breaker, n StepCount, now time.Time) error {
	var w *store.Workflow
	if n.Failed > 0 && !e.Paused {
		// First, so that of several that fail together the last one sees them all.
		var err error
		if w, err = tx.LockWorkflow(e.Workflow); err != nil {
			return fmt.Errorf("lock workflow %s: %w", e.Workflow, err)
		}
	}
	width := max(time.Second, b.Within.Approx()/breakerSlots)
	slot := now.UnixNano() / int64(width)
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(e.ID))
	err := tx.CountBreaker(store.BreakerSlot{
		Workflow: e.Workflow, Shard: int(hash.Sum32() % breakerShards), Slot: int(slot % breakerRing),
		BeganAt: time.Unix(0, slot*int64(width)).UTC(), Attempted: n.Attempted, Failed: n.Failed,
	})
	if err != nil || w == nil {
		return err
	}
	return trip(tx, w, b, now, width)
}

// trip pauses a locked workflow when the share of failed steps is at the limit of its breaker.
func trip(tx *store.Tx, w *store.Workflow, b *definition.Breaker, now time.Time, width time.Duration) error {
	attempted, failed, err := tx.BreakerCount(w.Key, now.Add(-b.Within.Approx()-width))
	if err != nil {
		return fmt.Errorf("count steps: %w", err)
	}
	if attempted < b.Min || float64(failed) < b.ErrorRate*float64(attempted) {
		return nil
	}
	if w.Status != store.WorkflowActive && w.Status != store.WorkflowStopped {
		return nil
	}
	open, err := OpenPause(tx, w.Key)
	if err != nil || open != nil {
		return err
	}
	pause := &store.Pause{
		Workflow: w.Key, StartedAt: now, Clocks: store.ClocksRun, Person: breakerPerson,
		Reason: fmt.Sprintf("%d of %d steps failed within %s; the circuit breaker opens at %g %%", failed, attempted, b.Within, 100*b.ErrorRate),
	}
	if err := BeginPause(tx, w, pause); err != nil {
		return err
	}
	detail, err := store.ToJSON(map[string]any{
		"pause": pause.ID, "reason": pause.Reason, "attempted": attempted, "failed": failed, "error_rate": b.ErrorRate, "min": b.Min,
	})
	if err != nil {
		return err
	}
	return tx.AddAudit(&store.Audit{At: now, Person: breakerPerson, Action: ActionBreaker, Subject: w.Key, Detail: detail})
}
