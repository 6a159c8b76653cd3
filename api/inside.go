package api

import (
	"errors"
	"sort"

	"fermata/events"
	"fermata/store"
)

// leaveAtOnce is how many people a request ends in its own transaction; more are left to a job.
const leaveAtOnce = 200

// lockLeaving locks the contacts of everybody inside when they leave in the request's own transaction,
// and reports whether they do. Contacts are always locked first.
func lockLeaving(tx *store.Tx, key string) (atOnce bool, err error) {
	inside, err := tx.CountEnrollments(store.EnrollmentFilter{Workflow: key, Active: ptr(true)})
	if err != nil || inside > leaveAtOnce {
		return false, err
	}
	return true, lockInside(tx, key)
}

// eachInside calls fn for every active enrollment of a workflow, tests included.
func eachInside(tx *store.Tx, workflow string, fn func(e *store.Enrollment) error) error {
	for cursor := ""; ; {
		rows, next, err := tx.ListEnrollments(store.EnrollmentFilter{Workflow: workflow, Active: ptr(true)}, store.Page{Limit: store.MaxLimit, Cursor: cursor})
		if err != nil {
			return err
		}
		for i := range rows {
			if err := fn(&rows[i]); err != nil {
				return err
			}
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}

// lockInside locks the contacts of everybody inside, in one order.
func lockInside(tx *store.Tx, workflow string) error {
	seen := map[string]bool{}
	err := eachInside(tx, workflow, func(e *store.Enrollment) error {
		seen[e.ContactID] = true
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(seen))
	for id := range seen {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		if _, err := tx.LockContact(id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// endInside ends every active enrollment of a workflow and returns how many were no tests.
func (s *server) endInside(tx *store.Tx, workflow, reason string) (int, error) {
	var ids []string
	err := eachInside(tx, workflow, func(e *store.Enrollment) error {
		ids = append(ids, e.ID)
		return nil
	})
	if err != nil {
		return 0, err
	}
	ended := 0
	for _, id := range ids {
		e, err := tx.LockEnrollment(id)
		if err != nil {
			return 0, err
		}
		if !e.Active {
			continue
		}
		if err := events.End(tx, e, store.StatusExited, "neutral", reason, s.now()); err != nil {
			return 0, err
		}
		if !e.Test {
			ended++
		}
	}
	return ended, nil
}
