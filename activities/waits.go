package activities

import (
	"fmt"
	"time"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// compressedWait is the longest wait of a test enrollment with compressed waits.
const compressedWait = 5 * time.Second

// decide chooses the port of a branch or split, once for each visit.
func (t *turn) decide(c interpreter.Command) (interpreter.Occurrence, error) {
	row, err := t.step(c)
	if err != nil || closed(row) {
		return leftOr(row, err)
	}
	node := t.def.Nodes[c.Node]
	row = t.newStep(c, "")
	port := ""
	switch settings := node.Settings.(type) {
	case interpreter.Decider:
		scope, err := t.scope()
		if err != nil {
			return interpreter.Occurrence{}, err
		}
		var values []expr.Value
		if port, values, err = settings.Decide(scope); err != nil {
			return interpreter.Occurrence{}, fmt.Errorf("evaluate branch: %w", err)
		}
		if row.Values, err = encode(values); err != nil {
			return interpreter.Occurrence{}, err
		}
	case interpreter.Picker:
		port = settings.Pick(t.def.Key, c.Node, t.contact.ID)
	default:
		return interpreter.Occurrence{}, fmt.Errorf("type %s does not decide", node.Type)
	}
	t.stand(c, "running", nil)
	return t.closeStep(row, "done", port)
}

// park enters a waiting node: its due instant is computed and written, and the
// enrollment subscribes to what can change it.
func (t *turn) park(c interpreter.Command) (*interpreter.Occurrence, error) {
	row, err := t.step(c)
	if err != nil {
		return nil, err
	}
	if row != nil {
		return t.arriveAt(c, row)
	}
	if node, ok := t.def.Nodes[c.Node].Settings.(*nodes.Hold); ok {
		return t.holdAt(c, node)
	}
	return t.look(c, t.newStep(c, "waiting"))
}

// holdAt enters a hold node. What its author wrote as reason is text for people and
// stands in the result; the enrollment's own reason is a code.
func (t *turn) holdAt(c interpreter.Command, node *nodes.Hold) (*interpreter.Occurrence, error) {
	return t.holdAs(c, t.newStep(c, "held"), node)
}

func (t *turn) holdAs(c interpreter.Command, row *store.Step, node *nodes.Hold) (*interpreter.Occurrence, error) {
	row.Result = nil
	if node.Reason != "" {
		result, err := encode(map[string]any{"reason": node.Reason})
		if err != nil {
			return nil, err
		}
		row.Result = result
	}
	if err := t.putStep(row); err != nil {
		return nil, err
	}
	t.stand(c, "held", nil)
	t.e.Reason = "hold"
	o := parked(c, row)
	return &o, nil
}

// arrive answers where the enrollment stands.
func (t *turn) arrive(c interpreter.Command) (*interpreter.Occurrence, error) {
	row, err := t.step(c)
	if err != nil {
		return nil, err
	}
	if t.heldAt(row) {
		return t.pausedAt(c), nil
	}
	if row == nil {
		return &interpreter.Occurrence{Kind: interpreter.Standing, Node: c.Node, Visit: c.Visit}, nil
	}
	return t.arriveAt(c, row)
}

func (t *turn) arriveAt(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	switch {
	case closed(row):
		o := left(row)
		return &o, nil
	case t.def.Nodes[c.Node].Spec.Asks:
		return t.arriveAtQuestion(c, row)
	case row.Status == "running", t.def.Nodes[c.Node].Spec.Action() && row.Status == "waiting":
		return &interpreter.Occurrence{Kind: interpreter.Standing, Node: c.Node, Visit: c.Visit}, nil
	case row.Status == "held" && row.Reason == nodes.CodeNoDate:
		row.Status, row.Reason, row.Error = "waiting", "", "" // the date may be there by now
	case row.Status == "held":
		o := parked(c, row)
		return &o, nil
	}
	return t.look(c, row)
}

// look decides a waiting step, or parks it until its due instant.
func (t *turn) look(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	node := t.def.Nodes[c.Node]
	w, err := t.awaits(c)
	if err != nil {
		return nil, err
	}
	if w != nil {
		return t.lookForEvent(c, row, w)
	}
	result, err := t.due(c, row)
	if err != nil {
		return nil, err
	}
	switch {
	case result.Failure != nil:
		return t.cannotWait(c, row, result.Failure)
	case result.Exit:
		return t.exitPast(c, row)
	case !result.Forever:
		paced, err := t.pace(c, row, result.At.UTC().Truncate(time.Millisecond))
		if err != nil {
			return nil, err
		}
		if !paced.Fire.After(t.now) {
			row.Reason = overdue(paced)
			return t.elapsed(c, row, node.MainPort())
		}
	}
	if err := t.putStep(row); err != nil {
		return nil, err
	}
	t.stand(c, row.Status, row.DueAt)
	o := parked(c, row)
	return &o, nil
}

// elapsed leaves a waiting step whose instant has come.
func (t *turn) elapsed(c interpreter.Command, row *store.Step, port string) (*interpreter.Occurrence, error) {
	t.stand(c, "running", nil)
	t.e.WaitSeq = t.contact.Seq
	o, err := t.closeStep(row, "done", port)
	return &o, err
}

// due computes when a waiting step ends if its workflow is never paused. A duration is fixed by the row once it is
// written; a date or window is computed again from the same recorded inputs, so
// that it follows the contact's zone and field.
func (t *turn) due(c interpreter.Command, row *store.Step) (nodes.DueResult, error) {
	if row.PlannedAt != nil && (row.Kept || !events.Follows(t.def.Nodes[c.Node])) {
		return nodes.DueResult{At: *row.PlannedAt}, nil
	}
	return t.dueFrom(c, row, row.EnteredAt)
}

// dueFrom computes when a step ends that waits from an instant on.
func (t *turn) dueFrom(c interpreter.Command, row *store.Step, from time.Time) (nodes.DueResult, error) {
	node := t.def.Nodes[c.Node]
	settings, ok := node.Settings.(interpreter.DueFinder)
	if !ok {
		return nodes.DueResult{}, fmt.Errorf("type %s has no due instant", node.Type)
	}
	scope, err := t.scope()
	if err != nil {
		return nodes.DueResult{}, err
	}
	pauses, err := t.pauses()
	if err != nil {
		return nodes.DueResult{}, err
	}
	result := settings.Due(nodes.DueInput{
		Now: from, Entered: from, Anchor: t.e.AnchorAt.Add(calendar.Frozen(t.e.StartedAt, pauses)), Scope: scope,
		Location: scope.Location, InCycle: t.def.InCycle(c.Node),
		Seed: t.e.ID + "/" + c.Node + "/" + fmt.Sprint(c.Visit),
	})
	if result.Failure == nil && !result.Forever {
		result.At = t.compressed(row, result.At)
	}
	return result, nil
}

// cannotWait holds a wait that has no instant: nothing is skipped silently.
func (t *turn) cannotWait(c interpreter.Command, row *store.Step, f *nodes.Failure) (*interpreter.Occurrence, error) {
	row.Status, row.Reason, row.Error = "held", f.Code, f.Message
	if err := t.putStep(row); err != nil {
		return nil, err
	}
	t.stand(c, "held", nil)
	t.e.Reason = f.Code
	o := parked(c, row)
	return &o, nil
}

// exitPast ends the enrollment because the instant had passed and the node says so.
func (t *turn) exitPast(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	row.Reason = "past"
	if _, err := t.closeStep(row, "exited", ""); err != nil {
		return nil, err
	}
	t.stand(c, t.e.Status, nil)
	if err := t.end("exited", interpreter.OutcomeNeutral, "past"); err != nil {
		return nil, err
	}
	return ended(t.e), nil
}

func parked(c interpreter.Command, row *store.Step) interpreter.Occurrence {
	o := interpreter.Occurrence{Kind: interpreter.Parked, Node: c.Node, Visit: c.Visit}
	if row.DueAt != nil && row.Status == "waiting" {
		o.Due = row.DueAt.UnixMilli()
	}
	if row.Status == "held" {
		o.Status = "held"
	}
	return o
}
