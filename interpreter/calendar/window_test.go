package calendar

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNextOpen(t *testing.T) {
	t.Parallel()
	work, err := ParseWeekdays([]string{"mon", "tue", "wed", "thu", "fri"})
	require.NoError(t, err)
	friday := Weekdays{time.Friday: true}
	for _, tt := range []struct {
		name, zone string
		from, to   TimeOfDay
		days       Weekdays
		t, want    string
	}{
		{"open", "UTC", TimeOfDay{9, 0}, TimeOfDay{17, 0}, All(), "2026-05-05T10:00:00Z", "2026-05-05T10:00:00Z"},
		{"opening moment", "UTC", TimeOfDay{9, 0}, TimeOfDay{17, 0}, All(), "2026-05-05T09:00:00Z", "2026-05-05T09:00:00Z"},
		{"closing moment is closed", "UTC", TimeOfDay{9, 0}, TimeOfDay{17, 0}, All(), "2026-05-05T17:00:00Z", "2026-05-06T09:00:00Z"},
		{"too early", "UTC", TimeOfDay{9, 0}, TimeOfDay{17, 0}, All(), "2026-05-05T03:00:00Z", "2026-05-05T09:00:00Z"},
		{"weekend", "Europe/Berlin", TimeOfDay{9, 0}, TimeOfDay{17, 0}, work, "2026-05-08T16:00:00Z", "2026-05-11T07:00:00Z"},
		{"whole allowed days", "UTC", TimeOfDay{0, 0}, TimeOfDay{24, 0}, work, "2026-05-09T12:00:00Z", "2026-05-11T00:00:00Z"},
		{"overnight, evening part", "UTC", TimeOfDay{22, 0}, TimeOfDay{6, 0}, All(), "2026-05-05T23:00:00Z", "2026-05-05T23:00:00Z"},
		{"overnight, morning part", "UTC", TimeOfDay{22, 0}, TimeOfDay{6, 0}, All(), "2026-05-05T05:59:59Z", "2026-05-05T05:59:59Z"},
		{"overnight, closed by day", "UTC", TimeOfDay{22, 0}, TimeOfDay{6, 0}, All(), "2026-05-05T06:00:00Z", "2026-05-05T22:00:00Z"},
		{"overnight belongs to the day it starts on", "UTC", TimeOfDay{22, 0}, TimeOfDay{6, 0}, friday, "2026-05-09T03:00:00Z", "2026-05-09T03:00:00Z"},
		{"friday morning belongs to thursday", "UTC", TimeOfDay{22, 0}, TimeOfDay{6, 0}, friday, "2026-05-08T03:00:00Z", "2026-05-08T22:00:00Z"},
		{"opens in a gap", "America/New_York", TimeOfDay{2, 30}, TimeOfDay{5, 0}, All(), "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z"},
		{"swallowed by a gap", "America/New_York", TimeOfDay{2, 0}, TimeOfDay{3, 0}, All(), "2026-03-08T05:00:00Z", "2026-03-09T06:00:00Z"},
		{"from 24:00 is from 00:00", "UTC", TimeOfDay{24, 0}, TimeOfDay{6, 0}, All(), "2026-05-05T07:00:00Z", "2026-05-06T00:00:00Z"},
		{"24:00 to 00:00 is the whole day", "UTC", TimeOfDay{24, 0}, TimeOfDay{0, 0}, All(), "2026-05-05T07:00:00Z", "2026-05-05T07:00:00Z"},
		{"equal times are the whole day round", "UTC", TimeOfDay{8, 0}, TimeOfDay{8, 0}, All(), "2026-05-05T03:00:00Z", "2026-05-05T03:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := NextOpen(instant(t, tt.t), tt.from, tt.to, tt.days, zone(t, tt.zone))
			require.Equal(t, tt.want, got.Format(time.RFC3339))
		})
	}
}

func TestQuietEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, zone string
		from, to   TimeOfDay
		t, want    string
		quiet      bool
	}{
		{"kolkata evening", "Asia/Kolkata", TimeOfDay{22, 0}, TimeOfDay{6, 0}, "2026-05-05T16:30:00Z", "2026-05-06T00:30:00Z", true},
		{"kolkata just before", "Asia/Kolkata", TimeOfDay{22, 0}, TimeOfDay{6, 0}, "2026-05-05T16:29:59Z", "2026-05-05T16:29:59Z", false},
		{"kolkata morning", "Asia/Kolkata", TimeOfDay{22, 0}, TimeOfDay{6, 0}, "2026-05-06T00:29:59Z", "2026-05-06T00:30:00Z", true},
		{"kolkata six sharp", "Asia/Kolkata", TimeOfDay{22, 0}, TimeOfDay{6, 0}, "2026-05-06T00:30:00Z", "2026-05-06T00:30:00Z", false},
		{"short night in new york", "America/New_York", TimeOfDay{22, 0}, TimeOfDay{6, 0}, "2026-03-08T03:00:00Z", "2026-03-08T10:00:00Z", true},
		{"long night in new york", "America/New_York", TimeOfDay{22, 0}, TimeOfDay{6, 0}, "2026-11-01T02:00:00Z", "2026-11-01T11:00:00Z", true},
		{"over noon", "UTC", TimeOfDay{12, 0}, TimeOfDay{14, 0}, "2026-05-05T13:00:00Z", "2026-05-05T14:00:00Z", true},
		{"until midnight", "UTC", TimeOfDay{20, 0}, TimeOfDay{24, 0}, "2026-05-05T21:00:00Z", "2026-05-06T00:00:00Z", true},
		{"equal times are no quiet hours", "UTC", TimeOfDay{8, 0}, TimeOfDay{8, 0}, "2026-05-05T08:00:00Z", "2026-05-05T08:00:00Z", false},
		{"the whole day is no quiet hours", "UTC", TimeOfDay{0, 0}, TimeOfDay{24, 0}, "2026-05-05T08:00:00Z", "2026-05-05T08:00:00Z", false},
		{"ends inside a gap", "America/New_York", TimeOfDay{22, 0}, TimeOfDay{2, 30}, "2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z", true},
		{"a gap joins two nights", "America/New_York", TimeOfDay{3, 0}, TimeOfDay{2, 30}, "2026-03-08T05:00:00Z", "2026-03-09T06:30:00Z", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			end, quiet := QuietEnd(instant(t, tt.t), tt.from, tt.to, zone(t, tt.zone))
			require.Equal(t, tt.want, end.Format(time.RFC3339))
			require.Equal(t, tt.quiet, quiet)
		})
	}
}

// Swapped overnight windows and wrong weekend rules are the classical mistake here.
func TestOvernightWindowOnEveryWeekday(t *testing.T) {
	t.Parallel()
	from, to := TimeOfDay{22, 0}, TimeOfDay{6, 0}
	for day := range 7 {
		days := Weekdays{}
		days[day] = true
		for hour := range 14 * 24 {
			now := time.Date(2026, 5, 3, hour, 30, 0, 0, time.UTC)
			got := NextOpen(now, from, to, days, time.UTC)
			open := now.Hour() >= 22 && int(now.Weekday()) == day || now.Hour() < 6 && (int(now.Weekday())+6)%7 == day
			require.Equal(t, open, got.Equal(now), "%s on %s", now, time.Weekday(day))
			if !open {
				require.Equal(t, 22, got.Hour())
				require.Equal(t, time.Weekday(day), got.Weekday())
			}
		}
	}
}

func TestNextOpenIsIdempotentAndNeverEarlier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(sampleZones).Draw(t, "zone"))
		now, days := drawInstant(t), drawDays(t)
		from, to := drawTimeOfDay(t, "from"), drawTimeOfDay(t, "to")
		open := NextOpen(now, from, to, days, loc)
		require.False(t, open.Before(now))
		require.True(t, NextOpen(open, from, to, days, loc).Equal(open))
		require.Less(t, open.Sub(now), 16*24*time.Hour)
	})
}

func TestQuietEndIsNeverQuiet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(sampleZones).Draw(t, "zone"))
		now := drawInstant(t)
		from, to := drawTimeOfDay(t, "from"), drawTimeOfDay(t, "to")
		end, quiet := QuietEnd(now, from, to, loc)
		require.False(t, end.Before(now))
		require.Equal(t, quiet, end.After(now))
		again, still := QuietEnd(end, from, to, loc)
		require.False(t, still)
		require.True(t, again.Equal(end))
	})
}
