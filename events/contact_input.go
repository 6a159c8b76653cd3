package events

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxTextLength       = 200
	maxEmailLength      = 254
	maxExternalIDLength = 200
	maxFields           = 200
)

var fieldKeyPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// Text is one value of a request that may be absent: only a given one changes anything, and an
// empty one that is given (null) clears.
type Text struct {
	Given bool
	Value string
}

// Consent is what a contact has allowed on one channel, since when and on whose word.
type Consent struct {
	State  string     `json:"state"`
	At     *time.Time `json:"at,omitempty"`
	Source string     `json:"source,omitempty"`
}

// States of consent.
const (
	Subscribed   = "subscribed"
	Unsubscribed = "unsubscribed"
	NoConsent    = "none"
)

// ContactInput is a contact as a request describes it; see "Contacts in requests" in the
// contract. Fields holds the custom fields that were given; a nil value clears one. Pointer is
// where the contact stands in the request body.
type ContactInput struct {
	Pointer    string
	ID         string
	ExternalID Text
	Email      Text // trimmed and lower-cased
	Phone      Text
	FirstName  Text
	LastName   Text
	Country    Text
	Timezone   Text
	Fields     map[string]any
	Consent    map[string]Consent
}

// Names reports whether the input holds an identifier that can find or make a contact.
func (in ContactInput) Names() bool {
	return in.ID != "" || in.ExternalID.Value != "" || in.Email.Value != ""
}

var contactKeys = []string{
	"id", "external_id", "email", "phone", "first_name", "last_name", "country", "timezone", "fields", "consent",
}

// ParseContact reads a contact from decoded JSON and reports everything wrong with it; pointer
// is its place in the body. It does not look at the store: an unknown id is found by Upsert.
func ParseContact(raw map[string]any, pointer string) (ContactInput, []FieldError) {
	in, p := parseContact(raw, pointer)
	if !in.Names() && len(p.list) == 0 {
		p.add(pointer, "a contact needs an id, an external_id or an email", "")
	}
	return in, p.list
}

// ParseContactPatch reads a merge patch of a contact that the caller has found already, so that
// it needs no identifier; an id in it is refused.
func ParseContactPatch(raw map[string]any, pointer string) (ContactInput, []FieldError) {
	in, p := parseContact(raw, pointer)
	if _, given := raw["id"]; given {
		p.add(child(pointer, "id"), "the id of a contact never changes", "")
	}
	return in, p.list
}

func parseContact(raw map[string]any, pointer string) (ContactInput, *problems) {
	p := &problems{}
	in := ContactInput{Pointer: pointer}
	for _, key := range sortedKeys(raw) {
		at, value := child(pointer, key), raw[key]
		switch key {
		case "id":
			in.ID = p.text(at, value, maxTextLength, true).Value
		case "external_id":
			in.ExternalID = p.text(at, value, maxExternalIDLength, true)
		case "email":
			in.Email = p.email(at, value)
		case "phone":
			in.Phone = p.text(at, value, maxTextLength, false)
		case "first_name":
			in.FirstName = p.text(at, value, maxTextLength, false)
		case "last_name":
			in.LastName = p.text(at, value, maxTextLength, false)
		case "country":
			in.Country = p.text(at, value, maxTextLength, false)
		case "timezone":
			in.Timezone = p.text(at, value, maxTextLength, false)
		case "fields":
			in.Fields = p.fields(at, value)
		case "consent":
			in.Consent = p.consent(at, value)
		default:
			hint := "fields." + key
			if near, ok := nearest(strings.ToLower(key), contactKeys); ok {
				hint += " (or did you mean " + near + "?)"
			}
			p.add(at, fmt.Sprintf("a contact has no %q", key), hint)
		}
	}
	return in, p
}

// text reads a string of printable characters; null clears. An identifier must not be empty.
func (p *problems) text(at string, value any, limit int, identifier bool) Text {
	if value == nil {
		return Text{Given: true}
	}
	s, ok := value.(string)
	switch {
	case !ok:
		p.add(at, "must be a string, not "+kindOf(value), "")
	case utf8.RuneCountInString(s) > limit:
		p.add(at, fmt.Sprintf("must have at most %d characters", limit), "")
	case !printable(s):
		p.add(at, "must hold printable characters only", "")
	case identifier && strings.TrimSpace(s) == "":
		p.add(at, "must not be empty", "null clears it")
	default:
		return Text{Given: true, Value: s}
	}
	return Text{}
}

func (p *problems) email(at string, value any) Text {
	text := p.text(at, trimmed(value), maxTextLength*2, true)
	if text.Value == "" {
		return text
	}
	address, ok := NormalizeEmail(text.Value)
	if !ok {
		p.add(at, "is not a mail address", "name@example.com")
		return Text{}
	}
	return Text{Given: true, Value: address}
}

func trimmed(value any) any {
	if s, ok := value.(string); ok {
		return strings.TrimSpace(s)
	}
	return value
}

func (p *problems) fields(at string, value any) map[string]any {
	object, ok := value.(map[string]any)
	if !ok {
		if value != nil {
			p.add(at, "must be an object, not "+kindOf(value), "")
		}
		return nil
	}
	if len(object) > maxFields {
		p.add(at, fmt.Sprintf("a contact has at most %d fields", maxFields), "")
		return nil
	}
	for _, key := range sortedKeys(object) {
		if !fieldKeyPattern.MatchString(key) {
			p.add(child(at, key), "a field's key is a letter and then letters, digits, _ or -, at most 64", "")
		}
		p.storable(child(at, key), object[key])
	}
	return object
}

func (p *problems) consent(at string, value any) map[string]Consent {
	object, ok := value.(map[string]any)
	if !ok {
		if value != nil {
			p.add(at, "must be an object, not "+kindOf(value), "{email: {state: subscribed}}")
		}
		return nil
	}
	given := map[string]Consent{}
	for _, channel := range sortedKeys(object) {
		here := child(at, channel)
		if channel != "email" && channel != "sms" {
			p.add(here, "is not a channel", "email or sms")
			continue
		}
		entry, ok := object[channel].(map[string]any)
		if !ok {
			p.add(here, "must be an object, not "+kindOf(object[channel]), "{state: subscribed}")
			continue
		}
		given[channel] = p.consentEntry(here, entry)
	}
	return given
}

func (p *problems) consentEntry(at string, entry map[string]any) Consent {
	var c Consent
	for _, key := range sortedKeys(entry) {
		here, value := child(at, key), entry[key]
		switch key {
		case "state":
			c.State, _ = value.(string)
		case "source":
			c.Source = p.text(here, value, maxTextLength, false).Value
		case "at":
			c.At = p.instant(here, value)
		default:
			p.add(here, fmt.Sprintf("consent has no %q", key), "state, at, source")
		}
	}
	if c.State != Subscribed && c.State != Unsubscribed && c.State != NoConsent {
		p.add(child(at, "state"), "is not a state of consent", "subscribed, unsubscribed or none")
	}
	return c
}

// NormalizeEmail trims and lower-cases a mail address and reports whether it is one: a local
// part of printable ASCII or letters without quotes and spaces, and a domain of two labels or more.
func NormalizeEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	local, domain, found := strings.Cut(s, "@")
	if !found || len(s) > maxEmailLength || local == "" || len(local) > 64 || !utf8.ValidString(s) {
		return "", false
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", false
	}
	for _, r := range local {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`"(),:;<>@[\]`, r) || r > 0x7f && !isWordRune(r) {
			return "", false
		}
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return "", false
	}
	for _, label := range labels {
		if !validLabel(label) {
			return "", false
		}
	}
	return s, true
}

func validLabel(label string) bool {
	if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
		return false
	}
	for _, r := range label {
		if r != '-' && !isWordRune(r) {
			return false
		}
	}
	return true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
