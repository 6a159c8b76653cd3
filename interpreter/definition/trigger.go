package definition

import (
	"errors"

	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

var idType = form.Text{Pattern: form.PartID, Expected: "an id of letters, digits, _ and -, up to 40"}

// triggerTypes are the keys that name the type of a trigger.
var triggerTypes = []string{TriggerEvent, TriggerManual, TriggerDate, TriggerSchedule, TriggerInactivity, TriggerWebhook}

// dateForm describes the date of a trigger.
var dateForm = form.Object{Fields: []form.Field{
	{Key: "field", Type: form.Path{Bare: true, Roots: []string{"contact", "deal"}}, Label: "Date field", Required: true},
	{Key: "offset", Type: form.Duration{Signed: true}, Label: "Before or after it", Default: "0d"},
	{Key: "at", Type: form.TimeOfDay{}, Label: "At"},
	{Key: "yearly", Type: form.Bool{}, Label: "Every year", Help: "on each anniversary of the date", Default: false},
}}

// scheduleForm describes the schedule of a trigger.
var scheduleForm = form.Object{Fields: []form.Field{
	{Key: "cron", Type: cronType{}, Label: "Cron", Help: "minute, hour, day, month, weekday", Required: true, Placeholder: "0 9 * * 1"},
	{Key: "timezone", Type: form.Zone{}, Label: "Time zone"},
	{Key: "filter", Type: form.Condition{Filter: true}, Label: "Contacts"},
}}

// triggerForm describes one trigger.
var triggerForm = form.Object{
	Fields: []form.Field{
		{Key: "id", Type: idType, Label: "Id", Required: true},
		{Key: TriggerEvent, Type: form.Event{}, Label: "Event"},
		{Key: "where", Type: form.Condition{}, Label: "Only when"},
		{Key: TriggerManual, Type: form.Always{}, Label: "By hand", Help: "only people and calls enroll"},
		{Key: TriggerDate, Label: "Date", Help: "on a date that a field of the contact or deal holds", Type: dateForm, Preview: PreviewDate},
		{Key: TriggerSchedule, Label: "Schedule", Help: "at set times, the contacts of a filter", Type: scheduleForm, Preview: PreviewSchedule},
		{Key: TriggerInactivity, Label: "Inactivity", Help: "contacts who have not done something for a while", Type: form.Object{Fields: []form.Field{
			{Key: "without", Type: form.List{Of: form.Event{}, Min: 1, Max: 20}, Label: "Without", Help: "none of these events", Required: true},
			{Key: "for", Type: form.Duration{}, Label: "For", Required: true},
			{Key: "min_sends", Type: form.Whole{}, Label: "After so many mails", Help: "only who was sent at least so many"},
			{Key: "filter", Type: form.Condition{Filter: true}, Label: "Contacts"},
		}}},
		{Key: TriggerWebhook, Label: "Inbound webhook", Help: "a secret address that others call", Type: form.Object{Fields: []form.Field{
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

// ReadTrigger reads one trigger as it stands in a definition; what is wrong with it is in the report.
func ReadTrigger(raw map[string]any, r *form.Report) Trigger {
	return readTrigger(triggerForm.Values(raw, "", r))
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
		t.Date = dateOf(o)
	}
	if o := v.Object(TriggerSchedule); o != nil {
		t.Schedule = scheduleOf(o)
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

func dateOf(o *form.Values) *DateTrigger {
	return &DateTrigger{Field: o.Text("field"), Offset: o.Duration("offset"), At: o.Time("at"), Yearly: o.Bool("yearly", false)}
}

func scheduleOf(o *form.Values) *ScheduleTrigger {
	return &ScheduleTrigger{Cron: o.Text("cron"), Timezone: o.Text("timezone"), Filter: o.Condition("filter")}
}

// exitForm describes one exit.
var exitForm = form.Object{Fields: []form.Field{
	{Key: "id", Type: idType, Label: "Id", Required: true},
	{Key: "event", Type: form.Event{}, Label: "Event", Required: true},
	{Key: "where", Type: form.Condition{}, Label: "Only when"},
	{Key: "outcome", Type: form.Choice{Words: nodes.Outcomes}, Label: "Outcome", Help: "how the passage counts that this ends", Default: "neutral"},
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

func (cronType) Read(raw any, at string, r *form.Report) any {
	s, ok := form.Text{Max: 100}.Read(raw, at, r).(string)
	if !ok {
		return nil
	}
	_, err := calendar.ParseCron(s)
	if wrong, ok := errors.AsType[*calendar.CronError](err); ok {
		r.Error(at, form.CodeValue, wrong.Message, wrong.Hint)
		return nil
	}
	return s
}
