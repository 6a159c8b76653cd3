package cases

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func mailCases() []Case {
	return []Case{
		{"email-text", emailText},
		{"email-html", emailHTML},
		{"email-template", emailTemplate},
		{"email-attachment", emailAttachment},
		{"email-strict", emailStrict},
	}
}

// only waits for the one mail to an address.
func (p *Passage) only(to string) harness.Mail {
	p.t.Helper()
	p.Eventually("mail to "+to, func() bool { return len(p.SMTP.To(to)) > 0 })
	mails := p.SMTP.To(to)
	require.Len(p.t, mails, 1)
	return mails[0]
}

// messageID is what the effect of a step is called, for every attempt.
func messageID(e map[string]any, node string, visit int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s.%s.%d", e["id"], node, visit))
	return fmt.Sprintf("<%x@sink.test>", sum[:16])
}

// parts reads a mail's parts by content type, decoded.
func (p *Passage) parts(m harness.Mail) map[string]string {
	p.t.Helper()
	_, body, found := strings.Cut(m.Raw, "\r\n\r\n")
	require.True(p.t, found)
	found2 := map[string]string{}
	p.part(found2, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), body)
	return found2
}

func (p *Passage) part(into map[string]string, contentType, encoding, body string) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	require.NoError(p.t, err)
	if strings.HasPrefix(kind, "multipart/") {
		reader := multipart.NewReader(strings.NewReader(body), parameters["boundary"])
		for {
			part, err := reader.NextRawPart()
			if errors.Is(err, io.EOF) {
				return
			}
			require.NoError(p.t, err)
			inner, err := io.ReadAll(part)
			require.NoError(p.t, err)
			p.part(into, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), string(inner))
		}
	}
	var decoded []byte
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		decoded, err = io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
	case "base64":
		decoded, err = base64.StdEncoding.DecodeString(strings.NewReplacer("\r", "", "\n", "").Replace(body))
	default:
		decoded = []byte(body)
	}
	require.NoError(p.t, err)
	into[kind] = strings.TrimSpace(string(decoded))
}

func emailText(p *Passage) {
	p.publish(`  a: {type: email, with: {subject: "Hi {{ contact.first_name }}", body: "You chose {{ trigger.plan }}.\n\nYours, <us>", class: transactional}, next: b}
  b: {type: end}`)
	e := p.passes(map[string]any{"plan": "gold"}, map[string]any{"first_name": "Zoë"})
	m := p.only(p.Mail)
	require.Equal(p.t, "Hi Zoë", m.Subject)
	require.Equal(p.t, messageID(e, "a", 1), m.MessageID)
	require.Empty(p.t, m.Header.Get("List-Unsubscribe"), "transactional mail offers no unsubscription")
	parts := p.parts(m)
	require.Equal(p.t, "You chose gold.\r\n\r\nYours, <us>", strings.ReplaceAll(strings.ReplaceAll(parts["text/plain"], "\r\n", "\n"), "\n", "\r\n"))
	require.Contains(p.t, parts["text/html"], "You chose gold.")
	require.Contains(p.t, parts["text/html"], "&lt;us&gt;")
	sends := p.Items("/v1/sends?enrollment=" + e["id"].(string))
	require.Len(p.t, sends, 1)
	require.Equal(p.t, "sent", sends[0]["state"])
	require.Equal(p.t, m.MessageID, "<"+strings.Trim(sends[0]["message_id"].(string), "<>")+">")
	require.Equal(p.t, []string{"a:done:next", "b:done"}, path(e))
}

func emailHTML(p *Passage) {
	to := "team-" + p.Mail
	p.publish(`  a: {type: email, with: {subject: Report, html: "<h1>Hello {{ contact.first_name }}</h1><p>All is well.</p>", to: "` + to + `",
      from: "Desk <desk@sink.test>", reply_to: answers@sink.test, preheader: "In short: well", class: transactional}}`)
	p.passes(nil, map[string]any{"first_name": "A & B"})
	m := p.only(to)
	require.Equal(p.t, "desk@sink.test", m.From)
	require.Contains(p.t, m.Header.Get("From"), "Desk")
	require.Contains(p.t, m.Header.Get("Reply-To"), "answers@sink.test")
	parts := p.parts(m)
	require.Contains(p.t, parts["text/html"], "<h1>Hello A &amp; B</h1>")
	require.Contains(p.t, parts["text/html"], "In short: well")
	require.Contains(p.t, parts["text/plain"], "Hello A & B")
	require.NotContains(p.t, parts["text/plain"], "<h1>")
	require.Empty(p.t, p.SMTP.To(p.Mail), "nothing goes to the contact")
}

func emailTemplate(p *Passage) {
	p.Must("POST", "/v1/email-templates", map[string]any{
		"key": p.Key, "name": "Packet", "subject": "Packet for {{ contact.first_name }}",
		"html": "<p>Open {{ trigger.link }}</p>", "text": "Open {{ trigger.link }} now", "class": "transactional",
	})
	p.publish(`  a: {type: email, with: {template: ` + p.Key + `}}`)
	e := p.passes(map[string]any{"link": "https://example.com/x"}, map[string]any{"first_name": "Ida"})
	m := p.only(p.Mail)
	require.Equal(p.t, "Packet for Ida", m.Subject)
	require.Empty(p.t, m.Header.Get("List-Unsubscribe"), "the class is the template's")
	require.Equal(p.t, map[string]string{
		"text/plain": "Open https://example.com/x now", "text/html": "<p>Open https://example.com/x</p>",
	}, p.parts(m))
	require.Equal(p.t, p.Key, p.Items("/v1/sends?enrollment=" + e["id"].(string))[0]["template"])
}

// upload stores a file.
func (p *Passage) upload(name, contentType, content string) {
	p.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(map[string][]string{
		"Content-Disposition": {fmt.Sprintf("form-data; name=%q; filename=%q", "file", name)}, "Content-Type": {contentType},
	})
	require.NoError(p.t, err)
	_, err = io.WriteString(part, content)
	require.NoError(p.t, err)
	require.NoError(p.t, form.Close())
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.URL+"/v1/files", &body)
	require.NoError(p.t, err)
	request.Header.Set("Authorization", "Bearer "+harness.Key)
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(p.t, http.StatusCreated, response.StatusCode)
}

func emailAttachment(p *Passage) {
	p.upload("guide.pdf", "application/pdf", "%PDF-1.4 fictional guide")
	p.publish(`  a: {type: email, with: {subject: Guide, body: Attached., attachments: [guide.pdf], class: transactional}}`)
	p.passes(nil)
	m := p.only(p.Mail)
	parts := p.parts(m)
	require.Equal(p.t, "%PDF-1.4 fictional guide", parts["application/pdf"])
	require.Contains(p.t, m.Raw, "guide.pdf")
	require.Equal(p.t, "Attached.", parts["text/plain"])
}

func emailStrict(p *Passage) {
	p.publish(`  a: {type: email, strict: true, with: {subject: "Hi {{ contact.first_name }}", body: Text, class: transactional}, next: {next: b, error: c}}
  b: {type: end}
  c: {type: end, with: {outcome: neutral}}`)
	p.enter(nil)
	e := p.becomes("completed")
	require.Equal(p.t, "neutral", e["outcome"])
	require.Equal(p.t, "missing_value", step(e, "a")["reason"])
	require.Empty(p.t, p.SMTP.To(p.Mail))
}
