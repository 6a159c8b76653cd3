package store

import "time"

// States of an Ask.
const (
	AskOpen    = "open"
	AskSent    = "sent"
	AskFailed  = "failed"
	AskUnknown = "unknown"
)

// Ask is the question of one visit to an approval to one person. Its id is in the link of the mail.
type Ask struct {
	ID           string `gorm:"primaryKey"`
	EnrollmentID string
	Node         string
	Visit        int
	Address      string // bare and lower-cased
	State        string // of the mail: open | sent | failed | unknown
	Error        string
	Decision     string // approved | rejected, "" for none; one of the visit's rows has one
	CreatedAt    time.Time
	SentAt       *time.Time
	DecidedAt    *time.Time
}

// Ask returns one question.
func (tx *Tx) Ask(id string) (*Ask, error) { return first[Ask](tx, "id = ?", id) }

// Asks lists whom a visit has asked, in order of their making.
func (tx *Tx) Asks(r EffectRef) ([]Ask, error) {
	return all[Ask](tx, "WHERE enrollment_id = ? AND node = ? AND visit = ? ORDER BY id", r.EnrollmentID, r.Node, r.Visit)
}

// AddAsk adds a question; one that the visit has put to the address before stays as it is.
func (tx *Tx) AddAsk(a *Ask) error {
	_, err := tx.insertNew(a)
	return err
}

// SettleAsk notes what became of the mail of a question. A mail that was sent stays sent.
func (tx *Tx) SettleAsk(id, state, text string, sentAt *time.Time) error {
	_, err := tx.exec("UPDATE asks SET state = ?, error = ?, sent_at = ? WHERE id = ? AND state <> 'sent'", state, text, sentAt, id)
	return err
}

// DecideAsk writes the decision of one of those who were asked. It reports false when somebody has
// decided before. The contact must be locked.
func (tx *Tx) DecideAsk(a *Ask, decision string, now time.Time) (bool, error) {
	n, err := tx.exec(`UPDATE asks SET decision = ?, decided_at = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM asks o
		WHERE o.enrollment_id = ? AND o.node = ? AND o.visit = ? AND o.decision <> '')`, decision, now, a.ID, a.EnrollmentID, a.Node, a.Visit)
	return n > 0, err
}
