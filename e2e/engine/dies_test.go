package engine_test

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"

	"fermata/e2e/harness"
	"fermata/worker"
)

// oneTask is a workflow that runs in one task, of oneTaskActivities activities:
// begin+a+b, c, d, e, f, h+i+j.
const (
	oneTaskActivities = 6
	oneTask           = `
schema: 1
key: one-task
name: One task
triggers: [{id: go, event: form.submitted}]
start: a
nodes:
  a: {type: tag_add, with: {tag: began}, next: b}
  b: {type: branch, with: {branches: [{id: left, when: {field: contact.plan, op: eq, value: left}}]}, next: {left: c, else: x}}
  c: {type: field_set, with: {field: lefts, increment: 1}, next: d}
  x: {type: field_set, with: {field: rights, increment: 1}, next: d}
  d: {type: webhook, with: {url: "%s/{{ contact.first_name }}"}, next: e}
  e: {type: branch, with: {branches: [{id: left, when: {field: contact.plan, op: eq, value: left}}]}, next: {left: f, else: g}}
  f: {type: email, with: {subject: left, body: Text., class: transactional}, next: h}
  g: {type: email, with: {subject: right, body: Text., class: transactional}, next: h}
  h: {type: deal_create, with: {pipeline: sales}, next: i}
  i: {type: task_create, with: {title: Call}, next: j}
  j: {type: end}
`
)

// eachDeath runs a test for the death after each activity of the task, on programs
// with either store.
func eachDeath(t *testing.T, most int, run func(t *testing.T, s *harness.System, m *mortal, k int)) {
	t.Helper()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &mortal{fates: map[string]*fate{}}
			s := harness.Start(t, harness.Options{
				Database: database(t), Log: slog.New(slog.DiscardHandler),
				Worker: worker.Options{Interceptors: []interceptor.WorkerInterceptor{m}},
			})
			s.Setup()
			s.Publish(fmt.Sprintf(oneTask, s.HTTP.URL))
			for k := 1; k <= most; k++ {
				t.Run(fmt.Sprintf("after %d", k), func(t *testing.T) {
					t.Parallel()
					run(t, s.For(t), m, k)
				})
			}
		})
	}
}

// mortalContact makes a contact with a fate and returns its id.
func mortalContact(s *harness.System, m *mortal, name string, f *fate) string {
	s.T.Helper()
	contact := s.Must("POST", "/v1/contacts", map[string]any{
		"email": name + "@example.com", "first_name": name, "fields": map[string]any{"plan": "left"},
	})
	id := contact["id"].(string)
	m.mu.Lock()
	m.fates[id] = f
	m.mu.Unlock()
	return id
}

func start(s *harness.System, name string) {
	s.T.Helper()
	s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": name + "@example.com"}})
}

// way lists the nodes of an enrollment's steps, in order.
func way(e map[string]any) []string {
	nodes := []string{}
	for _, step := range e["steps"].([]any) {
		nodes = append(nodes, step.(map[string]any)["node"].(string))
	}
	return nodes
}

func TestTaskThatDiesAfterAnyActivityTakesOnePathOnce(t *testing.T) {
	t.Parallel()
	eachDeath(t, oneTaskActivities, func(t *testing.T, s *harness.System, m *mortal, k int) {
		t.Helper()
		name := fmt.Sprintf("dies%d", k)
		mail := name + "@example.com"
		f := &fate{after: k}
		id := mortalContact(s, m, name, f)
		f.meanwhile = func() {
			s.Must("PATCH", "/v1/contacts/"+id, map[string]any{"fields": map[string]any{"plan": "right"}})
		}
		start(s, name)
		e := s.Enrollment("one-task", mail, "completed")
		s.Eventually("the task died and ran again", func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.died && f.activities > oneTaskActivities
		})
		requireOnce(t, s, e, id, k)
	})
}

// requireOnce checks that every step and effect is there once, although the contact
// changed after activity k. What was decided before stands; what came after it saw
// the change.
func requireOnce(t *testing.T, s *harness.System, e map[string]any, id string, k int) {
	t.Helper()
	second, subject := "f", "left"
	if k < 4 {
		second, subject = "g", "right"
	}
	require.Equal(t, []string{"a", "b", "c", "d", "e", second, "h", "i", "j"}, way(e))
	contact := s.Must("GET", "/v1/contacts/"+id, nil)
	require.Equal(t, map[string]any{"plan": "right", "lefts": 1.0}, contact["fields"])
	require.Len(t, s.HTTP.On("/"+contact["first_name"].(string)), 1)
	mails := s.SMTP.To(contact["email"].(string))
	require.Len(t, mails, 1)
	require.Equal(t, subject, mails[0].Subject)
	for what, want := range map[string]int{
		"deals?contact=": 1, "tasks?contact=": 1, "events?type=tag.added&contact=": 1, "events?type=deal.created&contact=": 1,
		"events?type=email.sent&contact=": 1, "events?type=workflow.completed&contact=": 1,
	} {
		require.Len(t, s.Items("/v1/"+what+id), want, what)
	}
}

// An exit that commits between two activities of a task lets nothing after it commit,
// whether the task lives on or dies.
func TestExitBetweenActivitiesLetsNothingAfterItCommit(t *testing.T) {
	t.Parallel()
	reached := [][]string{{"a", "b"}, {"a", "b", "c"}, {"a", "b", "c", "d"}, {"a", "b", "c", "d", "e"}, {"a", "b", "c", "d", "e", "f"}}
	eachDeath(t, len(reached), func(t *testing.T, s *harness.System, m *mortal, k int) {
		t.Helper()
		for _, survives := range []bool{true, false} {
			name := fmt.Sprintf("exits%d%t", k, survives)
			mail := name + "@example.com"
			f := &fate{after: k, survives: survives}
			mortalContact(s, m, name, f)
			f.meanwhile = func() {
				e := s.Items("/v1/enrollments?workflow=one-task&contact=" + mail)[0]
				s.Must("POST", "/v1/enrollments/"+e["id"].(string)+"/exit", map[string]any{})
			}
			start(s, name)
			e := s.Enrollment("one-task", mail, "exited")
			s.Eventually("the run has closed", func() bool {
				h := history(t, s, e)
				return h.Events[len(h.Events)-1].GetWorkflowExecutionCompletedEventAttributes() != nil
			})
			require.Equal(t, reached[k-1], way(s.Enrollment("one-task", mail, "exited")))
			require.Len(t, s.HTTP.On("/"+name), min(k/3, 1))
			require.Len(t, s.SMTP.To(mail), k/5)
		}
	})
}
