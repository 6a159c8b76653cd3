package alarms

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// span says a length of time in its two largest units: 12 minutes, 3 h 20 min, 2 days.
func span(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Minute:
		return count(int(d/time.Second), "second")
	case d < time.Hour:
		return count(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
		if minutes == 0 {
			return count(hours, "hour")
		}
		return fmt.Sprintf("%d h %d min", hours, minutes)
	}
	return count(int(d/(24*time.Hour)), "day")
}

// minutes says a length of time no finer than by the minute.
func minutes(d time.Duration) string {
	if d < time.Minute {
		return "less than a minute"
	}
	return span(d)
}

// length says a length that somebody set: the last hour, the last 15 minutes.
func length(l Length) string {
	words := span(time.Duration(l))
	return strings.TrimPrefix(words, "1 ")
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// percent says a share.
func percent(part, whole int) string {
	if whole == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%d %%", int(math.Round(100*float64(part)/float64(whole))))
}

// moment says an instant, with its zone.
func moment(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Mon 2 Jan 2006 15:04 MST")
}

// titles are what the kinds are called.
var titles = map[string]string{
	KindErrorRate: "Errors", KindSilence: "Silence", KindLateness: "Late", KindWedged: "Stuck", KindDrift: "Drift",
}

// about is what an alarm is about.
func about(workflow string) string {
	if workflow == "" {
		return "the whole account"
	}
	return workflow
}
