package api

import (
	"encoding/json"
	"errors"
	"strconv"

	"fermata/events"
	"fermata/store"
)

// contactID reads the contact that a list is filtered by: its id, its mail address
// or its external id. A value that names nobody stays as it is and finds nothing.
func contactID(tx *store.Tx, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	found, err := tx.Contact(value)
	if address, ok := events.NormalizeEmail(value); ok && errors.Is(err, store.ErrNotFound) {
		found, err = tx.ContactByEmail(address)
	}
	if errors.Is(err, store.ErrNotFound) {
		found, err = tx.ContactByExternalID(value)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return value, nil
	case err != nil:
		return "", err
	}
	return found.ID, nil
}

// contactOf finds the contact that a body names: by the id, mail address or external id of one, or as
// events do, which makes a new one and writes down what is said of it.
func (s *server) contactOf(tx *store.Tx, named json.RawMessage) (string, error) {
	value, err := readJSON(named)
	if err != nil {
		return "", err
	}
	object, isObject := value.(map[string]any)
	if !isObject {
		key, _ := value.(string)
		return contactID(tx, key)
	}
	in, wrong := events.ParseContact(object, "/contact")
	if len(wrong) > 0 {
		return "", invalidRequest(wrong)
	}
	done, err := events.Upsert(tx, in, s.now(), "api", nil)
	if err != nil {
		return "", err
	}
	tx.AfterCommit(s.nudge)
	return done.Contact.ID, nil
}

// asNamed is an id as a body names it.
func asNamed(id string) json.RawMessage { return json.RawMessage(strconv.Quote(id)) }
