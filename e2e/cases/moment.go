package cases

import (
	"fmt"
	"sync/atomic"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// momentCases are about what holds at the moment of deciding, not before and not after.
func momentCases() []Case {
	return []Case{
		{"publish-then-event", publishThenEvent},
		{"stop-then-event", stopThenEvent},
		{"ignored-then-advanced", ignoredThenAdvanced},
		{"event-twice", eventTwice},
		{"zone-spares-durations", zoneSparesDurations},
		{"until-gap", untilGap},
		{"consent-while-waiting", consentWhileWaiting},
		{"consent-between-tries", consentBetweenTries},
		{"suppression-while-waiting", suppressionWhileWaiting},
		{"loop-pair", loopPair},
		{"loop-depth", loopDepth},
	}
}

// publishThenEvent: the event right behind a publish starts the new version.
func publishThenEvent(p *Passage) {
	p.publish(`  a: {type: hold}`)
	p.republish(`  a: {type: end}`)
	event := p.again(nil)
	require.InDelta(p.t, 2, p.requireVerdict(event, "enrolled", "")["version"], 0)
	require.InDelta(p.t, 2, p.becomes("completed")["version"], 0)
}

// stopThenEvent: the event right behind a stop starts nothing, the one behind a start does.
func stopThenEvent(p *Passage) {
	p.publish(`  a: {type: end}`)
	p.Must("POST", "/v1/workflows/"+p.Key+"/stop", nil)
	event := p.again(nil)
	p.Eventually("the event is ignored", func() bool {
		verdicts := p.Must("GET", "/v1/events/"+event, nil)["verdicts"].([]any)
		return len(verdicts) == 1 && verdicts[0].(map[string]any)["verdict"] == "ignored"
	})
	require.Empty(p.t, p.enrollments())
	p.Must("POST", "/v1/workflows/"+p.Key+"/start", nil)
	p.requireVerdict(p.again(nil), "enrolled", "")
	p.becomes("completed")
}

// ignoredThenAdvanced: who is inside a stopped workflow goes on, also by an event that
// nobody named when it came.
func ignoredThenAdvanced(p *Passage) {
	p.publish("  a: {type: hold, next: b}\n  b: {type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".done}], timeout: 30d, since: enrollment}, next: {got: c}}\n  c: {type: end}")
	p.enter(nil)
	e := p.awaits("a", "held")
	p.Must("POST", "/v1/workflows/"+p.Key+"/stop", nil)
	event := p.post(p.Topic+".done", nil)
	ignored := func() []map[string]any { return p.Items("/v1/events?verdict=ignored&type=" + p.Topic + ".done") }
	p.Eventually("nobody names it", func() bool { return len(ignored()) == 1 })
	p.operate(e, "release", map[string]any{})
	p.becomes("completed")
	p.judgedOnce(event, "advanced")
	require.Empty(p.t, ignored())
}

// eventTwice: posted again under its id, an event is the same event.
func eventTwice(p *Passage) {
	wait := "{type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".done}], timeout: %s}, next: %s}"
	p.publish("  a: " + fmt.Sprintf(wait, "30d", "{got: b}") + "\n  b: " + fmt.Sprintf(wait, "2s", "{got: c, timeout: d}") +
		"\n  c: {type: end, with: {outcome: failed}}\n  d: {type: end}")
	p.enter(nil)
	p.awaits("a", "waiting")
	for n := range 2 {
		answer := p.Must("POST", "/v1/events", map[string]any{
			"id": p.Key + "-1", "type": p.Topic + ".done", "contact": map[string]any{"email": p.Mail}, "data": map[string]any{"n": n},
		})
		require.InDelta(p.t, 1-n, answer["accepted"], 0)
	}
	require.Equal(p.t, []string{"a:done:got", "b:done:timeout", "d:done"}, path(p.becomes("completed")))
	event := p.Must("GET", "/v1/events/"+p.Key+"-1", nil)
	require.Equal(p.t, map[string]any{"n": 0.0}, event["data"], "the first body counts")
	verdicts := event["verdicts"].([]any)
	require.Len(p.t, verdicts, 2)
	require.Equal(p.t, "advanced", verdicts[0].(map[string]any)["verdict"])
	require.Equal(p.t, []any{nil, "duplicate"}, []any{verdicts[1].(map[string]any)["workflow"], verdicts[1].(map[string]any)["verdict"]})
	require.Equal(p.t, event["id"], p.Items("/v1/events?verdict=duplicate&contact=" + p.Mail)[0]["id"])
}

// zoneSparesDurations: a changed zone moves what stands in the calendar, no length of time.
func zoneSparesDurations(p *Passage) {
	p.publish(`  a: {type: wait, with: {for: 30d}}`)
	p.publishAs(p.Key+"-until", p.Topic+".go", `  a: {type: wait_until, with: {date: "2099-07-01", at: "09:00"}}`)
	p.enter(nil, map[string]any{"timezone": "Europe/Berlin"})
	e := p.awaits("a", "waiting")
	until := p.Enrollment(p.Key+"-until", p.Mail, "waiting")
	require.Equal(p.t, "2099-07-01T07:00:00Z", until["due_at"])
	p.Must("PATCH", "/v1/contacts/"+p.contactID(), map[string]any{"timezone": "Asia/Tokyo"})
	p.due(until, "2099-07-01T00:00:00Z")
	require.Equal(p.t, e["due_at"], p.awaits("a", "waiting")["due_at"])
}

// untilGap: 02:30 in the night in which the clocks go forward is the first instant after
// the gap, and in the one in which they go back the first of the two.
func untilGap(p *Passage) {
	p.publish(`  a: {type: wait_until, with: {date: "{{ trigger.date }}", at: "02:30"}}`, "correlate: trigger.date")
	for date, due := range map[string]string{"2099-03-29": "2099-03-29T01:00:00Z", "2099-10-25": "2099-10-25T00:30:00Z"} {
		event := p.postAs(map[string]any{"email": p.Mail, "timezone": "Europe/Berlin"}, p.Topic+".go", map[string]any{"date": date})
		p.due(map[string]any{"id": p.requireVerdict(event, "enrolled", "")["enrollment"]}, due)
	}
}

// newsAfterWait waits for an event and then sends marketing mail.
func (p *Passage) newsAfterWait() {
	p.t.Helper()
	p.publish("  a: {type: wait_event, with: {events: [{id: got, event: " + p.Topic + ".next}], forever: true}, next: {got: b}}\n  b: " + news + "}")
}

func (p *Passage) consents(state string) {
	p.t.Helper()
	p.Must("PUT", "/v1/contacts/"+p.contactID()+"/consent", consent(state))
}

func consent(state string) map[string]any {
	return map[string]any{"email": map[string]any{"state": state, "source": "test"}}
}

// consentWhileWaiting: what counts is what the contact allows when the mail is sent.
func consentWhileWaiting(p *Passage) {
	p.newsAfterWait()
	p.enter(nil)
	p.awaits("a", "waiting")
	p.consents("unsubscribed")
	p.post(p.Topic+".next", nil)
	e := p.becomes("completed")
	require.Equal(p.t, []any{"suppressed", "unsubscribed"}, []any{step(e, "b")["status"], step(e, "b")["reason"]})
	require.Empty(p.t, p.SMTP.To(p.Mail))

	p.requireVerdict(p.again(nil), "enrolled", "")
	p.awaits("a", "waiting")
	p.consents("subscribed")
	p.post(p.Topic+".next", nil)
	p.ended(2)
	p.only(p.Mail)
}

// consentBetweenTries: the next try asks again.
func consentBetweenTries(p *Passage) {
	var tries atomic.Int64
	p.SMTP.Decide(p.Mail, func(harness.Mail) error {
		tries.Add(1)
		p.consents("unsubscribed")
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	})
	p.publish("  a: " + news + "}")
	p.enter(nil)
	e := p.becomes("completed")
	require.Equal(p.t, []any{"suppressed", "unsubscribed"}, []any{step(e, "a")["status"], step(e, "a")["reason"]})
	require.EqualValues(p.t, 1, tries.Load())
}

func suppressionWhileWaiting(p *Passage) {
	p.newsAfterWait()
	p.enter(nil)
	p.awaits("a", "waiting")
	p.Must("POST", "/v1/suppressions", map[string]any{"address": p.Mail, "reason": "complained"})
	p.post(p.Topic+".next", nil)
	e := p.becomes("completed")
	require.Equal(p.t, []any{"suppressed", "suppressed"}, []any{step(e, "b")["status"], step(e, "b")["reason"]})
	require.Empty(p.t, p.SMTP.To(p.Mail))
}

// tagged is a workflow that starts when a tag is added and adds another one.
func (p *Passage) tagged(key, when, then string) {
	p.t.Helper()
	p.Publish("\nschema: 1\nkey: " + key + "\nname: Tagged\n" +
		"triggers: [{id: go, event: " + p.Topic + ".go, where: {field: event.to, op: eq, value: " + key + "}}, {id: tag, event: tag.added, where: {field: event.tag, op: eq, value: " + when + "}}]\n" +
		"start: a\nnodes:\n  a: {type: tag_remove, with: {tag: " + then + "}, next: b}\n  b: {type: tag_add, with: {tag: " + then + "}}\n")
}

// loopPair: two workflows that start each other are stopped at the second start of one.
func loopPair(p *Passage) {
	one, two := p.Key+"-one", p.Key+"-two"
	p.tagged(one, "t-"+one, "t-"+two)
	p.tagged(two, "t-"+two, "t-"+one)
	p.enter(map[string]any{"to": one})
	p.Enrollment(two, p.Mail, "completed")
	p.Eventually("the loop is cut", func() bool {
		list := p.Items("/v1/events?verdict=loop&contact=" + p.Mail)
		return len(list) == 1 && list[0]["data"].(map[string]any)["tag"] == "t-"+one
	})
	for _, key := range []string{one, two} {
		require.Len(p.t, p.Items("/v1/enrollments?workflow="+key+"&contact="+p.Mail), 1)
	}
}

// loopDepth: a chain of workflows, each started by the one before, ends behind ten.
func loopDepth(p *Passage) {
	key := func(n int) string { return fmt.Sprintf("%s-%d", p.Key, n) }
	const deepest = 10
	for n := range deepest + 2 {
		p.tagged(key(n), "t-"+key(n), "t-"+key(n+1))
	}
	p.enter(map[string]any{"to": key(0)})
	p.Enrollment(key(deepest), p.Mail, "completed")
	p.Eventually("the chain is cut", func() bool {
		list := p.Items("/v1/events?verdict=loop&contact=" + p.Mail)
		return len(list) == 1 && list[0]["data"].(map[string]any)["tag"] == "t-"+key(deepest+1)
	})
	require.Empty(p.t, p.Items("/v1/enrollments?workflow="+key(deepest+1)))
}
