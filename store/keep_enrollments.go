package store

import "time"

// The statements of a sweep over enrollments; a test holds them against the indexes.
const (
	selectOldEnrollments = `SELECT id, workflow, contact_id, key, test, run_closed, started_at, ended_at FROM enrollments
		WHERE NOT active AND NOT pruned AND ended_at < ? AND (ended_at, id) > (?, ?) ORDER BY ended_at, id LIMIT ?`
	selectCalled = "SELECT enrollment_id FROM dispatches WHERE enrollment_id IN ?"
	deleteBare   = `DELETE FROM enrollments WHERE pruned AND contact_id IN ? AND (test
		OR EXISTS (SELECT 1 FROM enrollments n WHERE n.contact_id = enrollments.contact_id AND n.workflow = enrollments.workflow
			AND n.key = enrollments.key AND NOT n.test AND (n.started_at, n.id) > (enrollments.started_at, enrollments.id))
		OR NOT EXISTS (SELECT 1 FROM contacts c WHERE c.id = enrollments.contact_id)
			AND NOT EXISTS (SELECT 1 FROM contact_aliases a WHERE a.kind = 'id' AND a.value = enrollments.contact_id))`
)

// ofEnrollments are the tables that hold what happened in enrollments.
var ofEnrollments = []string{"steps", "effects", "failures", "sends", "subscriptions", "asks"}

// oldEnrollment is what a sweep looks at.
type oldEnrollment struct {
	ID, Workflow, ContactID, Key string
	Test, RunClosed              bool
	StartedAt, EndedAt           time.Time
}

// Swept is what SweepEnrollments deleted, by table.
type Swept map[string]int64

// SweepEnrollments deletes, of the at most limit ended enrollments behind a place that ended before an
// instant, what happened in them: steps, effects, sends with their hits, failures, questions. It returns the place
// to go on from; nil at the end. What stays as it is:
//
//   - enrollments whose figures do not come from the roll-ups yet (PruneFigures),
//   - those whose run was not seen closed in Temporal, or that have a call to it open.
//
// Of the enrollments of a contact in a workflow under a key the last one stays as a bare row, marked
// as pruned, because re-entry asks for it; earlier ones go. Tests and those of erased contacts go.
func (tx *Tx) SweepEnrollments(before time.Time, after Place, limit int) (done Swept, next *Place, err error) {
	old := []oldEnrollment{}
	_, err = tx.scan(&old, selectOldEnrollments, before, after.At, after.ID, limit)
	if err != nil || len(old) == 0 {
		return nil, nil, err
	}
	if len(old) == limit {
		next = &Place{At: old[limit-1].EndedAt, ID: old[limit-1].ID}
	}
	over, err := tx.settled(old)
	if err != nil {
		return nil, nil, err
	}
	if over, err = tx.unheld("enrollments", over); err != nil || len(over) == 0 {
		return nil, next, err
	}
	done = Swept{}
	for _, table := range ofEnrollments {
		if done[table], err = tx.deleteBy(table, "enrollment_id", over); err != nil {
			return nil, nil, err
		}
	}
	done["enrollments"], err = tx.bare(over, old)
	return done, next, err
}

// settled returns the ids of the enrollments that may go.
func (tx *Tx) settled(old []oldEnrollment) ([]string, error) {
	ids, workflows := make([]string, len(old)), []string{}
	from, to := old[0].StartedAt, old[0].StartedAt
	for i := range old {
		ids[i] = old[i].ID
		workflows = append(workflows, old[i].Workflow)
		if old[i].StartedAt.Before(from) {
			from = old[i].StartedAt
		}
		if old[i].StartedAt.After(to) {
			to = old[i].StartedAt
		}
	}
	gone, err := tx.prunedStretches(unique(workflows), from.Add(-time.Microsecond), to.Add(time.Microsecond))
	if err != nil {
		return nil, err
	}
	var called []string
	if _, err := tx.scan(&called, selectCalled, ids); err != nil {
		return nil, err
	}
	busy := map[string]bool{}
	for _, id := range called {
		busy[id] = true
	}
	over := []string{}
	for i := range old {
		e := &old[i]
		rolled := e.Test
		for j := range gone {
			rolled = rolled || gone[j].holds(e.Workflow, e.StartedAt)
		}
		if rolled && e.RunClosed && !busy[e.ID] {
			over = append(over, e.ID)
		}
	}
	return over, nil
}

// bare deletes enrollments, but of each contact, workflow and key the last, and returns how many.
func (tx *Tx) bare(over []string, old []oldEnrollment) (int64, error) {
	contacts := []string{}
	for i := range old {
		contacts = append(contacts, old[i].ContactID)
	}
	_, err := tx.exec(`UPDATE enrollments SET pruned = ?, trigger_data = NULL, event_data = NULL, vars = NULL, cause = NULL WHERE id IN ?`, true, over)
	if err != nil {
		return 0, err
	}
	return tx.exec(deleteBare, unique(contacts))
}

// unique returns the texts of a list once each.
func unique(list []string) []string {
	seen, out := map[string]bool{}, make([]string, 0, len(list))
	for _, text := range list {
		if !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// HashesInForce lists the contents that run for new enrollments of workflows that are not archived, and
// those that people are inside of.
func (tx *Tx) HashesInForce() ([]string, error) {
	hashes := []string{}
	_, err := tx.scan(&hashes, `SELECT hash FROM workflows WHERE status <> ? AND version > 0
		UNION SELECT hash FROM enrollments WHERE active`, WorkflowArchived)
	return hashes, err
}
