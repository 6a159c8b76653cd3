package activities

import (
	"context"
	"fmt"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// reasonDeleted is the reason of an exit because the new version has no node for the enrollment.
const reasonDeleted = "node_deleted"

// moved tells a run that its enrollment goes on elsewhere. The rows are the truth: a run that did
// not hear of it, or a second attempt of the turn that did it, is told the same.
func moved(e *store.Enrollment) *interpreter.Occurrence {
	return &interpreter.Occurrence{Kind: interpreter.Moved, To: &interpreter.Edition{
		Version: e.Version, Hash: e.Hash, Interpreter: e.Interpreter, Epoch: e.Epoch,
	}}
}

// moves carries out the move on which the enrollment is, before a command, if there is one and this
// is a safe point: whoever has failed or is on the way out does that first.
func (t *turn) moves(c interpreter.Command) (*interpreter.Occurrence, error) {
	switch c.Kind {
	case interpreter.Finish:
		if !t.endsAt(c) {
			return nil, nil
		}
	case interpreter.Settle, interpreter.Hold:
		return nil, nil
	case interpreter.Begin, interpreter.Act, interpreter.Skip, interpreter.Decide, interpreter.Park,
		interpreter.Arrive, interpreter.Send, interpreter.Sleep, interpreter.Stop:
	}
	return t.move()
}

// move carries out the move on which the enrollment is. It answers nil when there is none, when it
// must wait for the end of an action, or when the enrollment stays where it is.
func (t *turn) move() (*interpreter.Occurrence, error) {
	if t.e.MoveID == "" {
		return nil, nil
	}
	m, err := t.tx.Move(t.e.MoveID)
	if err != nil {
		return nil, fmt.Errorf("read move %s: %w", t.e.MoveID, err)
	}
	terms, err := events.Terms(m)
	if err != nil {
		return nil, err
	}
	next, err := t.a.Definitions.Load(t.tx, m.Hash)
	if err != nil {
		return nil, fmt.Errorf("load definition %s: %w", m.Hash, err)
	}
	steps, err := t.tx.Steps(t.e.ID)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	at, err := events.FindPlace(t.tx, t.e, t.def, steps)
	if err != nil {
		return nil, err
	}
	course := moving.Plot(t.def, next, at.Place, terms)
	switch course.Way {
	case moving.Later:
		return nil, nil
	case moving.Stay:
		t.e.MoveID, t.dirty = "", true
		return nil, nil
	case moving.Exit:
		return t.leaves(store.StatusExited, interpreter.OutcomeNeutral, reasonDeleted)
	case moving.Finish:
		if course.Main {
			return t.leaves(store.StatusCompleted, interpreter.OutcomeSuccess, "")
		}
		return t.leaves(store.StatusCompleted, interpreter.OutcomeNeutral, interpreter.ReasonOpenPort)
	case moving.Carry, moving.Enter:
	}
	return t.goOver(&transfer{move: m, def: next, course: course, retime: terms.Retime, at: at, steps: steps})
}

func (t *turn) leaves(status, outcome, reason string) (*interpreter.Occurrence, error) {
	t.e.MoveID = ""
	if err := t.end(status, outcome, reason); err != nil {
		return nil, err
	}
	return ended(t.e), nil
}

// transfer is a way from one version to another.
type transfer struct {
	move   *store.Move
	def    *definition.Definition
	course moving.Course
	retime string
	at     events.Whereabouts
	steps  []store.Step
}

// node is where it leads to.
func (f *transfer) node() *definition.Node { return f.def.Nodes[f.course.Node] }

// timed reports whether what is carried on ends by itself.
func (f *transfer) timed() bool {
	return f.node().Spec.Kind == nodes.KindWait && f.node().Type != "hold"
}

// inPlace reports whether the open step itself is carried on: it stands at the same node, and no
// wait begins anew.
func (f *transfer) inPlace() bool {
	return f.course.Way == moving.Carry && f.course.Class == moving.Same && (f.retime != moving.RetimeRestart || !f.timed())
}

// awaits are the types of events that are still waited for.
func (f *transfer) awaits() []string {
	if f.course.Way != moving.Carry {
		return nil
	}
	switch w := f.node().Settings.(type) {
	case *nodes.WaitEvent:
		return awaitedTypes(w)
	case *nodes.Approval:
		if f.inPlace() {
			return []string{nodes.EventDecided}
		}
	}
	return nil
}

// visit is the visit of the node at which the enrollment stands then, 0 before the first of all.
func (f *transfer) visit() int {
	switch {
	case f.at.Place.Stand == moving.Outside:
		return 0
	case f.inPlace():
		return f.at.Open.Visit
	}
	return events.LastVisit(f.steps, f.course.Node) + 1
}

// goOver puts the enrollment into the other version, and carries on there what it rests at. All of
// it is this one transaction.
func (t *turn) goOver(f *transfer) (*interpreter.Occurrence, error) {
	c := interpreter.Command{Node: f.course.Node, Visit: f.visit()}
	var before store.Step
	if f.at.Open != nil {
		before = *f.at.Open
	}
	read, err := events.ReadUpTo(t.e, &before, t.contact)
	if err != nil {
		return nil, err
	}
	err = events.Relocate(t.tx, t.contact, t.e, events.Relocation{
		Version: f.move.Version, Hash: f.move.Hash, Def: f.def, Open: f.at.Open,
		Keep: f.inPlace(), Stops: f.course.Way == moving.Enter, Awaits: f.awaits(), Now: t.now,
	})
	if err != nil {
		return nil, err
	}
	t.def, t.dirty, t.fresh = f.def, true, false
	t.changed()
	exited, err := events.CheckExits(t.tx, t.e, t.def, t.contact, t.now)
	if err != nil {
		return nil, fmt.Errorf("check exits: %w", err)
	}
	if exited {
		t.dirty = false
		return ended(t.e), nil
	}
	if f.course.Way == moving.Enter {
		t.enters(c)
		return moved(t.e), nil
	}
	o, err := t.carry(c, f, before, read)
	if err != nil || o.Kind == interpreter.Ended {
		return o, err
	}
	return moved(t.e), nil
}

// enters puts the enrollment before a node, which the new run begins.
func (t *turn) enters(c interpreter.Command) {
	switch {
	case c.Visit == 0:
		t.e.Node, t.e.Visit = c.Node, 0
	case t.held():
		t.pausedAt(c)
	default:
		t.stand(c, store.StatusRunning, nil)
	}
}

// carry goes on resting at a node of the new version: before is the step at which the enrollment
// rested, read how far it had read the log.
func (t *turn) carry(c interpreter.Command, f *transfer, before store.Step, read int64) (*interpreter.Occurrence, error) {
	row, now := before, t.now
	if !f.inPlace() {
		row.Node, row.Visit, row.Seq = c.Node, c.Visit, 0
	}
	row.Type, row.Title, row.MovedAt = f.node().Type, f.node().Title(), &now
	if hold, ok := f.node().Settings.(*nodes.Hold); ok {
		return t.holdAs(c, &row, hold)
	}
	if !f.timed() {
		return t.carryAction(c, &row)
	}
	if err := t.retime(&row, f, read); err != nil {
		return nil, err
	}
	if err := t.putStep(&row); err != nil {
		return nil, err
	}
	out, err := t.listensOn(c, f)
	if err != nil {
		return nil, err
	}
	if t.held() {
		return t.pausedAt(c), nil
	}
	if !out {
		t.stand(c, row.Status, nil) // the new run asks
		o := parked(c, &row)
		return &o, nil
	}
	return t.look(c, &row)
}

// listensOn subscribes to what the wait that is carried on waits for. It reports false for an approval
// whose question is not out: under another node or visit it is asked anew.
func (t *turn) listensOn(c interpreter.Command, f *transfer) (bool, error) {
	w, err := t.awaits(c)
	if err != nil || w == nil {
		return true, err
	}
	if f.node().Spec.Asks {
		if out, err := t.out(c); err != nil || !out {
			return false, err
		}
	}
	return true, t.listen(c, w)
}

// carryAction carries on an action that waits for its hour, or for a person.
func (t *turn) carryAction(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	if err := t.putStep(row); err != nil {
		return nil, err
	}
	if t.held() && row.Status != "held" {
		return t.pausedAt(c), nil
	}
	reason := t.e.Reason
	t.stand(c, row.Status, nil)
	if row.Status == "held" {
		t.e.Reason = reason
	} else {
		t.e.DueAt = row.DueAt
	}
	o := parked(c, row)
	return &o, nil
}

// retime makes the wait that is carried on one of the new version. With its time it keeps its view of
// the log: it sees what it would have seen, had it been there from the beginning. One that begins
// anew sees what nobody has looked at yet.
func (t *turn) retime(row *store.Step, f *transfer, read int64) error {
	open := moving.Open{Entered: row.EnteredAt, Due: row.DueAt}
	row.Status, row.Reason, row.Error, row.Result = "waiting", "", "", nil
	row.Kept = moving.Keeps(f.retime, open, f.node().Settings)
	switch {
	case !row.Kept:
		row.PlannedAt, row.DueAt = nil, nil
	case row.PlannedAt == nil:
		row.PlannedAt = row.DueAt
	}
	row.EnteredAt = moving.Entered(f.retime, row.EnteredAt, t.now)
	if f.retime != moving.RetimeRestart {
		return nil
	}
	result, err := encode(events.Reading{Log: read})
	row.Result = result
	return err
}

// Definition answers the canonical JSON of a definition, for a run that goes on with it.
func (a *Activities) Definition(ctx context.Context, hash string) ([]byte, error) {
	var body []byte
	err := a.Store.Read(ctx, func(tx *store.Tx) (err error) {
		body, err = tx.Definition(hash)
		return err
	})
	if err != nil {
		a.Log.WarnContext(ctx, "read definition", "hash", hash, "error", err)
		return nil, storeError(err)
	}
	return body, nil
}
