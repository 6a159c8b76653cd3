package events

import (
	"errors"
	"fmt"
	"time"

	"fermata/store"
)

// Types of the events that report what became of a mail.
const (
	TypeEmailOpened       = "email.opened"
	TypeEmailClicked      = "email.clicked"
	TypeEmailBounced      = "email.bounced"
	TypeEmailUnsubscribed = "email.unsubscribed"
	TypeLinkClicked       = "link.clicked"
)

// channelEmail is the channel of mails in consent and suppressions.
const channelEmail = "email"

// ChannelSMS is the channel of text messages in consent, suppressions and sends, and the type of the
// nodes that send them.
const ChannelSMS = "sms"

// SendData is the data that every event about a mail has.
func SendData(s *store.Send) map[string]any {
	return map[string]any{
		"send_id": s.ID, "workflow": s.Workflow, "enrollment": s.EnrollmentID, "node": s.Node,
		"template": s.Template, "class": s.Class,
	}
}

// sendEvent is a draft about a mail; key names it among the events of the send, for ever.
func sendEvent(c *store.Contact, s *store.Send, kind, key string, now time.Time, more map[string]any) Draft {
	data := SendData(s)
	for name, value := range more {
		data[name] = value
	}
	return Draft{ID: derivedID(kind + "\x00" + s.ID + "\x00" + key), Contact: c, Type: kind, Data: data, Now: now}
}

// LockSend returns a send with its contact, which tx locks: the one that it was merged into, where
// it was. store.ErrNotFound when either is gone.
func LockSend(tx *store.Tx, id string) (*store.Send, *store.Contact, error) {
	send, err := tx.Send(id)
	if err != nil {
		return nil, nil, fmt.Errorf("read send %s: %w", id, err)
	}
	c, err := tx.LockContact(send.ContactID)
	if err != nil {
		return nil, nil, fmt.Errorf("lock contact %s: %w", send.ContactID, err)
	}
	return send, c, nil
}

// UnsubscribeSend takes the contact of a send off the list of mails, on the word of source, and
// reports it once for the send, however often it is asked. changed is false when the contact was
// unsubscribed before, and contact is nil when it is gone.
func UnsubscribeSend(tx *store.Tx, id, source string, now time.Time) (contact *store.Contact, changed bool, err error) {
	send, c, err := LockSend(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if changed, err = takeOff(tx, c, source, now); err != nil {
		return nil, false, err
	}
	if _, err := Append(tx, sendEvent(c, send, TypeEmailUnsubscribed, "", now, nil)); err != nil {
		return nil, false, fmt.Errorf("report unsubscription: %w", err)
	}
	return c, changed, nil
}

// takeOff records that a contact wants no mails any more, unless that is known.
func takeOff(tx *store.Tx, c *store.Contact, source string, now time.Time) (changed bool, err error) {
	recorded, err := consentOf(c)
	if err != nil || recorded[channelEmail].State == Unsubscribed {
		return false, err
	}
	consent := Consent{State: Unsubscribed, At: &now, Source: source}
	if _, err := SetConsent(tx, c, channelEmail, consent, now, nil); err != nil {
		return false, fmt.Errorf("record consent: %w", err)
	}
	return true, nil
}
