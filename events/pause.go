package events

import (
	"errors"
	"fmt"

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
