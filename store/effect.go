package store

import "time"

// States of an Effect.
const (
	EffectClaimed = "claimed"
	EffectDone    = "done"
	EffectFailed  = "failed"
	EffectUnknown = "unknown"
)

// EffectRef is the ledger key of one effect. Copy tells the recipients of one step apart, from 0.
type EffectRef struct {
	EnrollmentID string
	Node         string
	Visit        int
	Copy         int
}

// Effect is a row of the ledger: one thing that a step changes outside the interpreter.
type Effect struct {
	EnrollmentID string `gorm:"primaryKey"`
	Node         string `gorm:"primaryKey"`
	Visit        int    `gorm:"primaryKey;autoIncrement:false"`
	Copy         int    `gorm:"primaryKey;autoIncrement:false"`
	Kind         string
	Key          string // what the receiver can recognise a repetition by
	State        string
	AttemptToken string // of the attempt that claimed it last
	LeaseUntil   *time.Time
	Attempts     int // claims so far
	Copies       int // how often it went out, or may have
	Result       JSON
	Undo         JSON // what taking it back needs: the changes that still stand
	Error        string
	CreatedAt    time.Time
	UpdatedAt    time.Time
	RetryFrom    *time.Time // since when it has been tried, times in which nobody could try left out
	RetryAt      *time.Time // when the next attempt is planned, or the present one has an outcome
	UndoneBy     string     // key of the undo that dealt with it last, "" for none
	Undone       JSON       // what that undo took back and what not
}

// Ref is the row's ledger key.
func (e *Effect) Ref() EffectRef {
	return EffectRef{EnrollmentID: e.EnrollmentID, Node: e.Node, Visit: e.Visit, Copy: e.Copy}
}

const effectKey = "enrollment_id = ? AND node = ? AND visit = ? AND copy = ?"

func (r EffectRef) args(before ...any) []any {
	return append(before, r.EnrollmentID, r.Node, r.Visit, r.Copy)
}

const insertEffect = `INSERT INTO effects (enrollment_id, node, visit, copy, kind, key, state, attempt_token, lease_until,
	attempts, copies, result, undo, error, created_at, updated_at)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

// Effect returns one effect.
func (tx *Tx) Effect(ref EffectRef) (*Effect, error) {
	return first[Effect](tx, effectKey, ref.args()...)
}

// InsertEffect adds an effect on our own store, which is done in this same transaction, and reports
// true; or it returns the row that is there and false: then nothing may be done again.
func (tx *Tx) InsertEffect(e *Effect) (*Effect, bool, error) {
	now := wallClock()
	n, err := tx.exec(insertEffect, e.EnrollmentID, e.Node, e.Visit, e.Copy, e.Kind, e.Key, e.State, e.AttemptToken,
		e.LeaseUntil, e.Attempts, e.Copies, e.Result, e.Undo, e.Error, now, now)
	if err != nil {
		return nil, false, err
	}
	if n > 0 {
		e.CreatedAt, e.UpdatedAt = now, now
		return e, true, nil
	}
	there, err := tx.Effect(e.Ref())
	return there, false, err
}

// ClaimEffect asks for the right to carry out an effect until the lease ends, by the database's
// clock. True: the caller has it, under its token. False: the row says why. A claim whose lease
// still runs belongs to another attempt; one whose lease has ended becomes unknown by this call;
// done, failed and unknown rows stay as they are (see ReclaimUnknown, ReclaimFailed).
func (tx *Tx) ClaimEffect(ref EffectRef, kind, key, token string, lease time.Duration) (*Effect, bool, error) {
	if !tx.write {
		return nil, false, ErrReadOnly
	}
	now := wallClock()
	n, err := tx.exec(insertEffect, ref.EnrollmentID, ref.Node, ref.Visit, ref.Copy, kind, key, EffectClaimed, token,
		tx.clock(lease), 1, 0, nil, nil, "", now, now)
	if err != nil {
		return nil, false, err
	}
	if n == 0 {
		_, err = tx.exec("UPDATE effects SET state = 'unknown', copies = copies + 1, lease_until = NULL, updated_at = ? WHERE "+effectKey+
			" AND state = 'claimed' AND lease_until <= ?", append(ref.args(now), tx.clock(0))...)
		if err != nil {
			return nil, false, err
		}
	}
	row, err := tx.Effect(ref)
	return row, n > 0 && err == nil, err
}

// StaleClaims lists claims whose lease has ended at least an age ago, by the database's clock: their
// attempt died, and no other one has come to find that out.
func (tx *Tx) StaleClaims(age time.Duration, limit int) ([]Effect, error) {
	return all[Effect](tx, "WHERE state = 'claimed' AND lease_until <= ? ORDER BY lease_until LIMIT ?", tx.clock(-age), limit)
}

// LoseClaim makes a claim whose lease has ended unknown, and the send that stands for it. False when
// somebody recorded its outcome or claimed it anew since it was read.
func (tx *Tx) LoseClaim(e *Effect) (bool, error) {
	now := wallClock()
	n, err := tx.exec("UPDATE effects SET state = 'unknown', copies = copies + 1, lease_until = NULL, updated_at = ? WHERE "+effectKey+
		" AND state = 'claimed' AND attempt_token = ? AND lease_until <= ?", append(e.Ref().args(now), e.AttemptToken, tx.clock(0))...)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.exec("UPDATE sends SET state = 'unknown' WHERE enrollment_id = ? AND node = ? AND visit = ? AND state = 'claimed'",
		e.EnrollmentID, e.Node, e.Visit)
	return true, err
}

// ReclaimUnknown claims an effect whose outcome nobody knows for another attempt. False when the
// effect is not unknown any more.
func (tx *Tx) ReclaimUnknown(ref EffectRef, token string, lease time.Duration) (bool, error) {
	return tx.reclaim(ref, EffectUnknown, token, lease)
}

// ReclaimFailed claims an effect for another attempt after one that is known to have had no effect.
// False when the effect is not failed any more.
func (tx *Tx) ReclaimFailed(ref EffectRef, token string, lease time.Duration) (bool, error) {
	return tx.reclaim(ref, EffectFailed, token, lease)
}

func (tx *Tx) reclaim(ref EffectRef, from, token string, lease time.Duration) (bool, error) {
	n, err := tx.exec(`UPDATE effects SET state = 'claimed', attempt_token = ?, lease_until = ?, attempts = attempts + 1,
		updated_at = ? WHERE `+effectKey+" AND state = ?",
		append(ref.args(token, tx.clock(lease), wallClock()), from)...)
	return n > 0, err
}

// SetRetry notes since when an effect has been tried, and when its next attempt is planned.
func (tx *Tx) SetRetry(ref EffectRef, from, at time.Time) error {
	_, err := tx.exec("UPDATE effects SET retry_from = ?, retry_at = ? WHERE "+effectKey, ref.args(from, at)...)
	return err
}

// ResetRetry lets the retry time of a step's effects begin anew.
func (tx *Tx) ResetRetry(enrollmentID, node string, visit int) error {
	_, err := tx.exec("UPDATE effects SET retry_from = NULL, retry_at = NULL WHERE enrollment_id = ? AND node = ? AND visit = ?",
		enrollmentID, node, visit)
	return err
}

// RecordEffect writes what became of a claimed effect and ends the lease. Only the attempt whose
// token the row carries may do so, also after its lease has ended; false otherwise. Done counts a
// copy, and so does unknown, because the attempt may have gone out; when its lease has ended, that
// is done already. A nil result keeps the one before.
func (tx *Tx) RecordEffect(ref EffectRef, token, state string, result JSON, message string) (bool, error) {
	copies := 1
	if state == EffectFailed {
		copies = 0
	}
	set, args := `state = ?, error = ?, copies = copies + ? - CASE WHEN state = 'unknown' THEN 1 ELSE 0 END, lease_until = NULL, updated_at = ?`,
		[]any{state, message, copies, wallClock()}
	if result != nil {
		set += ", result = ?"
		args = append(args, result)
	}
	n, err := tx.exec("UPDATE effects SET "+set+" WHERE "+effectKey+
		" AND attempt_token = ? AND state IN ('claimed', 'unknown')", append(ref.args(args...), token)...)
	return n > 0, err
}

// ResolveEffect writes an operator's word on an effect whose outcome nobody knows; false when the
// effect is not unknown any more.
func (tx *Tx) ResolveEffect(ref EffectRef, state, message string) (bool, error) {
	n, err := tx.exec("UPDATE effects SET state = ?, error = ?, updated_at = ? WHERE "+effectKey+
		" AND state = 'unknown'", ref.args(state, message, wallClock())...)
	return n > 0, err
}

// GiveBackUnknown ends the claim of an attempt at an unknown effect that did not succeed: the effect is
// unknown again. mayHave says that the attempt may have gone out, which counts a copy. False when the
// row does not carry the attempt's token any more.
func (tx *Tx) GiveBackUnknown(ref EffectRef, token, message string, mayHave bool) (bool, error) {
	copies := 0
	if mayHave {
		copies = 1
	}
	n, err := tx.exec("UPDATE effects SET state = 'unknown', error = ?, copies = copies + ?, lease_until = NULL, updated_at = ? WHERE "+
		effectKey+" AND attempt_token = ? AND state = 'claimed'",
		append(ref.args(message, copies, wallClock()), token)...)
	return n > 0, err
}

// Effects lists an enrollment's effects in order of their making.
func (tx *Tx) Effects(enrollmentID string) ([]Effect, error) {
	return all[Effect](tx, "WHERE enrollment_id = ? ORDER BY created_at, node, visit, copy", enrollmentID)
}
