package engine_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// crowd is a file of n contacts, of which every fifth and the one behind it have the plan pro.
func crowd(n int) harness.CSV {
	var b strings.Builder
	b.WriteString("email,first_name,tags,fields.plan\r\n")
	for i := range n {
		plan := "free"
		if i%5 < 2 {
			plan = "pro"
		}
		fmt.Fprintf(&b, "p%03d@example.com,\"Person, %d\",crowd;batch %d,%s\r\n", i, i, i/100, plan)
	}
	return harness.CSV(b.String())
}

var isPro = map[string]any{"field": "contact.plan", "op": "eq", "value": "pro"}

// Three hundred people are imported, and those of a filter enrolled: counted first, then at
// a bounded rate, canceled, and once more to the end.
func TestAFileOfPeopleIsImportedAndAFilterEnrolled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		imported := s.JobEnds(s.Must("POST", "/v1/contacts/import", crowd(300))["id"])
		require.Equal(t, "done", imported["status"])
		require.Equal(t, map[string]any{"created": 300.0}, imported["counts"])

		s.Publish(`
schema: 1
key: offer
name: Offer
triggers: [{id: hand, manual: true}]
start: pause
nodes:
  pause: {type: wait, with: {for: 7d}, next: done}
  done:  {type: end}
`)
		url := "/v1/workflows/offer/enrollments"
		preview := s.Must("POST", url+"?dry_run=true", map[string]any{"filter": isPro})
		require.EqualValues(t, 120, preview["matched"])
		require.EqualValues(t, 120, preview["enrolled"])
		require.Empty(t, s.Items("/v1/enrollments?workflow=offer"))

		job := s.Must("POST", url, map[string]any{"filter": isPro, "rate": "4/1s", "data": map[string]any{"code": "A-1"}})["id"]
		s.Eventually("some are enrolled", func() bool {
			j := s.Must("GET", fmt.Sprint("/v1/jobs/", job), nil)
			return j["counts"].(map[string]any)["enrolled"] != nil
		})
		canceled := s.Must("POST", fmt.Sprintf("/v1/jobs/%v/cancel", job), nil)
		first, _ := canceled["counts"].(map[string]any)["enrolled"].(float64)
		require.Positive(t, first)
		require.Less(t, first, 120.0)
		require.Len(t, s.Items("/v1/enrollments?limit=500&workflow=offer"), int(first), "a canceled job leaves the rest out")

		again := s.JobEnds(s.Must("POST", url, map[string]any{"filter": isPro, "rate": "500/1s"})["id"])
		require.Equal(t, "done", again["status"])
		require.EqualValues(t, 300, again["done"])
		require.Equal(t, map[string]any{"matched": 120.0, "enrolled": 120 - first, "reentry": first}, again["counts"])
		s.Reaches("all of them wait", 120, func() int { return count(s, "offer", "waiting") })
	})
}

// A schedule of every minute, on a clock that the test moves.
func TestAScheduleEnrollsAndObeysItsWorkflow(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			s := harness.Start(t, harness.Options{
				Database: database(t), Clock: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
			})
			for i := range 6 {
				s.Must("POST", "/v1/contacts", map[string]any{"email": fmt.Sprintf("p%d@example.com", i), "fields": map[string]any{"plan": []string{"pro", "free"}[i%2]}})
			}
			for _, key := range []string{"digest", "marker"} {
				s.Publish(fmt.Sprintf(`
schema: 1
key: %s
name: Digest
triggers:
  - {id: minute, schedule: {cron: "* * * * *", timezone: Europe/Berlin, filter: {field: contact.plan, op: eq, value: pro}}}
start: mail
nodes:
  mail: {type: email, with: {subject: "%[1]s for {{ trigger.scheduled_for }}", body: Text., class: transactional}, next: done}
  done: {type: end}
`, key))
			}
			completed := func(key string) int {
				return len(s.Items("/v1/enrollments?limit=500&status=completed&workflow=" + key))
			}
			firings := func(key string) int { return len(s.Items("/v1/jobs?kind=schedule&workflow=" + key)) }
			ahead.Add(int64(time.Minute))
			s.Eventually("the three of the filter are through", func() bool { return completed("digest") >= 3 && completed("marker") >= 3 })
			_, instant, _ := strings.Cut(s.SMTP.To("p0@example.com")[0].Subject, " for ")
			planned, err := time.Parse(time.RFC3339, instant)
			require.NoError(t, err)
			require.Zero(t, planned.Second())
			require.Empty(t, s.Items("/v1/enrollments?contact=p1@example.com"))

			s.Must("POST", "/v1/workflows/digest/stop", map[string]any{})
			fired, before := firings("digest"), firings("marker")
			ahead.Add(int64(3 * time.Minute))
			s.Eventually("the other one goes on, and makes up for the newest instant alone", func() bool {
				for _, job := range s.Items("/v1/jobs?kind=schedule&workflow=marker") {
					if missed, _ := job["params"].(map[string]any)["missed"].(float64); missed >= 2 {
						return true
					}
				}
				return false
			})
			require.LessOrEqual(t, firings("marker"), before+2)
			require.Equal(t, fired, firings("digest"), "a stopped workflow fires nothing")
		})
	}
}
