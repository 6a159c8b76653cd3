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
		out.Judge = func(tx *store.Tx, events []store.GoalEvent) ([]bool, error) {
			return judge(tx, g, events)
		}
	}
	return out
}

// judge evaluates the condition of a goal for some events. What it asks of their contacts is read for
// all of them together.
func judge(tx *store.Tx, g *definition.Goal, list []store.GoalEvent) ([]bool, error) {
	people := make([]string, 0, len(list))
	for i := range list {
		people = append(people, list[i].ContactID)
	}
	book, holds := newBook(tx, people), make([]bool, len(list))
	for i := range list {
		scope, err := goalScope(book, &list[i], g.Event)
		if err != nil {
			return nil, err
		}
		if holds[i], _, err = g.Where.Eval(scope); err != nil {
			return nil, fmt.Errorf("event %s: %w", list[i].EventID, err)
		}
	}
	return holds, nil
}

func goalScope(b *book, e *store.GoalEvent, event string) (*expr.Scope, error) {
	data, err := decodeObject(e.Data)
	if err != nil {
		return nil, fmt.Errorf("read data of event %s: %w", e.EventID, err)
	}
	trigger, err := decodeObject(e.TriggerData)
	if err != nil {
		return nil, fmt.Errorf("read trigger of %s: %w", e.EnrollmentID, err)
	}
	return &expr.Scope{
		Now: e.OccurredAt, Started: e.StartedAt, Facts: &bookFacts{book: b, contact: e.ContactID}, Roots: map[string]any{
			"event": expr.EventRoot(expr.Event{
				ID: e.EventID, Type: event, Data: data, OccurredAt: e.OccurredAt, AcceptedAt: e.AcceptedAt,
			}),
			"trigger": expr.EventRoot(expr.Event{ID: e.TriggerEventID, Data: trigger, OccurredAt: e.StartedAt}),
			"contact": expr.NewLazy(func() any { return b.shape(e.ContactID) }),
		},
	}, nil
}
