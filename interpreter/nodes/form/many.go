package form

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"fermata/interpreter/calendar"
)

// List is a list of values of one type.
type List struct {
	Of Type
	// Min and Max bound its length; Max 0 means 100.
	Min, Max int
	// Single also accepts one value that stands alone.
	Single bool
}

func (l List) most() int {
	if l.Max > 0 {
		return l.Max
	}
	return 100
}

// Schema describes the list.
func (l List) Schema() map[string]any {
	list := map[string]any{"type": "array", "items": l.Of.Schema(), "minItems": l.Min, "maxItems": l.most()}
	if l.Single {
		return map[string]any{"anyOf": []any{l.Of.Schema(), list}}
	}
	return list
}

// Widget is "list".
func (List) Widget() string { return "list" }

// Read returns []any with what could be read; entries beyond Max are not looked at.
func (l List) Read(raw any, at string, r *Report) any {
	list, ok := raw.([]any)
	if !ok && l.Single {
		if one := l.Of.Read(raw, at, r); one != nil {
			return []any{one}
		}
		return nil
	}
	if !ok {
		return mistyped(raw, "a list", at, r)
	}
	if len(list) < l.Min {
		r.Error(at, CodeRequired, fmt.Sprintf("needs at least %d, has %d", l.Min, len(list)), "")
	}
	if len(list) > l.most() {
		r.Error(at, CodeValue, fmt.Sprintf("has %d entries", len(list)), fmt.Sprintf("at most %d", l.most()))
		list = list[:l.most()]
	}
	read := make([]any, 0, len(list))
	for i, item := range list {
		if v := l.Of.Read(item, Join(at, strconv.Itoa(i)), r); v != nil {
			read = append(read, v)
		}
	}
	return read
}

// Map is an object with free keys and values of one type.
type Map struct {
	Of Type
	// Key must match every key when set; Expected then says in words what is expected.
	Key      *regexp.Regexp
	Expected string
	Min, Max int
}

// Schema describes the map.
func (m Map) Schema() map[string]any {
	s := map[string]any{"type": "object", "additionalProperties": m.Of.Schema()}
	if m.Key != nil {
		s["propertyNames"] = map[string]any{"pattern": m.Key.String()}
	}
	if m.Min > 0 {
		s["minProperties"] = m.Min
	}
	if m.Max > 0 {
		s["maxProperties"] = m.Max
	}
	return s
}

// Widget is "map".
func (Map) Widget() string { return "map" }

// Read returns map[string]any with what could be read; keys beyond Max are not looked at.
func (m Map) Read(raw any, at string, r *Report) any {
	object, ok := raw.(map[string]any)
	if !ok {
		return mistyped(raw, "an object", at, r)
	}
	if len(object) < m.Min {
		r.Error(at, CodeRequired, fmt.Sprintf("needs at least %d, has %d", m.Min, len(object)), "")
	}
	if m.Max > 0 && len(object) > m.Max {
		r.Error(at, CodeValue, fmt.Sprintf("has %d entries", len(object)), fmt.Sprintf("at most %d", m.Max))
	}
	read := map[string]any{}
	keys := slices.Sorted(maps.Keys(object))
	if m.Max > 0 && len(keys) > m.Max {
		keys = keys[:m.Max]
	}
	for _, key := range keys {
		if m.Key != nil && !m.Key.MatchString(key) {
			r.Error(Join(at, key), CodeValue, fmt.Sprintf("%q is not %s", clip(key), m.Expected), "pattern: "+m.Key.String())
			continue
		}
		if v := m.Of.Read(object[key], Join(at, key), r); v != nil {
			read[key] = v
		}
	}
	return read
}

// Value is any JSON value; Liquid in its strings, at any depth, is checked.
type Value struct {
	// Kind is the widget, when it is not "value".
	Kind string
	// Null allows null at the top.
	Null bool
}

// Schema allows everything, null only where it is a value.
func (v Value) Schema() map[string]any {
	if v.Null {
		return map[string]any{}
	}
	return map[string]any{"not": map[string]any{"type": "null"}}
}

// Widget is "value".
func (v Value) Widget() string {
	if v.Kind != "" {
		return v.Kind
	}
	return "value"
}

// Read returns the value as it stands.
func (v Value) Read(raw any, at string, r *Report) any {
	if raw == nil && !v.Null {
		return mistyped(raw, "a value", at, r)
	}
	before := r.Found
	checkStrings(raw, at, r)
	if r.Found > before {
		return nil
	}
	return raw
}

func checkStrings(raw any, at string, r *Report) {
	switch v := raw.(type) {
	case string:
		checkLiquid(v, at, r)
	case []any:
		for i, item := range v {
			checkStrings(item, Join(at, strconv.Itoa(i)), r)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			checkStrings(v[key], Join(at, key), r)
		}
	}
}

// NumberOrLiquid is a number, or Liquid that gives one.
type NumberOrLiquid struct{}

// Schema describes the value.
func (NumberOrLiquid) Schema() map[string]any {
	return map[string]any{"type": []any{"number", "string"}}
}

// Widget is "liquid-number".
func (NumberOrLiquid) Widget() string { return "liquid-number" }

// Read returns a number or the template source.
func (NumberOrLiquid) Read(raw any, at string, r *Report) any {
	if _, ok := numberOf(raw); ok {
		return raw
	}
	s, ok := raw.(string)
	if !ok {
		return mistyped(raw, "a number", at, r)
	}
	if !HasLiquid(s) {
		if _, err := strconv.ParseFloat(s, 64); err != nil {
			return mistyped(raw, "a number", at, r)
		}
	}
	if !checkLiquid(s, at, r) {
		return nil
	}
	return s
}

// Weekdays is a list of days.
type Weekdays struct{}

var dayNames = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// Schema describes the list.
func (Weekdays) Schema() map[string]any {
	return map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "minItems": 1}
}

// Widget is "weekdays".
func (Weekdays) Widget() string { return "weekdays" }

// Read returns calendar.Weekdays.
func (Weekdays) Read(raw any, at string, r *Report) any {
	list, ok := raw.([]any)
	if !ok {
		return mistyped(raw, "a list of weekdays", at, r)
	}
	if len(list) == 0 {
		r.Error(at, CodeRequired, "needs at least one day", "leave it away for every day")
		return nil
	}
	names := make([]string, 0, len(list))
	for i, item := range list {
		here := Join(at, strconv.Itoa(i))
		name, ok := plain(item, here, r)
		if !ok {
			continue
		}
		if _, err := calendar.ParseWeekdays([]string{name}); err != nil {
			r.Error(here, CodeValue, fmt.Sprintf("%q is not a weekday", clip(name)), r.DidYouMean(name, dayNames))
			continue
		}
		names = append(names, name)
	}
	if len(names) < len(list) {
		return nil
	}
	days, err := calendar.ParseWeekdays(names)
	if err != nil {
		return mistyped(raw, "a list of weekdays", at, r)
	}
	return days
}

// Free is any object, taken as it stands.
type Free struct {
	// Kind is the widget.
	Kind string
}

// Schema allows every object.
func (Free) Schema() map[string]any { return map[string]any{"type": "object"} }

// Widget is Kind.
func (f Free) Widget() string { return f.Kind }

// Read returns the map as it stands.
func (Free) Read(raw any, at string, r *Report) any {
	object, ok := raw.(map[string]any)
	if !ok {
		return mistyped(raw, "an object", at, r)
	}
	return object
}
