package form

import (
	"fmt"
	"math"
	"strings"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
)

// plain returns a string, or reports that the value is none.
func plain(raw any, at string, r *Report) (string, bool) {
	s, ok := raw.(string)
	if !ok {
		mistyped(raw, "text", at, r)
		return "", false
	}
	if len(s) > maxText {
		r.Error(at, CodeValue, fmt.Sprintf("is longer than %d bytes", maxText), "")
		return "", false
	}
	return s, true
}

// mistyped reports a value of the wrong type and returns nil.
func mistyped(raw any, want, at string, r *Report) any {
	r.Error(at, CodeType, fmt.Sprintf("must be %s, is %s", want, Describe(raw)), "")
	return nil
}

// Describe says in words what a decoded JSON value is.
func Describe(raw any) string {
	switch v := raw.(type) {
	case nil:
		return "empty"
	case bool:
		return fmt.Sprintf("%t", v)
	case string:
		return fmt.Sprintf("the text %q", clip(v))
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("the number %v", raw)
}

func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func numberOf(raw any) (float64, bool) {
	switch n := raw.(type) {
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// Number is a number in a range; Max 0 means no upper bound.
type Number struct{ Min, Max float64 }

// Schema describes the number.
func (n Number) Schema() map[string]any {
	s := map[string]any{"type": "number", "minimum": n.Min}
	if n.Max != 0 {
		s["maximum"] = n.Max
	}
	return s
}

// Widget is "number".
func (Number) Widget() string { return "number" }

// Read returns a float64.
func (n Number) Read(raw any, at string, r *Report) any {
	f, ok := numberOf(raw)
	if !ok {
		return mistyped(raw, "a number", at, r)
	}
	if f < n.Min || n.Max != 0 && f > n.Max {
		r.Error(at, CodeValue, fmt.Sprintf("%v is out of range", raw), rangeHint(n.Min, n.Max))
		return nil
	}
	return f
}

func rangeHint(low, high float64) string {
	if high == 0 {
		return fmt.Sprintf("at least %v", low)
	}
	return fmt.Sprintf("from %v to %v", low, high)
}

// Whole is a whole number in a range; Max 0 means no upper bound.
type Whole struct{ Min, Max int }

// Schema describes the number.
func (w Whole) Schema() map[string]any {
	s := map[string]any{"type": "integer", "minimum": w.Min}
	if w.Max != 0 {
		s["maximum"] = w.Max
	}
	return s
}

// Widget is "number".
func (Whole) Widget() string { return "number" }

// Read returns an int.
func (w Whole) Read(raw any, at string, r *Report) any {
	f, ok := numberOf(raw)
	if !ok || f != math.Trunc(f) {
		return mistyped(raw, "a whole number", at, r)
	}
	if f < float64(w.Min) || f > math.MaxInt32 || w.Max != 0 && f > float64(w.Max) {
		r.Error(at, CodeValue, fmt.Sprintf("%v is out of range", raw), rangeHint(float64(w.Min), float64(w.Max)))
		return nil
	}
	return int(f)
}

// Bool is true or false.
type Bool struct{}

// Schema describes the value.
func (Bool) Schema() map[string]any { return map[string]any{"type": "boolean"} }

// Widget is "switch".
func (Bool) Widget() string { return "switch" }

// Read returns a bool.
func (Bool) Read(raw any, at string, r *Report) any {
	b, ok := raw.(bool)
	if !ok {
		return mistyped(raw, "true or false", at, r)
	}
	return b
}

// Always is the value true, for keys that can only be switched on.
type Always struct{}

// Schema describes the value.
func (Always) Schema() map[string]any { return map[string]any{"const": true} }

// Widget is "switch".
func (Always) Widget() string { return "switch" }

// Read returns true.
func (Always) Read(raw any, at string, r *Report) any {
	if raw != true {
		return mistyped(raw, "true", at, r)
	}
	return true
}

// Duration is a length of time such as 3d.
type Duration struct {
	// Signed allows zero and a sign: an offset.
	Signed bool
	// Max bounds durations that are not waits, 0 = the general bound of 5 years.
	Max time.Duration
}

// Schema describes the duration.
func (d Duration) Schema() map[string]any {
	pattern := `^[0-9]+[smhdw]$`
	if d.Signed {
		pattern = `^[+-]?[0-9]+[smhdw]$`
	}
	return map[string]any{"type": "string", "pattern": pattern}
}

// Widget is "duration", or "offset" for a signed one.
func (d Duration) Widget() string {
	if d.Signed {
		return "offset"
	}
	return "duration"
}

// Read returns a calendar.Duration.
func (d Duration) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	parse := calendar.ParseDuration
	if d.Signed {
		parse = calendar.ParseOffset
	}
	parsed, err := parse(s)
	if err != nil {
		r.Error(at, CodeValue, fmt.Sprintf("%q is not a duration", clip(s)), calendar.ErrDuration.Error())
		return nil
	}
	if d.Max > 0 && parsed.Approx() > d.Max {
		r.Error(at, CodeValue, fmt.Sprintf("%s is too long", s), fmt.Sprintf("at most %s", calendar.Duration{Exact: d.Max}))
		return nil
	}
	return parsed
}

// TimeOfDay is a local time such as 09:00.
type TimeOfDay struct{}

// Schema describes the time.
func (TimeOfDay) Schema() map[string]any {
	return map[string]any{"type": "string", "pattern": `^([01]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$`}
}

// Widget is "time".
func (TimeOfDay) Widget() string { return "time" }

// Read returns a calendar.TimeOfDay.
func (TimeOfDay) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	parsed, err := calendar.ParseTimeOfDay(s)
	if err != nil {
		r.Error(at, CodeValue, fmt.Sprintf("%q is not a time of day", clip(s)), calendar.ErrTimeOfDay.Error())
		return nil
	}
	return parsed
}

// Condition is a rule or a group of rules.
type Condition struct {
	// Filter forbids the roots event and trigger.
	Filter bool
}

// Schema refers to the definition of conditions in the enclosing schema.
func (Condition) Schema() map[string]any { return map[string]any{"$ref": "#/$defs/condition"} }

// Widget is "condition", or "filter".
func (c Condition) Widget() string {
	if c.Filter {
		return "filter"
	}
	return "condition"
}

// Read returns an *expr.Condition and notes it.
func (c Condition) Read(raw any, at string, r *Report) any {
	if raw == nil {
		return mistyped(raw, "a condition", at, r)
	}
	parsed, issues := expr.ParseCondition(raw)
	for _, issue := range issues {
		r.Error(at+issue.Path, issue.Code, issue.Message, issue.Hint)
	}
	if len(issues) > 0 || parsed == nil {
		return nil
	}
	if refs := parsed.References(); c.Filter && (refs.UsesEvent || refs.UsesTrigger) {
		r.Error(at, CodeValue, "a filter cannot ask for event or trigger", "use contact, deal or behaviour")
		return nil
	}
	r.Conditions = append(r.Conditions, UsedCondition{Path: at, Condition: parsed})
	return parsed
}
