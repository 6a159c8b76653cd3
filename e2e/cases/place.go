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
	p.Eventually("the verdict is in the result", func() bool {
		e = p.becomes("completed")
		return result(step(e, "a"))["verdict"] != nil
	})
	require.Equal(p.t, "enrolled", result(step(e, "a"))["verdict"])
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
	p.Eventually("the verdict is in the result", func() bool {
		e = p.becomes("completed")
		return result(step(e, "a"))["verdict"] != nil
	})
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
