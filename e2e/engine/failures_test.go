package engine_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// A secret leads to the wrong address: everybody is held for one reason. The secret is mended, the
// group is retried, and each goes on with one call that counts. Meanwhile the circuit breaker has
// paused the workflow, in which nobody was lost.
func TestFailureGroupGoesOnOnceItsCauseIsMended(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		t.Helper()
		const n = 4
		s.HTTP.Handle("/wrong", func(w http.ResponseWriter, _ harness.Call) { w.WriteHeader(http.StatusUnauthorized) })
		s.Must("PUT", "/v1/secrets/booking", map[string]any{"value": s.HTTP.URL + "/wrong"})
		s.Publish(fmt.Sprintf(`schema: 1
key: group
name: Group
settings: {breaker: {error_rate: 0.5, min: %d, within: 1h}}
triggers: [{id: go, event: form.submitted}]
start: call
nodes:
  call: {type: webhook, with: {url: "secret:booking"}, next: tag}
  tag:  {type: tag_add, with: {tag: booked}}`, n))
		for i := range n {
			post(s, "form.submitted", fmt.Sprintf("p%d@example.com", i))
		}
		s.Eventually("all are held", func() bool {
			return len(s.Items("/v1/enrollments?workflow=group&status=held")) == n
		})
		var flow map[string]any
		s.Eventually("the breaker has opened", func() bool {
			flow = s.Must("GET", "/v1/workflows/group", nil)
			return flow["status"] == "paused"
		})
		require.Contains(t, flow["paused"].(map[string]any)["reason"], fmt.Sprintf("%d of %d steps failed", n, n))
		groups := s.Items("/v1/failures?workflow=group")
		require.Len(t, groups, 1)
		group := groups[0]
		require.EqualValues(t, n, group["open"])
		require.Contains(t, group["names"], map[string]any{"kind": "secret", "name": "booking"})

		s.Must("PUT", "/v1/secrets/booking", map[string]any{"value": s.HTTP.URL + "/right"})
		s.Must("POST", "/v1/failures/"+group["fingerprint"].(string)+"/retry", map[string]any{"rate": "1000/1s"})
		s.Eventually("the job has retried them", func() bool {
			return len(s.Items("/v1/enrollments?workflow=group&status=held")) == 0
		})
		require.Empty(t, s.HTTP.On("/right"), "the pause still holds them")
		s.Must("POST", "/v1/workflows/group/resume", map[string]any{})
		for i := range n {
			e := s.Enrollment("group", fmt.Sprintf("p%d@example.com", i), "completed")
			require.Equal(t, "success", e["outcome"])
		}
		require.Len(t, s.HTTP.On("/right"), n, "one call for each")
		require.Empty(t, s.Items("/v1/failures?workflow=group"))
	})
}

// A person's hold keeps an enrollment at a wait that has fallen due; released, it goes on at once.
func TestHeldEnrollmentGoesOnWhenItIsReleased(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		t.Helper()
		publishFlow(s, "held-nap", "  a: {type: wait, with: {for: 20s}, next: b}\n  b: {type: tag_add, with: {tag: after}}")
		post(s, "form.submitted", "ana@example.com")
		e := s.Enrollment("held-nap", "ana@example.com", "waiting")
		due := instant(t, e["due_at"])
		url := "/v1/enrollments/" + e["id"].(string)
		held := s.Must("POST", url+"/hold", map[string]any{"reason": "ask legal"})
		require.Equal(t, []any{"held", "ask legal", nil}, []any{held["status"], held["reason"], held["due_at"]})
		s.Eventually("its instant has passed", func() bool { return time.Now().After(due.Add(2 * time.Second)) })
		held = s.Must("GET", url, nil)
		require.Equal(t, "held", held["status"])
		require.Len(t, held["steps"], 1)
		s.Must("POST", url+"/release", map[string]any{})
		s.Enrollment("held-nap", "ana@example.com", "completed")
	})
}
