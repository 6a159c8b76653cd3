package events

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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
	return o.decide(ctx, id, person, "enrollment.exit", func(d *decision) error {
		if reason == "" {
			reason = "operator"
		}
		if outcome == "" {
			outcome = "neutral"
		}
		d.detail["reason"], d.detail["outcome"] = reason, outcome
		return End(d.tx, d.e, "exited", outcome, reason, o.Now())
	})
}

// Skip leaves the open step by a port; "" is the main one. A step that is being carried out is
// left too, and an effect that is under way is still recorded in the ledger.
func (o *Operator) Skip(ctx context.Context, id, port, person string) error {
	return o.decide(ctx, id, person, "enrollment.skip", func(d *decision) error {
		return d.leave("skipped", port)
	})
}

// Release lets an enrollment out of a hold node by a port; "" is the main one.
func (o *Operator) Release(ctx context.Context, id, port, person string) error {
	return o.decide(ctx, id, person, "enrollment.release", func(d *decision) error {
		if d.step == nil || d.step.Type != "hold" {
			return &RefusedError{
				Message: "the enrollment does not stand at a hold node", Hint: "use skip to leave another step, retry to repeat a failed one",
			}
		}
		return d.leave("done", port)
	})
}

// Retry carries out a held step again. The run of an enrollment that cannot go on by itself is
// made anew from the rows.
func (o *Operator) Retry(ctx context.Context, id, person string) error {
	return o.decide(ctx, id, person, "enrollment.retry", func(d *decision) error {
		held := d.step != nil && d.step.Status == "held" && d.step.Type != "hold"
		if d.e.Wedge != "" {
			d.detail["wedged"] = d.e.Wedge
			if err := d.tx.Rebuild(id, d.now); err != nil || !held {
				return err
			}
		}
		if !held {
			return &RefusedError{Message: "no step of the enrollment is held after a failure", Hint: "only a held step can be retried"}
		}
		d.step.Status = "running"
		if !d.node.Spec.Action() {
			d.step.Status = "waiting"
		}
		d.step.Reason, d.step.Error = "", ""
		if err := d.tx.ResetRetry(id, d.step.Node, d.step.Visit); err != nil {
			return fmt.Errorf("begin retry time anew: %w", err)
		}
		return d.goOn()
	})
}

// decision is one person's call in one transaction.
type decision struct {
	tx     *store.Tx
	now    time.Time
	c      *store.Contact
	e      *store.Enrollment
	step   *store.Step
	node   *definition.Node
	detail map[string]any
}

func (o *Operator) decide(ctx context.Context, id, person, action string, carryOut func(*decision) error) error {
	return o.Store.Write(ctx, func(tx *store.Tx) error {
		d, err := o.read(tx, id)
		if err != nil {
			return err
		}
		if !d.e.Active {
			return &RefusedError{Message: fmt.Sprintf("the enrollment has ended: %s", d.e.Status), Hint: "only an active enrollment can be changed"}
		}
		if d.step != nil {
			d.detail["node"], d.detail["visit"] = d.step.Node, d.step.Visit
		}
		if err := carryOut(d); err != nil {
			return err
		}
		if o.Nudge != nil {
			tx.AfterCommit(o.Nudge)
		}
		detail, err := json.Marshal(d.detail)
		if err != nil {
			return fmt.Errorf("encode detail: %w", err)
		}
		return tx.AddAudit(&store.Audit{At: d.now, Person: person, Action: action, Subject: "enrollment:" + id, Detail: detail})
	})
}

// read locks the contact and reads where the enrollment stands.
func (o *Operator) read(tx *store.Tx, id string) (*decision, error) {
	e, c, err := tx.LockEnrollmentContact(id)
	if err != nil {
		return nil, fmt.Errorf("lock enrollment %s: %w", id, err)
	}
	d := &decision{tx: tx, now: o.Now().UTC(), c: c, e: e, detail: map[string]any{}}
	steps, err := tx.Steps(id)
	if err != nil {
		return nil, fmt.Errorf("read steps of %s: %w", id, err)
	}
	for i := range steps {
		if steps[i].LeftAt == nil {
			d.step = &steps[i]
		}
	}
	def, err := o.Definitions.Load(tx, e.Hash)
	if err != nil {
		return nil, err
	}
	if d.step != nil {
		d.node = def.Nodes[d.step.Node]
	}
	return d, nil
}

// leave decides the open step by a person's word.
func (d *decision) leave(status, port string) error {
	if d.step == nil || d.node == nil {
		return &RefusedError{Message: "no step of the enrollment is open at this moment", Hint: "try again when it waits or is held"}
	}
	ports := d.node.Settings.Ports()
	if port == "" {
		port = d.node.MainPort()
	}
	if !slices.Contains(ports, port) {
		return &RefusedError{
			Pointer: "/port", Message: fmt.Sprintf("node %s has no port %q", d.node.ID, port), Hint: "one of " + strings.Join(ports, ", "),
		}
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
	if err := d.tx.SaveEnrollment(d.e); err != nil {
		return fmt.Errorf("save enrollment: %w", err)
	}
	return wake(d.tx, d.e)
}
