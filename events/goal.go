package events

import (
	"errors"
	"fmt"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/store"
)

// Goals returns what versions are measured by. A condition of a goal sees the candidate as `event`, the
// enrollment's `trigger`, and the contact as it is now; `within` in it counts back from the candidate.
func Goals(definitions *Definitions) store.Goals {
	return func(tx *store.Tx, workflow string, version int) (*store.Goal, error) {
		if version == 0 {
			return nil, nil // a draft, which only tests run
		}
		v, err := tx.Version(workflow, version)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read version %d of %s: %w", version, workflow, err)
		}
		def, err := definitions.Load(tx, v.Hash)
		if err != nil || def.Settings.Goal == nil {
			return nil, err
		}
		return goal(def.Settings.Goal), nil
	}
}

func goal(g *definition.Goal) *store.Goal {
	out := &store.Goal{Key: g.Key, Event: g.Event, Within: g.Within.Approx(), Measure: g.Measure}
	if !g.Where.Always() {
		out.Holds = func(tx *store.Tx, e *store.GoalEvent) (bool, error) {
			scope, err := goalScope(tx, e, g.Event)
			if err != nil {
				return false, err
			}
			holds, _, err := g.Where.Eval(scope)
			return holds, err
		}
	}
	return out
}

func goalScope(tx *store.Tx, e *store.GoalEvent, event string) (*expr.Scope, error) {
	data, err := decodeObject(e.Data)
	if err != nil {
		return nil, fmt.Errorf("read data of event %s: %w", e.EventID, err)
	}
	trigger, err := decodeObject(e.TriggerData)
	if err != nil {
		return nil, fmt.Errorf("read trigger of %s: %w", e.EnrollmentID, err)
	}
	return &expr.Scope{
		Now: e.OccurredAt, Started: e.StartedAt, Facts: Facts(tx, e.ContactID), Roots: map[string]any{
			"event": expr.EventRoot(expr.Event{
				ID: e.EventID, Type: event, Data: data, OccurredAt: e.OccurredAt, AcceptedAt: e.AcceptedAt,
			}),
			"trigger": expr.EventRoot(expr.Event{ID: e.TriggerEventID, Data: trigger, OccurredAt: e.StartedAt}),
			"contact": expr.NewLazy(func() any { return goalContact(tx, e.ContactID) }),
		},
	}, nil
}

// goalContact is the contact of a scope; nothing of one that is gone.
func goalContact(tx *store.Tx, id string) any {
	c, err := tx.Contact(id)
	if errors.Is(err, store.ErrNotFound) {
		return map[string]any{}
	}
	v := newView(tx, c)
	if err == nil {
		err = v.load()
	}
	if err != nil {
		tx.Spoil(fmt.Errorf("read contact %s: %w", id, err))
		return map[string]any{}
	}
	return v.contact
}
