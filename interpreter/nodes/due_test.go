package nodes_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return parsed
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func due(t *testing.T, typ string, with map[string]any, in nodes.DueInput) nodes.DueResult {
	t.Helper()
	waiter, ok := settings[nodes.Settings](t, typ, with).(nodes.Waiter)
	require.True(t, ok)
	return waiter.Due(in)
}

func TestWaitCountsCalendarDays(t *testing.T) {
	t.Parallel()
	in := nodes.DueInput{Now: at(t, "2026-03-28T09:00:00+01:00"), Location: zone(t, "Europe/Berlin")}
	require.Equal(t, at(t, "2026-03-29T09:00:00+02:00").UTC(), due(t, "wait", map[string]any{"for": "1d"}, in).At)
	require.Equal(t, at(t, "2026-03-29T10:00:00+02:00").UTC(), due(t, "wait", map[string]any{"for": "24h"}, in).At)

	in.Entered = at(t, "2026-03-01T09:00:00+01:00")
	require.Equal(t, at(t, "2026-03-22T09:00:00+01:00").UTC(), due(t, "wait", map[string]any{"for": "3w"}, in).At)
}

func TestRandomWaitIsDecidedByTheSeed(t *testing.T) {
	t.Parallel()
	with := map[string]any{"random": []any{"1h", "2d"}}
	entered := at(t, "2026-03-01T09:00:00Z")
	seen := map[time.Time]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		in := nodes.DueInput{Now: entered, Seed: rapid.String().Draw(rt, "seed")}
		first := due(t, "wait", with, in).At
		require.Equal(rt, first, due(t, "wait", with, in).At)
		require.False(rt, first.Before(entered.Add(time.Hour)))
		require.False(rt, first.After(entered.Add(48*time.Hour)))
		seen[first] = true
	})
	require.Greater(t, len(seen), 10)
}

func TestWaitUntilDay(t *testing.T) {
	t.Parallel()
	in := nodes.DueInput{Now: at(t, "2026-03-02T15:04:05Z"), Anchor: at(t, "2026-03-02T15:00:00Z"), Location: zone(t, "America/New_York")}
	workdays := []any{"mon", "tue", "wed", "thu", "fri"}
	require.Equal(t, at(t, "2026-03-09T09:00:00-04:00").UTC(), due(t, "wait_until", map[string]any{"day": int64(7), "at": "09:00"}, in).At)
	require.Equal(t, at(t, "2026-03-09T10:00:00-04:00").UTC(), due(t, "wait_until", map[string]any{"day": int64(7)}, in).At)
	require.Equal(t, at(t, "2026-03-09T09:00:00-04:00").UTC(), due(t, "wait_until", map[string]any{"day": int64(5), "at": "09:00", "weekdays": workdays}, in).At)

	in.Scope = &expr.Scope{Roots: map[string]any{"trigger": map[string]any{"signed_at": "2026-03-20"}}}
	anchored := map[string]any{"day": int64(1), "anchor": "trigger.signed_at"}
	require.Equal(t, at(t, "2026-03-21T09:00:00-04:00").UTC(), due(t, "wait_until", anchored, in).At)
	anchored["anchor"] = "trigger.paid_at"
	require.Equal(t, nodes.CodeNoDate, due(t, "wait_until", anchored, in).Failure.Code)
}

func TestWaitUntilField(t *testing.T) {
	t.Parallel()
	in := nodes.DueInput{Now: at(t, "2026-03-02T12:00:00Z"), Scope: &expr.Scope{Roots: map[string]any{
		"contact": map[string]any{"fields": map[string]any{"renewal": "2026-04-10", "call": "2026-04-10T17:30:00+02:00", "odd": "soon", "none": nil}},
	}}}
	require.Equal(t, at(t, "2026-04-07T09:00:00Z"), due(t, "wait_until", map[string]any{"field": "renewal", "offset": "-3d"}, in).At)
	require.Equal(t, at(t, "2026-04-10T13:30:00Z"), due(t, "wait_until", map[string]any{"field": "contact.call", "offset": "-2h"}, in).At)
	for _, field := range []string{"odd", "none", "absent"} {
		require.Equal(t, nodes.CodeNoDate, due(t, "wait_until", map[string]any{"field": field}, in).Failure.Code, field)
	}
}

func TestWaitUntilDate(t *testing.T) {
	t.Parallel()
	in := nodes.DueInput{Now: at(t, "2026-03-02T12:00:00Z"), Scope: &expr.Scope{Roots: map[string]any{"event": map[string]any{"start": "2026-05-01T10:00:00Z"}}}}
	require.Equal(t, at(t, "2026-05-01T10:00:00Z"), due(t, "wait_until", map[string]any{"date": "{{ event.start }}"}, in).At)
	require.Equal(t, at(t, "2026-05-01T09:00:00Z"), due(t, "wait_until", map[string]any{"date": "2026-05-01"}, in).At)
	require.Equal(t, nodes.CodeNoDate, due(t, "wait_until", map[string]any{"date": "{{ event.end }}"}, in).Failure.Code)
}

func TestWaitUntilThePast(t *testing.T) {
	t.Parallel()
	in := nodes.DueInput{Now: at(t, "2026-03-10T12:00:00Z"), Anchor: at(t, "2026-03-02T15:00:00Z")}
	day7 := map[string]any{"day": int64(7), "at": "09:00"}
	require.Equal(t, nodes.DueResult{At: at(t, "2026-03-09T09:00:00Z")}, due(t, "wait_until", day7, in))

	in.InCycle = true
	require.Equal(t, at(t, "2026-03-16T09:00:00Z"), due(t, "wait_until", day7, in).At, "the next multiple of seven days")
	in.Entered = at(t, "2026-03-16T09:00:00Z")
	require.Equal(t, at(t, "2026-03-23T09:00:00Z"), due(t, "wait_until", day7, in).At, "not the moment at which it woke")
	require.Equal(t, at(t, "2027-03-01T09:00:00Z"), due(t, "wait_until", map[string]any{"date": "2026-03-01"}, in).At)
	require.Equal(t, at(t, "2029-02-28T09:00:00Z"), due(t, "wait_until", map[string]any{"date": "2024-02-29"}, nodes.DueInput{
		Now: at(t, "2028-03-01T00:00:00Z"), InCycle: true,
	}).At)

	in = nodes.DueInput{Now: at(t, "2026-03-20T12:00:00Z"), Entered: at(t, "2026-03-10T12:00:00Z"), Anchor: at(t, "2026-03-02T15:00:00Z")}
	day7["past"] = "exit"
	require.True(t, due(t, "wait_until", day7, in).Exit)
	in.Entered = at(t, "2026-03-08T12:00:00Z")
	require.False(t, due(t, "wait_until", day7, in).Exit, "it was in the future when the step was entered")
}

// TestACycleAlwaysWaits: inside a cycle a moment is never the one just passed.
func TestACycleAlwaysWaits(t *testing.T) {
	t.Parallel()
	loc := zone(t, "Europe/Berlin")
	rapid.Check(t, func(rt *rapid.T) {
		anchor := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(rt, "anchor"), 0)
		entered := anchor.Add(time.Duration(rapid.Int64Range(0, 3*365*24*3600).Draw(rt, "later")) * time.Second)
		with := map[string]any{"day": rapid.Int64Range(0, 60).Draw(rt, "day")}
		if rapid.Bool().Draw(rt, "at?") {
			with["at"] = rapid.SampledFrom([]string{"00:00", "02:30", "09:00", "24:00"}).Draw(rt, "at")
		}
		if rapid.Bool().Draw(rt, "weekdays?") {
			with["weekdays"] = []any{"mon", "sat"}
		}
		in := nodes.DueInput{Now: entered, Anchor: anchor, Location: loc, InCycle: true}
		first := due(t, "wait_until", with, in).At
		require.True(rt, first.After(entered))
		require.Less(rt, first.Sub(entered), 70*24*time.Hour)
		in.Now = first
		require.True(rt, due(t, "wait_until", with, in).At.After(first))
	})
}

func TestWindowAndTheRest(t *testing.T) {
	t.Parallel()
	in := nodes.DueInput{Now: at(t, "2026-03-07T20:00:00Z")} // a Saturday
	office := map[string]any{"from": "09:00", "to": "17:00", "weekdays": []any{"mon", "tue", "wed", "thu", "fri"}}
	require.Equal(t, at(t, "2026-03-09T09:00:00Z"), due(t, "window", office, in).At)
	require.Equal(t, in.Now, due(t, "window", nil, in).At)
	require.True(t, due(t, "hold", nil, in).Forever)

	events := []any{map[string]any{"id": "got", "event": "a.b"}}
	require.Equal(t, at(t, "2026-03-12T20:00:00Z"), due(t, "wait_event", map[string]any{"events": events, "timeout": "5d"}, in).At)
	require.True(t, due(t, "wait_event", map[string]any{"events": events, "forever": true}, in).Forever)
	require.True(t, due(t, "approval", map[string]any{"to": "owner", "subject": "x", "forever": true}, in).Forever)
}
