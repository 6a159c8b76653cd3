package store

import "time"

// Kinds of a Subscription.
const (
	SubscriptionExit = "exit"
	SubscriptionWait = "wait"
)

// Subscription says that an enrollment wants to know of events of one type.
type Subscription struct {
	ID           string `gorm:"primaryKey"`
	EnrollmentID string
	ContactID    string
	Kind         string // exit | wait
	EventType    string
	Node         string // of a wait
	Visit        int
	RuleID       string // the exit's or the wait's rule
	CreatedAt    time.Time
}

// AddSubscriptions adds subscriptions, in one statement. The contact must be locked, and the log
// must be read from the enrollment's cursor in a later statement: that is what leaves no gap for
// an event to fall into.
func (tx *Tx) AddSubscriptions(subscriptions []Subscription) error {
	if len(subscriptions) == 0 {
		return nil
	}
	for i := range subscriptions {
		if subscriptions[i].ID == "" {
			subscriptions[i].ID = NewID("sub")
		}
	}
	if !tx.write {
		return ErrReadOnly
	}
	return mapError(tx.db.Create(&subscriptions).Error)
}

// SubscriptionsFor lists who wants a contact's events of one type, in order of their making.
func (tx *Tx) SubscriptionsFor(contactID, eventType string) ([]Subscription, error) {
	return all[Subscription](tx, "WHERE contact_id = ? AND event_type = ? ORDER BY id", contactID, eventType)
}

// Subscriptions lists what an enrollment wants, in order of their making.
func (tx *Tx) Subscriptions(enrollmentID string) ([]Subscription, error) {
	return all[Subscription](tx, "WHERE enrollment_id = ? ORDER BY id", enrollmentID)
}

// DropSubscriptions removes an enrollment's subscriptions of one kind, or all when it is "".
func (tx *Tx) DropSubscriptions(enrollmentID, kind string) error {
	sql, args := "DELETE FROM subscriptions WHERE enrollment_id = ?", []any{enrollmentID}
	if kind != "" {
		sql += " AND kind = ?"
		args = append(args, kind)
	}
	_, err := tx.exec(sql, args...)
	return err
}
