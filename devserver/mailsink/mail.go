package mailsink

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Mail is one accepted mail. Ids sort by time.
type Mail struct {
	ID string `json:"id"`
	// From is the address in the From header, or the envelope's sender where there is none.
	From string `json:"from"`
	// To holds the envelope's recipients, lower-case: whoever the mail would have reached, copies included.
	To      []string `json:"to"`
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
	HTML    string   `json:"html"`
	// Headers are decoded and named as the sender spelled them; the values of a header that occurs
	// several times are joined by line feeds.
	Headers     map[string]string `json:"headers"`
	Attachments []Attachment      `json:"attachments"`
	ReceivedAt  time.Time         `json:"received_at"`
	// raw is the mail as it came over the wire.
	raw []byte
}

// Attachment describes a part that is neither the text nor the HTML. Size is in bytes, decoded.
type Attachment struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int    `json:"size"`
}

// maxParts and maxDepth bound what is parsed of a hostile mail; its source is kept whole.
const (
	maxParts = 200
	maxDepth = 10
)

// newMail takes raw apart. A mail that cannot be read keeps its source and what could be read.
func newMail(from string, to []string, raw []byte, at time.Time) *Mail {
	m := &Mail{
		ID: newID(), From: from, To: make([]string, 0, len(to)), Headers: map[string]string{},
		Attachments: []Attachment{}, ReceivedAt: at.Truncate(time.Microsecond), raw: raw,
	}
	for _, t := range to {
		m.To = append(m.To, strings.ToLower(t))
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		m.Text = strings.ToValidUTF8(string(raw), "\uFFFD")
		return m
	}
	spelled := spelling(raw)
	for name, values := range msg.Header {
		decoded := make([]string, len(values))
		for i, v := range values {
			decoded[i] = decodeHeader(v)
		}
		m.Headers[cmp.Or(spelled[name], name)] = strings.Join(decoded, "\n")
	}
	m.Subject = decodeHeader(msg.Header.Get("Subject"))
	if list, err := msg.Header.AddressList("From"); err == nil && len(list) > 0 {
		m.From = list[0].Address
	}
	parts := maxParts
	m.part(textproto.MIMEHeader(msg.Header), msg.Body, maxDepth, &parts)
	return m
}

// spelling maps the canonical name of each header (Message-Id) to the first spelling in the source
// (Message-ID), which is what people search for.
func spelling(raw []byte) map[string]string {
	names := map[string]string{}
	for line := range bytes.Lines(raw) {
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		name, _, ok := strings.Cut(string(line), ":")
		if canonical := textproto.CanonicalMIMEHeaderKey(name); ok && names[canonical] == "" {
			names[canonical] = name
		}
	}
	return names
}

func newID() string {
	return "mail_" + strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "")
}

func decodeHeader(v string) string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(v)
	if err != nil {
		decoded = v
	}
	return strings.ToValidUTF8(decoded, "\uFFFD")
}

// part files one MIME part: the first plain text, the first HTML, everything else as attachment.
func (m *Mail) part(h textproto.MIMEHeader, body io.Reader, depth int, left *int) {
	if *left--; *left < 0 || depth == 0 {
		return
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err != nil {
				return
			}
			m.part(p.Header, p, depth-1, left)
		}
	}
	data := decodeBody(h.Get("Content-Transfer-Encoding"), body)
	disposition, extra, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	text := strings.ReplaceAll(strings.ToValidUTF8(string(data), "\uFFFD"), "\r\n", "\n")
	switch {
	case disposition != "attachment" && kind == "text/plain" && m.Text == "":
		m.Text = text
	case disposition != "attachment" && kind == "text/html" && m.HTML == "":
		m.HTML = text
	default:
		name := extra["filename"]
		if name == "" {
			name = params["name"]
		}
		m.Attachments = append(m.Attachments, Attachment{Name: decodeHeader(name), Type: kind, Size: len(data)})
	}
}

// decodeBody undoes the transfer encoding; of a broken one it returns what came before the break.
func decodeBody(encoding string, body io.Reader) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	data, _ := io.ReadAll(body)
	return data
}
