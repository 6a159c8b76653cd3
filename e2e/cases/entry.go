package cases

import (
	"time"

	"github.com/stretchr/testify/require"
)

func entryCases() []Case {
	return []Case{
		{"reentry-once", reentryOnce},
		{"reentry-after-exit", reentryAfterExit},
		{"reentry-cooldown", reentryCooldown},
		{"correlate", correlate},
		{"suppress", suppress},
		{"inactivity", inactivity},
	}
}

// verdict waits for the workflow's verdict on an event.
func (p *Passage) verdict(event string) map[string]any {
	p.t.Helper()
	var v map[string]any
	p.Eventually("a verdict of "+p.Key, func() bool {
		for _, found := range p.Must("GET", "/v1/events/"+event, nil)["verdicts"].([]any) {
			if v = found.(map[string]any); v["workflow"] == p.Key {
				return true
			}
		}
		return false
	})
	return v
}

func (p *Passage) requireVerdict(event, verdict, reason string) map[string]any {
	p.t.Helper()
	v := p.verdict(event)
	require.Equal(p.t, verdict, v["verdict"])
	require.Equal(p.t, reason, v["reason"])
	return v
}

func (p *Passage) again(data map[string]any) string { return p.post(p.Topic+".go", data) }

func reentryOnce(p *Passage) {
	p.publish(`  a: {type: end}`, "reentry: once")
	p.passes(nil)
	p.requireVerdict(p.again(nil), "reentry", "once")
	require.Len(p.t, p.enrollments(), 1)
}

func reentryAfterExit(p *Passage) {
	p.publish(`  a: {type: hold}`)
	p.enter(nil)
	e := p.awaits("a", "held")
	p.requireVerdict(p.again(nil), "reentry", "active")
	p.operate(e, "release", map[string]any{})
	p.becomes("completed")
	v := p.requireVerdict(p.again(nil), "enrolled", "")
	require.NotEqual(p.t, e["id"], v["enrollment"])
	p.awaits("a", "held")
	require.Len(p.t, p.enrollments(), 2)
}

func reentryCooldown(p *Passage) {
	const nodes = `  a: {type: end}`
	p.publish(nodes, "reentry: {cooldown: 1h}")
	over := p.time(p.passes(nil)["started_at"]).Add(2 * time.Second)
	p.requireVerdict(p.again(nil), "reentry", "cooldown")
	p.republish(nodes, "reentry: {cooldown: 2s}")
	p.Eventually("the cooldown is over", func() bool { return time.Now().After(over) })
	p.requireVerdict(p.again(nil), "enrolled", "")
	require.Len(p.t, p.enrollments(), 2)
}

func correlate(p *Passage) {
	p.publish(`  a: {type: hold}`, "correlate: trigger.order")
	p.requireVerdict(p.again(nil), "filtered", "correlation_missing")
	first := p.requireVerdict(p.again(map[string]any{"order": "one"}), "enrolled", "")
	second := p.requireVerdict(p.again(map[string]any{"order": 2}), "enrolled", "")
	require.NotEqual(p.t, first["enrollment"], second["enrollment"])
	p.requireVerdict(p.again(map[string]any{"order": "one"}), "reentry", "active")
	p.Eventually("both are held", func() bool {
		return len(p.Items("/v1/enrollments?status=held&workflow="+p.Key+"&contact="+p.Mail)) == 2
	})
	keys := []any{}
	for _, e := range p.enrollments() {
		keys = append(keys, e["key"])
	}
	require.ElementsMatch(p.t, []any{"one", "2"}, keys)
}

func suppress(p *Passage) {
	p.publish(`  a: {type: end}`, "suppress: {field: contact.plan, op: eq, value: none}")
	event := p.postAs(map[string]any{"email": p.Mail, "fields": map[string]any{"plan": "none"}}, p.Topic+".go", nil)
	p.requireVerdict(event, "filtered", "suppressed")
	require.Empty(p.t, p.enrollments())
}

// inactivity: who has opened nothing for a while after a mail is enrolled by itself.
func inactivity(p *Passage) {
	p.publishAs(p.Key+"-news", p.Topic+".go", `  a: `+news+`}`)
	p.Publish(`
schema: 1
key: ` + p.Key + `
name: Come back
triggers:
  - {id: idle, inactivity: {without: [email.opened, email.clicked], for: 3s, min_sends: 1, filter: {field: contact.email, op: eq, value: ` + p.Mail + `}}}
exits: [{id: stop, event: ` + p.Topic + `.stop}]
start: a
nodes:
  a: {type: tag_add, with: {tag: "` + p.Key + `"}}
`)
	p.enter(nil)
	p.only(p.Mail)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next"}, path(e))
	require.Contains(p.t, p.contact()["tags"], p.Key)
	require.Len(p.t, p.enrollments(), 1, "one silence, one passage")
}
