package calendar

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Weekdays says which days are allowed, indexed by time.Weekday. The zero value allows every day:
// a set without any day would never open.
type Weekdays [7]bool

var weekdayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ErrWeekday is wrapped by every error of ParseWeekdays.
var ErrWeekday = errors.New("weekdays are mon, tue, wed, thu, fri, sat, sun")

// All is the set of every day.
func All() Weekdays { return Weekdays{true, true, true, true, true, true, true} }

// ParseWeekdays reads short or full English names in any case; an empty list is every day.
func ParseWeekdays(names []string) (Weekdays, error) {
	if len(names) == 0 {
		return All(), nil
	}
	var days Weekdays
	for _, name := range names {
		day, ok := weekdayOf(strings.ToLower(name))
		if !ok {
			return Weekdays{}, fmt.Errorf("parse weekday %q: %w", clip(name), ErrWeekday)
		}
		days[day] = true
	}
	return days, nil
}

func weekdayOf(name string) (time.Weekday, bool) {
	for i, short := range weekdayNames {
		if name == short || name == strings.ToLower(time.Weekday(i).String()) {
			return time.Weekday(i), true
		}
	}
	return 0, false
}

// IsAll reports whether every day is allowed.
func (w Weekdays) IsAll() bool { return w == All() || w == Weekdays{} }

// Allows reports whether the day is in the set.
func (w Weekdays) Allows(day time.Weekday) bool { return w[day] || w == Weekdays{} }

// String lists the days from Monday on: "mon tue wed".
func (w Weekdays) String() string {
	var names []string
	for i := range 7 {
		if day := time.Weekday((i + 1) % 7); w.Allows(day) {
			names = append(names, weekdayNames[day])
		}
	}
	return strings.Join(names, " ")
}

// forward is the first allowed date from c on.
func (w Weekdays) forward(c civil) civil {
	for !w.Allows(c.weekday()) {
		c = c.addDays(1)
	}
	return c
}
