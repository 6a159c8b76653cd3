package events

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"fermata/store"
)

const (
	// MaxContactTags is how many tags a contact may have.
	MaxContactTags = 200
	maxTagLength   = 100
)

// AddTag gives a contact that tx has locked a tag, and writes tag.added unless it has it already. A
// name that is none, or a tag too many, is *InvalidError.
func AddTag(tx *store.Tx, c *store.Contact, name string, now time.Time) error {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxTagLength || !printable(name) {
		return &InvalidError{Fields: []FieldError{{Message: fmt.Sprintf("a tag has 1 to %d printable characters", maxTagLength)}}}
	}
	added, spelled, err := tx.AddContactTag(c.ID, name)
	if err != nil {
		return fmt.Errorf("add tag: %w", err)
	}
	if !added {
		return nil
	}
	n, err := tx.CountContactTags(c.ID)
	if err != nil {
		return fmt.Errorf("count tags: %w", err)
	}
	if n > MaxContactTags {
		return &InvalidError{Fields: []FieldError{{Message: fmt.Sprintf("a contact has at most %d tags", MaxContactTags)}}}
	}
	_, err = Append(tx, Draft{Contact: c, Type: TypeTagAdded, Data: map[string]any{"tag": spelled}, Now: now})
	return err
}
