package events

import (
	"errors"
	"fmt"
	"time"

	"fermata/interpreter/calendar"
	"fermata/store"
)

// BeginPause pauses a workflow, which is locked. One that is stopped stays so, and holds those inside.
func BeginPause(tx *store.Tx, w *store.Workflow, p *store.Pause) error {
	if err := tx.BeginPause(p); err != nil {
		return fmt.Errorf("begin pause: %w", err)
	}
	if w.Status != store.WorkflowActive {
		return nil
	}
	w.Status = store.WorkflowPaused
	return tx.SaveWorkflow(w)
}

// EndPause ends a pause of a workflow, which is locked; how is in p. The breaker begins to count anew:
// what it has seen was before.
func EndPause(tx *store.Tx, w *store.Workflow, p *store.Pause) error {
	if err := tx.EndPause(p); err != nil {
		return fmt.Errorf("end pause: %w", err)
	}
	if err := tx.ResetBreaker(w.Key); err != nil {
		return fmt.Errorf("reset breaker: %w", err)
	}
	if w.Status != store.WorkflowPaused {
		return nil
	}
	w.Status = store.WorkflowActive
	return tx.SaveWorkflow(w)
}

// OpenPause is the pause of a workflow that is going on, nil for none.
func OpenPause(tx *store.Tx, workflow string) (*store.Pause, error) {
	open, err := tx.OpenPause(workflow)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return open, err
}

var overdueWays = map[string]calendar.Overdue{
	store.OverdueSpread: calendar.Spread, store.OverdueSkip: calendar.Skip, store.OverdueShift: calendar.Shift,
}

// AsPause is a pause as waits reckon with it; one that goes on is taken as if it ended at an instant.
func AsPause(row *store.Pause, until time.Time) calendar.Pause {
	if row.EndedAt != nil {
		until = *row.EndedAt
	}
	return calendar.Pause{
		From: row.StartedAt, To: until, Freeze: row.Clocks == store.ClocksFreeze, Overdue: overdueWays[row.Overdue], Over: row.Over(),
	}
}

// Unfrozen lets the clocks run in all pauses: a date stays where it is in the calendar.
func Unfrozen(pauses []calendar.Pause) []calendar.Pause {
	list := make([]calendar.Pause, len(pauses))
	for i, p := range pauses {
		p.Freeze = false
		list[i] = p
	}
	return list
}

// Dated reports whether a wait of a type of node ends at a place in the calendar, not after a length
// of time. What counts from the anchor moves with a pause all the same: the anchor does.
func Dated(nodeType string) bool { return nodeType == "wait_until" || nodeType == "window" }

// SpreadSeed is what the place of a wait in a spread after a pause is made from.
func SpreadSeed(enrollment, node string) string { return enrollment + "/" + node + "/spread" }
