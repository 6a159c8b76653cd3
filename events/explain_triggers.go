package events

import (
	"fmt"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
)

// triggers says which triggers have nothing to go by, and how those stand to the contact that fire
// by themselves.
func (x *explainer) triggers() error {
	for i := range x.def.Triggers {
		t := &x.def.Triggers[i]
		var err error
		switch t.Type {
		case definition.TriggerEvent:
			err = x.noEvent(t)
		case definition.TriggerDate:
			err = x.dated(t)
		case definition.TriggerSchedule:
			err = x.scheduled(t)
		case definition.TriggerInactivity:
			err = x.silent(t)
		case definition.TriggerManual:
			x.other(t, Reason{Sentence: "Somebody, or another workflow, may enroll the contact by hand."})
		case definition.TriggerWebhook:
			x.other(t, Reason{Sentence: fmt.Sprintf("Trigger %s enrolls whom a call of its address names.", t.ID)})
		}
		if err != nil {
			return fmt.Errorf("explain trigger %s: %w", t.ID, err)
		}
	}
	return nil
}

// nextWords say what would enroll the contact next, when nothing is in the way.
func (x *explainer) nextWords() string {
	for i := range x.def.Triggers {
		if x.def.Triggers[i].Type == definition.TriggerEvent {
			return "the next event that meets a trigger enrolls the contact."
		}
	}
	return "a trigger that fires for the contact enrolls it."
}

// other says something about a trigger that no event of the contact fires.
func (x *explainer) other(t *definition.Trigger, r Reason) {
	r.Code, r.Type, r.Trigger = WhyOtherTrigger, t.Type, t.ID
	x.why(r)
}

// noEvent says that an event trigger has never had an event to go by.
func (x *explainer) noEvent(t *definition.Trigger) error {
	own, err := x.tx.NewestEvents(x.out.Contact.ID, []string{t.Event}, 1)
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	if len(own) > 0 {
		return nil
	}
	sentence := fmt.Sprintf("No event %s was ever accepted for this contact.", t.Event)
	anywhere, err := x.tx.EventTypeSeen(t.Event)
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	if !anywhere {
		sentence = fmt.Sprintf("No event %s was ever accepted, of this contact or of any other.", t.Event)
	}
	x.why(Reason{Code: WhyNoEvent, Type: t.Event, Trigger: t.ID, Sentence: sentence})
	return nil
}

// fired reports whether a trigger has gone off for the contact with this key.
func (x *explainer) fired(t *definition.Trigger, key string) (bool, error) {
	id := Firing{Contact: x.out.Contact, Workflow: x.out.Workflow.Key, Trigger: t.ID, Key: key}.EventID()
	known, err := x.tx.KnownEvents([]string{id})
	if err != nil {
		return false, fmt.Errorf("read firing: %w", err)
	}
	return known[id], nil
}

// filter evaluates the filter of a trigger for the contact as it is now; sentence says what it came to.
func (x *explainer) filter(filter *expr.Condition) (holds bool, values []expr.Value, sentence string, err error) {
	finder, err := NewFinder(x.tx, filter, x.now)
	if err != nil {
		return false, nil, "", err
	}
	holds, values, err = finder.Judge(x.out.Contact)
	switch {
	case err != nil:
		return false, nil, "", err
	case filter.Always():
		return holds, values, "It has no filter.", nil
	case holds:
		return holds, values, "Its filter holds for the contact now: " + filter.Because(holds, values) + ".", nil
	}
	return holds, values, "Its filter leaves the contact out now: " + filter.Because(holds, values) + ".", nil
}

// scheduled says when a schedule goes off next, whether its filter would take the contact, and
// whether it did the last time.
func (x *explainer) scheduled(t *definition.Trigger) error {
	_, values, filter, err := x.filter(t.Schedule.Filter)
	if err != nil {
		return err
	}
	cron, err := calendar.ParseCron(t.Schedule.Cron)
	if err != nil {
		return fmt.Errorf("read schedule: %w", err)
	}
	what := fmt.Sprintf("Trigger %s (%s) ", t.ID, t.Schedule.Words())
	next, ok := cron.Next(x.now, Zone(scheduleZone(x.def, t), nil, x.v.account))
	until := (*time.Time)(nil)
	switch {
	case !open(x.out.Workflow.Status):
		what += "fires for nobody while the workflow takes nobody in."
	case !ok:
		what += "never fires again."
	default:
		next = next.UTC()
		what, until = what+fmt.Sprintf("fires next on %s.", x.say.day(next)), &next
	}
	last, err := x.lastFiring(t)
	if err != nil {
		return err
	}
	x.other(t, Reason{Sentence: what + " " + filter + last, Until: until, Values: values})
	return nil
}
