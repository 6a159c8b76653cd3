package events

import (
	"fmt"
	"strings"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// Firing is a trigger that went off for one contact without an event of the contact's: a date, a
// schedule, an inbound webhook. Contact is locked by the transaction. Key is what makes the firing
// unique among those of this trigger and contact: firing again with the same one is nothing.
type Firing struct {
	Contact   *store.Contact
	Workflow  string
	Trigger   string         // id of the trigger
	Key       string         // for example the planned instant; "" makes a firing of its own kind each time
	Data      map[string]any // becomes `trigger` and `event`
	Scheduled time.Time      // the planned instant, which "day N" counts from; zero: Now
	Now       time.Time
	Source    string // as in Draft
}

// EventID returns the id that the firing's event has, "" for a firing without a key.
func (f Firing) EventID() string {
	if f.Key == "" {
		return ""
	}
	return derivedID(strings.Join([]string{TypeTriggered, f.Workflow, f.Trigger, f.Contact.ID, f.Key}, "\x00"))
}

// Fire puts the firing into the contact's log. The router enrolls in its turn, behind everything
// that the contact's log holds already, by the version that is active then: that trigger alone is
// met, no other one, no wait and no exit. added is false when the same firing was there before.
func Fire(tx *store.Tx, f Firing) (event *store.Event, added bool, err error) {
	draft := Draft{
		ID: f.EventID(), Contact: f.Contact, Type: TypeTriggered, OccurredAt: f.Scheduled, Now: f.Now, Source: f.Source,
		Data: map[string]any{"workflow": f.Workflow, "trigger": f.Trigger, "data": orEmpty(f.Data)},
	}
	event, added, err = appendNew(tx, draft)
	if err != nil {
		return nil, false, fmt.Errorf("fire trigger %s of %s: %w", f.Trigger, f.Workflow, err)
	}
	return event, added, nil
}

// ScheduledFor is the data of a firing that a clock made.
func ScheduledFor(at time.Time) map[string]any { return map[string]any{"scheduled_for": instant(at)} }

// fired enrolls the contact by the one trigger that went off.
func (p *pass) fired() error {
	candidate, err := p.candidate()
	if err != nil {
		return err
	}
	key, _ := candidate.Data["workflow"].(string)
	id, _ := candidate.Data["trigger"].(string)
	data, _ := candidate.Data["data"].(map[string]any)
	workflow, def, err := p.opened(key)
	if err != nil {
		return err
	}
	if def == nil || !fires(def, id) {
		row := verdictRow{workflow: key, version: workflow.Version, verdict: VerdictFiltered, reason: ReasonNotActive}
		return putVerdict(p.tx, p.event, row, p.now)
	}
	cause, err := ParseCause(p.event.Cause)
	if err != nil {
		return err
	}
	return p.enroll(EnrollInput{
		Contact: p.c, Workflow: workflow, Def: def, Hash: workflow.Hash, Version: workflow.Version, TriggerID: id,
		Data: data, Event: p.event, Now: p.now, Cause: cause,
	}, nil)
}

// fires reports whether the definition still has a trigger of this id that fires by itself.
func fires(def *definition.Definition, id string) bool {
	for i := range def.Triggers {
		if t := &def.Triggers[i]; t.ID == id {
			return t.Type != definition.TriggerEvent && t.Type != definition.TriggerManual
		}
	}
	return false
}
