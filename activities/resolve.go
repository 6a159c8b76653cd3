package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/outgoing"
	"fermata/store"
)

// resendPatience is how long Resend waits for the outcome; the effect itself goes on.
const resendPatience = 10 * time.Second

// packers plan the effects outside by the type of their node.
var packers = map[string]packer{
	"email": (*turn).packEmail, "notify": (*turn).packNotice, "webhook": (*turn).packCall, "slack": (*turn).packSlack,
	"approval": (*turn).packApproval, "sms": (*turn).packSMS,
}

// MarkSent writes a person's word that an effect whose outcome nobody knows was carried out. A step
// that is held over it goes on by its main port. It returns store.ErrNotFound for an unknown
// enrollment and *events.RefusedError when there is no such doubt.
func (a *Activities) MarkSent(ctx context.Context, d outgoing.Doubt) error {
	return a.write(ctx, d.Enrollment, func(tx *store.Tx) error {
		t, row, err := a.doubted(tx, d)
		if err != nil {
			return err
		}
		c := interpreter.Command{Kind: interpreter.Send, Node: row.Node, Visit: row.Visit}
		resolved, err := tx.ResolveEffect(t.ref(c), store.EffectDone, "")
		if err != nil {
			return fmt.Errorf("resolve effect: %w", err)
		}
		if !resolved {
			return &events.RefusedError{Message: "the effect is being carried out again", Hint: "look again when it has ended"}
		}
		if err := t.sentAfterAll(c); err != nil {
			return err
		}
		row.Error = ""
		switch {
		case closed(row):
			if !taken(row) {
				row.Status, row.Reason = "done", "operator"
			}
			err = t.putStep(row)
		case t.def.Nodes[row.Node].Spec.Asks:
			err = t.askedAfterAll(c, row)
		default:
			row.Reason = "operator"
			_, _, err = t.concluded(row, "done", t.def.Nodes[row.Node].MainPort())
		}
		if err == nil {
			err = t.close()
		}
		return errors.Join(err, audited(tx, d, "enrollment.mark_sent", row))
	})
}

// doubted finds the step that a person decides about, with its contact and enrollment locked.
func (a *Activities) doubted(tx *store.Tx, d outgoing.Doubt) (*turn, *store.Step, error) {
	e, contact, err := tx.LockEnrollmentContact(d.Enrollment)
	if err != nil {
		return nil, nil, fmt.Errorf("lock enrollment: %w", err)
	}
	def, err := a.Definitions.Load(tx, e.Hash)
	if err != nil {
		return nil, nil, fmt.Errorf("load definition %s: %w", e.Hash, err)
	}
	t := &turn{
		a: a, tx: tx, in: names.Passage{Enrollment: e.ID, Hash: e.Hash, Epoch: e.Epoch}, now: tx.Now(), e: e, contact: contact, def: def,
	}
	steps, err := tx.Steps(e.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("read steps: %w", err)
	}
	for i := len(steps) - 1; i >= 0; i-- {
		row := &steps[i]
		if row.Node != d.Node || d.Visit > 0 && row.Visit != d.Visit || packers[row.Type] == nil {
			continue
		}
		if in, err := t.inDoubt(row); err != nil || in {
			t.entered = row.EnteredAt
			return t, row, err
		}
	}
	return nil, nil, &events.RefusedError{
		Message: fmt.Sprintf("no effect of node %s has an unknown outcome", d.Node), Hint: "only an effect whose state is unknown can be resolved",
	}
}

// taken reports whether an exit, a move or an operator took the enrollment away from a step.
func taken(row *store.Step) bool { return row.Status == "exited" || row.Status == "canceled" }

// inDoubt reports whether nobody knows the outcome of a step's effect, and nobody is at work on it. An
// attempt that died is noticed here, as nobody else comes to a step that has been left.
func (t *turn) inDoubt(row *store.Step) (bool, error) {
	if row.Status != "unknown" && !taken(row) && (row.Status != "held" || !t.e.Active) {
		return false, nil
	}
	ref := store.EffectRef{EnrollmentID: row.EnrollmentID, Node: row.Node, Visit: row.Visit}
	effect, err := t.tx.Effect(ref)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err == nil && effect.State == store.EffectClaimed {
		effect, _, err = t.tx.ClaimEffect(ref, effect.Kind, effect.Key, effect.AttemptToken, 0)
	}
	if err != nil {
		return false, fmt.Errorf("read effect: %w", err)
	}
	return effect.State == store.EffectUnknown, nil
}

// sentAfterAll notes in the list of sends, and in the contact's log, that a mail went out.
func (t *turn) sentAfterAll(c interpreter.Command) error {
	send, err := t.tx.SendByMessageID(t.messageID(c))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read send: %w", err)
	}
	if err := settleSend(t, send.MessageID, "done", ""); err != nil {
		return err
	}
	return t.emit(c, sentEvent(send), events.SendData(send))
}

// askedAfterAll takes a person's word that a question went out: its step goes on waiting.
func (t *turn) askedAfterAll(c interpreter.Command, row *store.Step) error {
	asks, err := t.tx.Asks(t.ref(c))
	if err != nil {
		return fmt.Errorf("read questions: %w", err)
	}
	for i := range asks {
		if err := t.tx.SettleAsk(asks[i].ID, store.AskSent, "", &t.now); err != nil {
			return fmt.Errorf("settle question: %w", err)
		}
	}
	_, err = t.asked(c, row)
	return err
}

func audited(tx *store.Tx, d outgoing.Doubt, action string, row *store.Step) error {
	detail, err := json.Marshal(map[string]any{"node": row.Node, "visit": row.Visit})
	if err != nil {
		return fmt.Errorf("encode detail: %w", err)
	}
	return tx.AddAudit(&store.Audit{At: tx.Now(), Person: d.Person, Action: action, Subject: "enrollment:" + d.Enrollment, Detail: detail})
}

// Resend carries out once more, under the same key, an effect whose outcome nobody knows and whose
// step has been left. It claims, acts and records like every effect outside: an attempt that dies
// leaves it unknown again. It waits a moment for the outcome, which is recorded whenever it comes.
func (a *Activities) Resend(ctx context.Context, d outgoing.Doubt) error {
	var f *flight
	err := a.write(ctx, d.Enrollment, func(tx *store.Tx) error {
		t, step, err := a.doubted(tx, d)
		if err != nil {
			return err
		}
		if !closed(step) {
			return &events.RefusedError{Message: "the step is held", Hint: "retry carries it out again"}
		}
		if taken(step) {
			return &events.RefusedError{Message: "the enrollment was taken away from the step: " + step.Status, Hint: "use mark_sent, or send it by hand"}
		}
		if f, err = t.again(step); err != nil {
			return err
		}
		return audited(tx, d, "enrollment.resend", step)
	})
	if err != nil {
		return err
	}
	a.inFlight.Add(1)
	go a.resend(f)
	timer := time.NewTimer(resendPatience)
	defer timer.Stop()
	select {
	case <-f.done:
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

// again plans the effect of a left step anew and claims its ledger row: consent and secrets are those
// of now.
func (t *turn) again(row *store.Step) (*flight, error) {
	node := t.def.Nodes[row.Node]
	if node == nil || node.Type != row.Type {
		return nil, &events.RefusedError{
			Message: "the version that the enrollment runs now has no such node", Hint: "use mark_sent, or send it by hand",
		}
	}
	c := interpreter.Command{Kind: interpreter.Send, Node: row.Node, Visit: row.Visit}
	p, failure, err := packers[row.Type](t, c, node)
	switch {
	case err != nil:
		return nil, err
	case failure != nil:
		return nil, &events.RefusedError{Message: "the step cannot be carried out: " + failure.Message, Hint: "mend it first, or use mark_sent"}
	case p.suppressed != "":
		return nil, &events.RefusedError{Message: "the contact takes no such message now: " + p.suppressed}
	}
	f := &flight{key: effectKey(t.e.ID, c), command: c, in: names.SendInput{Passage: t.in, Now: t.now}, parcel: p, done: make(chan struct{}), token: token()}
	claimed, err := t.tx.ReclaimUnknown(t.ref(c), f.token, p.timeout+leaseMargin)
	if err != nil {
		return nil, wrapClaim(err)
	}
	if !claimed {
		return nil, &events.RefusedError{Message: "the effect is being carried out again", Hint: "look again when it has ended"}
	}
	return f, nil
}

// resend carries out a claimed effect and records what came of it, trying until the store answers or
// patience ends; then the claim's lease runs out.
func (a *Activities) resend(f *flight) {
	defer a.inFlight.Done()
	defer close(f.done)
	ctx, cancel := context.WithTimeout(context.Background(), f.parcel.timeout)
	answer, sendErr := f.carryOut(ctx)
	cancel()
	ctx, cancel = context.WithTimeout(context.Background(), recordPatience)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := a.write(ctx, f.in.Enrollment, func(tx *store.Tx) error { return a.recordResend(tx, f, answer, sendErr) })
		if err == nil || errors.Is(err, store.ErrNotFound) {
			return // or the contact was erased meanwhile
		}
		a.Log.WarnContext(ctx, "record resend", "enrollment", f.in.Enrollment, "node", f.command.Node, "error", err)
		if errors.Is(err, store.ErrUnstorable) {
			answer = reply{}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// recordResend writes the outcome of a resend. One that failed leaves the effect as it was: nobody
// knows about the attempt before it.
func (a *Activities) recordResend(tx *store.Tx, f *flight, answer reply, sendErr error) error {
	t, err := a.reopen(tx, f.in.Passage, tx.Now())
	if err != nil {
		return err
	}
	c := f.command
	row, err := t.step(c)
	if err != nil || row == nil {
		return err
	}
	t.entered = row.EnteredAt
	state, code, text := verdict(sendErr)
	if state != store.EffectDone {
		if _, err := tx.GiveBackUnknown(t.ref(c), f.token, text, state == store.EffectUnknown); err != nil {
			return fmt.Errorf("give effect back: %w", err)
		}
		row.Reason, row.Error = code, text
		return t.putStep(row)
	}
	result, err := encode(answer.result)
	if err != nil {
		return err
	}
	held, err := tx.RecordEffect(t.ref(c), f.token, state, result, "")
	if err != nil || !held {
		return wrapClaim(err)
	}
	if f.parcel.recorded != nil {
		if err := f.parcel.recorded(t, c, answer); err != nil {
			return err
		}
	}
	if err := f.parcel.settle(t, state, ""); err != nil {
		return err
	}
	row.Status, row.Reason, row.Error, row.Result = "done", "", "", result
	return errors.Join(give(row, f.parcel.given), t.putStep(row), t.close())
}
