package api

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

// hello is a small definition that can be published anywhere.
func hello(change ...func(object)) object {
	def := object{
		"schema": 1, "key": "hello", "name": "Hello", "start": "mail",
		"triggers": []object{{"id": "signup", "event": "form.submitted"}},
		"nodes": object{
			"mail":  object{"type": "email", "with": object{"subject": "Hi", "body": "Hello", "class": "transactional"}, "next": "pause"},
			"pause": object{"type": "wait", "with": object{"for": "3d"}, "next": "done"},
			"done":  object{"type": "end"},
		},
		"layout": object{"mail": object{"x": 1, "y": 2}},
	}
	for _, fn := range change {
		fn(def)
	}
	return def
}

func named(name string) func(object) { return func(d object) { d["name"] = name } }
func keyed(key string) func(object)  { return func(d object) { d["key"] = key } }

// retitled changes what the workflow does.
func retitled(subject string) func(object) {
	return func(d object) {
		d["nodes"].(object)["mail"].(object)["with"].(object)["subject"] = subject
	}
}

func example(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile("../examples/" + name + ".yaml")
	require.NoError(t, err)
	return string(body)
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		a := f.call("POST", "/v1/workflows", hello())
		require.Equal(t, 201, a.status, a.body)
		require.Equal(t, "/v1/workflows/hello", a.header.Get("Location"))
		etag := a.header.Get("ETag")
		require.Equal(t, etag, `"`+path(t, a.json, "draft", "etag").(string)+`"`)
		require.Equal(t, "draft", a.json["status"])
		require.Nil(t, a.json["version"])
		require.EqualValues(t, 1, path(t, a.json, "draft", "definition", "layout", "mail", "x"))
		f.run(t, []scenario{
			{name: "again", method: "POST", url: "/v1/workflows", body: hello(), status: 409, expected: []string{`"key-exists"`}},
			{name: "read", method: "GET", url: "/v1/workflows/hello", status: 200, expected: []string{`"active":0`}},
			{name: "list", method: "GET", url: "/v1/workflows?status=draft", status: 200, expected: []string{`"hello"`}},
			{name: "list of others", method: "GET", url: "/v1/workflows?status=active", status: 200, expected: []string{`"items":[]`}},
			{name: "as YAML", method: "GET", url: "/v1/workflows/hello", opts: []option{withHeader("Accept", "application/yaml")}, status: 200, expected: []string{"key: hello\n", "subject: Hi\n"}},
			{name: "other key inside", method: "PUT", url: "/v1/workflows/hello", body: hello(keyed("other")), status: 422, expected: []string{`"/key"`}},
			{name: "create only", method: "PUT", url: "/v1/workflows/hello", body: hello(), opts: []option{withHeader("If-None-Match", "*")}, status: 412, expected: []string{`"precondition-failed"`}},
			{name: "stale", method: "PUT", url: "/v1/workflows/hello", body: hello(), opts: []option{withHeader("If-Match", `"stale"`)}, status: 412},
			{name: "match", method: "PUT", url: "/v1/workflows/hello", body: hello(named("Hello 2")), opts: []option{withHeader("If-Match", etag)}, status: 200, expected: []string{"Hello 2"}},
			{name: "match of the old one", method: "PUT", url: "/v1/workflows/hello", body: hello(), opts: []option{withHeader("If-Match", etag)}, status: 412},
			{name: "match of nothing", method: "PUT", url: "/v1/workflows/new", body: hello(keyed("new")), opts: []option{withHeader("If-Match", "*")}, status: 412},
			{name: "put creates", method: "PUT", url: "/v1/workflows/new", body: hello(keyed("new")), opts: []option{withHeader("If-None-Match", "*")}, status: 201},
			{name: "put spelled wrong", method: "PUT", url: "/v1/workflows/New", body: hello(), status: 422},
			{name: "incomplete", method: "PUT", url: "/v1/workflows/part", body: object{"key": "part"}, status: 201, expected: []string{`"severity":"error"`}},
			{name: "typo is kept and told", method: "PUT", url: "/v1/workflows/part", body: object{"key": "part", "starts": "x"}, status: 200, expected: []string{"/starts", "start"}},
			{name: "no key", method: "POST", url: "/v1/workflows", body: object{"schema": 1}, status: 422, expected: []string{`"/key"`}},
			{name: "no JSON", method: "POST", url: "/v1/workflows", body: `{"key":`, status: 400, expected: []string{`"malformed"`}},
			{name: "a list", method: "POST", url: "/v1/workflows", body: `[]`, status: 422, expected: []string{"object"}},
			{name: "key twice", method: "POST", url: "/v1/workflows", body: `{"key":"a","key":"b"}`, status: 422, expected: []string{`"/key"`, "duplicate_key"}},
			{name: "alias", method: "POST", url: "/v1/workflows", body: "key: x\nnodes: &a {}\nlayout: *a\n", opts: []option{withType("application/yaml")}, status: 422, expected: []string{"alias"}},
			{name: "too large", method: "POST", url: "/v1/workflows", body: `{"key":"a","name":"` + strings.Repeat("x", definition.MaxBytes) + `"}`, status: 413, expected: []string{"payload-too-large"}},
			{name: "over the body limit", method: "POST", url: "/v1/workflows", body: strings.Repeat("x", maxBody+1), status: 413, expected: []string{"payload-too-large"}},
			{name: "other type", method: "POST", url: "/v1/workflows", body: "{}", opts: []option{withType("text/plain")}, status: 415, expected: []string{"unsupported-media-type", "application/yaml"}},
			{name: "no such workflow", method: "GET", url: "/v1/workflows/none", status: 404},
		})
	})
}

func TestYAMLDraftKeepsOrderAndMeaning(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	for _, name := range []string{"agency-onboarding", "onboarding-14", "order-status", "post-purchase", "refund"} {
		source := example(t, name)
		f.must(201, "POST", "/v1/workflows", source, withType("application/yaml"))
		a := f.call("GET", "/v1/workflows/"+name, nil, withHeader("Accept", "application/yaml"))
		require.Equal(t, "application/yaml", a.header.Get("Content-Type"))
		sent, problems := definition.Parse([]byte(source), true)
		require.NotNil(t, sent, "%v", problems)
		back, problems := definition.Parse([]byte(a.body), true)
		require.NotNil(t, back, "%v\n%s", problems, a.body)
		require.JSONEq(t, string(sent.Canonical()), string(back.Canonical()))
		require.Equal(t, sent.Order, back.Order)
		require.Less(t, strings.Index(a.body, "triggers:"), strings.Index(a.body, "start:"))
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.must(201, "POST", "/v1/workflows", hello())
	f.run(t, []scenario{
		{name: "clean enough", method: "POST", url: "/v1/validate", body: hello(), status: 200, forbidden: []string{`"severity":"error"`}},
		{name: "stored draft", method: "POST", url: "/v1/workflows/hello/validate", status: 200, forbidden: []string{`"severity":"error"`}},
		{name: "unknown node type", method: "POST", url: "/v1/validate", body: object{"schema": 1, "key": "a", "start": "x", "nodes": object{"x": object{"type": "emial"}}}, status: 200, expected: []string{`"code":"unknown_type"`, `"node":"x"`, "email"}},
		{name: "not JSON at all", method: "POST", url: "/v1/validate", body: "{", status: 200, expected: []string{`"code":"syntax"`}},
		{name: "missing references carry fixes", method: "POST", url: "/v1/validate", body: example(t, "post-purchase"), opts: []option{withType("application/yaml")}, status: 200, expected: []string{"missing_reference", `"path":"/v1/pipelines"`, `"path":"/v1/courses"`}},
		{name: "too deep", method: "POST", url: "/v1/validate", body: strings.Repeat("[", 10000), status: 200, expected: []string{`"severity":"error"`}},
		{name: "no body", method: "POST", url: "/v1/validate", status: 415},
		{name: "schema", method: "GET", url: "/v1/schema", status: 200, expected: []string{"$schema"}},
		{name: "nodes", method: "GET", url: "/v1/nodes", status: 200, expected: []string{`"wait_until"`, "x-ui", `"ports_from":"branches[].id"`, `"ports_when":{"timeout":"timeout"}`}},
	})
}

func TestPublish(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello())
		preview := f.must(200, "POST", "/v1/workflows/hello/publish?dry_run=true", nil)
		require.EqualValues(t, 1, preview["version"])
		require.Equal(t, true, preview["changed"])
		require.Equal(t, "draft", f.must(200, "GET", "/v1/workflows/hello", nil)["status"])

		first := f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		require.Equal(t, preview["hash"], first["hash"])
		require.EqualValues(t, 1, first["version"])
		again := f.must(200, "POST", "/v1/workflows/hello/publish", object{"in_flight": "stay"})
		require.Equal(t, false, again["changed"])
		require.EqualValues(t, 1, again["version"])

		f.must(200, "PUT", "/v1/workflows/hello", hello(func(d object) { d["layout"] = object{"mail": object{"x": 9, "y": 9}} }))
		require.Equal(t, false, f.must(200, "POST", "/v1/workflows/hello/publish", nil)["changed"], "layout is no content")

		f.must(200, "PUT", "/v1/workflows/hello", hello(retitled("Hi again")))
		second := f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		require.EqualValues(t, 2, second["version"])
		require.NotEqual(t, first["hash"], second["hash"])

		back := f.must(200, "POST", "/v1/workflows/hello/rollback", object{"to": 1})
		require.EqualValues(t, 3, back["version"])
		require.Equal(t, first["hash"], back["hash"])

		workflow := f.must(200, "GET", "/v1/workflows/hello", nil)
		require.Equal(t, "active", workflow["status"])
		require.EqualValues(t, 3, workflow["version"])
		require.Equal(t, "Hi again", path(t, workflow, "draft", "definition", "nodes", "mail", "with", "subject"), "the draft stays")
		f.run(t, []scenario{
			{name: "versions", method: "GET", url: "/v1/workflows/hello/versions?limit=2", status: 200, expected: []string{`"version":3`, `"version":2`, `"next":"2"`}, forbidden: []string{`"version":1`}},
			{name: "the rest", method: "GET", url: "/v1/workflows/hello/versions?limit=2&cursor=2", status: 200, expected: []string{`"version":1`, `"next":null`}},
			{name: "one", method: "GET", url: "/v1/workflows/hello/versions/1", status: 200, expected: []string{`"layout"`, "bootstrap key"}},
			{name: "one as YAML", method: "GET", url: "/v1/workflows/hello/versions/1", opts: []option{withHeader("Accept", "application/yaml")}, status: 200, expected: []string{"key: hello"}},
			{name: "against", method: "GET", url: "/v1/workflows/hello/versions/2?against=1", status: 200, expected: []string{`"/nodes/mail/with/subject"`, `"from":"Hi"`, `"to":"Hi again"`, `"node":"mail"`}},
			{name: "against none", method: "GET", url: "/v1/workflows/hello/versions/2?against=9", status: 422, expected: []string{"?against"}},
			{name: "no such version", method: "GET", url: "/v1/workflows/hello/versions/9", status: 404},
			{name: "no number", method: "GET", url: "/v1/workflows/hello/versions/x", status: 404},
			{name: "rollback to nowhere", method: "POST", url: "/v1/workflows/hello/rollback", body: object{"to": 9}, status: 422, expected: []string{`"/to"`}},
			{name: "misspelled", method: "POST", url: "/v1/workflows/hello/publish", body: object{"inflight": "stay"}, status: 422, expected: []string{"did you mean in_flight?"}},
			{name: "audit", method: "GET", url: "/v1/audit?subject=hello", status: 200, expected: []string{"workflow.publish", "workflow.rollback"}},
		})
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			triggers, err := tx.EventWorkflows("form.submitted")
			require.NoError(t, err)
			require.Len(t, triggers, 1)
			require.Equal(t, back["hash"], triggers[0].Hash)
			body, err := tx.Definition(triggers[0].Hash)
			require.NoError(t, err)
			require.Equal(t, triggers[0].Hash, definition.Hash(body))
			return nil
		}))
	})
}

func TestPublishNeedsWhatItNames(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		yamlBody := withType("application/yaml")
		f.must(201, "POST", "/v1/workflows", example(t, "onboarding-14"), yamlBody)
		f.must(201, "POST", "/v1/workflows", example(t, "post-purchase"), yamlBody)
		a := f.call("POST", "/v1/workflows/post-purchase/publish", nil)
		require.Equal(t, 422, a.status)
		require.Contains(t, a.body, "missing_reference")
		require.Contains(t, a.body, "/nodes/deal/with/pipeline")
		require.Equal(t, "draft", f.must(200, "GET", "/v1/workflows/post-purchase", nil)["status"])
		preview := f.must(200, "POST", "/v1/workflows/post-purchase/publish?dry_run=true", nil)
		require.NotEmpty(t, preview["problems"])

		a = f.call("POST", "/v1/workflows/post-purchase/publish?create_missing=true", nil)
		require.Equal(t, 422, a.status, "nobody but a person knows the secret")
		require.Contains(t, a.body, "/v1/secrets/slack_team")
		require.Empty(t, f.must(200, "GET", "/v1/secrets", nil)["items"])
		f.must(404, "GET", "/v1/pipelines/sales", nil)

		f.must(200, "PUT", "/v1/secrets/slack_team", object{"value": "http://127.0.0.1/slack"})
		f.must(404, "GET", "/v1/pipelines/sales", nil)
		f.must(200, "POST", "/v1/workflows/post-purchase/publish?create_missing=true", nil)
		pipeline := f.must(200, "GET", "/v1/pipelines/sales", nil)
		require.Equal(t, []any{
			object{"key": "new", "name": "New", "kind": "open"}, object{"key": "won", "name": "Won", "kind": "won"},
		}, pipeline["stages"])
		f.must(200, "GET", "/v1/courses/program-a", nil)

		f.must(201, "POST", "/v1/workflows", example(t, "refund"), yamlBody)
		f.must(200, "POST", "/v1/workflows/refund/publish?create_missing=true", nil)
		f.run(t, []scenario{
			{name: "stages were added", method: "GET", url: "/v1/pipelines/sales", status: 200, expected: []string{`"won"`, `{"key":"refunded","kind":"lost","name":"Refunded"}`}},
			{name: "pipeline in use", method: "DELETE", url: "/v1/pipelines/sales", status: 409, expected: []string{`"in-use"`, "workflow refund (version 1)"}},
			{name: "course in use", method: "DELETE", url: "/v1/courses/program-a", status: 409, expected: []string{"workflow post-purchase"}},
			{name: "secret in use", method: "DELETE", url: "/v1/secrets/slack_team", status: 409, expected: []string{"workflow post-purchase"}},
		})
	})
}

func TestStopStartArchive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(409, "POST", "/v1/workflows/hello/stop", nil)
		f.must(409, "POST", "/v1/workflows/hello/start", nil)
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		people := object{"contacts": []object{{"email": "ana@example.com"}, {"email": "ben@example.com"}}}
		require.EqualValues(t, 2, f.must(200, "POST", "/v1/workflows/hello/enrollments", people)["enrolled"])
		require.EqualValues(t, 2, f.must(200, "GET", "/v1/workflows/hello", nil)["active"])

		require.Equal(t, "stopped", f.must(200, "POST", "/v1/workflows/hello/stop", nil)["status"])
		f.must(409, "POST", "/v1/workflows/hello/enrollments", object{"contacts": []object{{"email": "cleo@example.com"}}})
		require.Equal(t, "active", f.must(200, "POST", "/v1/workflows/hello/start", nil)["status"])

		refused := f.must(409, "DELETE", "/v1/workflows/hello", nil)
		require.EqualValues(t, 2, refused["count"])
		f.must(204, "DELETE", "/v1/workflows/hello?in_flight=exit", nil)
		require.Equal(t, "archived", f.must(200, "GET", "/v1/workflows/hello", nil)["status"])
		list := f.must(200, "GET", "/v1/enrollments?workflow=hello&status=exited", nil)
		require.Len(t, list["items"], 2)
		require.Equal(t, "archive", path(t, list, "items", 0, "reason"))
		f.must(409, "POST", "/v1/workflows/hello/publish", nil)
		f.must(409, "PUT", "/v1/workflows/hello", hello())
		require.Equal(t, "active", f.must(200, "POST", "/v1/workflows/hello/start", nil)["status"])
		f.must(200, "POST", "/v1/workflows/hello/stop", object{"in_flight": "exit"})
		f.must(204, "DELETE", "/v1/workflows/hello", nil)
	})
}

func TestPublishMayEndWhoIsInside(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		f.must(200, "POST", "/v1/workflows/hello/enrollments", object{"contacts": []object{{"email": "ana@example.com"}}})
		f.must(200, "PUT", "/v1/workflows/hello", hello(retitled("New")))
		preview := f.must(200, "POST", "/v1/workflows/hello/publish?dry_run=true", object{"in_flight": "stay"})
		require.EqualValues(t, 1, path(t, preview, "in_flight", "stay"))
		require.Equal(t, "mail", path(t, preview, "nodes", 0, "node"))
		require.EqualValues(t, 1, path(t, preview, "nodes", 0, "waiting"))
		done := f.must(200, "POST", "/v1/workflows/hello/publish", object{"in_flight": "exit"})
		require.EqualValues(t, 1, path(t, done, "in_flight", "exit"))
		list := f.must(200, "GET", "/v1/enrollments?workflow=hello", nil)
		require.Equal(t, "exited", path(t, list, "items", 0, "status"))
		require.EqualValues(t, 1, path(t, list, "items", 0, "version"))
	})
}
