package activities

import (
	"context"
	"fmt"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
)

// Advance carries out commands on our own store, in order, in one transaction, or, when an
// effect is too much for one, in several. It stops at the first occurrence that is not the
// expected one. Its error is always worth another try.
func (a *Activities) Advance(ctx context.Context, in names.AdvanceInput) (names.AdvanceResult, error) {
	var result names.AdvanceResult
	for {
		occurrences, left, err := a.advance(ctx, in)
		if err != nil {
			a.Log.WarnContext(ctx, "advance enrollment", "enrollment", in.Enrollment, "error", err)
			a.note(ctx, in.Enrollment, err)
			return names.AdvanceResult{}, storeError(err)
		}
		result.Occurrences = append(result.Occurrences, occurrences...)
		if len(left) == 0 {
			return result, nil
		}
		in.Commands = left
	}
}

// advance is one transaction of Advance. It returns the commands for the next one, the first
// of which it has begun; none when it is done.
func (a *Activities) advance(
	ctx context.Context, in names.AdvanceInput,
) (occurrences []interpreter.Occurrence, left []interpreter.Command, err error) {
	err = a.write(ctx, in.Enrollment, func(tx *store.Tx) error {
		occurrences, left = nil, nil
		t, ended, err := a.open(tx, in.Passage, in.Now)
		if err != nil {
			return err
		}
		if ended != nil {
			occurrences = []interpreter.Occurrence{*ended}
			return nil
		}
		occurrences, left, err = t.carryOut(in.Commands)
		if err != nil {
			return err
		}
		return t.close()
	})
	return occurrences, left, err
}

func (t *turn) carryOut(commands []interpreter.Command) (occurrences []interpreter.Occurrence, left []interpreter.Command, err error) {
	for i, c := range commands {
		if exited, err := t.exited(); err != nil || exited {
			return append(occurrences, *ended(t.e)), nil, err
		}
		if gone, err := t.moves(c); err != nil || gone != nil {
			return elsewhere(occurrences, gone), nil, err
		}
		o, err := t.command(c)
		if err != nil {
			return nil, nil, fmt.Errorf("%s %s/%d: %w", c.Kind, c.Node, c.Visit, err)
		}
		if t.more {
			return occurrences, commands[i:], nil
		}
		if o == nil {
			continue
		}
		occurrences = append(occurrences, *o)
		if c.Kind == interpreter.Hold {
			// What was in the middle of an action, and could not be moved, has come to rest.
			if gone, err := t.move(); err != nil || gone != nil {
				return elsewhere(occurrences, gone), nil, err
			}
		}
		if !expected(c, *o) {
			break
		}
	}
	return occurrences, nil, nil
}

func elsewhere(occurrences []interpreter.Occurrence, gone *interpreter.Occurrence) []interpreter.Occurrence {
	if gone == nil {
		return nil
	}
	return append(occurrences, *gone)
}

// expected reports whether the machine counted on this occurrence when it put the
// next command behind this one.
func expected(c interpreter.Command, o interpreter.Occurrence) bool {
	if o.Kind == interpreter.Begun {
		return true
	}
	return o.Kind == interpreter.Left && o.Node == c.Node && o.Visit == c.Visit && o.Port == c.Port
}

// command carries out one command; nil means that there is nothing to report.
func (t *turn) command(c interpreter.Command) (*interpreter.Occurrence, error) {
	var o interpreter.Occurrence
	var err error
	if held, err := t.heldBack(c); err != nil || held {
		return t.pausedAt(c), err
	}
	switch c.Kind {
	case interpreter.Begin:
		return t.begin()
	case interpreter.Act:
		o, err = t.act(c)
	case interpreter.Skip:
		o, err = t.skip(c)
	case interpreter.Decide:
		o, err = t.decide(c)
	case interpreter.Park:
		return t.park(c)
	case interpreter.Arrive:
		return t.arrive(c)
	case interpreter.Settle:
		return t.settle(c)
	case interpreter.Hold:
		o, err = t.hold(c)
	case interpreter.Finish:
		return t.finish(c)
	case interpreter.Send, interpreter.Sleep, interpreter.Stop:
		return nil, fmt.Errorf("not a command on the store")
	default:
		return nil, fmt.Errorf("unknown command")
	}
	if err != nil {
		return nil, err
	}
	return &o, nil
}

// begin marks the enrollment as running. When its rows say that it has begun
// before, they are the truth and the machine resumes from them.
func (t *turn) begin() (*interpreter.Occurrence, error) {
	steps, err := t.tx.Steps(t.e.ID)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	if _, pending := events.Pending(t.e, steps); len(steps) == 0 && !pending {
		t.e.Status, t.e.Node = "running", t.def.Start
		t.dirty, t.fresh = true, true
		return &interpreter.Occurrence{Kind: interpreter.Begun}, nil
	}
	snapshot := resume(t, steps)
	return &interpreter.Occurrence{Kind: interpreter.Resumed, Resume: &snapshot}, nil
}

// resume rebuilds the machine's state from the rows: it stands at the last visit, or
// before the one that the enrollment's row names. A decided visit answers its row when
// it is looked at again, so steps that are done are never done twice, and an open wait
// keeps its due instant.
func resume(t *turn, steps []store.Step) interpreter.Snapshot {
	visits := map[string]int{}
	for _, s := range steps {
		visits[s.Node] = max(visits[s.Node], s.Visit)
	}
	if node, pending := events.Pending(t.e, steps); pending {
		visits[node] = t.e.Visit
		return interpreter.NewSnapshot(t.def, node, t.e.Visit, interpreter.PhaseEntering, 0, visits)
	}
	last := steps[len(steps)-1]
	phase, due := interpreter.PhaseEntering, int64(0)
	if last.LeftAt != nil || last.Status == "waiting" || last.Status == "held" {
		phase = interpreter.PhaseParked
		if last.LeftAt == nil && last.DueAt != nil {
			due = last.DueAt.UnixMilli()
		}
	}
	return interpreter.NewSnapshot(t.def, last.Node, last.Visit, phase, due, visits)
}

// skip passes a disabled node.
func (t *turn) skip(c interpreter.Command) (interpreter.Occurrence, error) {
	row, err := t.step(c)
	if err != nil || closed(row) {
		return leftOr(row, err)
	}
	row = t.newStep(c, "")
	row.Reason = "disabled"
	t.stand(c, "running", nil)
	return t.closeStep(row, "skipped", c.Port)
}

// leftOr answers the row of a decided visit.
func leftOr(row *store.Step, err error) (interpreter.Occurrence, error) {
	if err != nil {
		return interpreter.Occurrence{}, err
	}
	return left(row), nil
}

// settle closes a failed step by the port of its error policy.
func (t *turn) settle(c interpreter.Command) (*interpreter.Occurrence, error) {
	row, err := t.step(c)
	if err != nil {
		return nil, err
	}
	if row == nil {
		row = t.newStep(c, "running")
	}
	if closed(row) {
		// A person, or an effect that came through at last, was faster.
		o := left(row)
		return &o, nil
	}
	row.Reason = c.Code
	o, err := t.closeStep(row, "failed", c.Port)
	if err != nil || c.Port == "" {
		return nil, err
	}
	return &o, nil
}

// hold parks the enrollment at a failed step until an operator decides. The step
// keeps why it failed; the enrollment says that a step did.
func (t *turn) hold(c interpreter.Command) (interpreter.Occurrence, error) {
	row, err := t.step(c)
	if err != nil || closed(row) {
		return leftOr(row, err)
	}
	if row == nil {
		row = t.newStep(c, "held")
	}
	row.Status = "held"
	if row.Reason == "" {
		row.Reason = c.Code
	}
	if err := t.putStep(row); err != nil {
		return interpreter.Occurrence{}, err
	}
	t.stand(c, "held", nil)
	t.e.Reason = c.Code
	return parked(c, row), nil
}

// endsAt reports whether a finish is the visit of an end node, not the way out of an open port or
// a runaway.
func (t *turn) endsAt(c interpreter.Command) bool {
	node := t.def.Nodes[c.Node]
	return node != nil && node.Type == "end" && c.Code == ""
}

// finish ends the enrollment as the machine says.
func (t *turn) finish(c interpreter.Command) (*interpreter.Occurrence, error) {
	if t.endsAt(c) {
		row, err := t.step(c)
		if err != nil {
			return nil, err
		}
		if !closed(row) {
			if _, err := t.closeStep(t.newStep(c, ""), "done", ""); err != nil {
				return nil, err
			}
		}
	}
	t.stand(c, t.e.Status, nil)
	if err := t.end(c.Status, c.Outcome, c.Code); err != nil {
		return nil, err
	}
	return ended(t.e), nil
}
