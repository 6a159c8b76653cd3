package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// drip is a definition with two waits, and mails behind them.
func drip(change ...func(object)) object {
	def := object{
		"schema": 1, "key": "drip", "name": "Drip", "start": "first",
		"triggers": []object{{"id": "signup", "event": "form.submitted"}},
		"nodes": object{
			"first":  object{"type": "wait", "with": object{"for": "3d"}, "next": "mail"},
			"mail":   object{"type": "email", "with": object{"subject": "Hi", "body": "Hello", "class": "transactional"}, "next": "second"},
			"second": object{"type": "wait", "with": object{"for": "5d"}, "next": "last"},
			"last":   object{"type": "email", "with": object{"subject": "Bye", "body": "Bye", "class": "transactional"}},
		},
	}
	for _, fn := range change {
		fn(def)
	}
	return def
}

func lasting(node, length string) func(object) {
	return func(d object) { d["nodes"].(object)[node].(object)["with"] = object{"for": length} }
}

// cutSecond takes the second wait out; the mail behind it stays.
func cutSecond(d object) {
	nodes := d["nodes"].(object)
	delete(nodes, "second")
	nodes["mail"].(object)["next"] = "last"
}

const dripURL = "/v1/workflows/drip"

// inside publishes drip and puts n people into a wait that they entered some time ago.
func (f *fixture) inside(node string, n int, ago, wait time.Duration) []string {
	f.t.Helper()
	if f.call("GET", dripURL, nil).status == 404 {
		f.must(201, "POST", "/v1/workflows", drip())
		f.must(200, "POST", dripURL+"/publish", nil)
	}
	ids := make([]string, n)
	require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error {
		w, err := tx.Workflow("drip")
		for i := 0; err == nil && i < n; i++ {
			ids[i], err = f.waiting(tx, w, fmt.Sprintf("%s-%03d@example.com", node, i), node, ago, wait)
		}
		return err
	}))
	return ids
}

// waiting writes the rows of somebody who is in a wait.
func (f *fixture) waiting(tx *store.Tx, w *store.Workflow, email, node string, ago, wait time.Duration) (string, error) {
	entered := f.clock.Now().Add(-ago)
	due := entered.Add(wait)
	c := &store.Contact{Email: &email}
	if err := tx.CreateContact(c); err != nil {
		return "", err
	}
	e := &store.Enrollment{
		Workflow: w.Key, Version: w.Version, Hash: w.Hash, ContactID: c.ID, Status: "waiting", Node: node, Visit: 1, DueAt: &due,
		StartedAt: entered, AdmittedAt: &entered, AnchorAt: entered, TriggerData: store.JSON("{}"), Vars: store.JSON("{}"), CreatedAt: entered,
	}
	if err := tx.InsertEnrollment(e); err != nil {
		return "", err
	}
	_, _, err := tx.InsertStep(&store.Step{
		EnrollmentID: e.ID, Node: node, Visit: 1, Type: "wait", Status: "waiting", EnteredAt: entered, DueAt: &due, PlannedAt: &due,
	})
	return e.ID, err
}

func (f *fixture) draft(change ...func(object)) { f.must(200, "PUT", dripURL, drip(change...)) }

// jobs works on what is queued until a job is in a state, and has done so much of it.
func (f *fixture) jobs(id, status string, done ...float64) map[string]any {
	f.t.Helper()
	runner := &events.Jobs{Store: f.store, Kinds: events.JobKinds(events.NewDefinitions(16)), Now: f.clock.Now}
	for began := time.Now(); ; <-time.After(20 * time.Millisecond) {
		require.NoError(f.t, runner.Drain(f.t.Context()))
		job := f.must(200, "GET", "/v1/jobs/"+id, nil)
		if job["status"] == status && (len(done) == 0 || job["done"].(float64) >= done[0]) {
			return job
		}
		require.Less(f.t, time.Since(began), 5*time.Minute, "%v", job)
	}
}

// marked counts those of ids that are on a move.
func (f *fixture) marked(ids []string) (n int) {
	f.t.Helper()
	require.NoError(f.t, f.store.Read(f.t.Context(), func(tx *store.Tx) error {
		for _, id := range ids {
			e, err := tx.Enrollment(id)
			if err != nil {
				return err
			}
			if e.MoveID != "" {
				n++
			}
		}
		return nil
	}))
	return n
}

const day = 24 * time.Hour

func TestADryRunSaysWhatBecomesOfEverybodyInside(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		first := f.inside("first", 4, 2*day, 3*day)
		second := f.inside("second", 3, day, 5*day)
		f.draft(lasting("first", "1d"), cutSecond)
		url := dripURL + "/publish?dry_run=true"

		got := f.must(200, "POST", url, object{"in_flight": "migrate"})
		require.Equal(t, object{"stay": 3.0, "migrate": 4.0, "exit": 0.0}, got["in_flight"])
		require.Equal(t, []any{
			object{"node": "first", "waiting": 4.0, "becomes": "first", "fires_now": 4.0, "class": "same", "way": "carry"},
			object{"node": "second", "waiting": 3.0, "becomes": "second", "fires_now": 0.0, "class": "deleted", "way": "stay"},
		}, got["nodes"])
		require.Equal(t, object{"count": 4.0, "limit": 100.0, "decide": false, "spread": nil, "until": nil}, got["leaving"])
		require.Len(t, got["samples"], 6, "three of each")
		sample := path(t, got, "samples", 0).(map[string]any)
		require.Equal(t, []any{first[0], "first-000@example.com", 1.0, true}, []any{
			sample["enrollment"], path(t, sample, "contact", "email"), sample["version"], sample["fires_now"],
		})
		require.Equal(t, f.clock.Now().Add(day).Format(time.RFC3339Nano), sample["due_at"])
		require.Equal(t, f.clock.Now().Format(time.RFC3339Nano), sample["becomes_due_at"])

		got = f.must(200, "POST", url, object{"in_flight": "migrate", "on_missing": "next", "retime": "restart"})
		require.Equal(t, object{"stay": 0.0, "migrate": 7.0, "exit": 0.0}, got["in_flight"])
		require.Equal(t, []any{
			object{"node": "first", "waiting": 4.0, "becomes": "first", "fires_now": 0.0, "class": "same", "way": "carry"},
			object{"node": "second", "waiting": 3.0, "becomes": "last", "fires_now": 3.0, "class": "deleted", "way": "enter"},
		}, got["nodes"])

		got = f.must(200, "POST", url, object{"in_flight": "migrate", "on_missing": "exit", "retime": "keep"})
		require.Equal(t, object{"stay": 0.0, "migrate": 4.0, "exit": 3.0}, got["in_flight"])
		require.Nil(t, path(t, got, "nodes", 1, "becomes"))
		require.Equal(t, f.clock.Now().Add(day).Format(time.RFC3339Nano), path(t, got, "samples", 0, "becomes_due_at"), "kept")

		got = f.must(200, "POST", url, object{"in_flight": "migrate", "map": object{"second": "first"}})
		require.Equal(t, object{"stay": 0.0, "migrate": 7.0, "exit": 0.0}, got["in_flight"])
		require.Equal(t, "mapped", path(t, got, "nodes", 1, "class"))

		got = f.must(200, "POST", url, object{"in_flight": "exit"})
		require.Equal(t, object{"stay": 0.0, "migrate": 0.0, "exit": 7.0}, got["in_flight"])
		got = f.must(200, "POST", url, nil)
		require.Equal(t, object{"stay": 7.0, "migrate": 0.0, "exit": 0.0}, got["in_flight"])
		require.Equal(t, "second", path(t, got, "nodes", 1, "becomes"))

		f.must(200, "POST", "/v1/enrollments/"+first[3]+"/hold", object{"reason": "ask legal"})
		got = f.must(200, "POST", url, object{"in_flight": "migrate"})
		require.EqualValues(t, 3, path(t, got, "nodes", 0, "fires_now"), "whom a person holds stays held")

		require.EqualValues(t, 1, f.must(200, "GET", dripURL, nil)["version"])
		require.Zero(t, f.marked(append(first, second...)))
		require.Empty(t, f.must(200, "GET", "/v1/jobs", nil)["items"])
	})
}

func TestAPlanForThePeopleInsideIsChecked(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	f.inside("second", 1, day, 5*day)
	f.draft(cutSecond)
	for _, dry := range []string{"", "?dry_run=true"} {
		url := dripURL + "/publish" + dry
		f.run(t, []scenario{
			{name: "mapped to nowhere" + dry, method: "POST", url: url, body: object{"in_flight": "migrate", "map": object{"second": "frist"}}, status: 422, expected: []string{`"/map/second"`, "first"}},
			{name: "mapped from nowhere" + dry, method: "POST", url: url, body: object{"in_flight": "migrate", "map": object{"sekond": "first"}}, status: 422, expected: []string{`"/map/sekond"`, "second"}},
			{name: "no such policy" + dry, method: "POST", url: url, body: object{"in_flight": "migrate", "on_missing": "drop"}, status: 422, expected: []string{`"/on_missing"`}},
			{name: "no pace" + dry, method: "POST", url: url, body: object{"in_flight": "migrate", "spread": "slowly"}, status: 422, expected: []string{`"/spread"`, "100/1h"}},
			{name: "no rate" + dry, method: "POST", url: url, body: object{"in_flight": "migrate", "rate": "1000000/1s"}, status: 422, expected: []string{`"/rate"`}},
			{name: "rolled back to nowhere" + dry, method: "POST", url: dripURL + "/rollback" + dry, body: object{"to": 1, "in_flight": "migrate", "map": object{"second": "gone"}}, status: 422, expected: []string{`"/map/second"`}},
		})
	}
	require.EqualValues(t, 1, f.must(200, "GET", dripURL, nil)["version"])
}

func TestAPublishMovesThePeopleInside(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		first := f.inside("first", 30, day, 3*day)
		second := f.inside("second", 2, day, 5*day)
		f.draft(lasting("first", "4d"), cutSecond)
		done := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate", "rate": "10000/1s"}, withHeader("Idempotency-Key", "once"))
		require.Equal(t, object{"stay": 2.0, "migrate": 30.0, "exit": 0.0}, done["in_flight"])
		require.EqualValues(t, 2, done["version"])
		again := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate", "rate": "10000/1s"}, withHeader("Idempotency-Key", "once"))
		require.Equal(t, done["job"], again["job"])

		job := f.jobs(done["job"].(string), "done")
		require.Equal(t, object{"moved": 30.0, "stayed": 2.0}, job["counts"])
		require.Equal(t, []any{32.0, 32.0, "migrate", "drip"}, []any{job["total"], job["done"], job["kind"], job["workflow"]})
		require.Equal(t, 30, f.marked(first))
		require.Zero(t, f.marked(second))
		sent, stayed := f.must(200, "GET", "/v1/enrollments/"+first[0], nil), f.must(200, "GET", "/v1/enrollments/"+second[0], nil)
		require.Equal(t, []any{2.0, nil}, []any{sent["moving_to"], stayed["moving_to"]})
		why := f.must(200, "GET", dripURL+"/explain?contact="+path(t, sent, "contact", "id").(string), nil)
		require.Contains(t, path(t, why, "why_here", 0, "sentence"), "sent to version 2")
		f.run(t, []scenario{
			{name: "audit of the plan", method: "GET", url: "/v1/audit?subject=drip", status: 200, expected: []string{
				"workflow.publish", `"on_missing":"stay"`, `"retime":"credit"`, `"migrate":30`, done["job"].(string), "workflow.migrated", `"moved":30`,
			}},
		})
		f.must(200, "POST", dripURL+"/enrollments", object{"contacts": []object{{"email": "new@example.com"}}})
		unchanged := f.must(200, "POST", dripURL+"/publish?dry_run=true", object{"in_flight": "migrate"})
		require.Equal(t, false, unchanged["changed"])
		require.Equal(t, object{"stay": 3.0, "migrate": 30.0, "exit": 0.0}, unchanged["in_flight"], "those on their way, and who is there stays")
	})
}

func TestWhoIsNotYetMarkedStaysWhenTheJobIsCanceled(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		ids := f.inside("first", 6, day, 3*day)
		f.draft(lasting("first", "4d"))
		done := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate", "rate": "2/1h"})
		id := done["job"].(string)
		f.jobs(id, "running", 1)
		f.must(200, "POST", "/v1/jobs/"+id+"/cancel", nil)
		marked := f.marked(ids)
		require.Equal(t, 1, marked)

		// The rest follows when somebody asks again.
		rest := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate", "rate": "10000/1s"})
		require.Equal(t, false, rest["changed"])
		f.jobs(rest["job"].(string), "done")
		require.Equal(t, 6, f.marked(ids))
	})
}

func TestALaterPublishSendsEverybodyFurther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		ids := f.inside("first", 6, day, 3*day)
		f.draft(lasting("first", "4d"))
		second := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate", "rate": "2/1h"})["job"].(string)
		f.jobs(second, "running", 1)
		back := f.must(200, "POST", dripURL+"/rollback", object{"to": 1, "in_flight": "migrate", "rate": "10000/1s"})
		require.EqualValues(t, 3, back["version"])
		require.Equal(t, object{"stay": 0.0, "migrate": 6.0, "exit": 0.0}, back["in_flight"])
		earlier := f.must(200, "GET", "/v1/jobs/"+second, nil)
		require.Equal(t, []any{"canceled", "version 3 was published"}, []any{earlier["status"], earlier["error"]})
		f.jobs(back["job"].(string), "done")
		for _, id := range ids {
			e := f.must(200, "GET", "/v1/enrollments/"+id, nil)
			require.EqualValues(t, 3, e["version"], "the content of version 3 is that of version 1, so nobody has to move")
		}
		require.Zero(t, f.marked(ids))
	})
}

func TestManyWhoWouldLeaveAtOnceNeedAWord(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		ids := f.inside("first", 103, 2*day, 3*day)
		f.inside("second", 2, day, 5*day)
		f.draft(lasting("first", "1d"))
		preview := f.must(200, "POST", dripURL+"/publish?dry_run=true", object{"in_flight": "migrate"})
		until := f.clock.Now().Add(102 * 36 * time.Second).Format(time.RFC3339Nano)
		require.Equal(t, object{"count": 103.0, "limit": 100.0, "decide": true, "spread": "100/1h", "until": until}, preview["leaving"])

		refused := f.must(409, "POST", dripURL+"/publish", object{"in_flight": "migrate"})
		require.Equal(t, "needs-decision", refused["type"])
		require.EqualValues(t, 103, refused["count"])
		require.Equal(t, "103 would leave now: 100 an hour, or all at once?", refused["detail"])
		require.Equal(t, "/spread", path(t, refused, "errors", 0, "pointer"))
		require.EqualValues(t, 1, f.must(200, "GET", dripURL, nil)["version"])

		done := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate", "spread": "2/1h", "rate": "10000/1s"})
		id := done["job"].(string)
		job := f.jobs(id, "running", 3)
		require.Equal(t, object{"moved": 3.0, "put_off": 103.0}, job["counts"], "the others and the first")
		require.Equal(t, 1, f.marked(ids))
		require.Equal(t, 1, f.marked(ids[:1]), "who is there longest goes first")

		hurry := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate", "spread": "none", "rate": "10000/1s"})
		f.jobs(id, "canceled")
		f.jobs(hurry["job"].(string), "done")
		require.Equal(t, 103, f.marked(ids))
	})
}

func TestManyPeopleAreEndedByAJob(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.inside("first", leaveAtOnce+1, day, 3*day)
		f.draft(lasting("first", "4d"))
		done := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "exit", "rate": "10000/1s"})
		require.Equal(t, object{"stay": 0.0, "migrate": 0.0, "exit": float64(leaveAtOnce + 1)}, done["in_flight"])
		f.must(200, "POST", dripURL+"/enrollments", object{"contacts": []object{{"email": "new@example.com"}}})
		job := f.jobs(done["job"].(string), "done")
		require.Equal(t, object{"exited": float64(leaveAtOnce + 1)}, job["counts"])
		left := f.must(200, "GET", "/v1/enrollments?workflow=drip&limit=1", nil)
		require.Equal(t, []any{"new@example.com", "running"}, []any{path(t, left, "items", 0, "contact", "email"), path(t, left, "items", 0, "status")})
		require.EqualValues(t, 1, f.must(200, "GET", dripURL, nil)["active"])
	})
}

func TestManyPeopleOfAStoppedWorkflowAreEndedByAJob(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.inside("first", leaveAtOnce+1, day, 3*day)
		stopped := f.call("POST", dripURL+"/stop", object{"in_flight": "exit"})
		require.Equal(t, []any{200, "stopped"}, []any{stopped.status, stopped.json["status"]})
		location := stopped.header.Get("Location")
		f.clock.Advance(time.Minute)
		f.must(200, "POST", dripURL+"/start", nil)
		f.must(200, "POST", dripURL+"/enrollments", object{"contacts": []object{{"email": "new@example.com"}}})
		job := f.jobs(strings.TrimPrefix(location, "/v1/jobs/"), "done")
		require.Equal(t, object{"exited": float64(leaveAtOnce + 1)}, job["counts"])
		require.EqualValues(t, 1, f.must(200, "GET", dripURL, nil)["active"], "who came in later stays")

		few := f.call("DELETE", dripURL+"?in_flight=exit", nil)
		require.Equal(t, []any{204, ""}, []any{few.status, few.header.Get("Location")})
		require.EqualValues(t, 0, f.must(200, "GET", dripURL, nil)["active"], "one leaves at once")
	})
}
