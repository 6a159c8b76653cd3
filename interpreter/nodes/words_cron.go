package nodes

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fermata/interpreter/calendar"
)

// CronWords writes a schedule for people: "Every Monday at 09:00", "Every 15 minutes, Mon–Fri".
func CronWords(c calendar.Cron) string {
	day := cronDay(c)
	months := ""
	if list := c.Months(); len(list) < 12 {
		months = " in " + listed(list, func(n int) string { return time.Month(n).String() })
	}
	clock, exact := cronClock(c)
	if exact {
		if day == "" {
			day = "Every day"
		}
		return day + months + " at " + clock
	}
	if day == "" {
		return clock + months
	}
	return clock + ", " + strings.ToLower(day[:1]) + day[1:] + months
}

// mostTimes is how many times of day are written one by one.
const mostTimes = 4

// cronClock writes the times of day; exact ones stand behind "at".
func cronClock(c calendar.Cron) (clock string, exact bool) {
	minutes, hours := c.Minutes(), c.Hours()
	if len(minutes)*len(hours) <= mostTimes {
		var times []string
		for _, h := range hours {
			for _, m := range minutes {
				times = append(times, fmt.Sprintf("%02d:%02d", h, m))
			}
		}
		return joined(times), true
	}
	within := ""
	if len(hours) < 24 {
		within = " in the hours " + runs(hours)
	}
	step, regular := stepOf(minutes, 60)
	switch {
	case len(minutes) == 1 && len(hours) == 24:
		return fmt.Sprintf("Every hour at minute %d", minutes[0]), false
	case len(minutes) == 1:
		if hourly, even := stepOf(hours, 24); even {
			return fmt.Sprintf("Every %d hours at minute %d", hourly, minutes[0]), false
		}
		return fmt.Sprintf("At minute %d%s", minutes[0], within), false
	case len(minutes) == 60:
		return "Every minute" + within, false
	case regular:
		return fmt.Sprintf("Every %d minutes%s", step, within), false
	}
	return "At the minutes " + runs(minutes) + within, false
}

// cronDay writes the days, empty for every day.
func cronDay(c calendar.Cron) string {
	dates, weekdays := c.Dates(), c.Weekdays()
	allDates, allWeekdays := len(dates) == 31, weekdays.IsAll()
	on := "On the " + listed(dates, ordinal)
	if len(dates) > 2*mostTimes {
		on = "On the days " + runs(dates)
	}
	switch {
	case allDates && allWeekdays:
		return ""
	case allDates:
		return "Every " + weekdayWords(weekdays)
	case allWeekdays:
		return on
	case c.EitherDay():
		return on + " and every " + weekdayWords(weekdays)
	}
	return on + ", if that is " + weekdayWords(weekdays)
}

// weekdayWords writes one day in full, and several shortly.
func weekdayWords(days calendar.Weekdays) string {
	var only []string
	for day := time.Sunday; day <= time.Saturday; day++ {
		if days.Allows(day) {
			only = append(only, day.String())
		}
	}
	if len(only) == 1 {
		return only[0]
	}
	return DaysWords(days)
}

// stepOf is the distance between the numbers when they are all multiples of it below a limit.
func stepOf(numbers []int, limit int) (step int, even bool) {
	if len(numbers) < 2 || numbers[0] != 0 {
		return 0, false
	}
	step = numbers[1]
	for i, n := range numbers {
		if n != i*step {
			return 0, false
		}
	}
	return step, len(numbers)*step == limit
}

// runs writes numbers with their runs drawn together: 9–17, 20.
func runs(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); i++ {
		last := i
		for last+1 < len(numbers) && numbers[last+1] == numbers[last]+1 {
			last++
		}
		if last-i >= 2 {
			parts = append(parts, fmt.Sprintf("%d–%d", numbers[i], numbers[last]))
			i = last
			continue
		}
		parts = append(parts, strconv.Itoa(numbers[i]))
	}
	return joined(parts)
}

func listed(numbers []int, write func(int) string) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = write(n)
	}
	return joined(parts)
}

// joined writes a list with "and" before its last part.
func joined(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

func ordinal(n int) string {
	ending := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}
