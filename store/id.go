package store

import (
	"encoding/base32"

	"github.com/google/uuid"
)

// idEncoding keeps the order of the bytes, so that ids sort by the time in their UUIDv7.
var idEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// NewID returns prefix + "_" + 26 characters of a UUIDv7 (RFC 9562) in lower-case base32hex. Ids
// with one prefix sort by the time of their making, also within a millisecond of one process.
// It panics only when the operating system has no randomness to give.
func NewID(prefix string) string {
	id := uuid.Must(uuid.NewV7())
	return prefix + "_" + idEncoding.EncodeToString(id[:])
}
