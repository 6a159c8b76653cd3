package cases

import (
	"strings"

	"github.com/stretchr/testify/require"
)

func whyCases() []Case {
	return []Case{{"explain-wait", explainWait}, {"explain-held", explainHeld}, {"pause-then-event", pauseThenEvent}, {"timeline", timeline}}
}

// explain asks about the case's workflow and contact.
func (p *Passage) explain() map[string]any {
	p.t.Helper()
	return p.Must("GET", "/v1/workflows/"+p.Key+"/explain?contact="+p.Mail, nil)
}

// here is why the only enrollment still is where it is.
func (p *Passage) here() map[string]any {
	p.t.Helper()
	list := p.explain()["why_here"].([]any)
	require.Len(p.t, list, 1)
	return list[0].(map[string]any)
}

func explainWait(p *Passage) {
	p.publish("  a: {type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".done, where: {field: event.n, op: gt, value: 3}}], timeout: 5d}, next: {got: b}}\n  b: {type: end}")
	p.enter(map[string]any{"n": 1})
	e := p.awaits("a", "waiting")
	x := p.explain()
	in := x["why_in"].([]any)[0].(map[string]any)
	require.Equal(p.t, []any{e["id"], "go"}, []any{in["enrollment"].(map[string]any)["id"], in["trigger"]})
	require.Equal(p.t, p.Topic+".go", in["event"].(map[string]any)["type"])
	here := p.here()
	require.Equal(p.t, []any{"waiting", "a", e["due_at"], step(e, "a")["entered_at"]}, []any{here["code"], here["node"], here["due_at"], here["since"]})
	require.Equal(p.t, []any{map[string]any{"id": "got", "event": p.Topic + ".done"}}, here["waits_for"])

	low := p.post(p.Topic+".done", map[string]any{"n": 2})
	p.says(low, "filtered")
	newest := map[string]any{}
	for _, one := range p.explain()["why_not"].([]any) {
		if why := one.(map[string]any); why["event"] == low {
			newest = why
		}
	}
	require.Equal(p.t, "filtered", newest["verdict"])
	require.InDelta(p.t, 2, newest["values"].([]any)[0].(map[string]any)["saw"], 0)
	p.post(p.Topic+".done", map[string]any{"n": 4})
	p.becomes("completed")
	x = p.explain()
	require.Equal(p.t, []any{false, e["id"]}, []any{x["inside"], x["last"].(map[string]any)["id"]})
}

func explainHeld(p *Passage) {
	p.publish(`  a: {type: deal_move, with: {pipeline: sales, stage: won}}`)
	p.enter(nil)
	p.awaits("a", "held")
	here := p.here()
	require.Equal(p.t, []any{"held", "a", "no_deal"}, []any{here["code"], here["node"], here["reason"]})
	require.Contains(p.t, here["sentence"], "because the contact has no deal to change (no_deal), after 1 attempt")
	require.NotNil(p.t, here["error"])
}

// pauseThenEvent: a paused workflow takes people in, and they wait at its start.
func pauseThenEvent(p *Passage) {
	p.publish(`  a: {type: end}`)
	p.Must("POST", "/v1/workflows/"+p.Key+"/pause", map[string]any{})
	event := p.again(nil)
	p.requireVerdict(event, "paused", "")
	require.Equal(p.t, event, p.Items("/v1/events?verdict=paused&contact=" + p.Mail)[0]["id"])
	e := p.Enrollment(p.Key, p.Mail, "paused")
	p.Eventually("the run stands still", func() bool { return p.RunState(e).Status == "paused" })
	require.Equal(p.t, "paused", p.here()["code"])
	p.Must("POST", "/v1/workflows/"+p.Key+"/resume", map[string]any{})
	p.becomes("completed")
}

// timeline: everything that happened, the newest first, and paged like any list.
func timeline(p *Passage) {
	p.publish(`  a: {type: email, with: {subject: Hello, body: Text., class: transactional}, next: b}
  b: {type: field_set, with: {field: seen, value: 1}}`)
	p.passes(nil)
	url := "/v1/contacts/" + p.contactID() + "/timeline"
	var items []map[string]any
	p.Eventually("all is in the timeline", func() bool {
		items = p.Items(url)
		return len(items) == 10
	})
	kinds := map[string]int{}
	for i, item := range items {
		kinds[item["kind"].(string)]++
		require.NotEmpty(p.t, item["summary"])
		if i > 0 {
			require.False(p.t, p.time(items[i-1]["at"]).Before(p.time(item["at"])), "the newest first")
		}
	}
	require.Equal(p.t, map[string]int{"event": 3, "contact": 2, "enrollment_started": 1, "step": 2, "send": 1, "enrollment_ended": 1}, kinds)
	require.True(p.t, strings.HasPrefix(items[len(items)-1]["summary"].(string), "The contact was made"))
}
