package store

import (
	"strings"
	"time"
)

// States of a Send.
const (
	SendClaimed    = "claimed"
	SendSent       = "sent"
	SendFailed     = "failed"
	SendUnknown    = "unknown"
	SendSuppressed = "suppressed"
)

// Send is one message to one contact.
type Send struct {
	ID           string `gorm:"primaryKey"`
	ContactID    string
	EnrollmentID string
	Workflow     string
	Node         string
	Visit        int
	Channel      string // email | sms
	Class        string // marketing | transactional
	ToAddress    string
	Subject      string
	MessageID    string
	State        string
	Error        string
	Template     string
	CreatedAt    time.Time
	SentAt       *time.Time
}

// SendFilter selects sends; empty fields select all.
type SendFilter struct{ Contact, Enrollment, Workflow, Node, State string }

// CreateSend adds a send; ErrConflict when the id or the message id exists.
func (tx *Tx) CreateSend(s *Send) error {
	if s.ID == "" {
		s.ID = NewID("send")
	}
	return tx.insert(s)
}

// Send returns one send.
func (tx *Tx) Send(id string) (*Send, error) { return first[Send](tx, "id = ?", id) }

// SendByMessageID finds a send by its Message-ID.
func (tx *Tx) SendByMessageID(messageID string) (*Send, error) {
	return first[Send](tx, "message_id = ?", messageID)
}

// SaveSend writes all columns.
func (tx *Tx) SaveSend(s *Send) error { return tx.update(s) }

// ListSends lists sends, newest first.
func (tx *Tx) ListSends(f SendFilter, page Page) ([]Send, string, error) {
	q := newestFirst(page)
	if err := tx.history(q, f.Contact); err != nil {
		return nil, "", err
	}
	q.equal("enrollment_id", f.Enrollment)
	q.equal("workflow", f.Workflow)
	q.equal("node", f.Node)
	q.equal("state", f.State)
	return listByID(tx, q, func(s *Send) string { return s.ID })
}

// CountSends counts what a contact was or may have been sent of one channel and class since an
// instant, the message with the id but left out: failed and suppressed sends do not count, nor do
// those of tests.
func (tx *Tx) CountSends(contactID, channel, class, but string, since time.Time) (int, error) {
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return 0, err
	}
	var n int
	_, err = tx.scan(&n, `SELECT count(*) FROM sends WHERE contact_id IN ? AND channel = ? AND class = ? AND message_id <> ?
		AND created_at >= ? AND state IN ('claimed', 'sent', 'unknown')
		AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.id = sends.enrollment_id AND e.test)`, ids, channel, class, but, since)
	return n, err
}

// Suppression keeps an address from getting messages.
type Suppression struct {
	Address   string `gorm:"primaryKey"` // lower-cased by the store
	Channel   string `gorm:"primaryKey"`
	Reason    string
	CreatedAt time.Time
}

// PutSuppression adds a suppression, or changes its reason.
func (tx *Tx) PutSuppression(s *Suppression) error {
	s.Address = normalAddress(s.Address)
	return tx.upsert(s, "address", "channel")
}

func normalAddress(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// ListSuppressions lists suppressions of one channel, or of all when it is "", by address and channel.
func (tx *Tx) ListSuppressions(channel string, page Page) ([]Suppression, string, error) {
	q := byKey(page, "address || ' ' || channel")
	q.equal("channel", channel)
	return listByID(tx, q, func(s *Suppression) string { return s.Address + " " + s.Channel })
}
