package store

import "time"

// Inside is one active enrollment as a plan for everybody inside looks at it: with its contact and
// the step that is open, nil when none is.
type Inside struct {
	Enrollment Enrollment
	Contact    *Contact // nil when it is gone
	Step       *Step
}

// InsideFilter selects active enrollments of a workflow.
type InsideFilter struct {
	Workflow string
	// After leaves out the enrollments up to this id.
	After string
	// Below, unless 0, leaves out whoever runs this version or a later one.
	Below int
	// Until, unless nil, leaves out whoever was enrolled later.
	Until *time.Time
	// NotMove leaves out whoever is on this move.
	NotMove string
	// Tests takes in test enrollments.
	Tests bool
}

func (f InsideFilter) query() *query {
	q := &query{}
	q.and("workflow = ? AND active AND id > ?", f.Workflow, f.After)
	if f.Below != 0 {
		q.and("version < ?", f.Below)
	}
	if f.Until != nil {
		q.and("created_at <= ?", *f.Until)
	}
	if f.NotMove != "" {
		q.and("(move_id = '' OR move_id NOT IN (SELECT m.id FROM moves m WHERE m.last_id = ?))", f.NotMove)
	}
	if !f.Tests {
		q.and("NOT test")
	}
	return q
}

// PeopleInside lists active enrollments in the order of their ids, without locking anything.
func (tx *Tx) PeopleInside(f InsideFilter, limit int) ([]Inside, error) {
	q := f.query()
	rows, err := all[Enrollment](tx, q.clause()+" ORDER BY id LIMIT ?", append(q.args, limit)...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	list := make([]Inside, len(rows))
	ids, contacts := make([]string, len(rows)), make([]string, len(rows))
	for i := range rows {
		list[i].Enrollment = rows[i]
		ids[i], contacts[i] = rows[i].ID, rows[i].ContactID
	}
	steps, err := all[Step](tx, "WHERE enrollment_id IN ? AND left_at IS NULL ORDER BY enrollment_id, seq", ids)
	if err != nil {
		return nil, err
	}
	open := map[string]*Step{}
	for i := range steps {
		open[steps[i].EnrollmentID] = &steps[i]
	}
	people, err := tx.Contacts(contacts)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Step = open[ids[i]]
		if c, there := people[contacts[i]]; there {
			list[i].Contact = &c
		}
	}
	return list, nil
}

// CountInside counts active enrollments.
func (tx *Tx) CountInside(f InsideFilter) (int, error) {
	q := f.query()
	n := 0
	_, err := tx.scan(&n, "SELECT count(*) FROM enrollments"+q.clause(), q.args...)
	return n, err
}

// HashesInside lists the contents that the people inside a workflow run.
func (tx *Tx) HashesInside(workflow string) ([]string, error) {
	var hashes []string
	_, err := tx.scan(&hashes, "SELECT DISTINCT hash FROM enrollments WHERE workflow = ? AND active ORDER BY hash", workflow)
	return hashes, err
}
