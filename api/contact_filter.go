package api

import (
	"errors"

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
