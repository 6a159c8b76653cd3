package rehearse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/rehearse"
)

func TestLongWaitsKeepTheTimeOfDay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, wait, start, end string }{
		{"400 days", "400d", "2026-03-01T15:00:00Z", "2027-04-05T14:00:00Z"},
		{"five years", "1826d", "2026-03-01T15:00:00Z", "2031-03-01T15:00:00Z"},
		{"weeks over the end of summer time", "3w", "2026-10-20T14:00:00Z", "2026-11-10T15:00:00Z"},
		{"a day over the start of summer time", "1d", "2026-03-07T15:00:00Z", "2026-03-08T14:00:00Z"},
		{"24 hours over it", "24h", "2026-03-07T15:00:00Z", "2026-03-08T15:00:00Z"},
		{"into the gap", "1d", "2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z"},
		{"the end of January", "1d", "2026-01-31T15:00:00Z", "2026-02-01T15:00:00Z"},
		{"the end of February", "1d", "2026-02-28T15:00:00Z", "2026-03-01T15:00:00Z"},
		{"the end of February in a leap year", "1d", "2028-02-28T15:00:00Z", "2028-02-29T15:00:00Z"},
		{"the end of the year", "4w", "2026-12-31T15:00:00Z", "2027-01-28T15:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, rehearse.Input{
				Definition: quick(t, "it: {type: wait, with: {for: "+tt.wait+"}}"), Start: instant(t, tt.start),
				Contact: map[string]any{"timezone": "America/New_York"},
			})
			require.Equal(t, []string{"it " + tt.end + " done next"}, path(r))
		})
	}
}

func TestDaysCountOverMonthEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ settings, start, end string }{
		{`{day: 0, at: "18:00"}`, "2026-01-31T15:00:00Z", "2026-01-31T18:00:00Z"},
		{`{day: 1, at: "09:00"}`, "2026-01-31T15:00:00Z", "2026-02-01T09:00:00Z"},
		{`{day: 30}`, "2026-01-31T15:00:00Z", "2026-03-02T15:00:00Z"},
		{`{day: 29}`, "2028-01-31T15:00:00Z", "2028-02-29T15:00:00Z"},
		{`{day: 1, at: "09:00", weekdays: [mon]}`, "2026-01-30T15:00:00Z", "2026-02-02T09:00:00Z"},
		{`{date: "2026-03-31", at: "09:00"}`, "2026-01-31T15:00:00Z", "2026-03-31T09:00:00Z"},
		{`{field: trigger.due, offset: -1d}`, "2026-02-20T15:00:00Z", "2026-02-28T09:00:00Z"},
		// The moment has passed: the passage goes on at once.
		{`{day: 0, at: "09:00"}`, "2026-01-31T15:00:00Z", "2026-01-31T15:00:00Z"},
	} {
		t.Run(tt.settings+tt.start[:10], func(t *testing.T) {
			t.Parallel()
			trigger := purchase
			trigger.Data = map[string]any{"due": "2026-03-01"}
			r := run(t, rehearse.Input{Definition: quick(t, "it: {type: wait_until, with: "+tt.settings+"}"), Start: instant(t, tt.start), Trigger: trigger})
			require.Equal(t, []string{"it " + tt.end + " done next"}, path(r))
		})
	}
}

func TestBirthdayOfALeapDay(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: quick(t,
			`birthday: {type: wait_until, with: {field: contact.birthday, at: "09:00"}, max_visits: 4, next: greet}`,
			`greet: {type: email, with: {subject: "Happy birthday", body: "Cake!"}, next: birthday}`,
		),
		Start:   instant(t, "2026-01-01T00:00:00Z"),
		Contact: map[string]any{"email": "ana@example.com", "timezone": "America/New_York", "fields": map[string]any{"birthday": "1996-02-29"}},
	})
	require.Equal(t, []string{
		"birthday 2026-02-28T14:00:00Z done next", "greet 2026-02-28T14:00:00Z done next",
		"birthday 2027-02-28T14:00:00Z done next", "greet 2027-02-28T14:00:00Z done next",
		"birthday 2028-02-29T14:00:00Z done next", "greet 2028-02-29T14:00:00Z done next",
		"birthday 2029-02-28T14:00:00Z done next", "greet 2029-02-28T14:00:00Z done next",
	}, path(r))
	require.Equal(t, []string{"failed", "failed", "runaway"}, []string{r.Status, r.Outcome, r.Reason})
}

func TestAnchorIsWhenTheTriggerHappened(t *testing.T) {
	t.Parallel()
	trigger := purchase
	trigger.OccurredAt = instant(t, "2026-03-01T08:00:00Z")
	trigger.Data = map[string]any{"signed_at": "2026-02-27"}
	for settings, want := range map[string]string{
		`{day: 7}`:                            "2026-03-08T08:00:00Z",
		`{day: 7, anchor: trigger.signed_at}`: "2026-03-06T09:00:00Z",
	} {
		r := run(t, rehearse.Input{Definition: quick(t, "it: {type: wait_until, with: "+settings+"}"), Start: instant(t, "2026-03-02T15:00:00Z"), Trigger: trigger})
		require.Equal(t, []string{"it " + want + " done next"}, path(r), settings)
	}
}

func TestWindowWaitsForItsOpening(t *testing.T) {
	t.Parallel()
	d := quick(t, `it: {type: window, with: {from: "09:00", to: "17:00", weekdays: [mon, tue, wed, thu, fri]}}`)
	for start, end := range map[string]string{
		"2026-03-06T15:00:00Z": "2026-03-06T15:00:00Z", // Friday, open
		"2026-03-06T23:00:00Z": "2026-03-09T13:00:00Z", // Friday evening; summer time begins meanwhile
		"2026-03-06T13:00:00Z": "2026-03-06T14:00:00Z", // before it opens
	} {
		r := run(t, rehearse.Input{Definition: d, Start: instant(t, start), Contact: map[string]any{"timezone": "America/New_York"}})
		require.Equal(t, []string{"it " + end + " done next"}, path(r), start)
	}
}

func TestZoneSetOnTheWayCountsFromThenOn(t *testing.T) {
	t.Parallel()
	r := run(t, rehearse.Input{
		Definition: quick(t,
			`first: {type: wait_until, with: {day: 1, at: "09:00"}, next: move}`,
			`move: {type: field_set, with: {field: timezone, value: Asia/Kolkata}, next: second}`,
			`second: {type: wait_until, with: {day: 2, at: "09:00"}}`,
		),
		Start: instant(t, "2026-03-02T15:00:00Z"), Contact: map[string]any{"timezone": "America/New_York"},
	})
	require.Equal(t, []string{
		"first 2026-03-03T14:00:00Z done next", "move 2026-03-03T14:00:00Z done next", "second 2026-03-04T03:30:00Z done next",
	}, path(r))
}

func TestRandomWaitIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	in := rehearse.Input{Definition: quick(t, "it: {type: wait, with: {random: [2d, 9d]}}"), Start: instant(t, "2026-03-02T15:00:00Z")}
	first := run(t, in)
	require.Equal(t, first, run(t, in))
	require.GreaterOrEqual(t, first.End.Sub(first.Start), 48*time.Hour)
	require.LessOrEqual(t, first.End.Sub(first.Start), 9*24*time.Hour)
}

func TestSplitIsStable(t *testing.T) {
	t.Parallel()
	d := quick(t, "it: {type: split, with: {ports: {a: 30, b: 70}}}")
	var pinned strings.Builder
	shares := map[string]int{}
	for i := range 1000 {
		in := rehearse.Input{Definition: d, Start: instant(t, "2026-03-02T15:00:00Z"), Contact: map[string]any{"id": fmt.Sprintf("con_%d", i)}}
		port := step(t, run(t, in), "it").Port
		shares[port]++
		if i < 20 {
			pinned.WriteString(port)
			require.Equal(t, port, step(t, run(t, in), "it").Port)
		}
	}
	require.InDelta(t, 300, shares["a"], 50)
	require.Equal(t, 1000, shares["a"]+shares["b"])
	// A changed hash would send contacts the other way in the middle of a test.
	require.Equal(t, "ababbaabbbbbbabbbbbb", pinned.String())
}

func TestQuietHoursInTheContactsZone(t *testing.T) {
	t.Parallel()
	// 22:00 to 06:00 in Kolkata is 16:30 to 00:30 in UTC.
	for _, tt := range []struct{ name, class, then, start, end string }{
		{"before them", "marketing", "wait", "2026-03-02T16:29:00Z", "2026-03-02T16:29:00Z done next"},
		{"their first minute", "marketing", "wait", "2026-03-02T16:30:00Z", "2026-03-03T00:30:00Z done next"},
		{"after midnight", "marketing", "wait", "2026-03-02T20:00:00Z", "2026-03-03T00:30:00Z done next"},
		{"their last minute", "marketing", "wait", "2026-03-03T00:29:00Z", "2026-03-03T00:30:00Z done next"},
		{"after them", "marketing", "wait", "2026-03-03T00:30:00Z", "2026-03-03T00:30:00Z done next"},
		{"transactional mail", "transactional", "wait", "2026-03-02T20:00:00Z", "2026-03-02T20:00:00Z done next"},
		{"dropped", "marketing", "drop", "2026-03-02T20:00:00Z", "2026-03-02T20:00:00Z dropped next"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := parsed(t, `schema: 1
key: quiet
name: Quiet
settings: {quiet_hours: {from: "22:00", to: "06:00", then: `+tt.then+`}}
triggers: [{id: hand, manual: true}]
start: it
nodes: {it: {type: email, with: {subject: Hi, body: Text., class: `+tt.class+`}}}
`)
			r := run(t, rehearse.Input{
				Definition: d, Start: instant(t, tt.start), Contact: map[string]any{"email": "a@example.com", "timezone": "Asia/Kolkata"},
			})
			require.Equal(t, []string{"it " + tt.end}, path(r))
		})
	}
}
