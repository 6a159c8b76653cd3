package store

import "time"

// What the clocks of open waits do while a workflow is paused.
const (
	ClocksRun    = "run"    // they go on: what falls due meanwhile is overdue at the end
	ClocksFreeze = "freeze" // they stand still: waits are longer by the pause
)

// What becomes, at the end of a pause, of waits that fell due while it lasted.
const (
	OverdueRun    = "run"    // they end at once
	OverdueSpread = "spread" // they end at instants spread over Pause.Over
	OverdueSkip   = "skip"   // they end at once, and the actions up to the next wait are skipped
	OverdueShift  = "shift"  // they last longer by the time that they were paused
)

// Pause is a stretch of time in which nobody in a workflow moved. One without an end is going on;
// a workflow has one such at most. Pauses are kept for ever: waits reckon with them.
type Pause struct {
	ID        string `gorm:"primaryKey"`
	Workflow  string
	StartedAt time.Time
	EndedAt   *time.Time
	Clocks    string
	Overdue   string // "" while it goes on
	OverMs    int64  // for OverdueSpread
	Person    string // who began it
	Reason    string // in words; "" when a person gave none
}

// Over is the stretch over which the overdue waits end, for OverdueSpread.
func (p *Pause) Over() time.Duration { return time.Duration(p.OverMs) * time.Millisecond }

// BeginPause adds a pause; ErrConflict when one is going on. The workflow must be locked.
func (tx *Tx) BeginPause(p *Pause) error {
	if p.ID == "" {
		p.ID = NewID("pau")
	}
	return tx.insert(p)
}

// OpenPause returns the pause that is going on; ErrNotFound when the workflow is not paused.
func (tx *Tx) OpenPause(workflow string) (*Pause, error) {
	return first[Pause](tx, "workflow = ? AND ended_at IS NULL", workflow)
}

// EndPause writes the end of a pause and what becomes of the overdue.
func (tx *Tx) EndPause(p *Pause) error {
	return tx.remove("UPDATE pauses SET ended_at = ?, overdue = ?, over_ms = ? WHERE id = ? AND ended_at IS NULL",
		p.EndedAt, p.Overdue, p.OverMs, p.ID)
}

// PausesSince lists the pauses of a workflow that ended after an instant or go on, oldest first.
func (tx *Tx) PausesSince(workflow string, since time.Time) ([]Pause, error) {
	return all[Pause](tx, "WHERE workflow = ? AND (ended_at IS NULL OR ended_at > ?) ORDER BY started_at", workflow, since)
}

// FrozenPauses lists the pauses of a workflow that have ended, oldest first; none when the clocks ran in
// all of them.
func (tx *Tx) FrozenPauses(workflow string) ([]Pause, error) {
	return all[Pause](tx, `WHERE workflow = ? AND ended_at IS NOT NULL
		AND EXISTS (SELECT 1 FROM pauses p WHERE p.workflow = pauses.workflow AND p.ended_at IS NOT NULL AND p.clocks = 'freeze')
		ORDER BY started_at`, workflow)
}

// PausedWorkflows returns the keys of the workflows that are paused.
func (tx *Tx) PausedWorkflows() (map[string]bool, error) {
	var keys []string
	if _, err := tx.scan(&keys, "SELECT workflow FROM pauses WHERE ended_at IS NULL"); err != nil {
		return nil, err
	}
	paused := make(map[string]bool, len(keys))
	for _, key := range keys {
		paused[key] = true
	}
	return paused, nil
}

// Resumable lists enrollments that still stand paused although their workflow goes on, in the order
// of their contacts, so that whoever locks them never meets another one head-on.
func (tx *Tx) Resumable(limit int) ([]string, error) {
	var ids []string
	_, err := tx.scan(&ids, `SELECT id FROM enrollments WHERE active AND status = 'paused' AND NOT wake_pending
		AND NOT EXISTS (SELECT 1 FROM pauses p WHERE p.workflow = enrollments.workflow AND p.ended_at IS NULL)
		ORDER BY contact_id, id LIMIT ?`, limit)
	return ids, err
}

// PauseCount says what a pause, or its end, means for the people inside.
type PauseCount struct {
	Running int // at an action, or between two steps
	Waiting int // at a wait that is not due yet
	Overdue int // at a wait that has fallen due, or held back at a step
	Held    int // waiting for a person
}

// CountPause counts the active enrollments of a workflow, tests left out, at an instant.
func (tx *Tx) CountPause(workflow string, now time.Time) (PauseCount, error) {
	var count PauseCount
	_, err := tx.scan(&count, `SELECT
		COALESCE(sum(CASE WHEN status = 'running' THEN 1 ELSE 0 END), 0) AS running,
		COALESCE(sum(CASE WHEN status = 'waiting' AND (due_at IS NULL OR due_at > ?) THEN 1 ELSE 0 END), 0) AS waiting,
		COALESCE(sum(CASE WHEN status = 'paused' OR status = 'waiting' AND due_at <= ? THEN 1 ELSE 0 END), 0) AS overdue,
		COALESCE(sum(CASE WHEN status = 'held' THEN 1 ELSE 0 END), 0) AS held
		FROM enrollments WHERE workflow = ? AND active AND NOT test`, now, now, workflow)
	return count, err
}
