package activities

import (
	"fmt"
	"time"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// Reasons of steps that met a pause of their workflow.
const (
	// reasonOverdue: the wait fell due during a pause and ended after it.
	reasonOverdue = "overdue"
	// reasonOverdueSkipped: as reasonOverdue, and what the wait led to is skipped.
	reasonOverdueSkipped = "overdue_skipped"
)

// heldBack reports whether a pause or a limit of the workflow keeps a command from being carried out.
// Whoever has left the last node may end, and a failure is still written down: neither moves
// anybody on.
func (t *turn) heldBack(c interpreter.Command) (bool, error) {
	if !t.held() {
		return false, nil
	}
	switch c.Kind {
	case interpreter.Finish:
		if !t.endsAt(c) {
			return false, nil
		}
	case interpreter.Act, interpreter.Skip, interpreter.Decide, interpreter.Park:
	case interpreter.Begin, interpreter.Arrive, interpreter.Settle, interpreter.Hold,
		interpreter.Send, interpreter.Sleep, interpreter.Stop:
		return false, nil
	}
	row, err := t.step(c)
	return t.heldAt(row), err
}

// held reports whether somebody else must let the enrollment go on: a person who holds it, the end of
// a pause, or its workflow's limits.
func (t *turn) held() bool { return t.e.Paused || t.e.AdmittedAt == nil || t.e.Hold != "" }

// heldAt reports whether an enrollment that is held stays at, or before, a step. One that is held by
// itself has a reason of its own, but a person's hold comes first.
func (t *turn) heldAt(row *store.Step) bool {
	return t.held() && !closed(row) && (row == nil || row.Status != "held" || t.e.Hold != "")
}

// pausedAt parks the enrollment before or at a step until it is let go on.
func (t *turn) pausedAt(c interpreter.Command) *interpreter.Occurrence {
	status, reason := store.StatusPaused, ""
	switch {
	case t.e.Hold != "":
		status, reason = store.StatusHeld, t.e.Hold
	case !t.e.Paused:
		status, reason = store.StatusWaiting, events.ReasonCapped
	}
	t.stand(c, status, nil)
	t.e.Reason = reason
	return &interpreter.Occurrence{Kind: interpreter.Parked, Node: c.Node, Visit: c.Visit, Status: status}
}

// pauses are the pauses of the workflow that have ended since the enrollment started.
func (t *turn) pauses() ([]calendar.Pause, error) {
	if t.e.Pauses == 0 {
		return nil, nil
	}
	rows, err := t.tx.PausesSince(t.e.Workflow, t.e.StartedAt)
	if err != nil {
		return nil, fmt.Errorf("read pauses: %w", err)
	}
	list := make([]calendar.Pause, 0, len(rows))
	for i := range rows {
		if rows[i].EndedAt != nil {
			list = append(list, events.AsPause(&rows[i], t.now))
		}
	}
	return list, nil
}

// pace reckons with the pauses that a wait has met: planned is when it would be due
// without any, and the row gets when it is.
func (t *turn) pace(c interpreter.Command, row *store.Step, planned time.Time) (calendar.Paced, error) {
	paced := calendar.Paced{Due: planned, Fire: planned}
	pauses, err := t.pauses()
	if err != nil {
		return paced, err
	}
	share := nodes.Fraction(events.SpreadSeed(t.e.ID, c.Node))
	if events.Dated(t.def.Nodes[c.Node].Type) {
		pauses = events.Unfrozen(pauses)
	}
	paced = calendar.Pace(planned, row.EnteredAt, pauses, share)
	if paced.Overdue && t.def.Nodes[c.Node].Type == "window" {
		err = t.reopen(c, row, &paced, pauses, share)
	}
	if row.MovedAt != nil && paced.Fire.Before(*row.MovedAt) {
		// Nothing was due here before it came here; when that was during a pause, it fell due in it.
		here := calendar.Pace(*row.MovedAt, *row.MovedAt, pauses, share)
		paced.Fire, paced.Overdue, paced.Skip = here.Fire, here.Overdue, here.Skip
	}
	row.PlannedAt, row.DueAt = &planned, &paced.Fire
	return paced, err
}

// reopen looks for the next time that a window is open after the pause in which it
// opened, and after the next one if that falls into it.
func (t *turn) reopen(c interpreter.Command, row *store.Step, paced *calendar.Paced, pauses []calendar.Pause, share float64) error {
	for range len(pauses) + 1 {
		open, err := t.dueFrom(c, row, paced.Fire)
		if err != nil {
			return err
		}
		again := calendar.Pace(open.At, paced.Fire, pauses, share)
		paced.Fire, paced.Skip = again.Fire, paced.Skip || again.Skip
		if !again.Overdue {
			return nil
		}
	}
	return nil
}

// overdue names the reason of a wait that ends after its due instant because of a pause.
func overdue(p calendar.Paced) string {
	switch {
	case p.Skip:
		return reasonOverdueSkipped
	case p.Overdue:
		return reasonOverdue
	}
	return ""
}

// skipsOverdue reports whether the wait before this step fell due during a pause after
// which the overdue are to be skipped.
func (t *turn) skipsOverdue() (bool, error) {
	if t.e.Pauses == 0 {
		return false, nil
	}
	steps, err := t.tx.Steps(t.e.ID)
	if err != nil {
		return false, fmt.Errorf("read steps: %w", err)
	}
	for i := len(steps) - 1; i >= 0; i-- {
		node := t.def.Nodes[steps[i].Node]
		if closed(&steps[i]) && node != nil && node.Spec.Kind == nodes.KindWait {
			return steps[i].Reason == reasonOverdueSkipped, nil
		}
	}
	return false, nil
}

// passOver closes an action that is not to be carried out: too late, or skipped because
// it was due during a pause. It returns the status, "" when the action is to be carried out.
func (t *turn) passOver(c interpreter.Command) (status, reason string, err error) {
	late, err := t.late(t.def.Nodes[c.Node])
	if err != nil || late {
		return "dropped", "latest", err
	}
	skips, err := t.skipsOverdue()
	if err != nil || skips {
		return "skipped", reasonOverdue, err
	}
	return "", "", nil
}
