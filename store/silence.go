package store

import (
	"errors"
	"time"
)

// SilenceWalk is how far the walk over all contacts has come that looks for those who are silent, for
// one inactivity trigger. Nothing is done before NextAt.
type SilenceWalk struct {
	Workflow   string `gorm:"primaryKey"`
	TriggerID  string `gorm:"primaryKey"`
	Position   string // id of the last contact that was looked at
	NextAt     time.Time
	Token      string
	LeaseUntil *time.Time
}

// ClaimSilenceWalk claims the walk of a trigger for the time of the lease, and makes it when there is
// none; nil when it is not due at now or somebody else has it.
func (tx *Tx) ClaimSilenceWalk(workflow, trigger string, now time.Time, lease time.Duration) (*SilenceWalk, error) {
	if _, err := tx.insertNew(&SilenceWalk{Workflow: workflow, TriggerID: trigger, NextAt: now}); err != nil {
		return nil, err
	}
	walk := &SilenceWalk{}
	found, err := tx.scan(walk, `UPDATE silence_walks SET token = ?, lease_until = ?
		WHERE workflow = ? AND trigger_id = ? AND next_at <= ? AND (lease_until IS NULL OR lease_until <= ?)
		RETURNING workflow, trigger_id, position, next_at, token, lease_until`,
		NewID("claim"), tx.clock(lease), workflow, trigger, now, tx.stable())
	if err != nil || !found {
		return nil, err
	}
	return walk, nil
}

// MoveSilenceWalk records how far a claimed walk has come and gives it back. It does nothing when the
// claim is lost.
func (tx *Tx) MoveSilenceWalk(w *SilenceWalk) error {
	_, err := tx.exec("UPDATE silence_walks SET position = ?, next_at = ?, lease_until = NULL, token = '' WHERE workflow = ? AND trigger_id = ? AND token = ?",
		w.Position, w.NextAt, w.Workflow, w.TriggerID, w.Token)
	return err
}

// Silence notes the silence of a contact that a trigger has fired for.
type Silence struct {
	Workflow  string `gorm:"primaryKey"`
	TriggerID string `gorm:"primaryKey"`
	ContactID string `gorm:"primaryKey"`
	Since     string // what it began with
}

// PutSilence notes a silence in the place of an earlier one. The contact must be locked.
func (tx *Tx) PutSilence(s *Silence) error {
	return tx.upsert(s, "workflow", "trigger_id", "contact_id")
}

// SilenceSince returns what the last silence began with that a trigger has fired for, "" for none.
func (tx *Tx) SilenceSince(workflow, trigger, contact string) (string, error) {
	row, err := first[Silence](tx, "workflow = ? AND trigger_id = ? AND contact_id = ?", workflow, trigger, contact)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return row.Since, nil
}

// LastSign returns the newest event of a contact, of some types, that no machine has caused, or
// ErrNotFound.
func (tx *Tx) LastSign(contactID string, types []string) (*Event, error) {
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return nil, err
	}
	byPerson := "coalesce(json_extract(data, '$.machine'), 0) <> 1"
	if tx.dialect == Postgres {
		byPerson = "coalesce(data->>'machine', '') <> 'true'"
	}
	return first[Event](tx, "contact_id IN ? AND type IN ? AND "+byPerson+" ORDER BY accepted_at DESC, seq DESC LIMIT 1", ids, types)
}

// NthMailSince returns when the n-th mail (from 1) after an instant was sent to a contact, or
// ErrNotFound when there were fewer.
func (tx *Tx) NthMailSince(contactID string, since time.Time, n int) (time.Time, error) {
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return time.Time{}, err
	}
	send, err := first[Send](tx, `contact_id IN ? AND channel = 'email' AND state = ? AND sent_at > ?
		ORDER BY sent_at, id LIMIT 1 OFFSET ?`, ids, SendSent, since, n-1)
	if err != nil {
		return time.Time{}, err
	}
	return *send.SentAt, nil
}

// MailsSince counts the mails that were sent to a contact after an instant, up to a number of them.
func (tx *Tx) MailsSince(contactID string, since time.Time, most int) (n int, err error) {
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return 0, err
	}
	_, err = tx.scan(&n, `SELECT count(*) FROM (SELECT 1 FROM sends WHERE contact_id IN ? AND channel = 'email' AND state = ?
		AND sent_at > ? LIMIT ?) s`, ids, SendSent, since, most)
	return n, err
}

// OpenWorkflows lists the workflows that take people in.
func (tx *Tx) OpenWorkflows() ([]Workflow, error) {
	return all[Workflow](tx, "WHERE version > 0 AND status IN ('active', 'paused') ORDER BY key")
}
