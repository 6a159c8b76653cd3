package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/store"
)

// Scopes of a key, see the description in openapi.yaml.
const (
	scopeEvents    = "events"
	scopeViewer    = "viewer"
	scopeEditor    = "editor"
	scopePublisher = "publisher"
	scopeAdmin     = "admin"
	// scopeAny marks an operation that every key may call.
	scopeAny = "any"
)

// scopeRank orders the scopes that contain each other. `events` stands outside: it posts events
// and reads nothing, and whoever may edit contacts may post events as well.
var scopeRank = map[string]int{scopeEvents: 0, scopeViewer: 1, scopeEditor: 2, scopePublisher: 3, scopeAdmin: 4}

const (
	keyPrefix = "fm_"
	// keyShown is how much of a key is kept to recognise it by.
	keyShown = len(keyPrefix) + 6
	// touchEvery bounds how often the use of a key is written down.
	touchEvery = time.Minute
)

// caller is who makes a request: a key and the person that it belongs to.
type caller struct {
	keyID  string // "" for the bootstrap key
	person string
	scopes []string
	// expires is when the key, or the session, ends at the latest; nil for never.
	expires *time.Time
	// session is how the manager hands on what the session holds; nil for a call with a key.
	session context.Context
}

// may reports whether the caller has the scope.
func (c *caller) may(scope string) bool {
	if scope == scopeAny {
		return true
	}
	for _, have := range c.scopes {
		if have == scope && scope == scopeEvents {
			return true
		}
		if scope == scopeEvents && scopeRank[have] >= scopeRank[scopeEditor] {
			return true
		}
		if scope != scopeEvents && have != scopeEvents && scopeRank[have] >= scopeRank[scope] {
			return true
		}
	}
	return false
}

// newKey makes a key: a prefix that scanners can find and 32 random bytes.
func newKey() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	return keyPrefix + base64.RawURLEncoding.EncodeToString(secret)
}

func hashKey(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// authenticate finds the caller behind the Authorization header, or else behind the cookie.
func (s *server) authenticate(c *gin.Context) (*caller, error) {
	header := c.Request.Header.Values("Authorization")
	if len(header) == 0 {
		if cookie, err := c.Request.Cookie(sessionCookie); err == nil && cookie.Value != "" {
			return s.sessionCaller(c, cookie.Value)
		}
		return nil, failure(kindUnauthorized, "send Authorization: Bearer <key>")
	}
	scheme, key, _ := strings.Cut(header[0], " ")
	key = strings.TrimSpace(key)
	if len(header) > 1 || !strings.EqualFold(scheme, "bearer") || key == "" || strings.ContainsAny(key, " ,") {
		return nil, failure(kindUnauthorized, "the Authorization header is not Bearer <key>")
	}
	return s.verifyKey(c.Request.Context(), key)
}

// verifyKey finds the caller that a key belongs to.
func (s *server) verifyKey(ctx context.Context, key string) (*caller, error) {
	hash := hashKey(key)
	if s.bootstrap != nil && subtle.ConstantTimeCompare(hash, s.bootstrap) == 1 {
		return s.bootstrapCaller(), nil
	}
	return s.keyCaller(ctx, func(tx *store.Tx) (*store.APIKey, error) {
		row, err := tx.APIKeyByHash(hash)
		if err == nil && subtle.ConstantTimeCompare(row.Hash, hash) != 1 {
			return nil, store.ErrNotFound
		}
		return row, err
	})
}

func (s *server) bootstrapCaller() *caller {
	return &caller{person: s.BootstrapPerson, scopes: []string{scopeAdmin}}
}

// keyCaller is the caller of a stored key, unless it was revoked or has expired.
func (s *server) keyCaller(ctx context.Context, find func(tx *store.Tx) (*store.APIKey, error)) (*caller, error) {
	var row *store.APIKey
	err := s.readStore(ctx, func(tx *store.Tx) (err error) {
		row, err = find(tx)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, failure(kindUnauthorized, "the key is not known")
	}
	if err != nil {
		return nil, err
	}
	now := s.Now()
	switch {
	case row.RevokedAt != nil:
		return nil, failure(kindUnauthorized, "the key was revoked")
	case row.ExpiresAt != nil && !now.Before(*row.ExpiresAt):
		return nil, failure(kindUnauthorized, "the key has expired")
	}
	s.touch(ctx, row, now)
	return &caller{keyID: row.ID, person: row.Person, scopes: row.Scopes, expires: row.ExpiresAt}, nil
}

// touches remembers when the use of a key was last written down by this process.
type touches struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// due reports whether the use of a key is to be written down now.
func (t *touches) due(id string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, ok := t.last[id]; ok && now.Sub(last) < touchEvery {
		return false
	}
	t.last[id] = now
	return true
}

// touch writes down that the key was used; a request never fails over it.
func (s *server) touch(ctx context.Context, row *store.APIKey, now time.Time) {
	if row.LastUsedAt != nil && now.Sub(*row.LastUsedAt) < touchEvery || !s.touches.due(row.ID, now) {
		return
	}
	err := s.writeStore(ctx, func(tx *store.Tx) error { return tx.TouchAPIKey(row.ID, now) })
	if err != nil {
		s.Log.Warn("key use was not recorded", "key", row.ID, "error", err)
	}
}
