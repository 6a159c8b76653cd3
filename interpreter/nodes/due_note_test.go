package nodes_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/nodes"
)

func TestDueNotes(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	weekdays := []any{"mon", "tue", "wed", "thu", "fri"}
	for _, c := range []struct {
		name, typ string
		with      map[string]any
		entered   string
		local     string
		note      string
	}{
		{"plain", "wait", map[string]any{"for": "2d"}, "2026-03-02T08:00:00Z", "Wed 4 Mar 2026 09:00", ""},
		{"into the gap", "wait", map[string]any{"for": "1d"}, "2026-03-28T01:30:00Z", "Sun 29 Mar 2026 03:00", "02:30 does not exist that night, as the clocks are set forward; 03:00 is the first moment after it."},
		{"hours know no gap", "wait", map[string]any{"for": "24h"}, "2026-03-28T01:30:00Z", "Sun 29 Mar 2026 03:30", ""},
		{"into the doubled hour", "wait", map[string]any{"for": "1d"}, "2026-10-24T00:30:00Z", "Sun 25 Oct 2026 02:30", "02:30 comes twice that night, as the clocks are set back; the first one counts."},
		{"the evening before it", "wait", map[string]any{"for": "1d"}, "2026-10-23T20:30:00Z", "Sat 24 Oct 2026 22:30", ""},
		{"day", "wait_until", map[string]any{"day": int64(7), "at": "09:00"}, "2026-03-02T08:00:00Z", "Mon 9 Mar 2026 09:00", ""},
		{"moved", "wait_until", map[string]any{"day": int64(5), "at": "09:00", "weekdays": weekdays}, "2026-03-02T08:00:00Z", "Mon 9 Mar 2026 09:00", "Moved from Sat 7 Mar 2026, which is none of Mon–Fri."},
		{"allowed day", "wait_until", map[string]any{"day": int64(4), "at": "09:00", "weekdays": weekdays}, "2026-03-02T08:00:00Z", "Fri 6 Mar 2026 09:00", ""},
		{"skipped time", "wait_until", map[string]any{"date": "2026-03-29", "at": "02:30"}, "2026-03-02T08:00:00Z", "Sun 29 Mar 2026 03:00", "02:30 does not exist that night, as the clocks are set forward; 03:00 is the first moment after it."},
		{"passed", "wait_until", map[string]any{"date": "2026-01-01"}, "2026-03-02T08:00:00Z", "Thu 1 Jan 2026 09:00", "The moment has passed: it goes on at once."},
		{"passed for good", "wait_until", map[string]any{"date": "2026-01-01", "past": "exit"}, "2026-03-02T08:00:00Z", "Thu 1 Jan 2026 09:00", "The moment has passed: the enrollment ends here."},
		{"end of the day", "wait_until", map[string]any{"date": "2026-03-09", "at": "24:00"}, "2026-03-02T08:00:00Z", "Tue 10 Mar 2026 00:00", ""},
		{"open", "window", map[string]any{"from": "09:00", "to": "17:00"}, "2026-03-02T08:30:00Z", "Mon 2 Mar 2026 09:30", "Open at that moment: it goes on at once."},
		{"closed", "window", map[string]any{"from": "09:00", "to": "17:00", "weekdays": weekdays}, "2026-03-06T18:00:00Z", "Mon 9 Mar 2026 09:00", "Closed on Fri 6 Mar 2026 19:00; it opens then."},
		{"event", "wait_event", map[string]any{"events": []any{map[string]any{"id": "got", "event": "a.b"}}, "timeout": "5d"}, "2026-03-02T08:00:00Z", "Sat 7 Mar 2026 09:00", "At the latest then; earlier when one of its events arrives."},
		{"event for ever", "wait_event", map[string]any{"events": []any{map[string]any{"id": "got", "event": "a.b"}}, "forever": true}, "2026-03-02T08:00:00Z", "", "It has no end but its events."},
		{"random", "wait", map[string]any{"random": []any{"1d", "2d"}}, "2026-03-02T08:00:00Z", "Tue 3 Mar 2026 17:23", "Any moment from Tue 3 Mar 2026 09:00 to Wed 4 Mar 2026 09:00; each passage draws its own."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			spec, ok := nodes.Lookup(c.typ)
			require.True(t, ok)
			report := &nodes.Report{}
			settings := spec.Decode(c.with, report)
			require.Zero(t, report.Found)
			entered, err := time.Parse(time.RFC3339, c.entered)
			require.NoError(t, err)
			in := nodes.DueInput{Now: entered, Entered: entered, Anchor: entered, Location: berlin, Seed: "preview"}
			waiter, ok := settings.(nodes.Waiter)
			require.True(t, ok)
			due := waiter.Due(in)
			require.Nil(t, due.Failure)
			local := ""
			if !due.Forever {
				local = nodes.LocalWords(due.At, berlin)
			}
			require.Equal(t, c.local, local)
			require.Equal(t, c.note, nodes.DueNote(settings, in, due))
		})
	}
}
