package api

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// maxEventTypes is how many types of the log are looked at.
const maxEventTypes = 300

// ListEventTypes lists the event names that can be picked: the documented ones, then the others that
// the log holds, with what they carry.
func (s *server) ListEventTypes(c *gin.Context, params gen.ListEventTypesParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		seen, err := tx.EventTypes(maxEventTypes)
		if err != nil {
			return reply{}, err
		}
		names := events.StandardTypes()
		for _, name := range seen {
			if !slices.Contains(names, name) && !events.InternalType(name) {
				names = append(names, name)
			}
		}
		page, err := partOf(names, params.Limit, params.Cursor, func(name *string) string { return *name })
		if err != nil {
			return reply{}, err
		}
		shown := list[gen.EventType]{Items: make([]gen.EventType, len(page.Items)), Next: page.Next}
		for i, name := range page.Items {
			if shown.Items[i], err = shapeEventType(tx, name); err != nil {
				return reply{}, err
			}
		}
		return ok(shown), nil
	})
}

func shapeEventType(tx *store.Tx, name string) (gen.EventType, error) {
	data := events.StandardData(name)
	_, platform := events.ReservedType(name)
	shown := gen.EventType{Type: name, Standard: data != nil, Platform: platform, Data: []gen.EventDataKey{}}
	newest, err := tx.NewestOfType(name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return shown, err
	}
	if err == nil {
		shown.LastSeen = utc(&newest.AcceptedAt)
		event, err := events.DecodeEvent(newest)
		if err != nil {
			return shown, err
		}
		data = withSeen(data, event.Data)
	}
	for _, key := range data {
		shown.Data = append(shown.Data, gen.EventDataKey{Key: key.Key, Label: labelOf(key.Key), Type: gen.EventDataKeyType(key.Kind)})
	}
	return shown, nil
}

// maxDataKeys is how many keys of a real event are shown.
const maxDataKeys = 100

// withSeen adds to documented keys those that a real event carried.
func withSeen(known []events.DataKey, data map[string]any) []events.DataKey {
	known = slices.Clone(known)
	for _, key := range sortedKeys(data) {
		documented := slices.ContainsFunc(known, func(k events.DataKey) bool { return k.Key == key })
		if !documented && len(known) < maxDataKeys {
			known = append(known, events.DataKey{Key: key, Kind: kindOfValue(data[key])})
		}
	}
	return known
}

// kindOfValue is the kind of a value that was seen.
func kindOfValue(v any) string {
	switch v := v.(type) {
	case bool:
		return events.KindBoolean
	case int64, float64, int:
		return events.KindNumber
	case []any:
		return events.KindList
	case map[string]any:
		return events.KindObject
	case string:
		if looksLikeDate(v) {
			return events.KindDate
		}
	}
	return events.KindText
}

// labelOf writes a key for people: order_id is "Order id".
func labelOf(key string) string {
	words := strings.Join(strings.FieldsFunc(key, func(r rune) bool { return r == '_' || r == '-' || r == '.' }), " ")
	for i, r := range words {
		return words[:i] + string(unicode.ToUpper(r)) + words[i+len(string(r)):]
	}
	return key
}
