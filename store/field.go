package store

import "time"

// Field is a declared contact field.
type Field struct {
	Key       string `gorm:"primaryKey"`
	Type      string // text | number | boolean | date | datetime | json
	CreatedAt time.Time
}

// CreateField declares a field; ErrConflict when the key exists.
func (tx *Tx) CreateField(f *Field) error { return tx.insert(f) }

// EnsureField returns the field, which it declares with this type when it is new; an existing
// field keeps its type.
func (tx *Tx) EnsureField(key, kind string) (*Field, error) {
	fresh := &Field{Key: key, Type: kind}
	added, err := tx.insertNew(fresh)
	if err != nil || added {
		return fresh, err
	}
	return tx.Field(key)
}

// Field returns one field.
func (tx *Tx) Field(key string) (*Field, error) { return first[Field](tx, "key = ?", key) }

// ListFields lists fields by key.
func (tx *Tx) ListFields(page Page) ([]Field, string, error) {
	return listByID(tx, byKey(page, "key"), func(f *Field) string { return f.Key })
}

// UpdateField changes the type.
func (tx *Tx) UpdateField(f *Field) error { return tx.update(f) }

// DeleteField removes a field that no contact has a value for.
func (tx *Tx) DeleteField(key string) error {
	has := "jsonb_exists(fields, ?)"
	arg := key
	if tx.dialect == SQLite {
		has = "EXISTS (SELECT 1 FROM json_each(contacts.fields) WHERE json_each.key = ?)"
	}
	users, err := tx.users("contact", "SELECT id FROM contacts WHERE "+has+" ORDER BY id", arg)
	if err != nil {
		return err
	}
	return tx.removeUnused("fields", key, users)
}
