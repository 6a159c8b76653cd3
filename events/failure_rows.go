package events

import (
	"fmt"
	"slices"
	"time"

	"fermata/store"
)

// within reports whether an instant lies in the range that was asked for.
func (q *FailureQuery) within(at time.Time) bool {
	return (q.From.IsZero() || !at.Before(q.From)) && (q.To.IsZero() || at.Before(q.To))
}

func (f *failures) wedged() error {
	list, err := wedgedOf(f.tx, f.q.Workflow, f.q.Fingerprint)
	if err != nil {
		return err
	}
	for i := range list {
		e := &list[i]
		since := e.StartedAt
		if e.WedgedAt != nil {
			since = *e.WedgedAt
		}
		if !f.q.within(since) {
			continue
		}
		g := f.add(wedgeFingerprint(e), FailureStateWedged, e.Version, 1, since, since, func(g *FailureGroup) {
			g.Kind, g.Workflow, g.Node, g.Title, g.Code, g.Message = FailureWedged, e.Workflow, e.Node, e.Node, FailureWedged, normalise(e.WedgeCause())
		})
		if len(g.Examples) < failureExamples {
			g.Examples = append(g.Examples, e.ID)
		}
	}
	return nil
}

// wedgedOf lists real enrollments that cannot go on by themselves, newest first; of one group when a
// fingerprint is given.
func wedgedOf(tx *store.Tx, workflow, fingerprint string) ([]store.Enrollment, error) {
	yes, no := true, false
	var kept []store.Enrollment
	for page := (store.Page{Limit: store.MaxLimit}); len(kept) < wedgedMost; {
		rows, next, err := tx.ListEnrollments(store.EnrollmentFilter{Workflow: workflow, Wedged: &yes, Active: &yes, Test: &no}, page)
		if err != nil {
			return nil, fmt.Errorf("read wedged enrollments: %w", err)
		}
		for i := range rows {
			if fingerprint == "" || wedgeFingerprint(&rows[i]) == fingerprint {
				kept = append(kept, rows[i])
			}
		}
		if page.Cursor = next; next == "" {
			break
		}
	}
	return kept, nil
}

func (f *failures) queues() error {
	if f.q.Workflow != "" {
		return nil // an event that cannot be routed belongs to no workflow
	}
	stopped, err := f.tx.StoppedContacts()
	if err != nil {
		return fmt.Errorf("read stopped queues: %w", err)
	}
	for i := range stopped {
		row := &stopped[i]
		print := queueFingerprint(row)
		if !f.q.within(row.CreatedAt) || f.q.Fingerprint != "" && print != f.q.Fingerprint {
			continue
		}
		g := f.add(print, FailureStateStopped, 0, 1, row.CreatedAt, row.CreatedAt, func(g *FailureGroup) {
			g.Kind, g.Code, g.Message = FailureQueue, FailureQueue, normalise(row.Error)
		})
		if len(g.Examples) < failureExamples {
			g.Examples = append(g.Examples, row.ContactID)
		}
	}
	return nil
}

// FailureItem is one failure of a group. EnrollmentID is "" for a stopped queue, of which ContactID is.
type FailureItem struct {
	EnrollmentID, ContactID string
	Node                    string
	Visit                   int
	State                   string
	Error                   string
	Attempts                int
	At                      time.Time
	// WhyNot says why it cannot be retried, "" when it can.
	WhyNot string
}

// whyNot says why failures in a state cannot be retried.
var whyNot = map[string]string{
	store.FailureFailed:   "the enrollment has gone on without the step, or has ended",
	store.FailureUnknown:  "nobody knows whether it was carried out: mark it as sent or resend it",
	store.FailureRetrying: "it is being tried again",
}

// FailureItems lists the failures of one group.
func FailureItems(tx *store.Tx, fingerprint string, page store.Page) ([]FailureItem, string, error) {
	switch KindOfFailure(fingerprint) {
	case FailureStep:
		rows, next, err := tx.FailedSteps(store.FailureFilter{Fingerprint: fingerprint}, page)
		if err != nil {
			return nil, "", err
		}
		items := make([]FailureItem, len(rows))
		for i, r := range rows {
			items[i] = FailureItem{
				EnrollmentID: r.EnrollmentID, Node: r.Node, Visit: r.Visit, State: r.State, Error: r.Error, Attempts: r.Attempts,
				At: r.LastAt.UTC(), WhyNot: whyNot[r.State],
			}
		}
		return items, next, nil
	case FailureWedged:
		list, err := wedgedOf(tx, "", fingerprint)
		if err != nil {
			return nil, "", err
		}
		return paged(list, page, func(e *store.Enrollment) (string, FailureItem) {
			return e.ID, FailureItem{EnrollmentID: e.ID, Node: e.Node, Visit: e.Visit, State: FailureStateWedged, Error: e.WedgeCause(), At: orNow(e.WedgedAt, e.StartedAt)}
		})
	}
	stopped, err := stoppedOf(tx, fingerprint, "")
	if err != nil {
		return nil, "", err
	}
	return paged(stopped, page, func(q *store.QueuedContact) (string, FailureItem) {
		return q.ContactID, FailureItem{ContactID: q.ContactID, State: FailureStateStopped, Error: q.Error, Attempts: q.Tries, At: q.CreatedAt.UTC()}
	})
}

func orNow(at *time.Time, other time.Time) time.Time {
	if at == nil {
		return other.UTC()
	}
	return at.UTC()
}

// paged cuts a page out of a list that is in memory, by id.
func paged[T any](list []T, page store.Page, shape func(*T) (id string, item FailureItem)) ([]FailureItem, string, error) {
	behind, err := page.Behind()
	if err != nil {
		return nil, "", err
	}
	byID, ids := map[string]FailureItem{}, []string{}
	for i := range list {
		if id, item := shape(&list[i]); id > behind {
			byID[id] = item
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	limit, next := page.Limit, ""
	if limit <= 0 {
		limit = store.DefaultLimit
	}
	if len(ids) > limit {
		ids = ids[:limit]
		next = store.CursorAt(ids[limit-1])
	}
	items := make([]FailureItem, len(ids))
	for i, id := range ids {
		items[i] = byID[id]
	}
	return items, next, nil
}
