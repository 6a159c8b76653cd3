package api

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

func TestEnrollByHand(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		url := "/v1/workflows/hello/enrollments"
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(409, "POST", url, object{"contacts": []object{{"email": "ana@example.com"}}})
		require.Empty(t, f.must(200, "GET", "/v1/contacts", nil)["items"], "a refused call makes no contact")

		tested := f.must(200, "POST", url, object{"contacts": []object{{"email": "me@example.com"}}, "test": true, "waits": "compressed"})
		require.EqualValues(t, 1, tested["enrolled"])
		run := f.must(200, "GET", "/v1/enrollments/"+path(t, tested, "items", 0, "enrollment").(string), nil)
		require.Equal(t, true, run["test"])
		require.Nil(t, run["version"], "a draft has no number")
		require.EqualValues(t, 0, f.must(200, "GET", "/v1/workflows/hello", nil)["active"], "tests are never counted")

		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		preview := f.must(200, "POST", url+"?dry_run=true", object{"contacts": []object{{"email": "ana@example.com"}, {"email": "me@example.com"}}})
		require.EqualValues(t, 2, preview["enrolled"])
		require.Nil(t, path(t, preview, "items", 0, "contact"))
		require.NotNil(t, path(t, preview, "items", 1, "contact"))
		require.Nil(t, path(t, preview, "items", 1, "enrollment"))
		require.Empty(t, f.must(200, "GET", "/v1/contacts?email=ana@example.com", nil)["items"], "a dry run changes nothing")

		done := f.must(200, "POST", url, object{"contacts": []object{{"email": "zoe@example.com"}, {"email": "ana@example.com"}}, "data": object{"n": 1}})
		require.EqualValues(t, 2, done["enrolled"])
		zoe := f.must(200, "GET", "/v1/contacts/"+path(t, done, "items", 0, "contact").(string), nil)
		require.Equal(t, "zoe@example.com", zoe["email"], "items answer in the order of the request")
		again := f.must(200, "POST", url, object{"contacts": []any{zoe["id"]}})
		require.EqualValues(t, 0, again["enrolled"])
		require.Equal(t, "reentry", path(t, again, "items", 0, "verdict"))
		require.NotEmpty(t, path(t, again, "items", 0, "reason"))
		f.run(t, []scenario{
			{name: "nobody", method: "POST", url: url, body: object{}, status: 422, expected: []string{`"/contacts"`}},
			{name: "bad contact", method: "POST", url: url, body: object{"contacts": []object{{"email": "a@example.com"}, {"mail": "x"}}}, status: 422, expected: []string{"/contacts/1"}},
			{name: "by mail address", method: "POST", url: url, body: object{"contacts": []string{"Zoe@example.com"}}, status: 200, expected: []string{zoe["id"].(string), "reentry"}},
			{name: "unknown id", method: "POST", url: url, body: object{"contacts": []string{"ct_nobody"}}, status: 422, expected: []string{"/contacts/0/id"}},
			{name: "no such version", method: "POST", url: url, body: object{"contacts": []any{zoe["id"]}, "version": 7}, status: 422, expected: []string{`"/version"`}},
			{name: "modes without test", method: "POST", url: url, body: object{"contacts": []any{zoe["id"]}, "waits": "compressed"}, status: 422, expected: []string{`"/test"`}},
			{name: "unknown option", method: "POST", url: url, body: object{"contacts": []any{zoe["id"]}, "tset": true}, status: 422, expected: []string{"did you mean test?"}},
			{name: "audited", method: "GET", url: "/v1/audit?subject=hello", status: 200, expected: []string{"workflow.enroll"}},
		})
	})
}

// Enrolling by hand is a trigger like any other: it restarts or updates who is inside.
func TestEnrollByHandWhoIsInside(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		for _, repeat := range []string{"restart", "update"} {
			f.publishText("schema: 1\nkey: " + repeat + "\nname: Again\nsettings: {on_repeat: " + repeat + "}\nstart: a\nnodes: {a: {type: hold}}\n")
			enroll := func(n int) (verdict, id any) {
				done := f.must(200, "POST", "/v1/workflows/"+repeat+"/enrollments", object{"contacts": []object{{"email": "ana@example.com"}}, "data": object{"n": n}})
				return path(t, done, "items", 0, "verdict"), path(t, done, "items", 0, "enrollment")
			}
			_, first := enroll(1)
			verdict, second := enroll(2)
			active := f.must(200, "GET", "/v1/workflows/"+repeat+"/explain?contact=ana@example.com", nil)
			require.Len(t, active["why_in"], 1)
			require.Equal(t, second, path(t, active, "why_in", 0, "enrollment", "id"))
			require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
				e, err := tx.Enrollment(second.(string))
				if err == nil {
					require.JSONEq(t, `{"n": 2}`, string(e.TriggerData))
					require.JSONEq(t, `{"n": 2}`, string(e.EventData))
				}
				return err
			}))
			if repeat == "update" {
				require.Equal(t, []any{"advanced", first}, []any{verdict, second})
				continue
			}
			require.Equal(t, "enrolled", verdict)
			require.Equal(t, "restarted", f.must(200, "GET", "/v1/enrollments/"+first.(string), nil)["reason"])
		}
	})
}

func TestOperatorControls(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		done := f.must(200, "POST", "/v1/workflows/hello/enrollments", object{"contacts": []object{{"email": "ana@example.com"}}})
		id := path(t, done, "items", 0, "enrollment").(string)
		url := "/v1/enrollments/" + id
		f.run(t, []scenario{
			{name: "nothing to retry", method: "POST", url: url + "/retry", status: 409, expected: []string{`"wrong-state"`}},
			{name: "retry takes an empty object", method: "POST", url: url + "/retry", body: object{}, status: 409, expected: []string{`"wrong-state"`}},
			{name: "retry takes nothing else", method: "POST", url: url + "/retry", body: object{"node": "mail"}, status: 422, expected: []string{`"/node"`, "is not known here"}},
			{name: "nothing to release", method: "POST", url: url + "/release", status: 409},
			{name: "unknown outcome", method: "POST", url: url + "/exit", body: object{"outcome": "great"}, status: 422, expected: []string{`"/outcome"`}},
			{name: "nobody", method: "POST", url: "/v1/enrollments/enr_none/exit", status: 404},
		})
		f.openStep(id, "pause", "wait", "waiting")
		f.run(t, []scenario{
			{name: "no such node", method: "POST", url: url + "/move", body: object{"node": "nowhere"}, status: 422, expected: []string{`"/node"`, "one of", "pause"}},
			{name: "no such version", method: "POST", url: url + "/move", body: object{"node": "pause", "version": 7}, status: 422, expected: []string{`"/version"`, "no version 7"}},
			{name: "move", method: "POST", url: url + "/move", body: object{"node": "pause"}, status: 200, expected: []string{`"canceled"`, `"moved"`, `"node":"pause"`, `"running"`}},
			{name: "move from between two steps", method: "POST", url: url + "/move", body: object{"node": "pause", "version": 1}, status: 200},
		})
		f.run(t, []scenario{
			{name: "nothing is open", method: "POST", url: url + "/skip", status: 409},
		})
		f.openVisit(id, "pause", "wait", "waiting", 2)
		f.run(t, []scenario{
			{name: "no such port", method: "POST", url: url + "/skip", body: object{"port": "sideways"}, status: 422, expected: []string{`"/port"`, "next"}},
			{name: "skip", method: "POST", url: url + "/skip", status: 200, expected: []string{`"skipped"`, `"port":"next"`}},
			{name: "exit", method: "POST", url: url + "/exit", body: object{"reason": "asked by phone", "outcome": "success"}, status: 200, expected: []string{`"exited"`, "asked by phone", `"success"`}},
			{name: "exit again", method: "POST", url: url + "/exit", status: 409},
			{name: "move what has ended", method: "POST", url: url + "/move", body: object{"node": "pause"}, status: 409, expected: []string{"has ended"}},
		})
		f = setup(t, s, func(c *Config) { c.Operator = nil })
		f.must(501, "POST", url+"/exit", nil)
	})
}

// openStep writes the step that a run would have opened, with an effect in the ledger.
func (f *fixture) openStep(id, node, kind, status string) {
	f.t.Helper()
	f.openVisit(id, node, kind, status, 1)
}

func (f *fixture) openVisit(id, node, kind, status string, visit int) {
	f.t.Helper()
	require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error {
		e, err := tx.LockEnrollment(id)
		if err != nil {
			return err
		}
		if _, _, err := tx.InsertStep(&store.Step{EnrollmentID: id, Node: node, Visit: visit, Type: kind, Title: node, Status: status, EnteredAt: f.clock.Now()}); err != nil {
			return err
		}
		if _, _, err := tx.ClaimEffect(store.EffectRef{EnrollmentID: id, Node: node, Visit: visit}, "mail", "key-1", "token", time.Minute); err != nil {
			return err
		}
		e.Node, e.Status = node, status
		return tx.SaveEnrollment(e)
	}))
}

func TestTimelineShowsStepsAndEffects(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		done := f.must(200, "POST", "/v1/workflows/hello/enrollments", object{"contacts": []object{{"email": "ana@example.com"}}})
		id := path(t, done, "items", 0, "enrollment").(string)
		f.openStep(id, "mail", "email", "running")
		e := f.must(200, "GET", "/v1/enrollments/"+id, nil)
		require.Equal(t, "mail", e["node"])
		require.Equal(t, "key-1", path(t, e, "steps", 0, "effect", "key"))
		require.Equal(t, "claimed", path(t, e, "steps", 0, "effect", "state"))
		require.Equal(t, "ana@example.com", path(t, e, "contact", "email"))
		require.Empty(t, path(t, e, "steps", 0, "values"))
	})
}

func TestStepWithSeveralEffectsShowsTheWorst(t *testing.T) {
	t.Parallel()
	soon, later := time.Unix(100, 0).UTC(), time.Unix(200, 0).UTC()
	sum := effectsOf([]store.Effect{
		{Node: "n", Visit: 1, Copy: 0, Key: "a", State: store.EffectDone, Copies: 1, RetryAt: &soon},
		{Node: "n", Visit: 1, Copy: 1, Key: "b", State: store.EffectUnknown, Copies: 2},
		{Node: "n", Visit: 1, Copy: 2, Key: "c", State: store.EffectFailed, Copies: 1, RetryAt: &later},
	})
	require.Equal(t, &gen.StepEffect{Key: "a", State: gen.StepEffectState(store.EffectUnknown), Copies: 4, RetryAt: &later}, sum[effectKey{"n", 1}])
}

func TestStepSaysWhoTookItsEffectBack(t *testing.T) {
	t.Parallel()
	for undone, by := range map[string]string{`[{"what": "tag x", "reason": "kept"}]`: "", `[{"what": "tag x", "reason": "kept"}, {"what": "tag y"}]`: "enr_2"} {
		sum := effectsOf([]store.Effect{{Node: "n", Visit: 1, State: store.EffectDone, UndoneBy: "enr_2.a.1", Undone: store.JSON(undone)}})
		said := sum[effectKey{"n", 1}].UndoneBy
		require.Equal(t, by != "", said != nil)
		require.True(t, said == nil || *said == by)
	}
}

func TestRehearse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		var got gen.RehearseRequest
		var about Lookups
		f := setup(t, s, func(c *Config) {
			c.Rehearse = func(_ context.Context, def *definition.Definition, req gen.RehearseRequest, l Lookups) (*gen.RehearseResult, error) {
				got, about = req, l
				if req.Trigger != nil && *req.Trigger.Type == "bad.type" {
					return nil, &events.InvalidError{Fields: []events.FieldError{{Pointer: "/trigger/type", Message: "no trigger takes it"}}}
				}
				if def.Key == "broken" {
					return nil, errors.New("secret detail")
				}
				return &gen.RehearseResult{Status: "completed", Outcome: ptr("success"), Steps: []gen.RehearseStep{
					{Node: "mail", Type: "email", Status: "done", Port: ptr("next"), Values: []gen.SeenValue{}},
					{Node: "done", Type: "end", Status: "done", Values: []gen.SeenValue{}},
				}}, nil
			}
		})
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(201, "POST", "/v1/workflows", hello(keyed("broken")))
		f.must(201, "POST", "/v1/workflows", object{"key": "part"})
		f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com"})
		url := "/v1/workflows/hello/rehearse"
		f.run(t, []scenario{
			{name: "done", method: "POST", url: url, body: object{"contact": object{"email": "Ana@example.com"}, "events": []object{{"at": "3d", "type": "a.b"}}, "stubs": object{"n": object{"status": 200, "body": nil}}}, status: 200, expected: []string{`"completed"`}},
			{name: "refused", method: "POST", url: url, body: object{"trigger": object{"type": "bad.type"}}, status: 422, expected: []string{`"/trigger/type"`}},
			{name: "failed", method: "POST", url: "/v1/workflows/broken/rehearse", body: object{}, status: 500, forbidden: []string{"secret detail"}},
			{name: "draft with errors", method: "POST", url: "/v1/workflows/part/rehearse", body: object{}, status: 422, expected: []string{`"problems"`}},
			{name: "no such version", method: "POST", url: url, body: object{"version": 3}, status: 422, expected: []string{`"/version"`}},
			{name: "event without time", method: "POST", url: url, body: object{"events": []object{{"type": "a.b"}}}, status: 422, expected: []string{`"/events/0/at"`}},
		})
		f.must(200, "POST", url, object{"contact": object{"email": "ana@example.com"}})
		require.NotNil(t, got.Contact)
		require.NotNil(t, about.Contact)
		require.Equal(t, "UTC", about.Account.Timezone)
		streamed := f.call("POST", url, object{}, withHeader("Accept", "text/event-stream"))
		require.Equal(t, "text/event-stream", streamed.header.Get("Content-Type"))
		require.Regexp(t, `(?s)^event: step\ndata: \{.*"node":"mail".*\}\n\nevent: step\ndata: .*"node":"done".*\n\nevent: result\ndata: \{.*"steps":\[\].*\}\n\n$`, streamed.body)
		f = setup(t, s)
		f.must(501, "POST", url, object{})
	})
}
