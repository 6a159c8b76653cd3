package events

import (
	"fmt"
	"strings"
	"time"

	"fermata/store"
)

// batch carries out one request in one transaction, with a few statements for all of its events:
// it reads and locks all contacts together, numbers the events in memory, and writes them together.
// ids are those that the events get.
type batch struct {
	list     []Incoming
	ids      []string
	now      time.Time
	accepted []Accepted
	stored   bool

	tx     *store.Tx
	people *people
	ink    *ink
}

// fresh counts the events that were not accepted before.
func (b *batch) fresh() int {
	n := 0
	for _, one := range b.accepted {
		if !one.Duplicate {
			n++
		}
	}
	return n
}

func (b *batch) run(tx *store.Tx) error {
	b.tx, b.accepted, b.stored = tx, make([]Accepted, len(b.list)), false
	fresh, err := b.known()
	if err != nil {
		return err
	}
	b.people = newPeople(tx)
	b.ink = &ink{tx: tx, people: b.people, types: b.types(fresh)}
	if err := b.lock(fresh); err != nil {
		return err
	}
	for _, i := range fresh {
		if err := b.accept(i); err != nil {
			return err
		}
	}
	if err := b.ink.flush(); err != nil {
		return err
	}
	return b.repeated()
}

// known answers for the events that were accepted before, or stand earlier in the same request,
// and returns the others. A duplicate's contact is not looked at: the first body counts.
func (b *batch) known() (fresh []int, err error) {
	stored, err := b.tx.KnownEvents(b.ids)
	if err != nil {
		return nil, fmt.Errorf("look up events: %w", err)
	}
	seen := map[string]bool{}
	for i, id := range b.ids {
		b.accepted[i].ID = id
		switch {
		case seen[id]:
			b.accepted[i].Duplicate = true
		case stored[id]:
			b.accepted[i].Duplicate = b.list[i].ID != ""
		default:
			fresh = append(fresh, i)
		}
		seen[id] = true
	}
	return fresh, nil
}

// types are those of the events that this request may write without knowing whether anybody listens.
func (b *batch) types(fresh []int) []string {
	types := map[string]bool{TypeContactCreated: true}
	for _, i := range fresh {
		types[b.list[i].Type] = true
	}
	return sortedKeys(types)
}

// lock takes the locks of all contacts in one order, so that two batches never wait for each
// other: those that exist by id, then new ones by what identifies them. Unknown ids are all
// reported together.
func (b *batch) lock(fresh []int) error {
	inputs := make([]ContactInput, len(fresh))
	for at, i := range fresh {
		inputs[at] = b.list[i].Contact
	}
	if err := b.people.lock(inputs); err != nil {
		return err
	}
	missing := map[string]int{}
	for _, i := range fresh {
		contact := b.list[i].Contact
		found, err := b.people.find(contact)
		if err != nil {
			return err
		}
		if _, listed := missing[identity(contact)]; found == nil && !listed {
			missing[identity(contact)] = i
		}
	}
	return b.make(missing)
}

// make makes the contacts that nobody knew, in the order of their identities. One that somebody
// else has made meanwhile cannot be locked any more without breaking the order: the request begins
// again and finds it.
func (b *batch) make(missing map[string]int) error {
	var made []*store.Contact
	var edits []*edit
	for _, key := range sortedKeys(missing) {
		i := missing[key]
		input := b.list[i].Contact
		found, err := b.people.find(input)
		if err != nil {
			return err
		}
		if found != nil {
			continue // two items of the request name one person in two ways
		}
		c := newContact(input, b.now)
		b.people.add(c)
		e := b.edit(c, i)
		if err := e.apply(input); err != nil {
			return err
		}
		e.saved = true
		made, edits = append(made, c), append(edits, e)
	}
	if err := b.tx.AddContacts(made); err != nil {
		return fmt.Errorf("make contacts: %w", err)
	}
	for _, e := range edits {
		if _, err := e.finish(true, nil); err != nil {
			return err
		}
	}
	return nil
}

func identity(in ContactInput) string {
	return strings.Join([]string{in.ExternalID.Value, in.Email.Value}, "\x00")
}

func (b *batch) source(i int) string {
	if source := b.list[i].Source; source != "" {
		return source
	}
	return "api"
}

// edit begins to apply an item's contact.
func (b *batch) edit(c *store.Contact, i int) *edit {
	e := newEdit(b.tx, c, b.list[i].Contact.Pointer, b.now, b.source(i))
	e.desk = b.ink
	return e
}

func (b *batch) accept(i int) error {
	item := b.list[i]
	c, err := b.people.find(item.Contact)
	if err != nil {
		return err
	}
	if c == nil { // an earlier item took the identifier from its contact
		if err := b.make(map[string]int{"": i}); err != nil {
			return err
		}
		return b.accept(i)
	}
	if err := b.people.hold(c, item.Contact); err != nil {
		return err
	}
	e := b.edit(c, i)
	if err := e.apply(item.Contact); err != nil {
		return err
	}
	done, err := e.finish(false, nil)
	if err != nil {
		return err
	}
	draft := Draft{ID: b.ids[i], Contact: c, Type: item.Type, Data: item.Data, Now: b.now, Source: b.source(i)}
	if item.OccurredAt != nil {
		draft.OccurredAt = *item.OccurredAt
	}
	if err := b.ink.append(draft); err != nil {
		return err
	}
	if err := RecordCourse(b.tx, c, item.Type, item.Data, b.now); err != nil {
		return err
	}
	b.stored = true
	b.accepted[i].Warnings = done.Warnings
	return nil
}

// repeated notes which events were posted again.
func (b *batch) repeated() error {
	again := map[string]bool{}
	for _, a := range b.accepted {
		if a.Duplicate {
			again[a.ID] = true
		}
	}
	if err := b.tx.MarkRepeated(sortedKeys(again)); err != nil {
		return fmt.Errorf("note repeated events: %w", err)
	}
	return nil
}
