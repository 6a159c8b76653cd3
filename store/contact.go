package store

import (
	"errors"
	"strings"
	"time"
)

// Contact is a person that events are about. Empty strings and nil mean "not known".
type Contact struct {
	ID         string `gorm:"primaryKey"`
	ExternalID *string
	Email      *string // trimmed and lower-cased by the caller
	Phone      *string
	FirstName  string
	LastName   string
	Country    string
	Timezone   string // IANA name
	Fields     JSON   // object; never null
	Consent    JSON   // {channel: {state, at, source}}; never null
	Seq        int64  // the last assigned number of the contact's event log
	RoutedSeq  int64  // the last number that the router is done with
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// ContactFilter selects contacts; empty fields select all.
type ContactFilter struct {
	ID    string
	Email string // exact
	Query string // part of address, name or external id, case ignored
}

// CreateContact adds a contact; ErrConflict when id, external_id or email exists.
func (tx *Tx) CreateContact(c *Contact) error {
	if c.ID == "" {
		c.ID = NewID("con")
	}
	c.defaults()
	return tx.insert(c)
}

func (c *Contact) defaults() {
	if len(c.Fields) == 0 {
		c.Fields = JSON("{}")
	}
	if len(c.Consent) == 0 {
		c.Consent = JSON("{}")
	}
}

// Contact returns one contact by id. The id of a contact that was merged finds the one that it was
// merged into, here as everywhere.
func (tx *Tx) Contact(id string) (*Contact, error) {
	found, err := first[Contact](tx, "id = ?", id)
	return tx.orAlias(AliasID, id, found, err)
}

// ContactByExternalID finds the contact with this external id.
func (tx *Tx) ContactByExternalID(externalID string) (*Contact, error) {
	found, err := first[Contact](tx, "external_id = ?", externalID)
	return tx.orAlias(AliasExternalID, externalID, found, err)
}

// ContactByEmail finds the contact with this address, which must be normalised.
func (tx *Tx) ContactByEmail(email string) (*Contact, error) {
	found, err := first[Contact](tx, "email = ?", email)
	return tx.orAlias(AliasEmail, email, found, err)
}

// Contacts returns those of ids that exist, by the id that was asked for.
func (tx *Tx) Contacts(ids []string) (map[string]Contact, error) {
	return tx.ContactsNamed(AliasID, ids)
}

// LockContact takes the contact's row lock until the end of the transaction and returns its newest
// state. Everything that reads the log or decides about enrollments of a contact does so in a
// statement after it.
func (tx *Tx) LockContact(id string) (*Contact, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	locked, err := first[Contact](tx, "id = ?"+tx.rowLock(""), id)
	if !errors.Is(err, ErrNotFound) {
		return locked, err
	}
	into, err := tx.Alias(AliasID, id)
	if err != nil {
		return nil, err
	}
	return first[Contact](tx, "id = ?"+tx.rowLock(""), into)
}

// UpdateContact writes the profile: everything but id, CreatedAt, Seq and RoutedSeq. ErrConflict
// when external_id or email belongs to another contact; the transaction is then lost.
func (tx *Tx) UpdateContact(c *Contact) error {
	c.defaults()
	return tx.update(c, "Seq", "RoutedSeq")
}

// ListContacts lists contacts, newest first.
func (tx *Tx) ListContacts(f ContactFilter, page Page) ([]Contact, string, error) {
	q := newestFirst(page)
	q.equal("id", f.ID)
	q.equal("email", f.Email)
	if f.Query != "" {
		like := "%" + likeEscaper.Replace(strings.ToLower(f.Query)) + "%"
		q.and(`(lower(email) LIKE ? ESCAPE '!' OR lower(first_name) LIKE ? ESCAPE '!'
			OR lower(last_name) LIKE ? ESCAPE '!' OR lower(external_id) LIKE ? ESCAPE '!')`, like, like, like, like)
	}
	return listByID(tx, q, func(c *Contact) string { return c.ID })
}

// ContactsBetween returns at most limit contacts whose ids lie behind after and not behind until, in
// the order of their ids; an empty until is no bound.
func (tx *Tx) ContactsBetween(after, until string, limit int) ([]Contact, error) {
	return all[Contact](tx, "WHERE id > ? AND (? = '' OR id <= ?) ORDER BY id LIMIT ?", after, until, until, limit)
}

// ContactsNow returns how many contacts there are and the last of their ids, for none what comes
// before every id. Later ones have higher ids.
func (tx *Tx) ContactsNow() (count int, last string, err error) {
	var row struct {
		N    int
		Last string
	}
	_, err = tx.scan(&row, "SELECT count(*) AS n, COALESCE(max(id), '-') AS last FROM contacts")
	return row.N, row.Last, err
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
