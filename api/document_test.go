package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"fermata/store/storetest"
)

const signInCall = "POST /v1/session"

func TestEveryOperationHasAScope(t *testing.T) {
	t.Parallel()
	for _, op := range testDocument().sorted() {
		name := op.method + " " + op.path
		_, known := scopeRank[op.scope]
		require.True(t, known || op.scope == scopePublic || op.scope == scopeAny, name)
		if op.scope == scopePublic {
			require.NotNil(t, op.spec.Security, "%s must say that it is public", name)
			require.Empty(t, *op.spec.Security, name)
			// The token in its path is the key of an inbound webhook or of a mail provider, and a sign-in carries its key in the body.
			allowed := !strings.HasPrefix(op.path, "/v1/") || op.path == "/v1/hooks/{token}" || op.path == "/v1/mail/inbound/{token}" || name == signInCall
			require.True(t, allowed, "%s must not be public", name)
		} else {
			require.Nil(t, op.spec.Security, "%s must not lift the security of the document", name)
			require.True(t, strings.HasPrefix(op.path, "/v1/"), name)
		}
		require.NotEmpty(t, op.id, name)
		require.NotEmpty(t, op.spec.Summary, name)
		require.Len(t, op.spec.Tags, 1, name)
	}
	_, err := newOperation("GET", "/v1/x", &openapi3.Operation{OperationID: "x"})
	require.ErrorContains(t, err, "no x-scope")
}

func TestCreatingPostsTakeAnIdempotencyKey(t *testing.T) {
	t.Parallel()
	for _, op := range testDocument().sorted() {
		if op.method != http.MethodPost || op.spec.Responses.Value("201") == nil && op.spec.Responses.Value("202") == nil {
			continue
		}
		// A sign-in answers with a cookie, which nothing may remember; a second session does no harm.
		if op.method+" "+op.path == signInCall {
			continue
		}
		found := false
		for _, p := range op.header {
			found = found || p.Name == "Idempotency-Key"
		}
		require.True(t, found, op.path)
	}
}

// TestExamplesFitTheirSchemas: what the document shows must be accepted and answered that way.
func TestExamplesFitTheirSchemas(t *testing.T) {
	t.Parallel()
	d := testDocument()
	for name, ref := range d.doc.Components.Schemas {
		if ref.Value.Example != nil {
			require.Empty(t, checkSchema(ref.Value, ref.Value.Example), name)
		}
	}
	for _, op := range d.sorted() {
		name := op.method + " " + op.path
		if op.spec.RequestBody != nil {
			media := op.spec.RequestBody.Value.Content["application/json"]
			if media == nil {
				continue
			}
			require.NotNil(t, media.Example, "%s has no example of its body", name)
			encoded, err := json.Marshal(media.Example)
			require.NoError(t, err)
			value, err := readJSON(encoded)
			require.NoError(t, err)
			require.Empty(t, checkSchema(media.Schema.Value, value), name)
		}
		for code, response := range op.spec.Responses.Map() {
			media := response.Value.Content["application/json"]
			if media == nil || code == "default" || media.Schema.Ref == "" {
				continue
			}
			require.NotNil(t, media.Schema.Value.Example, "%s answers %s, which has no example", name, media.Schema.Ref)
		}
	}
}

func TestObjectsAreClosed(t *testing.T) {
	t.Parallel()
	open := map[string]bool{"Definition": true, "Raw": true, "EngineHealth": true, "Health": true, "FileUpload": true}
	for name, ref := range testDocument().doc.Components.Schemas {
		if ref.Value.Type == nil || !ref.Value.Type.Is("object") || open[name] {
			continue
		}
		closed := ref.Value.AdditionalProperties.Has != nil && !*ref.Value.AdditionalProperties.Has
		require.True(t, closed, "schema %s takes unknown fields", name)
	}
}

func TestRoutesAreProblemsToo(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.run(t, []scenario{
		{name: "no such path", method: "GET", url: "/v1/nothing", status: 404, expected: []string{`"not-found"`}},
		{name: "no such path without a key", method: "GET", url: "/v1/nothing", opts: []option{withKey("")}, status: 404},
		{name: "no such method", method: "DELETE", url: "/v1/events", status: 405, expected: []string{`"method-not-allowed"`}},
		{name: "trailing slash", method: "GET", url: "/v1/events/", status: 404},
		{name: "body where none belongs", method: "POST", url: "/v1/workflows/x/start", body: object{"force": true}, status: 422, expected: []string{`"/force"`, "is not known here"}},
		{name: "two fields where none belong", method: "POST", url: "/v1/workflows/x/start", body: object{"b": 1, "a/b": 2}, status: 422, expected: []string{`"/a~1b"`, `"/b"`}},
		{name: "list where no body belongs", method: "POST", url: "/v1/workflows/x/start", body: "[]", status: 422, expected: []string{"must be an object"}},
		{name: "no JSON where no body belongs", method: "POST", url: "/v1/workflows/x/start", body: "{", status: 400},
		{name: "form where no body belongs", method: "POST", url: "/v1/workflows/x/start", body: "a=b", opts: []option{withType("application/x-www-form-urlencoded")}, status: 415},
		{name: "compressed where no body belongs", method: "POST", url: "/v1/workflows/x/start", body: "{}", opts: []option{withHeader("Content-Encoding", "gzip")}, status: 415},
		{name: "empty object where no body belongs", method: "POST", url: "/v1/workflows/x/start", body: object{}, status: 404},
		{name: "empty body where none belongs", method: "POST", url: "/v1/workflows/x/start", body: "", opts: []option{withType("")}, status: 404},
		{name: "compressed body", method: "POST", url: "/v1/tags", body: object{"name": "x"}, opts: []option{withHeader("Content-Encoding", "gzip")}, status: 415},
		{name: "no content type", method: "POST", url: "/v1/tags", body: `{"name":"x"}`, opts: []option{withType("")}, status: 415},
		{name: "charset is fine", method: "POST", url: "/v1/tags", body: `{"name":"x"}`, opts: []option{withType("application/json; charset=utf-8")}, status: 201},
		{name: "broken text", method: "POST", url: "/v1/tags", body: "{\"name\":\"\xff\"}", status: 400},
		{name: "empty body", method: "POST", url: "/v1/tags", body: "", status: 400, expected: []string{"empty"}},
		{name: "NUL in a path", method: "GET", url: "/v1/tags/a%00b", status: 404},
		{name: "NUL in a query", method: "GET", url: "/v1/contacts?query=a%00b", status: 422, expected: []string{"?query"}},
		{name: "broken text in a query", method: "GET", url: "/v1/contacts?query=%ff", status: 422, expected: []string{"?query"}},
		{name: "a parameter twice", method: "GET", url: "/v1/contacts?query=a&query=b", status: 422, expected: []string{"twice"}},
	})
	a := f.call("GET", "/v1/account", nil, withKey(""))
	require.NotEmpty(t, a.header.Get("WWW-Authenticate"))
	require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
}

func TestDocsAreSelfContained(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	a := f.call("GET", "/docs", nil, withKey(""))
	require.Equal(t, 200, a.status)
	policy := a.header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")
	require.NotContains(t, a.body, "<script")
	require.NotContains(t, a.body, " style=")
	require.NotContains(t, a.body, `src="`)
	require.NotContains(t, a.body, `href="http`)
	require.Equal(t, 1, strings.Count(a.body, "<style>"))
	for _, op := range testDocument().sorted() {
		require.Contains(t, a.body, `id="`+op.id+`"`)
	}
	for name := range testDocument().doc.Components.Schemas {
		require.Contains(t, a.body, `id="schema-`+name+`"`)
	}
	served := f.call("GET", "/openapi.json", nil, withKey(""))
	doc, err := openapi3.NewLoader().LoadFromData([]byte(served.body))
	require.NoError(t, err)
	require.NoError(t, doc.Validate(t.Context()))
	require.Equal(t, testDocument().doc.Paths.Len(), doc.Paths.Len())
}

func TestHomeSaysThatThePageIsNotThere(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	for _, method := range []string{"GET", "HEAD"} {
		a := serve(f.handler, method, "/")
		require.Equal(t, 200, a.Code, "no key is needed")
		require.Equal(t, "text/html; charset=utf-8", a.Header().Get("Content-Type"))
		policy := a.Header().Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'")
		require.NotContains(t, policy, "unsafe")
	}
	body := serve(f.handler, "GET", "/").Body.String()
	require.Contains(t, body, "not part of this build")
	require.Contains(t, body, "make web")
	for _, link := range []string{"/docs", "/openapi.json"} {
		require.Contains(t, body, `href="`+link+`"`)
		require.Equal(t, 200, serve(f.handler, "GET", link).Code)
	}
	for _, forbidden := range []string{"http://", "https://", "src=", "<script"} {
		require.NotContains(t, body, forbidden)
	}
	require.Equal(t, 404, serve(f.handler, "GET", "/workflows").Code)
	require.Equal(t, 405, serve(f.handler, "POST", "/").Code)
}

func TestHealth(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	require.Equal(t, "down", f.must(200, "GET", "/v1/health/engine", nil)["status"])
	f.must(200, "GET", "/readyz", nil, withKey(""))
}

func TestExtraHandlers(t *testing.T) {
	t.Parallel()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("extra " + r.URL.Path))
	})
	f := setup(t, storetest.Open(t), func(c *Config) {
		c.Extra = map[string]http.Handler{"/metrics": handler, "/dev/": handler}
	})
	for _, url := range []string{"/metrics", "/dev/mail"} {
		w := serve(f.handler, "GET", url)
		require.Equal(t, "extra "+url, w.Body.String())
	}
}

func TestConfigMustBeComplete(t *testing.T) {
	t.Parallel()
	_, err := New(Config{})
	require.ErrorContains(t, err, "Store")
	_, err = New(Config{Store: storetest.Open(t)})
	require.ErrorContains(t, err, "Intake")
}
