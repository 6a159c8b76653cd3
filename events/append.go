package events

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"fermata/store"
)

// Draft is an event that is about to be written. Contact is locked by the transaction; its Seq
// is advanced. OccurredAt defaults to Now. Source is "platform" unless it says otherwise.
type Draft struct {
	ID         string
	Contact    *store.Contact
	Type       string
	Data       map[string]any
	OccurredAt time.Time
	Now        time.Time
	Cause      *Cause
	Source     string
}

// errForeignEvent: an id that was derived from a ledger key belongs to somebody else's event.
var errForeignEvent = errors.New("event id belongs to another event")

// Append writes one event of a contact that tx has locked: it takes the contact's next sequence
// number, inserts the row and queues the contact for the router. Without an id it makes one; with
// an id that exists already, of the same contact and type, it changes nothing and returns the
// stored row, so that a repeated effect reports itself once. Of one whose time is over it returns what
// was to be written.
func Append(tx *store.Tx, in Draft) (*store.Event, error) {
	event, added, err := appendNew(tx, in)
	if err != nil || added {
		return event, err
	}
	stored, err := tx.Event(event.ID)
	if errors.Is(err, store.ErrNotFound) {
		if spent, asked := tx.Spent(event.ID); asked != nil || spent {
			return event, asked
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read event %s: %w", event.ID, err)
	}
	if stored.ContactID != in.Contact.ID || stored.Type != in.Type {
		return nil, fmt.Errorf("append %s %s: %w", in.Type, in.ID, errForeignEvent)
	}
	return stored, nil
}

// appendNew is Append that reports false, with nothing written, when the id exists.
func appendNew(tx *store.Tx, in Draft) (event *store.Event, added bool, err error) {
	if in.ID == "" {
		in.ID = store.NewID("evt")
	}
	if event, err = in.row(); err != nil {
		return nil, false, err
	}
	ignored, err := ignorable(in.Contact, in.Type, tx.Heard)
	if err != nil {
		return nil, false, err
	}
	write := tx.AppendEvent
	if ignored {
		write = tx.AppendIgnored
	}
	if added, err = write(event); err != nil {
		return nil, false, fmt.Errorf("append event %s: %w", in.ID, err)
	}
	if !added {
		return event, false, nil
	}
	in.Contact.Seq = event.Seq
	if ignored {
		in.Contact.RoutedSeq = event.Seq
	} else if err := tx.Enqueue(lane(in.Type, in.Data), in.Contact.ID); err != nil {
		return nil, false, fmt.Errorf("queue contact %s: %w", in.Contact.ID, err)
	}
	return event, true, followEvent(tx, in)
}

// ignorable reports whether an event can be routed at once, in the transaction that writes it,
// because nobody listens: what the router would find is known already, and most of the platform's
// own events are of this kind. It holds back while an earlier event of the contact is on its way,
// because that one may make somebody listen. heard is store.Heard.
func ignorable(c *store.Contact, eventType string, heard func(contactID, eventType string) (bool, error)) (bool, error) {
	if c.RoutedSeq != c.Seq {
		return false, nil
	}
	switch eventType {
	case TypeEnrollRequested, TypeTriggered, TypeContactUpdated:
		return false, nil
	}
	somebody, err := heard(c.ID, eventType)
	if err != nil {
		return false, fmt.Errorf("ask who listens to %s: %w", eventType, err)
	}
	return !somebody, nil
}

// lane is whose turn a contact takes in the router's queue that this event brings there: those whom
// the same workflows would take in wait behind each other, and not before all others.
func lane(eventType string, data map[string]any) string {
	if workflow, ok := data["workflow"].(string); ok && InternalType(eventType) {
		return eventType + "/" + workflow
	}
	return eventType
}

// open reports whether a workflow of this status takes people in.
func open(status string) bool {
	return status == store.WorkflowActive || status == store.WorkflowPaused
}

func (in Draft) row() (*store.Event, error) {
	if in.Data == nil {
		in.Data = map[string]any{}
	}
	data, err := encodeJSON(in.Data)
	if err != nil {
		return nil, err
	}
	event := &store.Event{
		ID: in.ID, ContactID: in.Contact.ID, Type: in.Type, Data: store.JSON(data),
		OccurredAt: in.OccurredAt, AcceptedAt: in.Now, Source: in.Source,
	}
	if event.OccurredAt.IsZero() {
		event.OccurredAt = in.Now
	}
	if event.Source == "" {
		event.Source = "platform"
	}
	if in.Cause != nil {
		if event.Cause, err = store.ToJSON(in.Cause); err != nil {
			return nil, err
		}
	}
	return event, nil
}

var eventIDEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// derivedID is the event id that a key has for ever.
func derivedID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "evt_" + eventIDEncoding.EncodeToString(sum[:16])
}

// EffectEventID returns the id of an event that an effect writes: the same effect, whose step was
// entered at an instant and which key names, always gets the same one. Its first half is that
// instant in milliseconds, as in the ids of store.NewID, so that all ids sort by time.
func EffectEventID(entered time.Time, key string) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(max(0, entered.UnixMilli()))<<16)
	sum := sha256.Sum256([]byte(key))
	copy(id[6:], sum[:])
	return "evt_" + eventIDEncoding.EncodeToString(id[:])
}
