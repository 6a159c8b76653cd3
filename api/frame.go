package api

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
)

const (
	framePath = "/frame"
	// maxFrame is the most bytes of a mail's HTML, and maxFrameForm of the form that carries it: a
	// byte may take three in it.
	maxFrame     = 1 << 20
	maxFrameForm = 3*maxFrame + 64<<10
)

// framePolicy lets the HTML of a mail be seen and nothing else. Inline styles are allowed here and
// only here: mails have no others. It does no harm, since the document runs no script, may load
// nothing from elsewhere that could tell what is on it, and by `sandbox` has an origin of its own,
// from which it reaches neither the page nor the API.
const framePolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

// showFrame answers the form field html as a document of its own, for the frame in which the page
// shows mails. Only the page can ask for it: it takes the cookie of a session and nothing else.
func (s *server) showFrame(c *gin.Context) {
	if err := s.mayFrame(c); err != nil {
		s.fail(c, err)
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxFrameForm)
	if _, err := checkMedia(c.Request, []string{"application/x-www-form-urlencoded"}); err != nil {
		s.fail(c, err)
		return
	}
	if err := c.Request.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			err = failure(kindTooLarge, "the form has more than %d bytes", maxFrameForm)
		} else {
			err = failure(kindMalformed, "the form cannot be read")
		}
		s.fail(c, err)
		return
	}
	html := c.Request.PostForm.Get("html")
	if len(html) > maxFrame {
		s.fail(c, failure(kindTooLarge, "the HTML has more than %d bytes", maxFrame))
		return
	}
	c.Header("Content-Security-Policy", framePolicy)
	c.Header("X-Frame-Options", "SAMEORIGIN")
	c.Header("Referrer-Policy", "no-referrer")
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(html))
}

func (s *server) mayFrame(c *gin.Context) error {
	cookie, err := c.Request.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		return failure(kindUnauthorized, "the page alone asks for this, with the cookie of a session")
	}
	_, err = s.sessionCaller(c, cookie.Value)
	return err
}
