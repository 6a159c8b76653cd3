package cases

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"fermata/e2e/harness"
	"fermata/events"
	"fermata/interpreter/moving"
	"fermata/store"
)

func moveCases() []Case {
	return []Case{
		{"move-back", moveBack},
		{"move-retries", moveRetries},
		{"migrate-shortened", migrateShortened},
		{"migrate-event", migrateEvent},
		{"migrate-action", migrateAction},
	}
}

// moveBack takes a passage to a node that it has been at, while it is held at another.
func moveBack(p *Passage) {
	p.publish("  a: {type: tag_add, with: {tag: one}, next: b}\n  b: {type: hold, next: c}\n  c: {type: end}")
	p.enter(nil)
	e := p.awaits("b", "held")
	status, body := p.Do("POST", "/v1/enrollments/"+e["id"].(string)+"/move", map[string]any{"node": "nowhere"})
	require.Equal(p.t, http.StatusUnprocessableEntity, status, string(body))
	require.Contains(p.t, string(body), "one of a, b, c")
	p.operate(e, "move", map[string]any{"node": "a"})
	p.Eventually("held once more", func() bool {
		e = p.awaits("b", "held")
		return visit(e, "b", 2) != nil
	})
	require.Equal(p.t, []string{"a:done:next", "b:canceled", "a:done:next", "b:held"}, path(e))
	require.Equal(p.t, "moved", visit(e, "b", 1)["reason"])
	p.operate(e, "move", map[string]any{"node": "c"})
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next", "b:canceled", "a:done:next", "b:canceled", "c:done"}, path(e))
	p.closed(e)
}

// moveRetries takes a passage away from a call that would be tried again for hours.
func moveRetries(p *Passage) {
	e := p.retrying(2)
	p.operate(e, "move", map[string]any{"node": "b"})
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:canceled", "b:done:next"}, path(e))
	p.closed(e)
}

// migrate publishes other nodes and puts the passage on a move to them.
func (p *Passage) migrate(e map[string]any, terms moving.Terms, nodes string) {
	p.t.Helper()
	p.republish(nodes)
	require.NoError(p.t, p.App.Store().Write(context.Background(), func(tx *store.Tx) error {
		w, err := tx.Workflow(p.Key)
		if err != nil {
			return err
		}
		m := &store.Move{Workflow: p.Key, Version: w.Version, Hash: w.Hash, OnMissing: terms.OnMissing, Retime: terms.Retime}
		if m.Map, err = store.ToJSON(terms.Map); err != nil {
			return err
		}
		if err := tx.AddMove(m); err != nil {
			return err
		}
		marked, err := events.MarkMove(tx, e["id"].(string), m, true)
		require.True(p.t, marked)
		return err
	}))
}

// continued checks that the run has gone on as a new one, under the same id.
func (p *Passage) continued(e map[string]any) {
	p.t.Helper()
	id := events.WorkflowID(p.Key, e["contact"].(map[string]any)["id"].(string), e["id"].(string))
	p.Eventually("the run of "+p.Key+" goes on as another", func() bool {
		answer, err := p.App.Temporal().DescribeWorkflowExecution(context.Background(), id, "")
		info := answer.GetWorkflowExecutionInfo()
		return err == nil && info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING && info.GetFirstRunId() != info.GetExecution().GetRunId()
	})
}

// migrateShortened: time that was waited counts, and a wait that is over by that fires at once, at
// the node that stands for it.
func migrateShortened(p *Passage) {
	p.publish("  a: {type: wait, with: {for: 30d}, next: b}" + thenTag)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	p.migrate(e, moving.Terms{Retime: moving.RetimeCredit}, "  a: {type: wait, with: {for: 20d}, next: b}"+thenTag)
	p.Eventually("the wait is shorter", func() bool {
		e = p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)
		return e["version"] == float64(2)
	})
	s := step(e, "a")
	require.WithinDuration(p.t, p.time(s["entered_at"]).Add(20*24*time.Hour), p.time(s["due_at"]), time.Second)
	require.NotNil(p.t, s["moved_at"])
	p.continued(e)
	p.migrate(e, moving.Terms{Map: map[string]string{"a": "z"}}, "  a: {type: tag_add, with: {tag: x}, next: z}\n  z: {type: wait, with: {for: 1s}, next: b}"+thenTag)
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:canceled", "z:done:next", "b:done:next"}, path(e))
	require.Equal(p.t, step(e, "a")["entered_at"], step(e, "z")["entered_at"])
	require.InDelta(p.t, 3, e["version"], 0)
	p.closed(e)
}

// migrateEvent: the new version's exits and waits hold, and an event that nobody has looked at reaches
// the wait that stands for the old one.
func migrateEvent(p *Passage) {
	got := p.Topic + ".got"
	p.publish("  a: {type: wait_event, with: {events: [{id: no, event: " + p.Topic + ".other}], timeout: 30d}, next: {no: b, timeout: b}}" + thenTag)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	p.post(got, nil)
	p.migrate(e, moving.Terms{Map: map[string]string{"a": "z"}},
		"  a: {type: tag_add, with: {tag: x}, next: z}\n  z: {type: wait_event, with: {events: [{id: yes, event: "+got+"}], timeout: 30d}, next: {yes: b, timeout: c}}\n  c: {type: hold}"+thenTag)
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:canceled", "z:done:yes", "b:done:next"}, path(e))
	p.closed(e)
}

// migrateAction: whoever is in the middle of an action is moved after it, by the way out that the new
// version has.
func migrateAction(p *Passage) {
	var heals atomic.Bool
	p.HTTP.Handle(p.path(""), func(w http.ResponseWriter, _ harness.Call) {
		if !heals.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	call := "  a: {type: webhook, with: {url: \"" + p.at("") + "\"}, next: "
	p.publish(call + "b}" + thenTag)
	p.enter(nil)
	p.Eventually("the call is made", func() bool { return len(p.HTTP.On(p.path(""))) > 0 })
	e := p.awaits("a", "running")
	p.migrate(e, moving.Terms{}, call+"z}\n  z: {type: tag_add, with: {tag: new}, next: b}"+thenTag)
	tries := len(p.HTTP.On(p.path("")))
	p.Eventually("it is tried again", func() bool { return len(p.HTTP.On(p.path(""))) > tries })
	require.InDelta(p.t, 1, p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["version"], 0)
	heals.Store(true)
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:done:ok", "z:done:next", "b:done:next"}, path(e))
	require.InDelta(p.t, 2, e["version"], 0)
	p.closed(e)
}
