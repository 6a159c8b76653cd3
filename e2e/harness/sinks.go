package harness

import (
	"io"
	"log"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// Mail is one mail that an SMTP sink accepted.
type Mail struct {
	From, To, Subject, MessageID, Raw string
	Header                            mail.Header
	At                                time.Time
}

// SMTP is a server that accepts and keeps mails.
type SMTP struct {
	Addr string
	// Accept, when set, decides about each mail before the server says 250.
	Accept func(m Mail) error

	mu     sync.Mutex
	mails  []Mail
	accept map[string]func(m Mail) error
	server *smtp.Server
}

// Decide lets accept decide about the mails to one address.
func (s *SMTP) Decide(to string, accept func(m Mail) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accept == nil {
		s.accept = map[string]func(m Mail) error{}
	}
	s.accept[to] = accept
}

// decision is what decides about the mails to an address; nil takes them all.
func (s *SMTP) decision(to string) func(m Mail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if accept := s.accept[to]; accept != nil {
		return accept
	}
	return s.Accept
}

// StartSMTP starts a sink on a free port.
func StartSMTP(t testing.TB) *SMTP {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &SMTP{Addr: l.Addr().String()}
	s.server = smtp.NewServer(backend{s})
	s.server.Domain = "sink.test"
	s.server.AllowInsecureAuth = true
	s.server.ErrorLog = log.New(io.Discard, "", 0) // cut connections are none of its faults
	go func() { _ = s.server.Serve(l) }()
	t.Cleanup(func() { _ = s.server.Close() })
	return s
}

// URL is what FERMATA_SMTP_URL wants.
func (s *SMTP) URL() string { return "smtp://" + s.Addr }

// Mails returns what was accepted so far, in order.
func (s *SMTP) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail{}, s.mails...)
}

// To returns the mails to one address.
func (s *SMTP) To(address string) []Mail {
	var list []Mail
	for _, m := range s.Mails() {
		if m.To == address {
			list = append(list, m)
		}
	}
	return list
}

type backend struct{ sink *SMTP }

func (b backend) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{sink: b.sink}, nil }

type session struct {
	sink *SMTP
	from string
	to   []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error   { s.to = append(s.to, to); return nil }
func (s *session) Reset()                                      { s.from, s.to = "", nil }
func (s *session) Logout() error                               { return nil }

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m := Mail{From: s.from, To: strings.Join(s.to, ","), Raw: string(raw), At: time.Now()}
	if parsed, err := mail.ReadMessage(strings.NewReader(m.Raw)); err == nil {
		m.Header = parsed.Header
		m.Subject, _ = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
		m.MessageID = parsed.Header.Get("Message-Id")
	}
	if accept := s.sink.decision(m.To); accept != nil {
		if err := accept(m); err != nil {
			return err
		}
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.mails = append(s.sink.mails, m)
	return nil
}

// Call is one request that an HTTP sink received.
type Call struct {
	Method, Path, Body string
	Header             http.Header
	At                 time.Time
}

// HTTP is a server that answers and keeps calls.
type HTTP struct {
	URL string
	// Answer, when set, answers a call; otherwise 200 with an empty object.
	Answer func(w http.ResponseWriter, c Call)

	mu      sync.Mutex
	calls   []Call
	answers map[string]func(w http.ResponseWriter, c Call)
}

// Handle lets answer answer the calls of one path.
func (s *HTTP) Handle(path string, answer func(w http.ResponseWriter, c Call)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answers == nil {
		s.answers = map[string]func(w http.ResponseWriter, c Call){}
	}
	s.answers[path] = answer
}

// StartHTTP starts a sink on a free port.
func StartHTTP(t testing.TB) *HTTP {
	t.Helper()
	s := &HTTP{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c := Call{Method: r.Method, Path: r.URL.Path, Body: string(body), Header: r.Header.Clone(), At: time.Now()}
		s.mu.Lock()
		s.calls = append(s.calls, c)
		answer := s.answers[c.Path]
		s.mu.Unlock()
		if answer == nil {
			answer = s.Answer
		}
		if answer != nil {
			answer(w, c)
			return
		}
		_, _ = w.Write([]byte("{}"))
	}))
	s.URL = server.URL
	t.Cleanup(server.Close)
	return s
}

// Calls returns what arrived so far, in order.
func (s *HTTP) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call{}, s.calls...)
}

// On returns the calls of one path.
func (s *HTTP) On(path string) []Call {
	var list []Call
	for _, c := range s.Calls() {
		if c.Path == path {
			list = append(list, c)
		}
	}
	return list
}
