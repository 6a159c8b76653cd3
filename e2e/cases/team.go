package cases

import (
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func teamCases() []Case {
	return []Case{{"notify", notify}, {"notify-owner", notifyOwner}, {"task-create", taskCreate}, {"approval", approval}, {"approval-late", approvalLate}, {"sms", sms}}
}

func notify(p *Passage) {
	first, second := "first-"+p.Mail, "second-"+p.Mail
	p.publish(`  a: {type: notify, with: {to: ["` + first + `", "` + second + `"], subject: "New: {{ contact.email }}", body: "See {{ trigger.n }}"}}`)
	e := p.passes(map[string]any{"n": 7}, map[string]any{
		// Consent is the contact's; a notice goes to the team.
		"consent": map[string]any{"email": map[string]any{"state": "unsubscribed", "source": "test"}},
	})
	m := p.only(first + "," + second)
	require.Equal(p.t, "New: "+p.Mail, m.Subject)
	require.Equal(p.t, "See 7", p.parts(m)["text/plain"])
	require.Equal(p.t, messageID(e, "a", 1), m.MessageID)
	require.Empty(p.t, m.Header.Get("List-Unsubscribe"))
}

func notifyOwner(p *Passage) {
	owner := "owner-" + p.Mail
	p.publish(`  a: {type: notify, with: {to: owner, subject: "For you"}}`, "owner: "+owner)
	p.passes(nil)
	require.Equal(p.t, "For you", p.only(owner).Subject)
}

// answerLink is the address in a mail that asks.
var answerLink = regexp.MustCompile(`http://127\.0\.0\.1/answer/[\w-]+`)

// approval: looking at the page decides nothing, the first button does, and the second is told so.
func approval(p *Passage) {
	first, second := "first-"+p.Mail, "second-"+p.Mail
	p.publish(`  a: {type: approval, with: {to: ["` + first + `", "` + second + `"], subject: "Refund {{ contact.email }}?", body: "{{ trigger.n }} USD", timeout: 30d}, next: {approved: b, rejected: c, timeout: c}}` +
		"\n  b: {type: end}\n  c: {type: end, with: {outcome: failed}}")
	p.enter(map[string]any{"n": 7})
	e := p.awaits("a", "waiting")
	require.NotNil(p.t, e["due_at"])
	require.Nil(p.t, step(e, "a")["result"])
	mine, other := answerLink.FindString(p.parts(p.only(first))["text/plain"]), answerLink.FindString(p.parts(p.only(second))["text/html"])
	for _, method := range []string{"GET", "HEAD"} {
		status, _ := p.browse(method, mine, "")
		require.Equal(p.t, http.StatusOK, status)
	}
	status, _ := p.browse("POST", mine, "decision=perhaps")
	require.Equal(p.t, http.StatusBadRequest, status)
	require.Equal(p.t, "waiting", p.awaits("a", "waiting")["status"])
	for _, answer := range []string{mine + " decision=approved", other + " decision=rejected"} {
		link, body, _ := strings.Cut(answer, " ")
		status, _ = p.browse("POST", link, body)
		require.Equal(p.t, http.StatusOK, status)
	}
	e = p.becomes("completed")
	require.Equal(p.t, []string{"a:done:approved", "b:done"}, path(e))
	r := result(step(e, "a"))
	require.Equal(p.t, []any{"approved", first}, []any{r["decision"], r["by"]})
	p.says(r["event"].(string), "advanced")
}

func approvalLate(p *Passage) {
	boss := "boss-" + p.Mail
	p.publish(`  a: {type: approval, with: {to: ` + boss + `, subject: "Refund?", timeout: 1s}, next: {approved: c, rejected: c, timeout: b}}` +
		"\n  b: {type: end}\n  c: {type: end, with: {outcome: failed}}")
	p.enter(nil)
	require.Equal(p.t, []string{"a:done:timeout", "b:done"}, path(p.becomes("completed")))
	status, _ := p.browse("POST", answerLink.FindString(p.parts(p.only(boss))["text/plain"]), "decision=approved")
	require.Equal(p.t, http.StatusOK, status)
	require.Empty(p.t, p.Items("/v1/events?type=workflow.decided&contact="+p.contactID()))
}

// sms: a text message goes to the gateway once, under a key of its own, and to nobody without a number.
func sms(p *Passage) {
	p.publish(`  a: {type: sms, with: {text: "Hi {{ contact.first_name }}", class: transactional}, next: b}` +
		"\n  b: {type: sms, with: {text: No, to: '{{ contact.fields.mobile }}'}, next: c}\n  c: {type: end}")
	e := p.passes(nil, map[string]any{"first_name": "Sam-" + p.Key, "phone": "+49 170 / 1234"})
	require.Equal(p.t, []string{"a:done:next", "b:suppressed:next", "c:done"}, path(e))
	require.Equal(p.t, "no_phone", step(e, "b")["reason"])
	var mine []harness.Call
	for _, call := range p.HTTP.On("/gateway") {
		if call.Header.Get("Idempotency-Key") == e["id"].(string)+".a.1" {
			mine = append(mine, call)
		}
	}
	require.Len(p.t, mine, 1)
	require.JSONEq(p.t, `{"to": "+491701234", "from": "Shop", "text": "Hi Sam-`+p.Key+`"}`, mine[0].Body)
	require.Equal(p.t, "Bearer gateway-token", mine[0].Header.Get("Authorization"))
	sends := p.Items("/v1/sends?enrollment=" + e["id"].(string))
	require.Len(p.t, sends, 1)
	require.Equal(p.t, []any{"sms", "sent"}, []any{sends[0]["channel"], sends[0]["state"]})
}

func taskCreate(p *Passage) {
	p.publish(`  a: {type: task_create, with: {title: "Call {{ contact.first_name }}", body: "About {{ trigger.topic }}", due: 2h, assignee: sam@example.com}}`)
	e := p.passes(map[string]any{"topic": "shoes"}, map[string]any{"first_name": "Ana"})
	tasks := p.Items("/v1/tasks?contact=" + p.contactID())
	require.Len(p.t, tasks, 1)
	require.Equal(p.t, "Call Ana", tasks[0]["title"])
	require.Equal(p.t, "About shoes", tasks[0]["body"])
	require.Equal(p.t, "sam@example.com", tasks[0]["assignee"])
	require.Equal(p.t, "open", tasks[0]["status"])
	require.Equal(p.t, 2*time.Hour, p.time(tasks[0]["due_at"]).Sub(p.time(step(e, "a")["entered_at"])))
	require.Equal(p.t, tasks[0]["id"], result(step(e, "a"))["task"])
}

func (p *Passage) time(v any) time.Time {
	p.t.Helper()
	require.IsType(p.t, "", v)
	at, err := time.Parse(time.RFC3339Nano, v.(string))
	require.NoError(p.t, err)
	return at
}
