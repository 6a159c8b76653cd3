package definition_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
)

func TestNextOfADateTrigger(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		name           string
		value          any
		offset, at     string
		yearly         bool
		after, zone    string
		expected, none string
	}{
		{name: "a pure date is 09:00", value: "2026-03-20", zone: "UTC", expected: "2026-03-20T09:00:00Z"},
		{name: "in Kolkata", value: "2026-03-20", zone: "Asia/Kolkata", expected: "2026-03-20T03:30:00Z"},
		{name: "in New York", value: "2026-03-20", zone: "America/New_York", expected: "2026-03-20T13:00:00Z"},
		{name: "three days before", value: "2026-03-20", offset: "-3d", zone: "America/New_York", expected: "2026-03-17T13:00:00Z"},
		{name: "three days before, over a clock change", value: "2026-03-30", offset: "-3d", at: "09:00", zone: "Europe/Vienna", expected: "2026-03-27T08:00:00Z"},
		{name: "at a time", value: "2026-03-20", at: "17:30", zone: "Europe/Vienna", expected: "2026-03-20T16:30:00Z"},
		{name: "02:30 in the gap is the first moment after it", value: "2026-03-29", at: "02:30", zone: "Europe/Vienna", expected: "2026-03-29T01:00:00Z"},
		{name: "a doubled 02:30 is the first", value: "2026-10-25", at: "02:30", zone: "Europe/Vienna", expected: "2026-10-25T00:30:00Z"},
		{name: "a moment keeps its time", value: "2026-03-20T15:00:00+01:00", zone: "America/New_York", expected: "2026-03-20T14:00:00Z"},
		{name: "two hours before a moment", value: "2026-03-20T15:00:00Z", offset: "-2h", zone: "UTC", expected: "2026-03-20T13:00:00Z"},
		{name: "the day before a moment, at a time", value: "2026-03-20T23:00:00Z", offset: "-1d", at: "08:00", zone: "Asia/Kolkata", expected: "2026-03-20T02:30:00Z"},
		{name: "what has passed never comes", value: "2026-03-08", zone: "UTC", none: "past"},
		{name: "nor what is now", value: "2026-03-09T09:00:00Z", zone: "UTC", none: "now"},
		{name: "yearly: this year", value: "1990-05-01", yearly: true, zone: "UTC", expected: "2026-05-01T09:00:00Z"},
		{name: "yearly: next year", value: "1990-03-09", yearly: true, zone: "UTC", expected: "2027-03-09T09:00:00Z"},
		{name: "yearly with an offset over the turn of the year", value: "1990-01-02", offset: "-3d", yearly: true, zone: "UTC", expected: "2026-12-30T09:00:00Z"},
		{name: "29 February in a year without", value: "1992-02-29", yearly: true, zone: "UTC", expected: "2027-02-28T09:00:00Z"},
		{name: "29 February in a year with", value: "1992-02-29", yearly: true, after: "2027-03-01T00:00:00Z", zone: "UTC", expected: "2028-02-29T09:00:00Z"},
		{name: "yearly begins with the date itself", value: "2030-06-01", yearly: true, zone: "UTC", expected: "2030-06-01T09:00:00Z"},
		{name: "a text", value: "soon", zone: "UTC", none: "text"},
		{name: "a number", value: int64(20260320), zone: "UTC", none: "number"},
		{name: "nothing", value: nil, zone: "UTC", none: "nothing"},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			loc, err := time.LoadLocation(one.zone)
			require.NoError(t, err)
			trigger := &definition.DateTrigger{Yearly: one.yearly}
			if one.offset != "" {
				trigger.Offset, err = calendar.ParseOffset(one.offset)
				require.NoError(t, err)
			}
			if one.at != "" {
				at, err := calendar.ParseTimeOfDay(one.at)
				require.NoError(t, err)
				trigger.At = &at
			}
			after := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
			if one.after != "" {
				after, err = time.Parse(time.RFC3339, one.after)
				require.NoError(t, err)
			}
			at, ok := trigger.Next(one.value, after, loc)
			require.Equal(t, one.none == "", ok)
			if ok {
				require.Equal(t, one.expected, at.UTC().Format(time.RFC3339))
			}
		})
	}
}
