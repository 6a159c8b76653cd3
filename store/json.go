package store

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// JSON is one JSON value as bytes: TEXT on SQLite, JSONB on PostgreSQL. Nil is NULL. PostgreSQL
// keeps the value, not the spelling: order of keys, spaces and notation of numbers may differ
// after a round trip.
type JSON []byte

// ToJSON encodes v. It fails only for values that JSON cannot express.
func ToJSON(v any) (JSON, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode json column: %w", err)
	}
	return b, nil
}

// Decode decodes the value into target; nil leaves target as it is.
func (j JSON) Decode(target any) error {
	if len(j) == 0 {
		return nil
	}
	return json.Unmarshal(j, target)
}

// MarshalJSON returns the value itself, or null.
func (j JSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON copies the value.
func (j *JSON) UnmarshalJSON(b []byte) error {
	*j = bytes.Clone(b)
	return nil
}

// Value implements driver.Valuer.
func (j JSON) Value() (driver.Value, error) {
	if len(j) == 0 {
		return nil, nil
	}
	return string(j), nil
}

// check refuses on both stores what PostgreSQL cannot hold.
func (j JSON) check() error {
	if hasEscapedNUL(j) {
		return fmt.Errorf("%w: JSON with an escaped NUL", ErrUnstorable)
	}
	if !utf8.Valid(j) {
		return fmt.Errorf("%w: JSON is not UTF-8", ErrUnstorable)
	}
	return nil
}

// Scan implements sql.Scanner.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = nil
	case []byte:
		*j = bytes.Clone(v)
	case string:
		*j = JSON(v)
	default:
		return fmt.Errorf("scan json column: unexpected %T", src)
	}
	return nil
}

// hasEscapedNUL looks for \u0000 after an even number of backslashes.
func hasEscapedNUL(j []byte) bool {
	for at := 0; ; {
		i := bytes.Index(j[at:], []byte(`\u0000`))
		if i < 0 {
			return false
		}
		start := at + i
		slashes := 0
		for k := start - 1; k >= 0 && j[k] == '\\'; k-- {
			slashes++
		}
		if slashes%2 == 0 {
			return true
		}
		at = start + 1
	}
}
