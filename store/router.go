package store

import (
	"slices"
	"time"
)

// Claim is the right to route a contact's events, as long as nobody else claims the contact.
type Claim struct {
	ContactID string
	Token     string
}

// QueuedContact is a contact with events to route.
type QueuedContact struct {
	ContactID  string `gorm:"primaryKey"`
	Token      string // of the claim; "" when free
	LeaseUntil *time.Time
	Tries      int   // failures of the event that comes next
	FailedSeq  int64 // the contact's routed_seq at the last failure
	Error      string
	Stopped    bool // needs a person; nothing is dropped
	ReadyAt    time.Time
	CreatedAt  time.Time // when the oldest unrouted event came, roughly
	Lane       string    // whose turn it takes: that of the event which queued it
}

// TableName is GORM's way to ask for the table.
func (QueuedContact) TableName() string { return "contact_queue" }

// Enqueue puts contacts into a lane of the router's queue unless they are in the queue. They must be
// locked, and in one order: that keeps a router that is about to release a contact from missing the event.
func (tx *Tx) Enqueue(lane string, contactIDs ...string) error {
	list := make([]queued, len(contactIDs))
	for i, id := range contactIDs {
		list[i] = queued{id, lane}
	}
	return tx.enqueue(list)
}

// queued is a contact that is to wait in a lane.
type queued struct{ contactID, lane string }

func (tx *Tx) enqueue(list []queued) error {
	for part := range slices.Chunk(list, bulk) {
		var args []any
		for _, one := range part {
			args = append(args, one.contactID, one.lane, tx.clock(0), tx.clock(0))
		}
		_, err := tx.exec(`INSERT INTO contact_queue (contact_id, lane, token, tries, failed_seq, error, stopped, ready_at, created_at)
			VALUES `+rows("(?, ?, '', 0, -1, '', false, ?, ?)", len(part))+" ON CONFLICT DO NOTHING", args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// ClaimContacts claims up to n contacts for the time of the lease: the lanes in turn, in each the
// longest waiting first. Contacts that somebody else is claiming are passed over; those with an
// expired lease are taken.
func (tx *Tx) ClaimContacts(n int, lease time.Duration, turn *Turn) ([]Claim, error) {
	ids, token, err := claim[string](tx, contactQueue, n, lease, turn, "contact_id")
	claims := make([]Claim, len(ids))
	for i, id := range ids {
		claims[i] = Claim{ContactID: id, Token: token}
	}
	return claims, err
}

// HoldsContact reports whether the claim still stands, and keeps others from claiming the contact
// until the end of the transaction. A claim stands, even past its lease, until somebody takes over.
func (tx *Tx) HoldsContact(contactID, token string) (bool, error) {
	if !tx.write {
		return false, ErrReadOnly
	}
	var one int
	return tx.scan(&one, "SELECT 1 FROM contact_queue WHERE contact_id = ? AND token = ?"+tx.rowLock(""), contactID, token)
}

// SetRouted records that the router is done with the contact's log up to seq. It never goes back.
func (tx *Tx) SetRouted(contactID string, seq int64) error {
	_, err := tx.exec("UPDATE contacts SET routed_seq = ? WHERE id = ? AND routed_seq < ?", seq, contactID, seq)
	return err
}

// ReleaseContact ends a claim: the contact leaves the queue when routedSeq is the end of its log,
// and goes to the queue's end otherwise. It reports false when the claim no longer stands.
func (tx *Tx) ReleaseContact(contactID, token string, routedSeq int64) (bool, error) {
	// Intake holds the same lock while it appends and enqueues, so it is before or after all of this.
	contact, err := tx.LockContact(contactID)
	if err != nil && !isNotFound(err) {
		return false, err
	}
	var n int64
	if contact == nil || contact.Seq == routedSeq {
		n, err = tx.exec("DELETE FROM contact_queue WHERE contact_id = ? AND token = ?", contactID, token)
	} else {
		n, err = tx.exec(`UPDATE contact_queue SET token = '', lease_until = NULL, tries = 0, error = '', failed_seq = -1,
			ready_at = ?, created_at = ? WHERE contact_id = ? AND token = ?`, tx.clock(0), tx.clock(0), contactID, token)
	}
	return n > 0, err
}

// FailContact ends a claim after an error that will come again. The contact is offered again at
// retryAt (database clock), or stops when the same event has failed stopAfter times; progress in
// between starts the count anew. stopAfter 0 never stops and counts no try: an outage is not the event's fault.
func (tx *Tx) FailContact(contactID, token, message string, stopAfter int, retryAt time.Time) (stopped bool, err error) {
	if !tx.write {
		return false, ErrReadOnly
	}
	count := 1
	if stopAfter == 0 {
		count = 0
	}
	routed := "COALESCE((SELECT routed_seq FROM contacts WHERE id = contact_queue.contact_id), 0)"
	tries := "(CASE WHEN failed_seq = " + routed + " THEN tries ELSE 0 END) + ?"
	found, err := tx.scan(&stopped, `UPDATE contact_queue SET token = '', lease_until = NULL, error = ?, ready_at = ?,
		tries = `+tries+`, failed_seq = `+routed+`, stopped = (? > 0 AND `+tries+` >= ?)
		WHERE contact_id = ? AND token = ? RETURNING stopped`,
		message, retryAt, count, stopAfter, count, stopAfter, contactID, token)
	if err == nil && !found {
		err = ErrNotFound
	}
	return stopped, err
}

// StoppedContacts lists the contacts whose queue needs a person, the oldest first.
func (tx *Tx) StoppedContacts() ([]QueuedContact, error) {
	return all[QueuedContact](tx, "WHERE stopped ORDER BY created_at, contact_id")
}

// StoppedContact returns a contact's queue when it needs a person, else ErrNotFound.
func (tx *Tx) StoppedContact(contactID string) (*QueuedContact, error) {
	return first[QueuedContact](tx, "contact_id = ? AND stopped", contactID)
}

// RestartContact offers a stopped contact to the router again.
func (tx *Tx) RestartContact(contactID string) error {
	return tx.remove(`UPDATE contact_queue SET stopped = false, tries = 0, failed_seq = -1, ready_at = ?
		WHERE contact_id = ? AND stopped`, tx.clock(0), contactID)
}

// RouterLag returns the length of the queue without stopped contacts, and since when the oldest
// waits; nil when none does.
func (tx *Tx) RouterLag() (depth int, oldest *time.Time, err error) {
	return tx.lag("contact_queue", " WHERE NOT stopped")
}

func (tx *Tx) lag(table, where string) (depth int, oldest *time.Time, err error) {
	if _, err = tx.scan(&depth, "SELECT count(*) FROM "+table+where); err != nil || depth == 0 {
		return depth, nil, err
	}
	var row struct{ CreatedAt time.Time }
	found, err := tx.scan(&row, "SELECT created_at FROM "+table+where+" ORDER BY created_at LIMIT 1")
	if err != nil || !found {
		return depth, nil, err
	}
	return depth, &row.CreatedAt, nil
}
