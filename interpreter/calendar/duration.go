package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	maxDays  = 5*365 + 1 // five years with one leap day
	maxExact = maxDays * 24 * time.Hour
)

// ErrDuration is wrapped by every error of ParseDuration and ParseOffset.
var ErrDuration = errors.New("a duration is a whole number with s, m, h, d or w, from 1s to 5 years: 90s, 15m, 4h, 7d, 3w")

// Duration is a length of time as people write it. Days are calendar days in a zone (23, 24 or 25
// hours long); Exact is elapsed time. At most one of them is set; an offset may be negative.
type Duration struct {
	Days  int
	Exact time.Duration
}

// ParseDuration reads 90s, 15m, 4h, 7d or 3w, between 1 second and 5 years.
func ParseDuration(s string) (Duration, error) {
	d, err := parseUnits(s)
	if err != nil {
		return Duration{}, err
	}
	if d.Sign() <= 0 {
		return Duration{}, fmt.Errorf("parse duration %q: %w", clip(s), ErrDuration)
	}
	return d, nil
}

// ParseOffset reads a duration that may be zero or carry a sign: 0d, -3d, +2h.
func ParseOffset(s string) (Duration, error) {
	if len(s) > 1 && (s[0] == '-' || s[0] == '+') {
		d, err := parseUnits(s[1:])
		if err == nil && s[0] == '-' {
			d = d.Negate()
		}
		return d, err
	}
	return parseUnits(s)
}

func parseUnits(s string) (Duration, error) {
	bad := fmt.Errorf("parse duration %q: %w", clip(s), ErrDuration)
	if len(s) < 2 || len(s) > 10 {
		return Duration{}, bad
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 32)
	if err != nil {
		return Duration{}, bad
	}
	var d Duration
	switch s[len(s)-1] {
	case 's':
		d.Exact = time.Duration(n) * time.Second
	case 'm':
		d.Exact = time.Duration(n) * time.Minute
	case 'h':
		if n > maxDays*24 {
			return Duration{}, bad
		}
		d.Exact = time.Duration(n) * time.Hour
	case 'd':
		d.Days = int(n)
	case 'w':
		d.Days = int(n) * 7
	default:
		return Duration{}, bad
	}
	if d.Days > maxDays || d.Exact > maxExact {
		return Duration{}, bad
	}
	return d, nil
}

// clip keeps a quoted input short enough for a message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// From returns the instant that lies d after t. Calendar days keep the time of day that t has in
// loc; where that does not exist it is the first instant after the gap.
func (d Duration) From(t time.Time, loc *time.Location) time.Time {
	if d.Days == 0 {
		return t.Add(d.Exact)
	}
	date, clock := civilOf(t, loc)
	return date.addDays(d.Days).at(clock, loc).Add(d.Exact)
}

// Before returns the instant that lies d before t: the start of "within 60d".
func (d Duration) Before(t time.Time, loc *time.Location) time.Time {
	return d.Negate().From(t, loc)
}

// Negate returns the same length in the other direction.
func (d Duration) Negate() Duration { return Duration{Days: -d.Days, Exact: -d.Exact} }

// IsZero reports whether d moves nothing.
func (d Duration) IsZero() bool { return d == Duration{} }

// Sign is -1, 0 or 1.
func (d Duration) Sign() int {
	switch {
	case d.Days > 0 || d.Days == 0 && d.Exact > 0:
		return 1
	case d.IsZero():
		return 0
	default:
		return -1
	}
}

// Approx is the length with days of 24 hours, for comparing lengths and for lints; never for a wake-up.
func (d Duration) Approx() time.Duration {
	return time.Duration(d.Days)*24*time.Hour + d.Exact
}

// String writes d so that ParseOffset reads it back: 7d, 4h, 90s, -3d; zero is 0s.
func (d Duration) String() string {
	switch {
	case d.Days != 0:
		return strconv.Itoa(d.Days) + "d"
	case d.Exact%time.Hour == 0 && d.Exact != 0:
		return strconv.FormatInt(int64(d.Exact/time.Hour), 10) + "h"
	case d.Exact%time.Minute == 0 && d.Exact != 0:
		return strconv.FormatInt(int64(d.Exact/time.Minute), 10) + "m"
	default:
		return strconv.FormatInt(int64(d.Exact/time.Second), 10) + "s"
	}
}

// MarshalText writes what String writes.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseOffset reads.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseOffset(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
