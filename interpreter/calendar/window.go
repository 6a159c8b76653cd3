package calendar

import "time"

// span is the half-open stretch [start, end) that from and to open on one day; from ≥ to reaches
// into the next day. A start at 24:00 is one at 00:00.
func span(day civil, from, to TimeOfDay, loc *time.Location) (start, end time.Time) {
	last := day
	from = from.start()
	if from.clock() >= to.clock() {
		last = day.addDays(1)
	}
	return day.at(from.clock(), loc), last.at(to.clock(), loc)
}

// start is t as the start of a stretch: 24:00 reads 00:00.
func (t TimeOfDay) start() TimeOfDay { return TimeOfDay{Hour: t.Hour % 24, Minute: t.Minute} }

// NextOpen returns t if the window is open then, else the moment at which it opens next. The window
// is [from, to) on each allowed day; with from ≥ to it runs overnight (or the whole day round, when
// equal) and belongs to the day on which it starts.
func NextOpen(t time.Time, from, to TimeOfDay, days Weekdays, loc *time.Location) time.Time {
	day, _ := civilOf(t, loc)
	for day = day.addDays(-1); ; day = day.addDays(1) {
		if !days.Allows(day.weekday()) {
			continue
		}
		start, end := span(day, from, to, loc)
		if !start.Before(end) || !t.Before(end) { // a clock change can swallow a whole window
			continue
		}
		if t.Before(start) {
			return start
		}
		return t
	}
}

// QuietEnd reports whether t lies in the quiet hours [from, to), which may run overnight, and when
// they end; otherwise end is t. Equal times, and 00:00 to 24:00, are no quiet hours at all: nothing
// would ever be sent.
func QuietEnd(t time.Time, from, to TimeOfDay, loc *time.Location) (end time.Time, quiet bool) {
	if from.start() == to.start() {
		return t, false
	}
	// One pass is enough, except where a clock change joins the end of one night to the next.
	for end = t; ; quiet = true {
		later, inside := quietSpan(end, from, to, loc)
		if !inside {
			return end, quiet
		}
		end = later
	}
}

func quietSpan(t time.Time, from, to TimeOfDay, loc *time.Location) (time.Time, bool) {
	today, _ := civilOf(t, loc)
	for _, day := range []civil{today.addDays(-1), today} {
		start, end := span(day, from, to, loc)
		if !t.Before(start) && t.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}
