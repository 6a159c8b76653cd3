package calendar

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cron is a schedule of five fields: minute, hour, day of month, month, day of week. It is read in
// the civil time of a zone. Make it with ParseCron.
type Cron struct {
	minutes, hours, days, months, weekdays uint64 // bit n: the value n is allowed
	// eitherDay: day of month and day of week are both given, and one that fits is enough.
	eitherDay bool
}

// CronError says what is wrong with a schedule. Hint is what would be right.
type CronError struct{ Message, Hint string }

// Error implements error.
func (e *CronError) Error() string { return "parse cron: " + e.Message }

// cronField is the range of one field and the names that stand for its numbers.
type cronField struct {
	name      string
	low, high int
	names     []string
}

var cronFields = []cronField{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of month", 1, 31, nil},
	{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{"day of week", 0, 7, weekdayNames[:]},
}

// cronYears is how far Next looks: 29 February may be eight years away, around 2100.
const cronYears = 9

// ParseCron reads lists, ranges, steps and English names: "*/15 9-17 * * mon-fri". When day of month
// and day of week are both given, that is to say neither begins with *, a day that fits one of them
// is enough, as in every crontab. Its error is a *CronError.
func ParseCron(s string) (Cron, error) {
	parts := strings.Fields(s)
	if len(parts) != len(cronFields) {
		return Cron{}, &CronError{fmt.Sprintf("has %d fields", len(parts)), "minute, hour, day of month, month, day of week: 0 9 * * 1"}
	}
	var c Cron
	for i, into := range []*uint64{&c.minutes, &c.hours, &c.days, &c.months, &c.weekdays} {
		for _, part := range strings.Split(parts[i], ",") {
			set, ok := cronFields[i].parse(part)
			if !ok {
				f := cronFields[i]
				return Cron{}, &CronError{fmt.Sprintf("%q is not a %s", clip(part), f.name), fmt.Sprintf("%d to %d, * or a step such as */2", f.low, f.high)}
			}
			*into |= set
		}
	}
	const sunday, alsoSunday = 1 << 0, 1 << 7
	if c.weekdays&alsoSunday != 0 {
		c.weekdays = c.weekdays&^alsoSunday | sunday
	}
	c.eitherDay = !strings.HasPrefix(parts[2], "*") && !strings.HasPrefix(parts[4], "*")
	if _, ever := c.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC); !ever {
		return Cron{}, &CronError{"fits no day of any year", "such as 30 2: February has 29 days at most"}
	}
	return c, nil
}

// parse reads one range with an optional step.
func (f cronField) parse(part string) (set uint64, ok bool) {
	span, stepText, stepped := strings.Cut(part, "/")
	step := 1
	if stepped {
		n, err := strconv.ParseUint(stepText, 10, 8)
		if err != nil || n == 0 {
			return 0, false
		}
		step = int(n)
	}
	first, last := f.low, f.high
	if span != "*" {
		from, to, ranged := strings.Cut(span, "-")
		if first, ok = f.number(from); !ok {
			return 0, false
		}
		switch {
		case ranged:
			if last, ok = f.number(to); !ok || first > last {
				return 0, false
			}
		case !stepped:
			last = first
		}
	}
	for n := first; n <= last; n += step {
		set |= 1 << n
	}
	return set, true
}

func (f cronField) number(s string) (int, bool) {
	if i := slices.Index(f.names, strings.ToLower(s)); i >= 0 {
		return i + f.low, true
	}
	n, err := strconv.ParseUint(s, 10, 8)
	return int(n), err == nil && int(n) >= f.low && int(n) <= f.high
}

// Minutes of the hour that the schedule names, in order; so are those below.
func (c Cron) Minutes() []int { return members(c.minutes) }

// Hours of the day.
func (c Cron) Hours() []int { return members(c.hours) }

// Dates are days of the month.
func (c Cron) Dates() []int { return members(c.days) }

// Months of the year.
func (c Cron) Months() []int { return members(c.months) }

// Weekdays are the days of the week that the schedule names.
func (c Cron) Weekdays() Weekdays {
	var w Weekdays
	for _, day := range members(c.weekdays) {
		w[day] = true
	}
	return w
}

// EitherDay reports whether a day that fits either the dates or the weekdays is enough.
func (c Cron) EitherDay() bool { return c.eitherDay }

func members(set uint64) []int {
	var list []int
	for ; set != 0; set &= set - 1 {
		list = append(list, bits.TrailingZeros64(set))
	}
	return list
}

// Next returns the first instant after t at which the schedule fires in loc. A time that a clock
// change skips fires at the first instant after the gap, one that comes twice at the first of the
// two; times that become the same instant are one. It is false when there is none for years.
func (c Cron) Next(t time.Time, loc *time.Location) (time.Time, bool) {
	day, clock := civilOf(t, loc)
	// What lies on or before t's own time of day was on or before t: Local keeps the order.
	from := int(clock / time.Minute)
	for last := day.year + cronYears; day.year <= last; day, from = day.addDays(1), 0 {
		if !c.fits(day) {
			continue
		}
		for minute := c.minuteFrom(from); minute >= 0; minute = c.minuteFrom(minute + 1) {
			if next := day.at(time.Duration(minute)*time.Minute, loc); next.After(t) {
				return next, true
			}
		}
	}
	return time.Time{}, false
}

// minuteFrom is the first minute of the day, from one on, that the schedule names; -1 for none.
func (c Cron) minuteFrom(minute int) int {
	for hour := minute / 60; hour < 24; hour, minute = hour+1, 0 {
		if c.hours&(1<<hour) == 0 {
			continue
		}
		if left := c.minutes >> (minute % 60); left != 0 {
			return hour*60 + minute%60 + bits.TrailingZeros64(left)
		}
	}
	return -1
}

func (c Cron) fits(day civil) bool {
	if c.months&(1<<day.month) == 0 {
		return false
	}
	date, weekday := c.days&(1<<day.day) != 0, c.weekdays&(1<<day.weekday()) != 0
	if c.eitherDay {
		return date || weekday
	}
	return date && weekday
}

// Newest returns the last instant after t and not after until at which the schedule fires in loc,
// and how many there are; none is false.
func (c Cron) Newest(t, until time.Time, loc *time.Location) (newest time.Time, count int, ok bool) {
	for {
		next, found := c.Next(t, loc)
		if !found || next.After(until) {
			return newest, count, count > 0
		}
		newest, t = next, next
		count++
	}
}
