package store

import "time"

// States of a Notice.
const (
	NoticeQueued   = "queued"
	NoticeSent     = "sent"
	NoticeFailed   = "failed"   // nobody tries any more
	NoticeCanceled = "canceled" // it became pointless before it went out
)

// Notice is one message on one channel, told at least once under its id.
type Notice struct {
	ID        string `gorm:"primaryKey"`
	ChannelID string
	Subject   string // what it is about: the id of an alarm, or watch:<workflow>:<version>
	Nth       int    // order within the subject and channel
	Kind      string // opened, reminder, ended, summary
	Content   JSON
	State     string
	Token     string // of the claim; "" when free
	// LeaseUntil is until when the claim lasts, by the database's clock.
	LeaseUntil *time.Time
	Tries      int // failed attempts
	Error      string
	NotBefore  time.Time
	CreatedAt  time.Time
	DoneAt     *time.Time
}

// AddNotice queues a notice unless the channel has it already.
func (tx *Tx) AddNotice(n *Notice) (bool, error) {
	n.ID, n.State = NewID("ntc"), NoticeQueued
	return tx.insertNew(n)
}

// ClaimNotices claims up to n notices that are due at now for the time of the lease. Of one subject
// and channel the earlier is told first.
func (tx *Tx) ClaimNotices(now time.Time, n int, lease time.Duration) ([]Notice, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	token := NewID("claim")
	count, err := tx.exec(`UPDATE notices SET token = ?, lease_until = ? WHERE id IN (
			SELECT id FROM notices WHERE state = 'queued' AND not_before <= ? AND (lease_until IS NULL OR lease_until <= ?)
				AND NOT EXISTS (SELECT 1 FROM notices b WHERE b.subject = notices.subject AND b.channel_id = notices.channel_id
					AND b.state = 'queued' AND b.nth < notices.nth)
			ORDER BY not_before, id LIMIT ?`+tx.rowLock(" SKIP LOCKED")+")",
		token, tx.clock(lease), now, tx.stable(), n)
	if err != nil || count == 0 {
		return nil, err
	}
	return all[Notice](tx, "WHERE token = ? AND state = 'queued' ORDER BY not_before, id", token)
}

// SettleNotice writes what became of a claimed notice: State, Tries, Error, NotBefore and DoneAt. False
// when the claim no longer stands.
func (tx *Tx) SettleNotice(n *Notice) (bool, error) {
	count, err := tx.exec(`UPDATE notices SET state = ?, tries = ?, error = ?, not_before = ?, done_at = ?, token = '', lease_until = NULL
		WHERE id = ? AND token = ? AND state = 'queued'`, n.State, n.Tries, n.Error, n.NotBefore, n.DoneAt, n.ID, n.Token)
	return count > 0, err
}

// CancelNotices calls off the queued notices of a kind about a subject.
func (tx *Tx) CancelNotices(subject, kind string, at time.Time) error {
	_, err := tx.exec("UPDATE notices SET state = 'canceled', done_at = ? WHERE subject = ? AND kind = ? AND state = 'queued'", at, subject, kind)
	return err
}

// Notices lists what was or is to be said about a subject, in order.
func (tx *Tx) Notices(subject string) ([]Notice, error) {
	return all[Notice](tx, "WHERE subject = ? ORDER BY nth, id LIMIT 500", subject)
}

// round is work that one process at a time does every so often.
type round struct {
	Name       string `gorm:"primaryKey"`
	NextAt     time.Time
	Token      string
	LeaseUntil *time.Time
}

// ClaimRound claims a round that is due at now for the time of the lease, and returns the token of the
// claim: "" when it is not due or somebody else has it.
func (tx *Tx) ClaimRound(name string, now time.Time, lease time.Duration) (string, error) {
	if _, err := tx.insertNew(&round{Name: name, NextAt: now}); err != nil {
		return "", err
	}
	token := NewID("claim")
	n, err := tx.exec(`UPDATE rounds SET token = ?, lease_until = ?
		WHERE name = ? AND next_at <= ? AND (lease_until IS NULL OR lease_until <= ?)`, token, tx.clock(lease), name, now, tx.stable())
	if err != nil || n == 0 {
		return "", err
	}
	return token, nil
}

// EndRound gives a claimed round back and says when the next is due; false when the claim no longer
// stands, and then nothing of the round may be written.
func (tx *Tx) EndRound(name, token string, next time.Time) (bool, error) {
	n, err := tx.exec("UPDATE rounds SET next_at = ?, token = '', lease_until = NULL WHERE name = ? AND token = ?", next, name, token)
	return n > 0, err
}
