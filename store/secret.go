package store

import "time"

// Secret is an encrypted value. The store keeps bytes; encryption is the caller's.
type Secret struct {
	Name      string `gorm:"primaryKey"`
	Cipher    []byte
	Nonce     []byte
	UpdatedAt time.Time
}

// PutSecret adds or replaces a secret.
func (tx *Tx) PutSecret(s *Secret) error {
	s.UpdatedAt = wallClock()
	if s.Cipher == nil {
		s.Cipher = []byte{}
	}
	if s.Nonce == nil {
		s.Nonce = []byte{}
	}
	return tx.upsert(s, "name")
}

// Secret returns one secret.
func (tx *Tx) Secret(name string) (*Secret, error) { return first[Secret](tx, "name = ?", name) }

// ListSecretNames lists the names of all secrets.
func (tx *Tx) ListSecretNames() ([]string, error) {
	names := []string{}
	_, err := tx.scan(&names, "SELECT name FROM secrets ORDER BY name")
	return names, err
}

// DeleteSecret removes a secret.
func (tx *Tx) DeleteSecret(name string) error {
	return tx.remove("DELETE FROM secrets WHERE name = ?", name)
}
