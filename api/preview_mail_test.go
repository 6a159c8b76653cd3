package api

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/links"
	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

// outbox is a mail server that keeps what it is given, or refuses it.
type outbox struct {
	mu   sync.Mutex
	got  []outgoing.Message
	fail error
}

func (o *outbox) Send(_ context.Context, m outgoing.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got = append(o.got, m)
	return o.fail
}

// refusedBy is an error from outside with the words of the other side.
type refusedBy struct{ code, said string }

func (r refusedBy) Error() string               { return r.code + ": " + r.said }
func (r refusedBy) Reason() (code, said string) { return r.code, r.said }

func setupPreview(t *testing.T, s *store.Store, change ...func(*Config)) (*fixture, *outbox) {
	t.Helper()
	mails := &outbox{}
	signer, err := links.New("secret key of the tests", "https://mail.example")
	require.NoError(t, err)
	f := setup(t, s, append([]func(*Config){func(c *Config) {
		c.Mailer, c.Links, c.MailFrom = mails, signer, "Fermata <hello@fermata.example>"
	}}, change...)...)
	f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com", "first_name": "Ana <b>", "timezone": "Europe/Berlin"})
	f.must(201, "POST", "/v1/contacts", object{"external_id": "nobody"})
	return f, mails
}

func TestPreviewText(t *testing.T) {
	t.Parallel()
	f, _ := setupPreview(t, storetest.Open(t))
	text := func(body object) map[string]any { return f.must(200, "POST", "/v1/preview/text", body) }
	a := text(object{"text": "Hi {{ contact.first_name }}", "contact": "ana@example.com"})
	require.Equal(t, "Hi Ana <b>", a["text"])
	require.Empty(t, a["problems"])
	require.Equal(t, "Hi Ana &lt;b&gt;", text(object{"text": "Hi {{ contact.first_name }}", "contact": "ana@example.com", "kind": "html"})["text"])
	a = text(object{"text": "{{ trigger.amount }} of {{ trigger.total | default: 'all' }}, {{ trigger.amount }}", "trigger": object{"$type": "x"}})
	require.Equal(t, " of all, ", a["text"])
	require.Len(t, a["problems"], 1, "each missing value once, none that has a default")
	require.Contains(t, path(t, a, "problems", 0, "message"), "trigger.amount has no value")
	require.Equal(t, "warning", path(t, a, "problems", 0, "severity"))
	a = text(object{"text": "Hi {{ contact.first_name", "contact": "ana@example.com"})
	require.Empty(t, a["text"])
	require.Equal(t, "error", path(t, a, "problems", 0, "severity"))
	require.Equal(t, "12", text(object{"text": "{{ trigger.n }}", "trigger": object{"n": 12}})["text"])
}

func TestPreviewEmail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, mails := setupPreview(t, s)
		f.must(201, "POST", "/v1/email-templates", object{"key": "welcome", "name": "Welcome", "subject": "Welcome {{ contact.nick }}", "text": "Hello", "class": "marketing"})
		mail := func(body object) map[string]any { return f.must(200, "POST", "/v1/preview/email", body) }
		ana := func(with object) map[string]any { return mail(object{"with": with, "contact": "ana@example.com"}) }

		a := ana(object{"subject": "Hi {{ contact.first_name }}", "html": "<p>Hi {{ contact.first_name }} <a href=\"https://example.com/a?b=1\">go</a></p>", "class": "transactional", "preheader": "Now"})
		require.Equal(t, "Hi Ana <b>", a["subject"])
		require.Contains(t, a["html"], "Hi Ana &lt;b&gt;")
		require.Contains(t, a["html"], "display:none", "the preheader is in it")
		require.Contains(t, a["text"], "Hi Ana <b> go (https://example.com/a?b=1)")
		require.Equal(t, []any{"ana@example.com"}, a["to"])
		require.Equal(t, "Fermata <hello@fermata.example>", a["from"])
		require.Equal(t, []any{"https://example.com/a?b=1"}, a["links"])
		require.Equal(t, object{"sends": true, "why": "Transactional mail is sent whatever the consent."}, a["consent"])
		require.Equal(t, false, a["unsubscribe"])
		require.Equal(t, false, a["track"])
		require.Empty(t, a["problems"])

		a = ana(object{"subject": "Hi", "body": "See https://example.com/x"})
		require.Equal(t, "marketing", a["class"])
		require.Equal(t, true, a["track"])
		require.Equal(t, true, a["unsubscribe"], "marketing mail always has a way out")
		require.NotContains(t, a["html"], "https://mail.example/l/", "nobody's click on a preview is counted")
		require.NotContains(t, a["html"], "<img")
		require.Equal(t, "The contact is subscribed.", path(t, a, "consent", "why"))

		a = ana(object{"template": "welcome", "to": "team@example.com", "from": "Sam <sam@example.com>", "reply_to": "{{ contact.boss }}"})
		require.Equal(t, "Welcome", strings.TrimSpace(a["subject"].(string)))
		require.Equal(t, []any{"team@example.com"}, a["to"])
		require.Equal(t, "Sam <sam@example.com>", a["from"])
		require.Equal(t, "/reply_to", path(t, a, "problems", 0, "path"))
		require.Equal(t, "/template", path(t, a, "problems", 1, "path"))
		require.Contains(t, path(t, a, "problems", 1, "message"), "in the subject of the template: contact.nick has no value")
		require.Equal(t, "Welcome", strings.TrimSpace(mail(object{"template": "welcome"})["subject"].(string)), "a template by its key alone")

		a = ana(object{"subject": "Hi {{", "body": "Text that can be read"})
		require.Equal(t, "/subject", path(t, a, "problems", 0, "path"))
		require.Equal(t, "error", path(t, a, "problems", 0, "severity"))
		require.Len(t, a["problems"], 1, "a mistake is told once")
		require.Contains(t, a["text"], "Text that can be read")
		a = ana(object{"template": "gone"})
		require.Equal(t, "/template", path(t, a, "problems", 0, "path"))
		require.Equal(t, object{"sends": false, "why": "The mail cannot be rendered."}, a["consent"])
		require.Contains(t, path(t, ana(object{"subject": "a", "body": "b", "attachments": "gone.pdf"}), "problems", 0, "message"), "gone.pdf")

		f.must(200, "PUT", "/v1/contacts/"+f.contactID("ana@example.com")+"/consent", object{"email": object{"state": "unsubscribed", "source": "phone"}})
		require.Equal(t, false, path(t, ana(object{"subject": "a", "body": "b"}), "consent", "sends"))
		require.Equal(t, true, path(t, ana(object{"subject": "a", "body": "b", "class": "transactional"}), "consent", "sends"))
		a = mail(object{"with": object{"subject": "a", "body": "b"}, "contact": "nobody"})
		require.Equal(t, "The contact has no mail address: the step is suppressed.", path(t, a, "consent", "why"))
		require.Equal(t, "a", a["subject"], "it is shown all the same")
		require.Equal(t, "It depends on the contact: choose one.", path(t, mail(object{"with": object{"subject": "a", "body": "b"}}), "consent", "why"))
		f.run(t, []scenario{
			{name: "neither", method: "POST", url: "/v1/preview/email", body: object{}, status: 422, expected: []string{`"/with"`}},
			{name: "both", method: "POST", url: "/v1/preview/email", body: object{"with": object{}, "template": "welcome"}, status: 422, expected: []string{`"/with"`}},
			{name: "unknown contact", method: "POST", url: "/v1/preview/email", body: object{"with": object{}, "contact": "x"}, status: 422, expected: []string{`"/contact"`}},
		})
		require.Empty(t, mails.got)
		require.Empty(t, f.must(200, "GET", "/v1/sends", nil)["items"])
	})
}

func TestSendTestEmail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, mails := setupPreview(t, s)
		body := func(change object) object {
			b := object{"with": object{"subject": "Hi {{ contact.first_name }}", "body": "https://example.com/x", "cc": "boss@example.com"}, "contact": "ana@example.com", "to": " Me@Example.com "}
			for key, value := range change {
				b[key] = value
			}
			return b
		}
		a := f.must(200, "POST", "/v1/preview/email/send", body(nil))
		require.Equal(t, "me@example.com", a["to"])
		require.Len(t, mails.got, 1)
		sent := mails.got[0]
		require.Equal(t, "[Test] Hi Ana <b>", sent.Subject)
		require.Equal(t, []string{"me@example.com"}, sent.To, "never the contact")
		require.Empty(t, sent.Cc)
		require.Equal(t, map[string]string{"X-Fermata-Test": "true"}, sent.Headers)
		require.NotContains(t, sent.HTML, "https://mail.example/l/")
		require.Equal(t, a["message_id"], sent.ID)
		require.True(t, strings.HasSuffix(sent.ID, "@fermata.example"), sent.ID)
		require.Empty(t, f.must(200, "GET", "/v1/sends", nil)["items"], "a test is no send")
		entry := path(t, f.must(200, "GET", "/v1/audit", nil), "items", 0)
		require.Equal(t, "preview.email.send", path(t, entry, "action"))
		require.NotContains(t, path(t, entry, "detail"), "to")

		f.run(t, []scenario{
			{name: "no address", method: "POST", url: "/v1/preview/email/send", body: body(object{"to": "nobody"}), status: 422, expected: []string{`"/to"`}},
			{name: "cannot be rendered", method: "POST", url: "/v1/preview/email/send", body: body(object{"with": object{"subject": "a", "html": "{% if %}"}}), status: 422, expected: []string{`"/with/html"`}},
		})
		require.Len(t, mails.got, 1, "what is refused is not sent and does not count")
		mails.fail = refusedBy{"smtp_550", "550 5.7.1 we do not like you"}
		refused := f.must(502, "POST", "/v1/preview/email/send", body(nil))
		require.Equal(t, "not-accepted", refused["type"])
		require.Equal(t, "550 5.7.1 we do not like you", refused["detail"])
		mails.fail = nil
		for range 8 {
			f.must(200, "POST", "/v1/preview/email/send", body(nil))
		}
		over := f.call("POST", "/v1/preview/email/send", body(nil))
		require.Equal(t, 429, over.status)
		require.Equal(t, "too-many-attempts", over.json["type"])
		require.Equal(t, "61", over.header.Get("Retry-After"))
		key := f.must(201, "POST", "/v1/api-keys", object{"name": "other", "person": "Bo", "scopes": []string{"editor"}})["key"].(string)
		f.must(200, "POST", "/v1/preview/email/send", body(nil), withKey(key))
		f.clock.Advance(time.Minute)
		f.must(200, "POST", "/v1/preview/email/send", body(nil))
		viewer := f.must(201, "POST", "/v1/api-keys", object{"name": "viewer", "person": "Vi", "scopes": []string{"viewer"}})["key"].(string)
		f.must(403, "POST", "/v1/preview/email/send", body(nil), withKey(viewer))
		f.must(200, "POST", "/v1/preview/email", object{"template": "x"}, withKey(viewer))
	})
}

func TestTestMailWithoutAServer(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.must(501, "POST", "/v1/preview/email/send", object{"template": "x", "to": "me@example.com"})
	f.must(501, "POST", "/v1/preview/request", object{"type": "slack", "with": object{}})
}

// network is the caller of a test: it keeps what it was asked and gives a fixed answer.
type network struct {
	asked  []outgoing.Request
	answer outgoing.Answer
	err    error
}

func (n *network) Do(_ context.Context, r outgoing.Request) (outgoing.Answer, error) {
	n.asked = append(n.asked, r)
	return n.answer, n.err
}

var errAway = errors.New("nobody is there")
