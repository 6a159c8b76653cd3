package store

import "time"

// Verdict says what became of one event in one workflow.
type Verdict struct {
	EventID      string `gorm:"primaryKey"`
	Workflow     string `gorm:"primaryKey"` // "" for ignored
	EnrollmentID string `gorm:"primaryKey"` // "" when none is concerned
	Version      int
	Verdict      string // enrolled, advanced, exited, filtered, passed, reentry, capped, paused, loop, duplicate, ignored
	Reason       string
	Values       JSON
	CreatedAt    time.Time
}

// PutVerdict keeps a verdict; the first one for (event, workflow, enrollment) stays.
func (tx *Tx) PutVerdict(v *Verdict) error {
	if v.CreatedAt.IsZero() {
		v.CreatedAt = wallClock()
	}
	_, err := tx.exec(`INSERT INTO verdicts (event_id, workflow, enrollment_id, version, verdict, reason, "values", created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		v.EventID, v.Workflow, v.EnrollmentID, v.Version, v.Verdict, v.Reason, v.Values, v.CreatedAt)
	return err
}

// SettleVerdict is PutVerdict for a word that outranks one given before: an event that one wait let
// pass may advance the enrollment at the next.
func (tx *Tx) SettleVerdict(v *Verdict) error {
	if v.CreatedAt.IsZero() {
		v.CreatedAt = wallClock()
	}
	_, err := tx.exec(`INSERT INTO verdicts (event_id, workflow, enrollment_id, version, verdict, reason, "values", created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id, workflow, enrollment_id)
		DO UPDATE SET version = excluded.version, verdict = excluded.verdict, reason = excluded.reason, "values" = excluded."values"`,
		v.EventID, v.Workflow, v.EnrollmentID, v.Version, v.Verdict, v.Reason, v.Values, v.CreatedAt)
	return err
}

// Verdicts returns the verdicts of some events by event id, in order of their making.
func (tx *Tx) Verdicts(eventIDs ...string) (map[string][]Verdict, error) {
	found := make(map[string][]Verdict, len(eventIDs))
	if len(eventIDs) == 0 {
		return found, nil
	}
	rows, err := all[Verdict](tx, "WHERE event_id IN ? ORDER BY created_at, workflow, enrollment_id", eventIDs)
	for _, v := range rows {
		found[v.EventID] = append(found[v.EventID], v)
	}
	return found, err
}
