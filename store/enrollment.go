package store

import (
	"time"
)

// Status of an Enrollment. The first four are active.
const (
	StatusRunning   = "running"
	StatusWaiting   = "waiting"
	StatusPaused    = "paused"
	StatusHeld      = "held"
	StatusCompleted = "completed"
	StatusExited    = "exited"
	StatusFailed    = "failed"
)

// Enrollment is one passage of one contact through one version of a workflow.
type Enrollment struct {
	ID        string `gorm:"primaryKey"`
	Workflow  string
	Version   int // 0 = a draft, known by Hash
	Hash      string
	ContactID string
	Key       string // correlation key; "" without one
	Status    string
	Active    bool // set by the store from Status
	Outcome   string
	Reason    string
	Node      string // where it is, or where it ended
	Visit     int
	DueAt     *time.Time
	StartedAt time.Time
	EndedAt   *time.Time
	Test      bool
	Waits     string // of a test: real | compressed
	Sends     string // of a test: real | sink

	TriggerID      string
	TriggerEventID string
	TriggerData    JSON
	AnchorAt       time.Time

	// The current `event` of conditions and templates.
	EventID   string
	EventType string
	EventData JSON
	EventAt   *time.Time

	Vars     JSON
	ParentID string
	Cause    JSON // as Event.Cause

	Epoch       int   // counted up by everything that must fence off older transactions
	Interpreter int   // version of the interpreter
	StartSeq    int64 // the contact's log number when it started
	CursorSeq   int64 // the log is consumed up to here, by exits and by open waits
	WakePending bool  // a wake is on its way
	WaitSeq     int64 // the contact's log number when it last stopped waiting
	RunID       string
	AdmittedAt  *time.Time // when the workflow's limits let it in; nil while it waits for that
	MoveID      string     // the Move on which it is: obeyed at its next safe point; "" for none
	Hold        string     // why a person holds it where it is, "" when nobody does; written by SetHold alone
	Pruned      bool       // its steps are gone; see Tx.SweepEnrollments
	CreatedAt   time.Time

	// Read together with the lock (LockEnrollmentContact), and never written.
	Paused bool `gorm:"-"` // its workflow is paused now, and it is no test
	Pauses int  `gorm:"-"` // how many pauses there have been since it started, this one included
	Repair `gorm:"embedded"`
}

func isActive(status string) bool {
	switch status {
	case StatusRunning, StatusWaiting, StatusPaused, StatusHeld:
		return true
	}
	return false
}

// InsertEnrollment adds an enrollment. ErrConflict when the contact has an active one (not a test)
// in this workflow under this key, or when the id exists; the transaction goes on. The contact must
// be locked.
func (tx *Tx) InsertEnrollment(e *Enrollment) error {
	if e.ID == "" {
		e.ID = NewID("enr")
	}
	e.Active = isActive(e.Status)
	return tx.insert(e)
}

// Enrollment returns one enrollment.
func (tx *Tx) Enrollment(id string) (*Enrollment, error) {
	return first[Enrollment](tx, "id = ?", id)
}

// LockEnrollment locks the enrollment's contact and then the enrollment, and returns its newest
// state: the fence of every transaction of a run.
func (tx *Tx) LockEnrollment(id string) (*Enrollment, error) {
	e, _, err := tx.LockEnrollmentContact(id)
	return e, err
}

type lockedRows struct {
	Enrollment Enrollment `gorm:"embedded;embeddedPrefix:e_"`
	Contact    Contact    `gorm:"embedded;embeddedPrefix:c_"`
	Paused     bool
	Pauses     int
}

// pauseColumns tell what pauses mean for an enrollment; those of tests never pause.
const pauseColumns = `,
	EXISTS (SELECT 1 FROM pauses p WHERE p.workflow = e.workflow AND p.ended_at IS NULL AND NOT e.test) AS paused,
	(SELECT count(*) FROM pauses p WHERE p.workflow = e.workflow AND NOT e.test
		AND (p.ended_at IS NULL OR p.ended_at > e.started_at)) AS pauses`

var lockedColumns = aliased[Enrollment]("e") + ", " + aliased[Contact]("c")

// LockEnrollmentContact is LockEnrollment that also returns the contact, in the same statement.
func (tx *Tx) LockEnrollmentContact(id string) (*Enrollment, *Contact, error) {
	if !tx.write {
		return nil, nil, ErrReadOnly
	}
	lock := ""
	if tx.dialect == Postgres {
		// In this order: rows are locked clause by clause, and the contact is always first.
		lock = " FOR NO KEY UPDATE OF c FOR NO KEY UPDATE OF e"
	}
	var rows lockedRows
	found, err := tx.scan(&rows, "SELECT "+lockedColumns+pauseColumns+
		" FROM enrollments e JOIN contacts c ON c.id = e.contact_id WHERE e.id = ?"+lock, id)
	if err != nil {
		return nil, nil, err
	}
	if !found {
		return tx.lockMerged(id)
	}
	rows.Enrollment.Paused, rows.Enrollment.Pauses = rows.Paused, rows.Pauses
	return &rows.Enrollment, &rows.Contact, nil
}

// lockMerged locks an enrollment whose contact was merged, and the one that it was merged into.
func (tx *Tx) lockMerged(id string) (*Enrollment, *Contact, error) {
	e, err := tx.Enrollment(id)
	if err != nil {
		return nil, nil, err
	}
	c, err := tx.LockContact(e.ContactID)
	if err != nil {
		return nil, nil, err
	}
	e, err = first[Enrollment](tx, "id = ?"+tx.rowLock(""), id)
	return e, c, err
}

// SaveEnrollment writes all columns but the identity (id, workflow, contact, CreatedAt). The row
// must come from LockEnrollment in this transaction. It is the sign of life that ends what Repair
// says of trouble. WakePending can only be cleared by it: a wake
// that was set in between is never forgotten, at worst it comes once more.
func (tx *Tx) SaveEnrollment(e *Enrollment) error {
	e.Active = isActive(e.Status)
	return tx.remove(`UPDATE enrollments SET version = ?, hash = ?, key = ?, status = ?, active = ?, outcome = ?, reason = ?,
		node = ?, visit = ?, due_at = ?, started_at = ?, ended_at = ?, test = ?, waits = ?, sends = ?, trigger_id = ?,
		trigger_event_id = ?, trigger_data = ?, anchor_at = ?, event_id = ?, event_type = ?, event_data = ?, event_at = ?,
		vars = ?, parent_id = ?, cause = ?, epoch = ?, interpreter = ?, start_seq = ?, cursor_seq = ?,
		wake_pending = (wake_pending AND ?), wait_seq = ?, run_id = ?, admitted_at = ?, move_id = ?, `+atEase+` WHERE id = ?`,
		e.Version, e.Hash, e.Key, e.Status, e.Active, e.Outcome, e.Reason,
		e.Node, e.Visit, e.DueAt, e.StartedAt, e.EndedAt, e.Test, e.Waits, e.Sends, e.TriggerID,
		e.TriggerEventID, e.TriggerData, e.AnchorAt, e.EventID, e.EventType, e.EventData, e.EventAt,
		e.Vars, e.ParentID, e.Cause, e.Epoch, e.Interpreter, e.StartSeq, e.CursorSeq,
		e.WakePending, e.WaitSeq, e.RunID, e.AdmittedAt, e.MoveID, e.ID)
}

// SetHold notes why a person holds an enrollment, which is locked; "" ends the hold.
func (tx *Tx) SetHold(id, reason string) error {
	return tx.remove("UPDATE enrollments SET hold = ? WHERE id = ?", reason, id)
}

// ActiveEnrollments lists a contact's active enrollments, tests included, oldest first.
func (tx *Tx) ActiveEnrollments(contactID string) ([]Enrollment, error) {
	return all[Enrollment](tx, "WHERE contact_id = ? AND active ORDER BY id", contactID)
}

// EnrolledIn reports whether a contact has an active enrollment, not a test, in a workflow.
func (tx *Tx) EnrolledIn(contactID, workflow string) (bool, error) {
	var one int
	return tx.scan(&one, `SELECT 1 FROM enrollments WHERE workflow = ? AND contact_id = ? AND active AND NOT test LIMIT 1`,
		workflow, contactID)
}

// LastEnrollment returns the contact's enrollment that started last in a workflow under a key,
// active or ended, tests left out; ErrNotFound when there was none.
func (tx *Tx) LastEnrollment(workflow, contactID, key string) (*Enrollment, error) {
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return nil, err
	}
	return first[Enrollment](tx, `contact_id IN ? AND workflow = ? AND key = ? AND NOT test
		ORDER BY started_at DESC, id DESC LIMIT 1`, ids, workflow, key)
}

// OverdueEnrollments lists active enrollments that were due before an instant, the longest overdue
// first.
func (tx *Tx) OverdueEnrollments(before time.Time, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, "WHERE active AND due_at < ? ORDER BY due_at, id LIMIT ?", before, limit)
}

// CountActive counts the active enrollments by status, and those of them that were due before an
// instant.
func (tx *Tx) CountActive(dueBefore time.Time) (byStatus map[string]int, due int, err error) {
	var rows []struct {
		Status string
		N      int
	}
	if _, err := tx.scan(&rows, "SELECT status, count(*) AS n FROM enrollments WHERE active GROUP BY status"); err != nil {
		return nil, 0, err
	}
	byStatus = map[string]int{}
	for _, row := range rows {
		byStatus[row.Status] = row.N
	}
	_, err = tx.scan(&due, "SELECT count(*) FROM enrollments WHERE active AND due_at < ?", dueBefore)
	return byStatus, due, err
}

// SetWake asks for the enrollment to be woken and reports whether this call did it: while a wake is
// on its way no second one is added. Ended enrollments are woken too, so that their run closes.
func (tx *Tx) SetWake(enrollmentID string) (bool, error) {
	return tx.setWake(enrollmentID, "NOT wake_pending")
}

func (tx *Tx) setWake(enrollmentID, unless string, args ...any) (bool, error) {
	set := "UPDATE enrollments SET wake_pending = true, wake_at = ? WHERE id = ? AND " + unless
	args = append([]any{tx.clock(0), enrollmentID}, args...)
	if tx.dialect == SQLite {
		n, err := tx.exec(set, args...)
		if err != nil || n == 0 {
			return false, err
		}
		return true, tx.AddDispatch(DispatchWake, enrollmentID)
	}
	n, err := tx.exec("WITH woken AS ("+set+` RETURNING id, workflow)
		INSERT INTO dispatches (id, kind, enrollment_id, lane, token, tries, error, not_before, created_at)
		SELECT ?::text, 'wake', id, workflow, '', 0, '', clock_timestamp(), clock_timestamp() FROM woken`, append(args, NewID("dsp"))...)
	return n > 0, err
}

// ClearWake lets the next SetWake add a wake again.
func (tx *Tx) ClearWake(enrollmentID string) error {
	_, err := tx.exec("UPDATE enrollments SET wake_pending = false WHERE id = ? AND wake_pending", enrollmentID)
	return err
}

// SetRunID keeps the id of the Temporal run that carries the enrollment.
func (tx *Tx) SetRunID(enrollmentID, runID string) error {
	return tx.remove("UPDATE enrollments SET run_id = ? WHERE id = ?", runID, enrollmentID)
}
