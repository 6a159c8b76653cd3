package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TimeOfDay is a wall-clock time with minutes. 24:00 is the end of the day.
type TimeOfDay struct{ Hour, Minute int }

// ErrTimeOfDay is wrapped by every error of ParseTimeOfDay.
var ErrTimeOfDay = errors.New("a time of day is written 00:00 to 23:59, or 24:00 for the end of the day")

// ParseTimeOfDay reads 09:00, 9:00 or 24:00.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	bad := fmt.Errorf("parse time of day %q: %w", clip(s), ErrTimeOfDay)
	hour, minute, ok := strings.Cut(s, ":")
	if !ok || len(hour) < 1 || len(hour) > 2 || len(minute) != 2 {
		return TimeOfDay{}, bad
	}
	h, errHour := strconv.ParseUint(hour, 10, 8)
	m, errMinute := strconv.ParseUint(minute, 10, 8)
	if errHour != nil || errMinute != nil || m > 59 || h > 24 || h == 24 && m > 0 {
		return TimeOfDay{}, bad
	}
	return TimeOfDay{Hour: int(h), Minute: int(m)}, nil
}

// String writes 09:00.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

// MarshalText writes what String writes.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what ParseTimeOfDay reads.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	parsed, err := ParseTimeOfDay(string(text))
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}

// clock is the time since the start of the wall-clock day.
func (t TimeOfDay) clock() time.Duration {
	return time.Duration(t.Hour)*time.Hour + time.Duration(t.Minute)*time.Minute
}

// civil is a date without a zone.
type civil struct {
	year  int
	month time.Month
	day   int
}

func civilOf(t time.Time, loc *time.Location) (civil, time.Duration) {
	local := t.In(loc)
	year, month, day := local.Date()
	hour, minute, second := local.Clock()
	clock := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(second)*time.Second + time.Duration(local.Nanosecond())
	return civil{year, month, day}, clock
}

func (c civil) addDays(n int) civil {
	moved := time.Date(c.year, c.month, c.day+n, 0, 0, 0, 0, time.UTC)
	return civil{moved.Year(), moved.Month(), moved.Day()}
}

func (c civil) weekday() time.Weekday {
	return time.Date(c.year, c.month, c.day, 0, 0, 0, 0, time.UTC).Weekday()
}

// at returns the instant at which loc shows the date c and the given time since midnight. A time
// that a clock change skips is the first instant after the gap, one that comes twice is the first.
func (c civil) at(clock time.Duration, loc *time.Location) time.Time {
	wall := time.Date(c.year, c.month, c.day, 0, 0, 0, 0, time.UTC).Add(clock)
	t := time.Date(wall.Year(), wall.Month(), wall.Day(),
		wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), loc)
	start, end := t.ZoneBounds()
	shown := wallOf(t)
	if shown.After(wall) { // the skipped wall time was read with the offset before the gap
		return start.UTC()
	}
	if shown.Before(wall) { // … or with the one after it
		return end.UTC()
	}
	if !start.IsZero() {
		_, offset := start.Add(-1).Zone()
		if first := wall.Add(-time.Duration(offset) * time.Second); first.Before(start) && first.Before(t) {
			return first
		}
	}
	return t.UTC()
}

// wallOf is what the clock of t's zone shows, written as if it were UTC.
func wallOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// Local returns the instant (in UTC) at which loc shows this date and time. A time that a clock
// change skips is the first instant after the gap, one that comes twice is the first of the two.
func Local(loc *time.Location, year int, month time.Month, day int, tod TimeOfDay) time.Time {
	return civil{year, month, day}.addDays(0).at(tod.clock(), loc)
}

// ErrInstant is wrapped by every error of ParseInstant.
var ErrInstant = errors.New("a moment is a date (2026-03-09) or RFC 3339 (2026-03-09T10:00:00Z)")

// ParseInstant reads a date (2026-03-09, pureDate true) or an RFC 3339 moment; a moment without an
// offset is read in loc. A pure date names no instant: it comes back as midnight UTC of that date,
// so that it survives storage and a changed zone; give it to DayN or OnDate, or see StartOfDay.
func ParseInstant(s string, loc *time.Location) (t time.Time, pureDate bool, err error) {
	s = strings.TrimSpace(s)
	if len(s) > 40 {
		return time.Time{}, false, fmt.Errorf("parse moment %q: %w", clip(s), ErrInstant)
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, true, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), false, nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", time.DateTime, "2006-01-02 15:04"} {
		if wall, err := time.Parse(layout, s); err == nil {
			date, clock := civilOf(wall, time.UTC)
			return date.at(clock, loc), false, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("parse moment %q: %w", clip(s), ErrInstant)
}

// StartOfDay is the first instant, in loc, of the date that a pure date of ParseInstant names.
func StartOfDay(pureDate time.Time, loc *time.Location) time.Time {
	date, _ := civilOf(pureDate, time.UTC)
	return date.at(0, loc)
}
