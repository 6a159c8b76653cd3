package events

import (
	"errors"
	"strings"
	"time"

	"fermata/interpreter/expr"
	"fermata/store"
)

// facts answers from the store, inside one transaction, what conditions ask about a contact.
type facts struct {
	tx      *store.Tx
	contact string
}

// Tagged reports whether the contact carries the tag, in any spelling.
func (f *facts) Tagged(tag string) (bool, error) { return f.tx.HasContactTag(f.contact, tag) }

// EnrolledIn reports whether an enrollment of the contact in the workflow is active; tests do
// not count.
func (f *facts) EnrolledIn(workflow string) (bool, error) {
	return f.tx.EnrolledIn(f.contact, strings.ToLower(workflow))
}

// Course returns how far the contact is in a course, and whether it is in it at all.
func (f *facts) Course(key string) (progress float64, enrolled bool, err error) {
	record, err := f.tx.ContactCourse(f.contact, key)
	if errors.Is(err, store.ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	return record.Progress, record.Status != courseUnenrolled, nil
}

// DealStage implements expr.Facts.
func (f *facts) DealStage(pipeline, sought string) (stage string, found bool, err error) {
	deals, err := f.tx.DealsOfContact(f.contact, pipeline)
	if err != nil {
		return "", false, err
	}
	deal := dealAt(deals, sought)
	if deal == nil {
		return "", false, nil
	}
	return deal.Stage, true, nil
}

// Segment returns the condition of a segment.
func (f *facts) Segment(key string) (filter any, found bool, err error) {
	segment, err := f.tx.Segment(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	filter, err = expr.DecodeJSON(segment.Filter)
	return filter, true, err
}

// Events returns the contact's events of one type, in log order, that were accepted since.
func (f *facts) Events(eventType string, since time.Time) ([]expr.Event, error) {
	rows, err := f.tx.EventsSince(f.contact, eventType, since)
	if err != nil {
		return nil, err
	}
	list := make([]expr.Event, 0, len(rows))
	for i := range rows {
		event, err := DecodeEvent(&rows[i])
		if err != nil {
			return nil, err
		}
		list = append(list, event)
	}
	return list, nil
}
