package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

const longLog = `
schema: 1
key: long-log
name: Long log
triggers: [{id: go, event: form.submitted}]
start: a
nodes:
  a: {type: hold, next: b}
  b: {type: wait_event, with: {events: [{id: got, event: page.viewed, where: {field: event.n, op: eq, value: 1099}}], timeout: 30d, since: enrollment}, next: {got: c}}
  c: {type: end}
`

// A log longer than one transaction reads is read to its end. It has a program of its
// own: its batches would keep the only writer of SQLite from everybody else.
func TestWaitReadsALongLogToItsEnd(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	s.Publish(longLog)
	contact := map[string]any{"email": "ana@example.com"}
	s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": contact})
	e := s.Enrollment("long-log", "ana@example.com", "held")
	for from := 0; from < 1100; from += 550 {
		batch := make([]any, 550)
		for i := range batch {
			batch[i] = map[string]any{"type": "page.viewed", "contact": contact, "data": map[string]any{"n": from + i}}
		}
		s.Must("POST", "/v1/events", map[string]any{"events": batch})
	}
	s.Must("POST", "/v1/enrollments/"+e["id"].(string)+"/release", map[string]any{})
	e = s.Enrollment("long-log", "ana@example.com", "completed")
	require.Equal(t, "got", e["steps"].([]any)[1].(map[string]any)["port"])
}
