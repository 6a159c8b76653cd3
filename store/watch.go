package store

import "time"

// Watch compares the time after a publish with the time before it.
type Watch struct {
	Workflow  string `gorm:"primaryKey"`
	Version   int    `gorm:"primaryKey;autoIncrement:false"`
	Person    string // who published
	StartedAt time.Time
	EndsAt    time.Time
	DoneAt    *time.Time // when it was summed up, or given up for a newer one
	// ReplacedBy is the version whose watch took over before this one had ended, or 0.
	ReplacedBy int
	Figures    JSON // what it was summed up to; nil before
}

// AddWatch begins the watch of a version; the one that goes on for an earlier version ends without a
// summary. The workflow must be locked.
func (tx *Tx) AddWatch(w *Watch) error {
	_, err := tx.exec("UPDATE watches SET done_at = ?, replaced_by = ? WHERE workflow = ? AND done_at IS NULL", w.StartedAt, w.Version, w.Workflow)
	if err != nil {
		return err
	}
	return tx.insert(w)
}

// LastWatch returns the watch of the newest version that has one, or ErrNotFound.
func (tx *Tx) LastWatch(workflow string) (*Watch, error) {
	return first[Watch](tx, "workflow = ? ORDER BY version DESC LIMIT 1", workflow)
}

// DueWatches lists the watches that are to be summed up.
func (tx *Tx) DueWatches(now time.Time, limit int) ([]Watch, error) {
	return all[Watch](tx, "WHERE done_at IS NULL AND ends_at <= ? ORDER BY ends_at, workflow LIMIT ?", now, limit)
}

// EndWatch writes the sum of a watch; false when somebody else has.
func (tx *Tx) EndWatch(w *Watch) (bool, error) {
	n, err := tx.exec("UPDATE watches SET done_at = ?, figures = ? WHERE workflow = ? AND version = ? AND done_at IS NULL",
		w.DoneAt, w.Figures, w.Workflow, w.Version)
	return n > 0, err
}

// maxBounces bounds how many bounces of one stretch are looked at.
const maxBounces = 10_000

// Stretch is what happened in a workflow in some time.
type Stretch struct {
	Entered, Finished, Attempted, Errors, Late int
}

// Stretch counts what happened in a workflow in [from, to): who entered and finished, the steps that
// were attempted, their errors, and the waits that time ended more than lateAfter too late.
func (tx *Tx) Stretch(workflow string, from, to time.Time, lateAfter time.Duration) (Stretch, error) {
	var s Stretch
	bounced, err := tx.bounces(from, to, maxBounces)
	if err != nil {
		return s, err
	}
	for _, b := range bounced {
		if b.Workflow == workflow {
			s.Errors++
		}
	}
	if s.Attempted, err = tx.CountAttempted(workflow, from, to); err != nil {
		return s, err
	}
	var failed, broken int
	left := " FROM steps s JOIN enrollments e ON e.id = s.enrollment_id WHERE s.left_at >= ? AND s.left_at < ? AND e.workflow = ? AND NOT e.test AND "
	for _, one := range []struct {
		into *int
		sql  string
		args []any
	}{
		{&s.Entered, "SELECT count(*) FROM enrollments WHERE workflow = ? AND started_at >= ? AND started_at < ? AND NOT test", []any{workflow, from, to}},
		{&s.Finished, "SELECT count(*) FROM enrollments WHERE workflow = ? AND NOT active AND ended_at >= ? AND ended_at < ? AND NOT test", []any{workflow, from, to}},
		{&failed, "SELECT count(*)" + left + "s.status = 'failed'", []any{from, to, workflow}},
		{&s.Late, "SELECT count(*)" + left + timedWait + " AND " + tx.micros("s.due_at", "s.left_at") + " > ?", []any{from, to, workflow, lateAfter.Microseconds()}},
		{&broken, `SELECT count(*) FROM enrollments e JOIN steps s ON s.enrollment_id = e.id AND s.node = e.node AND s.visit = e.visit
			WHERE e.workflow = ? AND e.active AND e.status = 'held' AND ` + brokenStep + ` AND NOT e.test AND s.entered_at >= ? AND s.entered_at < ?`, []any{workflow, from, to}},
	} {
		if _, err := tx.scan(one.into, one.sql, one.args...); err != nil {
			return s, err
		}
	}
	s.Attempted += broken
	s.Errors += failed + broken
	return s, nil
}
