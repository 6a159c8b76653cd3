package cases

import (
	"github.com/stretchr/testify/require"
)

func placeCases() []Case {
	return []Case{
		{"course", course},
		{"course-missing", courseMissing},
		{"enroll-in", enrollIn},
		{"enroll-in-refused", enrollInRefused},
		{"remove-from", removeFrom},
		{"remove-from-key", removeFromKey},
		{"undo", undo},
		{"emit", emit},
		{"emit-exit", emitExit},
		{"emit-course", emitCourse},
	}
}

func course(p *Passage) {
	p.publish(`  a: {type: course_enroll, with: {course: program-a}, next: b}
  b: {type: course_enroll, with: {course: program-a}, next: c}
  c: {type: branch, with: {branches: [{id: inside, when: {course: program-a, progress: {gte: 0}}}]}, next: {inside: d}}
  d: {type: course_unenroll, with: {course: program-a}}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:done:next", "b:done:next", "c:done:inside", "d:done:next"}, path(e))
	require.Equal(p.t, true, result(step(e, "a"))["changed"])
	require.Equal(p.t, false, result(step(e, "b"))["changed"])
	courses := p.contact()["courses"].([]any)
	require.Len(p.t, courses, 1)
	require.Equal(p.t, "unenrolled", courses[0].(map[string]any)["status"])
	require.Equal(p.t, 1, p.logged("course.enrolled"))
}

func courseMissing(p *Passage) {
	p.publish(`  a: {type: course_enroll, with: {course: "{{ trigger.course }}"}, on_error: continue, next: b}
  b: {type: end}`)
	e := p.passes(map[string]any{"course": "no-such"})
	require.Equal(p.t, []string{"a:failed:next", "b:done"}, path(e))
	require.Equal(p.t, "missing_reference", step(e, "a")["reason"])
}

func enrollIn(p *Passage) {
	target := p.Key + "-target"
	p.publishAs(target, p.Topic+".other", `  a: {type: field_set, with: {field: seen, copy: trigger.n}, next: b}
  b: {type: hold}`)
	p.publish(`  a: {type: enroll_in, with: {workflow: ` + target + `, data: {n: "{{ trigger.n }}"}}, next: b}
  b: {type: end}`)
	e := p.passes(map[string]any{"n": 12})
	inner := p.Enrollment(target, p.Mail, "held")
	require.Equal(p.t, "enrolled", result(step(e, "a"))["verdict"])
	why := p.Must("GET", "/v1/workflows/"+target+"/explain?contact="+p.Mail, nil)["why_in"].([]any)[0].(map[string]any)
	require.Contains(p.t, why["sentence"], "by another workflow")
	require.Equal(p.t, inner["id"], result(step(e, "a"))["enrollment"])
	require.InDelta(p.t, 12, p.fields()["seen"], 0)
}

func enrollInRefused(p *Passage) {
	target := p.Key + "-target"
	p.publishAs(target, p.Topic+".other", `  a: {type: hold}`)
	p.post(p.Topic+".other", nil)
	p.Enrollment(target, p.Mail, "held")
	p.publish(`  a: {type: enroll_in, with: {workflow: ` + target + `}, next: b}
  b: {type: end}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:done:next", "b:done"}, path(e), "refused is done")
	require.Equal(p.t, "reentry", result(step(e, "a"))["verdict"])
	require.Equal(p.t, "active", result(step(e, "a"))["reason"])
	require.Len(p.t, p.Items("/v1/enrollments?workflow="+target+"&contact="+p.Mail), 1)
}

func removeFrom(p *Passage) {
	target := p.Key + "-target"
	p.publishAs(target, p.Topic+".other", `  a: {type: wait, with: {for: 30d}, next: b}
  b: {type: tag_add, with: {tag: "`+p.Key+`"}}`)
	p.post(p.Topic+".other", nil)
	p.Enrollment(target, p.Mail, "waiting")
	p.publish(`  a: {type: remove_from, with: {workflow: ` + target + `}, next: b}
  b: {type: remove_from, with: {workflow: ` + target + `}}`)
	e := p.passes(nil)
	inner := p.Enrollment(target, p.Mail, "exited")
	require.Equal(p.t, "removed", inner["reason"])
	require.Equal(p.t, "neutral", inner["outcome"])
	require.Equal(p.t, []any{inner["id"]}, result(step(e, "a"))["removed"])
	require.Empty(p.t, result(step(e, "b"))["removed"], "removing nobody is done")
	require.Equal(p.t, []string{"a:exited"}, path(inner))
	p.closed(inner)
}

func removeFromKey(p *Passage) {
	target := p.Key + "-target"
	p.publishAs(target, p.Topic+".other", `  a: {type: wait, with: {for: 30d}}`, "correlate: trigger.order")
	p.post(p.Topic+".other", map[string]any{"order": "one"})
	p.post(p.Topic+".other", map[string]any{"order": "two"})
	p.Eventually("both are inside", func() bool {
		return len(p.Items("/v1/enrollments?status=waiting&workflow="+target+"&contact="+p.Mail)) == 2
	})
	p.publish(`  a: {type: remove_from, with: {workflow: ` + target + `, correlate: "{{ trigger.order }}"}}`)
	p.passes(map[string]any{"order": "one"})
	require.Equal(p.t, "one", p.Enrollment(target, p.Mail, "exited")["key"])
	require.Equal(p.t, "two", p.Enrollment(target, p.Mail, "waiting")["key"])
}

func undo(p *Passage) {
	target := p.Key + "-target"
	p.publishAs(target, p.Topic+".other", `  a: {type: tag_add, with: {tag: "`+p.Key+` {{ trigger.order }}"}, next: b}
  b: {type: emit, with: {event: `+p.Topic+`.noted}, next: c}
  c: {type: wait, with: {for: 30d}}`, "correlate: trigger.order")
	p.post(p.Topic+".other", map[string]any{"order": "one"})
	p.post(p.Topic+".other", map[string]any{"order": "two"})
	p.Eventually("both are inside", func() bool {
		return len(p.Items("/v1/enrollments?status=waiting&workflow="+target+"&contact="+p.Mail)) == 2
	})
	p.publish(`  a: {type: undo, with: {workflow: ` + target + `, correlate: "{{ trigger.order }}"}, next: b}
  b: {type: undo, with: {workflow: ` + target + `, correlate: three}}`)
	e := p.passes(map[string]any{"order": "one"})
	inner := p.Enrollment(target, p.Mail, "exited")
	require.Equal(p.t, []any{"one", "undo", "neutral"}, []any{inner["key"], inner["reason"], inner["outcome"]})
	require.Equal(p.t, []any{inner["id"]}, result(step(e, "a"))["ended"])
	undone := result(step(e, "a"))["undone"].([]any)
	require.Len(p.t, undone, 1)
	require.Equal(p.t, "tag "+p.Key+" one", undone[0].(map[string]any)["what"])
	not := result(step(e, "a"))["not_undone"].([]any)
	require.Len(p.t, not, 1)
	require.Equal(p.t, "reported", not[0].(map[string]any)["reason"])
	require.Empty(p.t, result(step(e, "b"))["undone"], "undoing nobody is done")
	require.Equal(p.t, []any{p.Key + " two"}, p.contact()["tags"])
	p.closed(inner)
}

// emit reaches a trigger elsewhere and a wait of its own, with its cause.
func emit(p *Passage) {
	target := p.Key + "-target"
	p.publishAs(target, p.Topic+".scored", `  a: {type: field_set, with: {field: score, copy: trigger.score}, next: b}
  b: {type: hold}`)
	p.publish(`  a: {type: emit, with: {event: ` + p.Topic + `.scored, data: {score: "{{ trigger.n }}", by: "rule {{ trigger.n }}"}}, next: b}
  b: {type: wait_event, with: {events: [{id: got, event: ` + p.Topic + `.scored, where: {field: event.score, op: eq, value: 12}}], timeout: 30d}, next: {got: c}}
  c: {type: end}`)
	e := p.passes(map[string]any{"n": 12})
	require.Equal(p.t, []string{"a:done:next", "b:done:got", "c:done"}, path(e))
	p.Enrollment(target, p.Mail, "held")
	require.InDelta(p.t, 12, p.fields()["score"], 0)
	event := p.Must("GET", "/v1/events/"+result(step(e, "a"))["event"].(string), nil)
	require.Equal(p.t, map[string]any{"score": 12.0, "by": "rule 12"}, event["data"])
	_, raw := p.Do("POST", "/v1/validate", Definition("emit-tag", "a.b", "a.c", `  a: {type: emit, with: {event: tag.added}}`))
	require.Contains(p.t, string(raw), "/nodes/a/with/event", "the platform's own events are not for everybody")
}

// emitExit: what the enrollment reports itself ends it, before its next step.
func emitExit(p *Passage) {
	p.publish(`  a: {type: emit, with: {event: ` + p.Topic + `.stop}, next: b}
  b: {type: tag_add, with: {tag: never}}`)
	p.enter(nil)
	e := p.becomes("exited")
	require.Equal(p.t, []string{"a:done:next"}, path(e))
	require.Equal(p.t, "stop", e["reason"])
	require.Empty(p.t, p.contact()["tags"])
}

// emitCourse: a course event counts for the course record whoever reports it.
func emitCourse(p *Passage) {
	p.publish(`  a: {type: emit, with: {event: course.completed, data: {course: program-a}}, next: b}
  b: {type: emit, with: {event: course.completed}, on_error: continue, next: c}
  c: {type: end}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:done:next", "b:failed:next", "c:done"}, path(e))
	require.Equal(p.t, "bad_value", step(e, "b")["reason"])
	courses := p.contact()["courses"].([]any)
	require.Len(p.t, courses, 1)
	require.Equal(p.t, "completed", courses[0].(map[string]any)["status"])
}
