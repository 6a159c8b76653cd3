package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// issue makes a key over the API and returns it with its id.
func (f *fixture) issue(scopes []string, extra object) (key, id string) {
	f.t.Helper()
	body := object{"name": "test", "person": "Sam Doe", "scopes": scopes}
	for name, value := range extra {
		body[name] = value
	}
	answer := f.must(201, "POST", "/v1/api-keys", body)
	return answer["key"].(string), answer["id"].(string)
}

// enough lists the scopes that may call an operation, by the contract.
func enough(scope string) []string {
	switch scope {
	case scopeAny:
		return []string{scopeEvents, scopeViewer, scopeEditor, scopePublisher, scopeAdmin}
	case scopeEvents:
		return []string{scopeEvents, scopeEditor, scopePublisher, scopeAdmin}
	case scopeViewer:
		return []string{scopeViewer, scopeEditor, scopePublisher, scopeAdmin}
	case scopeEditor:
		return []string{scopeEditor, scopePublisher, scopeAdmin}
	case scopePublisher:
		return []string{scopePublisher, scopeAdmin}
	}
	return []string{scopeAdmin}
}

// TestEveryOperationWithEveryKey is generated from the document and from the list of calls that
// are not available: no operation answers a key that it must not.
func TestEveryOperationWithEveryKey(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	keys := map[string]string{}
	for _, scope := range []string{scopeEvents, scopeViewer, scopeEditor, scopePublisher, scopeAdmin} {
		keys[scope], _ = f.issue([]string{scope}, nil)
	}
	expired, _ := f.issue([]string{scopeAdmin}, object{"expires_at": f.clock.Now().Add(time.Minute).Format(time.RFC3339)})
	revoked, id := f.issue([]string{scopeAdmin}, nil)
	f.must(204, "DELETE", "/v1/api-keys/"+id, nil)
	f.clock.Advance(2 * time.Minute)

	for _, c := range everyCall(t) {
		name, url := c.method+" "+c.path, pathParameter.ReplaceAllString(c.path, "1")
		for kind, key := range map[string]string{
			"no": "", "malformed": "fm_", "unknown": newKey(), "two words": adminKey + " x", "expired": expired, "revoked": revoked,
		} {
			require.Equal(t, http.StatusUnauthorized, f.plain(c.method, url, key), "%s with %s key", name, kind)
		}
		require.Equal(t, http.StatusUnauthorized, f.call(c.method, url, nil, withHeader("Authorization", "Basic "+adminKey)).status, name)
		for scope, key := range keys {
			status := f.plain(c.method, url, key)
			if slices.Contains(enough(c.scope), scope) {
				require.NotContains(t, []int{401, 403}, status, "%s with %s", name, scope)
			} else {
				require.Equal(t, http.StatusForbidden, status, "%s with %s", name, scope)
			}
		}
	}
}

type call struct{ method, path, scope string }

// everyCall lists the calls of the document that need a key.
func everyCall(t *testing.T) []call {
	t.Helper()
	calls := []call{}
	for _, op := range testDocument().sorted() {
		if op.scope != scopePublic {
			calls = append(calls, call{op.method, op.path, op.scope})
		}
	}
	require.Greater(t, len(calls), 100)
	return calls
}

// plain makes a call without a body and returns its status. What has a body is refused later than
// the key is, which is all that matters here.
func (f *fixture) plain(method, url, key string) int {
	f.t.Helper()
	return f.call(method, url, nil, withKey(key)).status
}

func TestKeysAreKeptAsHashes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		key, id := f.issue([]string{scopeViewer}, nil)
		require.True(t, strings.HasPrefix(key, keyPrefix))
		require.Len(t, key, len(keyPrefix)+43)
		f.must(200, "GET", "/v1/account", nil, withKey(key))
		list := f.call("GET", "/v1/api-keys", nil)
		require.NotContains(t, list.body, key)
		require.Contains(t, list.body, key[:keyShown])
		require.NotNil(t, path(t, list.json, "items", 0, "last_used_at"))
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			row, err := tx.APIKey(id)
			require.NoError(t, err)
			require.NotContains(t, fmt.Sprintf("%+v", *row), key)
			return nil
		}))
		f.must(204, "DELETE", "/v1/api-keys/"+id, nil)
		f.must(401, "GET", "/v1/account", nil, withKey(key))
		f.must(404, "DELETE", "/v1/api-keys/key_none", nil)
		f.run(t, []scenario{
			{name: "no person", method: "POST", url: "/v1/api-keys", body: object{"name": "x", "scopes": []string{"viewer"}}, status: 422, expected: []string{`"/person"`}},
			{name: "no name", method: "POST", url: "/v1/api-keys", body: object{"person": "Sam Doe", "scopes": []string{"viewer"}}, status: 201, expected: []string{`"name":"Sam Doe"`}},
			{name: "blank person", method: "POST", url: "/v1/api-keys", body: object{"name": "x", "person": " ", "scopes": []string{"viewer"}}, status: 422, expected: []string{`"/person"`}},
			{name: "no scopes", method: "POST", url: "/v1/api-keys", body: object{"name": "x", "person": "y", "scopes": []string{}}, status: 422, expected: []string{`"/scopes"`}},
			{name: "unknown scope", method: "POST", url: "/v1/api-keys", body: object{"name": "x", "person": "y", "scopes": []string{"root"}}, status: 422, expected: []string{`"/scopes/0"`, "publisher"}},
			{name: "expired at birth", method: "POST", url: "/v1/api-keys", body: object{"name": "x", "person": "y", "scopes": []string{"viewer"}, "expires_at": "2020-01-01T00:00:00Z"}, status: 422, expected: []string{`"/expires_at"`}},
		})
	})
}

func TestRepeatedKeyIsNotShownAgain(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	f := setup(t, s)
	body := object{"name": "shop", "person": "Sam", "scopes": []string{"events"}}
	first := f.must(201, "POST", "/v1/api-keys", body, withHeader("Idempotency-Key", "k"))
	again := f.must(201, "POST", "/v1/api-keys", body, withHeader("Idempotency-Key", "k"))
	require.Equal(t, first["id"], again["id"])
	require.Nil(t, again["key"])
	require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
		row, err := tx.Idempotent(keptKey("k"), "POST /v1/api-keys?")
		require.NoError(t, err)
		require.NotContains(t, string(row.Response), first["key"])
		return nil
	}))
}

func TestWithoutBootstrapKeyOnlyStoredKeysWork(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t), func(c *Config) { c.BootstrapKey = "" })
	f.must(401, "GET", "/v1/account", nil)
	f.must(401, "GET", "/v1/account", nil, withKey(""))
	f.must(200, "GET", "/healthz", nil, withKey(""))
}
