package store

import "time"

// Audit is one thing that a person did.
type Audit struct {
	ID      string `gorm:"primaryKey"`
	At      time.Time
	Person  string
	KeyID   string
	Action  string
	Subject string
	Detail  JSON
}

// AddAudit records an action; At is filled when zero.
func (tx *Tx) AddAudit(a *Audit) error {
	if a.ID == "" {
		a.ID = NewID("aud")
	}
	if a.At.IsZero() {
		a.At = wallClock()
	}
	return tx.insert(a)
}

// ListAudit lists actions on a subject, or all when it is "", newest first.
func (tx *Tx) ListAudit(subject string, page Page) ([]Audit, string, error) {
	q := newestFirst(page)
	q.equal("subject", subject)
	return listByID(tx, q, func(a *Audit) string { return a.ID })
}
