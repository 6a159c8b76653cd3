package store

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
)

// Limits of one page of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// ErrCursor says that the cursor was not made by this list.
var ErrCursor = errors.New("invalid cursor")

// Page selects a part of a list. Limit 0 means DefaultLimit, more than MaxLimit means MaxLimit;
// Cursor is the `next` of the page before, or empty. Pages are keyed by the last row seen, so rows
// that are added or removed meanwhile never repeat or hide others.
type Page struct {
	Limit  int
	Cursor string
}

func (p Page) limit() int {
	switch {
	case p.Limit <= 0:
		return DefaultLimit
	case p.Limit > MaxLimit:
		return MaxLimit
	}
	return p.Limit
}

// position decodes the cursor into the n sort values of the last row seen; nil without a cursor.
func (p Page) position(n int) ([]string, error) {
	if p.Cursor == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return nil, ErrCursor
	}
	var at []string
	if err := json.Unmarshal(raw, &at); err != nil || len(at) != n {
		return nil, ErrCursor
	}
	return at, nil
}

// CursorAt is the cursor of a list by id that somebody walks by hand: the next page begins behind id.
func CursorAt(id string) string { return encodeCursor(id) }

// Behind is the id that CursorAt was given, "" without a cursor; ErrCursor when it was another's.
func (p Page) Behind() (string, error) {
	position, err := p.position(1)
	if err != nil || position == nil {
		return "", err
	}
	return position[0], nil
}

func encodeCursor(at ...string) string {
	raw, err := json.Marshal(at)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// cut takes limit+1 rows apart: the page, and the cursor of its last row when there are more.
func cut[T any](rows []T, limit int, at func(*T) []string) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	rows = rows[:limit]
	return rows, encodeCursor(at(&rows[limit-1])...)
}

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }

func parseInt(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }
