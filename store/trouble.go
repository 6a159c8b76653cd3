package store

import (
	"errors"
	"time"
)

// Everything here leaves tests of workflows out.

// Sources of Trouble.
const (
	TroubleFailed   = "failed"   // a step that failed after all retries and went on
	TroubleHeld     = "held"     // one that failed and waits for a person
	TroubleRetrying = "retrying" // one whose attempts have failed for a while
	TroubleBounced  = "bounced"  // a mail whose address was refused for good
)

// Trouble is one error of a workflow.
type Trouble struct {
	Workflow string
	Node     string
	Reason   string
	At       time.Time
	Source   string
}

// trying bounds what counts as retrying: attempts so far. One or two happen on good days.
const trying = 3

// troubles are the queries behind Troubles: what has failed since an instant, newest first.
var troubles = []struct {
	source, sql string
	tried       bool // asks since when it has been tried
}{
	{TroubleFailed, `SELECT e.workflow, s.node, s.reason, s.left_at AS at FROM steps s JOIN enrollments e ON e.id = s.enrollment_id
		WHERE s.status = 'failed' AND s.left_at >= ? AND NOT e.test ORDER BY s.left_at DESC LIMIT ?`, false},
	// A step that failed at once has no effect, and one that was tried has its last attempt there.
	{TroubleHeld, `SELECT e.workflow, s.node, s.reason, s.entered_at AS at FROM enrollments e
			JOIN steps s ON s.enrollment_id = e.id AND s.node = e.node AND s.visit = e.visit
		WHERE e.active AND e.status = 'held' AND ` + brokenStep + ` AND NOT e.test AND s.entered_at >= ?
			AND NOT EXISTS (SELECT 1 FROM effects f WHERE f.enrollment_id = s.enrollment_id AND f.node = s.node AND f.visit = s.visit)
		ORDER BY s.entered_at DESC LIMIT ?`, false},
	{TroubleHeld, `SELECT e.workflow, s.node, s.reason, f.updated_at AS at FROM effects f
			JOIN enrollments e ON e.id = f.enrollment_id AND e.node = f.node AND e.visit = f.visit
			JOIN steps s ON s.enrollment_id = f.enrollment_id AND s.node = f.node AND s.visit = f.visit
		WHERE f.state = 'failed' AND f.updated_at >= ? AND e.active AND e.status = 'held' AND ` + brokenStep + ` AND NOT e.test
		ORDER BY f.updated_at DESC LIMIT ?`, false},
	{TroubleRetrying, `SELECT e.workflow, s.node, s.reason, f.retry_from AS at FROM effects f
			JOIN enrollments e ON e.id = f.enrollment_id AND e.node = f.node AND e.visit = f.visit
			JOIN steps s ON s.enrollment_id = f.enrollment_id AND s.node = f.node AND s.visit = f.visit
		WHERE f.state = 'failed' AND f.updated_at >= ? AND f.attempts >= ? AND f.retry_from <= ?
			AND s.left_at IS NULL AND e.active AND e.status <> 'held' AND NOT e.test
		ORDER BY f.updated_at DESC LIMIT ?`, true},
}

// Troubles lists what has failed since an instant, at most limit of each source; patience is how long
// attempts must have failed at now before a step counts as retrying. Nothing in it names a person.
func (tx *Tx) Troubles(since, now time.Time, patience time.Duration, limit int) ([]Trouble, error) {
	var found []Trouble
	for _, t := range troubles {
		args := []any{since, limit}
		if t.tried {
			args = []any{since, trying, now.Add(-patience), limit}
		}
		var rows []Trouble
		if _, err := tx.scan(&rows, t.sql, args...); err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i].Source = t.source
		}
		found = append(found, rows...)
	}
	bounced, err := tx.bounces(since, now.Add(time.Second), limit)
	return append(found, bounced...), err
}

// bounces lists the mails of workflows that bounced for good in [from, to), by the rules of the figures:
// soon after they were sent, and none whose step has failed.
func (tx *Tx) bounces(from, to time.Time, limit int) ([]Trouble, error) {
	var rows []Trouble
	_, err := tx.scan(&rows, `SELECT m.workflow, m.node, 'bounced' AS reason, v.accepted_at AS at
		FROM events v JOIN sends m ON m.id = v.data ->> 'send_id' JOIN enrollments e ON e.id = m.enrollment_id
			JOIN steps s ON s.enrollment_id = m.enrollment_id AND s.node = m.node AND s.visit = m.visit
		WHERE v.type = 'email.bounced' AND v.accepted_at >= ? AND v.accepted_at < ? AND v.data ->> 'bounce' = 'hard' AND NOT e.test
			AND s.status <> 'failed' AND NOT `+brokenStep+` AND `+tx.micros("COALESCE(m.sent_at, m.created_at)", "v.occurred_at")+` <= ?
		ORDER BY v.accepted_at DESC LIMIT ?`, from, to, figureBounce.Microseconds(), limit)
	for i := range rows {
		rows[i].Source = TroubleBounced
	}
	return rows, err
}

// CountAttempted counts the steps of a workflow that were carried out, whatever came of it, and left in
// [from, to): the attempted steps of the figures but those that are still open.
func (tx *Tx) CountAttempted(workflow string, from, to time.Time) (int, error) {
	var n int
	_, err := tx.scan(&n, `SELECT count(*) FROM steps s JOIN enrollments e ON e.id = s.enrollment_id
		WHERE s.left_at >= ? AND s.left_at < ? AND s.status IN ('done', 'failed', 'unknown') AND e.workflow = ? AND NOT e.test`,
		from, to, workflow)
	return n, err
}

// LateEnrollments lists the workflow, node and due instant of active enrollments that were due before
// an instant and are in no pause, the longest due first; of one workflow unless it is "".
func (tx *Tx) LateEnrollments(workflow string, before time.Time, limit int) ([]Trouble, error) {
	var rows []Trouble
	_, err := tx.scan(&rows, `SELECT workflow, node, '' AS reason, due_at AS at FROM enrollments
		WHERE active AND due_at < ? AND NOT test AND status <> 'paused' AND (? = '' OR workflow = ?)
			AND NOT EXISTS (SELECT 1 FROM pauses p WHERE p.workflow = enrollments.workflow AND p.ended_at IS NULL)
		ORDER BY due_at LIMIT ?`, before, workflow, workflow, limit)
	return rows, err
}

// WedgedEnrollments lists where enrollments cannot go on by themselves, why, and since when.
func (tx *Tx) WedgedEnrollments(limit int) ([]Trouble, error) {
	var rows []Trouble
	_, err := tx.scan(&rows, `SELECT workflow, node, wedge AS reason, wedged_at AS at FROM enrollments
		WHERE wedge <> '' AND wedged_at IS NOT NULL AND active AND NOT test ORDER BY id LIMIT ?`, limit)
	return rows, err
}

// LastEntry returns when somebody was last let into a workflow, or ErrNotFound.
func (tx *Tx) LastEntry(workflow string) (time.Time, error) {
	var row struct{ AdmittedAt time.Time }
	found, err := tx.scan(&row, `SELECT admitted_at FROM enrollments WHERE workflow = ? AND admitted_at IS NOT NULL AND NOT test
		ORDER BY admitted_at DESC LIMIT 1`, workflow)
	if err == nil && !found {
		err = ErrNotFound
	}
	return row.AdmittedAt, err
}

// WaitsToEnter reports whether somebody waits to be let into a workflow.
func (tx *Tx) WaitsToEnter(workflow string) (bool, error) {
	var one int
	return tx.scan(&one, "SELECT 1 FROM enrollments WHERE workflow = ? AND active AND admitted_at IS NULL AND NOT test LIMIT 1", workflow)
}

// Entries lists the hours in [from, to] in which somebody was let into a workflow, in order: the instant
// of the first of each hour.
func (tx *Tx) Entries(workflow string, from, to time.Time) ([]time.Time, error) {
	hour := "date_trunc('hour', admitted_at)"
	if tx.dialect == SQLite {
		hour = "substr(admitted_at, 1, 13)"
	}
	var seconds []int64
	first := "CAST(extract(epoch FROM min(admitted_at)) AS bigint)"
	if tx.dialect == SQLite {
		first = "CAST(strftime('%s', min(admitted_at)) AS integer)"
	}
	_, err := tx.scan(&seconds, "SELECT "+first+` AS at FROM enrollments
		WHERE workflow = ? AND admitted_at >= ? AND admitted_at <= ? AND NOT test GROUP BY `+hour+" ORDER BY at", workflow, from, to)
	if err != nil {
		return nil, err
	}
	list := make([]time.Time, len(seconds))
	for i, s := range seconds {
		list[i] = time.Unix(s, 0).UTC()
	}
	return list, nil
}

// LastEventOf returns when the newest event of some types was accepted, or ErrNotFound.
func (tx *Tx) LastEventOf(types []string) (time.Time, error) {
	newest := time.Time{}
	for _, one := range types {
		e, err := tx.NewestOfType(one)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return time.Time{}, err
		}
		if e.AcceptedAt.After(newest) {
			newest = e.AcceptedAt
		}
	}
	if newest.IsZero() {
		return newest, ErrNotFound
	}
	return newest, nil
}

// AuditsOf lists the newest audited actions of some kinds in [from, to], newest first.
func (tx *Tx) AuditsOf(actions []string, from, to time.Time, limit int) ([]Audit, error) {
	return all[Audit](tx, "WHERE action IN ? AND at >= ? AND at <= ? ORDER BY at DESC, id DESC LIMIT ?", actions, from, to, limit)
}
