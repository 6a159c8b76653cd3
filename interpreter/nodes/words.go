package nodes

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fermata/interpreter/calendar"
)

// LengthWords writes a duration for people: "3 days", "1 hour", "90 seconds".
func LengthWords(d calendar.Duration) string {
	count, unit := int64(d.Exact/time.Second), "second"
	switch {
	case d.Days != 0:
		count, unit = int64(d.Days), "day"
	case d.Exact%time.Hour == 0:
		count, unit = int64(d.Exact/time.Hour), "hour"
	case d.Exact%time.Minute == 0:
		count, unit = int64(d.Exact/time.Minute), "minute"
	}
	if count != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", count, unit)
}

// PaceWords writes the time between two pieces of a rate: "36 seconds", "0.5 seconds".
func PaceWords(d time.Duration) string {
	if d%time.Second == 0 {
		return LengthWords(calendar.Duration{Exact: d})
	}
	return strconv.FormatFloat(d.Round(time.Second/10).Seconds(), 'f', -1, 64) + " seconds"
}

var dayWords = [7]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// DaysWords writes a set of days for people: "Mon–Fri", "Mon, Wed"; all days are "".
func DaysWords(days calendar.Weekdays) string {
	if days.IsAll() {
		return ""
	}
	allowed := func(i int) bool { return days.Allows(time.Weekday((i + 1) % 7)) }
	var parts []string
	for i := 0; i < 7; i++ {
		if !allowed(i) {
			continue
		}
		last := i
		for last+1 < 7 && allowed(last+1) {
			last++
		}
		switch {
		case last-i >= 2:
			parts = append(parts, dayWords[i]+"–"+dayWords[last])
			i = last
		default:
			parts = append(parts, dayWords[i])
		}
	}
	return strings.Join(parts, ", ")
}

// quoted shortens a text of the author for a summary line.
func quoted(s string) string {
	const most = 60
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return "“" + s + "”"
}

// named joins names for a summary line; Liquid in them stands as it is written.
func named(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
