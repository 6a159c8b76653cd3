package store

import "time"

// Step is one visit of one enrollment to one node. It is also the decision row: what it says first
// is what every later execution goes by.
type Step struct {
	EnrollmentID   string `gorm:"primaryKey"`
	Node           string `gorm:"primaryKey"`
	Visit          int    `gorm:"primaryKey;autoIncrement:false"`
	Seq            int    // order within the enrollment, from 1
	Type           string
	Title          string
	Status         string // while open: "", running, waiting, held; then done, failed, unknown, dropped, suppressed, skipped, exited, canceled
	Port           string
	Reason         string
	EnteredAt      time.Time
	LeftAt         *time.Time
	DueAt          *time.Time
	PlannedAt      *time.Time // of a wait: when it would be due if its workflow had never been paused
	Attempts       int
	Values         JSON
	Result         JSON
	Error          string
	DecidedEventID string
	MovedAt        *time.Time // since when it is carried on by another version than the one before; nil for never
	Input          JSON       // what an action was given: its settings as rendered, without secrets
	Kept           bool       // its due instant is that of the version before, and follows nothing
}

// InsertStep adds a step and reports true, or returns the step that is there and false. With Seq 0
// the step becomes the last of its enrollment. The enrollment must be locked.
func (tx *Tx) InsertStep(s *Step) (*Step, bool, error) {
	if !tx.write {
		return nil, false, ErrReadOnly
	}
	seq, args := "?", []any{s.EnrollmentID, s.Node, s.Visit, s.Seq}
	if s.Seq == 0 {
		seq = "(SELECT COALESCE(max(seq), 0) + 1 FROM steps WHERE enrollment_id = ?)"
		args[3] = s.EnrollmentID
	}
	args = append(args, s.Type, s.Title, s.Status, s.Port, s.Reason, s.EnteredAt, s.LeftAt, s.DueAt, s.PlannedAt,
		s.Attempts, s.Values, s.Result, s.Error, s.DecidedEventID, s.MovedAt, s.Kept, s.Input)
	row := *s
	added, err := tx.scan(&row.Seq, `INSERT INTO steps (enrollment_id, node, visit, seq, type, title, status, port, reason,
		entered_at, left_at, due_at, planned_at, attempts, "values", result, error, decided_event_id, moved_at, kept, input)
		VALUES (?, ?, ?, `+seq+`, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING seq`, args...)
	if err != nil {
		return nil, false, err
	}
	if added {
		s.Seq = row.Seq
		return s, true, nil
	}
	there, err := tx.Step(s.EnrollmentID, s.Node, s.Visit)
	return there, false, err
}

// Step returns one step.
func (tx *Tx) Step(enrollmentID, node string, visit int) (*Step, error) {
	return first[Step](tx, "enrollment_id = ? AND node = ? AND visit = ?", enrollmentID, node, visit)
}

// SaveStep writes everything but the key, Seq and EnteredAt.
func (tx *Tx) SaveStep(s *Step) error {
	return tx.remove(`UPDATE steps SET type = ?, title = ?, status = ?, port = ?, reason = ?, left_at = ?, due_at = ?, planned_at = ?,
		attempts = ?, "values" = ?, result = ?, error = ?, decided_event_id = ?, moved_at = ?, kept = ?, input = ?
		WHERE enrollment_id = ? AND node = ? AND visit = ?`,
		s.Type, s.Title, s.Status, s.Port, s.Reason, s.LeftAt, s.DueAt, s.PlannedAt,
		s.Attempts, s.Values, s.Result, s.Error, s.DecidedEventID, s.MovedAt, s.Kept, s.Input, s.EnrollmentID, s.Node, s.Visit)
}

// Steps lists an enrollment's steps in order.
func (tx *Tx) Steps(enrollmentID string) ([]Step, error) {
	return all[Step](tx, "WHERE enrollment_id = ? ORDER BY seq, entered_at", enrollmentID)
}
