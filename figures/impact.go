package figures

import (
	"fmt"
	"math"
	"time"

	"fermata/store"
)

// Reasons why an Impact has no Change.
const (
	// ImpactPending: for nobody has the time after the start passed.
	ImpactPending = "pending"
	// ImpactNobody: there is nobody to measure.
	ImpactNobody = "nobody"
	// ImpactNoHistory: nobody measured was a contact for all of the time before the start.
	ImpactNoHistory = "no_history"
	// ImpactNotReached: a time is asked for, and on one side nobody reached the goal.
	ImpactNotReached = "not_reached"
)

// Impact is the goal after enrollment against before: who reached it, and how far from the start the
// nearest time was, within the same length of time on both sides.
type Impact struct {
	Event   string  `json:"event"`
	Within  float64 `json:"within_s"`
	Measure string  `json:"measure"` // rate or time_to
	Pending int64   `json:"pending"`
	// After is of everybody for whom the time has passed; AfterKnown and Before of those of them who
	// were contacts for all of the time before.
	After      Reach    `json:"after"`
	AfterKnown Reach    `json:"after_known"`
	Before     Reach    `json:"before"`
	Change     *float64 `json:"change"` // after_known less before: of the rate, or of p50_s
	Reason     *string  `json:"reason"` // why there is no change
	Words      string   `json:"words"`
}

// Reach is how many of some enrollments reached a goal, and how far from their start, in seconds.
type Reach struct {
	Of      int64    `json:"of"`
	Reached int64    `json:"reached"`
	Rate    *float64 `json:"rate"`
	Time
}

// impactOf makes the figure of a goal; nil without one.
func impactOf(c *store.Impact, goal *store.Goal) *Impact {
	if goal == nil {
		return nil
	}
	if c == nil {
		c = &store.Impact{}
	}
	i := &Impact{
		Event: goal.Event, Within: goal.Within.Seconds(), Measure: goal.Measure, Pending: c.Pending,
		After: reach(c.Measured, c.After), AfterKnown: reach(c.Known, c.AfterKnown), Before: reach(c.Known, c.Before),
	}
	timed, reason := goal.Measure == "time_to", ""
	switch {
	case i.After.Of == 0 && i.Pending > 0:
		reason = ImpactPending
	case i.After.Of == 0:
		reason = ImpactNobody
	case i.Before.Of == 0:
		reason = ImpactNoHistory
	case timed && (i.AfterKnown.Reached == 0 || i.Before.Reached == 0):
		reason = ImpactNotReached
	case timed:
		i.Change = seconds(millis(i.AfterKnown.P50) - millis(i.Before.P50))
	default:
		i.Change = Rate(i.AfterKnown.Reached-i.Before.Reached, i.Before.Of)
	}
	if reason != "" {
		i.Reason = &reason
	}
	i.Words = i.say(reason)
	return i
}

func reach(of int64, s store.Spread) Reach {
	r, facts := Reach{Of: of}, s.Facts(50, 90)
	r.Reached, r.Rate, r.Time = facts.N, Rate(facts.N, of), timeOf(facts)
	return r
}

func millis(s *float64) int64 { return int64(math.Round(*s * 1000)) }

// say is the impact in words.
func (i *Impact) say(reason string) string {
	within := lengthWords(time.Duration(i.Within * float64(time.Second)))
	switch reason {
	case ImpactNobody:
		return "Nobody is there to be measured."
	case ImpactPending:
		return fmt.Sprintf("%s after the start have not passed for anybody yet.", within)
	}
	after := fmt.Sprintf("%s reached %s within %s after the start (%d of %d).", percent(i.After.Rate), i.Event, within, i.After.Reached, i.After.Of)
	if reason == ImpactNoHistory {
		return after + " Nobody of them was a contact long enough before to compare."
	}
	return after + fmt.Sprintf(" Of the %d who were contacts long enough before, %s did after the start and %s in the time before it.",
		i.Before.Of, percent(i.AfterKnown.Rate), percent(i.Before.Rate))
}

func percent(rate *float64) string { return fmt.Sprintf("%d %%", int(math.Round(*rate*100))) }

// lengthWords is a length in its largest whole unit.
func lengthWords(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / unit.of; d%unit.of == 0 {
			if n == 1 {
				return "1 " + unit.name
			}
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return d.String()
}
