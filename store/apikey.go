package store

import "time"

// APIKey is a bearer key of a named person. The key itself is never stored.
type APIKey struct {
	ID         string `gorm:"primaryKey"`
	Name       string
	Person     string
	Prefix     string   // the first characters, to recognise a key by
	Hash       []byte   // SHA-256 of the whole key
	Scopes     []string `gorm:"serializer:json"`
	CreatedAt  time.Time
	LastUsedAt *time.Time
	ExpiresAt  *time.Time
	RevokedAt  *time.Time
}

// CreateAPIKey adds a key; ErrConflict when the id or the hash exists.
func (tx *Tx) CreateAPIKey(k *APIKey) error {
	if k.ID == "" {
		k.ID = NewID("key")
	}
	if k.Scopes == nil {
		k.Scopes = []string{}
	}
	return tx.insert(k)
}

// APIKeyByHash finds a key, revoked and expired ones included.
func (tx *Tx) APIKeyByHash(hash []byte) (*APIKey, error) {
	return first[APIKey](tx, "hash = ?", hash)
}

// APIKey returns one key by id.
func (tx *Tx) APIKey(id string) (*APIKey, error) { return first[APIKey](tx, "id = ?", id) }

// ListAPIKeys lists all keys, newest first.
func (tx *Tx) ListAPIKeys(page Page) ([]APIKey, string, error) {
	q := newestFirst(page)
	return listByID(tx, q, func(k *APIKey) string { return k.ID })
}

// UpdateAPIKey saves name, person, scopes and end of a key.
func (tx *Tx) UpdateAPIKey(k *APIKey) error {
	scopes, err := ToJSON(k.Scopes)
	if err != nil {
		return err
	}
	return tx.remove("UPDATE api_keys SET name = ?, person = ?, scopes = ?, expires_at = ? WHERE id = ?", k.Name, k.Person, scopes, k.ExpiresAt, k.ID)
}

// RevokeAPIKey ends a key at an instant; revoking twice keeps the first instant.
func (tx *Tx) RevokeAPIKey(id string, at time.Time) error {
	return tx.remove("UPDATE api_keys SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ?", at, id)
}

// TouchAPIKey records the last use.
func (tx *Tx) TouchAPIKey(id string, at time.Time) error {
	return tx.remove("UPDATE api_keys SET last_used_at = ? WHERE id = ?", at, id)
}
