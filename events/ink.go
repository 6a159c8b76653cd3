package events

import (
	"fmt"

	"fermata/store"
)

// desk is where an edit of a contact asks and leaves what goes beyond the contact: directly at the
// store, or, for a batch, together with what other edits leave.
type desk interface {
	// owner returns the contact that an identifier leads to, or store.ErrNotFound.
	owner(kind, value string) (*store.Contact, error)
	// declare makes the record of a custom field unless there is one.
	declare(field, fieldType string) error
	save(c *store.Contact) error
	append(d Draft) error
}

// direct is the desk that writes at once.
type direct struct{ tx *store.Tx }

func (d direct) owner(kind, value string) (*store.Contact, error) {
	if kind == store.AliasEmail {
		return d.tx.ContactByEmail(value)
	}
	return d.tx.ContactByExternalID(value)
}

func (d direct) declare(field, fieldType string) error {
	_, err := d.tx.EnsureField(field, fieldType)
	return err
}

func (d direct) save(c *store.Contact) error { return d.tx.UpdateContact(c) }

func (d direct) append(draft Draft) error {
	_, err := Append(d.tx, draft)
	return err
}

// ink is the desk that keeps in memory what is to be written until flush. The contacts are those
// of people, locked: nobody else can add to their logs.
type ink struct {
	tx        *store.Tx
	people    *people
	types     []string // of events that may find nobody who listens
	listening store.Listening
	heardBy   int // how many contacts listening knows about
	rules     []store.DateRule
	ruled     bool // rules were read

	pending  []store.LogEntry
	logs     map[string]*store.Contact // those that pending events belong to
	profiles map[string]*store.Contact // those that changed
	fields   map[string]string         // types of fields to declare
	declared map[string]bool
}

func (k *ink) owner(kind, value string) (*store.Contact, error) { return k.people.owner(kind, value) }

func (k *ink) declare(field, fieldType string) error {
	if !k.declared[field] {
		put(&k.declared, field, true)
		put(&k.fields, field, fieldType)
	}
	return nil
}

// save keeps a changed profile for flush. Identifiers are written at once: whom they lead to is
// asked again.
func (k *ink) save(c *store.Contact) error {
	if k.people.renamed(c) {
		return k.tx.UpdateContact(c)
	}
	put(&k.profiles, c.ID, c)
	return nil
}

// append is Append of an event whose id nobody has.
func (k *ink) append(d Draft) error {
	if d.ID == "" {
		d.ID = store.NewID("evt")
	}
	event, err := d.row()
	if err != nil {
		return err
	}
	ignored, err := ignorable(d.Contact, d.Type, k.heard)
	if err != nil {
		return err
	}
	d.Contact.Seq++
	event.Seq = d.Contact.Seq
	if ignored {
		d.Contact.RoutedSeq = event.Seq
	}
	k.pending = append(k.pending, store.LogEntry{Event: event, Ignored: ignored, Lane: lane(d.Type, d.Data)})
	put(&k.logs, d.Contact.ID, d.Contact)
	return k.follow(d)
}

// heard is store.Heard, asked once for all contacts that are locked.
func (k *ink) heard(contactID, eventType string) (bool, error) {
	if k.listening == nil || k.heardBy != len(k.people.held) {
		listening, err := k.tx.Listening(sortedKeys(k.people.held), k.types)
		if err != nil {
			return false, err
		}
		k.listening, k.heardBy = listening, len(k.people.held)
	}
	return k.listening.To(contactID, eventType), nil
}

// follow is followEvent. It reads and may add to the log, so what is pending goes first.
func (k *ink) follow(d Draft) error {
	concerned := followers(d)
	if concerned == nil {
		return nil
	}
	if !k.ruled {
		rules, err := k.tx.DateRules("")
		if err != nil {
			return fmt.Errorf("read date rules: %w", err)
		}
		k.rules, k.ruled = rules, true
	}
	for i := range k.rules {
		if concerned(&k.rules[i]) {
			if err := k.flush(); err != nil {
				return err
			}
			return followDates(k.tx, d.Contact, d.Now, concerned)
		}
	}
	return nil
}

// flush writes what is kept, contacts first.
func (k *ink) flush() error {
	var profiles []*store.Contact
	for _, id := range sortedKeys(k.profiles) {
		profiles = append(profiles, k.profiles[id])
	}
	if err := k.tx.SaveProfiles(profiles); err != nil {
		return fmt.Errorf("update contacts: %w", err)
	}
	var fields []store.Field
	for _, key := range sortedKeys(k.fields) {
		fields = append(fields, store.Field{Key: key, Type: k.fields[key]})
	}
	if err := k.tx.EnsureFields(fields); err != nil {
		return fmt.Errorf("note fields: %w", err)
	}
	var logs []*store.Contact
	for _, id := range sortedKeys(k.logs) {
		logs = append(logs, k.logs[id])
	}
	if err := k.tx.AppendEvents(k.pending, logs); err != nil {
		// Of a conflict: somebody stored one of these ids a moment ago. Nothing of this try may
		// stay, not even what it did to contacts; the next one answers duplicate.
		return fmt.Errorf("append events: %w", err)
	}
	k.profiles, k.fields, k.logs, k.pending = nil, nil, nil, nil
	return nil
}

// put sets a key of a map that may not have been made yet.
func put[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}
