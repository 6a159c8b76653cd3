package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"fermata/e2e/harness"
	"fermata/worker"
)

// mortal lets a workflow task die once, after a chosen local activity of it: the
// results of that task's activities are lost and all of it runs again.
type mortal struct {
	interceptor.WorkerInterceptorBase
	mu    sync.Mutex
	fates map[string]*fate
}

// fate says after how many activities of a contact's run its task dies, and what
// happens to the contact at that moment.
type fate struct {
	after     int
	meanwhile func()
	// spared tasks live on: only the meanwhile happens.
	spared     bool
	mu         sync.Mutex
	activities int
	struck     bool
	died       bool
}

func (m *mortal) of(workflowID string) *fate {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fates[strings.Split(workflowID, "/")[2]]
}

func (m *mortal) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &mortalActivity{interceptor.ActivityInboundInterceptorBase{Next: next}, m}
}

type mortalActivity struct {
	interceptor.ActivityInboundInterceptorBase
	m *mortal
}

func (a *mortalActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	result, err := a.Next.ExecuteActivity(ctx, in)
	f := a.m.of(activity.GetInfo(ctx).WorkflowExecution.ID)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.activities++
	if f.activities == f.after {
		f.meanwhile()
		f.struck = true
	}
	return result, err
}

func (m *mortal) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &mortalWorkflow{interceptor.WorkflowInboundInterceptorBase{Next: next}, m}
}

type mortalWorkflow struct {
	interceptor.WorkflowInboundInterceptorBase
	m *mortal
}

func (w *mortalWorkflow) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return w.Next.Init(&mortalCalls{interceptor.WorkflowOutboundInterceptorBase{Next: out}, w.m})
}

type mortalCalls struct {
	interceptor.WorkflowOutboundInterceptorBase
	m *mortal
}

func (c *mortalCalls) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	return mortalFuture{c.Next.ExecuteLocalActivity(ctx, name, args...), c.m.of(workflow.GetInfo(ctx).WorkflowExecution.ID)}
}

type mortalFuture struct {
	workflow.Future
	f *fate
}

func (f mortalFuture) Get(ctx workflow.Context, value any) error {
	err := f.Future.Get(ctx, value)
	f.f.mu.Lock()
	defer f.f.mu.Unlock()
	if f.f.struck && !f.f.died && !f.f.spared {
		f.f.died = true
		panic("the worker dies here")
	}
	return err
}

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

func TestTaskThatDiesAfterAnyActivityTakesOnePathOnce(t *testing.T) {
	t.Parallel()
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
			for k := 1; k <= oneTaskActivities; k++ {
				t.Run(fmt.Sprintf("after %d", k), func(t *testing.T) {
					t.Parallel()
					dieAfter(t, s.For(t), m, k)
				})
			}
		})
	}
}

func dieAfter(t *testing.T, s *harness.System, m *mortal, k int) {
	t.Helper()
	name := fmt.Sprintf("dies%d", k)
	mail := name + "@example.com"
	contact := s.Must("POST", "/v1/contacts", map[string]any{"email": mail, "first_name": name, "fields": map[string]any{"plan": "left"}})
	id := contact["id"].(string)
	f := &fate{after: k, meanwhile: func() {
		s.Must("PATCH", "/v1/contacts/"+id, map[string]any{"fields": map[string]any{"plan": "right"}})
	}}
	m.mu.Lock()
	m.fates[id] = f
	m.mu.Unlock()
	s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": mail}})
	e := s.Enrollment("one-task", mail, "completed")
	s.Eventually("the task died and ran again", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.died && f.activities > oneTaskActivities
	})

	// What was decided before the death stands; what came after it saw the change.
	second, subject := "f", "left"
	if k < 4 {
		second, subject = "g", "right"
	}
	way := []string{}
	for _, step := range e["steps"].([]any) {
		require.Equal(t, "done", step.(map[string]any)["status"])
		way = append(way, step.(map[string]any)["node"].(string))
	}
	require.Equal(t, []string{"a", "b", "c", "d", "e", second, "h", "i", "j"}, way)
	require.Len(t, s.HTTP.On("/"+name), 1)
	mails := s.SMTP.To(mail)
	require.Len(t, mails, 1)
	require.Equal(t, subject, mails[0].Subject)
	contact = s.Must("GET", "/v1/contacts/"+id, nil)
	require.Equal(t, map[string]any{"plan": "right", "lefts": 1.0}, contact["fields"])
	for what, want := range map[string]int{
		"deals?contact=": 1, "tasks?contact=": 1, "events?type=tag.added&contact=": 1, "events?type=deal.created&contact=": 1,
		"events?type=email.sent&contact=": 1, "events?type=workflow.completed&contact=": 1,
	} {
		require.Len(t, s.Items("/v1/"+what+id), want, what)
	}
}
