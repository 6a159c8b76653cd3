package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store/storetest"
)

func TestFrame(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	cookie := f.signIn(object{"key": adminKey})
	post := func(html string, opts ...option) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, framePath, strings.NewReader(url.Values{"html": {html}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, opt := range opts {
			opt(r)
		}
		w := httptest.NewRecorder()
		f.handler.ServeHTTP(w, r)
		return w
	}
	const mail = `<p style="color:red">Hi</p><script>alert(1)</script>`
	w := post(mail, withCookie(cookie))
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, mail, w.Body.String())
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Equal(t, "SAMEORIGIN", w.Header().Get("X-Frame-Options"))
	policy := w.Header().Get("Content-Security-Policy")
	require.True(t, strings.HasPrefix(policy, "sandbox; default-src 'none'; "), policy)
	require.NotContains(t, policy, "allow-")
	require.NotContains(t, policy, "script")

	full := strings.Repeat("ü", maxFrame/2) // six bytes each in the form
	require.Equal(t, 200, post(full, withCookie(cookie)).Code)
	for name, one := range map[string]struct {
		status int
		w      *httptest.ResponseRecorder
	}{
		"no cookie":       {401, post(mail)},
		"a key":           {401, post(mail, withKey(adminKey))},
		"forged cookie":   {401, post(mail, withCookie(&http.Cookie{Name: sessionCookie, Value: "x"}))},
		"another site":    {403, post(mail, withCookie(cookie), fromElsewhere)},
		"too large":       {413, post(full+"x", withCookie(cookie))},
		"form too large":  {413, post(strings.Repeat("ü", maxFrame), withCookie(cookie))},
		"another content": {415, post(mail, withCookie(cookie), withType("text/html"))},
		"a broken form":   {400, postRaw(f, "html=%zz", cookie)},
		"not posted":      {405, browse(f, "GET", framePath, "Accept", navigation)},
	} {
		require.Equal(t, one.status, one.w.Code, name)
		require.Equal(t, "application/problem+json", one.w.Header().Get("Content-Type"), name)
	}
}

func postRaw(f *fixture, form string, cookie *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, framePath, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	withCookie(cookie)(r)
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}
