package cases

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func repeatCases() []Case {
	return []Case{
		{"restart-waiting", restartWaiting},
		{"restart-held", restartHeld},
		{"restart-retrying", restartRetrying},
		{"restart-orders", restartOrders},
		{"restart-once", restartOnce},
		{"update-date", updateDate},
		{"update-anchor", updateAnchor},
		{"update-own-event", updateOwnEvent},
		{"update-not-own-event", updateNotOwnEvent},
		{"update-held", updateHeld},
		{"update-no-date", updateNoDate},
		{"update-retrying", updateRetrying},
		{"update-orders", updateOrders},
	}
}

const (
	onRestart = "on_repeat: restart"
	onUpdate  = "on_repeat: update"
)

// restarts fires the trigger again and checks that the old passage has ended, with its
// run, and that the new one is another.
func (p *Passage) restarts(old map[string]any, data map[string]any) (id string) {
	p.t.Helper()
	v := p.requireVerdict(p.again(data), "enrolled", "")
	id = v["enrollment"].(string)
	require.NotEqual(p.t, old["id"], id)
	p.closed(old)
	ended := p.Must("GET", "/v1/enrollments/"+old["id"].(string), nil)
	require.Equal(p.t, []any{"exited", "restarted", "neutral"}, []any{ended["status"], ended["reason"], ended["outcome"]})
	for _, s := range steps(ended) {
		require.NotNil(p.t, s["left_at"], s["node"])
	}
	return id
}

// updates fires the trigger again and checks that the passage has taken the new data.
func (p *Passage) updates(e map[string]any, data map[string]any) (event string) {
	p.t.Helper()
	event = p.again(data)
	require.Equal(p.t, e["id"], p.requireVerdict(event, "advanced", "")["enrollment"])
	return event
}

func restartWaiting(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {date: "{{ trigger.at }}"}, next: b}`+thenTag, onRestart)
	p.enter(map[string]any{"at": "2099-01-01"})
	e := p.awaits("a", "waiting")
	id := p.restarts(e, map[string]any{"at": soon().Format(time.RFC3339Nano)})
	require.Equal(p.t, id, p.becomes("completed")["id"])
	require.Equal(p.t, 1, p.logged("tag.added"), "only the new one went on")
}

func restartHeld(p *Passage) {
	p.publish(`  a: {type: hold, next: b}`+thenTag, onRestart)
	p.enter(nil)
	e := p.awaits("a", "held")
	id := p.restarts(e, nil)
	p.Eventually("the new one is held", func() bool {
		return p.Must("GET", "/v1/enrollments/"+id, nil)["status"] == "held"
	})
	status, _ := p.Do("POST", "/v1/enrollments/"+e["id"].(string)+"/release", map[string]any{})
	require.Equal(p.t, http.StatusConflict, status, "the old one has ended")
}

// calls are those of one enrollment's webhook.
func (p *Passage) calls(enrollment string) (list []harness.Call) {
	for _, c := range p.HTTP.On(p.path("")) {
		if strings.HasPrefix(c.Header.Get("Idempotency-Key"), enrollment+".") {
			list = append(list, c)
		}
	}
	return list
}

// broken lets the case's path answer 500 until it is told that all is well.
func (p *Passage) broken() (well *atomic.Bool) {
	well = &atomic.Bool{}
	p.HTTP.Handle(p.path(""), func(w http.ResponseWriter, _ harness.Call) {
		if !well.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	return well
}

func restartRetrying(p *Passage) {
	well := p.broken()
	p.publish(`  a: {type: webhook, with: {url: "`+p.at("")+`", body: {n: "{{ trigger.n }}"}}, next: {ok: b}}`+thenTag, onRestart)
	p.enter(map[string]any{"n": 1})
	e := p.awaits("a", "running")
	p.Eventually("it is tried again", func() bool { return len(p.calls(e["id"].(string))) >= 2 })
	id := p.restarts(e, map[string]any{"n": 2})
	p.Eventually("the new one tries, too", func() bool { return len(p.calls(id)) >= 1 })
	p.Eventually("no call of the old one is under way", func() bool {
		old := p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)
		return step(old, "a")["effect"].(map[string]any)["state"] != "claimed"
	})
	before := len(p.calls(e["id"].(string)))
	well.Store(true)
	require.Equal(p.t, id, p.becomes("completed")["id"])
	require.Len(p.t, p.calls(e["id"].(string)), before, "the old one calls nobody any more")
	for _, c := range p.calls(id) {
		require.JSONEq(p.t, `{"n": 2}`, c.Body)
	}
}

func restartOrders(p *Passage) {
	p.publish(`  a: {type: hold}`, onRestart, "correlate: trigger.order")
	first := p.requireVerdict(p.again(map[string]any{"order": "one"}), "enrolled", "")["enrollment"]
	second := p.requireVerdict(p.again(map[string]any{"order": "two"}), "enrolled", "")["enrollment"]
	p.Eventually("both are held", func() bool { return p.held() == 2 })
	third := p.requireVerdict(p.again(map[string]any{"order": "one"}), "enrolled", "")["enrollment"]
	p.Eventually("both are held again", func() bool { return p.held() == 2 })
	states := map[any]any{}
	for _, e := range p.enrollments() {
		states[e["id"]] = e["status"]
	}
	require.Equal(p.t, map[any]any{first: "exited", second: "held", third: "held"}, states)
}

func (p *Passage) held() int {
	return len(p.Items("/v1/enrollments?status=held&workflow=" + p.Key + "&contact=" + p.Mail))
}

func restartOnce(p *Passage) {
	p.publish(`  a: {type: hold}`, onRestart, "reentry: once")
	p.enter(nil)
	e := p.awaits("a", "held")
	p.requireVerdict(p.again(nil), "reentry", "once")
	require.Equal(p.t, e["id"], p.awaits("a", "held")["id"], "once is once: the first one stays")
}

// due waits until the passage is due at an instant.
func (p *Passage) due(e map[string]any, at string) {
	p.t.Helper()
	p.Eventually("it is due at "+at, func() bool {
		return p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["due_at"] == at
	})
}

func updateDate(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {date: "{{ trigger.at }}"}, next: b}
  b: {type: field_set, with: {field: origin, copy: trigger.$id}, next: c}
  c: {type: field_set, with: {field: now, copy: event.at}}`, onUpdate)
	p.enter(map[string]any{"at": "2099-06-15T08:00:00Z"})
	e := p.awaits("a", "waiting")
	p.updates(e, map[string]any{"at": "2098-01-01T08:00:00Z"})
	p.due(e, "2098-01-01T08:00:00Z")
	p.updates(e, map[string]any{"at": "2100-01-01T08:00:00Z"})
	p.due(e, "2100-01-01T08:00:00Z")
	at := soon()
	event := p.updates(e, map[string]any{"at": at.Format(time.RFC3339Nano)})
	done := p.becomes("completed")
	require.Equal(p.t, e["id"], done["id"])
	require.True(p.t, at.Equal(p.time(step(done, "a")["due_at"])))
	require.Equal(p.t, map[string]any{"origin": event, "now": at.Format(time.RFC3339Nano)}, p.fields(), "trigger and event are the new one")
	require.Len(p.t, p.enrollments(), 1)
}

// updateAnchor: day N counts from what the trigger says now, or from when it occurred.
func updateAnchor(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {day: 3, anchor: trigger.signed_at, at: "09:00"}, next: b}
  b: {type: wait_until, with: {day: 2, at: "09:00"}, next: c}
  c: {type: end}`, onUpdate)
	p.enter(map[string]any{"signed_at": "2098-12-31"})
	e := p.awaits("a", "waiting")
	require.Equal(p.t, "2099-01-03T09:00:00Z", e["due_at"])
	p.updates(e, map[string]any{"signed_at": "2098-12-01"})
	p.due(e, "2098-12-04T09:00:00Z")
	p.updates(e, map[string]any{"signed_at": "2020-01-01"})
	e = p.awaits("b", "waiting")
	tomorrow := time.Now().UTC().AddDate(0, 0, 1)
	p.Must("POST", "/v1/events", map[string]any{
		"type": p.Topic + ".go", "contact": map[string]any{"email": p.Mail}, "occurred_at": "2020-05-01T10:00:00Z",
	})
	require.Equal(p.t, "2020-05-03T09:00:00Z", step(p.becomes("completed"), "b")["due_at"])
	require.True(p.t, p.time(e["due_at"]).After(tomorrow), "it counted from today before")
}

// updateOwnEvent: the event that becomes the trigger is not for the waits of the
// enrollment, however soon its run looks. Both come long before the timeout.
func updateOwnEvent(p *Passage) {
	p.publish(`  a: {type: wait_event, with: {events: [{id: got, event: `+p.Topic+`.go}], timeout: 10s}, next: {got: b, timeout: c}}
  b: {type: end, with: {outcome: failed}}
  c: {type: wait_event, with: {events: [{id: got, event: `+p.Topic+`.go}], timeout: 1s, since: enrollment}, next: {got: b, timeout: d}}
  d: {type: end}`, onUpdate)
	p.enter(map[string]any{"n": 1})
	e := p.awaits("a", "waiting")
	p.updates(e, map[string]any{"n": 2})
	p.updates(e, map[string]any{"n": 3})
	require.Equal(p.t, []string{"a:done:timeout", "c:done:timeout", "d:done"}, path(p.becomes("completed")))
}

// updateNotOwnEvent: an event of the trigger's type that its condition lets pass is for
// the waits like any other.
func updateNotOwnEvent(p *Passage) {
	p.Publish("\nschema: 1\nkey: " + p.Key + "\nname: Other\nsettings: {" + onUpdate + "}\n" +
		"triggers: [{id: go, event: " + p.Topic + ".go, where: {field: event.n, op: gt, value: 0}}]\n" +
		"start: a\nnodes:\n  a: {type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".go}], timeout: 30d}, next: {got: b}}\n  b: {type: end}\n")
	p.enter(map[string]any{"n": 1})
	e := p.awaits("a", "waiting")
	p.updates(e, map[string]any{"n": 2})
	other := p.again(map[string]any{"n": 0})
	require.Equal(p.t, other, result(step(p.becomes("completed"), "a"))["event"])
	p.says(other, "advanced")
}

func updateHeld(p *Passage) {
	p.publish(`  a: {type: hold, next: b}
  b: {type: field_set, with: {field: n, copy: trigger.n}}`, onUpdate)
	p.enter(map[string]any{"n": 1})
	e := p.awaits("a", "held")
	p.updates(e, map[string]any{"n": 2})
	require.Equal(p.t, "held", p.awaits("a", "held")["status"], "an update releases nobody")
	p.operate(e, "release", map[string]any{})
	p.becomes("completed")
	require.InDelta(p.t, 2, p.fields()["n"], 0)
}

func updateNoDate(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {field: trigger.at}}`, onUpdate)
	p.enter(nil)
	e := p.awaits("a", "held")
	require.Equal(p.t, "no_date", e["reason"])
	p.updates(e, map[string]any{"at": soon().Format(time.RFC3339Nano)})
	require.Equal(p.t, e["id"], p.becomes("completed")["id"])
}

func updateRetrying(p *Passage) {
	well := p.broken()
	p.publish(`  a: {type: webhook, with: {url: "`+p.at("")+`", body: {n: "{{ trigger.n }}"}}, next: {ok: b}}
  b: {type: end}`, onUpdate)
	p.enter(map[string]any{"n": 1})
	e := p.awaits("a", "running")
	p.Eventually("it is tried again", func() bool { return len(p.calls(e["id"].(string))) >= 2 })
	p.updates(e, map[string]any{"n": 2})
	well.Store(true)
	p.becomes("completed")
	calls := p.calls(e["id"].(string))
	var last map[string]any
	require.NoError(p.t, json.Unmarshal([]byte(calls[len(calls)-1].Body), &last))
	require.InDelta(p.t, 2, last["n"], 0, "the next try carries what the trigger says now")
}

func updateOrders(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {date: "{{ trigger.at }}"}}`, onUpdate, "correlate: trigger.order")
	ids := map[string]any{}
	for _, order := range []string{"one", "two", "three"} {
		ids[order] = p.requireVerdict(p.again(map[string]any{"order": order, "at": "2099-01-01T00:00:00Z"}), "enrolled", "")["enrollment"]
	}
	p.Eventually("all wait", func() bool {
		return len(p.Items("/v1/enrollments?status=waiting&workflow="+p.Key+"&contact="+p.Mail)) == 3
	})
	v := p.requireVerdict(p.again(map[string]any{"order": "two", "at": "2098-01-01T00:00:00Z"}), "advanced", "")
	require.Equal(p.t, ids["two"], v["enrollment"])
	p.due(map[string]any{"id": ids["two"]}, "2098-01-01T00:00:00Z")
	for _, order := range []string{"one", "three"} {
		require.Equal(p.t, "2099-01-01T00:00:00Z", p.Must("GET", "/v1/enrollments/"+ids[order].(string), nil)["due_at"])
	}
}
