package cases

import (
	"time"

	"github.com/stretchr/testify/require"
)

func exitCases() []Case {
	return []Case{{"exit-rule", exitRule}, {"exit-where", exitWhere}, {"exit-own-event", exitOwnEvent}, {"exit-during-retries", exitDuringRetries}, {"exit-before-due", exitBeforeDue}}
}

// atOnce checks that the enrollment ended soon after the acceptance of the event that
// ended it, and not by the run, which may hear of it late, although eighty cases share one
// program; how soon on a quiet one is a test of its own.
func (p *Passage) atOnce(event string, e map[string]any) {
	p.t.Helper()
	accepted := p.time(p.Must("GET", "/v1/events/"+event, nil)["accepted_at"])
	require.LessOrEqual(p.t, p.time(e["ended_at"]).Sub(accepted), lateness)
}

func exitRule(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 30d}, next: b}` + thenTag)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	event := p.post(p.Topic+".stop", nil)
	p.left(e, "stop", "success")
	p.atOnce(event, p.becomes("exited"))
	p.Eventually("the verdict is there", func() bool {
		verdicts := p.Must("GET", "/v1/events/"+event, nil)["verdicts"].([]any)
		return len(verdicts) == 1 && verdicts[0].(map[string]any)["verdict"] == "exited" && verdicts[0].(map[string]any)["enrollment"] == e["id"]
	})
}

func exitWhere(p *Passage) {
	p.Publish("\nschema: 1\nkey: " + p.Key + "\nname: Where\ntriggers: [{id: go, event: " + p.Topic + ".go}]\n" +
		"exits: [{id: same, event: " + p.Topic + ".stop, where: {field: event.order, op: eq, value: {ref: trigger.order}}, outcome: failed}]\n" +
		"start: a\nnodes:\n  a: {type: wait, with: {for: 30d}, next: b}" + thenTag + "\n")
	p.enter(map[string]any{"order": "one"})
	e := p.awaits("a", "waiting")
	other := p.post(p.Topic+".stop", map[string]any{"order": "two"})
	p.Eventually("the other order is filtered", func() bool {
		verdicts := p.Must("GET", "/v1/events/"+other, nil)["verdicts"].([]any)
		return len(verdicts) == 1 && verdicts[0].(map[string]any)["verdict"] == "filtered"
	})
	p.awaits("a", "waiting")
	p.post(p.Topic+".stop", map[string]any{"order": "one"})
	p.left(e, "same", "failed")
}

func exitOwnEvent(p *Passage) {
	p.Publish("\nschema: 1\nkey: " + p.Key + "\nname: Own\ntriggers: [{id: go, event: " + p.Topic + ".go}]\n" +
		"exits: [{id: again, event: " + p.Topic + ".go}]\nstart: a\nnodes:\n  a: {type: hold}\n")
	p.enter(nil)
	e := p.awaits("a", "held")
	p.post(p.Topic+".go", nil)
	p.Eventually("the second event ends the first passage and begins the next", func() bool {
		active := p.Items("/v1/enrollments?status=held&workflow=" + p.Key + "&contact=" + p.Mail)
		return len(active) == 1 && active[0]["id"] != e["id"]
	})
	require.Equal(p.t, "exited", p.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["status"])
}

func exitDuringRetries(p *Passage) {
	e := p.retrying(2)
	event := p.post(p.Topic+".stop", nil)
	p.left(e, "stop", "success")
	p.atOnce(event, p.becomes("exited"))
}

// exitBeforeDue ends a passage shortly before a send is due: it never happens. The wait is long
// enough to be seen on a busy machine.
func exitBeforeDue(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 10s}, next: b}
  b: {type: email, with: {subject: Never, body: Text., class: transactional}, next: c}
  c: {type: tag_add, with: {tag: after}}`)
	p.enter(nil)
	e := p.awaits("a", "waiting")
	due := p.time(e["due_at"])
	p.post(p.Topic+".stop", nil)
	p.left(e, "stop", "success")
	p.Eventually("the instant has passed", func() bool { return time.Now().After(due.Add(500 * time.Millisecond)) })
	require.Empty(p.t, p.SMTP.To(p.Mail))
	require.Equal(p.t, []string{"a:exited"}, path(p.becomes("exited")))
}
