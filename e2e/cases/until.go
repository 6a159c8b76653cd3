package cases

import (
	"time"

	"github.com/stretchr/testify/require"
)

func untilCases() []Case {
	return []Case{
		{"until-date", untilDate},
		{"until-past", untilPast},
		{"until-past-exit", untilPastExit},
		{"until-day", untilDay},
		{"until-anchor", untilAnchor},
		{"until-field", untilField},
		{"until-zone", untilZone},
		{"until-no-date", untilNoDate},
		{"until-field-cleared", untilFieldCleared},
	}
}

// soon is an instant a little ahead, as events carry it.
func soon() time.Time {
	return time.Now().UTC().Add(1500 * time.Millisecond).Truncate(time.Millisecond)
}

func untilDate(p *Passage) {
	at := soon()
	p.publish(`  a: {type: wait_until, with: {date: "{{ trigger.at }}"}}`)
	e := p.passes(map[string]any{"at": at.Format(time.RFC3339Nano)})
	require.True(p.t, at.Equal(p.time(step(e, "a")["due_at"])))
	require.False(p.t, p.time(step(e, "a")["left_at"]).Before(at))
}

func untilPast(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {date: "2020-02-29", at: "10:30"}}`)
	e := p.passes(nil)
	require.Equal(p.t, "2020-02-29T10:30:00Z", step(e, "a")["due_at"])
	require.Less(p.t, p.waited(step(e, "a")), lateness)
}

func untilPastExit(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {date: "2020-01-01", past: exit}, next: b}
  b: {type: tag_add, with: {tag: never}}`)
	p.enter(nil)
	e := p.becomes("exited")
	require.Equal(p.t, "past", e["reason"])
	require.Equal(p.t, "neutral", e["outcome"])
	require.Equal(p.t, []string{"a:exited"}, path(e))
	p.closed(e)
}

func untilDay(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {day: 3, at: "09:00", weekdays: [mon, tue, wed, thu, fri]}, next: b}
  b: {type: end}`)
	// Thursday + 3 is a Sunday, so the step moves to Monday. It is long past.
	p.Must("POST", "/v1/events", map[string]any{
		"type": p.Topic + ".go", "occurred_at": "2026-03-05T12:00:00Z",
		"contact": map[string]any{"email": p.Mail, "timezone": "America/New_York"},
	})
	e := p.becomes("completed")
	require.Equal(p.t, "2026-03-09T13:00:00Z", step(e, "a")["due_at"], "09:00 in New York, one day after the clocks went forward")
}

func untilAnchor(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {day: 1, anchor: trigger.signed_at}, next: b}
  b: {type: wait_until, with: {day: 0, anchor: trigger.born}, next: c}
  c: {type: end}`)
	e := p.passes(map[string]any{"signed_at": "2026-01-31T15:45:00Z", "born": "2026-02-01"})
	require.Equal(p.t, "2026-02-01T15:45:00Z", step(e, "a")["due_at"], "the anchor's time of day")
	require.Equal(p.t, "2026-02-01T09:00:00Z", step(e, "b")["due_at"], "09:00 for a pure date")
}

func untilField(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {field: contact.renewal, offset: "-1d"}}`)
	p.enter(nil, map[string]any{"fields": map[string]any{"renewal": "2099-06-15"}})
	e := p.awaits("a", "waiting")
	require.Equal(p.t, "2099-06-14T09:00:00Z", e["due_at"])
	p.Must("PATCH", "/v1/contacts/"+p.contactID(), map[string]any{"fields": map[string]any{"renewal": "2098-01-01"}})
	p.Eventually("the wait follows the field", func() bool {
		return p.awaits("a", "waiting")["due_at"] == "2097-12-31T09:00:00Z"
	})
	at := soon()
	p.Must("PATCH", "/v1/contacts/"+p.contactID(), map[string]any{"fields": map[string]any{"renewal": at.Add(24 * time.Hour).Format(time.RFC3339Nano)}})
	e = p.becomes("completed")
	require.True(p.t, at.Equal(p.time(step(e, "a")["due_at"])))
}

func untilZone(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {date: "2099-07-01", at: "09:00"}}`)
	p.enter(nil, map[string]any{"timezone": "Europe/Berlin"})
	e := p.awaits("a", "waiting")
	require.Equal(p.t, "2099-07-01T07:00:00Z", e["due_at"])
	p.Must("PATCH", "/v1/contacts/"+p.contactID(), map[string]any{"timezone": "America/New_York"})
	p.Eventually("the wait is re-timed", func() bool {
		return p.awaits("a", "waiting")["due_at"] == "2099-07-01T13:00:00Z"
	})
	p.operate(e, "exit", map[string]any{})
}

func untilNoDate(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {field: contact.renewal}}`)
	p.enter(nil)
	e := p.awaits("a", "held")
	require.Equal(p.t, "no_date", e["reason"])
	p.renews("2020-01-01")
	p.becomes("completed")
}

// renews changes the field that a wait is about.
func (p *Passage) renews(at any) {
	p.t.Helper()
	p.Must("PATCH", "/v1/contacts/"+p.contactID(), map[string]any{"fields": map[string]any{"renewal": at}})
}

// untilFieldCleared: a wait whose field is cleared is held, and goes on by itself when
// there is a date again.
func untilFieldCleared(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {field: contact.renewal}}`)
	p.enter(nil, map[string]any{"fields": map[string]any{"renewal": "2099-06-15"}})
	p.awaits("a", "waiting")
	p.renews(nil)
	e := p.awaits("a", "held")
	require.Equal(p.t, []any{"no_date", nil}, []any{e["reason"], e["due_at"]})
	require.Contains(p.t, p.here()["sentence"], "goes on when there is one")
	p.renews("2098-06-15")
	require.Equal(p.t, "2098-06-15T09:00:00Z", p.awaits("a", "waiting")["due_at"])
	p.renews("no date at all")
	p.awaits("a", "held")
	p.renews(soon().Format(time.RFC3339Nano))
	require.Equal(p.t, "done", step(p.becomes("completed"), "a")["status"])
}
