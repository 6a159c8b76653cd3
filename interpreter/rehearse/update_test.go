package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/expr"
	"fermata/interpreter/rehearse"
)

// TestUpdateMovesOpenWaits: with on_repeat: update the event of a trigger becomes the
// trigger of the passage, and open waits follow it; with another key it is about
// somebody else's passage, and without on_repeat it does nothing.
func TestUpdateMovesOpenWaits(t *testing.T) {
	t.Parallel()
	const document = `
schema: 1
key: meeting
name: Meeting
settings: {correlate: trigger.id, on_repeat: update}
triggers:
  - {id: booked, event: meeting.booked}
  - {id: moved, event: meeting.moved, where: {field: event.real, op: eq, value: true}}
start: before
nodes:
  before: {type: wait_until, with: {field: trigger.start, offset: -1d}, next: tell}
  tell: {type: email, with: {subject: "{{ trigger.start }} {{ event.start }}", body: "x", class: transactional}, next: seen}
  seen: {type: wait_event, with: {events: [{id: moved, event: meeting.moved}], timeout: 1h}, next: {moved: done, timeout: done}}
  done: {type: end}
`
	at := func(id, start string, real bool) map[string]any {
		return map[string]any{"id": id, "start": start, "real": real}
	}
	const first, second = "2026-03-10T12:00:00Z", "2026-03-12T12:00:00Z"
	for _, tt := range []struct {
		name  string
		moved map[string]any
		at    string
		start string
		seen  string
	}{
		{"its own", at("m1", second, true), "1d", second, "timeout"},
		{"one that the trigger does not take", at("m1", second, false), "1d", first, "timeout"},
		{"one of another passage", at("m2", second, true), "1d", first, "timeout"},
		{"while a wait for it is open", at("m1", second, true), "10110m", first, "timeout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, rehearse.Input{
				Definition: parsed(t, document), Start: instant(t, "2026-03-02T12:00:00Z"), Contact: map[string]any{"email": "ana@example.com"},
				Trigger: expr.Event{Type: "meeting.booked", Data: at("m1", first, true)},
				Events:  []rehearse.Injection{after(t, tt.at, "meeting.moved", tt.moved)},
			})
			require.Equal(t, "completed", r.Status)
			require.Equal(t, tt.start+" "+tt.start, r.Steps[1].Effect.(map[string]any)["subject"])
			require.Equal(t, instant(t, tt.start).AddDate(0, 0, -1), r.Steps[0].At.UTC())
			require.Equal(t, tt.seen, r.Steps[2].Port)
		})
	}
}
