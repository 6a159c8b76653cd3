package events

import (
	"errors"
	"fmt"
	"time"

	"fermata/store"
)

// identityTries bounds how often Upsert looks again after another transaction changed who an
// identifier belongs to between its look and its lock.
const identityTries = 5

// Change is what happened to one field of a contact.
type Change struct {
	From any `json:"from"`
	To   any `json:"to"`
}

// UpsertResult is the contact as it now stands, locked by the transaction.
type UpsertResult struct {
	Contact  *store.Contact
	Created  bool
	Changed  map[string]Change // empty for a new contact
	Warnings []Warning
}

// Upsert finds the contact that the input names (id, then external_id, then email; the first
// that matches wins) or makes it, locks it, and applies the given values: they overwrite, null
// clears, identifiers fill blanks only. It writes contact.created or, when something changed,
// contact.updated. It fails with *InvalidError for an id that nobody has.
func Upsert(tx *store.Tx, in ContactInput, now time.Time, source string, cause *Cause) (UpsertResult, error) {
	for range identityTries {
		c, created, err := findOrCreate(tx, in, now)
		if errors.Is(err, errIdentityMoved) {
			continue
		}
		if err != nil {
			return UpsertResult{}, err
		}
		return applyInput(tx, c, in, created, now, source, cause)
	}
	return UpsertResult{}, fmt.Errorf("upsert contact: %w", store.ErrBusy)
}

// applyInput gives a contact that tx has locked, or has just made, what the input holds.
func applyInput(tx *store.Tx, c *store.Contact, in ContactInput, created bool, now time.Time, source string, cause *Cause) (UpsertResult, error) {
	edit := newEdit(tx, c, in.Pointer, now, source)
	if err := edit.apply(in); err != nil {
		return UpsertResult{}, err
	}
	return edit.finish(created, cause)
}

// UpdateContact applies given values to a contact that tx has locked, as PATCH and effects do:
// here identifiers overwrite as well, and one that belongs to another contact is *InvalidError.
func UpdateContact(tx *store.Tx, c *store.Contact, in ContactInput, now time.Time, source string, cause *Cause) (UpsertResult, error) {
	edit := newEdit(tx, c, in.Pointer, now, source)
	edit.overwrite = true
	if err := edit.apply(in); err != nil {
		return UpsertResult{}, err
	}
	return edit.finish(false, cause)
}

// SetConsent records what a contact (locked by tx) allowed on a channel, whatever it was before,
// and writes contact.updated when that changed. Only a call made for the contact may use it: an
// event never re-subscribes.
func SetConsent(tx *store.Tx, c *store.Contact, channel string, consent Consent, now time.Time, cause *Cause) (UpsertResult, error) {
	edit := newEdit(tx, c, "", now, consent.Source)
	edit.resubscribe = true
	if err := edit.consent(map[string]Consent{channel: consent}); err != nil {
		return UpsertResult{}, err
	}
	return edit.finish(false, cause)
}

// errIdentityMoved: the contact that an identifier led to changed or vanished before the lock.
var errIdentityMoved = errors.New("identity moved")

func findOrCreate(tx *store.Tx, in ContactInput, now time.Time) (c *store.Contact, created bool, err error) {
	found, err := find(tx, in)
	if err != nil {
		return nil, false, err
	}
	if found == nil {
		c, err := create(tx, in, now)
		return c, true, err
	}
	locked, err := tx.LockContact(found.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, errIdentityMoved
	}
	if err != nil {
		return nil, false, fmt.Errorf("lock contact %s: %w", found.ID, err)
	}
	if stillNamed(locked, in) {
		return locked, false, nil
	}
	// It may be named by an identifier of a contact that was merged into it.
	again, err := find(tx, in)
	if err == nil && (again == nil || again.ID != locked.ID) {
		err = errIdentityMoved
	}
	return locked, false, err
}

// stillNamed reports whether a contact, now locked, is one that the input names.
func stillNamed(c *store.Contact, in ContactInput) bool {
	return c.ID == in.ID ||
		in.ExternalID.Value != "" && text(c.ExternalID) == in.ExternalID.Value ||
		in.Email.Value != "" && text(c.Email) == in.Email.Value
}

// find returns the contact that the first matching identifier names, or nil.
func find(tx *store.Tx, in ContactInput) (*store.Contact, error) {
	if in.ID != "" {
		c, err := tx.Contact(in.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, unknownID(in)
		}
		return c, err
	}
	if in.ExternalID.Value != "" {
		c, err := tx.ContactByExternalID(in.ExternalID.Value)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return c, err
		}
	}
	if in.Email.Value != "" {
		c, err := tx.ContactByEmail(in.Email.Value)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return c, err
		}
	}
	return nil, nil
}

func unknownID(in ContactInput) error {
	return &InvalidError{Fields: []FieldError{{
		Pointer: child(in.Pointer, "id"), Message: fmt.Sprintf("no contact has the id %q", in.ID),
		Hint: "use external_id for an id of your own",
	}}}
}

// newContact is the contact that the input names, with nothing but its identifiers yet.
func newContact(in ContactInput, now time.Time) *store.Contact {
	return &store.Contact{
		ID: store.NewID("con"), ExternalID: optional(in.ExternalID), Email: optional(in.Email), CreatedAt: now, UpdatedAt: now,
	}
}

// create makes the contact that the input names.
func create(tx *store.Tx, in ContactInput, now time.Time) (*store.Contact, error) {
	c := newContact(in, now)
	err := tx.CreateContact(c)
	if errors.Is(err, store.ErrConflict) {
		return nil, errIdentityMoved
	}
	if err != nil {
		return nil, fmt.Errorf("create contact: %w", err)
	}
	return c, nil
}

func optional(t Text) *string {
	if t.Value == "" {
		return nil
	}
	return &t.Value
}
