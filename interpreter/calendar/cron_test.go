package calendar

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func cron(t require.TestingT, s string) Cron {
	c, err := ParseCron(s)
	require.NoError(t, err, s)
	return c
}

func TestCronRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for s, message := range map[string]string{
		"":                "has 0 fields",
		"0 9 * *":         "has 4 fields",
		"0 9 * * 1 2026":  "has 6 fields",
		"60 9 * * 1":      `"60" is not a minute`,
		"0 24 * * 1":      `"24" is not a hour`,
		"0 9 0 * 1":       `"0" is not a day of month`,
		"0 9 * 13 1":      `"13" is not a month`,
		"0 9 * * 8":       `"8" is not a day of week`,
		"0 9 * * sat-sun": `"sat-sun" is not a day of week`,
		"*/0 9 * * 1":     `"*/0" is not a minute`,
		"5-1 9 * * 1":     `"5-1" is not a minute`,
		"1,,2 9 * * 1":    `"" is not a minute`,
		"@daily a b c d":  `"@daily" is not a minute`,
		"0 0 30 2 *":      "fits no day",
		"0 0 31 4,6 *":    "fits no day",
		"-1 9 * * 1":      `"-1" is not a minute`,
		"0 9 L * *":       `"L" is not a day of month`,
	} {
		_, err := ParseCron(s)
		var cronErr *CronError
		require.ErrorAs(t, err, &cronErr, s)
		require.Contains(t, cronErr.Message, message, s)
		require.NotEmpty(t, cronErr.Hint, s)
	}
}

func TestCronNext(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, cron, zone, after, want string }{
		{"next minute", "* * * * *", "UTC", "2026-03-09T09:00:00Z", "2026-03-09T09:01:00Z"},
		{"strictly after", "0 9 * * *", "UTC", "2026-03-09T09:00:00Z", "2026-03-10T09:00:00Z"},
		{"a nanosecond before", "0 9 * * *", "UTC", "2026-03-09T08:59:59.999999999Z", "2026-03-09T09:00:00Z"},
		{"steps", "*/15 9-17 * * mon-fri", "UTC", "2026-03-06T17:45:00Z", "2026-03-09T09:00:00Z"},
		{"step from a start", "5/20 * * * *", "UTC", "2026-03-06T17:45:00Z", "2026-03-06T18:05:00Z"},
		{"names and lists", "30 8 * feb,JUL tue", "UTC", "2026-03-06T00:00:00Z", "2026-07-07T08:30:00Z"},
		{"seven is sunday", "0 0 * * 7", "UTC", "2026-03-06T00:00:00Z", "2026-03-08T00:00:00Z"},
		{"friday to sunday", "0 0 * * 5-7", "UTC", "2026-03-07T00:00:00Z", "2026-03-08T00:00:00Z"},
		{"the 13th or a friday", "0 0 13 * 5", "UTC", "2026-03-09T00:00:00Z", "2026-03-13T00:00:00Z"},
		{"or a friday before the 13th", "0 0 13 * 5", "UTC", "2026-03-14T00:00:00Z", "2026-03-20T00:00:00Z"},
		{"a star is no day of its own", "0 0 */2 * 5", "UTC", "2026-03-09T00:00:00Z", "2026-03-13T00:00:00Z"},
		{"leap day", "0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"end of month", "0 0 31 * *", "UTC", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"},
		{"local morning", "0 9 * * *", "Asia/Kolkata", "2026-03-09T00:00:00Z", "2026-03-09T03:30:00Z"},
		{"across a change", "0 9 * * *", "Europe/Berlin", "2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"},
		{"gap", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"the day after the gap", "30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		{"a gap is fired once", "*/10 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		{"doubled hour", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"not again in the doubled hour", "30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"asked inside the second hour", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z"},
		{"hourly skips the second hour", "0 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"},
		{"midnight gap", "0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			next, ok := cron(t, tt.cron).Next(instant(t, tt.after), zone(t, tt.zone))
			require.True(t, ok)
			require.Equal(t, tt.want, next.Format(time.RFC3339))
		})
	}
}

func TestCronNewestCountsWhatWasMissed(t *testing.T) {
	t.Parallel()
	c := cron(t, "0 * * * *")
	newest, n, ok := c.Newest(instant(t, "2026-03-09T09:00:00Z"), instant(t, "2026-03-10T12:30:00Z"), time.UTC)
	require.True(t, ok)
	require.Equal(t, 27, n)
	require.Equal(t, "2026-03-10T12:00:00Z", newest.Format(time.RFC3339))
	_, n, ok = c.Newest(instant(t, "2026-03-09T09:00:00Z"), instant(t, "2026-03-09T09:59:59Z"), time.UTC)
	require.False(t, ok)
	require.Zero(t, n)
}

// named is a field of a schedule, expanded by hand for the oracle below.
type named struct {
	text    string
	allowed []int
}

func field(t *rapid.T, label string, low, high int) named {
	if rapid.Bool().Draw(t, label+" open") {
		return named{text: "*"}
	}
	list := rapid.SliceOfNDistinct(rapid.IntRange(low, high), 1, 4, rapid.ID).Draw(t, label)
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	return named{strings.Join(words, ","), list}
}

func (n named) has(value int) bool { return n.text == "*" || slices.Contains(n.allowed, value) }

// TestCronAgainstWalkingMinutes compares Next with a clock on a wall that somebody watches: a minute
// of the wall is over when the clock shows it or anything later for the first time.
func TestCronAgainstWalkingMinutes(t *testing.T) {
	t.Parallel()
	windows := []struct{ zone, from string }{
		{"UTC", "2026-02-27T00:00:00Z"},
		{"Europe/Berlin", "2026-03-28T00:00:00Z"},
		{"Europe/Berlin", "2026-10-24T00:00:00Z"},
		{"America/New_York", "2026-03-07T00:00:00Z"},
		{"America/New_York", "2026-10-31T00:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-03T00:00:00Z"},
		{"Australia/Lord_Howe", "2026-04-04T00:00:00Z"},
		{"America/Santiago", "2026-09-05T00:00:00Z"},
		{"America/Santiago", "2026-04-04T00:00:00Z"},
		{"Pacific/Apia", "2011-12-29T00:00:00Z"},
	}
	rapid.Check(t, func(t *rapid.T) {
		window := rapid.SampledFrom(windows).Draw(t, "window")
		minute, hour := field(t, "minute", 0, 59), field(t, "hour", 0, 23)
		date, month, weekday := field(t, "date", 1, 31), field(t, "month", 1, 12), field(t, "weekday", 0, 6)
		if month.text != "*" && len(month.allowed) < 4 { // most drawn months lie outside the window
			month = named{text: "*"}
		}
		c, err := ParseCron(strings.Join([]string{minute.text, hour.text, date.text, month.text, weekday.text}, " "))
		require.Equal(t, weekday.text == "*" && !anyDay(month, date), err != nil, "refused exactly when it fits no day")
		if err != nil {
			return
		}
		matches := func(wall time.Time) bool {
			day := date.has(wall.Day()) && weekday.has(int(wall.Weekday()))
			if date.text != "*" && weekday.text != "*" {
				day = date.has(wall.Day()) || weekday.has(int(wall.Weekday()))
			}
			return minute.has(wall.Minute()) && hour.has(wall.Hour()) && month.has(int(wall.Month())) && day
		}
		loc, start := zone(t, window.zone), instant(t, window.from)
		var want []time.Time
		shown := wallOf(start.In(loc))
		for at := start.Add(time.Minute); at.Before(start.AddDate(0, 0, 3)); at = at.Add(time.Minute) {
			fires := false
			for wall := wallOf(at.In(loc)); shown.Before(wall); {
				shown = shown.Add(time.Minute)
				fires = fires || matches(shown)
			}
			if fires {
				want = append(want, at)
			}
		}
		var got []time.Time
		for at := start; ; {
			next, ok := c.Next(at, loc)
			require.True(t, ok)
			if !next.Before(start.AddDate(0, 0, 3)) {
				break
			}
			require.True(t, next.After(at))
			got, at = append(got, next), next
		}
		require.Equal(t, want, got)
	})
}

// anyDay reports whether a year, a leap year if need be, has such a date.
func anyDay(month, date named) bool {
	for day := time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2028; day = day.AddDate(0, 0, 1) {
		if month.has(int(day.Month())) && date.has(day.Day()) {
			return true
		}
	}
	return false
}
