package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxBatch is the most events that one request may carry.
	MaxBatch = 1000
	// MaxData is the most bytes that the data of one event may take as JSON.
	MaxData = 64 << 10

	maxClientID = 200
	maxNesting  = 32
)

// Incoming is one event as a client posted it, checked but not yet stored.
type Incoming struct {
	ID         string // the client's own id; empty for none
	Type       string
	Contact    ContactInput
	Data       map[string]any
	OccurredAt *time.Time // nil: when it is accepted
	Source     string     // empty: "api"
	Pointer    string     // where it stands in the body: "" or "/events/17"
}

var incomingKeys = []string{"id", "type", "contact", "data", "occurred_at"}

// ParseIncoming reads a decoded request body: one event, or {"events": […]} with 1 to 1,000 of
// them (batch). It reports everything that is wrong, each with its pointer; the list of events
// is complete only when nothing is.
func ParseIncoming(raw any) (list []Incoming, batch bool, wrong []FieldError) {
	p := &problems{}
	body, ok := raw.(map[string]any)
	if !ok {
		p.add("", "must be an event or {\"events\": [...]}, not "+kindOf(raw), "")
		return nil, false, p.list
	}
	events, batch := body["events"]
	if !batch {
		return []Incoming{p.incoming("", body)}, false, p.list
	}
	for _, key := range sortedKeys(body) {
		if key != "events" {
			p.add(child("", key), fmt.Sprintf("stands beside events, where %q means nothing", key), "")
		}
	}
	items, ok := events.([]any)
	switch {
	case !ok:
		p.add("/events", "must be a list, not "+kindOf(events), "")
	case len(items) == 0 || len(items) > MaxBatch:
		p.add("/events", fmt.Sprintf("must hold 1 to %d events, not %d", MaxBatch, len(items)), "")
	default:
		list = p.incomingList(items)
	}
	return list, true, p.list
}

func (p *problems) incomingList(items []any) []Incoming {
	list := make([]Incoming, 0, len(items))
	for i, item := range items {
		at := "/events/" + strconv.Itoa(i)
		object, ok := item.(map[string]any)
		if !ok {
			p.add(at, "must be an event, not "+kindOf(item), "")
			continue
		}
		list = append(list, p.incoming(at, object))
	}
	return list
}

func (p *problems) incoming(at string, object map[string]any) Incoming {
	in := Incoming{Pointer: at, Data: map[string]any{}}
	for _, key := range sortedKeys(object) {
		here, value := child(at, key), object[key]
		switch key {
		case "id":
			in.ID = p.clientID(here, value)
		case "type":
			in.Type = p.eventType(here, value)
		case "contact":
			in.Contact = p.contact(here, value)
		case "data":
			in.Data = p.data(here, value)
		case "occurred_at":
			in.OccurredAt = p.instant(here, value)
		default:
			hint := "data." + key
			if near, ok := nearest(strings.ToLower(key), incomingKeys); ok {
				hint = "did you mean " + near + "?"
			}
			p.add(here, fmt.Sprintf("an event has no %q", key), hint)
		}
	}
	for _, key := range []string{"type", "contact"} {
		if _, given := object[key]; !given {
			p.add(child(at, key), "is missing", "")
		}
	}
	p.course(child(at, "data"), in.Type, in.Data)
	return in
}

func (p *problems) clientID(at string, value any) string {
	if value == nil {
		return ""
	}
	s, ok := value.(string)
	if !ok || s == "" || utf8.RuneCountInString(s) > maxClientID || !printable(s) {
		p.add(at, fmt.Sprintf("must be a string of 1 to %d printable characters", maxClientID), "")
		return ""
	}
	return s
}

func (p *problems) eventType(at string, value any) string {
	name, ok := value.(string)
	if !ok {
		p.add(at, "must be a string, not "+kindOf(value), "")
		return ""
	}
	if call, reserved := ReservedType(name); reserved {
		p.add(at, fmt.Sprintf("%q is written by the platform itself when the change is made", name), "use "+call)
		return ""
	}
	if !ValidType(name) {
		near := NearestType(name)
		if call, reserved := ReservedType(near); reserved {
			p.add(at, "is not an event name", "use "+call)
			return ""
		}
		p.add(at, "is not an event name: lower-case words joined by dots, at most 100 characters", "did you mean "+near+"?")
		return ""
	}
	return name
}

func (p *problems) contact(at string, value any) ContactInput {
	object, ok := value.(map[string]any)
	if !ok {
		p.add(at, "must be an object, not "+kindOf(value), `{"email": "name@example.com"}`)
		return ContactInput{Pointer: at}
	}
	in, wrong := ParseContact(object, at)
	p.list = append(p.list, wrong...)
	return in
}

func (p *problems) data(at string, value any) map[string]any {
	if value == nil {
		return map[string]any{}
	}
	object, ok := value.(map[string]any)
	if !ok {
		p.add(at, "must be an object, not "+kindOf(value), "")
		return map[string]any{}
	}
	p.storable(at, object)
	encoded, err := encodeJSON(object)
	if err != nil {
		p.add(at, "cannot be stored as JSON", "")
	} else if len(encoded) > MaxData {
		p.add(at, fmt.Sprintf("must take at most %d bytes, not %d", MaxData, len(encoded)), "")
	}
	return object
}

// course checks the standard data of the types that update a course record.
func (p *problems) course(at, eventType string, data map[string]any) {
	if _, updates := courseStatus[eventType]; !updates {
		return
	}
	if key, ok := data["course"].(string); !ok || strings.TrimSpace(key) == "" {
		p.add(child(at, "course"), eventType+" needs the key of a course", "")
	}
	value, given := data["progress"]
	if !given || value == nil {
		if eventType == TypeCourseProgressed {
			p.add(child(at, "progress"), eventType+" needs a progress of 0 to 100", "")
		}
		return
	}
	if _, ok := progressOf(value); !ok {
		p.add(child(at, "progress"), "must be a number of 0 to 100", "")
	}
}

// CheckData reports what is wrong with the data of an event of a type: what cannot be stored, more
// than MaxData bytes, or standard data that is missing. Pointers start at the data.
func CheckData(eventType string, data map[string]any) []FieldError {
	p := &problems{}
	p.data("", data)
	p.course("", eventType, data)
	return p.list
}

// instant reads an RFC 3339 time, to the microsecond, in UTC.
func (p *problems) instant(at string, value any) *time.Time {
	if value == nil {
		return nil
	}
	s, ok := value.(string)
	if !ok {
		p.add(at, "must be a time, not "+kindOf(value), "2026-03-09T09:00:00Z")
		return nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.UTC().Year() < 1900 || t.UTC().Year() > 9999 {
		p.add(at, "is not an RFC 3339 time", "2026-03-09T09:00:00Z")
		return nil
	}
	t = t.UTC().Truncate(time.Microsecond)
	return &t
}

// storable reports text that a database refuses and nesting beyond reason.
func (p *problems) storable(at string, value any) {
	if nesting(value) > maxNesting {
		p.add(at, fmt.Sprintf("is nested deeper than %d levels", maxNesting), "")
		return
	}
	if holdsNUL(value) {
		p.add(at, "holds the character U+0000", "")
	}
}

func nesting(value any) int {
	deepest := 0
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			deepest = max(deepest, nesting(item))
		}
		return deepest + 1
	case []any:
		for _, item := range v {
			deepest = max(deepest, nesting(item))
		}
		return deepest + 1
	}
	return 0
}

func holdsNUL(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case map[string]any:
		for key, item := range v {
			if strings.ContainsRune(key, 0) || holdsNUL(item) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if holdsNUL(item) {
				return true
			}
		}
	}
	return false
}

// encodeJSON writes a value compactly, leaving <, > and & as they are.
func encodeJSON(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
