package calendar

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func zone(t require.TestingT, name string) *time.Location {
	loc, ok := Zone(name)
	require.True(t, ok, name)
	return loc
}

func instant(t require.TestingT, s string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, s)
	require.NoError(t, err)
	return at
}

func at(h, m int) *TimeOfDay { return &TimeOfDay{Hour: h, Minute: m} }

func TestZoneKnowsOnlyIANANames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "local", "Mars/Olympus", "../etc/passwd", "/etc/localtime"} {
		_, ok := Zone(name)
		require.False(t, ok, name)
	}
	for _, name := range []string{"UTC", "Europe/Berlin", "Australia/Lord_Howe"} {
		first, second := zone(t, name), zone(t, name)
		require.Same(t, first, second, name)
	}
}

func TestLocalAcrossClockChanges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, zone string
		y          int
		m          time.Month
		d          int
		tod        TimeOfDay
		want       string
	}{
		{"new york gap", "America/New_York", 2026, 3, 8, TimeOfDay{2, 30}, "2026-03-08T07:00:00Z"},
		{"new york gap start", "America/New_York", 2026, 3, 8, TimeOfDay{2, 0}, "2026-03-08T07:00:00Z"},
		{"new york after gap", "America/New_York", 2026, 3, 8, TimeOfDay{3, 0}, "2026-03-08T07:00:00Z"},
		{"new york before gap", "America/New_York", 2026, 3, 8, TimeOfDay{1, 59}, "2026-03-08T06:59:00Z"},
		{"new york doubled hour", "America/New_York", 2026, 11, 1, TimeOfDay{1, 30}, "2026-11-01T05:30:00Z"},
		{"new york after doubled hour", "America/New_York", 2026, 11, 1, TimeOfDay{2, 0}, "2026-11-01T07:00:00Z"},
		{"berlin gap", "Europe/Berlin", 2026, 3, 29, TimeOfDay{2, 30}, "2026-03-29T01:00:00Z"},
		{"berlin doubled hour", "Europe/Berlin", 2026, 10, 25, TimeOfDay{2, 30}, "2026-10-25T00:30:00Z"},
		{"lord howe half-hour gap", "Australia/Lord_Howe", 2026, 10, 4, TimeOfDay{2, 15}, "2026-10-03T15:30:00Z"},
		{"lord howe after gap", "Australia/Lord_Howe", 2026, 10, 4, TimeOfDay{2, 45}, "2026-10-03T15:45:00Z"},
		{"lord howe doubled half hour", "Australia/Lord_Howe", 2026, 4, 5, TimeOfDay{1, 45}, "2026-04-04T14:45:00Z"},
		{"santiago midnight gap", "America/Santiago", 2026, 9, 6, TimeOfDay{0, 0}, "2026-09-06T04:00:00Z"},
		{"santiago inside midnight gap", "America/Santiago", 2026, 9, 6, TimeOfDay{0, 30}, "2026-09-06T04:00:00Z"},
		{"santiago doubled hour before midnight", "America/Santiago", 2026, 4, 4, TimeOfDay{23, 30}, "2026-04-05T02:30:00Z"},
		{"24:00 is the next midnight", "Europe/Berlin", 2026, 12, 31, TimeOfDay{24, 0}, "2026-12-31T23:00:00Z"},
		{"kolkata", "Asia/Kolkata", 2026, 1, 1, TimeOfDay{9, 0}, "2026-01-01T03:30:00Z"},
		{"apia skipped a day", "Pacific/Apia", 2011, 12, 30, TimeOfDay{12, 0}, "2011-12-30T10:00:00Z"},
		{"utc", "UTC", 2026, 2, 29, TimeOfDay{9, 0}, "2026-03-01T09:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Local(zone(t, tt.zone), tt.y, tt.m, tt.d, tt.tod)
			require.Equal(t, tt.want, got.Format(time.RFC3339))
		})
	}
}

func TestDayN(t *testing.T) {
	t.Parallel()
	work, err := ParseWeekdays([]string{"mon", "tue", "wed", "thu", "fri"})
	require.NoError(t, err)
	for _, tt := range []struct {
		name, zone, anchor string
		pure               bool
		n                  int
		at                 *TimeOfDay
		days               Weekdays
		want               string
	}{
		{"day 0 keeps the moment", "Europe/Berlin", "2026-05-05T10:11:12.000013Z", false, 0, nil, All(), "2026-05-05T10:11:12.000013Z"},
		{"day 0 is the local date", "America/New_York", "2026-05-05T02:00:00Z", false, 0, at(9, 0), All(), "2026-05-04T13:00:00Z"},
		{"day 7 keeps the time of day over a change", "America/New_York", "2026-03-05T14:00:00Z", false, 7, nil, All(), "2026-03-12T13:00:00Z"},
		{"day 1 into the gap", "America/New_York", "2026-03-07T07:30:00Z", false, 1, nil, All(), "2026-03-08T07:00:00Z"},
		{"month end", "UTC", "2026-01-31T08:00:00Z", false, 1, nil, All(), "2026-02-01T08:00:00Z"},
		{"leap day", "UTC", "2028-02-28T08:00:00Z", false, 1, nil, All(), "2028-02-29T08:00:00Z"},
		{"no leap day", "UTC", "2026-02-28T08:00:00Z", false, 1, nil, All(), "2026-03-01T08:00:00Z"},
		{"pure date is at nine", "America/New_York", "2026-03-09T00:00:00Z", true, 0, nil, All(), "2026-03-09T13:00:00Z"},
		{"pure date keeps its date west of Greenwich", "Pacific/Honolulu", "2026-03-09T00:00:00Z", true, 2, at(10, 0), All(), "2026-03-11T20:00:00Z"},
		{"saturday moves to monday", "Europe/Berlin", "2026-05-02T08:00:00Z", false, 7, at(9, 0), work, "2026-05-11T07:00:00Z"},
		{"friday stays", "Europe/Berlin", "2026-05-01T08:00:00Z", false, 7, at(9, 0), work, "2026-05-08T07:00:00Z"},
		{"before the anchor", "UTC", "2026-03-01T08:00:00Z", false, -1, nil, All(), "2026-02-28T08:00:00Z"},
		{"no set of days allows every day", "UTC", "2026-05-02T08:00:00Z", false, 0, nil, Weekdays{}, "2026-05-02T08:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := DayN(instant(t, tt.anchor), tt.pure, tt.n, tt.at, tt.days, zone(t, tt.zone))
			require.Equal(t, tt.want, got.Format(time.RFC3339Nano))
		})
	}
}

func TestOnDateAppliesTheOffsetFirst(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	appointment := instant(t, "2026-05-05T08:00:00Z")
	for _, tt := range []struct {
		name, offset string
		pure         bool
		at           *TimeOfDay
		want         string
	}{
		{"at the moment", "0d", false, nil, "2026-05-05T08:00:00Z"},
		{"two hours before", "-2h", false, nil, "2026-05-05T06:00:00Z"},
		{"the day before at nine", "-1d", false, at(9, 0), "2026-05-04T07:00:00Z"},
		{"so many hours that the date changes", "-20h", false, at(18, 0), "2026-05-04T16:00:00Z"},
		{"a date, three days before", "-3d", true, nil, "2026-05-02T07:00:00Z"},
		{"a date, two hours after nine", "2h", true, nil, "2026-05-05T09:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			offset, err := ParseOffset(tt.offset)
			require.NoError(t, err)
			got := OnDate(appointment, tt.pure, offset, tt.at, All(), berlin)
			require.Equal(t, tt.want, got.Format(time.RFC3339))
		})
	}
}

func TestNextOccurrenceIsStrictlyLater(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	monday := Weekdays{time.Monday: true}
	require.Equal(t, "2026-05-12T07:00:00Z", NextOccurrence(instant(t, "2026-05-11T07:00:00Z"), TimeOfDay{9, 0}, All(), berlin).Format(time.RFC3339))
	require.Equal(t, "2026-05-11T07:00:00Z", NextOccurrence(instant(t, "2026-05-11T06:59:59Z"), TimeOfDay{9, 0}, All(), berlin).Format(time.RFC3339))
	require.Equal(t, "2026-05-18T07:00:00Z", NextOccurrence(instant(t, "2026-05-11T07:00:00Z"), TimeOfDay{9, 0}, monday, berlin).Format(time.RFC3339))
	require.Equal(t, "2026-05-11T22:00:00Z", NextOccurrence(instant(t, "2026-05-11T07:00:00Z"), TimeOfDay{24, 0}, monday, berlin).Format(time.RFC3339))
}

func TestNextYearly(t *testing.T) {
	t.Parallel()
	utc := time.UTC
	for _, tt := range []struct{ name, date, offset, after, want string }{
		{"this year", "1990-06-15T00:00:00Z", "0d", "2026-01-01T00:00:00Z", "2026-06-15T09:00:00Z"},
		{"next year once it is over", "1990-06-15T00:00:00Z", "0d", "2026-06-15T09:00:00Z", "2027-06-15T09:00:00Z"},
		{"never before the date itself", "2030-06-15T00:00:00Z", "0d", "2026-01-01T00:00:00Z", "2030-06-15T09:00:00Z"},
		{"29 February in a common year", "2000-02-29T00:00:00Z", "0d", "2026-01-01T00:00:00Z", "2026-02-28T09:00:00Z"},
		{"29 February in a leap year", "2000-02-29T00:00:00Z", "0d", "2028-01-01T00:00:00Z", "2028-02-29T09:00:00Z"},
		{"a week before the turn of the year", "1990-01-03T00:00:00Z", "-7d", "2026-01-01T00:00:00Z", "2026-12-27T09:00:00Z"},
		{"a long offset", "1990-01-03T00:00:00Z", "1000d", "2026-01-01T00:00:00Z", "2026-09-29T09:00:00Z"},
		{"one day after 28 February", "2000-02-29T00:00:00Z", "1d", "2026-01-01T00:00:00Z", "2026-03-01T09:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			offset, err := ParseOffset(tt.offset)
			require.NoError(t, err)
			got := NextYearly(instant(t, tt.date), true, offset, nil, All(), instant(t, tt.after), utc)
			require.Equal(t, tt.want, got.Format(time.RFC3339))
		})
	}
}

var sampleZones = []string{
	"UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago",
	"Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca", "Pacific/Chatham", "Asia/Beirut",
}

func drawInstant(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(1_300_000_000, 2_000_000_000).Draw(t, "seconds"), 0).UTC()
}

func drawTimeOfDay(t *rapid.T, name string) TimeOfDay {
	n := rapid.IntRange(0, 24*60).Draw(t, name)
	return TimeOfDay{Hour: n / 60, Minute: n % 60}
}

func drawDays(t *rapid.T) Weekdays {
	var days Weekdays
	for i, on := range rapid.SliceOfN(rapid.Bool(), 7, 7).Draw(t, "days") {
		days[i] = on
	}
	return days
}

func TestLocalShowsTheTimeOrTheEndOfItsGap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(sampleZones).Draw(t, "zone"))
		date, _ := civilOf(drawInstant(t), loc)
		tod := drawTimeOfDay(t, "tod")
		got := Local(loc, date.year, date.month, date.day, tod)
		wall := time.Date(date.year, date.month, date.day, tod.Hour, tod.Minute, 0, 0, time.UTC)
		shown := wallOf(got.In(loc))
		require.False(t, shown.Before(wall), "never earlier than asked")
		before := wallOf(got.Add(-time.Second).In(loc))
		require.True(t, before.Before(wall), "no earlier instant shows it, or a later time")
		for _, hours := range []int{1, 2} {
			require.NotEqual(t, wall, wallOf(got.Add(-time.Duration(hours)*30*time.Minute).In(loc)), "the first of two")
		}
	})
}

func TestDayNIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(sampleZones).Draw(t, "zone"))
		anchor, days := drawInstant(t), drawDays(t)
		n := rapid.IntRange(-800, 800).Draw(t, "n")
		var tod *TimeOfDay
		if rapid.Bool().Draw(t, "with at") {
			drawn := drawTimeOfDay(t, "at")
			tod = &drawn
		}
		one, two := DayN(anchor, false, n, tod, days, loc), DayN(anchor, false, n+1, tod, days, loc)
		require.False(t, two.Before(one))
		require.True(t, DayN(anchor, false, n+7, tod, days, loc).After(one))
	})
}
