package cases

import (
	"net/http"
	"net/url"
	"regexp"
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
		{"email-tracked", emailTracked},
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

// browse makes a request to an address from a mail, as its reader does, and returns where it leads.
func (p *Passage) browse(method, address, form string) (status int, location string) {
	p.t.Helper()
	u, err := url.Parse(address)
	require.NoError(p.t, err)
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.URL+u.Path, strings.NewReader(form))
	require.NoError(p.t, err)
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return p.sends(r)
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
	status, _ := p.browse("GET", wayOut(m), "")
	require.Equal(p.t, http.StatusOK, status)
	require.Equal(p.t, true, p.contact()["subscribed"])
	status, _ = p.browse("POST", wayOut(m), "List-Unsubscribe=One-Click")
	require.Equal(p.t, http.StatusOK, status)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next", "b:done:gone", "c:suppressed:next"}, path(e))
	require.Equal(p.t, false, p.contact()["subscribed"])
	require.Len(p.t, p.SMTP.To(p.Mail), 1)
}

// emailTracked: a link in a mail leads where its author wanted, by way of us, and the run that waits
// for it goes on; the text part, and what is no link, stay as they were.
func emailTracked(p *Passage) {
	const target = "https://shop.example/sale?a=1&b=2"
	p.publish(`  a: {type: email, with: {subject: News, html: '<body><a class="x" href="https://shop.example/sale?a=1&amp;b=2">Sale</a> <a href="mailto:shop@sink.test">Write</a></body>'}, next: b}
  b: {type: wait_event, with: {events: [{id: clicked, event: link.clicked, where: {field: event.link, op: eq, value: "https://shop.example/sale"}}], timeout: 30d}, next: {clicked: c}}
  c: {type: end}`)
	p.enter(nil)
	p.awaits("b", "waiting")
	m := p.only(p.Mail)
	parts := p.parts(m)
	require.Contains(p.t, parts["text/plain"], target)
	require.Contains(p.t, parts["text/html"], `<a href="mailto:shop@sink.test">Write</a>`)
	require.Contains(p.t, parts["text/html"], `<a href="`+wayOut(m)+`">Unsubscribe</a>`)
	link := regexp.MustCompile(`^<body><a class="x" href="(http://127\.0\.0\.1/l/[\w-]+)">Sale</a>`).FindStringSubmatch(parts["text/html"])
	require.NotNil(p.t, link, parts["text/html"])
	image := regexp.MustCompile(`<img src="(http://127\.0\.0\.1/o/[\w-]+\.gif)" width="1" height="1" alt=""></body>$`).FindStringSubmatch(parts["text/html"])
	require.NotNil(p.t, image, parts["text/html"])
	status, location := p.browse("GET", link[1], "")
	require.Equal(p.t, []any{http.StatusFound, target}, []any{status, location})
	status, _ = p.browse("GET", image[1], "")
	require.Equal(p.t, http.StatusOK, status)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next", "b:done:clicked", "c:done"}, path(e))
	p.Eventually("email.opened and email.clicked are in the log", func() bool {
		return len(p.Items("/v1/events?type=email.opened&contact="+p.contactID())) == 1 &&
			len(p.Items("/v1/events?type=email.clicked&contact="+p.contactID())) == 1
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
