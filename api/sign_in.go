package api

import (
	"context"
	"crypto/subtle"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"fermata/api/gen"
	"fermata/store"
)

const (
	// signInBurst attempts may fail at once from one address, then one more every signInEvery.
	signInBurst = 10
	signInEvery = 6 * time.Second
	// signInAddresses bounds how many addresses are remembered.
	signInAddresses = 10_000
	// codeLife is how long the one-time code of a development server can be used.
	codeLife = 15 * time.Minute
)

// attempts counts failed sign-ins by the address that they come from, in this process.
type attempts struct {
	mu sync.Mutex
	by map[netip.Prefix]*rate.Limiter
}

// reserve takes one attempt of an address. Wait is how long there is none; giveBack returns the
// attempt, after a sign-in that did not fail.
func (a *attempts) reserve(remote string, now time.Time) (giveBack func(), wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	network := networkOf(remote)
	limiter, known := a.by[network]
	if !known {
		if len(a.by) >= signInAddresses || a.by == nil {
			a.by = map[netip.Prefix]*rate.Limiter{}
		}
		limiter = rate.NewLimiter(rate.Every(signInEvery), signInBurst)
		a.by[network] = limiter
	}
	taken := limiter.ReserveN(now, 1)
	if wait := taken.DelayFrom(now); wait > 0 {
		taken.CancelAt(now)
		return nil, wait
	}
	return func() { taken.CancelAt(now) }, 0
}

// networkOf is what one client has: an IPv4 address, or the /64 of an IPv6 address.
func networkOf(remote string) netip.Prefix {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 64
	if addr = addr.Unmap(); addr.Is4() {
		bits = 32
	}
	network, _ := addr.Prefix(bits) // fails for bits that no address has
	return network
}

// oneTimeCode is a code that opens one session. The zero value opens none.
type oneTimeCode struct {
	mu    sync.Mutex
	hash  []byte
	until time.Time
}

// use uses the code up and reports whether it was the right one, in time. GiveBack makes it good
// again when no session came of it.
func (o *oneTimeCode) use(code string, now time.Time) (giveBack func(), ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	hash := o.hash
	if hash == nil || subtle.ConstantTimeCompare(hash, hashKey(code)) != 1 || !now.Before(o.until) {
		return nil, false
	}
	o.hash = nil
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.hash = hash
	}, true
}

func (s *server) shapeSession(who *caller) gen.Session {
	scopes := make([]gen.Scope, len(who.scopes))
	for i, scope := range who.scopes {
		scopes[i] = gen.Scope(scope)
	}
	return gen.Session{Person: who.person, Scopes: scopes, ExpiresAt: utc(who.expires), Dev: s.Dev}
}

// CreateSession signs a person in. A failed attempt is counted, one that finds the store away is not.
func (s *server) CreateSession(c *gin.Context) {
	in, err := bind[gen.SessionInput](c)
	if err == nil && (in.Key == nil) == (in.Code == nil) {
		err = invalid("", "must hold either key or code", "send {\"key\": …}")
	}
	if err == nil {
		err = s.sameOrigin(c)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	uncount, wait := s.attempts.reserve(c.RemoteIP(), s.Now())
	if wait > 0 {
		s.fail(c, tooMany(wait))
		return
	}
	err = s.signIn(c, in)
	if err == nil || asProblem(err).kind != kindUnauthorized {
		uncount()
	}
	if err != nil {
		s.fail(c, err)
	}
}

func tooMany(wait time.Duration) *problem {
	p := failure(kindTooMany, "too many sign-ins failed; try again later")
	p.header = map[string]string{"Retry-After": strconv.Itoa(int(math.Ceil(wait.Seconds())))}
	return p
}

// signIn answers with the cookie of a new session.
func (s *server) signIn(c *gin.Context, in gen.SessionInput) error {
	who, via, giveBack, err := s.identify(c.Request.Context(), in)
	if err != nil {
		return err
	}
	c.Set(ctxCaller, who)
	var cookie *http.Cookie
	err = s.writeStore(c.Request.Context(), func(tx *store.Tx) error {
		if _, err := tx.DropSessions(s.now(), prunedAtOnce); err != nil {
			return err
		}
		if cookie, err = s.openSession(context.WithValue(c.Request.Context(), withTx{}, tx), who); err != nil {
			return err
		}
		return s.audit(c, tx, "session.create", "session", map[string]any{"via": via})
	})
	if err != nil {
		giveBack()
		return err
	}
	http.SetCookie(c.Writer, cookie)
	http.SetCookie(c.Writer, signedIn(*cookie))
	s.send(c, reply{status: http.StatusCreated, body: s.shapeSession(who)})
	return nil
}

// signedIn tells the page that it has a session, which it cannot see: without one it need not ask.
// It proves nothing.
func signedIn(session http.Cookie) *http.Cookie {
	session.Name, session.Value, session.HttpOnly = sessionCookie+"_open", "1", false
	return &session
}

// identify finds out who signs in, and by what. GiveBack takes the use of a code back.
func (s *server) identify(ctx context.Context, in gen.SessionInput) (who *caller, via string, giveBack func(), err error) {
	if in.Key != nil {
		who, err = s.verifyKey(ctx, *in.Key)
		return who, "key", func() {}, err
	}
	giveBack, ok := s.code.use(*in.Code, s.Now())
	if !ok {
		return nil, "", nil, failure(kindUnauthorized, "the link was used already or is too old; sign in with a key")
	}
	return s.bootstrapCaller(), "code", giveBack, nil
}

// GetSession says who calls, with a session or with a key.
func (s *server) GetSession(c *gin.Context) { s.send(c, ok(s.shapeSession(callerOf(c)))) }

// EndSession signs out.
func (s *server) EndSession(c *gin.Context) {
	who := callerOf(c)
	if who.session == nil {
		s.fail(c, failure(kindNotFound, "the call came with a key, which has no session"))
		return
	}
	gone := s.cookie("")
	gone.MaxAge = -1
	s.write(c, func(tx *store.Tx) (reply, error) {
		if err := s.sessions.Destroy(context.WithValue(who.session, withTx{}, tx)); err != nil {
			return reply{}, err
		}
		r := noContent()
		r.header = map[string]string{"Set-Cookie": gone.String()}
		return r, s.audit(c, tx, "session.end", "session", nil)
	})
}
