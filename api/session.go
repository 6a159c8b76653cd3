package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"fermata/store"
)

const (
	sessionCookie = "fermata_session"
	// sessionIdle and sessionLifetime are how long a session lasts unused, and at the most.
	sessionIdle     = 12 * time.Hour
	sessionLifetime = 7 * 24 * time.Hour
	// prunedAtOnce bounds how many expired sessions one sign-in clears away.
	prunedAtOnce = 1000
)

// What a session remembers: whose key it was made with, never the key.
const (
	sessionKey       = "key"       // id of a stored key
	sessionBootstrap = "bootstrap" // mark of the bootstrap key
)

// newSessions makes the manager of cookies and tokens; its rows are in the store, so that all
// processes share them. Secure follows the public address.
func (s *server) newSessions() {
	m := scs.New()
	m.Lifetime = sessionLifetime
	m.Store = sessionRows{s}
	m.Cookie.Name = sessionCookie
	m.Cookie.HttpOnly = true
	// The page itself is public, so a link from elsewhere opens it; its own calls carry the cookie.
	m.Cookie.SameSite = http.SameSiteStrictMode
	m.Cookie.Secure = s.secure()
	s.sessions = m
}

func (s *server) secure() bool {
	u, err := url.Parse(s.BaseURL)
	return err == nil && u.Scheme == "https"
}

// newCrossOrigin makes the guard of unsafe calls that carry a cookie. Behind a proxy that changes
// the Host header, the public address is the page's origin as well.
func newCrossOrigin(baseURL string) (*http.CrossOriginProtection, error) {
	guard := http.NewCrossOriginProtection()
	if u, err := url.Parse(baseURL); err == nil && u.Host != "" {
		return guard, guard.AddTrustedOrigin(u.Scheme + "://" + u.Host)
	}
	return guard, nil
}

// sameOrigin refuses an unsafe call that another site had a browser make.
func (s *server) sameOrigin(c *gin.Context) error {
	if err := s.crossOrigin.Check(c.Request); err != nil {
		return failure(kindCrossOrigin, "a browser makes this call from the page itself only; scripts send Authorization: Bearer <key>")
	}
	return nil
}

// bootstrapMark tells one bootstrap key from the next without being good for anything else.
func bootstrapMark(hash []byte) string {
	sum := sha256.Sum256(append([]byte("session "), hash...))
	return hex.EncodeToString(sum[:16])
}

// sessionCaller finds the caller behind the cookie, with the scopes that the key has now.
func (s *server) sessionCaller(c *gin.Context, token string) (*caller, error) {
	if err := s.sameOrigin(c); err != nil {
		return nil, err
	}
	ctx, err := s.sessions.Load(c.Request.Context(), token)
	if err != nil {
		return nil, err
	}
	if s.sessions.Token(ctx) == "" {
		return nil, failure(kindUnauthorized, "the session has ended; sign in again")
	}
	who, err := s.sessionOwner(ctx)
	if err != nil {
		return nil, err
	}
	ends := s.sessions.Deadline(ctx)
	if who.expires == nil || ends.Before(*who.expires) {
		who.expires = &ends
	}
	who.session = ctx
	return who, nil
}

func (s *server) sessionOwner(ctx context.Context) (*caller, error) {
	id := s.sessions.GetString(ctx, sessionKey)
	if id == "" {
		if s.bootstrap == nil || s.sessions.GetString(ctx, sessionBootstrap) != bootstrapMark(s.bootstrap) {
			return nil, failure(kindUnauthorized, "the key of the session was changed; sign in again")
		}
		return s.bootstrapCaller(), nil
	}
	return s.keyCaller(ctx, func(tx *store.Tx) (*store.APIKey, error) { return tx.APIKey(id) })
}

// openSession makes a session of who in the transaction of ctx and returns its cookie.
func (s *server) openSession(ctx context.Context, who *caller) (*http.Cookie, error) {
	ctx, err := s.sessions.Load(ctx, "")
	if err != nil {
		return nil, err
	}
	s.sessions.Put(ctx, sessionKey, who.keyID)
	if who.keyID == "" {
		s.sessions.Put(ctx, sessionBootstrap, bootstrapMark(s.bootstrap))
	}
	token, ends, err := s.sessions.Commit(ctx)
	if err != nil {
		return nil, err
	}
	ends = ends.Truncate(time.Second)
	if who.expires == nil || ends.Before(*who.expires) {
		who.expires = &ends
	}
	cookie := s.cookie(token)
	cookie.Expires = ends
	return cookie, nil
}

func (s *server) cookie(token string) *http.Cookie {
	shape := s.sessions.Cookie
	return &http.Cookie{
		Name: shape.Name, Value: token, Path: shape.Path, HttpOnly: shape.HttpOnly, Secure: shape.Secure, SameSite: shape.SameSite,
	}
}

// sessionRows is the store that the manager keeps sessions in. Tokens are stored as hashes.
type sessionRows struct{ s *server }

var _ scs.CtxStore = sessionRows{}

// withTx makes the manager's statements part of a transaction.
type withTx struct{}

func (r sessionRows) write(ctx context.Context, fn func(tx *store.Tx) error) error {
	if tx, ok := ctx.Value(withTx{}).(*store.Tx); ok {
		return fn(tx)
	}
	return r.s.writeStore(ctx, fn)
}

// FindCtx returns what a session holds and moves its end, written down once in a while.
func (r sessionRows) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	var row *store.Session
	now := r.s.now()
	err = r.s.readStore(ctx, func(tx *store.Tx) (err error) {
		row, err = tx.Session(hashKey(token), now)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	until := now.Add(sessionIdle)
	if until.After(row.ExpiresAt.Add(touchEvery)) && row.ExpiresAt.Before(row.Deadline) {
		err := r.s.writeStore(ctx, func(tx *store.Tx) error { return tx.ExtendSession(row, until) })
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			r.s.Log.Warn("session use was not recorded", "error", err)
		}
	}
	return row.Data, true, nil
}

// CommitCtx stores a session until its deadline.
func (r sessionRows) CommitCtx(ctx context.Context, token string, data []byte, deadline time.Time) error {
	now := r.s.now()
	row := &store.Session{TokenHash: hashKey(token), Data: data, CreatedAt: now, Deadline: deadline, ExpiresAt: now.Add(sessionIdle)}
	return r.write(ctx, func(tx *store.Tx) error { return tx.PutSession(row) })
}

// DeleteCtx ends a session; one that has ended already is no error.
func (r sessionRows) DeleteCtx(ctx context.Context, token string) error {
	return r.write(ctx, func(tx *store.Tx) error {
		if err := tx.EndSession(hashKey(token)); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
}

// Find, Commit and Delete are the same without a context, as the interface wants them.
func (r sessionRows) Find(token string) (data []byte, found bool, err error) {
	return r.FindCtx(context.Background(), token)
}

// Commit see Find.
func (r sessionRows) Commit(token string, data []byte, deadline time.Time) error {
	return r.CommitCtx(context.Background(), token, data, deadline)
}

// Delete see Find.
func (r sessionRows) Delete(token string) error { return r.DeleteCtx(context.Background(), token) }
