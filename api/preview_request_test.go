package api

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

func TestTryRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		net := &network{}
		f, _ := setupPreview(t, s, func(c *Config) { c.Caller = net })
		f.must(200, "PUT", "/v1/secrets/token", object{"value": "Bearer s3cr3t/t0ken+1"})
		f.must(200, "PUT", "/v1/secrets/hook", object{"value": "https://hooks.example/services/T0000/abcdefghij?key=qwertz"})
		f.must(200, "PUT", "/v1/secrets/signing", object{"value": "whsec_" + base64.StdEncoding.EncodeToString([]byte("thirty-two bytes for the signing"))})
		try := func(typ string, with object) map[string]any {
			return f.must(200, "POST", "/v1/preview/request", object{"type": typ, "with": with, "contact": "ana@example.com"})
		}
		net.answer = outgoing.Answer{Status: 201, Header: http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"a=b"}}, Body: []byte(`{"booked":true,"slot":{"id":7},"echo":"Bearer s3cr3t/t0ken+1"}`)}
		with := object{
			"url": "https://calendar.example/book?who={{ contact.email }}", "headers": object{"Authorization": "secret:token", "X-Plan": "{{ contact.plan }}"},
			"body": object{"email": "{{ contact.email }}"}, "sign": "secret:signing", "save_as": "booking",
		}
		a := try("webhook", with)
		require.EqualValues(t, 201, a["status"])
		require.Equal(t, object{"Content-Type": "application/json"}, a["headers"], "a few headers only")
		require.Equal(t, object{"booked": true, "slot": object{"id": 7.0}, "echo": "••••"}, a["body"])
		require.Nil(t, a["error"])
		require.Equal(t, "https://calendar.example/book?who=ana@example.com", path(t, a, "request", "url"))
		require.Equal(t, "••••", path(t, a, "request", "headers", "Authorization"))
		require.Equal(t, "••••", path(t, a, "request", "headers", "webhook-signature"))
		require.Equal(t, object{"email": "ana@example.com"}, path(t, a, "request", "body"))
		require.Equal(t, "/headers/X-Plan", path(t, a, "problems", 0, "path"))
		require.Len(t, net.asked, 1)
		require.Equal(t, "Bearer s3cr3t/t0ken+1", net.asked[0].Headers["Authorization"], "the secret is really sent")
		require.NotEmpty(t, net.asked[0].Headers["Idempotency-Key"])
		require.Equal(t, 10*time.Second, net.asked[0].Timeout)
		entry := path(t, f.must(200, "GET", "/v1/audit", nil), "items", 0)
		require.Equal(t, "preview.request", path(t, entry, "action"))
		require.Equal(t, object{"method": "POST", "host": "calendar.example"}, path(t, entry, "detail"))

		net.answer, net.err = outgoing.Answer{Status: 404, Body: []byte("no /services/T0000/abcdefghij?key=qwertz here, abcdefghij, s3cr3t")}, refusedBy{"http_404", "answer 404: no qwertz"}
		a = try("slack", object{"webhook": "secret:hook", "text": "Hi {{ contact.first_name }}"})
		require.EqualValues(t, 404, a["status"])
		require.Equal(t, object{"code": "http_404", "message": "answer 404: no ••••"}, a["error"])
		require.Equal(t, "no •••• here, ••••, s3cr3t", a["body"], "what is no secret of this call is not touched")
		require.Equal(t, "••••", path(t, a, "request", "url"))
		require.Equal(t, object{"text": "Hi Ana &lt;b&gt;"}, path(t, a, "request", "body"))
		net.answer, net.err = outgoing.Answer{}, errAway
		a = try("webhook", object{"url": "https://user:pass@calendar.example/", "method": "GET", "timeout": "5m"})
		require.Nil(t, a["status"])
		require.Nil(t, a["body"])
		require.Equal(t, object{"code": "failed", "message": "nobody is there"}, a["error"])
		require.NotContains(t, path(t, a, "request", "url"), "pass")
		require.Equal(t, tryWait, net.asked[2].Timeout)

		f.run(t, []scenario{
			{name: "no address", method: "POST", url: "/v1/preview/request", body: object{"type": "webhook", "with": object{}}, status: 422, expected: []string{`"/with/url"`}},
			{name: "no such secret", method: "POST", url: "/v1/preview/request", body: object{"type": "webhook", "with": object{"url": "secret:none"}}, status: 422, expected: []string{"there is no secret none"}},
			{name: "address of nothing", method: "POST", url: "/v1/preview/request", body: object{"type": "webhook", "with": object{"url": "{{ contact.site }}"}}, status: 422, expected: []string{`"/with/url"`}},
			{name: "address of a data secret", method: "POST", url: "/v1/preview/request", body: object{"type": "webhook", "with": object{"url": "{{ trigger.u }}"}, "trigger": object{"u": "secret:token"}}, status: 422, expected: []string{`"/with/url"`}, forbidden: []string{"s3cr3t"}},
			{name: "other type", method: "POST", url: "/v1/preview/request", body: object{"type": "email", "with": object{}}, status: 422, expected: []string{`"/type"`}},
		})
		require.Len(t, net.asked, 3)
		for range 7 {
			try("webhook", object{"url": "https://calendar.example/"})
		}
		f.must(429, "POST", "/v1/preview/request", object{"type": "webhook", "with": object{"url": "https://calendar.example/"}})
		require.Len(t, net.asked, 10)
	})
}
