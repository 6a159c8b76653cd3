package store

import "time"

// Session is a sign-in of the page. The token is in the browser's cookie alone; what the session
// holds is Data, which the store does not read.
type Session struct {
	TokenHash []byte `gorm:"primaryKey"` // SHA-256
	Data      []byte
	CreatedAt time.Time
	Deadline  time.Time // the end, however much it is used
	ExpiresAt time.Time // the end unless it is used before; never after Deadline
}

// PutSession makes a session, or replaces all of it but CreatedAt.
func (tx *Tx) PutSession(s *Session) error { return tx.upsert(s, "token_hash") }

// Session finds a session that has not expired at an instant, or ErrNotFound.
func (tx *Tx) Session(hash []byte, at time.Time) (*Session, error) {
	return first[Session](tx, "token_hash = ? AND expires_at > ?", hash, at)
}

// ExtendSession moves the end of a session, at most to its deadline; ErrNotFound when it has ended.
func (tx *Tx) ExtendSession(s *Session, until time.Time) error {
	if until.After(s.Deadline) {
		until = s.Deadline
	}
	return tx.remove("UPDATE sessions SET expires_at = ? WHERE token_hash = ?", until, s.TokenHash)
}

// EndSession ends a session; ErrNotFound when it has ended already.
func (tx *Tx) EndSession(hash []byte) error {
	return tx.remove("DELETE FROM sessions WHERE token_hash = ?", hash)
}

// DropSessions removes the sessions that expired before an instant, at most limit of them.
func (tx *Tx) DropSessions(before time.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM sessions WHERE token_hash IN
		(SELECT token_hash FROM sessions WHERE expires_at < ? LIMIT ?)`, before, limit)
}
