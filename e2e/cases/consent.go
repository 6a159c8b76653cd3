package cases

import (
	"github.com/stretchr/testify/require"
)

func consentCases() []Case {
	return []Case{
		{"email-marketing", emailMarketing},
		{"email-unsubscribed", emailUnsubscribed},
		{"email-suppressed", emailSuppressed},
		{"email-no-address", emailNoAddress},
		{"unsubscribe", unsubscribe},
	}
}

const news = `{type: email, with: {subject: News, body: Text.}`

func emailMarketing(p *Passage) {
	p.publish(`  a: ` + news + `}`)
	e := p.passes(nil)
	m := p.only(p.Mail)
	require.Regexp(p.t, `^<mailto:fermata@sink\.test\?subject=unsubscribe%20[0-9a-f]{32}>`, m.Header.Get("List-Unsubscribe"))
	require.Equal(p.t, messageID(e, "a", 1), m.MessageID)
	require.Equal(p.t, "marketing", p.Items("/v1/sends?enrollment=" + e["id"].(string))[0]["class"])
	p.Eventually("email.sent is in the log", func() bool {
		return len(p.Items("/v1/events?type=email.sent&contact="+p.contactID())) == 1
	})
}

func emailUnsubscribed(p *Passage) {
	p.publish(`  a: ` + news + `, next: b}
  b: {type: email, with: {subject: Receipt, body: Text., class: transactional}}`)
	p.enter(nil, map[string]any{"consent": map[string]any{"email": map[string]any{"state": "unsubscribed", "source": "test"}}})
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:suppressed:next", "b:done:next"}, path(e))
	require.Equal(p.t, "unsubscribed", step(e, "a")["reason"])
	require.Equal(p.t, "Receipt", p.only(p.Mail).Subject)
}

func emailSuppressed(p *Passage) {
	p.Must("POST", "/v1/suppressions", map[string]any{"address": p.Mail, "reason": "asked by letter"})
	p.publish(`  a: ` + news + `}`)
	e := p.passes(nil)
	require.Equal(p.t, "suppressed", step(e, "a")["status"])
	require.Equal(p.t, "suppressed", step(e, "a")["reason"])
	require.Empty(p.t, p.SMTP.To(p.Mail))
}

func emailNoAddress(p *Passage) {
	p.publish(`  a: {type: email, with: {subject: Receipt, body: Text., class: transactional}, next: {next: b, error: c}}
  b: {type: end}
  c: {type: end, with: {outcome: failed}}`)
	p.postAs(map[string]any{"external_id": p.Key}, p.Topic+".go", nil)
	e := p.Enrollment(p.Key, p.Key, "completed")
	require.Equal(p.t, []string{"a:suppressed:next", "b:done"}, path(e))
	require.Equal(p.t, "no_address", step(e, "a")["reason"])
}

func unsubscribe(p *Passage) {
	p.publish(`  a: {type: unsubscribe, next: b}
  b: ` + news + `, next: c}
  c: {type: unsubscribe}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:done:next", "b:suppressed:next", "c:done:next"}, path(e))
	require.Equal(p.t, true, result(step(e, "a"))["changed"])
	require.Equal(p.t, false, result(step(e, "c"))["changed"])
	require.Equal(p.t, false, p.contact()["subscribed"])
	require.Len(p.t, p.Items("/v1/events?type=email.unsubscribed&contact="+p.contactID()), 1)
}
