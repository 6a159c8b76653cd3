package store

import (
	"time"
)

// EnrollmentFilter selects enrollments; empty fields select all.
type EnrollmentFilter struct {
	Workflow, Contact, Status, Node string
	Version                         int
	Test                            *bool
	Active                          *bool
	Wedged                          *bool // whether it cannot go on by itself
	IDs                             []string
	Failure                         string // fingerprint of the failure after which a step is held
	// Those that started in [StartedFrom, StartedTo); a zero instant is no bound.
	StartedFrom, StartedTo time.Time
	Success                *bool // those that ended with outcome success, or those that ended without it
	// Those with a step at Step, of StepKind, left by StepPort: one step that is all of it. A kind is
	// a status, or "open": not left, and not failed. Whoever is held because a step failed counts as failed.
	Step, StepKind, StepPort string
}

func (tx *Tx) applyEnrollments(f EnrollmentFilter, q *query) error {
	q.equal("workflow", f.Workflow)
	if err := tx.history(q, f.Contact); err != nil {
		return err
	}
	f.applyStatus(q)
	q.equal("node", f.Node)
	if f.Version != 0 {
		q.and("version = ?", f.Version)
	}
	if f.Test != nil {
		q.and("test = ?", *f.Test)
	}
	if f.Active != nil {
		q.and("active = ?", *f.Active)
	}
	if f.Wedged != nil && *f.Wedged {
		q.and("wedge <> ''")
	} else if f.Wedged != nil {
		q.and("wedge = ''")
	}
	if f.IDs != nil {
		q.and("id IN ?", f.IDs)
	}
	if f.Failure != "" {
		q.and(heldAfter, f.Failure)
	}
	if !f.StartedFrom.IsZero() {
		q.and("started_at >= ?", f.StartedFrom)
	}
	if !f.StartedTo.IsZero() {
		q.and("started_at < ?", f.StartedTo)
	}
	if f.Success != nil {
		q.and("NOT active AND (outcome = 'success') = ?", *f.Success)
	}
	f.applyStep(q)
	return nil
}

// applyStep selects by a step that the figures count; see FigureNode.
func (f EnrollmentFilter) applyStep(q *query) {
	step := &query{}
	step.equal("s.node", f.Step)
	switch f.StepKind {
	case StatusFailed:
		step.and("(s.status = 'failed' OR " + brokenStep + ")")
	case StepOpen:
		step.and("s.status IN ('running', 'waiting', 'paused', 'held') AND NOT " + brokenStep)
	default:
		step.equal("s.status", f.StepKind)
	}
	if f.StepPort != "" {
		step.and("s.port = ? AND s.left_at IS NOT NULL", f.StepPort)
	}
	if step.clause() == "" {
		return
	}
	step.and("s.enrollment_id = enrollments.id AND NOT " + carriedOn)
	q.and("EXISTS (SELECT 1 FROM steps s"+step.clause()+")", step.args...)
}

// StepOpen is the kind of a step that is under way and did not fail.
const StepOpen = "open"

// inPaused holds for what belongs to a workflow that is paused.
const inPaused = "workflow IN (SELECT p.workflow FROM pauses p WHERE p.ended_at IS NULL)"

// applyStatus selects by the status that people see: whoever waits in a paused workflow is paused,
// although nobody has told the row.
func (f EnrollmentFilter) applyStatus(q *query) {
	switch f.Status {
	case StatusPaused:
		q.and("(status = 'paused' OR status = 'waiting' AND NOT test AND " + inPaused + ")")
	case StatusWaiting:
		q.and("(status = 'waiting' AND (test OR NOT " + inPaused + "))")
	default:
		q.equal("status", f.Status)
	}
}

// ListEnrollments lists enrollments, newest first.
func (tx *Tx) ListEnrollments(f EnrollmentFilter, page Page) ([]Enrollment, string, error) {
	q := newestFirst(page)
	if err := tx.applyEnrollments(f, q); err != nil {
		return nil, "", err
	}
	return listByID(tx, q, func(e *Enrollment) string { return e.ID })
}

// WalkEnrollments lists enrollments by id, behind after and up to until.
func (tx *Tx) WalkEnrollments(f EnrollmentFilter, after, until string, limit int) ([]Enrollment, error) {
	q := &query{}
	if err := tx.applyEnrollments(f, q); err != nil {
		return nil, err
	}
	q.and("id > ? AND id <= ?", after, until)
	return all[Enrollment](tx, q.clause()+" ORDER BY id LIMIT ?", append(q.args, limit)...)
}

// MatchEnrollments returns those of ids that a filter selects.
func (tx *Tx) MatchEnrollments(f EnrollmentFilter, ids []string) (map[string]bool, error) {
	q := &query{}
	if err := tx.applyEnrollments(f, q); err != nil {
		return nil, err
	}
	q.and("id IN ?", ids)
	var found []string
	_, err := tx.scan(&found, "SELECT id FROM enrollments"+q.clause(), q.args...)
	matched := make(map[string]bool, len(found))
	for _, id := range found {
		matched[id] = true
	}
	return matched, err
}

// NewestEnrollment is the last id that an enrollment has, "" when there is none.
func (tx *Tx) NewestEnrollment() (string, error) {
	var id string
	_, err := tx.scan(&id, "SELECT id FROM enrollments ORDER BY id DESC LIMIT 1")
	return id, err
}

// CountEnrollments counts enrollments.
func (tx *Tx) CountEnrollments(f EnrollmentFilter) (int, error) {
	q := &query{}
	if err := tx.applyEnrollments(f, q); err != nil {
		return 0, err
	}
	var n int
	_, err := tx.scan(&n, "SELECT count(*) FROM enrollments"+q.clause(), q.args...)
	return n, err
}
