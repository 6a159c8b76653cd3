package cases

import (
	"time"

	"github.com/stretchr/testify/require"
)

func modeCases() []Case {
	return []Case{{"test-compressed", testCompressed}, {"by-hand", byHand}}
}

func testCompressed(p *Passage) {
	p.Must("POST", "/v1/workflows", Definition(p.Key, p.Topic+".go", p.Topic+".stop", `  a: {type: wait, with: {for: 21d}, next: b}
  b: {type: wait_until, with: {date: "2099-01-01"}, next: c}
  c: {type: field_set, with: {field: plan, copy: trigger.plan}}`))
	answer := p.Must("POST", "/v1/workflows/"+p.Key+"/enrollments", map[string]any{
		"contacts": []any{map[string]any{"email": p.Mail}}, "data": map[string]any{"plan": "gold"}, "test": true, "waits": "compressed",
	})
	require.InDelta(p.t, 1, answer["enrolled"], 0)
	e := p.becomes("completed")
	require.Equal(p.t, true, e["test"])
	require.Nil(p.t, e["version"], "it ran the draft")
	require.Equal(p.t, []string{"a:done:next", "b:done:next", "c:done:next"}, path(e))
	for _, node := range []string{"a", "b"} {
		s := step(e, node)
		require.LessOrEqual(p.t, p.time(s["due_at"]).Sub(p.time(s["entered_at"])), 5*time.Second)
		require.Less(p.t, p.waited(s), lateness)
		p.fired(s)
	}
	require.Equal(p.t, "gold", p.fields()["plan"])
}

func byHand(p *Passage) {
	p.publish(`  a: {type: field_set, with: {field: plan, copy: trigger.plan}, next: b}
  b: {type: hold}`)
	enroll := func() map[string]any {
		answer := p.Must("POST", "/v1/workflows/"+p.Key+"/enrollments", map[string]any{
			"contacts": []any{map[string]any{"email": p.Mail}}, "data": map[string]any{"plan": "gold"},
		})
		return answer["items"].([]any)[0].(map[string]any)
	}
	first := enroll()
	require.Equal(p.t, "enrolled", first["verdict"])
	e := p.awaits("b", "held")
	require.Equal(p.t, first["enrollment"], e["id"])
	require.Equal(p.t, false, e["test"])
	require.Equal(p.t, "gold", p.fields()["plan"])
	require.Equal(p.t, "reentry", enroll()["verdict"])
}
