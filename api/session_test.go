package api

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// signIn opens a session and returns its cookie.
func (f *fixture) signIn(body object) *http.Cookie {
	f.t.Helper()
	a := f.call("POST", "/v1/session", body, withKey(""))
	require.Equal(f.t, 201, a.status, a.body)
	cookies := (&http.Response{Header: a.header}).Cookies()
	require.Len(f.t, cookies, 2)
	require.Equal(f.t, sessionCookie+"_open", cookies[1].Name)
	require.Equal(f.t, "1", cookies[1].Value)
	require.False(f.t, cookies[1].HttpOnly)
	return cookies[0]
}

// withCookie sends a cookie and no key, as the page does.
func withCookie(c *http.Cookie) option {
	return func(r *http.Request) {
		r.Header.Del("Authorization")
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
}

func fromElsewhere(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }

func TestSession(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		key, id := f.issue([]string{scopeViewer}, nil)
		cookie := f.signIn(object{"key": key})
		require.Equal(t, sessionCookie, cookie.Name)
		require.True(t, cookie.HttpOnly)
		require.False(t, cookie.Secure)
		require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
		require.Equal(t, "/", cookie.Path)
		require.WithinDuration(t, f.clock.Now().Add(sessionLifetime), cookie.Expires, time.Minute)

		for _, opt := range []option{withCookie(cookie), withKey(key)} {
			who := f.must(200, "GET", "/v1/session", nil, opt)
			require.Equal(t, "Sam Doe", who["person"])
			require.Equal(t, []any{"viewer"}, who["scopes"])
			require.Equal(t, false, who["dev"])
		}
		require.NotNil(t, f.must(200, "GET", "/v1/session", nil, withCookie(cookie))["expires_at"])
		require.Nil(t, f.must(200, "GET", "/v1/session", nil, withKey(key))["expires_at"])
		f.must(200, "GET", "/v1/account", nil, withCookie(cookie))
		f.must(403, "GET", "/v1/audit", nil, withCookie(cookie))
		f.must(200, "GET", "/v1/audit", nil, withCookie(cookie), withKey(adminKey))
		f.must(401, "GET", "/v1/account", nil, withCookie(cookie), withKey("fm_unknown"))
		f.must(404, "DELETE", "/v1/session", nil, withKey(key))

		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			row, err := tx.Session(hashKey(cookie.Value), f.clock.Now())
			require.NoError(t, err)
			require.NotContains(t, string(row.Data), key)
			require.Contains(t, string(row.Data), id)
			return nil
		}))

		gone := f.call("DELETE", "/v1/session", nil, withCookie(cookie))
		require.Equal(t, 204, gone.status)
		require.Contains(t, gone.header.Get("Set-Cookie"), "Max-Age=0")
		f.must(401, "GET", "/v1/session", nil, withCookie(cookie))
		f.must(401, "DELETE", "/v1/session", nil, withCookie(cookie))
		audit := f.call("GET", "/v1/audit?subject=session", nil)
		require.Equal(t, []any{"session.end", "session.create"}, []any{path(t, audit.json, "items", 0, "action"), path(t, audit.json, "items", 1, "action")})
		require.Equal(t, id, path(t, audit.json, "items", 1, "key"))
	})
}

func TestSignInIsRefused(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.run(t, []scenario{
		{name: "nothing", method: "POST", url: "/v1/session", body: object{}, opts: []option{withKey("")}, status: 422, expected: []string{"either key or code"}},
		{name: "both", method: "POST", url: "/v1/session", body: object{"key": adminKey, "code": "x"}, status: 422},
		{name: "unknown field", method: "POST", url: "/v1/session", body: object{"kye": adminKey}, status: 422, expected: []string{`"/kye"`, "key"}},
		{name: "blank", method: "POST", url: "/v1/session", body: object{"key": " "}, status: 422, expected: []string{`"/key"`}},
		{name: "wrong key", method: "POST", url: "/v1/session", body: object{"key": "nobody"}, status: 401},
		{name: "no code here", method: "POST", url: "/v1/session", body: object{"code": "x"}, status: 401},
		{name: "another site", method: "POST", url: "/v1/session", body: object{"key": adminKey}, opts: []option{fromElsewhere}, status: 403, expected: []string{`"cross-origin"`}},
		{name: "as a form", method: "POST", url: "/v1/session", body: "key=" + adminKey, opts: []option{withType("application/x-www-form-urlencoded")}, status: 415},
	})
}

// TestEveryOperationWithEverySession is TestEveryOperationWithEveryKey for cookies.
func TestEveryOperationWithEverySession(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	sessions := map[string]*http.Cookie{}
	for _, scope := range []string{scopeEvents, scopeViewer, scopeEditor, scopePublisher, scopeAdmin} {
		key, _ := f.issue([]string{scope}, nil)
		sessions[scope] = f.signIn(object{"key": key})
	}
	short, _ := f.issue([]string{scopeAdmin}, object{"expires_at": f.clock.Now().Add(time.Minute).Format(time.RFC3339)})
	revoked, id := f.issue([]string{scopeAdmin}, nil)
	ended := f.signIn(object{"key": adminKey})
	bad := map[string]*http.Cookie{
		"forged": {Name: sessionCookie, Value: strings.Repeat("A", 43)}, "key as token": {Name: sessionCookie, Value: adminKey},
		"hash as token": {Name: sessionCookie, Value: string(hashKey(ended.Value)[:8])}, "key expired": f.signIn(object{"key": short}),
		"key revoked": f.signIn(object{"key": revoked}), "ended": ended,
	}
	f.must(204, "DELETE", "/v1/api-keys/"+id, nil)
	f.must(204, "DELETE", "/v1/session", nil, withCookie(ended))
	f.clock.Advance(2 * time.Minute)

	for _, c := range everyCall(t) {
		name, url := c.method+" "+c.path, pathParameter.ReplaceAllString(c.path, "1")
		for kind, cookie := range bad {
			require.Equal(t, http.StatusUnauthorized, f.call(c.method, url, nil, withCookie(cookie)).status, "%s with %s", name, kind)
		}
		if c.method != http.MethodGet {
			for kind, opt := range map[string]option{
				"another site": fromElsewhere, "a sibling": withHeader("Sec-Fetch-Site", "same-site"),
				"an old browser": func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.example") },
			} {
				a := f.call(c.method, url, nil, withCookie(sessions[scopeAdmin]), opt)
				require.Equal(t, http.StatusForbidden, a.status, "%s from %s", name, kind)
				require.Equal(t, "cross-origin", a.json["type"], "%s from %s", name, kind)
			}
		}
		if name == "DELETE /v1/session" {
			continue
		}
		for scope, cookie := range sessions {
			status := f.call(c.method, url, nil, withCookie(cookie)).status
			if slices.Contains(enough(c.scope), scope) {
				require.NotContains(t, []int{401, 403}, status, "%s with %s", name, scope)
			} else {
				require.Equal(t, http.StatusForbidden, status, "%s with %s", name, scope)
			}
		}
	}
}

func TestCrossOriginIsNoMatterForKeys(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t), func(c *Config) { c.BaseURL = "https://fermata.example/" })
	f.must(201, "POST", "/v1/tags", object{"name": "a"}, fromElsewhere)
	cookie := f.signIn(object{"key": adminKey})
	require.True(t, cookie.Secure)
	// A proxy that changes the Host header: the public address is the page's own.
	proxied := func(r *http.Request) {
		r.Header.Del("Sec-Fetch-Site")
		r.Header.Set("Origin", "https://fermata.example")
	}
	f.must(201, "POST", "/v1/tags", object{"name": "b"}, withCookie(cookie), proxied)
}

func TestSessionsEndUnused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		cookie := f.signIn(object{"key": adminKey})
		for range 14 { // 154 hours in use, of 168
			f.clock.Advance(11 * time.Hour)
			f.must(200, "GET", "/v1/session", nil, withCookie(cookie))
		}
		f.clock.Advance(11 * time.Hour)
		f.must(200, "GET", "/v1/session", nil, withCookie(cookie))
		f.clock.Advance(4 * time.Hour)
		f.must(401, "GET", "/v1/session", nil, withCookie(cookie))

		idle := &fixture{t: t, store: s, clock: &clock{now: time.Now()}}
		idle.handler = setup(t, s, func(c *Config) { c.Now = idle.clock.Now }).handler
		cookie = idle.signIn(object{"key": adminKey})
		idle.clock.Advance(sessionIdle + time.Second)
		idle.must(401, "GET", "/v1/session", nil, withCookie(cookie))
		idle.signIn(object{"key": adminKey})
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Session(hashKey(cookie.Value), time.Unix(0, 0))
			require.ErrorIs(t, err, store.ErrNotFound, "a sign-in clears away what has expired")
			return nil
		}))
	})
}

func TestSessionUseIsRecordedOnceInAWhile(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	f := setup(t, s)
	cookie := f.signIn(object{"key": adminKey})
	ends := func() (at time.Time) {
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			row, err := tx.Session(hashKey(cookie.Value), f.clock.Now())
			require.NoError(t, err)
			at = row.ExpiresAt
			return nil
		}))
		return at
	}
	first := ends()
	for range 3 {
		f.clock.Advance(10 * time.Second)
		f.must(200, "GET", "/v1/session", nil, withCookie(cookie))
	}
	require.Equal(t, first, ends())
	f.clock.Advance(time.Minute)
	f.must(200, "GET", "/v1/session", nil, withCookie(cookie))
	require.Equal(t, f.clock.Now().Add(sessionIdle), ends())
}

// TestNobodyIsBelievedAboutAddresses: a header that a proxy would write makes no new client.
func TestNobodyIsBelievedAboutAddresses(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	for range signInBurst {
		f.must(401, "POST", "/v1/session", object{"key": "wrong"})
	}
	for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Appengine-Remote-Addr", "Fly-Client-IP"} {
		for _, value := range []string{"198.51.100.7", "for=198.51.100.7", "127.0.0.1", "198.51.100.8, 192.0.2.1"} {
			f.must(429, "POST", "/v1/session", object{"key": adminKey}, withHeader(name, value))
		}
	}
}

func TestSessionsAreSharedAndEndWithTheBootstrapKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f, other := setup(t, s), setup(t, s)
		changed := setup(t, s, func(c *Config) { c.BootstrapKey = "another-admin-key" })
		none := setup(t, s, func(c *Config) { c.BootstrapKey = "" })
		cookie := f.signIn(object{"key": adminKey})
		other.must(200, "GET", "/v1/session", nil, withCookie(cookie))
		changed.must(401, "GET", "/v1/session", nil, withCookie(cookie))
		none.must(401, "GET", "/v1/session", nil, withCookie(cookie))
		other.must(204, "DELETE", "/v1/session", nil, withCookie(cookie))
		f.must(401, "GET", "/v1/session", nil, withCookie(cookie))
	})
}

func TestFailedSignInsAreLimited(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	for range 3 * signInBurst {
		f.signIn(object{"key": adminKey})
	}
	for range signInBurst {
		f.must(401, "POST", "/v1/session", object{"key": "wrong"})
	}
	a := f.call("POST", "/v1/session", object{"key": adminKey})
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.Equal(t, "6", a.header.Get("Retry-After"))
	away := func(r *http.Request) { r.RemoteAddr = "198.51.100.7:1234" }
	f.must(201, "POST", "/v1/session", object{"key": adminKey}, away)
	f.clock.Advance(signInEvery)
	f.must(201, "POST", "/v1/session", object{"key": adminKey})
	f.must(401, "POST", "/v1/session", object{"key": "wrong"})
	f.must(429, "POST", "/v1/session", object{"key": adminKey})
}

func TestAddressesOfAttempts(t *testing.T) {
	t.Parallel()
	require.Equal(t, networkOf("2001:db8::1"), networkOf("2001:db8::ffff:2"))
	require.NotEqual(t, networkOf("2001:db8::1"), networkOf("2001:db8:0:1::1"))
	require.Equal(t, networkOf("192.0.2.1"), networkOf("::ffff:192.0.2.1"))
	require.NotEqual(t, networkOf("192.0.2.1"), networkOf("192.0.2.2"))
	require.False(t, networkOf("pipe").IsValid())
}

func TestOneTimeCode(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	dev := func(c *Config) { c.SignInCode, c.Dev = "once", true }
	f := setup(t, s, dev)
	statuses := make([]int, 8)
	var together sync.WaitGroup
	for i := range statuses {
		together.Go(func() {
			r := httptest.NewRequest(http.MethodPost, "/v1/session", strings.NewReader(`{"code":"once"}`))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			f.handler.ServeHTTP(w, r)
			statuses[i] = w.Code
		})
	}
	together.Wait()
	slices.Sort(statuses)
	require.Equal(t, []int{201, 401}, slices.Compact(slices.Clone(statuses)))
	require.NotEqual(t, 201, statuses[1], "one session of one code")

	g := setup(t, s, dev)
	cookie := g.signIn(object{"code": "once"})
	who := g.must(200, "GET", "/v1/session", nil, withCookie(cookie))
	require.Equal(t, true, who["dev"])
	require.Equal(t, []any{"admin"}, who["scopes"])

	late := setup(t, s, dev)
	late.clock.Advance(codeLife)
	late.must(401, "POST", "/v1/session", object{"code": "once"})
	keyless := setup(t, s, dev, func(c *Config) { c.BootstrapKey = "" })
	keyless.must(401, "POST", "/v1/session", object{"code": "once"})
}
