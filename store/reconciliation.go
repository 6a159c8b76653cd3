package store

import (
	"errors"
	"time"
)

// Reconciliation is the last comparison of active enrollments with the runs that Temporal has open,
// tests included in both.
type Reconciliation struct {
	ID       string `gorm:"primaryKey"` // always "temporal"
	At       time.Time
	Ours     int64
	Temporal int64
	Causes   JSON // {cause: n}; the sum is Ours − Temporal
}

const reconciliationID = "temporal"

// Reconciliation returns the last comparison, nil before the first one.
func (tx *Tx) Reconciliation() (*Reconciliation, error) {
	row, err := first[Reconciliation](tx, "id = ?", reconciliationID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return row, err
}

// PutReconciliation replaces the last comparison.
func (tx *Tx) PutReconciliation(r *Reconciliation) error {
	r.ID = reconciliationID
	return tx.upsert(r, "id")
}

// Standing is who is in a workflow now, tests left out, and when the last one came.
type Standing struct {
	Active, Held int64
	Last         *time.Time // start of the newest enrollment
}

// Standing counts who is inside of the given workflows.
func (tx *Tx) Standing(workflows []string) (map[string]Standing, error) {
	found := map[string]Standing{}
	var rows []struct {
		Workflow, Status string
		N                int64
	}
	_, err := tx.scan(&rows, `SELECT workflow, status, count(*) AS n FROM enrollments WHERE active AND NOT test AND workflow IN ?
		GROUP BY workflow, status`, workflows)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		s := found[row.Workflow]
		s.Active += row.N
		if row.Status == StatusHeld {
			s.Held = row.N
		}
		found[row.Workflow] = s
	}
	for _, key := range workflows {
		last := struct{ StartedAt time.Time }{}
		any, err := tx.scan(&last, "SELECT started_at FROM enrollments WHERE workflow = ? AND NOT test ORDER BY started_at DESC LIMIT 1", key)
		if err != nil {
			return nil, err
		}
		if any {
			s, at := found[key], last.StartedAt.UTC()
			s.Last = &at
			found[key] = s
		}
	}
	return found, nil
}

// CountToRun counts the active enrollments, tests included, and those of them whose start has not
// been handed to Temporal yet.
func (tx *Tx) CountToRun() (active, pending int64, err error) {
	row := struct{ Active, Pending int64 }{}
	_, err = tx.scan(&row, `SELECT (SELECT count(*) FROM enrollments WHERE active) AS active,
		(SELECT count(DISTINCT d.enrollment_id) FROM dispatches d JOIN enrollments e ON e.id = d.enrollment_id
			WHERE d.kind = 'start' AND e.active) AS pending`)
	return row.Active, row.Pending, err
}

// EndedLast lists the enrollments that ended last and whose run was not seen closed.
func (tx *Tx) EndedLast(limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, "WHERE NOT active AND NOT run_closed ORDER BY ended_at DESC LIMIT ?", limit)
}
