package api

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"fermata/events"
	"fermata/store"
)

const (
	// hitWait is how long a reader waits for the store at most.
	hitWait = 400 * time.Millisecond
	// hitsAtOnce is how many transactions may be storing hits.
	hitsAtOnce = 64
	// lateHits is the most hits that wait in memory for a store that was away.
	lateHits = 10_000
)

// pixel is a transparent GIF of one pixel.
var pixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

// followLink leads the reader of a mail to where its author wanted. The address is in the token, so
// that it works while the store is away, too, and nothing but what was signed can be reached.
func (s *server) followLink(c *gin.Context) {
	send, target, ok := s.Links.ReadClick(c.Param("token"))
	if !ok {
		s.unknownLink(c)
		return
	}
	s.hit(c, send, target)
	trackingHeaders(c)
	c.Header("Location", asciiURL(target))
	c.Status(http.StatusFound)
	c.Writer.WriteHeaderNow()
}

// openMail answers the pixel of a mail.
func (s *server) openMail(c *gin.Context) {
	send, ok := s.Links.ReadOpen(c.Param("token"))
	if !ok {
		s.unknownLink(c)
		return
	}
	s.hit(c, send, "")
	trackingHeaders(c)
	c.Data(http.StatusOK, "image/gif", pixel)
}

func trackingHeaders(c *gin.Context) {
	c.Header("Cache-Control", "no-store, private")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Robots-Tag", "noindex")
}

// hits are the requests that could not be stored yet.
type hits struct {
	storing atomic.Int32
	mu      sync.Mutex
	late    []*store.MailHit
}

// take returns the hits that wait, with one more.
func (h *hits) take(one *store.MailHit) []*store.MailHit {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := append(h.late, one)
	h.late = nil
	return list
}

// keep lets hits wait for the next request; what is over the limit is lost.
func (h *hits) keep(list []*store.MailHit) (lost int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.late = append(h.late, list...)
	lost = max(0, len(h.late)-lateHits)
	h.late = h.late[lost:]
	return lost
}

// hit notes that an address of a mail was asked for. The reader waits for it for a moment only, and
// gets the same answer whatever becomes of it: what cannot be stored is stored with the next one.
func (s *server) hit(c *gin.Context, send, url string) {
	list := s.hits.take(events.NewHit(send, url, automatic(c.Request), s.now()))
	if s.hits.storing.Add(1) > hitsAtOnce {
		s.hits.storing.Add(-1)
		s.hits.keep(list)
		return
	}
	stored := make(chan struct{})
	go func() {
		defer close(stored)
		defer s.hits.storing.Add(-1)
		s.storeHits(list)
	}()
	patience := time.NewTimer(hitWait)
	defer patience.Stop()
	select {
	case <-stored:
	case <-patience.C:
	}
}

func (s *server) storeHits(list []*store.MailHit) {
	ctx, cancel := context.WithTimeout(context.Background(), storeWork)
	defer cancel()
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		for _, one := range list {
			if err := tx.AddMailHit(one); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return
	}
	lost := len(list)
	if store.IsTransient(err) || ctx.Err() != nil {
		lost = s.hits.keep(list)
	}
	s.Log.Warn("opens or clicks were not stored", "count", len(list), "lost", lost, "error", err)
}

// agents are parts of the names of programs that look at links and images for nobody who reads the
// mail. Image proxies that fetch when the reader opens the mail (Google, Yahoo) are not among them.
var agents = []string{
	"bot", "crawl", "spider", "scan", "preview", "prefetch", "monitor", "headless", "curl/", "wget/", "python-", "python/", "go-http-client",
	"java/", "okhttp", "apache-httpclient", "libwww", "node-fetch", "axios", "guzzle", "barracuda", "mimecast", "proofpoint", "symantec",
	"sophos", "fireeye", "trendmicro", "ms-office", "microsoft office existence discovery", "safelinks", "facebookexternalhit", "whatsapp", "skypeuri",
}

// automatic reports whether a request says itself that no person has caused it: HEAD, a prefetch, the
// name of a program, none at all, or the bare "Mozilla/5.0" of Apple's mail privacy protection, which
// loads every image of every mail.
func automatic(r *http.Request) bool {
	if r.Method == http.MethodHead {
		return true
	}
	for _, name := range []string{"Purpose", "X-Purpose", "Sec-Purpose", "X-Moz"} {
		if value := strings.ToLower(r.Header.Get(name)); strings.Contains(value, "prefetch") || strings.Contains(value, "preview") {
			return true
		}
	}
	agent := strings.ToLower(strings.TrimSpace(r.UserAgent()))
	if agent == "" || agent == "mozilla/5.0" {
		return true
	}
	for _, part := range agents {
		if strings.Contains(agent, part) {
			return true
		}
	}
	return false
}

// asciiURL escapes what a header cannot hold and leaves everything else as it is.
func asciiURL(target string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(target) {
		if c := target[i]; c < utf8.RuneSelf {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	return b.String()
}
