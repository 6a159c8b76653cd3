package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Stamp is an instant that a query has computed: SQLite no longer knows that it is one.
type Stamp struct{ time.Time }

// Scan implements sql.Scanner.
func (s *Stamp) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = Stamp{}
	case time.Time:
		s.Time = v.UTC()
	case string:
		at, err := time.Parse("2006-01-02 15:04:05.999999999-07:00", v)
		if err != nil {
			return fmt.Errorf("read instant: %w", err)
		}
		s.Time = at.UTC()
	default:
		return fmt.Errorf("read instant: %T is none", src)
	}
	return nil
}

// Value implements driver.Valuer.
func (s Stamp) Value() (driver.Value, error) { return s.Time, nil }

// State of a failure, as its step and enrollment stand now.
const (
	FailureHeld     = "held"     // the enrollment waits for a person at the step
	FailureRetrying = "retrying" // the step is carried out again
	FailureUnknown  = "unknown"  // nobody knows whether the effect was carried out
	FailureFailed   = "failed"   // over: the enrollment went on without, or ended
)

// Failure is a step that failed after all retries, or an enrollment that failed between two steps. The
// row stays when the step is mended; FailureGroups and Failures leave those out.
type Failure struct {
	EnrollmentID string `gorm:"primaryKey"`
	Node         string `gorm:"primaryKey"`
	Visit        int    `gorm:"primaryKey;autoIncrement:false"`
	Fingerprint  string
	Workflow     string
	Version      int // 0 = a draft
	Test         bool
	Type         string // of the node; "" between two steps
	Code         string
	Message      string // normalised: without anything about one person
	FirstAt      time.Time
	LastAt       time.Time
}

// PutFailure notes a failure; the same step that fails again keeps when it first did.
func (tx *Tx) PutFailure(f *Failure) error {
	_, err := tx.exec(`INSERT INTO failures (enrollment_id, node, visit, fingerprint, workflow, version, test, type, code, message, first_at, last_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (enrollment_id, node, visit) DO UPDATE SET fingerprint = excluded.fingerprint, version = excluded.version,
			type = excluded.type, code = excluded.code, message = excluded.message, last_at = excluded.last_at`,
		f.EnrollmentID, f.Node, f.Visit, f.Fingerprint, f.Workflow, f.Version, f.Test, f.Type, f.Code, f.Message, f.FirstAt, f.LastAt)
	return err
}

const (
	failedSteps = ` FROM failures f JOIN enrollments e ON e.id = f.enrollment_id
		LEFT JOIN steps s ON s.enrollment_id = f.enrollment_id AND s.node = f.node AND s.visit = f.visit`
	// failureState is '' for a failure that has been mended.
	failureState = `CASE WHEN s.status = 'unknown' THEN 'unknown'
		WHEN s.status = 'failed' OR e.status = 'failed' AND (s.status IS NULL OR s.status = 'exited') THEN 'failed'
		WHEN s.left_at IS NULL AND e.active AND s.status = 'held' THEN 'held'
		WHEN s.left_at IS NULL AND e.active AND s.status IS NOT NULL THEN 'retrying' ELSE '' END`
	// heldAfter selects enrollments that are held at a step which failed in one way.
	heldAfter = `active AND id IN (SELECT f.enrollment_id FROM failures f
		JOIN steps s ON s.enrollment_id = f.enrollment_id AND s.node = f.node AND s.visit = f.visit
		WHERE f.fingerprint = ? AND NOT f.test AND s.status = 'held' AND s.left_at IS NULL)`
)

// FailureFilter selects failures; empty fields select all. From ≤ LastAt < To.
type FailureFilter struct {
	Fingerprint, Workflow, State string
	From, To                     time.Time
}

func (f FailureFilter) query() *query {
	q := &query{}
	q.and("NOT f.test")
	q.equal("f.fingerprint", f.Fingerprint)
	q.equal("f.workflow", f.Workflow)
	if !f.From.IsZero() {
		q.and("f.last_at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q.and("f.last_at < ?", f.To)
	}
	if f.State != "" {
		q.and("("+failureState+") = ?", f.State)
	} else {
		q.and("(" + failureState + ") <> ''")
	}
	return q
}

// FailureCount counts failures that are alike, of one version and in one state.
type FailureCount struct {
	Fingerprint string
	Workflow    string
	Node        string
	Type        string
	Code        string
	Message     string
	Version     int
	State       string
	N           int
	FirstAt     Stamp
	LastAt      Stamp
}

// FailureGroups counts failures of real enrollments by fingerprint, version and state, at most limit
// such, those that were seen last first.
func (tx *Tx) FailureGroups(f FailureFilter, limit int) ([]FailureCount, error) {
	q := f.query()
	rows := []FailureCount{}
	_, err := tx.scan(&rows, `SELECT f.fingerprint, f.workflow, f.node, max(f.type) AS type, max(f.code) AS code,
			max(f.message) AS message, f.version, `+failureState+` AS state, count(*) AS n, min(f.first_at) AS first_at, max(f.last_at) AS last_at`+
		failedSteps+q.clause()+` GROUP BY f.fingerprint, f.workflow, f.node, f.version, 8 ORDER BY max(f.last_at) DESC, f.fingerprint LIMIT ?`,
		append(q.args, limit)...)
	return rows, err
}

// FailedStep is a failure with what its step says now.
type FailedStep struct {
	EnrollmentID string
	Node         string
	Visit        int
	State        string
	Error        string // as the other side said it; "" between two steps
	Attempts     int
	LastAt       time.Time
}

// FailedSteps lists failures by enrollment, newest enrollment first.
func (tx *Tx) FailedSteps(f FailureFilter, page Page) ([]FailedStep, string, error) {
	position, err := page.position(3)
	if err != nil {
		return nil, "", err
	}
	q := f.query()
	if position != nil {
		visit, err := parseInt(position[2])
		if err != nil {
			return nil, "", ErrCursor
		}
		q.and("(f.enrollment_id, f.node, f.visit) < (?, ?, ?)", position[0], position[1], visit)
	}
	limit := page.limit()
	rows := []FailedStep{}
	_, err = tx.scan(&rows, `SELECT f.enrollment_id, f.node, f.visit, `+failureState+` AS state, COALESCE(s.error, '') AS error,
			COALESCE(s.attempts, 0) AS attempts, f.last_at`+failedSteps+q.clause()+
		" ORDER BY f.enrollment_id DESC, f.node DESC, f.visit DESC LIMIT ?", append(q.args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit, func(s *FailedStep) []string {
		return []string{s.EnrollmentID, s.Node, formatInt(int64(s.Visit))}
	})
	return rows, next, nil
}

// EnrollmentsByID returns enrollments by id; those that are not there are missing.
func (tx *Tx) EnrollmentsByID(ids []string) (map[string]Enrollment, error) {
	found := make(map[string]Enrollment, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := all[Enrollment](tx, "WHERE id IN ?", ids)
	for i := range rows {
		found[rows[i].ID] = rows[i]
	}
	return found, err
}
