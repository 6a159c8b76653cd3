package api

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// work carries out what jobs may do now.
func (f *fixture) work() {
	f.t.Helper()
	r := &events.Jobs{Store: f.store, Now: f.clock.Now, Log: slog.New(slog.NewTextHandler(testLog{f.t}, nil)), Kinds: events.JobKinds(events.NewDefinitions(8))}
	require.NoError(f.t, r.Drain(f.t.Context()))
}

// finish works until a job has ended and returns it.
func (f *fixture) finish(job string) map[string]any {
	f.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < time.Minute; <-tick.C {
		f.work()
		if j := f.must(200, "GET", "/v1/jobs/"+job, nil); j["ended_at"] != nil {
			return j
		}
	}
	require.FailNow(f.t, "the job does not end")
	return nil
}

const quick = "10000/1s"

func TestEnrollEverybodyOfAFilter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.people(300)
		f.must(201, "POST", "/v1/workflows", hello())
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		url := "/v1/workflows/hello/enrollments"
		f.must(200, "POST", url, object{"contacts": []object{{"email": "p000@example.com"}, {"email": "p002@example.com"}}})

		preview := f.must(200, "POST", url+"?dry_run=true", object{"filter": isPro()})
		require.EqualValues(t, 120, preview["matched"])
		require.EqualValues(t, 119, preview["enrolled"])
		require.EqualValues(t, 300, preview["examined"])
		require.Equal(t, true, preview["complete"])
		require.Equal(t, object{"matched": 120.0, "enrolled": 119.0, "reentry": 1.0}, preview["counts"])
		require.EqualValues(t, 2, f.must(200, "GET", "/v1/workflows/hello", nil)["active"], "a dry run changes nothing")

		slow := f.must(202, "POST", url, object{"filter": isPro(), "data": object{"n": 12345678901234567}, "rate": "2/1h"})
		f.work()
		running := f.must(200, "GET", "/v1/jobs/"+slow["id"].(string), nil)
		require.Equal(t, "running", running["status"])
		require.EqualValues(t, 300, running["total"])
		require.EqualValues(t, 1, path(t, running, "counts", "matched"))
		canceled := f.must(200, "POST", "/v1/jobs/"+slow["id"].(string)+"/cancel", nil)
		f.work()
		require.Equal(t, canceled, f.must(200, "GET", "/v1/jobs/"+slow["id"].(string), nil))
		require.EqualValues(t, 2, f.must(200, "GET", "/v1/workflows/hello", nil)["active"])

		a := f.call("POST", url, object{"filter": isPro(), "data": object{"n": 12345678901234567}, "rate": quick}, withHeader("Idempotency-Key", "one"))
		require.Equal(t, 202, a.status)
		id := path(t, a.json, "id").(string)
		require.Equal(t, "/v1/jobs/"+id, a.header.Get("Location"))
		again := f.call("POST", url, object{"filter": isPro(), "data": object{"n": 12345678901234567}, "rate": quick}, withHeader("Idempotency-Key", "one"))
		require.Equal(t, id, again.json["id"])
		f.must(201, "POST", "/v1/contacts", object{"email": "late@example.com", "fields": object{"plan": "pro"}})
		done := f.finish(id)
		require.Equal(t, "done", done["status"])
		require.EqualValues(t, 300, done["done"])
		require.Equal(t, object{"matched": 120.0, "enrolled": 119.0, "reentry": 1.0}, done["counts"])
		require.EqualValues(t, 121, f.must(200, "GET", "/v1/workflows/hello", nil)["active"])
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			c, err := tx.ContactByEmail("p005@example.com")
			require.NoError(t, err)
			list, _, err := tx.ListEnrollments(store.EnrollmentFilter{Contact: c.ID}, store.Page{})
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.JSONEq(t, `{"n": 12345678901234567}`, string(list[0].TriggerData), "numbers stay exact")
			return nil
		}))

		third := f.finish(f.must(202, "POST", url, object{"filter": isPro(), "rate": quick})["id"].(string))
		require.Equal(t, object{"matched": 121.0, "enrolled": 1.0, "reentry": 120.0}, third["counts"])
	})
}

func TestEnrollByFilterObeysTheWorkflow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		url := "/v1/workflows/hello/enrollments"
		f.must(201, "POST", "/v1/workflows", hello())
		body := object{"filter": isPro(), "rate": quick}
		f.must(409, "POST", url, body)
		f.must(409, "POST", url+"?dry_run=true", body)
		nobody := f.must(202, "POST", url, object{"filter": isPro(), "rate": quick, "test": true})
		f.people(10)
		require.Empty(t, f.finish(nobody["id"].(string))["counts"], "who comes later is not meant")

		tested := f.must(202, "POST", url, object{"filter": isPro(), "rate": quick, "test": true, "waits": "compressed"})
		require.Equal(t, object{"matched": 4.0, "enrolled": 4.0}, f.finish(tested["id"].(string))["counts"], "the draft runs as a test")

		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		stopped := f.must(202, "POST", url, body)["id"].(string)
		f.must(200, "POST", "/v1/workflows/hello/stop", nil)
		ended := f.finish(stopped)
		require.Equal(t, "canceled", ended["status"])
		require.Contains(t, ended["error"], "stopped")
		require.EqualValues(t, 0, f.must(200, "GET", "/v1/workflows/hello", nil)["active"])
		f.must(200, "POST", "/v1/workflows/hello/start", nil)

		key, _ := f.issue([]string{"editor"}, nil)
		f.run(t, []scenario{
			{name: "an editor may count", method: "POST", url: url + "?dry_run=true", body: body, opts: []option{withKey(key)}, status: 200, expected: []string{`"matched":4`}},
			{name: "an editor may test", method: "POST", url: url, body: object{"filter": isPro(), "test": true}, opts: []option{withKey(key)}, status: 202},
			{name: "an editor may not enroll many", method: "POST", url: url, body: body, opts: []option{withKey(key)}, status: 403, expected: []string{"publisher"}},
			{name: "both", method: "POST", url: url, body: object{"filter": isPro(), "contacts": []string{"x"}}, status: 422, expected: []string{`"/contacts"`}},
			{name: "wrong filter", method: "POST", url: url, body: object{"filter": object{"field": "contact.plan", "op": "eqq"}}, status: 422, expected: []string{`"/filter/op"`}},
			{name: "unknown segment", method: "POST", url: url, body: object{"filter": object{"segment": "none"}}, status: 422, expected: []string{`"/filter/segment"`}},
			{name: "wrong rate", method: "POST", url: url, body: object{"filter": isPro(), "rate": "fast"}, status: 422, expected: []string{`"/rate"`, "100/1m"}},
			{name: "rate without a filter", method: "POST", url: url, body: object{"contacts": []object{{"email": "a@example.com"}}, "rate": "1/1s"}, status: 422, expected: []string{`"/rate"`}},
			{name: "no such version", method: "POST", url: url, body: object{"filter": isPro(), "version": 9}, status: 422, expected: []string{`"/version"`}},
			{name: "no such workflow", method: "POST", url: "/v1/workflows/none/enrollments", body: body, status: 404},
			{name: "no such workflow, counted", method: "POST", url: "/v1/workflows/none/enrollments?dry_run=true", body: body, status: 404},
		})
	})
}

// oneBatch carries out one batch of one job.
func (f *fixture) oneBatch() {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	r := &events.Jobs{Store: f.store, Now: f.clock.Now, Log: slog.New(slog.NewTextHandler(testLog{f.t}, nil)), Kinds: events.JobKinds(events.NewDefinitions(8)), Wrote: cancel}
	require.ErrorIs(f.t, r.Drain(ctx), context.Canceled)
}
