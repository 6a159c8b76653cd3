package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// RefusedError says why a person's decision does not fit the state of an enrollment, or, when
// Pointer is set, why its port does not exist.
type RefusedError struct {
	Pointer string
	Message string
	Hint    string
}

// Error implements error.
func (e *RefusedError) Error() string { return e.Message }

// Operator carries out what a person decides about one enrollment: facts of the store, written
// under the contact's lock, and a wake-up so that the run asks for them. Its calls return
// store.ErrNotFound for an unknown enrollment and *RefusedError when the state does not allow them.
type Operator struct {
	Store       *store.Store
	Definitions *Definitions
	Now         func() time.Time
	// Nudge is called after a commit that left work for the dispatcher.
	Nudge func()
}

// Exit ends an active enrollment at once.
func (o *Operator) Exit(ctx context.Context, id, reason, outcome, person string) error {
	return o.decide(ctx, id, Order{Action: ActionExit, Reason: reason, Outcome: outcome}, person)
}

// Skip leaves the open step by a port; "" is the main one. A step that is being carried out is
// left too, and an effect that is under way is still recorded in the ledger.
func (o *Operator) Skip(ctx context.Context, id, port, person string) error {
	return o.decide(ctx, id, Order{Action: ActionSkip, Port: port}, person)
}

// Release ends a hold: a person's, and the enrollment goes on where it was; or that of a hold node,
// which is left by a port, "" for the main one.
func (o *Operator) Release(ctx context.Context, id, port, person string) error {
	return o.decide(ctx, id, Order{Action: ActionRelease, Port: port}, person)
}

// Retry carries out a held step again. The run of an enrollment that cannot go on by itself is
// made anew from the rows. It ends a person's hold as well.
func (o *Operator) Retry(ctx context.Context, id, person string) error {
	return o.decide(ctx, id, Order{Action: ActionRetry}, person)
}

// Hold keeps an enrollment where it is until it is released, retried or skipped; exits still end it.
func (o *Operator) Hold(ctx context.Context, id, reason, person string) error {
	return o.decide(ctx, id, Order{Action: ActionHold, Reason: reason}, person)
}

// decision is one person's call in one transaction.
type decision struct {
	tx     *store.Tx
	now    time.Time
	c      *store.Contact
	e      *store.Enrollment
	step   *store.Step
	def    *definition.Definition // of the version that it runs, or is to be moved in
	number int                    // of that version
	hash   string                 // of it
	node   *definition.Node
	detail map[string]any
}

func (o *Operator) decide(ctx context.Context, id string, order Order, person string) error {
	return o.Store.Write(ctx, func(tx *store.Tx) error {
		o.nudgeAfter(tx)
		return o.carryOut(tx, id, order, person, "")
	})
}

// decideBy is decide for what is no order that many could be given.
func (o *Operator) decideBy(ctx context.Context, id, person, action string, act func(*decision) error) error {
	return o.Store.Write(ctx, func(tx *store.Tx) error {
		o.nudgeAfter(tx)
		return o.audited(tx, id, person, action, "", func(d *decision) error {
			if !d.e.Active {
				return hasEnded(d.e)
			}
			return act(d)
		})
	})
}

func (o *Operator) nudgeAfter(tx *store.Tx) {
	if o.Nudge != nil {
		tx.AfterCommit(o.Nudge)
	}
}

// carryOut carries out an order in tx and audits it; job is the job that it belongs to, if any.
func (o *Operator) carryOut(tx *store.Tx, id string, order Order, person, job string) error {
	return o.audited(tx, id, person, "enrollment."+order.Action, job, func(d *decision) error { return d.carryOut(order) })
}

func (d *decision) carryOut(order Order) error {
	if refused := d.may(order); refused != nil {
		return refused
	}
	return orders[order.Action].carryOut(d, order)
}

func (o *Operator) audited(tx *store.Tx, id, person, action, job string, act func(*decision) error) error {
	d, err := o.read(tx, id)
	if err != nil {
		return err
	}
	if d.step != nil {
		d.detail["node"], d.detail["visit"] = d.step.Node, d.step.Visit
	}
	if job != "" {
		d.detail["job"] = job
	}
	if err := act(d); err != nil {
		return err
	}
	detail, err := json.Marshal(d.detail)
	if err != nil {
		return fmt.Errorf("encode detail: %w", err)
	}
	return tx.AddAudit(&store.Audit{At: d.now, Person: person, Action: action, Subject: "enrollment:" + id, Detail: detail})
}

// read locks the contact and reads where the enrollment stands.
func (o *Operator) read(tx *store.Tx, id string) (*decision, error) {
	e, c, err := tx.LockEnrollmentContact(id)
	if err != nil {
		return nil, fmt.Errorf("lock enrollment %s: %w", id, err)
	}
	return o.look(tx, e, c)
}

// look reads where an enrollment stands.
func (o *Operator) look(tx *store.Tx, e *store.Enrollment, c *store.Contact) (*decision, error) {
	d := &decision{tx: tx, now: o.Now().UTC(), c: c, e: e, number: e.Version, hash: e.Hash, detail: map[string]any{}}
	steps, err := tx.Steps(e.ID)
	if err != nil {
		return nil, fmt.Errorf("read steps of %s: %w", e.ID, err)
	}
	for i := range steps {
		if steps[i].LeftAt == nil {
			d.step = &steps[i]
		}
	}
	if d.def, err = o.Definitions.Load(tx, e.Hash); err != nil {
		return nil, err
	}
	if d.step != nil {
		d.node = d.def.Nodes[d.step.Node]
	}
	return d, nil
}

// leave decides the open step by a person's word.
func (d *decision) leave(status, port string) error {
	if port == "" {
		port = d.node.MainPort()
	}
	d.detail["port"] = port
	left := d.now
	d.step.Status, d.step.Port, d.step.LeftAt = status, port, &left
	d.step.Reason = "operator"
	if !d.node.Spec.Action() {
		d.e.WaitSeq = d.c.Seq // it stops waiting now
	}
	if err := PassOver(d.tx, d.e, d.step, d.now); err != nil {
		return err
	}
	if err := d.tx.DropSubscriptions(d.e.ID, store.SubscriptionWait); err != nil {
		return fmt.Errorf("drop subscriptions: %w", err)
	}
	return d.goOn()
}

// goOn writes the decided step and wakes the run.
func (d *decision) goOn() error {
	if err := d.tx.SaveStep(d.step); err != nil {
		return fmt.Errorf("save step: %w", err)
	}
	d.e.Status, d.e.Reason, d.e.DueAt = "running", "", nil
	return d.letGo()
}

// letGo writes the enrollment, which nobody holds any more, and wakes the run.
func (d *decision) letGo() error {
	if err := d.endHold(); err != nil {
		return err
	}
	if err := d.tx.SaveEnrollment(d.e); err != nil {
		return fmt.Errorf("save enrollment: %w", err)
	}
	return wake(d.tx, d.e)
}
