package events

import (
	"fmt"
	"slices"
	"strings"

	"fermata/interpreter"
	"fermata/store"
)

// What a person may order for an enrollment.
const (
	ActionExit    = "exit"
	ActionSkip    = "skip"
	ActionRetry   = "retry"
	ActionRelease = "release"
	ActionHold    = "hold"
	ActionMove    = "move"
)

// reasonOperator stands where a person gave no reason.
const reasonOperator = "operator"

// Order is what a person wants done with one enrollment, or with each of many. Reason belongs to exit
// and hold, Outcome to exit, Port to skip and release; each may be empty. Node belongs to move.
type Order struct {
	Action  string `json:"action"`
	Reason  string `json:"reason,omitempty"`
	Outcome string `json:"outcome,omitempty"`
	Port    string `json:"port,omitempty"`
	Node    string `json:"node,omitempty"`
}

// order is one kind of order. What it may be given to is decided by reading alone, so that a preview
// and the deed go by the same rule.
type order struct {
	may      func(d *decision, in Order) *RefusedError
	carryOut func(d *decision, in Order) error
}

var orders = map[string]order{
	ActionExit:    {func(*decision, Order) *RefusedError { return nil }, (*decision).exit},
	ActionSkip:    {(*decision).mayLeave, func(d *decision, in Order) error { return d.leave("skipped", in.Port) }},
	ActionRetry:   {(*decision).mayRetry, (*decision).retry},
	ActionRelease: {(*decision).mayRelease, (*decision).release},
	ActionHold:    {(*decision).mayHold, (*decision).hold},
	ActionMove:    {(*decision).mayMove, (*decision).move},
}

// may says why an order cannot be carried out, nil when it can.
func (d *decision) may(in Order) *RefusedError {
	if !d.e.Active {
		return hasEnded(d.e)
	}
	return orders[in.Action].may(d, in)
}

func hasEnded(e *store.Enrollment) *RefusedError {
	return &RefusedError{Message: fmt.Sprintf("the enrollment has ended: %s", e.Status), Hint: "only an active enrollment can be changed"}
}

func (d *decision) exit(in Order) error {
	d.detail["reason"], d.detail["outcome"] = in.reason(), in.outcome()
	return End(d.tx, d.e, store.StatusExited, in.outcome(), in.reason(), d.now)
}

func (in Order) reason() string {
	if in.Reason == "" {
		return reasonOperator
	}
	return in.Reason
}

func (in Order) outcome() string {
	if in.Outcome == "" {
		return interpreter.OutcomeNeutral
	}
	return in.Outcome
}

func (d *decision) mayLeave(in Order) *RefusedError {
	if d.step == nil || d.node == nil {
		return &RefusedError{Message: "no step of the enrollment is open at this moment", Hint: "try again when it waits or is held"}
	}
	if ports := d.node.Settings.Ports(); in.Port != "" && !slices.Contains(ports, in.Port) || in.Port == "" && !slices.Contains(ports, d.node.MainPort()) {
		name := in.Port
		if name == "" {
			name = d.node.MainPort()
		}
		return &RefusedError{
			Pointer: "/port", Message: fmt.Sprintf("node %s has no port %q", d.node.ID, name), Hint: "one of " + strings.Join(ports, ", "),
		}
	}
	return nil
}

// failed reports whether the open step is held after a failure.
func (d *decision) failed() bool {
	return d.step != nil && d.step.Status == store.StatusHeld && d.step.Type != "hold"
}

// atHold reports whether the enrollment stands at a hold node.
func (d *decision) atHold() bool { return d.step != nil && d.step.Type == "hold" }

func (d *decision) mayRetry(Order) *RefusedError {
	if d.failed() || d.e.Wedge != "" || d.e.Hold != "" {
		return nil
	}
	return &RefusedError{Message: "no step of the enrollment is held after a failure", Hint: "only a held step can be retried"}
}

func (d *decision) retry(Order) error {
	if d.e.Wedge != "" {
		d.detail["wedged"] = d.e.Wedge
		if err := d.tx.Rebuild(d.e.ID, d.now); err != nil {
			return err
		}
	}
	if !d.failed() {
		if d.e.Hold == "" {
			return nil
		}
		return d.resume()
	}
	d.step.Status = store.StatusRunning
	if !d.node.Spec.Action() {
		d.step.Status = store.StatusWaiting
	}
	d.step.Reason, d.step.Error = "", ""
	if err := d.tx.ResetRetry(d.e.ID, d.step.Node, d.step.Visit); err != nil {
		return fmt.Errorf("begin retry time anew: %w", err)
	}
	return d.goOn()
}

func (d *decision) mayRelease(in Order) *RefusedError {
	switch {
	case d.atHold():
		return d.mayLeave(in)
	case d.e.Hold == "":
		return &RefusedError{
			Message: "the enrollment does not stand at a hold node, and nobody holds it", Hint: "use skip to leave another step, retry to repeat a failed one",
		}
	case in.Port != "":
		return &RefusedError{Pointer: "/port", Message: "has a meaning only at a hold node", Hint: "use skip to leave the step by a port"}
	}
	return nil
}

func (d *decision) release(in Order) error {
	if d.atHold() {
		return d.leave("done", in.Port)
	}
	return d.resume()
}

func (d *decision) mayHold(Order) *RefusedError {
	if d.e.Status == store.StatusHeld {
		return &RefusedError{Message: "the enrollment is held already: " + d.e.Reason, Hint: "retry, release or skip lets it go on"}
	}
	return nil
}

// hold keeps the enrollment where it is. Its run need not be told: it finds out when it next asks
// where it stands, and its timer may fire in vain.
func (d *decision) hold(in Order) error {
	d.detail["reason"] = in.reason()
	d.e.Hold = in.reason()
	if err := d.tx.SetHold(d.e.ID, d.e.Hold); err != nil {
		return fmt.Errorf("hold enrollment: %w", err)
	}
	d.e.Status, d.e.Reason, d.e.DueAt = store.StatusHeld, d.e.Hold, nil
	if err := d.tx.SaveEnrollment(d.e); err != nil {
		return fmt.Errorf("save enrollment: %w", err)
	}
	return nil
}

func (d *decision) endHold() error {
	if d.e.Hold == "" {
		return nil
	}
	d.detail["hold"] = d.e.Hold
	d.e.Hold = ""
	if err := d.tx.SetHold(d.e.ID, ""); err != nil {
		return fmt.Errorf("end hold: %w", err)
	}
	return nil
}

// resume lets an enrollment go on where a person held it. What fell due meanwhile is overdue: the run
// sees so at once.
func (d *decision) resume() error {
	d.e.Status, d.e.Reason, d.e.DueAt = store.StatusRunning, "", nil
	switch {
	case d.failed():
		d.e.Status, d.e.Reason = store.StatusHeld, interpreter.ReasonStepFailed
	case d.e.AdmittedAt == nil:
		d.e.Status, d.e.Reason = store.StatusWaiting, ReasonCapped
	case d.step != nil && d.step.Status == store.StatusWaiting:
		d.e.Status, d.e.DueAt = store.StatusWaiting, d.step.DueAt
	}
	return d.letGo()
}
