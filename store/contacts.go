package store

import (
	"cmp"
	"slices"
	"time"
)

// What several contacts have is read in one statement each. Contacts without any are left out.

// CoursesOfContacts lists the courses of several contacts, by contact id and in each by key.
func (tx *Tx) CoursesOfContacts(contactIDs []string) (map[string][]ContactCourse, error) {
	rows, err := all[ContactCourse](tx, "WHERE contact_id IN ? ORDER BY course", contactIDs)
	return grouped(rows, func(c *ContactCourse) string { return c.ContactID }), err
}

// DealsOfContacts lists the deals of several contacts, by contact id and in each the newest first.
func (tx *Tx) DealsOfContacts(contactIDs []string) (map[string][]Deal, error) {
	rows, err := all[Deal](tx, "WHERE contact_id IN ? ORDER BY id DESC", contactIDs)
	return grouped(rows, func(d *Deal) string { return d.ContactID }), err
}

func grouped[T any](rows []T, by func(*T) string) map[string][]T {
	groups := map[string][]T{}
	for i := range rows {
		key := by(&rows[i])
		groups[key] = append(groups[key], rows[i])
	}
	return groups
}

// AllEnrolledIn tells which of several contacts have an active enrollment, not a test, in a workflow.
func (tx *Tx) AllEnrolledIn(contactIDs []string, workflow string) (map[string]bool, error) {
	var ids []string
	_, err := tx.scan(&ids, "SELECT contact_id FROM enrollments WHERE workflow = ? AND contact_id IN ? AND active AND NOT test", workflow, contactIDs)
	found := make(map[string]bool, len(ids))
	for _, id := range ids {
		found[id] = true
	}
	return found, err
}

// EventsOfContacts reads the events of one type of several contacts that were accepted at or after an
// instant, by contact and in each in log order: what EventsSince reads of one.
func (tx *Tx) EventsOfContacts(contactIDs []string, eventType string, since time.Time) (map[string][]Event, error) {
	aliases, err := all[ContactAlias](tx, "WHERE kind = 'id' AND contact_id IN ?", contactIDs)
	if err != nil {
		return nil, err
	}
	ids, owner, several := slices.Clone(contactIDs), map[string]string{}, map[string]bool{}
	for _, a := range aliases {
		ids = append(ids, a.Value)
		owner[a.Value], several[a.ContactID] = a.ContactID, true
	}
	rows, err := all[Event](tx, "WHERE contact_id IN ? AND type = ? AND accepted_at >= ? ORDER BY seq", ids, eventType, since)
	if err != nil {
		return nil, err
	}
	found := grouped(rows, func(e *Event) string { return cmp.Or(owner[e.ContactID], e.ContactID) })
	for id := range several { // several logs in one
		slices.SortFunc(found[id], func(a, b Event) int { return cmp.Or(a.AcceptedAt.Compare(b.AcceptedAt), cmp.Compare(a.Seq, b.Seq)) })
	}
	return found, nil
}
