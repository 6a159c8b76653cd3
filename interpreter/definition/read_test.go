package definition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
)

func TestSettingsAreReadCompletely(t *testing.T) {
	t.Parallel()
	s := workflow(t, `
settings:
  timezone: Europe/Berlin
  reentry: {cooldown: 7d}
  correlate: trigger.order_id
  on_repeat: update
  quiet_hours: {from: "22:00", to: "08:00", then: drop, all: true}
  suppress: {tag: vip}
  max_active: 10
  per_day: 20
  send_rate: 100/1h
  frequency_cap: 3/7d
  breaker: {error_rate: 0.2}
  goal: {event: purchase.completed, within: 30d, measure: time_to}
  manual_minutes: 12.5
  owner: ana@shop.example
  folder: Sales
  description: x
start: n
nodes: {n: {type: end}}
`).Settings
	require.Equal(t, "Europe/Berlin", s.Timezone)
	require.Equal(t, definition.ReentryCooldown, s.Reentry)
	require.Equal(t, 7, s.Cooldown.Days)
	require.Equal(t, "trigger.order_id", s.Correlate)
	require.Equal(t, definition.RepeatUpdate, s.OnRepeat)
	require.Equal(t, "22:00 08:00 drop true", fmt.Sprintln(s.QuietHours.From, s.QuietHours.To, s.QuietHours.Then, s.QuietHours.All)[:21])
	require.Equal(t, []string{"vip"}, s.Suppress.References().Tags)
	require.Equal(t, []int{10, 20}, []int{s.MaxActive, s.PerDay})
	require.Equal(t, &definition.Rate{Count: 100, Per: definition.Duration{Exact: time.Hour}}, s.SendRate)
	require.Equal(t, &definition.Rate{Count: 3, Per: definition.Duration{Days: 7}}, s.FrequencyCap)
	require.Equal(t, &definition.Breaker{ErrorRate: 0.2, Min: 50, Within: definition.Duration{Exact: time.Hour}}, s.Breaker)
	require.Equal(t, "purchase.completed time_to 30d", fmt.Sprint(s.Goal.Event, " ", s.Goal.Measure, " ", s.Goal.Within))
	require.InDelta(t, 12.5, s.ManualMinutes, 0)
	require.Equal(t, []string{"ana@shop.example", "Sales", "x"}, []string{s.Owner, s.Folder, s.Description})

	plain := workflow(t, "settings: {reentry: always}\nstart: n\nnodes: {n: {type: end}}").Settings
	require.Equal(t, definition.Settings{Timezone: "contact", Reentry: "after_exit", OnRepeat: "ignore"}, plain)
}

func TestTestsAreReadCompletely(t *testing.T) {
	t.Parallel()
	d := workflow(t, `
start: n
nodes: {n: {type: end}}
tests:
  - name: pays
    contact: {email: ana@example.com, fields: {plan: pro}}
    trigger: {type: purchase.completed, data: {amount: 497}}
    events: [{at: 0d, type: a.b}, {at: 3d, type: a.c, data: {x: null}}]
    stubs: {n: {status: 503, body: {error: busy}}}
    start_at: 2026-03-09T10:00:00+01:00
    expect: {outcome: success, path: [n], effects: [{node: n}]}
`)
	start := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	require.Equal(t, []definition.Test{{
		Name:    "pays",
		Contact: map[string]any{"email": "ana@example.com", "fields": map[string]any{"plan": "pro"}},
		Trigger: definition.TestTrigger{Type: "purchase.completed", Data: map[string]any{"amount": int64(497)}},
		Events: []definition.TestEvent{
			{Type: "a.b"}, {At: definition.Duration{Days: 3}, Type: "a.c", Data: map[string]any{"x": nil}},
		},
		Stubs:   map[string]definition.TestStub{"n": {Status: 503, Body: map[string]any{"error": "busy"}}},
		StartAt: &start,
		Expect:  definition.TestExpect{Outcome: "success", Path: []string{"n"}, Effects: []any{map[string]any{"node": "n"}}},
	}}, d.Tests)
}

func TestTriggersAreReadCompletely(t *testing.T) {
	t.Parallel()
	d := workflow(t, `
triggers:
  - {id: e, event: purchase.completed, where: {field: event.amount, op: gte, value: 5}}
  - {id: m, manual: true}
  - {id: d, date: {field: birthday, offset: -1d, at: "09:00", yearly: true}}
  - {id: s, schedule: {cron: "*/15 8-18 1,15 jan-mar mon-fri", timezone: UTC, filter: {tag: x}}}
  - {id: i, inactivity: {without: [email.opened], for: 60d, min_sends: 5}}
  - {id: w, webhook: {contact: {email: "{{ body.email }}"}, data: {a: 1, b: null}, secret: hook}}
exits: [{id: x, event: a.b, where: {tag: x}, outcome: success}, {id: y, event: a.c}]
start: n
nodes: {n: {type: end}}
`)
	var types []string
	for _, trigger := range d.Triggers {
		types = append(types, trigger.ID+" "+trigger.Type)
	}
	require.Equal(t, []string{"e event", "m manual", "d date", "s schedule", "i inactivity", "w webhook"}, types)
	require.NotNil(t, d.Triggers[0].Where)
	require.Equal(t, "contact.birthday -1d 09:00 true", fmt.Sprint(d.Triggers[2].Date.Field, " ", d.Triggers[2].Date.Offset, " ", d.Triggers[2].Date.At, " ", d.Triggers[2].Date.Yearly))
	require.Equal(t, "*/15 8-18 1,15 jan-mar mon-fri", d.Triggers[3].Schedule.Cron)
	require.NotNil(t, d.Triggers[3].Schedule.Filter)
	require.Equal(t, []string{"email.opened"}, d.Triggers[4].Inactivity.Without)
	require.Equal(t, &definition.WebhookTrigger{Contact: map[string]any{"email": "{{ body.email }}"}, Data: map[string]any{"a": int64(1), "b": nil}, Secret: "secret:hook"}, d.Triggers[5].Webhook)
	require.Equal(t, "success", d.Exits[0].Outcome)
	require.Equal(t, "neutral", d.Exits[1].Outcome)
	require.Equal(t, []string{"purchase.completed"}, d.TriggerEvents())
}
