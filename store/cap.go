package store

import "time"

// stream lets one piece through at a time, at a steady pace.
type stream struct {
	Key    string `gorm:"primaryKey"`
	NextAt time.Time
}

// TakeTurn reserves the next free place in a stream that lets one piece through per interval, and
// returns the instant of that place, now or later. The stream is locked until the transaction ends.
func (tx *Tx) TakeTurn(key string, now time.Time, interval time.Duration) (time.Time, error) {
	if _, err := tx.insertNew(&stream{Key: key, NextAt: now}); err != nil {
		return time.Time{}, err
	}
	row, err := first[stream](tx, "key = ?"+tx.rowLock(""), key)
	if err != nil {
		return time.Time{}, err
	}
	at := row.NextAt
	if at.Before(now) {
		at = now
	}
	return at, tx.remove("UPDATE streams SET next_at = ? WHERE key = ?", at.Add(interval), key)
}

// CappedWorkflows lists the workflows with enrollments that wait to be let in.
func (tx *Tx) CappedWorkflows() ([]string, error) {
	var keys []string
	_, err := tx.scan(&keys, "SELECT DISTINCT workflow FROM enrollments WHERE active AND admitted_at IS NULL ORDER BY workflow")
	return keys, err
}

// Capped lists the enrollments of a workflow that wait to be let in, those that came first first.
func (tx *Tx) Capped(workflow string, limit int) ([]string, error) {
	var ids []string
	_, err := tx.scan(&ids, "SELECT id FROM enrollments WHERE workflow = ? AND active AND admitted_at IS NULL ORDER BY id LIMIT ?", workflow, limit)
	return ids, err
}

// CapUse is how much of its limits a workflow uses; tests are left out.
type CapUse struct {
	Inside int // active and let in
	Since  int // let in since an instant, ended ones included
	Queued int // waiting to be let in
}

// CapUse counts. To decide by it, lock the workflow first.
func (tx *Tx) CapUse(workflow string, since time.Time) (CapUse, error) {
	var use CapUse
	_, err := tx.scan(&use, `SELECT
		(SELECT count(*) FROM enrollments WHERE workflow = ? AND active AND admitted_at IS NOT NULL AND NOT test) AS inside,
		(SELECT count(*) FROM enrollments WHERE workflow = ? AND admitted_at >= ? AND NOT test) AS since,
		(SELECT count(*) FROM enrollments WHERE workflow = ? AND active AND admitted_at IS NULL AND NOT test) AS queued`,
		workflow, workflow, since, workflow)
	return use, err
}
