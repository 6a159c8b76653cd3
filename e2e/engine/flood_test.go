package engine_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
	"fermata/store"
)

const flooded = `
schema: 1
key: flooded
name: Flooded
triggers: [{id: go, event: form.submitted}]
start: a
nodes:
  a: {type: wait_event, with: {events: [{id: got, event: page.viewed, where: {field: event.n, op: eq, value: 4999}}], timeout: 30d}, next: {got: b}}
  b: {type: wait_event, with: {events: [{id: got, event: page.viewed, where: {field: event.n, op: eq, value: 9999}}], timeout: 30d}, next: {got: c}}
  c: {type: end}
`

// Ten thousand events of one contact while its run waits: wakes are coalesced, each task
// reads what has come by then, every event is offered once, and the history stays short.
func TestTenThousandEventsOfOneContact(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		const events, batch = 10_000, 1000
		s.Publish(flooded)
		post(s, "form.submitted", "ana@example.com")
		e := s.Enrollment("flooded", "ana@example.com", "waiting")
		contact := e["contact"].(map[string]any)["id"].(string)
		began := time.Now()
		for from := 0; from < events; from += batch {
			flood(s, from, batch)
		}
		accepted := time.Since(began)
		s.Reaches("all that came is routed", 0, func() (left int) {
			require.NoError(t, s.App.Store().Read(t.Context(), func(tx *store.Tx) error {
				c, err := tx.Contact(contact)
				if err == nil {
					left = int(c.Seq - c.RoutedSeq)
				}
				return err
			}))
			return left
		})
		done := s.Enrollment("flooded", "ana@example.com", "completed")
		t.Logf("accepted in %s, routed and read in %s", accepted, time.Since(began))
		for i, n := range []string{"flood-4999", "flood-9999"} {
			require.Equal(t, n, done["steps"].([]any)[i].(map[string]any)["result"].(map[string]any)["event"])
		}
		counts := map[string]int{}
		for cursor := ""; ; {
			page := s.Must("GET", "/v1/events?type=page.viewed&limit=500&contact="+contact+cursor, nil)
			for _, one := range page["items"].([]any) {
				verdicts := one.(map[string]any)["verdicts"].([]any)
				require.Len(t, verdicts, 1)
				counts[verdicts[0].(map[string]any)["verdict"].(string)]++
			}
			if page["next"] == nil {
				break
			}
			cursor = "&cursor=" + page["next"].(string)
		}
		// What had come by the time the first wait ended was passed by there; the second filtered the rest.
		require.Equal(t, 2, counts["advanced"])
		require.Equal(t, events-2, counts["filtered"]+counts["passed"], "%v", counts)
		length := len(history(t, s, done).Events)
		t.Logf("history of %d events", length)
		require.Less(t, length, 3000)
	})
}

// flood posts a batch of events until it is accepted.
func flood(s *harness.System, from, n int) {
	s.T.Helper()
	list := make([]any, n)
	for i := range list {
		list[i] = map[string]any{
			"id": fmt.Sprintf("flood-%d", from+i), "type": "page.viewed", "contact": map[string]any{"email": "ana@example.com"},
			"data": map[string]any{"n": from + i},
		}
	}
	s.Eventually("a batch is accepted", func() bool {
		status, body := s.Do("POST", "/v1/events", map[string]any{"events": list})
		require.Contains(s.T, []int{http.StatusAccepted, http.StatusServiceUnavailable}, status, string(body))
		return status == http.StatusAccepted
	})
}
