package store

import "time"

// IdempotencyKey remembers the answer to a request, so that repeating it has no second effect.
type IdempotencyKey struct {
	Key       string `gorm:"primaryKey"`
	Route     string `gorm:"primaryKey"` // method and route template
	BodyHash  string // hex
	Status    int
	Header    JSON
	Response  []byte
	CreatedAt time.Time
}

// Idempotent returns the remembered answer, or ErrNotFound.
func (tx *Tx) Idempotent(key, route string) (*IdempotencyKey, error) {
	return first[IdempotencyKey](tx, "key = ? AND route = ?", key, route)
}

// PutIdempotent remembers an answer; ErrConflict when another request with the key was faster. It
// waits for a concurrent one to commit or to roll back, so calling it first in the transaction of
// the effect keeps two equal requests from both taking effect.
func (tx *Tx) PutIdempotent(k *IdempotencyKey) error { return tx.insert(k) }

// FinishIdempotent writes status, header and response of a key that PutIdempotent reserved.
func (tx *Tx) FinishIdempotent(k *IdempotencyKey) error { return tx.update(k) }

// DropIdempotent forgets the keys made before an instant, at most limit of them.
func (tx *Tx) DropIdempotent(before time.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM idempotency_keys WHERE (key, route) IN
		(SELECT key, route FROM idempotency_keys WHERE created_at < ? LIMIT ?)`, before, limit)
}
