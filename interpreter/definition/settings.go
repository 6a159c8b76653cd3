package definition

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes/form"
)

// quietForm describes quiet hours.
var quietForm = form.Object{Fields: []form.Field{
	{Key: "from", Type: form.TimeOfDay{}, Label: "From", Required: true},
	{Key: "to", Type: form.TimeOfDay{}, Label: "To", Required: true},
	{Key: "then", Type: form.Choice{Words: []string{"wait", "drop"}}, Label: "Messages then", Default: "wait"},
	{Key: "all", Type: form.Bool{}, Label: "All messages", Help: "transactional ones as well", Default: false},
}}

// settingsForm describes `settings`.
var settingsForm = form.Object{Fields: []form.Field{
	{Key: "timezone", Type: form.Zone{Words: []string{ZoneContact}}, Label: "Time zone", Help: "days and times of day count in it; contact means that of each contact", Default: ZoneContact},
	{Key: "reentry", Type: reentryType{}, Label: "Entering again", Help: "once, when the earlier passage has ended, or after a cooldown", Default: ReentryAfterExit},
	{Key: "correlate", Type: form.Path{Roots: []string{"trigger"}}, Label: "One passage per", Help: "a contact may be inside once for each value of this path, such as an order", Placeholder: "trigger.order_id"},
	{Key: "on_repeat", Type: form.Choice{Words: []string{RepeatIgnore, RepeatRestart, RepeatUpdate}}, Label: "If it fires again meanwhile", Help: "while the contact is inside: nothing, start anew, or take over the new data", Default: RepeatIgnore},
	{Key: "quiet_hours", Label: "Quiet hours", Help: "marketing messages wait for their end, or are dropped", Type: quietForm, Preview: PreviewQuietHours},
	{Key: "suppress", Type: form.Condition{}, Label: "Keep out", Help: "who meets it on entry is not enrolled"},
	{Key: "max_active", Type: form.Whole{Min: 1}, Label: "Most at a time", Help: "over it, enrollments wait at their start"},
	{Key: "per_day", Type: form.Whole{Min: 1}, Label: "Most per day", Help: "over it, enrollments wait at their start"},
	{Key: "send_rate", Type: rateType{}, Label: "Sending rate", Help: "messages of this workflow, evenly spread", Placeholder: "100/1h", Preview: PreviewSendRate},
	{Key: "frequency_cap", Type: rateType{}, Label: "Most marketing mails per contact", Help: "over all workflows; over it a step is suppressed", Placeholder: "3/7d", Preview: PreviewFrequencyCap},
	{Key: "breaker", Label: "Circuit breaker", Help: "pauses the workflow when too many steps fail", Type: form.Object{Fields: []form.Field{
		{Key: "error_rate", Type: form.Number{Max: 1}, Label: "Error rate", Help: "a share from 0 to 1", Required: true},
		{Key: "min", Type: form.Whole{Min: 1}, Label: "At least so many steps", Default: 50},
		{Key: "within", Type: form.Duration{}, Label: "Within", Default: "1h"},
	}}},
	{Key: "goal", Label: "Goal", Help: "the event by which the workflow is measured", Type: form.Object{Fields: []form.Field{
		{Key: "event", Type: form.Event{}, Label: "Event", Required: true},
		{Key: "where", Type: form.Condition{}, Label: "Only when"},
		{Key: "within", Type: form.Duration{}, Label: "Within", Help: "so long after the start, compared with as long before it", Default: goalWithin},
		{Key: "measure", Type: form.Choice{Words: []string{"rate", "time_to"}}, Label: "Measure", Default: "rate"},
	}}},
	{Key: "manual_minutes", Type: form.Number{}, Label: "Minutes by hand", Help: "what one passage would take a person, for the time saved", Default: 0},
	{Key: "owner", Type: form.Text{Max: 200}, Label: "Owner"},
	{Key: "folder", Type: form.Text{Max: 200}, Label: "Folder"},
	{Key: "description", Type: form.Text{Max: 5000, Lines: true}, Label: "Description"},
}}

func readSettings(v *form.Values) Settings {
	s := Settings{
		Timezone: v.TextOr("timezone", ZoneContact), Reentry: ReentryAfterExit,
		Correlate: v.Text("correlate"), OnRepeat: v.TextOr("on_repeat", RepeatIgnore), Suppress: v.Condition("suppress"),
		MaxActive: v.Whole("max_active"), PerDay: v.Whole("per_day"), ManualMinutes: v.Number("manual_minutes"),
		Owner: v.Text("owner"), Folder: v.Text("folder"), Description: v.Text("description"),
	}
	if r, ok := v.Any("reentry").(reentry); ok {
		s.Reentry, s.Cooldown = r.rule, r.cooldown
	}
	if r, ok := v.Any("send_rate").(Rate); ok {
		s.SendRate = &r
	}
	if r, ok := v.Any("frequency_cap").(Rate); ok {
		s.FrequencyCap = &r
	}
	if q := v.Object("quiet_hours"); q != nil {
		s.QuietHours = quietOf(q)
	}
	if b := v.Object("breaker"); b != nil {
		s.Breaker = &Breaker{ErrorRate: b.Number("error_rate"), Min: 50, Within: b.Duration("within")}
		if b.Has("min") {
			s.Breaker.Min = b.Whole("min")
		}
		if s.Breaker.Within.IsZero() {
			s.Breaker.Within = oneHour
		}
	}
	if g := v.Object("goal"); g != nil {
		s.Goal = goalOf(g)
	}
	return s
}

// goalWithin is how far a goal looks when it does not say.
const goalWithin = "7d"

func goalOf(g *form.Values) *Goal {
	goal := &Goal{Event: g.Text("event"), Where: g.Condition("where"), Within: g.Duration("within"), Measure: g.TextOr("measure", "rate")}
	if goal.Within.IsZero() {
		goal.Within, _ = calendar.ParseDuration(goalWithin)
	}
	where, _ := json.Marshal(g.Raw("where")) // it came from JSON
	goal.Key = fmt.Sprintf("%s %s %s %s", goal.Event, goal.Within, goal.Measure, where)
	return goal
}

func quietOf(q *form.Values) *QuietHours {
	hours := &QuietHours{Then: q.TextOr("then", "wait"), All: q.Bool("all", false)}
	if from, to := q.Time("from"), q.Time("to"); from != nil && to != nil {
		hours.From, hours.To = *from, *to
	}
	return hours
}

var oneHour, _ = calendar.ParseDuration("1h")

// reentry is a value of `reentry`.
type reentry struct {
	rule     string
	cooldown Duration
}

// reentryType is a word or {cooldown: duration}.
type reentryType struct{}

var (
	reentryWords = form.Choice{Words: []string{ReentryOnce, ReentryAfterExit, "always"}}
	cooldownForm = form.Object{Fields: []form.Field{{Key: ReentryCooldown, Type: form.Duration{}, Label: "Not again within", Required: true}}}
)

func (reentryType) Schema() map[string]any {
	return map[string]any{"anyOf": []any{reentryWords.Schema(), cooldownForm.Schema()}}
}

func (reentryType) Widget() string { return "reentry" }

func (reentryType) Read(raw any, at string, r *form.Report) any {
	if object, ok := raw.(map[string]any); ok {
		return reentry{rule: ReentryCooldown, cooldown: cooldownForm.Values(object, at, r).Duration(ReentryCooldown)}
	}
	word, ok := reentryWords.Read(raw, at, r).(string)
	if !ok {
		return nil
	}
	if word == "always" {
		word = ReentryAfterExit
	}
	return reentry{rule: word}
}

// rateType is a count per duration: 100/1h.
type rateType struct{}

func (rateType) Schema() map[string]any {
	return map[string]any{"type": "string", "pattern": `^[1-9][0-9]*/[0-9]+[smhdw]$`}
}

func (rateType) Widget() string { return "rate" }

func (rateType) Read(raw any, at string, r *form.Report) any {
	s, ok := form.Text{Max: 40}.Read(raw, at, r).(string)
	if !ok {
		return nil
	}
	rate, err := ParseRate(s)
	if err != nil {
		r.Error(at, form.CodeValue, fmt.Sprintf("%q is not a rate", s), "a rate is a count per duration: 100/1h")
		return nil
	}
	return rate
}

// ErrRate is wrapped by every error of ParseRate.
var ErrRate = errors.New("a rate is a count per duration: 100/1h")

// ParseRate reads 100/1h.
func ParseRate(s string) (Rate, error) {
	count, per, _ := strings.Cut(s, "/")
	n, err := strconv.ParseUint(count, 10, 31)
	length, errLength := calendar.ParseDuration(per)
	if err != nil || n == 0 || errLength != nil || count[0] == '0' {
		return Rate{}, fmt.Errorf("parse rate %q: %w", s, ErrRate)
	}
	return Rate{Count: int(n), Per: length}, nil
}
