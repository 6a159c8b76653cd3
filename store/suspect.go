package store

import "time"

// SuspectEnrollments lists active enrollments whose run may be lost or asleep: due before an
// instant, or with a wake that found no run. The longest overdue come first.
func (tx *Tx) SuspectEnrollments(before time.Time, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE active AND (due_at < ? OR EXISTS (
			SELECT 1 FROM dispatches d WHERE d.enrollment_id = enrollments.id AND d.kind = 'wake' AND d.error <> ''))
		AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.enrollment_id = enrollments.id AND d.kind = 'start')
		ORDER BY due_at NULLS LAST, id LIMIT ?`, before, limit)
}

// IdleEnrollments lists, by id and behind after, enrollments that are between two steps or at a step
// that does not wait, and of which nothing was heard since an instant. Most of them try something
// again and again; a few may have lost their run.
func (tx *Tx) IdleEnrollments(since time.Time, after string, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE active AND status = 'running' AND created_at < ? AND id > ?
		AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.enrollment_id = enrollments.id AND (s.entered_at >= ? OR s.left_at >= ?))
		AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.enrollment_id = enrollments.id AND d.kind = 'start')
		ORDER BY id LIMIT ?`, since, after, since, since, limit)
}
