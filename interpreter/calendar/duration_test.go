package calendar

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Duration{
		"1s": {Exact: time.Second}, "90s": {Exact: 90 * time.Second}, "15m": {Exact: 15 * time.Minute},
		"4h": {Exact: 4 * time.Hour}, "24h": {Exact: 24 * time.Hour}, "7d": {Days: 7}, "3w": {Days: 21},
		"1826d": {Days: 1826}, "43824h": {Exact: 43824 * time.Hour},
	} {
		got, err := ParseDuration(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
	}
	for _, s := range []string{
		"", "s", "0s", "0d", "-1d", "+1d", "1", "1.5h", "1h30m", " 1h", "1h ", "1H", "1mo", "1y", "1827d", "261w",
		"43825h", "99999999999s", "4294967295s", "٣d", "1_0d", "0x1d",
	} {
		_, err := ParseDuration(s)
		require.ErrorIs(t, err, ErrDuration, s)
	}
}

func TestParseOffset(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Duration{
		"0d": {}, "-3d": {Days: -3}, "+2h": {Exact: 2 * time.Hour}, "-90s": {Exact: -90 * time.Second}, "1w": {Days: 7},
	} {
		got, err := ParseOffset(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
	}
	for _, s := range []string{"", "-", "--3d", "+-3d", "-d"} {
		_, err := ParseOffset(s)
		require.ErrorIs(t, err, ErrDuration, s)
	}
}

func TestDurationFromAndBefore(t *testing.T) {
	t.Parallel()
	newYork := zone(t, "America/New_York")
	for _, tt := range []struct{ name, d, from, after, before string }{
		{"a calendar day over the spring change", "1d", "2026-03-07T17:00:00Z", "2026-03-08T16:00:00Z", "2026-03-06T17:00:00Z"},
		{"24 hours are 24 hours", "24h", "2026-03-07T17:00:00Z", "2026-03-08T17:00:00Z", "2026-03-06T17:00:00Z"},
		{"a calendar day over the autumn change", "1d", "2026-10-31T16:00:00Z", "2026-11-01T17:00:00Z", "2026-10-30T16:00:00Z"},
		{"a day into the gap", "1d", "2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-06T07:30:00Z"},
		{"weeks", "3w", "2026-02-20T12:00:00Z", "2026-03-13T11:00:00Z", "2026-01-30T12:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, err := ParseDuration(tt.d)
			require.NoError(t, err)
			require.Equal(t, tt.after, d.From(instant(t, tt.from), newYork).Format(time.RFC3339))
			require.Equal(t, tt.before, d.Before(instant(t, tt.from), newYork).Format(time.RFC3339))
		})
	}
}

func TestDurationText(t *testing.T) {
	t.Parallel()
	require.Equal(t, 1, Duration{Days: 1}.Sign())
	require.Equal(t, 0, Duration{}.Sign())
	require.Equal(t, -1, Duration{Exact: -1}.Sign())
	require.Equal(t, 48*time.Hour, Duration{Days: 2}.Approx())
	rapid.Check(t, func(t *rapid.T) {
		d := Duration{Days: rapid.IntRange(-maxDays, maxDays).Draw(t, "days")}
		if rapid.Bool().Draw(t, "exact") {
			d = Duration{Exact: time.Duration(rapid.IntRange(-9_000_000, 9_000_000).Draw(t, "seconds")) * time.Second}
		}
		text, err := json.Marshal(map[string]Duration{"for": d})
		require.NoError(t, err)
		var back map[string]Duration
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, d, back["for"])
	})
}

func TestParseTimeOfDay(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]TimeOfDay{"00:00": {}, "9:05": {9, 5}, "23:59": {23, 59}, "24:00": {24, 0}} {
		got, err := ParseTimeOfDay(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
	}
	for _, s := range []string{"", "9", "24:01", "25:00", "12:60", "12:5", "-1:00", "1:+5", "12:00:00", "noon"} {
		_, err := ParseTimeOfDay(s)
		require.ErrorIs(t, err, ErrTimeOfDay, s)
	}
	var tod TimeOfDay
	require.NoError(t, tod.UnmarshalText([]byte("7:30")))
	require.Equal(t, "07:30", tod.String())
}

func TestParseWeekdays(t *testing.T) {
	t.Parallel()
	days, err := ParseWeekdays([]string{"Mon", "friday", "SUN"})
	require.NoError(t, err)
	require.Equal(t, "mon fri sun", days.String())
	require.False(t, days.IsAll())
	none, err := ParseWeekdays(nil)
	require.NoError(t, err)
	require.True(t, none.IsAll())
	require.True(t, Weekdays{}.IsAll())
	_, err = ParseWeekdays([]string{"mon", "tues"})
	require.ErrorIs(t, err, ErrWeekday)
}

func TestParseInstant(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, tt := range []struct {
		s, want string
		pure    bool
	}{
		{"2026-03-09", "2026-03-09T00:00:00Z", true},
		{" 2026-03-09 ", "2026-03-09T00:00:00Z", true},
		{"2026-03-09T10:00:00Z", "2026-03-09T10:00:00Z", false},
		{"2026-03-09T10:00:00.5+02:00", "2026-03-09T08:00:00.5Z", false},
		{"2026-03-09T10:00:00", "2026-03-09T09:00:00Z", false},
		{"2026-03-29 02:30", "2026-03-29T01:00:00Z", false},
	} {
		got, pure, err := ParseInstant(tt.s, berlin)
		require.NoError(t, err, tt.s)
		require.Equal(t, tt.want, got.Format(time.RFC3339Nano), tt.s)
		require.Equal(t, tt.pure, pure, tt.s)
	}
	for _, s := range []string{"", "now", "tomorrow", "2026-02-30", "09.03.2026", "1741500000", "2026-13-01"} {
		_, _, err := ParseInstant(s, berlin)
		require.ErrorIs(t, err, ErrInstant, s)
	}
	date, _, err := ParseInstant("2026-03-09", berlin)
	require.NoError(t, err)
	require.Equal(t, "2026-03-08T23:00:00Z", StartOfDay(date, berlin).Format(time.RFC3339))
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"90s", "15m", "4h", "7d", "3w", "-3d", "0d", "", "99999999999d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDuration(s); err == nil {
			require.Positive(t, d.Approx())
			require.LessOrEqual(t, d.Approx(), maxExact)
			back, err := ParseDuration(d.String())
			require.NoError(t, err)
			require.Equal(t, d, back)
		}
		if d, err := ParseOffset(s); err == nil {
			back, err := ParseOffset(d.String())
			require.NoError(t, err)
			require.Equal(t, d, back)
		}
		_, _ = ParseTimeOfDay(s)
		_, _, _ = ParseInstant(s, time.UTC)
	})
}
