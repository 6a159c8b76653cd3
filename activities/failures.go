package activities

import (
	"fmt"

	"fermata/events"
	"fermata/store"
)

// tally counts a step that has been decided, and notes one that failed, is held after a failure or has
// an outcome that nobody knows.
func (t *turn) tally(row *store.Step) error {
	if t.def.Nodes[row.Node].Spec.Action() {
		switch row.Status {
		case "done":
			t.attempted++
		case "failed", "held":
			t.attempted++
			t.failed++
		}
	}
	if row.Status != "failed" && row.Status != "held" && row.Status != "unknown" || row.Type == "hold" {
		return nil
	}
	return events.RecordFailure(t.tx, t.e, row.Node, row.Visit, row.Type, row.Reason, row.Error, t.now)
}

// countSteps tells the circuit breaker of the workflow, when it has one, what this turn has decided.
func (t *turn) countSteps() error {
	if t.def.Settings.Breaker == nil || t.e.Test || t.attempted == 0 {
		return nil
	}
	err := events.CountSteps(t.tx, t.e, t.def.Settings.Breaker, events.StepCount{Attempted: t.attempted, Failed: t.failed}, t.now)
	if err != nil {
		return fmt.Errorf("count steps of %s: %w", t.e.Workflow, err)
	}
	t.attempted, t.failed = 0, 0
	return nil
}
