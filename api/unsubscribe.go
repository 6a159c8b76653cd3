package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/events"
	"fermata/links"
	"fermata/store"
)

//go:embed unsubscribe.html
var unsubscribeTemplate string

const (
	// publicStyle is the style sheet of the pages that mails lead to.
	publicStyle = ":root { color-scheme: light dark; } body { font: 1.1rem/1.6 system-ui, sans-serif; margin: 0; } " +
		"main { max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem; } button { font: inherit; padding: .5rem 1.25rem; }"
	// maxUnsubscribe is the most bytes of the form that asks to be unsubscribed.
	maxUnsubscribe = 16 << 10
	// Where a consent comes from that somebody took back by the link in a mail.
	sourceOneClick = "mail: one-click"
	sourcePage     = "mail: unsubscribe page"
)

var unsubscribePage = template.Must(template.New("unsubscribe").Parse(unsubscribeTemplate))

var unsubscribePolicy = publicPolicy(publicStyle)

// publicPolicy allows a page its style sheet and its form, and nothing else.
func publicPolicy(style string) string {
	sum := sha256.Sum256([]byte(style))
	return fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		base64.StdEncoding.EncodeToString(sum[:]))
}

// unsubscribeView is what the page shows. It names nobody: mails are forwarded.
type unsubscribeView struct {
	Title, Text string
	Ask         bool
	Style       template.CSS
}

// mailRoutes adds the addresses that mails carry. They are public: each is signed.
func (s *server) mailRoutes(engine *gin.Engine) {
	if s.Links == nil {
		return
	}
	engine.GET(links.UnsubscribePath+":token", s.showUnsubscribe)
	engine.HEAD(links.UnsubscribePath+":token", s.showUnsubscribe)
	engine.POST(links.UnsubscribePath+":token", s.unsubscribe)
	s.answerRoutes(engine)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		engine.Handle(method, links.ClickPath+":token", s.followLink)
		engine.Handle(method, links.OpenPath+":token", s.openMail)
	}
}

// showUnsubscribe asks whether to unsubscribe. It changes nothing: programs that check the links of
// a mail follow them all.
func (s *server) showUnsubscribe(c *gin.Context) {
	if _, ok := s.Links.ReadUnsubscribe(c.Param("token")); !ok {
		s.unknownLink(c)
		return
	}
	name := s.senderName(c)
	s.showPage(c, http.StatusOK, unsubscribeView{
		Title: "Unsubscribe from " + name + "?",
		Text:  "You will get no more newsletters and offers by mail. Mails about what you have ordered still come.",
		Ask:   true,
	})
}

// unsubscribe takes the contact of the mail off the list. The page posts to it, and mail programs do
// (RFC 8058); both send the same field.
func (s *server) unsubscribe(c *gin.Context) {
	send, ok := s.Links.ReadUnsubscribe(c.Param("token"))
	if !ok {
		s.unknownLink(c)
		return
	}
	source, ok := unsubscribeForm(c)
	if !ok {
		s.showPage(c, http.StatusBadRequest, unsubscribeView{Title: "Nothing was changed", Text: "Press the button to unsubscribe.", Ask: true})
		return
	}
	name := s.senderName(c)
	err := s.writeStore(c.Request.Context(), func(tx *store.Tx) error { return s.unsubscribeSend(tx, send, source) })
	if err != nil {
		p := asProblem(err)
		s.report(c, p)
		c.Header("Retry-After", strconv.Itoa(retryAfter))
		s.showPage(c, http.StatusServiceUnavailable, unsubscribeView{
			Title: "Please try again", Text: "It did not work just now. Nothing was changed.", Ask: true,
		})
		return
	}
	s.showPage(c, http.StatusOK, unsubscribeView{
		Title: "You are unsubscribed", Text: "You will get no more newsletters and offers from " + name + ".",
	})
}

func (s *server) unsubscribeSend(tx *store.Tx, send, source string) error {
	contact, changed, err := events.UnsubscribeSend(tx, send, source, s.now())
	if err != nil || contact == nil {
		return err
	}
	tx.AfterCommit(s.nudge)
	if !changed {
		return nil
	}
	detail, err := store.ToJSON(map[string]any{
		channelEmail: map[string]any{"state": events.Unsubscribed, "source": source}, "send": send,
	})
	if err != nil {
		return err
	}
	return tx.AddAudit(&store.Audit{At: s.now(), Person: "recipient", Action: "contact.consent", Subject: contact.ID, Detail: detail})
}

// unsubscribeForm reads the form and says who filled it in.
func unsubscribeForm(c *gin.Context) (source string, ok bool) {
	r := c.Request
	r.Body = http.MaxBytesReader(c.Writer, r.Body, maxUnsubscribe)
	media, err := checkMedia(r, []string{formType, "multipart/form-data"})
	if err != nil {
		return "", false
	}
	if media == formType {
		err = r.ParseForm()
	} else {
		err = r.ParseMultipartForm(maxUnsubscribe)
	}
	if err != nil || r.PostForm.Get("List-Unsubscribe") != "One-Click" {
		return "", false
	}
	if r.PostForm.Get("from") == "page" {
		return sourcePage, true
	}
	return sourceOneClick, true
}

func (s *server) unknownLink(c *gin.Context) {
	s.showPage(c, http.StatusNotFound, unsubscribeView{
		Title: "This link does not work", Text: "It is not complete. Open it again from the mail, or answer the mail to be taken off the list.",
	})
}

// senderName is what the account is called. The page is shown also while the store is away.
func (s *server) senderName(c *gin.Context) string {
	const nameless = "these mails"
	name := nameless
	err := s.readStore(c.Request.Context(), func(tx *store.Tx) error {
		account, err := tx.Account()
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil && strings.TrimSpace(account.Name) != "" {
			name = account.Name
		}
		return err
	})
	if err != nil {
		return nameless
	}
	return name
}

func (s *server) showPage(c *gin.Context, status int, view unsubscribeView) {
	view.Style = publicStyle
	var b bytes.Buffer
	if err := unsubscribePage.Execute(&b, view); err != nil {
		s.fail(c, err)
		return
	}
	publicHTML(c, status, unsubscribePolicy, b.Bytes())
}

// publicHTML answers with a page that a mail led to.
func publicHTML(c *gin.Context, status int, policy string, body []byte) {
	c.Header("Content-Security-Policy", policy)
	c.Header("X-Frame-Options", "DENY")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Robots-Tag", "noindex")
	c.Data(status, "text/html; charset=utf-8", body)
}
