package form

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
)

// Type reads one kind of value and describes it.
type Type interface {
	// Schema is the JSON Schema of the value, a fresh map.
	Schema() map[string]any
	// Widget names the control that edits the value.
	Widget() string
	// Read returns the value in its Go form, or nil after reporting why it cannot.
	Read(raw any, at string, r *Report) any
}

// Field is one key of an object.
type Field struct {
	Key  string
	Type Type
	// Label, Help, Placeholder and Group are for the inspector. Widget overrides the
	// control of Type.
	Label, Help, Placeholder, Group, Widget string
	// Preview names what the server says of the value in words and dates; empty for nothing.
	Preview  string
	Required bool
	// Default is documented in the schema; the reader does not apply it.
	Default any
}

// Object is an object with known keys; every other key is a problem.
type Object struct {
	Fields []Field
	// OneOf lists groups of keys of which exactly one must be given.
	OneOf [][]string
	// Extra is merged into the schema, for what OneOf cannot say; Check is its twin
	// in the reader.
	Extra map[string]any
	Check func(v *Values, r *Report)
}

// Values are the keys of an object that was read. Its getters answer the zero value
// for what is absent or was not readable.
type Values struct {
	// Path is the JSON pointer of the object.
	Path string
	raw  map[string]any
	read map[string]any
}

// Schema describes the object.
func (o Object) Schema() map[string]any {
	properties := map[string]any{}
	var required []any
	for i, f := range o.Fields {
		properties[f.Key] = f.schema(i)
		if f.Required {
			required = append(required, f.Key)
		}
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	var all []any
	for _, group := range o.OneOf {
		var ways []any
		for _, key := range group {
			ways = append(ways, map[string]any{"required": []any{key}})
		}
		all = append(all, map[string]any{"oneOf": ways})
	}
	if all != nil {
		s["allOf"] = all
	}
	maps.Copy(s, o.Extra)
	return s
}

func (f Field) schema(order int) map[string]any {
	s := f.Type.Schema()
	ui := map[string]any{"widget": f.Type.Widget(), "label": f.Label, "order": order}
	if f.Widget != "" {
		ui["widget"] = f.Widget
	}
	for key, text := range map[string]string{"help": f.Help, "placeholder": f.Placeholder, "group": f.Group, "preview": f.Preview} {
		if text != "" {
			ui[key] = text
		}
	}
	s["x-ui"] = ui
	if f.Default != nil {
		s["default"] = f.Default
	}
	return s
}

// Widget of an object inside an object.
func (o Object) Widget() string { return "object" }

// Read reads an object for a Type: it returns *Values or nil.
func (o Object) Read(raw any, at string, r *Report) any {
	object, ok := raw.(map[string]any)
	if !ok {
		return mistyped(raw, "an object", at, r)
	}
	return o.Values(object, at, r)
}

// Values reads all keys of an object and reports everything that is wrong with it.
func (o Object) Values(raw map[string]any, at string, r *Report) *Values {
	v := &Values{Path: at, raw: raw, read: map[string]any{}}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		if !slices.ContainsFunc(o.Fields, func(f Field) bool { return f.Key == key }) {
			r.Error(Join(at, key), CodeUnknownKey, fmt.Sprintf("unknown key %q", clip(key)), r.DidYouMean(key, o.keys()))
		}
	}
	for _, f := range o.Fields {
		value, given := raw[f.Key]
		switch {
		case !given && f.Required, given && value == nil && f.Required:
			r.Error(Join(at, f.Key), CodeRequired, fmt.Sprintf("%q is required", f.Key), f.Help)
		case given:
			if read := f.Type.Read(value, Join(at, f.Key), r); read != nil {
				v.read[f.Key] = read
			}
		}
	}
	for _, group := range o.OneOf {
		v.oneOf(group, r)
	}
	if o.Check != nil {
		o.Check(v, r)
	}
	return v
}

func (o Object) keys() []string {
	keys := make([]string, len(o.Fields))
	for i, f := range o.Fields {
		keys[i] = f.Key
	}
	return keys
}

func (v *Values) oneOf(group []string, r *Report) {
	var given []string
	for _, key := range group {
		if v.Has(key) {
			given = append(given, key)
		}
	}
	choice := strings.Join(group, ", ")
	switch {
	case len(given) == 0:
		r.Error(Join(v.Path, group[0]), CodeRequired, "one of these is required: "+choice, "")
	case len(given) > 1:
		r.Error(Join(v.Path, given[1]), CodeConflict, "only one of these may be given: "+choice, "remove "+strings.Join(given[1:], ", "))
	}
}

// Has reports whether the key is given, readable or not.
func (v *Values) Has(key string) bool {
	if v == nil {
		return false
	}
	_, given := v.raw[key]
	return given
}

// Raw is the value as it stands in the document.
func (v *Values) Raw(key string) any {
	if v == nil {
		return nil
	}
	return v.raw[key]
}

func get[T any](v *Values, key string) T {
	var zero T
	if v == nil {
		return zero
	}
	if read, ok := v.read[key].(T); ok {
		return read
	}
	return zero
}

// Text is the string at key.
func (v *Values) Text(key string) string { return get[string](v, key) }

// TextOr is the string at key, or otherwise when it is absent.
func (v *Values) TextOr(key, otherwise string) string {
	if s := v.Text(key); s != "" {
		return s
	}
	return otherwise
}

// Bool is the truth value at key, or otherwise when it is absent.
func (v *Values) Bool(key string, otherwise bool) bool {
	if v == nil {
		return otherwise
	}
	if b, ok := v.read[key].(bool); ok {
		return b
	}
	return otherwise
}

// Whole is the whole number at key.
func (v *Values) Whole(key string) int { return get[int](v, key) }

// Number is the number at key.
func (v *Values) Number(key string) float64 { return get[float64](v, key) }

// Duration is the duration or offset at key.
func (v *Values) Duration(key string) calendar.Duration { return get[calendar.Duration](v, key) }

// DurationAt is the duration at key, nil when there is none.
func (v *Values) DurationAt(key string) *calendar.Duration {
	if d, ok := get[any](v, key).(calendar.Duration); ok {
		return &d
	}
	return nil
}

// Time is the time of day at key, nil when there is none.
func (v *Values) Time(key string) *calendar.TimeOfDay {
	if t, ok := get[any](v, key).(calendar.TimeOfDay); ok {
		return &t
	}
	return nil
}

// Days are the weekdays at key, all of them when there are none.
func (v *Values) Days(key string) calendar.Weekdays {
	if d, ok := get[any](v, key).(calendar.Weekdays); ok {
		return d
	}
	return calendar.All()
}

// Condition is the condition at key, nil when there is none.
func (v *Values) Condition(key string) *expr.Condition { return get[*expr.Condition](v, key) }

// Texts are the strings of the list at key.
func (v *Values) Texts(key string) []string {
	list := get[[]any](v, key)
	texts := make([]string, 0, len(list))
	for _, item := range list {
		if s, ok := item.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// Objects are the objects of the list at key.
func (v *Values) Objects(key string) []*Values {
	list := get[[]any](v, key)
	objects := make([]*Values, 0, len(list))
	for _, item := range list {
		if o, ok := item.(*Values); ok {
			objects = append(objects, o)
		}
	}
	return objects
}

// Object is the object at key, nil when there is none.
func (v *Values) Object(key string) *Values { return get[*Values](v, key) }

// Map is the map at key.
func (v *Values) Map(key string) map[string]any { return get[map[string]any](v, key) }

// RawMap is the map at key as it stands, null values included.
func (v *Values) RawMap(key string) map[string]any {
	m, _ := v.Raw(key).(map[string]any)
	return m
}

// Any is the value at key in its Go form.
func (v *Values) Any(key string) any { return get[any](v, key) }
