package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatAnEnrollmentStillNeeds(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	week := &Goal{Event: "purchase.completed", Within: 7 * 24 * time.Hour}
	bought := func(after time.Duration) oldEvent {
		return oldEvent{ID: "e", Type: "purchase.completed", Seq: 1, OccurredAt: start.Add(after), AcceptedAt: start.Add(max(after, 0) + 300*24*time.Hour)}
	}
	for _, c := range []struct {
		name  string
		of    keeper
		event oldEvent
		own   bool
		want  bool
	}{
		{"what enrolled who is inside", keeper{Active: true, TriggerEventID: "e", StartSeq: 9}, oldEvent{ID: "e", Seq: 5}, true, true},
		{"what enrolled who has ended", keeper{TriggerEventID: "e"}, oldEvent{ID: "e", Seq: 5}, true, false},
		{"the log since the start", keeper{Active: true, StartSeq: 5}, oldEvent{ID: "x", Seq: 5}, true, true},
		{"the log before the start", keeper{Active: true, StartSeq: 5}, oldEvent{ID: "x", Seq: 4}, true, false},
		{"the log of a merged contact", keeper{Active: true, StartSeq: 5}, oldEvent{ID: "x", Seq: 4}, false, true},
		{"an open of a mail", keeper{StartSeq: 5}, oldEvent{ID: "x", Type: "email.opened", Seq: 6}, true, true},
		{"an open in a test", keeper{Test: true}, oldEvent{ID: "x", Type: "email.opened", Seq: 6}, true, false},
		{"any event of who has ended", keeper{}, oldEvent{ID: "x", Type: "page.seen", Seq: 6}, true, false},
		{"a goal reached after the start", keeper{goal: week, StartedAt: start}, bought(week.Within), true, true},
		{"a goal reached before the start", keeper{goal: week, StartedAt: start, StartSeq: 5}, bought(-week.Within), true, true},
		{"a goal reached too late", keeper{goal: week, StartedAt: start}, bought(week.Within + time.Second), true, false},
		{"a goal reached too early", keeper{goal: week, StartedAt: start}, bought(-week.Within - time.Second), true, false},
	} {
		require.Equal(t, c.want, c.of.holds(&c.event, c.own), c.name)
	}
}
