package store

import "time"

// Schedule is a schedule trigger of the published version of a workflow. Timezone is "" for the
// account's. Everything that was planned up to DoneUntil is over with.
type Schedule struct {
	Workflow  string `gorm:"primaryKey"`
	TriggerID string `gorm:"primaryKey"`
	Cron      string
	Timezone  string
	DoneUntil time.Time
}

// SetSchedules replaces the schedules of a workflow. One that stays what it was keeps its DoneUntil,
// so that a publish neither repeats nor loses an instant.
func (tx *Tx) SetSchedules(workflow string, list []Schedule) error {
	before, err := all[Schedule](tx, "WHERE workflow = ?"+tx.rowLock(""), workflow)
	if err != nil {
		return err
	}
	if _, err := tx.exec("DELETE FROM schedules WHERE workflow = ?", workflow); err != nil || len(list) == 0 {
		return err
	}
	rows := make([]Schedule, len(list))
	for i, s := range list {
		s.Workflow = workflow
		for _, old := range before {
			if old.TriggerID == s.TriggerID && old.Cron == s.Cron && old.Timezone == s.Timezone {
				s.DoneUntil = old.DoneUntil
			}
		}
		rows[i] = s
	}
	_, err = tx.insertNew(&rows)
	return err
}

// Schedules lists the schedules of the workflows that take people in.
func (tx *Tx) Schedules() ([]Schedule, error) {
	return all[Schedule](tx, "WHERE workflow IN (SELECT key FROM workflows WHERE status IN ('active', 'paused')) ORDER BY workflow, trigger_id")
}

// LockSchedule takes the row lock and returns the newest state.
func (tx *Tx) LockSchedule(workflow, trigger string) (*Schedule, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	return first[Schedule](tx, "workflow = ? AND trigger_id = ?"+tx.rowLock(""), workflow, trigger)
}

// MoveSchedule records that everything up to an instant is over with. It never goes back.
func (tx *Tx) MoveSchedule(workflow, trigger string, until time.Time) error {
	_, err := tx.exec("UPDATE schedules SET done_until = ? WHERE workflow = ? AND trigger_id = ? AND done_until < ?", until, workflow, trigger, until)
	return err
}

// SkipSchedules leaves out whatever was planned up to an instant: nobody was to be taken in.
func (tx *Tx) SkipSchedules(workflow string, until time.Time) error {
	_, err := tx.exec("UPDATE schedules SET done_until = ? WHERE workflow = ? AND done_until < ?", until, workflow, until)
	return err
}

// Firing is one instant at which a schedule went off. Missed is how many earlier ones were left out,
// because nobody was there to fire them.
type Firing struct {
	Workflow     string    `gorm:"primaryKey"`
	TriggerID    string    `gorm:"primaryKey"`
	ScheduledFor time.Time `gorm:"primaryKey"`
	Version      int
	Missed       int
	JobID        string
	CreatedAt    time.Time
}

// AddFiring keeps a firing and reports false when that instant has been fired.
func (tx *Tx) AddFiring(f *Firing) (bool, error) { return tx.insertNew(f) }

// SetFiringJob names the job that carries a firing out.
func (tx *Tx) SetFiringJob(f *Firing) error {
	_, err := tx.exec("UPDATE firings SET job_id = ? WHERE workflow = ? AND trigger_id = ? AND scheduled_for = ?",
		f.JobID, f.Workflow, f.TriggerID, f.ScheduledFor)
	return err
}

// Firings lists the firings of a workflow in the order of their instants.
func (tx *Tx) Firings(workflow string) ([]Firing, error) {
	return all[Firing](tx, "WHERE workflow = ? ORDER BY scheduled_for, trigger_id", workflow)
}

// LastFiring returns the newest firing of a trigger, or ErrNotFound.
func (tx *Tx) LastFiring(workflow, trigger string) (*Firing, error) {
	return first[Firing](tx, "workflow = ? AND trigger_id = ? ORDER BY scheduled_for DESC LIMIT 1", workflow, trigger)
}
