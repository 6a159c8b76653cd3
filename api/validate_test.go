package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// proved gives a definition tests.
func proved(tests ...object) func(object) { return func(d object) { d["tests"] = tests } }

func expecting(expect object) object {
	return object{"name": "Ana", "contact": object{"email": "ana@example.com"}, "expect": expect}
}

func TestTestsOfADefinitionGuardItsPublish(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		good := expecting(object{"outcome": "success", "path": []string{"mail", "pause", "done"}, "effects": []string{"mail"}})
		bad := expecting(object{"outcome": "failed"})
		require.Equal(t, 201, f.call("POST", "/v1/workflows", hello(proved(good, bad))).status)

		a := f.call("POST", "/v1/workflows/hello/validate", nil)
		require.Equal(t, 200, a.status, a.body)
		require.EqualValues(t, 1, path(t, a.json, "tests", "passed"))
		require.EqualValues(t, 1, path(t, a.json, "tests", "failed"))
		require.Contains(t, a.body, `"test_failed"`)
		require.EqualValues(t, 3, path(t, a.json, "tests", "coverage", "taken"))
		require.Contains(t, a.body, `"steps":[{"node":"mail","port":"next","status":"done"}`, "a step with how it ended")
		require.Contains(t, f.call("POST", "/v1/validate", hello(proved(expecting(object{"path": []string{"mail", "done"}})))).body,
			`"diverged":{"came":"pause","expected":"done","step":1}`)
		require.NotContains(t, f.call("POST", "/v1/workflows/hello/validate?tests=false", nil).body, `"tests"`)
		require.Contains(t, f.call("POST", "/v1/validate", hello(proved(bad))).body, "/tests/0/expect/outcome")

		a = f.call("POST", "/v1/workflows/hello/publish?dry_run=true", object{})
		require.Equal(t, 200, a.status, a.body)
		require.Contains(t, a.body, "/tests/1/expect/outcome")
		a = f.call("POST", "/v1/workflows/hello/publish", object{})
		require.Equal(t, http.StatusUnprocessableEntity, a.status, "a failing test stops it")
		require.Contains(t, a.body, "/tests/1/expect/outcome")
		require.Contains(t, a.body, "expected the outcome failed, came success")
		require.Equal(t, "draft", f.call("GET", "/v1/workflows/hello", nil).json["status"])

		require.Equal(t, 200, f.call("PUT", "/v1/workflows/hello", hello(proved(good))).status)
		a = f.call("POST", "/v1/workflows/hello/publish", object{})
		require.Equal(t, 200, a.status, a.body)
		require.EqualValues(t, 1, path(t, a.json, "tests", "passed"))

		// What stops a definition anyway leaves its tests out: they would say the same again.
		broken := hello(proved(bad), func(d object) { d["start"] = "nowhere" })
		a = f.call("POST", "/v1/validate", broken)
		require.NotContains(t, a.body, "test_failed")
	})
}

func TestTestsOfADefinitionSeeWhatTheInstallationHas(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	named := hello(func(d object) {
		d["nodes"].(object)["mail"].(object)["with"] = object{"template": "greeting"}
	}, proved(expecting(object{"effects": []object{{"subject": "Good morning"}}})))
	a := f.call("POST", "/v1/validate", named)
	require.Contains(t, a.body, "missing_reference")
	require.Contains(t, a.body, `came \"\"`, "what is missing stops no test")
	require.Equal(t, 201, f.call("POST", "/v1/email-templates", object{"key": "greeting", "subject": "Good morning", "text": "…", "class": "transactional"}).status)
	require.EqualValues(t, 1, path(t, f.call("POST", "/v1/validate", named).json, "tests", "passed"))
}

func TestManyTestsDoNotHoldUpAPublish(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	tests := make([]object, 20)
	for i := range tests {
		tests[i] = expecting(object{"outcome": "success"})
		tests[i]["name"] = fmt.Sprintf("test %d", i)
	}
	require.Equal(t, 201, f.call("POST", "/v1/workflows", hello(proved(tests...))).status)
	began := time.Now()
	a := f.call("POST", "/v1/workflows/hello/publish", object{})
	require.Equal(t, 200, a.status, a.body)
	require.EqualValues(t, 20, path(t, a.json, "tests", "passed"))
	t.Logf("published with 20 tests in %s", time.Since(began))
}

func TestTheFixesOfAProblemCanBeCarriedOut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		def := object{"schema": 1, "key": "fixed", "name": "Fixed", "start": "mail", "nodes": object{
			"mail":   object{"type": "email", "with": object{"template": "not-there"}, "next": "deal"},
			"deal":   object{"type": "deal_move", "with": object{"pipeline": "new-line", "stage": "paid"}, "next": "course"},
			"course": object{"type": "course_enroll", "with": object{"course": "new-course"}, "next": "other"},
			"other":  object{"type": "enroll_in", "with": object{"workflow": "new-flow"}, "next": "ask"},
			"ask": object{
				"type": "branch", "with": object{"branches": []object{{"id": "in", "when": object{"segment": "new-segment"}}}},
				"next": object{"in": "done", "else": "done"},
			},
			"done": object{"type": "end"},
		}}
		answer := f.must(200, "POST", "/v1/validate", def)
		fixes := 0
		for _, one := range answer["problems"].([]any) {
			fix, given := one.(map[string]any)["fix"].(map[string]any)
			if !given {
				continue
			}
			fixes++
			a := f.call(fix["method"].(string), fix["path"].(string), fix["body"])
			require.Equal(t, http.StatusCreated, a.status, "%v: %s", fix, a.body)
		}
		require.Equal(t, 5, fixes)
		f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"})
		made := f.must(200, "GET", "/v1/segments/new-segment/contacts", nil)
		require.Empty(t, made["items"], "nobody is in a segment before somebody says who")
		require.NotContains(t, f.call("POST", "/v1/validate", def).body, "missing_reference")
	})
}
