package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// TestAKeyCanBeReadAndChanged: what it may do follows at once, and the key itself is never answered.
func TestAKeyCanBeReadAndChanged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		key, id := f.issue([]string{scopeEditor}, object{"expires_at": f.clock.Now().Add(time.Hour).Format(time.RFC3339)})
		url := "/v1/api-keys/" + id
		read := f.call("GET", url, nil)
		require.Equal(t, http.StatusOK, read.status)
		require.NotContains(t, read.body, key)
		f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"}, withKey(key))

		changed := f.must(200, "PATCH", url, object{"scopes": []string{scopeViewer, scopeViewer}, "expires_at": nil, "name": "reads"})
		require.Equal(t, []any{scopeViewer}, changed["scopes"])
		require.Equal(t, []any{"reads", "Sam Doe", nil}, []any{changed["name"], changed["person"], changed["expires_at"]})
		f.must(403, "POST", "/v1/contacts", object{"email": "ben@example.com"}, withKey(key))
		f.clock.Advance(2 * time.Hour)
		f.must(200, "GET", "/v1/contacts", nil, withKey(key))

		past := f.clock.Now().Add(-time.Minute).Format(time.RFC3339)
		f.run(t, []scenario{
			{name: "end that has passed", method: "PATCH", url: url, body: object{"expires_at": past}, status: 422, expected: []string{`"/expires_at"`}},
			{name: "no scope", method: "PATCH", url: url, body: object{"scopes": []string{}}, status: 422, expected: []string{`"/scopes"`}},
			{name: "nobody", method: "PATCH", url: url, body: object{"person": nil}, status: 422, expected: []string{`"/person"`}},
			{name: "its prefix", method: "PATCH", url: url, body: object{"prefix": "fm_x"}, status: 422, expected: []string{`"/prefix"`}},
			{name: "no such key", method: "PATCH", url: "/v1/api-keys/key_1", body: object{"name": "x"}, status: 404},
			{name: "audit", method: "GET", url: "/v1/audit?subject=" + id, status: 200, expected: []string{"api_key.update", "reads"}},
			{name: "revoke", method: "DELETE", url: url, status: 204},
			{name: "revoked", method: "GET", url: url, status: 200, expected: []string{`"revoked_at":"`}},
			{name: "revoked for good", method: "PATCH", url: url, body: object{"name": "x"}, status: 409, expected: []string{"was revoked"}},
		})
	})
}

// TestPartsOfAContactCanBeRead: its consent, and its place in a course.
func TestPartsOfAContactCanBeRead(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.must(201, "POST", "/v1/courses", object{"key": "program-a", "name": "Program A"})
	contact := "/v1/contacts/" + path(t, f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"}), "id").(string)
	f.must(200, "PUT", contact+"/consent", object{"email": object{"state": "unsubscribed", "source": "letter"}})
	said := f.must(200, "GET", contact+"/consent", nil)
	require.Equal(t, "unsubscribed", path(t, said, "email", "state"))
	require.Equal(t, f.must(200, "GET", contact, nil)["consent"], any(said))
	f.must(404, "GET", contact+"/courses/program-a", nil)
	f.must(200, "PUT", contact+"/courses/program-a", object{"progress": 50})
	require.Equal(t, object{"course": "program-a", "status": "enrolled", "progress": 50.0}, f.must(200, "GET", contact+"/courses/program-a", nil))
	f.must(204, "DELETE", contact+"/courses/program-a", nil)
	require.Equal(t, "unenrolled", f.must(200, "GET", contact+"/courses/program-a", nil)["status"])
	f.must(404, "GET", "/v1/contacts/con_1/consent", nil)
}

// TestValidateADefinitionOfAWorkflow: beside its draft, which stays as it is.
func TestValidateADefinitionOfAWorkflow(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.must(201, "POST", "/v1/workflows", hello())
	url := "/v1/workflows/hello/validate"
	draft := f.call("POST", url, nil).body
	require.Equal(t, draft, f.call("POST", url, object{}).body)
	broken := hello()
	broken["start"] = "nowhere"
	f.run(t, []scenario{
		{name: "one with an error", method: "POST", url: url, body: broken, status: 200, expected: []string{`"/start"`}},
		{name: "one in YAML", method: "POST", url: url, body: "key: hello\nstart: nowhere\n", opts: []option{withType(yamlType)}, status: 200, expected: []string{`"/nodes"`}},
		{name: "one of another workflow", method: "POST", url: url, body: object{"key": "other"}, status: 422, expected: []string{`"/key"`}},
		{name: "no definition", method: "POST", url: url, body: "{", status: 400},
		{name: "another type", method: "POST", url: url, body: "x", opts: []option{withType("text/plain")}, status: 415},
		{name: "no such workflow", method: "POST", url: "/v1/workflows/nothing/validate", body: hello(), status: 404},
	})
	require.Equal(t, draft, f.call("POST", url, nil).body)
}
