package events

import (
	"fmt"
	"slices"

	"fermata/store"
)

// people are the contacts that one transaction is about, each once: what is found here again is
// the same contact, as it stands in memory. Identifiers lead to contacts as they do in the store.
type people struct {
	tx     *store.Tx
	byID   map[string]*store.Contact
	byName map[name]*store.Contact // nil: nobody has it
	held   map[string]bool         // by id: locked, or made here
	names  map[string][]name       // by id: the external_id and email that the store has for it
}

// name is an identifier: a kind of store.ContactAlias and its value.
type name struct{ kind, value string }

func newPeople(tx *store.Tx) *people {
	return &people{
		tx: tx, byID: map[string]*store.Contact{}, byName: map[name]*store.Contact{}, held: map[string]bool{}, names: map[string][]name{},
	}
}

// lock reads the contacts that the inputs name and locks them in the order of their ids. Unknown
// ids are all reported together. It fails with store.ErrConflict when an identifier led elsewhere
// by the time its contact was locked.
func (p *people) lock(inputs []ContactInput) error {
	if err := p.load(inputs); err != nil {
		return err
	}
	wanted := map[string]bool{}
	var wrong []FieldError
	for _, in := range inputs {
		found, err := p.find(in)
		if fields, ok := invalidFields(err); ok {
			wrong = append(wrong, fields...)
			continue
		}
		if err != nil {
			return err
		}
		if found != nil {
			wanted[found.ID] = true
		}
	}
	if len(wrong) > 0 {
		return &InvalidError{Fields: wrong}
	}
	if err := p.take(sortedKeys(wanted)); err != nil {
		return err
	}
	return p.confirm(inputs)
}

// load reads whom the identifiers of the inputs lead to, all of a kind together.
func (p *people) load(inputs []ContactInput) error {
	values := map[string]map[string]bool{store.AliasID: {}, store.AliasExternalID: {}, store.AliasEmail: {}}
	for _, in := range inputs {
		for _, n := range namesIn(in) {
			values[n.kind][n.value] = true
		}
	}
	for _, kind := range sortedKeys(values) {
		if err := p.read(kind, sortedKeys(values[kind])); err != nil {
			return err
		}
	}
	return nil
}

func (p *people) read(kind string, values []string) error {
	found, err := p.tx.ContactsNamed(kind, values)
	if err != nil {
		return fmt.Errorf("find contacts: %w", err)
	}
	for _, value := range values {
		p.byName[name{kind, value}] = nil
		if c, there := found[value]; there {
			p.byName[name{kind, value}] = p.same(&c)
		}
	}
	return nil
}

// same is the contact as it is known here already, or else this one.
func (p *people) same(c *store.Contact) *store.Contact {
	if known, there := p.byID[c.ID]; there {
		return known
	}
	p.byID[c.ID] = c
	return c
}

// take locks contacts that were read and brings them up to date.
func (p *people) take(ids []string) error {
	locked, err := p.tx.LockContacts(ids)
	if err != nil {
		return fmt.Errorf("lock contacts: %w", err)
	}
	if len(locked) < len(ids) {
		return fmt.Errorf("lock contacts: one is gone: %w", store.ErrConflict)
	}
	for i := range locked {
		c := p.byID[locked[i].ID]
		*c = locked[i]
		p.held[c.ID], p.names[c.ID] = true, namesOf(c)
	}
	return nil
}

// confirm looks again where an identifier may have led elsewhere before its contact was locked.
func (p *people) confirm(inputs []ContactInput) error {
	var unsure []ContactInput
	before := []*store.Contact{}
	for _, in := range inputs {
		c, err := p.find(in)
		if err != nil {
			return err
		}
		if c != nil && !stillNamed(c, in) {
			unsure, before = append(unsure, in), append(before, c)
		}
	}
	if err := p.load(unsure); err != nil {
		return err
	}
	for i, in := range unsure {
		if c, err := p.find(in); err != nil || c != before[i] {
			return fmt.Errorf("find contacts: one has moved: %w", store.ErrConflict)
		}
	}
	return nil
}

// find is the contact that the input names, by the rule of Upsert, or nil.
func (p *people) find(in ContactInput) (*store.Contact, error) {
	for _, n := range namesIn(in) {
		c, err := p.look(n)
		if err != nil {
			return nil, err
		}
		if c != nil {
			return c, nil
		}
		if n.kind == store.AliasID {
			return nil, unknownID(in)
		}
	}
	return nil, nil
}

func (p *people) look(n name) (*store.Contact, error) {
	if c, known := p.byName[n]; known {
		return c, nil
	}
	err := p.read(n.kind, []string{n.value})
	return p.byName[n], err
}

// hold locks a contact that nothing led to when the others were locked, but an earlier item of the
// request does now.
func (p *people) hold(c *store.Contact, in ContactInput) error {
	if p.held[c.ID] {
		return nil
	}
	if err := p.take([]string{c.ID}); err != nil {
		return err
	}
	return p.confirm([]ContactInput{in})
}

// add takes in a contact that is being made.
func (p *people) add(c *store.Contact) {
	p.byID[c.ID], p.held[c.ID], p.names[c.ID] = c, true, namesOf(c)
	for _, n := range p.names[c.ID] {
		p.byName[n] = c
	}
}

// renamed reports whether the identifiers of a contact are others than the store has for it, and
// makes them lead to it: the caller saves them.
func (p *people) renamed(c *store.Contact) bool {
	before, now := p.names[c.ID], namesOf(c)
	if slices.Equal(before, now) {
		return false
	}
	for _, n := range before {
		delete(p.byName, n) // to be looked up: it may lead to nobody
	}
	for _, n := range now {
		p.byName[n] = c
	}
	p.names[c.ID] = now
	return true
}

// owner returns the contact that an identifier leads to, or store.ErrNotFound.
func (p *people) owner(kind, value string) (*store.Contact, error) {
	c, err := p.look(name{kind, value})
	if err == nil && c == nil {
		err = store.ErrNotFound
	}
	return c, err
}

// namesIn are the identifiers that an input is found by, the first that matches wins. An id is
// found or wrong.
func namesIn(in ContactInput) []name {
	if in.ID != "" {
		return []name{{store.AliasID, in.ID}}
	}
	return given(in.ExternalID.Value, in.Email.Value)
}

func namesOf(c *store.Contact) []name { return given(text(c.ExternalID), text(c.Email)) }

func given(externalID, email string) (names []name) {
	if externalID != "" {
		names = append(names, name{store.AliasExternalID, externalID})
	}
	if email != "" {
		names = append(names, name{store.AliasEmail, email})
	}
	return names
}
