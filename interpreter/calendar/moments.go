package calendar

import "time"

// dateHour is when something due on a pure date happens if no time of day is given.
var dateHour = TimeOfDay{Hour: 9}

// DayN returns the moment on the local date of the anchor plus n days; day 0 is the anchor's own
// date. Without at it keeps the anchor's time of day (09:00 for a pure date). A day outside days
// moves forward. With pureDate the anchor is a date of ParseInstant.
func DayN(anchor time.Time, pureDate bool, n int, at *TimeOfDay, days Weekdays, loc *time.Location) time.Time {
	return OnDate(anchor, pureDate, Duration{Days: n}, at, days, loc)
}

// OnDate returns date plus offset, then moved to the time of day at (when given) of that local date,
// then forward to an allowed day. A pure date (see ParseInstant) starts from 09:00.
func OnDate(date time.Time, pureDate bool, offset Duration, at *TimeOfDay, days Weekdays, loc *time.Location) time.Time {
	day, clock := civilOf(date, loc)
	if pureDate {
		day, _ = civilOf(date, time.UTC)
		clock = dateHour.clock()
	}
	return onCivil(day, clock, offset, at, days, loc)
}

func onCivil(day civil, clock time.Duration, offset Duration, at *TimeOfDay, days Weekdays, loc *time.Location) time.Time {
	if offset.Days != 0 {
		day = day.addDays(offset.Days)
	}
	if offset.Exact != 0 {
		day, clock = civilOf(day.at(clock, loc).Add(offset.Exact), loc)
	}
	if at != nil {
		clock = at.clock()
	}
	return days.forward(day).at(clock, loc)
}

// NextOccurrence returns the first moment strictly after t at this time of day on an allowed day.
func NextOccurrence(t time.Time, at TimeOfDay, days Weekdays, loc *time.Location) time.Time {
	day, _ := civilOf(t, loc)
	// 24:00 of yesterday is today.
	for day = day.addDays(-1); ; day = day.addDays(1) {
		if !days.Allows(day.weekday()) {
			continue
		}
		if next := day.at(at.clock(), loc); next.After(t) {
			return next
		}
	}
}

// NextYearly returns the first anniversary of date, the date itself included, that lies strictly
// after t once it is moved as in OnDate. In a year without 29 February that day is the 28th.
func NextYearly(date time.Time, pureDate bool, offset Duration, at *TimeOfDay, days Weekdays, t time.Time, loc *time.Location) time.Time {
	day, clock := civilOf(date, loc)
	if pureDate {
		day, _ = civilOf(date, time.UTC)
		clock = dateHour.clock()
	}
	// An offset of up to five years either way moves which anniversary comes next.
	for year := max(day.year, t.In(loc).Year()-7); ; year++ {
		if next := onCivil(day.inYear(year), clock, offset, at, days, loc); next.After(t) {
			return next
		}
	}
}

func (c civil) inYear(year int) civil {
	if c.month == time.February && c.day == 29 && (civil{year, time.February, 28}).addDays(1).day != 29 {
		return civil{year, time.February, 28}
	}
	return civil{year, c.month, c.day}
}
