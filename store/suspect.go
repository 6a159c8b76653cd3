package store

import "time"

// SuspectEnrollments lists active enrollments whose run may be lost or asleep: due before an
// instant, begun before it without ever reaching a node, or with a wake that found no run. The
// longest overdue come first.
func (tx *Tx) SuspectEnrollments(before time.Time, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE active AND (due_at < ? OR (node = '' AND created_at < ?) OR EXISTS (
			SELECT 1 FROM dispatches d WHERE d.enrollment_id = enrollments.id AND d.kind = 'wake' AND d.error <> ''))
		AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.enrollment_id = enrollments.id AND d.kind = 'start')
		ORDER BY due_at, id LIMIT ?`, before, before, limit)
}
