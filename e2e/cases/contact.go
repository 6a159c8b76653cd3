package cases

import (
	"github.com/stretchr/testify/require"
)

func contactCases() []Case {
	return []Case{{"tags", tags}, {"field-set", fieldSet}, {"field-copy", fieldCopy}, {"field-not-a-number", fieldNotANumber}}
}

func tags(p *Passage) {
	p.publish(`  a: {type: tag_add, with: {tags: ["Gold {{ trigger.year }}", Keep]}, next: b}
  b: {type: tag_add, with: {tag: "gold {{ trigger.year }}"}, next: c}
  c: {type: tag_remove, with: {tag: "GOLD 2031"}, next: d}
  d: {type: tag_remove, with: {tag: never-there}}`)
	e := p.passes(map[string]any{"year": 2031})
	require.Equal(p.t, []string{"a:done:next", "b:done:next", "c:done:next", "d:done:next"}, path(e))
	require.Equal(p.t, []any{"Keep"}, p.contact()["tags"])
	require.Equal(p.t, []any{"Gold 2031", "Keep"}, result(step(e, "a"))["added"])
	require.Empty(p.t, result(step(e, "b"))["added"], "the same tag in other letters is there already")
	require.Equal(p.t, []any{"Gold 2031"}, result(step(e, "c"))["removed"])
	require.Len(p.t, p.Items("/v1/events?type=tag.added&contact="+p.contactID()), 2)
	require.Len(p.t, p.Items("/v1/events?type=tag.removed&contact="+p.contactID()), 1)
}

func fieldSet(p *Passage) {
	p.publish(`  a: {type: field_set, with: {field: plan, value: "{{ trigger.plan }}"}, next: b}
  b: {type: field_set, with: {field: score, increment: 2}, next: c}
  c: {type: field_set, with: {field: score, increment: "{{ trigger.more }}"}, next: d}
  d: {type: field_set, with: {field: old, clear: true}, next: e}
  e: {type: field_set, with: {field: contact.last_name, value: Doe}, next: f}
  f: {type: field_set, with: {field: shape, value: {size: 3}}}`)
	e := p.passes(map[string]any{"plan": "gold", "more": 3}, map[string]any{"fields": map[string]any{"old": "x", "score": 1}})
	require.Equal(p.t, map[string]any{"plan": "gold", "score": 6.0, "shape": map[string]any{"size": 3.0}}, p.fields())
	require.Equal(p.t, "Doe", p.contact()["last_name"])
	require.Equal(p.t, map[string]any{"field": "score", "from": 3.0, "to": 6.0}, result(step(e, "c")))
	require.Equal(p.t, map[string]any{"field": "old", "from": "x", "to": nil}, result(step(e, "d")))
}

func fieldCopy(p *Passage) {
	p.publish(`  a: {type: field_set, with: {field: plan, copy: trigger.plan}, next: b}
  b: {type: field_set, with: {field: gone, copy: trigger.nothing}}`)
	p.passes(map[string]any{"plan": 7}, map[string]any{"fields": map[string]any{"gone": "x"}})
	require.Equal(p.t, map[string]any{"plan": 7.0}, p.fields(), "copying what is missing clears")
}

func fieldNotANumber(p *Passage) {
	p.publish(`  a: {type: field_set, with: {field: score, increment: 1}, next: {next: b, error: c}}
  b: {type: end}
  c: {type: end, with: {outcome: neutral}}`)
	p.enter(nil, map[string]any{"fields": map[string]any{"score": "many"}})
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:failed:error", "c:done"}, path(e))
	require.Equal(p.t, "bad_value", step(e, "a")["reason"])
	require.Equal(p.t, "many", p.fields()["score"])
}
