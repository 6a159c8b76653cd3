// Package system_test drives the program as a process of its own: the real
// development server, killed and started again.
package system_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

const people = 50

func address(i int) string { return fmt.Sprintf("person%02d@example.com", i) }

// enroll posts one event for each of fifty people.
func enroll(p *harness.Process, event string) {
	events := make([]any, people)
	for i := range people {
		events[i] = map[string]any{"type": event, "contact": map[string]any{"email": address(i)}}
	}
	p.Must("POST", "/v1/events", map[string]any{"events": events})
}

func countStatus(p *harness.Process, workflow, status string) int {
	return len(p.Items("/v1/enrollments?limit=500&workflow=" + workflow + "&status=" + status))
}

const waiting = `
schema: 1
key: patient
name: Patient
triggers: [{id: go, event: form.submitted}]
start: pause
nodes:
  pause: {type: wait, with: {for: 30s}, next: first}
  first: {type: email, with: {subject: First, body: One., class: transactional}, next: mark}
  mark:  {type: tag_add, with: {tag: waited}, next: done}
  done:  {type: end}
`

func TestKillingEverythingWhileFiftyWaitLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	p := harness.StartProcess(t)
	p.Publish(waiting)
	enroll(p, "form.submitted")
	p.Eventually("all wait", func() bool { return countStatus(p, "patient", "waiting") == people })
	p.Kill()
	p.Start()
	p.Reaches("all have ended", people, func() int { return countStatus(p, "patient", "completed") })
	for i := range people {
		require.Len(t, p.SMTP.To(address(i)), 1, address(i))
	}
	for _, e := range p.Items("/v1/enrollments?limit=500&workflow=patient") {
		steps := p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["steps"].([]any)
		require.Len(t, steps, 4)
		for _, step := range steps {
			require.Equal(t, "done", step.(map[string]any)["status"])
		}
	}
}

func mailing(class string) string {
	return fmt.Sprintf(`
schema: 1
key: mail-%[1]s
name: Mailing
triggers: [{id: go, event: news.%[1]s}]
start: mail
nodes:
  mail: {type: email, with: {subject: News, body: Text., class: %[1]s}, next: done}
  done: {type: end}
`, class)
}

func TestKillingWhileMailsGoOutKeepsTheClassPromise(t *testing.T) {
	t.Parallel()
	for _, class := range []string{"marketing", "transactional"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			p := harness.StartProcess(t)
			var accepted atomic.Int64
			reached, killed := make(chan struct{}), make(chan struct{})
			p.SMTP.Accept = func(harness.Mail) error {
				// From the twentieth on the server has the mail and its answer does not come
				// before the kill: the outcome stays open.
				n := accepted.Add(1)
				if n == 20 {
					close(reached)
				}
				if n >= 20 {
					<-killed
				}
				return nil
			}
			p.Publish(mailing(class))
			enroll(p, "news."+class)
			<-reached
			p.Kill()
			before := accepted.Load()
			close(killed)
			p.Start()
			workflow := "mail-" + class
			p.Reaches("all have ended", people, func() int { return countStatus(p, workflow, "completed") })

			copies := map[string]int{}
			for _, m := range p.SMTP.Mails() {
				copies[m.MessageID]++
			}
			unknown := 0
			for _, e := range p.Items("/v1/enrollments?limit=500&workflow=" + workflow) {
				steps := p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["steps"].([]any)
				if steps[0].(map[string]any)["status"] == "unknown" {
					unknown++
				}
			}
			most := 0
			for _, n := range copies {
				most = max(most, n)
			}
			t.Logf("%s: killed after %d acceptances: %d distinct keys, at most %d copies of one, %d unknown", class, before, len(copies), most, unknown)
			if class == "marketing" {
				require.Positive(t, unknown, "the kill left at least one outcome open")
				require.Equal(t, 1, most, "marketing is sent at most once")
				require.GreaterOrEqual(t, len(copies)+unknown, people, "what was not sent is shown as unknown")
				return
			}
			require.Len(t, copies, people, "transactional mail is sent at least once")
			require.Zero(t, unknown)
			require.Greater(t, most, 1, "the kill left at least one outcome open, which was sent again under its key")
		})
	}
}
