package events

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// FieldError is one thing wrong with a request. Pointer is a JSON pointer into the request body
// ("/events/17/type"); Hint, when there is one, says what would be right.
type FieldError struct{ Pointer, Message, Hint string }

// Warning is something that a caller should know although the request was accepted.
type Warning struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Codes of warnings.
const (
	// WarnIdentityConflict: an identifier in the request belongs to another contact, which was
	// left alone.
	WarnIdentityConflict = "identity_conflict"
	// WarnIdentifierKept: the contact has another value for an identifier; an event or an import
	// fills blanks and changes none (PATCH /v1/contacts/{id} does).
	WarnIdentifierKept = "identifier_kept"
	// WarnConsentKept: the contact has unsubscribed, and an event never subscribes it again.
	WarnConsentKept = "consent_kept"
)

// InvalidError says that a request cannot be carried out as it stands (422).
type InvalidError struct{ Fields []FieldError }

// Error names the first field; Fields has them all.
func (e *InvalidError) Error() string {
	if len(e.Fields) == 0 {
		return "invalid request"
	}
	return fmt.Sprintf("invalid request: %s: %s", e.Fields[0].Pointer, e.Fields[0].Message)
}

// invalidFields returns the field errors that err carries, if any.
func invalidFields(err error) ([]FieldError, bool) {
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		return invalid.Fields, true
	}
	return nil, false
}

// problems collects field errors while a body is read.
type problems struct{ list []FieldError }

func (p *problems) add(pointer, message, hint string) {
	p.list = append(p.list, FieldError{Pointer: pointer, Message: message, Hint: hint})
}

// child appends one reference token to a JSON pointer (RFC 6901).
func child(pointer, token string) string {
	token = strings.ReplaceAll(token, "~", "~0")
	return pointer + "/" + strings.ReplaceAll(token, "/", "~1")
}

// printable reports whether every character of s can be shown; spaces count, controls do not.
func printable(s string) bool {
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return "a number"
	}
}
