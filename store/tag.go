package store

import (
	"strings"
	"time"
)

// Tag is a word that contacts carry. Its key is the lower-cased name; the first spelling is kept.
type Tag struct {
	Key       string `gorm:"primaryKey"`
	Name      string
	CreatedAt time.Time
}

// ContactTag says that a contact carries a tag.
type ContactTag struct {
	ContactID string `gorm:"primaryKey"`
	Tag       string `gorm:"primaryKey"` // the tag's key
	CreatedAt time.Time
}

func tagKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// EnsureTag returns the tag, which it makes with this spelling when it is new.
func (tx *Tx) EnsureTag(name string) (*Tag, error) {
	tag, err := tx.Tag(name)
	if err == nil || !isNotFound(err) {
		return tag, err
	}
	fresh := &Tag{Key: tagKey(name), Name: strings.TrimSpace(name)}
	added, err := tx.insertNew(fresh)
	if err != nil || added {
		return fresh, err
	}
	return tx.Tag(name)
}

// CreateTag adds a tag; ErrConflict when it exists in any spelling.
func (tx *Tx) CreateTag(t *Tag) error {
	t.Name = strings.TrimSpace(t.Name)
	t.Key = tagKey(t.Name)
	return tx.insert(t)
}

// Tag returns the tag of this name, in any spelling.
func (tx *Tx) Tag(name string) (*Tag, error) { return first[Tag](tx, "key = ?", tagKey(name)) }

// ListTags lists tags by key.
func (tx *Tx) ListTags(page Page) ([]Tag, string, error) {
	return listByID(tx, byKey(page, "key"), func(t *Tag) string { return t.Key })
}

// DeleteTag removes a tag that no contact carries.
func (tx *Tx) DeleteTag(name string) error {
	key := tagKey(name)
	users, err := tx.users("contact", "SELECT contact_id FROM contact_tags WHERE tag = ? ORDER BY contact_id", key)
	if err != nil {
		return err
	}
	return tx.removeUnused("tags", key, users)
}

// AddContactTag gives a contact a tag, which is made when new, and reports whether the contact did
// not have it, and how the tag is spelled.
func (tx *Tx) AddContactTag(contactID, name string) (added bool, spelled string, err error) {
	tag, err := tx.EnsureTag(name)
	if err != nil {
		return false, "", err
	}
	added, err = tx.insertNew(&ContactTag{ContactID: contactID, Tag: tag.Key})
	if isForeignKey(err) {
		return false, tag.Name, ErrNotFound
	}
	return added, tag.Name, err
}

// RemoveContactTag takes a tag from a contact and reports whether the contact had it, and how the
// tag is spelled.
func (tx *Tx) RemoveContactTag(contactID, name string) (removed bool, spelled string, err error) {
	tag, err := tx.Tag(name)
	if isNotFound(err) {
		return false, strings.TrimSpace(name), nil
	}
	if err != nil {
		return false, "", err
	}
	n, err := tx.exec("DELETE FROM contact_tags WHERE contact_id = ? AND tag = ?", contactID, tag.Key)
	return n > 0, tag.Name, err
}

// ContactTags lists a contact's tags as they are spelled, by key.
func (tx *Tx) ContactTags(contactID string) ([]string, error) {
	names := []string{}
	_, err := tx.scan(&names, `SELECT t.name FROM contact_tags ct JOIN tags t ON t.key = ct.tag
		WHERE ct.contact_id = ? ORDER BY t.key`, contactID)
	return names, err
}

// TagsOfContacts lists the tags of several contacts by contact id.
func (tx *Tx) TagsOfContacts(contactIDs []string) (map[string][]string, error) {
	tags := make(map[string][]string, len(contactIDs))
	if len(contactIDs) == 0 {
		return tags, nil
	}
	var rows []struct{ ContactID, Name string }
	_, err := tx.scan(&rows, `SELECT ct.contact_id, t.name FROM contact_tags ct JOIN tags t ON t.key = ct.tag
		WHERE ct.contact_id IN ? ORDER BY t.key`, contactIDs)
	for _, row := range rows {
		tags[row.ContactID] = append(tags[row.ContactID], row.Name)
	}
	return tags, err
}

// HasContactTag reports whether a contact carries a tag, in any spelling.
func (tx *Tx) HasContactTag(contactID, name string) (bool, error) {
	var one int
	return tx.scan(&one, "SELECT 1 FROM contact_tags WHERE contact_id = ? AND tag = ?", contactID, tagKey(name))
}

// CountContactTags is the number of tags that a contact carries.
func (tx *Tx) CountContactTags(contactID string) (int, error) {
	var n int
	_, err := tx.scan(&n, "SELECT count(*) FROM contact_tags WHERE contact_id = ?", contactID)
	return n, err
}
