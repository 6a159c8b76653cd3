package store

import (
	"time"
)

// Repair is what the reconciler knows of an enrollment's run.
type Repair struct {
	WakeAt    *time.Time // when the last wake was set
	RunClosed bool       // Temporal was seen to have closed the run of an ended enrollment
	Looks     int        // looks at the run since the last sign of life
	LookAt    *time.Time // no look before this instant
	Wedge     string     // why it cannot go on by itself; "" when it can
	WedgedAt  *time.Time // since when
	Rebuilds  int        // how often the run was made anew from the rows
	Trouble   string     // the last error of a transaction that will fail again
}

// WedgeCause is why an enrollment cannot go on by itself, with the last error of its own when one
// is known; "" when it can.
func (r *Repair) WedgeCause() string {
	if r.Wedge == "" || r.Trouble == "" {
		return r.Wedge
	}
	return r.Wedge + ": " + r.Trouble
}

// atEase is what a sign of life changes.
const atEase = "looks = 0, look_at = NULL, wedge = '', wedged_at = NULL, trouble = ''"

// undisturbed leaves out enrollments whose run is about to be started or made anew, and those that
// were looked at a short while ago.
const undisturbed = ` (look_at IS NULL OR look_at <= ?) AND NOT EXISTS (
	SELECT 1 FROM dispatches d WHERE d.enrollment_id = enrollments.id AND d.kind <> 'wake')`

// SuspectEnrollments lists active enrollments whose run may be lost or asleep: due before an
// instant, or with a wake that found no run. Those that were never looked at come first, so that
// many that cannot be helped never keep the others from their turn.
func (tx *Tx) SuspectEnrollments(before, now time.Time, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE active AND id IN (SELECT o.id FROM enrollments o WHERE o.active AND o.due_at < ?
			UNION SELECT d.enrollment_id FROM dispatches d WHERE d.kind = 'wake' AND d.error <> '')
		AND`+undisturbed+` ORDER BY look_at NULLS FIRST, due_at NULLS LAST, id LIMIT ?`, before, now, limit)
}

// UnheardWakes lists active enrollments whose wake was handed over before an instant, and which have
// not looked at the store since.
func (tx *Tx) UnheardWakes(before, now time.Time, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE active AND wake_pending AND wake_at < ? AND`+undisturbed+` AND NOT EXISTS (
			SELECT 1 FROM dispatches d WHERE d.enrollment_id = enrollments.id)
		ORDER BY look_at NULLS FIRST, wake_at LIMIT ?`, before, now, limit)
}

// UnreadWaits lists active enrollments with an open wait for an event that was accepted behind an
// instant and not behind another one, and that the wait has not come to; none that will be woken.
func (tx *Tx) UnreadWaits(from, until, now time.Time, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE id IN (SELECT e.id FROM events v
			JOIN subscriptions s ON s.contact_id = v.contact_id AND s.event_type = v.type AND s.kind = 'wait'
			JOIN enrollments e ON e.id = s.enrollment_id
			WHERE v.accepted_at > ? AND v.accepted_at <= ? AND e.active AND e.status = 'waiting' AND e.cursor_seq < v.seq
				AND NOT e.wake_pending)
		AND`+undisturbed+` ORDER BY id LIMIT ?`, from, until, now, limit)
}

// IdleEnrollments lists, by id and behind after, enrollments that are between two steps or at a step
// that does not wait, and of which nothing was heard since an instant. Most of them try something
// again and again; a few may have lost their run.
func (tx *Tx) IdleEnrollments(since, now time.Time, after string, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE active AND status = 'running' AND created_at < ? AND id > ?
		AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.enrollment_id = enrollments.id AND (s.entered_at >= ? OR s.left_at >= ?))
		AND`+undisturbed+` ORDER BY id LIMIT ?`, since, after, since, since, now, limit)
}

// RestingEnrollments lists, by id and behind after, active enrollments that wait for a time, an event
// or a person, and that were made before an instant.
func (tx *Tx) RestingEnrollments(before, now time.Time, after string, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE active AND status <> 'running' AND created_at < ? AND id > ? AND`+undisturbed+`
		ORDER BY id LIMIT ?`, before, after, now, limit)
}

// UnclosedRuns lists enrollments that ended before an instant and whose run was not seen closed.
func (tx *Tx) UnclosedRuns(before, now time.Time, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE NOT active AND NOT run_closed AND ended_at < ? AND`+undisturbed+`
		ORDER BY ended_at LIMIT ?`, before, now, limit)
}

// ClosedRuns lists, by (ended_at, id) and behind the given one, enrollments whose run was seen closed.
func (tx *Tx) ClosedRuns(after time.Time, id string, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, `WHERE NOT active AND run_closed AND (ended_at, id) > (?, ?) ORDER BY ended_at, id LIMIT ?`, after, id, limit)
}

// MarkRunsClosed notes that Temporal has closed the runs of ended enrollments.
func (tx *Tx) MarkRunsClosed(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.exec("UPDATE enrollments SET run_closed = true WHERE id IN ? AND NOT active AND NOT run_closed", ids)
	return err
}

// Looked notes a look at a run that did not mend it, when the next one is due, and why the run cannot
// go on by itself ("": it can, for all that is known).
func (tx *Tx) Looked(id string, now, next time.Time, wedge string) error {
	_, err := tx.exec(`UPDATE enrollments SET looks = looks + 1, look_at = ?, run_closed = false, wedge = ?,
		wedged_at = CASE WHEN ? = '' THEN NULL ELSE COALESCE(wedged_at, ?) END WHERE id = ?`, next, wedge, wedge, now, id)
	return err
}

// SetTrouble notes an error that the run of an enrollment will meet again.
func (tx *Tx) SetTrouble(id, message string) error {
	_, err := tx.exec("UPDATE enrollments SET trouble = ? WHERE id = ? AND active", message, id)
	return err
}

// WakeAgain is SetWake for a wake that may have been lost: also when one is pending, unless it was
// set after an instant or is still on its way.
func (tx *Tx) WakeAgain(id string, before time.Time) (bool, error) {
	return tx.setWake(id, `(NOT wake_pending OR wake_at IS NULL OR wake_at < ?)
		AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.enrollment_id = enrollments.id)`, before)
}

// Rebuild asks that the run of an active enrollment be closed and started again from the rows. The
// enrollment must be locked.
func (tx *Tx) Rebuild(id string, now time.Time) error {
	n, err := tx.exec("UPDATE enrollments SET rebuilds = rebuilds + 1, wedged_at = ? WHERE id = ? AND active", now, id)
	if err != nil || n == 0 {
		return err
	}
	return tx.AddDispatch(DispatchRebuild, id)
}

// HasLiveClaim reports whether an effect of an enrollment is, or may be, under way.
func (tx *Tx) HasLiveClaim(id string) (bool, error) {
	var one int
	return tx.scan(&one, "SELECT 1 FROM effects WHERE enrollment_id = ? AND state = 'claimed' AND lease_until > ? LIMIT 1", id, tx.stable())
}

// CountWedged counts the active enrollments that cannot go on by themselves.
func (tx *Tx) CountWedged() (int, error) {
	var n int
	_, err := tx.scan(&n, "SELECT count(*) FROM enrollments WHERE wedge <> '' AND active")
	return n, err
}

// DropOrphans looks at up to limit subscriptions behind an id, removes those whose enrollment is not
// active, and returns how many it removed and where it stopped: "" at the end.
func (tx *Tx) DropOrphans(after string, limit int) (dropped int64, last string, err error) {
	var ids []string
	if _, err := tx.scan(&ids, "SELECT id FROM subscriptions WHERE id > ? ORDER BY id LIMIT ?", after, limit); err != nil || len(ids) == 0 {
		return 0, "", err
	}
	dropped, err = tx.exec(`DELETE FROM subscriptions WHERE id IN ? AND NOT EXISTS (
		SELECT 1 FROM enrollments e WHERE e.id = subscriptions.enrollment_id AND e.active)`, ids)
	if len(ids) == limit {
		last = ids[limit-1]
	}
	return dropped, last, err
}
