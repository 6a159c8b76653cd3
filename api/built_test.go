package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"fermata/store/storetest"
)

// madePage is a page as the build leaves it.
func madePage() fstest.MapFS {
	return fstest.MapFS{
		".placeholder":           {Data: []byte("x")},
		"index.html":             {Data: []byte(`<html><meta property="csp-nonce" nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style></html>`)},
		"favicon.svg":            {Data: []byte("<svg/>")},
		"assets/index-abc123.js": {Data: []byte(strings.Repeat("let a;", 1000))},
		"assets/small-abc.css":   {Data: []byte("a{}")},
		"assets/font-abc.woff2":  {Data: bytes.Repeat([]byte("f"), 4000)},
	}
}

func browse(f *fixture, method, url string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

const navigation = "text/html,application/xhtml+xml,*/*;q=0.8"

func TestPageIsServed(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t), func(c *Config) { c.Page = madePage() })
	nonces := map[string]bool{}
	for _, url := range []string{"/", "/workflows", "/workflows/hello/draft?node=a", "/sign-in", "/lists", "/index.html", "/.placeholder"} {
		w := browse(f, "GET", url, "Accept", navigation)
		require.Equal(t, 200, w.Code, url)
		require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
		require.Equal(t, "no-cache", w.Header().Get("Cache-Control"))
		require.Empty(t, w.Header().Get("ETag"), "a 304 would bring a policy of another nonce")
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		require.Equal(t, "DENY", w.Header().Get("X-Frame-Options"))
		require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
		require.NotEmpty(t, w.Header().Get("Permissions-Policy"))
		policy := w.Header().Get("Content-Security-Policy")
		require.NotContains(t, policy, "unsafe")
		require.Contains(t, policy, "default-src 'none'; script-src 'self'; ")
		nonce := regexp.MustCompile(`'nonce-([\w-]{22})'`).FindStringSubmatch(policy)
		require.NotNil(t, nonce, policy)
		require.Equal(t, 2, strings.Count(w.Body.String(), `nonce="`+nonce[1]+`"`))
		require.NotContains(t, w.Body.String(), noncePlace)
		require.False(t, nonces[nonce[1]], "each answer has its own")
		nonces[nonce[1]] = true
	}
	require.Equal(t, 200, browse(f, "GET", "/").Code, "whatever is accepted")
	require.Equal(t, 200, browse(f, "HEAD", "/").Code)
}

func TestPageKeepsOffTheAPI(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t), func(c *Config) {
		c.Page = madePage()
		c.Extra = map[string]http.Handler{"/metrics": http.NotFoundHandler()}
	})
	for _, url := range []string{
		"/v1", "/v1/", "/v1/nothing", "/docs/x", "/openapi.json/x", "/dev/mail", "/u/x/y", "/l/x/y", "/o/x/y", "/u", "/healthz/", "/readyz/x",
		"/metrics/x", "/assets/index-old.js", "/assets/", "/assets",
	} {
		w := browse(f, "GET", url, "Accept", navigation)
		require.Equal(t, 404, w.Code, url)
		require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), url)
	}
	require.Equal(t, 404, browse(f, "GET", "/workflows", "Accept", "application/json").Code)
	require.Equal(t, 404, browse(f, "GET", "/workflows").Code)
	require.Equal(t, 404, browse(f, "POST", "/workflows", "Accept", navigation).Code)
	require.Equal(t, 405, browse(f, "POST", "/", "Accept", navigation).Code)
	require.Equal(t, 200, browse(f, "GET", "/docs", "Accept", navigation).Code)
}

func TestFilesOfThePage(t *testing.T) {
	t.Parallel()
	files := madePage()
	f := setup(t, storetest.Open(t), func(c *Config) { c.Page = files })
	const script = "/assets/index-abc123.js"
	plain := browse(f, "GET", script)
	require.Equal(t, string(files["assets/index-abc123.js"].Data), plain.Body.String())
	require.Equal(t, "text/javascript; charset=utf-8", plain.Header().Get("Content-Type"))
	require.Equal(t, "public, max-age=31536000, immutable", plain.Header().Get("Cache-Control"))
	require.Equal(t, "Accept-Encoding", plain.Header().Get("Vary"))

	small := browse(f, "GET", script, "Accept-Encoding", "br;q=1.0, gzip;q=0.8")
	require.Equal(t, "gzip", small.Header().Get("Content-Encoding"))
	require.Less(t, small.Body.Len(), 200)
	unzipped, err := gzip.NewReader(small.Body)
	require.NoError(t, err)
	body, err := io.ReadAll(unzipped)
	require.NoError(t, err)
	require.Equal(t, plain.Body.String(), string(body))
	for _, refused := range []string{"br", "gzip;q=0", "gzip; q=0.0", "gzipped"} {
		require.Empty(t, browse(f, "GET", script, "Accept-Encoding", refused).Header().Get("Content-Encoding"), refused)
	}
	for _, url := range []string{"/assets/font-abc.woff2", "/assets/small-abc.css"} {
		require.Empty(t, browse(f, "GET", url, "Accept-Encoding", "gzip").Header().Get("Content-Encoding"), url)
	}
	for _, seen := range []string{plain.Header().Get("ETag"), small.Header().Get("ETag")} {
		again := browse(f, "GET", script, "If-None-Match", seen)
		require.Equal(t, 304, again.Code)
		require.Zero(t, again.Body.Len())
	}
	icon := browse(f, "GET", "/favicon.svg")
	require.Equal(t, "no-cache", icon.Header().Get("Cache-Control"))
	require.NotEmpty(t, icon.Header().Get("ETag"))
}

func TestWithoutIndexThereIsNoPage(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t), func(c *Config) { c.Page = fstest.MapFS{".placeholder": {Data: []byte("x")}} })
	require.Contains(t, browse(f, "GET", "/", "Accept", navigation).Body.String(), "make web")
	require.Equal(t, 404, browse(f, "GET", "/workflows", "Accept", navigation).Code)
	require.Equal(t, 404, browse(f, "GET", "/.placeholder").Code)
}
