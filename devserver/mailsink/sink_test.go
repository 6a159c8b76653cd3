package mailsink_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/wneessen/go-mail"

	"fermata/devserver/loopback"
	"fermata/devserver/mailsink"
)

type item struct {
	ID, From, Subject, Text, HTML string
	To                            []string
	Headers                       map[string]string
	Attachments                   []mailsink.Attachment
	ReceivedAt                    time.Time `json:"received_at"`
}

type box struct {
	Items []item
	Next  *string
}

func start(t *testing.T, file string) *mailsink.Sink {
	t.Helper()
	s, err := mailsink.Start(t.Context(), mailsink.Options{Addr: "127.0.0.1:0", File: file})
	require.NoError(t, err)
	return s
}

func setup(t *testing.T) *mailsink.Sink {
	t.Helper()
	s := start(t, filepath.Join(t.TempDir(), "mail.db"))
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}

func ask(t *testing.T, s *mailsink.Sink, method, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, target, nil))
	return w
}

func read(t *testing.T, s *mailsink.Sink, query string) box {
	t.Helper()
	w := ask(t, s, http.MethodGet, "/dev/mail"+query)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var b box
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &b))
	return b
}

func send(t *testing.T, s *mailsink.Sink, build func(*mail.Msg)) {
	t.Helper()
	m := mail.NewMsg()
	require.NoError(t, m.FromFormat("Fermata Läden", "hello@fermata.example"))
	m.SetMessageIDWithValue("step-1@fermata.example")
	build(m)
	host, port, err := loopback.Split(s.Addr())
	require.NoError(t, err)
	c, err := mail.NewClient(host, mail.WithPort(port), mail.WithTLSPolicy(mail.NoTLS))
	require.NoError(t, err)
	require.NoError(t, c.DialAndSendWithContext(t.Context(), m))
}

func simple(to, subject string) func(*mail.Msg) {
	return func(m *mail.Msg) {
		_ = m.To(to)
		m.Subject(subject)
		m.SetBodyString(mail.TypeTextPlain, "Hello "+to)
	}
}

func TestMailIsReadBackWhole(t *testing.T) {
	t.Parallel()
	s := setup(t)
	before := time.Now().Add(-time.Second)
	send(t, s, func(m *mail.Msg) {
		require.NoError(t, m.To("Ada@Example.org"))
		require.NoError(t, m.Cc("copy@example.org"))
		m.Subject("Grüße, 世界")
		m.SetBodyString(mail.TypeTextPlain, "Line one\nZweite Zeile: äöü\n")
		m.AddAlternativeString(mail.TypeTextHTML, "<p>Zweite Zeile: äöü</p>")
		m.SetGenHeader("List-Unsubscribe", "<https://fermata.example/u/1>")
		require.NoError(t, m.AttachReader("räch.txt", strings.NewReader("12345")))
	})
	b := read(t, s, "")
	require.Nil(t, b.Next)
	require.Len(t, b.Items, 1)
	m := b.Items[0]
	require.True(t, strings.HasPrefix(m.ID, "mail_"))
	require.Equal(t, "hello@fermata.example", m.From)
	require.Equal(t, []string{"ada@example.org", "copy@example.org"}, m.To)
	require.Equal(t, "Grüße, 世界", m.Subject)
	require.Equal(t, "Line one\nZweite Zeile: äöü\n", m.Text)
	require.Equal(t, "<p>Zweite Zeile: äöü</p>", m.HTML)
	require.Equal(t, "<step-1@fermata.example>", m.Headers["Message-ID"])
	require.Equal(t, "<https://fermata.example/u/1>", m.Headers["List-Unsubscribe"])
	require.Equal(t, []mailsink.Attachment{{Name: "räch.txt", Type: "text/plain", Size: 5}}, m.Attachments)
	require.WithinRange(t, m.ReceivedAt, before, time.Now())
	raw := ask(t, s, http.MethodGet, "/dev/mail/"+m.ID)
	require.Equal(t, "text/plain; charset=utf-8", raw.Header().Get("Content-Type"))
	require.Contains(t, raw.Body.String(), "multipart/mixed")
	require.Equal(t, http.StatusNotFound, ask(t, s, http.MethodGet, "/dev/mail/mail_x").Code)
}

func TestListFiltersPagesAndDeletes(t *testing.T) {
	t.Parallel()
	s := setup(t)
	require.Equal(t, `{"items":[],"next":null}`, strings.TrimSpace(ask(t, s, http.MethodGet, "/dev/mail").Body.String()))
	for i := range 5 {
		send(t, s, simple(fmt.Sprintf("c%d@example.org", i%2), fmt.Sprintf("mail %d", i)))
	}
	subjects := func(b box) (out []string) {
		for _, m := range b.Items {
			out = append(out, m.Subject)
		}
		return out
	}
	require.Equal(t, []string{"mail 4", "mail 2", "mail 0"}, subjects(read(t, s, "?to=C0@example.org")))
	first := read(t, s, "?limit=2")
	require.Equal(t, []string{"mail 4", "mail 3"}, subjects(first))
	require.NotNil(t, first.Next)
	second := read(t, s, "?limit=3&cursor="+*first.Next)
	require.Equal(t, []string{"mail 2", "mail 1", "mail 0"}, subjects(second))
	require.Nil(t, second.Next)
	for _, bad := range []string{"0", "-1", "501", "x", "1e2"} {
		w := ask(t, s, http.MethodGet, "/dev/mail?limit="+bad)
		require.Equal(t, http.StatusBadRequest, w.Code, bad)
		require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	}
	require.Equal(t, http.StatusNoContent, ask(t, s, http.MethodDelete, "/dev/mail?to=c0@example.org").Code)
	require.Equal(t, []string{"mail 3", "mail 1"}, subjects(read(t, s, "")))
	require.Equal(t, http.StatusNoContent, ask(t, s, http.MethodDelete, "/dev/mail").Code)
	require.Empty(t, read(t, s, "").Items)
}

func TestMailsSurviveARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mail.db")
	first := start(t, file)
	send(t, first, simple("ada@example.org", "kept"))
	require.NoError(t, first.Stop())
	second := start(t, file)
	t.Cleanup(func() { require.NoError(t, second.Stop()) })
	require.Equal(t, "kept", read(t, second, "?to=ada@example.org").Items[0].Subject)
}

// dialogue speaks SMTP by hand: what a hostile or broken client would send.
func dialogue(t *testing.T, s *mailsink.Sink, lines ...string) (last int) {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", s.Addr())
	require.NoError(t, err)
	c := textproto.NewConn(conn)
	defer func() { _ = c.Close() }()
	_, _, err = c.ReadResponse(220)
	require.NoError(t, err)
	for _, line := range lines {
		require.NoError(t, c.PrintfLine("%s", line))
		last, _, _ = c.ReadResponse(0)
	}
	return last
}

func TestInjectionStaysData(t *testing.T) {
	t.Parallel()
	s := setup(t)
	send(t, s, simple("ada@example.org", "one"))
	for _, to := range []string{"' OR 1=1 --", `ada@example.org' --`, "%", "*", "ada@example.org\r\nRCPT TO:<x@y.z>"} {
		require.Empty(t, read(t, s, "?to="+url.QueryEscape(to)).Items, to)
	}
	require.Empty(t, read(t, s, "?to=ada@example.org&cursor="+url.QueryEscape("' OR '1'='1")).Items)

	code := dialogue(t, s, "EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<o'hara@example.org>", "DATA",
		"Subject: <script>alert(1)</script>\r\nX-Twice: 1\r\nx-twice: 2\r\nContent-Type: text/html\r\n\r\n<b>\"'</b>\r\n..dot\r\n.")
	require.Equal(t, 250, code)
	m := read(t, s, "?to="+url.QueryEscape("o'hara@example.org")).Items[0]
	require.Equal(t, "<script>alert(1)</script>", m.Subject)
	require.Equal(t, "1\n2", m.Headers["X-Twice"])
	require.Equal(t, "a@b.c", m.From)
	require.Equal(t, "<b>\"'</b>\n.dot\n", m.HTML)
	raw := ask(t, s, http.MethodGet, "/dev/mail?to="+url.QueryEscape("o'hara@example.org"))
	require.NotContains(t, raw.Body.String(), "<script>")
	require.Equal(t, "nosniff", raw.Header().Get("X-Content-Type-Options"))
}

func TestBrokenMailsAreKept(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for i, data := range []string{
		"no header at all",
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\ncut off",
		"Content-Transfer-Encoding: base64\r\n\r\n!!!",
		"Subject: =?utf-8?q?broken\r\nContent-Type: ;;;\r\n\r\n\xff\xfe",
		strings.Repeat("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", 30),
	} {
		require.Equal(t, 250, dialogue(t, s, "EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<x@y.z>", "DATA", data+"\r\n."), i)
		require.Len(t, read(t, s, "").Items, i+1)
	}
}

func TestUnfinishedMailIsNotKept(t *testing.T) {
	t.Parallel()
	s := setup(t)
	require.Equal(t, 354, dialogue(t, s, "EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<x@y.z>", "DATA"))
	require.Equal(t, 250, dialogue(t, s, "EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<x@y.z>", "RSET"))
	send(t, s, simple("z@y.x", "whole"))
	require.Len(t, read(t, s, "").Items, 1)
}

func TestAddressesThatOthersReachAreRefused(t *testing.T) {
	t.Parallel()
	_, err := mailsink.Start(t.Context(), mailsink.Options{Addr: ":1025", File: filepath.Join(t.TempDir(), "mail.db")})
	require.ErrorContains(t, err, ":1025")
}

func TestSinkForgetsAPerson(t *testing.T) {
	t.Parallel()
	s := setup(t)
	send(t, s, simple("ada@example.org", "to her"))
	send(t, s, func(m *mail.Msg) {
		simple("team@example.org", "about Ada@example.org")(m)
	})
	send(t, s, func(m *mail.Msg) {
		simple("team@example.org", "made for her")(m)
		m.SetMessageIDWithValue("0123abcd@fermata.example")
	})
	send(t, s, simple("bob@example.org", "to him"))
	require.NoError(t, s.Handler().Erase(t.Context(), []string{"ada@example.org"}, []string{"0123abcd"}))
	left := read(t, s, "").Items
	require.Len(t, left, 1)
	require.Equal(t, "to him", left[0].Subject)
}
