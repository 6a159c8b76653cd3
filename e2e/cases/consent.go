package cases

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func consentCases() []Case {
	return []Case{
		{"email-marketing", emailMarketing},
		{"email-unsubscribed", emailUnsubscribed},
		{"email-suppressed", emailSuppressed},
		{"email-no-address", emailNoAddress},
		{"email-one-click", emailOneClick},
		{"unsubscribe", unsubscribe},
	}
}

const news = `{type: email, with: {subject: News, body: Text.}`

func emailMarketing(p *Passage) {
	p.publish(`  a: ` + news + `}`)
	e := p.passes(nil)
	m := p.only(p.Mail)
	require.Regexp(p.t, `^<http://127\.0\.0\.1/u/[\w-]{40,90}>$`, m.Header.Get("List-Unsubscribe"))
	require.Equal(p.t, "List-Unsubscribe=One-Click", m.Header.Get("List-Unsubscribe-Post"))
	require.Contains(p.t, p.parts(m)["text/plain"], "Unsubscribe: "+wayOut(m))
	require.Contains(p.t, p.parts(m)["text/html"], `<a href="`+wayOut(m)+`">Unsubscribe</a>`)
	require.Equal(p.t, messageID(e, "a", 1), m.MessageID)
	require.Equal(p.t, "marketing", p.Items("/v1/sends?enrollment=" + e["id"].(string))[0]["class"])
	p.Eventually("email.sent is in the log", func() bool {
		return len(p.Items("/v1/events?type=email.sent&contact="+p.contactID())) == 1
	})
}

// wayOut is the address that a marketing mail names in its header.
func wayOut(m harness.Mail) string { return strings.Trim(m.Header.Get("List-Unsubscribe"), "<>") }

// browse makes a request to an address from a mail, as its reader does.
func (p *Passage) browse(method, address, form string) *http.Response {
	p.t.Helper()
	u, err := url.Parse(address)
	require.NoError(p.t, err)
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.URL+u.Path, strings.NewReader(form))
	require.NoError(p.t, err)
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	require.NoError(p.t, err)
	p.t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// emailOneClick: what a mail program does when its reader presses "unsubscribe" ends the passage of a
// workflow that exits on it, and the next marketing mail is not sent.
func emailOneClick(p *Passage) {
	p.publish(`  a: {type: email, with: {subject: News, body: "Text. No more? {{ unsubscribe_url }}"}, next: b}
  b: {type: wait_event, with: {events: [{id: gone, event: email.unsubscribed}], timeout: 30d}, next: {gone: c}}
  c: ` + news + `}`)
	p.enter(nil)
	p.awaits("b", "waiting")
	m := p.only(p.Mail)
	require.Contains(p.t, p.parts(m)["text/plain"], "No more? "+wayOut(m))
	require.NotContains(p.t, p.parts(m)["text/plain"], "Unsubscribe: ")
	require.Equal(p.t, http.StatusOK, p.browse("GET", wayOut(m), "").StatusCode)
	require.Equal(p.t, true, p.contact()["subscribed"])
	require.Equal(p.t, http.StatusOK, p.browse("POST", wayOut(m), "List-Unsubscribe=One-Click").StatusCode)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next", "b:done:gone", "c:suppressed:next"}, path(e))
	require.Equal(p.t, false, p.contact()["subscribed"])
	require.Len(p.t, p.SMTP.To(p.Mail), 1)
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
