package nodes

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// FieldSet changes one field of the contact.
type FieldSet struct {
	actionPorts
	// Field is an attribute (first_name) or the key of a custom field, without the
	// prefixes contact. and fields.
	Field string
	// Value is set unless Clear, Copy (a path) or Increment (a number or Liquid) is.
	Value     any
	Clear     bool
	Copy      string
	Increment any
}

var (
	fieldName = regexp.MustCompile(`^(contact\.)?(fields\.)?[A-Za-z_][A-Za-z0-9_-]{0,63}$`)
	// settled are attributes of a contact that have their own nodes or never change.
	settled = map[string]string{
		"id": "", "external_id": "", "created_at": "", "tags": "use tag_add or tag_remove", "deals": "use deal_move",
		"courses": "use course_enroll", "subscribed": "use unsubscribe", "consent": "use unsubscribe", "fields": "name one field: fields.x",
	}
)

func fieldSetSpec() Spec {
	return action(Spec{
		Type: "field_set", Title: "Set field", Group: "Contact", Icon: "pencil", Kind: KindStore,
		Description: "Sets, clears, copies or counts up one field of the contact.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			{
				Key: "field", Label: "Field", Required: true, Placeholder: "plan",
				Type: form.Text{Pattern: fieldName, Expected: "the name of a field", Kind: "contact-field"},
			},
			{Key: "value", Type: form.Value{}, Label: "Value", Group: "how"},
			{Key: "clear", Type: form.Always{}, Label: "Clear it", Group: "how"},
			{Key: "copy", Type: form.Path{}, Label: "Copy from", Placeholder: "trigger.plan", Group: "how"},
			{Key: "increment", Type: form.NumberOrLiquid{}, Label: "Add", Placeholder: "1", Group: "how"},
		},
		OneOf: [][]string{{"value", "clear", "copy", "increment"}},
	}, func(v *form.Values, r *Report) Settings {
		name := strings.TrimPrefix(v.Text("field"), "contact.")
		if hint, fixed := settled[name]; fixed {
			r.Error(form.Join(v.Path, "field"), form.CodeValue, fmt.Sprintf("%s cannot be set", name), hint)
		}
		return &FieldSet{
			Field: strings.TrimPrefix(name, "fields."), Value: v.Any("value"), Clear: v.Bool("clear", false),
			Copy: v.Text("copy"), Increment: v.Any("increment"),
		}
	})
}

// Plan renders the change. Copying a value that is missing clears the field.
func (n *FieldSet) Plan(s *expr.Scope, in PlanInput) (FieldChange, *Failure) {
	r := render(s, in)
	c := FieldChange{Field: n.Field, Clear: n.Clear}
	switch {
	case n.Clear:
	case n.Copy != "":
		value, found := s.Lookup(n.Copy)
		if !found && in.Strict {
			r.fail(CodeMissingValue, "%s has no value", n.Copy)
		}
		c.Value, c.Clear = value, value == nil
	case n.Increment != nil:
		c.Increment = r.number("increment", n.Increment)
		if c.Increment == nil {
			r.fail(CodeMissingValue, "increment is empty")
		}
	default:
		c.Value = r.value(n.Value)
		c.Clear = c.Value == nil
	}
	return done(r, c)
}

// Result is what the field holds after the change, nil for nothing; before is what it holds.
func (c FieldChange) Result(before any) (any, *Failure) {
	switch {
	case c.Clear:
		return nil, nil
	case c.Increment == nil:
		return c.Value, nil
	}
	number, ok := AsNumber(before)
	if !ok {
		return nil, &Failure{Code: CodeBadValue, Message: fmt.Sprintf("field %s holds %v, which is not a number", c.Field, before)}
	}
	sum := Plus(number, *c.Increment)
	if math.IsInf(sum, 0) {
		return nil, &Failure{Code: CodeBadValue, Message: fmt.Sprintf("field %s would be beyond every number", c.Field)}
	}
	return sum, nil
}

// Plus adds as people do, in decimals: 0.1 and 0.2 are 0.3.
func Plus(a, b float64) float64 {
	decimal := func(f float64) *big.Rat {
		r, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
		return r
	}
	x, y := decimal(a), decimal(b)
	if x == nil || y == nil { // infinite
		return a + b
	}
	sum, _ := x.Add(x, y).Float64()
	return sum
}

// AsNumber reads a number or a numeric string; nothing counts as 0.
func AsNumber(v any) (float64, bool) {
	switch n := v.(type) {
	case nil:
		return 0, true
	case int64:
		return float64(n), true
	case float64:
		return n, true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case string:
		f, err := strconv.ParseFloat(n, 64)
		// "NaN" and "inf" are read, too, and JSON can say neither.
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return 0, false
}

// number renders a number or Liquid that gives one; nothing rendered is nil.
func (r *renderer) number(name string, v any) *float64 {
	var f float64
	switch n := r.value(v).(type) {
	case nil:
		return nil
	case int64:
		f = float64(n)
	case float64:
		f = n
	case string:
		if strings.TrimSpace(n) == "" {
			return nil
		}
		parsed, err := strconv.ParseFloat(strings.TrimSpace(n), 64)
		if err != nil || math.IsNaN(parsed) || math.IsInf(parsed, 0) {
			r.fail(CodeBadValue, "%s is %s, which is not a number", name, quoted(n))
		}
		f = parsed
	default:
		r.fail(CodeBadValue, "%s is %s, which is not a number", name, form.Describe(n))
	}
	return &f
}

// Summary names the field and the way, never the value.
func (n *FieldSet) Summary() string {
	switch {
	case n.Clear:
		return "Clear " + n.Field
	case n.Copy != "":
		return "Copy " + n.Copy + " to " + n.Field
	case n.Increment != nil:
		return "Count up " + n.Field
	}
	return "Set " + n.Field
}
