package definition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

var idType = form.Text{Pattern: form.PartID, Expected: "an id of letters, digits, _ and -, up to 40"}

// triggerTypes are the keys that name the type of a trigger.
var triggerTypes = []string{TriggerEvent, TriggerManual, TriggerDate, TriggerSchedule, TriggerInactivity, TriggerWebhook}

// triggerForm describes one trigger.
var triggerForm = form.Object{
	Fields: []form.Field{
		{Key: "id", Type: idType, Label: "Id", Required: true},
		{Key: TriggerEvent, Type: form.Event{}, Label: "Event"},
		{Key: "where", Type: form.Condition{}, Label: "Only when"},
		{Key: TriggerManual, Type: form.Always{}, Label: "By hand"},
		{Key: TriggerDate, Label: "Date", Type: form.Object{Fields: []form.Field{
			{Key: "field", Type: form.Path{Bare: true, Roots: []string{"contact", "deal"}}, Label: "Date field", Required: true},
			{Key: "offset", Type: form.Duration{Signed: true}, Label: "Before or after it", Default: "0d"},
			{Key: "at", Type: form.TimeOfDay{}, Label: "At"},
			{Key: "yearly", Type: form.Bool{}, Label: "Every year", Default: false},
		}}},
		{Key: TriggerSchedule, Label: "Schedule", Type: form.Object{Fields: []form.Field{
			{Key: "cron", Type: cronType{}, Label: "Cron", Required: true, Placeholder: "0 9 * * 1"},
			{Key: "timezone", Type: form.Zone{}, Label: "Time zone"},
			{Key: "filter", Type: form.Condition{Filter: true}, Label: "Contacts"},
		}}},
		{Key: TriggerInactivity, Label: "Inactivity", Type: form.Object{Fields: []form.Field{
			{Key: "without", Type: form.List{Of: form.Event{}, Min: 1, Max: 20}, Label: "Without", Required: true},
			{Key: "for", Type: form.Duration{}, Label: "For", Required: true},
			{Key: "min_sends", Type: form.Whole{}, Label: "After so many mails"},
			{Key: "filter", Type: form.Condition{Filter: true}, Label: "Contacts"},
		}}},
		{Key: TriggerWebhook, Label: "Inbound webhook", Type: form.Object{Fields: []form.Field{
			{Key: "contact", Type: form.Map{Of: form.Value{}, Min: 1, Max: 50}, Label: "Contact", Required: true},
			{Key: "data", Type: form.Map{Of: form.Value{Null: true}, Max: 200}, Label: "Data"},
			{Key: "secret", Type: form.Secret{}, Label: "Secret"},
		}}},
	},
	OneOf: [][]string{triggerTypes},
	Extra: map[string]any{"dependentRequired": map[string]any{"where": []any{TriggerEvent}}},
	Check: func(v *form.Values, r *form.Report) {
		if v.Has("where") && !v.Has(TriggerEvent) {
			r.Error(form.Join(v.Path, "where"), form.CodeConflict, "where has a meaning only beside event", "remove where")
		}
	},
}

func readTrigger(v *form.Values) Trigger {
	t := Trigger{ID: v.Text("id"), Event: v.Text(TriggerEvent), Where: v.Condition("where")}
	for _, typ := range triggerTypes {
		if v.Has(typ) {
			t.Type = typ
			break
		}
	}
	if o := v.Object(TriggerDate); o != nil {
		t.Date = &DateTrigger{Field: o.Text("field"), Offset: o.Duration("offset"), At: o.Time("at"), Yearly: o.Bool("yearly", false)}
	}
	if o := v.Object(TriggerSchedule); o != nil {
		t.Schedule = &ScheduleTrigger{Cron: o.Text("cron"), Timezone: o.Text("timezone"), Filter: o.Condition("filter")}
	}
	if o := v.Object(TriggerInactivity); o != nil {
		t.Inactivity = &InactivityTrigger{
			Without: o.Texts("without"), For: o.Duration("for"), MinSends: o.Whole("min_sends"), Filter: o.Condition("filter"),
		}
	}
	if o := v.Object(TriggerWebhook); o != nil {
		t.Webhook = &WebhookTrigger{Contact: o.Map("contact"), Data: o.RawMap("data"), Secret: o.Text("secret")}
	}
	return t
}

// exitForm describes one exit.
var exitForm = form.Object{Fields: []form.Field{
	{Key: "id", Type: idType, Label: "Id", Required: true},
	{Key: "event", Type: form.Event{}, Label: "Event", Required: true},
	{Key: "where", Type: form.Condition{}, Label: "Only when"},
	{Key: "outcome", Type: form.Choice{Words: nodes.Outcomes}, Label: "Outcome", Default: "neutral"},
}}

func readExit(v *form.Values) Exit {
	return Exit{ID: v.Text("id"), Event: v.Text("event"), Where: v.Condition("where"), Outcome: v.TextOr("outcome", "neutral")}
}

// cronType is a schedule of five fields.
type cronType struct{}

func (cronType) Schema() map[string]any {
	return map[string]any{"type": "string", "pattern": `^\S+(\s+\S+){4}$`}
}

func (cronType) Widget() string { return "cron" }

// cronField is the range of one field and the names that stand for its numbers.
type cronField struct {
	name      string
	low, high int
	names     []string
}

var cronFields = []cronField{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of month", 1, 31, nil},
	{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{"day of week", 0, 7, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

func (cronType) Read(raw any, at string, r *form.Report) any {
	s, ok := form.Text{Max: 100}.Read(raw, at, r).(string)
	if !ok {
		return nil
	}
	parts := strings.Fields(s)
	if len(parts) != len(cronFields) {
		r.Error(at, form.CodeValue, fmt.Sprintf("has %d fields", len(parts)), "minute, hour, day of month, month, day of week: 0 9 * * 1")
		return nil
	}
	for i, f := range cronFields {
		for _, part := range strings.Split(parts[i], ",") {
			if !f.accepts(part) {
				r.Error(at, form.CodeValue, fmt.Sprintf("%q is not a %s", part, f.name), fmt.Sprintf("%d to %d, * or a step such as */2", f.low, f.high))
				return nil
			}
		}
	}
	return s
}

// accepts one range, with an optional step.
func (f cronField) accepts(part string) bool {
	span, step, stepped := strings.Cut(part, "/")
	if n, err := strconv.ParseUint(step, 10, 8); stepped && (err != nil || n == 0) {
		return false
	}
	if span == "*" {
		return true
	}
	from, to, ranged := strings.Cut(span, "-")
	first, ok := f.number(from)
	if !ranged || !ok {
		return ok
	}
	last, ok := f.number(to)
	return ok && first <= last
}

func (f cronField) number(s string) (int, bool) {
	if i := slices.Index(f.names, strings.ToLower(s)); i >= 0 {
		return i + f.low, true
	}
	n, err := strconv.ParseUint(s, 10, 8)
	return int(n), err == nil && int(n) >= f.low && int(n) <= f.high
}
