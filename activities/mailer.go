package activities

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"fermata/events"
	"fermata/outgoing"
)

// drop takes the mails of tests where there is no sink.
type drop struct{}

func (drop) Send(context.Context, outgoing.Message) error { return nil }
func (drop) Addr() string                                 { return "sink" }

// SMTP hands mails to one server. It opens one connection per mail, so that a
// connection that died says nothing about the next mail.
type SMTP struct {
	host     string
	port     int
	implicit bool
	user     string
	password string
}

// NewSMTP reads smtp://[user:password@]host:port (STARTTLS when the server offers
// it) or smtps://… (TLS from the first byte).
func NewSMTP(raw string) (*SMTP, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, fmt.Errorf("SMTP URL %q: want smtp://host:port or smtps://host:port", redactURL(u, raw))
	}
	s := &SMTP{host: u.Hostname(), implicit: u.Scheme == "smtps", port: 25}
	if s.implicit {
		s.port = 465
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("SMTP URL: port %q is not a number", p)
		}
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
	}
	return s, nil
}

func redactURL(u *url.URL, raw string) string {
	if u == nil {
		return raw
	}
	return u.Redacted()
}

// Addr is host:port, the name of the destination for the local gate.
func (s *SMTP) Addr() string { return s.host + ":" + strconv.Itoa(s.port) }

// postmarkHost ends the names of Postmark's servers. It takes our Message-ID out of a mail, and reports
// what became of it by its own; what stands in this header it gives back, and takes out of the mail.
const postmarkHost = "postmarkapp.com"

// Send hands one mail to the server. The error, if any, is a *SendError that says
// whether the mail can have been accepted.
func (s *SMTP) Send(ctx context.Context, m outgoing.Message) error {
	msg, err := s.compose(m)
	if err != nil {
		return &SendError{Code: "mail_invalid", Final: true, err: err}
	}
	client, err := s.client(ctx)
	if err != nil {
		return &SendError{Code: "smtp_settings", err: err}
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return &SendError{Code: "smtp_connect", err: err}
	}
	err = client.SendWithSMTPClient(connection, msg)
	_ = client.CloseWithSMTPClient(connection)
	return classify(err)
}

// Greeting is what a server says of itself before any mail.
type Greeting struct {
	// Encrypted: from the first byte, or by STARTTLS.
	Encrypted bool
	// Auth are the mechanisms that it offers; "" when it offers none.
	Auth string
	// SignedIn: it took the user and password of the settings.
	SignedIn bool
}

// Greet connects as Send does, signs in when the settings say so, and hangs up without a mail.
func (s *SMTP) Greet(ctx context.Context) (Greeting, error) {
	client, err := s.client(ctx)
	if err != nil {
		return Greeting{}, fmt.Errorf("prepare connection: %w", err)
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return Greeting{}, fmt.Errorf("connect to %s: %w", s.Addr(), err)
	}
	_, encrypted := connection.TLSConnectionState()
	_, auth := connection.Extension("AUTH")
	_ = client.CloseWithSMTPClient(connection)
	return Greeting{Encrypted: encrypted, Auth: auth, SignedIn: s.user != ""}, nil
}

func (s *SMTP) client(ctx context.Context) (*mail.Client, error) {
	timeout := 30 * time.Second
	if deadline, ok := ctx.Deadline(); ok {
		timeout = time.Until(deadline)
	}
	if timeout <= 0 {
		return nil, context.DeadlineExceeded
	}
	options := []mail.Option{
		mail.WithPort(s.port), mail.WithTimeout(timeout), mail.WithoutNoop(), mail.WithoutRset(),
		mail.WithTLSConfig(&tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}),
		mail.WithTLSPolicy(mail.TLSOpportunistic),
	}
	if s.implicit {
		options = append(options, mail.WithSSL())
	}
	if s.user != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.user), mail.WithPassword(s.password))
	}
	return mail.NewClient(s.host, options...)
}

// compose is compose with what the server wants to be told.
func (s *SMTP) compose(m outgoing.Message) (*mail.Msg, error) {
	msg, err := compose(m)
	if err == nil && strings.HasSuffix(s.host, postmarkHost) && len(m.ID) <= events.PostmarkMost {
		msg.SetGenHeader(events.PostmarkMetadata, m.ID)
	}
	return msg, err
}

func compose(m outgoing.Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(m.From); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := msg.To(m.To...); err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	if len(m.Cc) > 0 {
		if err := msg.Cc(m.Cc...); err != nil {
			return nil, fmt.Errorf("copy recipient: %w", err)
		}
	}
	if m.ReplyTo != "" {
		if err := msg.ReplyTo(m.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply-to: %w", err)
		}
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDate()
	for name, value := range m.Headers {
		msg.SetGenHeader(mail.Header(name), value)
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		err := msg.AttachReader(a.Name, bytes.NewReader(a.Data), mail.WithFileContentType(mail.ContentType(a.ContentType)))
		if err != nil {
			return nil, fmt.Errorf("attachment %s: %w", a.Name, err)
		}
	}
	return msg, nil
}

// SendError says what is known about an effect outside that did not succeed.
type SendError struct {
	// Code is safe for Temporal's history: smtp_451, http_503, connect, timeout.
	Code string
	// Final: trying again cannot help.
	Final bool
	// Unknown: the other side may have carried the effect out.
	Unknown bool
	// NoSuchAddress: the server of the recipient knows no such mailbox.
	NoSuchAddress bool
	// RetryAfter is how long the other side asked to wait, 0 = it did not say.
	RetryAfter time.Duration
	err        error
}

// Error implements error; the text may hold addresses and must stay in the store.
func (e *SendError) Error() string { return fmt.Sprintf("%s: %v", e.Code, e.err) }

// Reason is the code, and what the other side said, which may hold addresses.
func (e *SendError) Reason() (code, said string) { return e.Code, fmt.Sprint(e.err) }

// Permanent reports whether trying again cannot help.
func (e *SendError) Permanent() bool { return e.Final }

// Unwrap implements errors.Unwrap.
func (e *SendError) Unwrap() error { return e.err }

// classify reads go-mail's error: a server's own answer is final (5xx) or passing
// (4xx); a connection that broke after the final dot leaves the outcome unknown;
// one that broke earlier is safe to repeat.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var send *mail.SendError
	if !errors.As(err, &send) {
		return &SendError{Code: "smtp", err: err}
	}
	switch code := send.ErrorCode(); {
	case send.Reason == mail.ErrSMTPReset:
		return nil
	case code >= 500:
		return &SendError{Code: "smtp_" + strconv.Itoa(code), Final: true, NoSuchAddress: noSuchAddress(send), err: err}
	case code >= 400:
		return &SendError{Code: "smtp_" + strconv.Itoa(code), err: err}
	case send.Reason == mail.ErrSMTPDataClose, send.Reason == mail.ErrAmbiguous:
		return &SendError{Code: "smtp_unknown", Unknown: true, err: err}
	case send.Reason == mail.ErrGetSender, send.Reason == mail.ErrGetRcpts:
		return &SendError{Code: "mail_invalid", Final: true, err: err}
	default:
		return &SendError{Code: "smtp_broken", err: err}
	}
}

// noSuchAddress reports whether a refusal is about the address alone (RFC 3463: 5.1.1, 5.1.2, 5.1.3,
// 5.1.6, 5.1.10). Every other one may be about the sender, the content or the server's mood.
func noSuchAddress(err *mail.SendError) bool {
	return slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}, err.EnhancedStatusCode())
}
