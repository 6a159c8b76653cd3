package activities

import (
	"fmt"
	"time"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// mayGo asks, at the moment of sending, whether a message may go out now. Nil means that it may;
// else it waits, is dropped or is suppressed.
func (t *turn) mayGo(c interpreter.Command, row *store.Step, class string) (*interpreter.Occurrence, error) {
	if !t.def.Nodes[c.Node].Spec.Message {
		return nil, nil
	}
	if o, err := t.quiet(c, row, class); err != nil || o != nil {
		return o, err
	}
	if t.e.Test {
		return nil, nil // it neither counts nor is counted
	}
	over, err := t.overFrequency(c, class)
	if err != nil {
		return nil, err
	}
	if over {
		row.Reason = definition.ReasonFrequencyCap
		o, err := t.closeStep(row, "suppressed", t.def.Nodes[c.Node].MainPort())
		return &o, err
	}
	return t.turnToSend(c, row)
}

// overFrequency reports whether the contact has had its share of marketing messages of the channel,
// over all workflows. The contact is locked, so two workflows cannot both send the last one.
func (t *turn) overFrequency(c interpreter.Command, class string) (bool, error) {
	if class != nodes.ClassMarketing {
		return false, nil
	}
	limit, err := t.frequencyCap()
	if err != nil || limit == nil {
		return false, err
	}
	scope, err := t.scope()
	if err != nil {
		return false, err
	}
	sent, err := t.tx.CountSends(t.contact.ID, t.channel(c), class, t.messageID(c), limit.Per.Before(t.now, scope.Location))
	if err != nil {
		return false, fmt.Errorf("count sends: %w", err)
	}
	return sent >= limit.Count, nil
}

// frequencyCap is the workflow's own cap, else the account's, nil for none.
func (t *turn) frequencyCap() (*definition.Rate, error) {
	if own := t.def.Settings.FrequencyCap; own != nil {
		return own, nil
	}
	account, err := events.Account(t.tx)
	if err != nil {
		return nil, err
	}
	var text *string
	if err := account.FrequencyCap.Decode(&text); err != nil || text == nil || *text == "" {
		return nil, err
	}
	limit, err := definition.ParseRate(*text)
	return &limit, err
}

// turnToSend takes a place in the workflow's stream of messages, once: a message that has waited
// for its place may go when that has come.
func (t *turn) turnToSend(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	rate := t.def.Settings.SendRate
	if rate == nil {
		return nil, nil
	}
	if row.Reason != definition.ReasonSendRate || row.DueAt == nil {
		at, err := t.tx.TakeTurn("send/"+t.e.Workflow, t.now, rate.Interval())
		if err != nil {
			return nil, fmt.Errorf("take turn: %w", err)
		}
		at = at.UTC().Truncate(time.Millisecond)
		row.Reason, row.DueAt = definition.ReasonSendRate, &at
	}
	if !row.DueAt.After(t.now) {
		return nil, nil
	}
	return t.messageWaits(c, row)
}

// messageWaits parks a message until its due instant, when it is asked again.
func (t *turn) messageWaits(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	row.Status = "waiting"
	if err := t.putStep(row); err != nil {
		return nil, err
	}
	t.stand(c, "waiting", row.DueAt)
	o := parked(c, row)
	return &o, nil
}
