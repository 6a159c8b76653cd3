package cases

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"fermata/e2e/harness"
	"fermata/events"
)

func operatorCases() []Case {
	return []Case{
		{"skip-wait", skipWait},
		{"exit-wait", exitWait},
		{"skip-retries", skipRetries},
		{"exit-retries", exitRetries},
		{"exit-pause", exitPause},
		{"skip-hold", skipHold},
		{"exit-hold", exitHold},
	}
}

// closed waits until the enrollment's run has closed by itself.
func (p *Passage) closed(e map[string]any) {
	p.t.Helper()
	contact := e["contact"].(map[string]any)["id"].(string)
	id := events.WorkflowID(e["workflow"].(string), contact, e["id"].(string))
	p.Eventually("the run of "+p.Key+" is closed", func() bool {
		answer, err := p.App.Temporal().DescribeWorkflowExecution(context.Background(), id, "")
		return err == nil && answer.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	})
}

const thenTag = `
  b: {type: tag_add, with: {tag: after}}`

func skipWait(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 30d}, next: b}` + thenTag)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	status, body := p.Do("POST", "/v1/enrollments/"+e["id"].(string)+"/skip", map[string]any{"port": "no-such"})
	require.Equal(p.t, http.StatusUnprocessableEntity, status, string(body))
	p.operate(e, "skip", map[string]any{"port": "next"})
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:skipped:next", "b:done:next"}, path(e))
	require.Equal(p.t, []any{"after"}, p.contact()["tags"])
	p.closed(e)
}

func exitWait(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 30d}, next: b}` + thenTag)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	p.operate(e, "exit", map[string]any{"reason": "asked by phone", "outcome": "success"})
	p.left(e, "asked by phone", "success")
	status, _ := p.Do("POST", "/v1/enrollments/"+e["id"].(string)+"/skip", map[string]any{})
	require.GreaterOrEqual(p.t, status, 400, "what has ended cannot be skipped")
}

// left checks that the enrollment was exited at node a, that its run closes and
// that nothing came after.
func (p *Passage) left(e map[string]any, reason, outcome string) {
	p.t.Helper()
	p.closed(e)
	e = p.becomes("exited")
	require.Equal(p.t, reason, e["reason"])
	require.Equal(p.t, outcome, e["outcome"])
	require.Equal(p.t, "a", e["node"])
	require.Equal(p.t, []string{"a:exited"}, path(e))
	require.Empty(p.t, p.contact()["tags"])
}

// retrying publishes a call that never succeeds and waits until the given number of
// tries were made; the last of them asked for ten minutes until the next one.
func (p *Passage) retrying(tries int64) map[string]any {
	p.t.Helper()
	var calls atomic.Int64
	p.HTTP.Handle(p.path(""), func(w http.ResponseWriter, _ harness.Call) {
		if calls.Add(1) >= tries {
			w.Header().Set("Retry-After", "600")
		}
		w.WriteHeader(http.StatusBadGateway)
	})
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `"}, next: b}` + thenTag)
	p.enter(nil)
	var e map[string]any
	p.Eventually("the tries are recorded", func() bool {
		e = p.awaits("a", "running")
		a := step(e, "a")
		return a["attempts"] == float64(tries) && a["error"] != nil
	})
	return e
}

func skipRetries(p *Passage) {
	e := p.retrying(2)
	p.operate(e, "skip", map[string]any{})
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:skipped:ok", "b:done:next"}, path(e))
	p.closed(e)
}

func exitRetries(p *Passage) {
	e := p.retrying(2)
	p.operate(e, "exit", map[string]any{})
	p.left(e, "operator", "neutral")
	require.Len(p.t, p.HTTP.On(p.path("")), 2)
}

// exitPause ends a passage between the first try and the second.
func exitPause(p *Passage) {
	e := p.retrying(1)
	p.operate(e, "exit", map[string]any{})
	p.left(e, "operator", "neutral")
	require.Len(p.t, p.HTTP.On(p.path("")), 1)
}

func skipHold(p *Passage) {
	p.publish(`  a: {type: hold, next: b}` + thenTag)
	p.enter(nil)
	p.operate(p.awaits("a", "held"), "skip", map[string]any{})
	require.Equal(p.t, []string{"a:skipped:next", "b:done:next"}, path(p.becomes("completed")))
}

func exitHold(p *Passage) {
	p.publish(`  a: {type: hold, next: b}` + thenTag)
	p.enter(nil)
	e := p.awaits("a", "held")
	p.operate(e, "exit", map[string]any{})
	p.left(e, "operator", "neutral")
}
