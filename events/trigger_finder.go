package events

import (
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// NewTriggerFinder makes a finder of the contacts for whom a trigger of a workflow would go off as they
// are now: the condition of an event trigger is true, the filter of a schedule holds, a silence has
// lasted long enough and has not been noticed, a date lies ahead. Nil where only a call or a person can
// tell. zone is the setting of the workflow.
func NewTriggerFinder(tx *store.Tx, workflow, zone string, t *definition.Trigger, now time.Time) (*Finder, error) {
	switch t.Type {
	case definition.TriggerEvent:
		return NewFinder(tx, t.Where, now)
	case definition.TriggerSchedule:
		return NewFinder(tx, t.Schedule.Filter, now)
	}
	f, err := NewFinder(tx, nil, now)
	if err != nil {
		return nil, err
	}
	switch t.Type {
	case definition.TriggerInactivity:
		rule := &silenceRule{workflow: workflow, zone: zone, trigger: t}
		f.also = func(c *store.Contact) (bool, error) {
			found, err := rule.silence(tx, c, now)
			return found != nil, err
		}
	case definition.TriggerDate:
		f.also = func(c *store.Contact) (bool, error) {
			ahead, _, err := NextDates(tx, c, t.Date, zone, now, 1)
			if err != nil {
				return false, fmt.Errorf("look for dates of contact %s: %w", c.ID, err)
			}
			return len(ahead) > 0, nil
		}
	default:
		return nil, nil
	}
	return f, nil
}
