package events

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"time"

	"fermata/interpreter/expr"
	"fermata/store"
)

// edit applies given values to one locked contact and notes what changed.
type edit struct {
	tx          *store.Tx
	desk        desk
	c           *store.Contact
	pointer     string
	now         time.Time
	source      string
	overwrite   bool // identifiers replace, as a PATCH does
	resubscribe bool // consent may be lifted above unsubscribed
	saved       bool // the contact is stored as it stands
	changed     map[string]Change
	warnings    []Warning
}

func newEdit(tx *store.Tx, c *store.Contact, pointer string, now time.Time, source string) *edit {
	return &edit{tx: tx, desk: direct{tx}, c: c, pointer: pointer, now: now, source: source, changed: map[string]Change{}}
}

func (e *edit) apply(in ContactInput) error {
	if err := e.identifier(store.AliasExternalID, &e.c.ExternalID, in.ExternalID); err != nil {
		return err
	}
	if err := e.identifier(store.AliasEmail, &e.c.Email, in.Email); err != nil {
		return err
	}
	e.optional("phone", &e.c.Phone, in.Phone)
	e.text("first_name", &e.c.FirstName, in.FirstName)
	e.text("last_name", &e.c.LastName, in.LastName)
	e.text("country", &e.c.Country, in.Country)
	e.text("timezone", &e.c.Timezone, in.Timezone)
	if err := e.fields(in.Fields); err != nil {
		return err
	}
	return e.consent(in.Consent)
}

// identifier fills a blank, clears, or replaces where that is allowed; it never takes an
// identifier from another contact.
func (e *edit) identifier(name string, current **string, given Text) error {
	if !given.Given || text(*current) == given.Value {
		return nil
	}
	if given.Value != "" {
		other, err := e.desk.owner(name, given.Value)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && other.ID != e.c.ID {
			return e.conflict(name)
		}
		if *current != nil && !e.overwrite {
			e.warn(name, WarnIdentifierKept, fmt.Sprintf("the contact keeps its %s; PATCH /v1/contacts/%s changes it", name, e.c.ID))
			return nil
		}
	}
	e.note(name, value(*current), blank(given.Value))
	*current = optional(given)
	return nil
}

func (e *edit) conflict(name string) error {
	if e.overwrite {
		return &InvalidError{Fields: []FieldError{{
			Pointer: child(e.pointer, name), Message: "belongs to another contact", Hint: "POST /v1/contacts/{id}/merge joins two contacts",
		}}}
	}
	e.warn(name, WarnIdentityConflict, fmt.Sprintf("this %s belongs to another contact, which was left alone", name))
	return nil
}

func (e *edit) optional(name string, current **string, given Text) {
	if given.Given && text(*current) != given.Value {
		e.note(name, value(*current), blank(given.Value))
		*current = optional(given)
	}
}

func (e *edit) text(name string, current *string, given Text) {
	if given.Given && *current != given.Value {
		e.note(name, blank(*current), blank(given.Value))
		*current = given.Value
	}
}

// fields merges custom fields, makes the record of each new one, and refuses more than 200.
func (e *edit) fields(given map[string]any) error {
	if len(given) == 0 {
		return nil
	}
	stored, err := decodeObject(e.c.Fields)
	if err != nil {
		return fmt.Errorf("read fields of contact %s: %w", e.c.ID, err)
	}
	merged := maps.Clone(stored)
	for _, key := range sortedKeys(given) {
		from, had := stored[key]
		to := given[key]
		switch {
		case to == nil && !had:
			continue
		case to == nil:
			delete(merged, key)
		case had && sameJSON(from, to):
			continue
		default:
			merged[key] = to
			if err := e.desk.declare(key, fieldType(to)); err != nil {
				return fmt.Errorf("note field %s: %w", key, err)
			}
		}
		e.note(fieldName(key), from, to)
	}
	if len(merged) > maxFields {
		return &InvalidError{Fields: []FieldError{{
			Pointer: child(e.pointer, "fields"), Message: fmt.Sprintf("the contact would have %d fields, and may have %d", len(merged), maxFields),
		}}}
	}
	encoded, err := encodeJSON(merged)
	if err != nil {
		return err
	}
	e.c.Fields = store.JSON(encoded)
	return nil
}

// consent records what the contact allows. An unsubscribed channel stays so unless the contact
// itself asked (resubscribe).
func (e *edit) consent(given map[string]Consent) error {
	if len(given) == 0 {
		return nil
	}
	recorded, err := consentOf(e.c)
	if err != nil {
		return err
	}
	before, touched := maps.Clone(recorded), false
	for _, channel := range sortedKeys(given) {
		next := given[channel]
		now := recorded[channel]
		if now.State == next.State {
			continue
		}
		if now.State == Unsubscribed && !e.resubscribe {
			e.warn("consent/"+channel, WarnConsentKept, "the contact has unsubscribed; PUT /v1/contacts/"+e.c.ID+"/consent changes that")
			continue
		}
		if next.At == nil {
			at := e.now
			next.At = &at
		}
		if next.Source == "" {
			next.Source = e.source
		}
		if next.State == Subscribed && e.resubscribe {
			if err := liftRefusal(e.tx, e.c, channel); err != nil {
				return err
			}
		}
		recorded[channel], touched = next, true
	}
	if !touched {
		return nil
	}
	e.note("consent", before, recorded)
	e.c.Consent, err = store.ToJSON(recorded)
	return err
}

func (e *edit) note(name string, from, to any) { e.changed[name] = Change{From: from, To: to} }

func (e *edit) warn(name, code, message string) {
	e.warnings = append(e.warnings, Warning{Pointer: e.pointer + "/" + name, Code: code, Message: message})
}

// finish saves what changed and writes the event that reports it.
func (e *edit) finish(created bool, cause *Cause) (UpsertResult, error) {
	result := UpsertResult{Contact: e.c, Created: created, Changed: map[string]Change{}, Warnings: e.warnings}
	if len(e.changed) > 0 && !e.saved {
		e.c.UpdatedAt = e.now
		if err := e.desk.save(e.c); err != nil {
			return UpsertResult{}, fmt.Errorf("update contact %s: %w", e.c.ID, err)
		}
	}
	draft := Draft{Contact: e.c, Now: e.now, Cause: cause}
	switch {
	case created:
		draft.Type, draft.Data = TypeContactCreated, map[string]any{"source": e.source}
	case len(e.changed) > 0:
		result.Changed = e.changed
		draft.Type, draft.Data = TypeContactUpdated, map[string]any{"changed": e.changed}
	default:
		return result, nil
	}
	return result, e.desk.append(draft)
}

// standardFields are the names that a contact has beside its custom fields.
var standardFields = map[string]bool{
	"id": true, "external_id": true, "email": true, "phone": true, "first_name": true, "last_name": true,
	"country": true, "timezone": true, "consent": true,
}

// fieldName is how a change of a custom field is reported: by its key, unless a contact has
// something else of that name.
func fieldName(key string) string {
	if standardFields[key] {
		return "fields." + key
	}
	return key
}

func fieldType(v any) string {
	switch t := v.(type) {
	case bool:
		return "boolean"
	case string:
		if _, err := time.Parse(time.DateOnly, t); err == nil {
			return "date"
		}
		if _, err := time.Parse(time.RFC3339, t); err == nil {
			return "datetime"
		}
		return "text"
	case map[string]any, []any:
		return "json"
	}
	return "number"
}

// decodeObject reads a stored JSON object; nothing stored is an empty one.
func decodeObject(raw store.JSON) (map[string]any, error) {
	if len(raw) == 0 {
		return map[string]any{}, nil
	}
	v, err := expr.DecodeJSON(raw)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return map[string]any{}, nil
	}
	return object, nil
}

// consentOf reads what is recorded for a contact, by channel.
func consentOf(c *store.Contact) (map[string]Consent, error) {
	recorded := map[string]Consent{}
	if err := c.Consent.Decode(&recorded); err != nil {
		return nil, fmt.Errorf("read consent of contact %s: %w", c.ID, err)
	}
	return recorded, nil
}

// ConsentState returns subscribed, unsubscribed or none for a channel ("email", "sms"): what is
// recorded, else the account's default.
func ConsentState(c *store.Contact, channel string, a *store.Account) (string, error) {
	recorded, err := consentOf(c)
	if err != nil {
		return "", err
	}
	if state := recorded[channel].State; state != "" {
		return state, nil
	}
	if a != nil && a.DefaultConsent != "" {
		return a.DefaultConsent, nil
	}
	return Subscribed, nil
}

func sameJSON(a, b any) bool {
	left, errLeft := encodeJSON(a)
	right, errRight := encodeJSON(b)
	return errLeft == nil && errRight == nil && bytes.Equal(left, right)
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func value(p *string) any { return blank(text(p)) }

// blank turns the empty string, which stands for nothing, into nil.
func blank(s string) any {
	if s == "" {
		return nil
	}
	return s
}
