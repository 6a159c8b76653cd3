// Package brokenmail is an SMTP server that breaks off conversations where it is told to, and
// keeps account of what it took and of what it said about it. It is for tests only.
package brokenmail

import (
	"bufio"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Stage is a place in the conversation about one mail.
type Stage string

// The stages, in their order.
const (
	Greeting  Stage = "greeting"
	Hello     Stage = "hello"
	Sender    Stage = "sender"
	Recipient Stage = "recipient"
	Data      Stage = "data" // before the client may send the mail
	Body      Stage = "body" // in the middle of the mail
	Dot       Stage = "dot"  // the server has the whole mail and has not said so
	Quit      Stage = "quit" // the server has said so
)

// Fate is what becomes of one conversation. The zero value lets it pass.
type Fate struct {
	At Stage
	// Reply is what the server says there instead; "" cuts the connection.
	Reply string
}

// Mail is one mail that the server has in whole.
type Mail struct {
	To, MessageID, Raw string
	// Said: the client was told that the mail is taken.
	Said bool
}

// Server is the server. Its Addr is host:port.
type Server struct {
	Addr string
	fate func(n int) Fate

	mu    sync.Mutex
	n     int
	mails []Mail
}

// Start starts a server on a free port that asks fate about the n-th conversation, from 0.
func Start(t testing.TB, fate func(n int) Fate) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	s := &Server{Addr: listener.Addr().String(), fate: fate}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go s.talk(connection.(*net.TCPConn))
		}
	}()
	return s
}

// URL is what FERMATA_SMTP_URL wants.
func (s *Server) URL() string { return "smtp://" + s.Addr }

// Mails is what the server took so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail{}, s.mails...)
}

// Conversations is how many there were.
func (s *Server) Conversations() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *Server) next() Fate {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	return s.fate(s.n - 1)
}

// conversation is one connection.
type conversation struct {
	*net.TCPConn
	in   *bufio.Scanner
	fate Fate
	mail Mail
}

func (s *Server) talk(connection *net.TCPConn) {
	_ = connection.SetLinger(0) // a cut is one, and no orderly end
	defer func() { _ = connection.Close() }()
	c := &conversation{TCPConn: connection, in: bufio.NewScanner(connection), fate: s.next()}
	c.in.Buffer(nil, 1<<20)
	if !c.say(Greeting, "220 broken.test") {
		return
	}
	for c.in.Scan() {
		verb, rest, _ := strings.Cut(c.in.Text(), " ")
		var goesOn bool
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			goesOn = c.say(Hello, "250-broken.test\r\n250 ENHANCEDSTATUSCODES")
		case "MAIL":
			goesOn = c.say(Sender, "250 OK")
		case "RCPT":
			c.mail.To = strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			goesOn = c.say(Recipient, "250 OK")
		case "DATA":
			goesOn = c.say(Data, "354 go on") && (c.refuses(Data) || s.take(c))
		case "QUIT":
			_, _ = fmt.Fprint(c, "221 bye\r\n")
			_ = c.SetLinger(-1)
			return
		default:
			goesOn = c.write("250 OK")
		}
		if !goesOn {
			return
		}
	}
}

func (c *conversation) refuses(stage Stage) bool { return c.fate.At == stage && c.fate.Reply != "" }

// say answers at a stage as the fate wants; false: the connection is to be cut.
func (c *conversation) say(stage Stage, usual string) bool {
	if c.fate.At != stage {
		return c.write(usual)
	}
	return c.fate.Reply != "" && c.write(c.fate.Reply)
}

func (c *conversation) write(line string) bool {
	_, err := fmt.Fprint(c, line+"\r\n")
	return err == nil
}

// take reads the mail and says what became of it.
func (s *Server) take(c *conversation) bool {
	var raw strings.Builder
	for c.in.Scan() && c.in.Text() != "." {
		raw.WriteString(strings.TrimPrefix(c.in.Text(), "."))
		raw.WriteString("\r\n")
		if c.fate.At == Body {
			return false
		}
	}
	if c.refuses(Dot) {
		return c.write(c.fate.Reply)
	}
	c.mail.Raw, c.mail.Said = raw.String(), c.fate.At != Dot
	if parsed, err := mail.ReadMessage(strings.NewReader(c.mail.Raw)); err == nil {
		c.mail.MessageID = parsed.Header.Get("Message-Id")
	}
	s.mu.Lock()
	s.mails = append(s.mails, c.mail)
	s.mu.Unlock()
	if c.fate.At == Quit && c.write("250 taken") {
		_ = c.SetLinger(-1) // what was said must arrive; after that there is nobody
		return false
	}
	return c.say(Dot, "250 taken")
}
