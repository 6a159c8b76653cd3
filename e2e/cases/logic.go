package cases

import (
	"github.com/stretchr/testify/require"
)

func logicCases() []Case {
	return []Case{
		{"branch", branch}, {"split", split}, {"end", end}, {"open-ports", openPorts}, {"disabled", disabled}, {"runaway", runaway},
	}
}

func branch(p *Passage) {
	p.publish(`  a: {type: branch, with: {branches: [{id: vip, when: {tag: vip}},
      {id: big, when: {all: [{field: trigger.amount, op: gte, value: 100}, {field: contact.plan, op: eq, value: gold}]}},
      {id: any, when: {field: contact.email, op: exists}}]}, next: {vip: b, big: c, any: b, else: b}}
  b: {type: end, with: {outcome: failed}}
  c: {type: branch, with: {branches: [{id: never, when: {field: contact.nothing, op: gt, value: 1}}]}, next: {never: b, else: d}}
  d: {type: end}`)
	e := p.passes(map[string]any{"amount": "120"}, map[string]any{"fields": map[string]any{"plan": "gold"}})
	require.Equal(p.t, []string{"a:done:big", "c:done:else", "d:done"}, path(e))
	values := step(e, "a")["values"].([]any)
	require.Len(p.t, values, 3, "what comes after the match is not evaluated")
	require.Equal(p.t, map[string]any{
		"path": "/branches/1/when/all/0", "field": "trigger.amount", "op": "gte", "expected": 100.0, "saw": "120", "result": true,
	}, values[1])
	require.Equal(p.t, false, values[0].(map[string]any)["result"])
	require.Equal(p.t, "gold", values[2].(map[string]any)["saw"])
	require.Equal(p.t, false, step(e, "c")["values"].([]any)[0].(map[string]any)["result"])
}

func split(p *Passage) {
	p.publish(`  a: {type: split, with: {ports: {left: 50, right: 50}}, next: {left: b, right: c}}
  b: {type: split, with: {ports: {all: 100, none: 0}}, next: {all: d, none: e}}
  c: {type: split, with: {ports: {all: 100, none: 0}}, next: {all: d, none: e}}
  d: {type: end}
  e: {type: end, with: {outcome: failed}}`)
	first := step(p.passes(nil), "a")["port"]
	p.again(nil)
	p.ended(2)
	for _, e := range p.enrollments() {
		e = p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)
		require.Equal(p.t, first, step(e, "a")["port"], "the same contact goes the same way")
		require.Equal(p.t, "success", e["outcome"])
	}
}

func end(p *Passage) {
	p.publish(`  a: {type: end, with: {outcome: failed}}`)
	p.enter(nil)
	e := p.becomes("completed")
	require.Equal(p.t, "failed", e["outcome"])
	require.Equal(p.t, "a", e["node"])
	require.NotNil(p.t, e["ended_at"])
	p.Eventually("workflow.completed is in the log", func() bool { return p.logged("workflow.completed") == 1 })
	data := p.Items("/v1/events?type=workflow.completed&contact=" + p.contactID())[0]["data"]
	require.Equal(p.t, map[string]any{"workflow": p.Key, "enrollment": e["id"], "outcome": "failed"}, data)
	p.closed(e)
}

func openPorts(p *Passage) {
	p.publish(`  a: {type: branch, with: {branches: [{id: x, when: {tag: x}}]}, next: {x: b}}
  b: {type: end}`)
	p.enter(nil)
	require.Equal(p.t, "neutral", p.becomes("completed")["outcome"], "an open else is neutral")
}

func disabled(p *Passage) {
	p.publish(`  a: {type: email, disabled: true, with: {subject: Never, body: Text., class: transactional}, next: b}
  b: {type: branch, disabled: true, with: {branches: [{id: x, when: {field: contact.email, op: exists}}]}, next: {x: d, else: c}}
  c: {type: wait, disabled: true, with: {for: 30d}, next: d}
  d: {type: tag_add, with: {tag: reached}}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:skipped:next", "b:skipped:else", "c:skipped:next", "d:done:next"}, path(e))
	require.Equal(p.t, "disabled", step(e, "a")["reason"])
	require.Empty(p.t, p.SMTP.To(p.Mail))
}

func runaway(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 1s}, next: b}
  b: {type: field_set, max_visits: 2, with: {field: rounds, increment: 1}, next: a}`)
	p.enter(nil)
	e := p.becomes("failed")
	require.Equal(p.t, "runaway", e["reason"])
	require.Equal(p.t, "failed", e["outcome"])
	require.Equal(p.t, "b", e["node"])
	require.InDelta(p.t, 2, p.fields()["rounds"], 0)
	require.Equal(p.t, []string{"a:done:next", "b:done:next", "a:done:next", "b:done:next", "a:done:next"}, path(e)[:5])
	p.closed(e)
}
