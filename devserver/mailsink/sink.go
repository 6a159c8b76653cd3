// Package mailsink is a mail server that delivers nothing: it accepts what is sent to it on a
// loopback port, keeps it in a file, and shows it over HTTP. It is for development and tests, where
// its box is the proof of what was sent. It must never forward a mail, and never answer 250 for one
// that a crash could still lose.
package mailsink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"github.com/emersion/go-smtp"

	"fermata/devserver/loopback"
)

const (
	maxMessage    = 32 << 20 // 15 MiB of attachments, encoded, with room for the rest
	maxRecipients = 100
	idleLimit     = 60 * time.Second
	stopLimit     = 5 * time.Second
)

// Options configure a sink.
type Options struct {
	Addr string // loopback host:port of the SMTP server; port 0 takes a free one
	File string // SQLite file that keeps the mails; created when absent
}

// Sink is a running mail sink.
type Sink struct {
	box      *box
	server   *smtp.Server
	listener net.Listener
	done     chan error
}

// Start opens the file and returns when the SMTP port is bound. Errors name the file or the address.
func Start(ctx context.Context, o Options) (*Sink, error) {
	host, port, err := loopback.Split(o.Addr)
	if err != nil {
		return nil, err
	}
	b, err := openBox(ctx, o.File)
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", loopback.Join(host, port))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bind %s: %w", o.Addr, err), b.close())
	}
	s := &Sink{box: b, listener: l, done: make(chan error, 1)}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{box: b}, nil
	}))
	s.server.Domain = "localhost"
	s.server.MaxMessageBytes = maxMessage
	s.server.MaxRecipients = maxRecipients
	s.server.ReadTimeout = idleLimit
	s.server.WriteTimeout = idleLimit
	s.server.EnableSMTPUTF8 = true
	// Clients that hang up in the middle are what tests do; a log line for each helps nobody.
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { s.done <- s.server.Serve(l) }()
	return s, nil
}

// Addr is the host:port of the SMTP server.
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// Stop waits for the mails that are being received, at most five seconds, and closes the file.
func (s *Sink) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		_ = s.server.Close()
	}
	// The server knows its listener only once Serve runs; a stop right after the start comes before.
	_ = s.listener.Close()
	err := <-s.done
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, s.box.close())
}

// session collects one mail at a time of one connection.
type session struct {
	box  *box
	from string
	to   []string
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data stores the mail; the 250 goes out only after it has returned.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.box.add(context.Background(), newMail(s.from, s.to, raw, time.Now().UTC())); err != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "mail was not stored"}
	}
	return nil
}
