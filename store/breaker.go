package store

import "time"

// BreakerSlot counts the steps of a workflow in a stretch of time.
type BreakerSlot struct {
	Workflow          string
	Shard, Slot       int
	BeganAt           time.Time
	Attempted, Failed int
}

// CountBreaker adds to a slot; one whose time has passed begins anew.
func (tx *Tx) CountBreaker(s BreakerSlot) error {
	_, err := tx.exec(`INSERT INTO breaker_slots (workflow, shard, slot, began_at, attempted, failed) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (workflow, shard, slot) DO UPDATE SET began_at = excluded.began_at,
			attempted = excluded.attempted + CASE WHEN breaker_slots.began_at = excluded.began_at THEN breaker_slots.attempted ELSE 0 END,
			failed = excluded.failed + CASE WHEN breaker_slots.began_at = excluded.began_at THEN breaker_slots.failed ELSE 0 END`,
		s.Workflow, s.Shard, s.Slot, s.BeganAt, s.Attempted, s.Failed)
	return err
}

// BreakerCount sums up the slots of a workflow that began after an instant.
func (tx *Tx) BreakerCount(workflow string, after time.Time) (attempted, failed int, err error) {
	var sum struct{ Attempted, Failed int }
	_, err = tx.scan(&sum, `SELECT CAST(COALESCE(sum(attempted), 0) AS bigint) AS attempted, CAST(COALESCE(sum(failed), 0) AS bigint) AS failed
		FROM breaker_slots WHERE workflow = ? AND began_at > ?`, workflow, after)
	return sum.Attempted, sum.Failed, err
}

// ResetBreaker forgets what was counted. The workflow must be locked.
func (tx *Tx) ResetBreaker(workflow string) error {
	_, err := tx.exec("DELETE FROM breaker_slots WHERE workflow = ?", workflow)
	return err
}
