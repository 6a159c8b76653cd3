package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// The cause lies with the people themselves: a field that a strict step needs is missing. Whoever is
// mended goes on when the group is retried, with one call each; whoever is not fails again, alone.
func TestGroupGoesOnOnceTheDataOfItsPeopleIsMended(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		t.Helper()
		const n, mended = 4, 3
		publishFlow(s, "invoice", fmt.Sprintf(`  a: {type: webhook, strict: true, with: {url: %q, body: {vat: "{{ contact.vat }}"}}, next: tag}
  tag: {type: tag_add, with: {tag: invoiced}}`, s.HTTP.URL+"/invoices"))
		for i := range n {
			post(s, "form.submitted", fmt.Sprintf("p%d@example.com", i))
		}
		s.Eventually("all are held", func() bool { return len(s.Items("/v1/enrollments?workflow=invoice&status=held")) == n })
		groups := s.Items("/v1/failures?workflow=invoice")
		require.Len(t, groups, 1)
		require.EqualValues(t, n, groups[0]["open"])
		require.Empty(t, s.HTTP.On("/invoices"), "nothing is called without the value")

		for i := range mended {
			contact := s.Items(fmt.Sprintf("/v1/contacts?email=p%d@example.com", i))[0]
			s.Must("PATCH", "/v1/contacts/"+contact["id"].(string), map[string]any{"fields": map[string]any{"vat": fmt.Sprintf("DE%d", i)}})
		}
		url := "/v1/failures/" + groups[0]["fingerprint"].(string)
		preview := s.Must("POST", url+"/retry", map[string]any{"dry_run": true})
		require.Equal(t, []any{float64(n), float64(n)}, []any{preview["matched"], preview["allowed"]})
		require.Empty(t, s.HTTP.On("/invoices"), "a dry run changes nothing")
		s.Must("POST", url+"/retry", map[string]any{"rate": "1000/1s"})
		for i := range mended {
			e := s.Enrollment("invoice", fmt.Sprintf("p%d@example.com", i), "completed")
			require.Equal(t, "success", e["outcome"])
		}
		s.Eventually("who lacks the value has failed again", func() bool {
			e := s.Enrollment("invoice", fmt.Sprintf("p%d@example.com", mended), "held")
			return e["steps"].([]any)[0].(map[string]any)["attempts"] == 2.0
		})
		require.Len(t, s.HTTP.On("/invoices"), mended, "one call for each who has the value")
		groups = s.Items("/v1/failures?workflow=invoice")
		require.Len(t, groups, 1)
		require.EqualValues(t, n-mended, groups[0]["open"])
	})
}

// Many are sent past a wait: counted first, then one after the other at the rate that was asked for,
// until somebody cancels; the next order takes the rest. Each step says that it was skipped, and by whom.
func TestManyAreSkippedPastAWait(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		t.Helper()
		const n = 5
		publishFlow(s, "long", "  a: {type: wait, with: {for: 30d}, next: tag}\n  tag: {type: tag_add, with: {tag: woken}}")
		for i := range n {
			post(s, "form.submitted", fmt.Sprintf("p%d@example.com", i))
		}
		waiting := func() int { return len(s.Items("/v1/enrollments?workflow=long&node=a&status=waiting")) }
		s.Eventually("all wait", func() bool { return waiting() == n })
		order := func(rate string) map[string]any {
			return map[string]any{"action": "skip", "filter": map[string]any{"workflow": "long", "node": "a", "status": "waiting"}, "rate": rate}
		}
		preview := s.Must("POST", "/v1/enrollments/batch?dry_run=true", order("1/1h"))
		require.Equal(t, []any{float64(n), float64(n), 0.0}, []any{preview["matched"], preview["allowed"], preview["refused"]})
		require.Equal(t, n, waiting())

		slow := "/v1/jobs/" + s.Must("POST", "/v1/enrollments/batch", order("1/1h"))["id"].(string)
		s.Eventually("the first has gone on", func() bool { return done(s, slow) == 1 && waiting() == n-1 })
		s.Must("POST", slow+"/cancel", map[string]any{})
		s.Eventually("the order is canceled", func() bool { return s.Must("GET", slow, nil)["status"] == "canceled" })

		rest := "/v1/jobs/" + s.Must("POST", "/v1/enrollments/batch", order("1000/1s"))["id"].(string)
		for i := range n {
			e := s.Enrollment("long", fmt.Sprintf("p%d@example.com", i), "completed")
			nap := e["steps"].([]any)[0].(map[string]any)
			require.Equal(t, []any{"a", "skipped"}, []any{nap["node"], nap["status"]})
			require.Less(t, instant(t, e["ended_at"]).Sub(instant(t, e["started_at"])), 24*time.Hour)
			audit := s.Items("/v1/audit?subject=enrollment:" + e["id"].(string))
			require.Len(t, audit, 1)
			require.Equal(t, "enrollment.skip", audit[0]["action"])
		}
		s.Eventually("the second order is done", func() bool { return done(s, rest) == n-1 })
		require.Equal(t, 1, done(s, slow), "a canceled order does no more")
	})
}

// done is for how many a job has done what it was ordered to.
func done(s *harness.System, url string) int {
	counts, _ := s.Must("GET", url, nil)["counts"].(map[string]any)
	n, _ := counts["done"].(float64)
	return int(n)
}
