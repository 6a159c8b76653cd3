package store

import "time"

// Kinds of a Dispatch.
const (
	DispatchStart = "start"
	DispatchWake  = "wake"
	// DispatchRebuild: the run is closed and started again from the store's rows.
	DispatchRebuild = "rebuild"
)

// Dispatch is a call to Temporal that must happen at least once.
type Dispatch struct {
	ID           string `gorm:"primaryKey"`
	Kind         string
	EnrollmentID string
	Token        string // of the claim; "" when free
	LeaseUntil   *time.Time
	Tries        int // failed attempts
	Error        string
	NotBefore    time.Time
	CreatedAt    time.Time
	Lane         string // whose turn it takes: the workflow of the enrollment
}

// AddDispatch asks for a call about an enrollment.
func (tx *Tx) AddDispatch(kind, enrollmentID string) error {
	_, err := tx.exec(`INSERT INTO dispatches (id, kind, enrollment_id, lane, token, tries, error, not_before, created_at)
		VALUES (?, ?, ?, COALESCE((SELECT workflow FROM enrollments WHERE id = ?), ?), '', 0, '', ?, ?)`,
		NewID("dsp"), kind, enrollmentID, enrollmentID, NoLane, tx.clock(0), tx.clock(0))
	return err
}

// ClaimDispatches claims up to n calls for the time of the lease: the workflows in turn, of each the
// longest due first.
func (tx *Tx) ClaimDispatches(n int, lease time.Duration, turn *Turn) ([]Dispatch, error) {
	// The instants are left out: SQLite does not type them in RETURNING, and the dispatcher needs none.
	rows, _, err := claim[Dispatch](tx, dispatchQueue, n, lease, turn, "id, kind, enrollment_id, token, tries, error")
	return rows, err
}

// DoneDispatch removes a call that was made; false when the claim no longer stands.
func (tx *Tx) DoneDispatch(id, token string) (bool, error) {
	n, err := tx.exec("DELETE FROM dispatches WHERE id = ? AND token = ?", id, token)
	return n > 0, err
}

// DoneDispatches removes several calls of one claim and returns how many there were.
func (tx *Tx) DoneDispatches(ids []string, token string) (int64, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	return tx.exec("DELETE FROM dispatches WHERE id IN ? AND token = ?", ids, token)
}

// RetryDispatch gives a call back that failed, to be claimed again at notBefore (database clock);
// false when the claim no longer stands.
func (tx *Tx) RetryDispatch(id, token, message string, notBefore time.Time) (bool, error) {
	n, err := tx.exec(`UPDATE dispatches SET token = '', lease_until = NULL, tries = tries + 1, error = ?, not_before = ?
		WHERE id = ? AND token = ?`, message, notBefore, id, token)
	return n > 0, err
}

// HastenWakes makes an enrollment's wakes that failed due at once, and returns how many there were.
func (tx *Tx) HastenWakes(enrollmentID string) (int64, error) {
	return tx.exec(`UPDATE dispatches SET error = '', not_before = ?
		WHERE enrollment_id = ? AND kind = 'wake' AND token = '' AND error <> ''`, tx.clock(0), enrollmentID)
}

// Dispatches lists the open calls of one enrollment, oldest first.
func (tx *Tx) Dispatches(enrollmentID string) ([]Dispatch, error) {
	return all[Dispatch](tx, "WHERE enrollment_id = ? ORDER BY id", enrollmentID)
}

// DispatchLag returns the number of open calls, and since when the oldest waits; nil when none does.
func (tx *Tx) DispatchLag() (depth int, oldest *time.Time, err error) {
	return tx.lag("dispatches", "")
}
