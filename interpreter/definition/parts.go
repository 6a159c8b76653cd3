package definition

import (
	"fmt"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

// Parts of a definition that are read alone, while somebody edits them. What is wrong is in the
// report, by pointers that begin at the part.

// Parts of which a preview says in words and dates what they mean.
const (
	PreviewDate         = "date"
	PreviewSchedule     = "schedule"
	PreviewQuietHours   = "quiet_hours"
	PreviewSendRate     = "send_rate"
	PreviewFrequencyCap = "frequency_cap"
)

// ReadDate reads the date of a trigger.
func ReadDate(raw map[string]any, r *form.Report) *DateTrigger {
	return dateOf(dateForm.Values(raw, "", r))
}

// ReadSchedule reads the schedule of a trigger.
func ReadSchedule(raw map[string]any, r *form.Report) *ScheduleTrigger {
	return scheduleOf(scheduleForm.Values(raw, "", r))
}

// ReadQuietHours reads quiet hours.
func ReadQuietHours(raw map[string]any, r *form.Report) *QuietHours {
	return quietOf(quietForm.Values(raw, "", r))
}

// ReadRate reads an object whose key rate holds one.
func ReadRate(raw map[string]any, r *form.Report) Rate {
	rate, _ := form.Object{Fields: []form.Field{{Key: "rate", Type: rateType{}, Required: true}}}.Values(raw, "", r).Any("rate").(Rate)
	return rate
}

// Words say what happens in the quiet hours: "Marketing messages wait from 22:00 to 08:00".
func (q *QuietHours) Words() string {
	if _, _, some := q.Next(time.Unix(0, 0), time.UTC); !some {
		return "Both times are the same: there are no quiet hours"
	}
	who, does := "Marketing messages", "wait"
	if q.All {
		who = "All messages"
	}
	if q.Drops() {
		does = "are dropped"
	}
	return fmt.Sprintf("%s %s from %s to %s", who, does, q.From, q.To)
}

// Next is when it is quiet next, t itself when it is then, and until when; some is false when it never is.
func (q *QuietHours) Next(t time.Time, zone *time.Location) (from, until time.Time, some bool) {
	from = calendar.NextOpen(t, q.From, q.To, calendar.All(), zone)
	until, some = calendar.QuietEnd(from, q.From, q.To, zone)
	return from, until, some
}

// Next are the first n instants after t at which the schedule goes off, in order.
func (s *ScheduleTrigger) Next(t time.Time, zone *time.Location, n int) []time.Time {
	cron, err := calendar.ParseCron(s.Cron)
	if err != nil {
		return nil
	}
	var list []time.Time
	for range n {
		next, ok := cron.Next(t, zone)
		if !ok {
			break
		}
		list, t = append(list, next), next
	}
	return list
}

// Words say a rate: "100 in 1 hour".
func (r Rate) Words() string { return fmt.Sprintf("%d in %s", r.Count, nodes.LengthWords(r.Per)) }
