package store

import (
	"errors"
	"time"
)

// Kinds of a ContactAlias.
const (
	AliasID         = "id"
	AliasExternalID = "external_id"
	AliasEmail      = "email"
)

// ContactAlias is an identifier of a contact that was merged into another one, which it now leads to.
type ContactAlias struct {
	Kind      string `gorm:"primaryKey"`
	Value     string `gorm:"primaryKey"`
	ContactID string
	CreatedAt time.Time
}

// PutAlias makes an identifier lead to a contact.
func (tx *Tx) PutAlias(a *ContactAlias) error { return tx.upsert(a, "kind", "value") }

// Alias returns the id of the contact that an identifier of a merged one leads to, or ErrNotFound.
func (tx *Tx) Alias(kind, value string) (string, error) {
	alias, err := first[ContactAlias](tx, "kind = ? AND value = ?", kind, value)
	if err != nil {
		return "", err
	}
	return alias.ContactID, nil
}

// orAlias is found, or else the contact that the identifier leads to.
func (tx *Tx) orAlias(kind, value string, found *Contact, err error) (*Contact, error) {
	if !errors.Is(err, ErrNotFound) {
		return found, err
	}
	return first[Contact](tx, "id = (SELECT contact_id FROM contact_aliases WHERE kind = ? AND value = ?)", kind, value)
}

// addMerged adds, under the identifiers that are not in found, the contacts that those with them
// were merged into.
func (tx *Tx) addMerged(kind string, found map[string]Contact, values []string) error {
	var missing []string
	for _, value := range values {
		if _, there := found[value]; !there {
			missing = append(missing, value)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	aliases, err := all[ContactAlias](tx, "WHERE kind = ? AND value IN ?", kind, missing)
	if err != nil || len(aliases) == 0 {
		return err
	}
	into := make([]string, len(aliases))
	for i, alias := range aliases {
		into[i] = alias.ContactID
	}
	rows, err := all[Contact](tx, "WHERE id IN ?", into)
	if err != nil {
		return err
	}
	for _, alias := range aliases {
		for _, c := range rows {
			if c.ID == alias.ContactID {
				found[alias.Value] = c
			}
		}
	}
	return nil
}

// ContactIDs returns the id of a contact with those of the contacts that were merged into it: its
// history stands under all of them.
func (tx *Tx) ContactIDs(id string) ([]string, error) {
	var merged []string
	_, err := tx.scan(&merged, "SELECT value FROM contact_aliases WHERE contact_id = ? AND kind = 'id' ORDER BY value", id)
	return append([]string{id}, merged...), err
}

// history narrows a query to what stands under a contact; "" is everybody.
func (tx *Tx) history(q *query, contactID string) error {
	if contactID == "" {
		return nil
	}
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return err
	}
	q.and("contact_id IN ?", ids)
	return nil
}

// moves hand what one contact has to another one, who keeps what both have.
var moves = []string{
	"UPDATE deals SET contact_id = ? WHERE contact_id = ?",
	"UPDATE tasks SET contact_id = ? WHERE contact_id = ?",
	`INSERT INTO contact_tags (contact_id, tag, created_at)
		SELECT CAST(? AS text), tag, created_at FROM contact_tags WHERE contact_id = ? ON CONFLICT DO NOTHING`,
	`INSERT INTO contact_courses (contact_id, course, status, progress, created_at, updated_at)
		SELECT CAST(? AS text), course, status, progress, created_at, updated_at FROM contact_courses WHERE contact_id = ? ON CONFLICT DO NOTHING`,
	"UPDATE contact_aliases SET contact_id = ? WHERE contact_id = ?",
}

// MergeContact hands everything that one contact has to another one and removes it; its identifiers
// lead to the other one from then on. Events that are not routed yet go to the end of the other's
// log; what was routed stays under the old id. Both contacts are locked and have no active
// enrollment left on the side that goes; into.Seq is advanced. It returns how many events moved.
func (tx *Tx) MergeContact(into, from *Contact) (int64, error) {
	for _, sql := range moves {
		if _, err := tx.exec(sql, into.ID, from.ID); err != nil {
			return 0, err
		}
	}
	// Without gaps: the first one that is not routed follows the last one of the other log.
	moved, err := tx.exec("UPDATE events SET contact_id = ?, seq = seq - ? + ? WHERE contact_id = ? AND seq > ?",
		into.ID, from.RoutedSeq, into.Seq, from.ID, from.RoutedSeq)
	if err != nil {
		return 0, err
	}
	into.Seq += moved
	if _, err := tx.exec("UPDATE contacts SET seq = ? WHERE id = ?", into.Seq, into.ID); err != nil {
		return 0, err
	}
	for _, sql := range []string{
		"DELETE FROM contact_queue WHERE contact_id = ?", "DELETE FROM subscriptions WHERE contact_id = ?", "DELETE FROM contacts WHERE id = ?",
	} {
		if _, err := tx.exec(sql, from.ID); err != nil {
			return 0, err
		}
	}
	if moved == 0 {
		return 0, nil
	}
	return moved, tx.Enqueue(NoLane, into.ID)
}
