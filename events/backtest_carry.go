package events

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/rehearse"
	"fermata/store"
)

// backtestHeeds is how many later events one passage is shown, at most.
const backtestHeeds = 5000

// inOrder sorts the log of a contact that others were merged into by the time of acceptance; the
// log of one contact is in that order already.
func inOrder(log []store.Event) {
	for i := range log {
		if log[i].ContactID != log[0].ContactID {
			slices.SortStableFunc(log, func(a, b store.Event) int { return a.AcceptedAt.Compare(b.AcceptedAt) })
			return
		}
	}
}

// carry carries a passage through the definition until an instant.
func (w *walk) carry(p *passage, until time.Time) (rehearse.Result, error) {
	shape, err := w.contactShape()
	if err != nil {
		return rehearse.Result{}, err
	}
	e := &w.log[p.at]
	in := w.base
	in.Definition, in.Contact, in.Start, in.Until = w.def, shape, e.AcceptedAt, until
	in.Trigger = expr.Event{ID: e.ID, Type: e.Type, Data: p.data, OccurredAt: e.OccurredAt, AcceptedAt: e.AcceptedAt}
	if len(w.heeds) > 0 {
		if in.Events, err = w.later(p.at, until); err != nil {
			return rehearse.Result{}, err
		}
	}
	in.EnrolledIn = func(workflow string, at time.Time) (bool, error) {
		return w.enrolledIn(strings.ToLower(workflow), at)
	}
	in.Past = func(eventType string, since, now time.Time) ([]expr.Event, error) {
		if w.heeds[eventType] {
			now = e.AcceptedAt // later ones come in while it runs
		}
		list, err := w.v.facts(now).Events(eventType, since)
		return slices.DeleteFunc(list, func(past expr.Event) bool { return past.ID == e.ID }), err
	}
	return rehearse.Run(in)
}

// contactShape is the contact as a rehearsal takes it, its newest deal last.
func (w *walk) contactShape() (map[string]any, error) {
	if w.shape == nil {
		shape, err := RehearsalContact(w.tx, w.c, w.account)
		if err != nil {
			return nil, err
		}
		w.shape = shape
	}
	return w.shape, nil
}

// RehearsalContact is ContactShape as rehearsals take it: the newest deal is the last.
func RehearsalContact(tx *store.Tx, c *store.Contact, a *store.Account) (map[string]any, error) {
	shape, err := ContactShape(tx, c, a)
	if err != nil {
		return nil, err
	}
	if deals, ok := shape["deals"].([]any); ok {
		slices.Reverse(deals)
	}
	return shape, nil
}

// later lists the events behind one that a passage may react to.
func (w *walk) later(at int, until time.Time) ([]rehearse.Injection, error) {
	var list []rehearse.Injection
	for i := at + 1; i < len(w.log) && len(list) < backtestHeeds && w.log[i].AcceptedAt.Before(until); i++ {
		if !w.heeds[w.log[i].Type] || w.own(&w.log[i]) {
			continue
		}
		event, err := DecodeEvent(&w.log[i])
		if err != nil {
			return nil, err
		}
		list = append(list, rehearse.Injection{At: calendar.Duration{Exact: event.AcceptedAt.Sub(w.log[at].AcceptedAt)}, Event: event})
	}
	return list, nil
}

// own reports whether a step of this very workflow made the event: what the passage at hand makes
// itself takes its place. Reports about mails are somebody else's doing.
func (w *walk) own(e *store.Event) bool {
	if strings.HasPrefix(e.Type, "email.") || strings.HasPrefix(e.Type, "link.") {
		return false
	}
	cause, err := ParseCause(e.Cause)
	return err == nil && cause != nil && cause.Workflow == w.key
}

// factsThen answers for an instant in the past what the log and the enrollments tell of it, and the
// rest as of now.
type factsThen struct {
	expr.Facts
	at         time.Time
	enrolledIn func(workflow string, at time.Time) (bool, error)
}

// EnrolledIn implements expr.Facts.
func (f *factsThen) EnrolledIn(workflow string) (bool, error) {
	return f.enrolledIn(strings.ToLower(workflow), f.at)
}

// Events implements expr.Facts.
func (f *factsThen) Events(eventType string, since time.Time) ([]expr.Event, error) {
	list, err := f.Facts.Events(eventType, since)
	return slices.DeleteFunc(list, func(e expr.Event) bool { return e.AcceptedAt.After(f.at) }), err
}

// count counts what came of the contact, beside what really was.
func (w *walk) count(lived []store.Enrollment) {
	subscribed := true
	if w.shape != nil {
		subscribed, _ = w.shape["subscribed"].(bool)
	}
	location := w.base.Location
	for _, p := range w.passages {
		w.tally.passage(w.c.ID, w.log[p.at].Type, p.result, subscribed, location)
		seen := map[string]bool{}
		for i := range w.others {
			e := &w.others[i]
			apart := e.EndedAt != nil && e.EndedAt.Before(p.result.Start) || e.StartedAt.After(p.result.End)
			if !apart && !seen[e.Workflow] {
				seen[e.Workflow] = true
				w.tally.overlap(w.c.ID, e.Workflow)
			}
		}
	}
	for i := range lived {
		w.tally.lived(&lived[i])
	}
	switch {
	case len(w.passages) > 0 && len(lived) > 0:
		w.tally.Both++
	case len(w.passages) > 0:
		w.tally.OnlyBacktest++
	case len(lived) > 0:
		w.tally.OnlyActual++
	}
	if len(w.passages) > 0 {
		w.tally.EnteredContacts++
	}
}

// sortedBy returns the values of a map as a list, the most first.
func sortedBy[V, T any](m map[string]V, item func(key string, v V) T, less func(a, b T) int) []T {
	list := make([]T, 0, len(m))
	for _, key := range sortedKeys(m) {
		list = append(list, item(key, m[key]))
	}
	slices.SortStableFunc(list, less)
	return list
}

func most(a, b int) int { return cmp.Compare(b, a) }
