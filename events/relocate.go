package events

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// Relocation is what Relocate does with an enrollment.
type Relocation struct {
	// Version, Hash and Def are what it runs from now on.
	Version int
	Hash    string
	Def     *definition.Definition
	// Open is the step at which it stands, nil when there is none. Keep leaves it open.
	Open *store.Step
	Keep bool
	// Stops: it stops waiting now. Else Awaits are the types of events that it goes on waiting for.
	Stops  bool
	Awaits []string
	Now    time.Time
}

// Relocate takes an enrollment out of the version that it runs, or of the place where it stands: the
// open step ends, the subscriptions become those of the definition's exits, and the epoch counts up,
// so that nothing which the run before intends can commit. Where it goes on is the caller's to say,
// who also saves the row. The contact is locked. A run that is told of it goes on as a new one, on the
// newest version of the machine.
func Relocate(tx *store.Tx, c *store.Contact, e *store.Enrollment, r Relocation) error {
	if err := leaveOpen(tx, c, e, r); err != nil {
		return err
	}
	if err := tx.DropSubscriptions(e.ID, ""); err != nil {
		return fmt.Errorf("drop subscriptions of %s: %w", e.ID, err)
	}
	if err := subscribeExits(tx, e, r.Def, r.Now); err != nil {
		return err
	}
	machine, err := activeInterpreter(tx)
	if err != nil {
		return err
	}
	e.Version, e.Hash, e.Interpreter, e.MoveID = r.Version, r.Hash, machine, ""
	e.Epoch++
	return nil
}

// leaveOpen ends the open step. Events that it has not been offered, and that nobody will be who goes
// on waiting, are passed by; a later wait may overrule that.
func leaveOpen(tx *store.Tx, c *store.Contact, e *store.Enrollment, r Relocation) error {
	step := r.Open
	if step == nil {
		return nil
	}
	read, err := ReadUpTo(e, step, c)
	if err != nil {
		return err
	}
	if err := passOver(tx, e, step, r.Now, r.Awaits); err != nil {
		return err
	}
	if r.Stops {
		e.WaitSeq = max(e.WaitSeq, read)
	}
	if r.Keep {
		return nil
	}
	left := r.Now
	if left.Before(step.EnteredAt) {
		left = step.EnteredAt
	}
	step.Status, step.Port, step.Reason, step.LeftAt = "canceled", "", ReasonMoved, &left
	if err := tx.SaveStep(step); err != nil {
		return fmt.Errorf("close step %s of %s: %w", step.Node, e.ID, err)
	}
	return nil
}

// ReadUpTo is the number of the last event of the contact's log that is none of a next step's concern
// when this one is left at this moment: an open wait for events has been offered nothing behind it,
// and any other wait ends with the log. An action is not waited at, so everything behind the last
// wait counts.
func ReadUpTo(e *store.Enrollment, step *store.Step, c *store.Contact) (int64, error) {
	switch step.Type {
	case "wait_event", "approval":
		return reading(e, step)
	case "wait", "wait_until", "window", "hold":
		return c.Seq, nil
	}
	return max(e.StartSeq, e.WaitSeq), nil
}

// LastVisit is the number of the last visit to a node, 0 for none.
func LastVisit(steps []store.Step, node string) int {
	last := 0
	for i := range steps {
		if steps[i].Node == node {
			last = max(last, steps[i].Visit)
		}
	}
	return last
}

// Move takes an enrollment to a node and begins that, of the version that it runs (version 0) or of
// another published one. It leaves whatever it stands at, also an action that is being carried out;
// an effect that is under way is still recorded in the ledger.
func (o *Operator) Move(ctx context.Context, id, node string, version int, person string) error {
	order := Order{Action: ActionMove, Node: node}
	if version == 0 {
		return o.decide(ctx, id, order, person)
	}
	return o.decideBy(ctx, id, person, "enrollment."+ActionMove, func(d *decision) error {
		if version == d.e.Version {
			return d.carryOut(order)
		}
		v, err := d.tx.Version(d.e.Workflow, version)
		if errors.Is(err, store.ErrNotFound) {
			return &RefusedError{Pointer: "/version", Message: fmt.Sprintf("workflow %s has no version %d", d.e.Workflow, version)}
		}
		if err != nil {
			return fmt.Errorf("read version %d of %s: %w", version, d.e.Workflow, err)
		}
		d.number, d.hash = v.Number, v.Hash
		if d.def, err = o.Definitions.Load(d.tx, v.Hash); err != nil {
			return err
		}
		return d.carryOut(order)
	})
}

func (d *decision) mayMove(in Order) *RefusedError {
	if err := CheckMovers(d.tx); err != nil {
		if refused, is := errors.AsType[*RefusedError](err); is {
			return refused
		}
		d.tx.Spoil(err)
	}
	if d.def.Nodes[in.Node] != nil {
		return nil
	}
	return &RefusedError{
		Pointer: "/node", Message: fmt.Sprintf("the version has no node %q", in.Node),
		Hint: "one of " + strings.Join(slices.Sorted(maps.Keys(d.def.Nodes)), ", "),
	}
}

// move puts the enrollment before a node and wakes the run. A move to another version that is
// still pending is carried out from there.
func (d *decision) move(in Order) error {
	r := Relocation{Version: d.number, Hash: d.hash, Def: d.def, Open: d.step, Stops: true, Now: d.now}
	d.detail["to"], d.detail["version"] = in.Node, r.Version
	pending := d.e.MoveID
	if r.Version != d.e.Version {
		pending = ""
	}
	steps, err := d.tx.Steps(d.e.ID)
	if err != nil {
		return fmt.Errorf("read steps of %s: %w", d.e.ID, err)
	}
	if err := Relocate(d.tx, d.c, d.e, r); err != nil {
		return err
	}
	d.e.Node, d.e.Visit, d.e.MoveID = in.Node, LastVisit(steps, in.Node)+1, pending
	d.e.Status, d.e.Reason, d.e.DueAt = store.StatusRunning, "", nil
	if err := d.endHold(); err != nil {
		return err
	}
	if err := d.tx.SaveEnrollment(d.e); err != nil {
		return fmt.Errorf("move enrollment %s: %w", d.e.ID, err)
	}
	return wake(d.tx, d.e)
}
