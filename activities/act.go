package activities

import (
	"errors"
	"fmt"
	"time"

	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// done is what an effect on our own store leaves behind: what it was given and a result for the
// timeline, and what it changed, so that it can be taken back. More is true for one that was too
// much for one transaction: result is how far it is, and the next one goes on.
type done struct {
	given   nodes.Given
	result  map[string]any
	changes []change
	more    bool
}

// act carries out an effect on our own store, exactly once: the step row, the
// ledger row and the effect commit together.
func (t *turn) act(c interpreter.Command) (interpreter.Occurrence, error) {
	row, err := t.step(c)
	if err != nil || closed(row) {
		return leftOr(row, err)
	}
	if row == nil {
		row = t.newStep(c, "running")
	}
	row.Attempts++
	t.entered = row.EnteredAt
	node := t.def.Nodes[c.Node]
	t.stand(c, "running", nil)
	var status, reason string
	if len(row.Result) == 0 { // what is half done is not passed over
		if status, reason, err = t.passOver(c); err != nil {
			return interpreter.Occurrence{}, err
		}
	}
	if status != "" {
		row.Reason = reason
		return t.closeStep(row, status, node.MainPort())
	}
	d, failure, err := t.effect(c, node)
	if err == nil {
		err = give(row, d.given)
	}
	if err != nil {
		return interpreter.Occurrence{}, err
	}
	if failure != nil {
		row.Status, row.Reason, row.Error = "running", failure.Code, failure.Message
		if err := t.putStep(row); err != nil {
			return interpreter.Occurrence{}, err
		}
		return failed(c, failure.Code), nil
	}
	if d.more {
		return interpreter.Occurrence{}, t.goOn(row, d)
	}
	if err := t.record(c, node, d, row); err != nil {
		return interpreter.Occurrence{}, err
	}
	row.Reason, row.Error = "", ""
	return t.closeStep(row, "done", node.MainPort())
}

// goOn keeps how far an effect is that the next transaction goes on with.
func (t *turn) goOn(row *store.Step, d done) error {
	result, err := encode(d.result)
	if err != nil {
		return err
	}
	row.Status, row.Result, t.more = "running", result, true
	row.Attempts-- // it is the same one
	return t.putStep(row)
}

func failed(c interpreter.Command, code string) interpreter.Occurrence {
	return interpreter.Occurrence{Kind: interpreter.Failed, Node: c.Node, Visit: c.Visit, Code: code}
}

// effect dispatches to the effect that the node plans. Every effect checks all that
// can fail for good before it writes anything.
func (t *turn) effect(c interpreter.Command, node *definition.Node) (done, *nodes.Failure, error) {
	scope, err := t.scope()
	if err != nil {
		return done{}, nil, err
	}
	in := nodes.PlanInput{Strict: node.Strict, Owner: t.def.Settings.Owner}
	defer t.changed()
	switch p := node.Settings.(type) {
	case interpreter.TagPlanner:
		return run(c, p.Plan, scope, in, t.changeTags)
	case interpreter.FieldPlanner:
		return run(c, p.Plan, scope, in, t.changeField)
	case interpreter.DealPlanner:
		return run(c, p.Plan, scope, in, t.changeDeal)
	case interpreter.CoursePlanner:
		return run(c, p.Plan, scope, in, t.changeCourse)
	case interpreter.TaskPlanner:
		return run(c, p.Plan, scope, in, t.createTask)
	case interpreter.EnrollPlanner:
		return run(c, p.Plan, scope, in, t.enrollIn)
	case interpreter.RemovePlanner:
		return run(c, p.Plan, scope, in, t.removeFrom)
	case interpreter.EmitPlanner:
		return run(c, p.Plan, scope, in, t.emitEvent)
	case interpreter.UndoPlanner:
		return run(c, p.Plan, scope, in, t.undo)
	case interpreter.UnsubscribePlanner:
		return run(c, p.Plan, scope, in, t.unsubscribe)
	}
	return done{}, nil, fmt.Errorf("type %s has no effect on the store", node.Type)
}

// given is a plan that says what its step was given.
type given interface{ Given() nodes.Given }

// give notes on a step what it was given, if that is known.
func give(row *store.Step, g nodes.Given) (err error) {
	if len(g) > 0 {
		row.Input, err = encode(g)
	}
	return err
}

// run plans an effect and carries the plan out.
func run[P given](
	c interpreter.Command,
	plan func(*expr.Scope, nodes.PlanInput) (P, *nodes.Failure), scope *expr.Scope, in nodes.PlanInput,
	carryOut func(interpreter.Command, P) (done, *nodes.Failure, error),
) (done, *nodes.Failure, error) {
	p, failure := plan(scope, in)
	if failure != nil {
		return done{}, failure, nil
	}
	d, failure, err := carryOut(c, p)
	d.given = p.Given()
	return d, failure, err
}

// record writes the ledger row of an effect on our own store.
func (t *turn) record(c interpreter.Command, node *definition.Node, d done, row *store.Step) error {
	result, err := encode(d.result)
	if err != nil {
		return err
	}
	undo, err := encodeChanges(d.changes)
	if err != nil {
		return err
	}
	row.Result = result
	_, _, err = t.tx.InsertEffect(&store.Effect{
		EnrollmentID: t.e.ID, Node: c.Node, Visit: c.Visit, Kind: node.Type, Key: effectKey(t.e.ID, c),
		State: store.EffectDone, Copies: 1, Result: result, Undo: undo, CreatedAt: t.now, UpdatedAt: t.now,
	})
	if err != nil {
		return fmt.Errorf("insert effect: %w", err)
	}
	return nil
}

// late reports whether the step would run later than its `latest` after the
// instant at which it was due: the end of the last wait before it, or the start.
func (t *turn) late(node *definition.Node) (bool, error) {
	if node.Latest == nil {
		return false, nil
	}
	steps, err := t.tx.Steps(t.e.ID)
	if err != nil {
		return false, fmt.Errorf("read steps: %w", err)
	}
	due := t.e.StartedAt
	if t.e.AdmittedAt != nil && t.e.AdmittedAt.After(due) {
		due = *t.e.AdmittedAt // the limits of the workflow kept it at its start
	}
	for i := range steps {
		ended, err := t.waitEnded(&steps[i])
		if err != nil {
			return false, err
		}
		if ended != nil {
			due = *ended
		}
	}
	zone, err := t.zone()
	if err != nil {
		return false, err
	}
	return t.now.After(node.Latest.From(due, zone)), nil
}

// waits reports whether enrollments wait at nodes of a type.
func waits(typ string) bool {
	spec, known := nodes.Lookup(typ)
	return known && spec.Kind == nodes.KindWait
}

// waitEnded is the instant at which what follows a step was due, nil when nobody waited there: when
// a wait was over, when the event came that ended it, or when somebody let the enrollment go on.
func (t *turn) waitEnded(s *store.Step) (*time.Time, error) {
	switch {
	case s.LeftAt == nil:
		return nil, nil
	case s.DecidedEventID != "":
		event, err := t.tx.Event(s.DecidedEventID)
		if errors.Is(err, store.ErrNotFound) {
			return s.LeftAt, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read event %s: %w", s.DecidedEventID, err)
		}
		if event.AcceptedAt.Before(s.EnteredAt) {
			return &s.EnteredAt, nil
		}
		return &event.AcceptedAt, nil
	case s.DueAt == nil && !waits(s.Type):
		return nil, nil
	case s.DueAt == nil, s.LeftAt.Before(*s.DueAt):
		return s.LeftAt, nil
	case s.PlannedAt != nil && (s.Reason == reasonOverdue || s.Reason == reasonOverdueSkipped):
		return s.PlannedAt, nil // a pause kept it from ending then
	}
	return s.DueAt, nil
}
