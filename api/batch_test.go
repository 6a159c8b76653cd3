package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// held puts n contacts at a call that has failed, and returns their enrollments.
func (f *fixture) held(n int, status int) []string {
	f.t.Helper()
	var contacts []object
	for i := range n {
		contacts = append(contacts, object{"email": fmt.Sprintf("p%03d@example.com", i)})
	}
	answer := f.must(200, "POST", "/v1/workflows/calls/enrollments", object{"contacts": contacts})
	var ids []string
	for i := range n {
		id := path(f.t, answer, "items", i, "enrollment").(string)
		ids = append(ids, id)
		require.NoError(f.t, f.store.Write(f.t.Context(), func(tx *store.Tx) error {
			e, _, err := tx.LockEnrollmentContact(id)
			if err != nil {
				return err
			}
			e.Status, e.Reason, e.Node, e.Visit = "held", "step_failed", "book", 1
			if err := tx.SaveEnrollment(e); err != nil {
				return err
			}
			said := fmt.Sprintf("answer %d: request %d of p%03d@example.com", status, 1000+i, i)
			row := &store.Step{
				EnrollmentID: id, Node: "book", Visit: 1, Type: "webhook", Title: "Book", Status: "held", Attempts: 1,
				Reason: fmt.Sprintf("http_%d", status), Error: said, EnteredAt: f.clock.Now(),
			}
			if _, _, err := tx.InsertStep(row); err != nil {
				return err
			}
			return events.RecordFailure(tx, e, "book", 1, "webhook", row.Reason, said, f.clock.Now())
		}))
	}
	return ids
}

// calling publishes a workflow with one call.
func calling(t *testing.T, s *store.Store) *fixture {
	t.Helper()
	f := setup(t, s)
	f.must(200, "PUT", "/v1/secrets/calendar", object{"value": "https://calendar.example/book"})
	f.must(201, "POST", "/v1/workflows", object{
		"schema": 1, "key": "calls", "name": "Calls", "triggers": []object{{"id": "by_hand", "manual": true}}, "start": "book",
		"nodes": object{
			"book": object{"type": "webhook", "name": "Book", "with": object{"url": "secret:calendar"}, "next": "done"},
			"done": object{"type": "end"},
		},
	})
	f.must(200, "POST", "/v1/workflows/calls/publish", nil)
	return f
}

func TestFailureGroupIsMendedAndRetriedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := calling(t, s)
		ids := f.held(5, 401)
		f.must(200, "POST", "/v1/enrollments/"+ids[4]+"/exit", nil)
		list := f.must(200, "GET", "/v1/failures?workflow=calls", nil)
		require.Len(t, list["items"], 1, "five requests and addresses are one cause")
		group := path(t, list, "items", 0).(map[string]any)
		require.Equal(t, []any{"step", "book", "Book", "http_401", 4.0, 4.0}, []any{group["kind"], group["node"], group["title"], group["code"], group["count"], group["open"]})
		require.Equal(t, []any{object{"kind": "setting", "name": "/nodes/book/with/url"}, object{"kind": "secret", "name": "calendar"}}, group["names"])
		require.NotContains(t, fmt.Sprint(group), "@example.com")
		url := "/v1/failures/" + group["fingerprint"].(string)
		one := f.must(200, "GET", url+"?limit=3", nil)
		require.Len(t, one["items"], 3)
		require.Equal(t, "held", path(t, one, "items", 0, "state"))
		rest := f.must(200, "GET", url+"?limit=3&cursor="+one["next"].(string), nil)
		require.Len(t, rest["items"], 1)
		require.Nil(t, rest["next"])

		preview := f.must(200, "POST", url+"/retry", object{"dry_run": true})
		require.Equal(t, []any{4.0, 4.0, 0.0}, []any{preview["matched"], preview["allowed"], preview["refused"]})
		require.Equal(t, 4, f.statuses("calls")["held"], "a dry run changes nothing")
		job := f.must(202, "POST", url+"/retry", object{"rate": quick})
		done := f.finish(job["id"].(string))
		require.Equal(t, object{"matched": 4.0, "done": 4.0}, done["counts"])
		require.Equal(t, map[string]int{"running": 4, "exited": 1}, f.statuses("calls"))
		a := f.call("POST", url+"/retry", object{})
		require.Equal(t, 409, a.status, "nobody is held any more")
		audit := f.must(200, "GET", "/v1/audit?subject=enrollment:"+ids[0], nil)
		require.Equal(t, "enrollment.retry", path(t, audit, "items", 0, "action"))
		require.Equal(t, job["id"], path(t, audit, "items", 0, "detail", "job"))
		require.Equal(t, "enrollments.retry", path(t, f.must(200, "GET", "/v1/audit?subject=calls", nil), "items", 0, "action"))
		require.Equal(t, 404, f.call("GET", "/v1/failures/s00", nil).status)
	})
}

// statuses counts enrollments by status.
func (f *fixture) statuses(workflow string) map[string]int {
	f.t.Helper()
	counts := map[string]int{}
	for _, item := range f.must(200, "GET", "/v1/enrollments?limit=500&workflow="+workflow, nil)["items"].([]any) {
		counts[item.(map[string]any)["status"].(string)]++
	}
	return counts
}

func TestBatchDoesWhatTheSingleCallDoes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := calling(t, s)
		ids := f.held(60, 500)
		f.must(200, "POST", "/v1/enrollments/"+ids[0]+"/exit", nil)
		body := object{"action": "retry", "filter": object{"ids": ids}, "rate": quick}
		preview := f.must(200, "POST", "/v1/enrollments/batch?dry_run=true", body)
		require.Equal(t, []any{60.0, 59.0, 1.0, true}, []any{preview["matched"], preview["allowed"], preview["refused"], preview["complete"]})
		require.Equal(t, "the enrollment has ended: exited", path(t, preview, "reasons", 0, "message"))
		require.Equal(t, []any{ids[0]}, path(t, preview, "reasons", 0, "samples"))
		a := f.call("POST", "/v1/enrollments/batch", body, withHeader("Idempotency-Key", "once"))
		require.Equal(t, 202, a.status)
		again := f.call("POST", "/v1/enrollments/batch", body, withHeader("Idempotency-Key", "once"))
		require.Equal(t, a.json["id"], again.json["id"])
		done := f.finish(a.json["id"].(string))
		require.Equal(t, object{"matched": 60.0, "done": 59.0, "refused": 1.0}, done["counts"])
		errors := f.must(200, "GET", "/v1/jobs/"+done["id"].(string)+"/errors", nil)
		require.Equal(t, []any{object{"row": nil, "subject": ids[0], "field": nil, "message": "the enrollment has ended: exited"}}, errors["items"])

		hold := f.must(202, "POST", "/v1/enrollments/batch", object{"action": "hold", "reason": "ask legal", "filter": object{"workflow": "calls"}, "rate": quick})
		require.Equal(t, object{"matched": 59.0, "done": 59.0}, f.finish(hold["id"].(string))["counts"], "who has ended is not meant")
		require.Equal(t, "ask legal", f.must(200, "GET", "/v1/enrollments/"+ids[1], nil)["reason"])
		slow := f.must(202, "POST", "/v1/enrollments/batch", object{"action": "exit", "filter": object{"workflow": "calls", "status": "held"}, "rate": "1/1h"})
		f.work()
		f.must(200, "POST", "/v1/jobs/"+slow["id"].(string)+"/cancel", nil)
		f.work()
		require.Equal(t, map[string]int{"held": 58, "exited": 2}, f.statuses("calls"), "the rate bounds it, and cancel ends it")
		release := f.must(202, "POST", "/v1/enrollments/batch", object{"action": "release", "filter": object{"workflow": "calls"}, "rate": quick})
		require.Equal(t, object{"matched": 58.0, "done": 58.0}, f.finish(release["id"].(string))["counts"])
	})
}

func TestBatchRefusesWhatHasNoMeaning(t *testing.T) {
	t.Parallel()
	f := calling(t, storetest.Open(t))
	url := "/v1/enrollments/batch"
	f.run(t, []scenario{
		{name: "no filter", method: "POST", url: url, body: object{"action": "exit", "filter": object{}}, status: 422, expected: []string{"/filter"}},
		{name: "no such action", method: "POST", url: url, body: object{"action": "stop", "filter": object{"workflow": "calls"}}, status: 422},
		{name: "a rate that is none", method: "POST", url: url, body: object{"action": "exit", "filter": object{"workflow": "calls"}, "rate": "fast"}, status: 422, expected: []string{"/rate"}},
		{name: "a port of exit", method: "POST", url: url, body: object{"action": "exit", "filter": object{"workflow": "calls"}, "port": "ok"}, status: 422, expected: []string{"/port"}},
		{name: "move to nowhere", method: "POST", url: url, body: object{"action": "move", "filter": object{"workflow": "calls"}}, status: 422, expected: []string{"/node"}},
		{name: "unknown failure", method: "POST", url: "/v1/failures/s00/retry", body: object{}, status: 404},
	})
}

func TestBatchMoves(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := calling(t, s)
		ids := f.held(3, 500)
		body := object{"action": "move", "node": "gone", "filter": object{"workflow": "calls"}, "rate": quick}
		preview := f.must(200, "POST", "/v1/enrollments/batch?dry_run=true", body)
		require.Equal(t, []any{0.0, 3.0}, []any{preview["allowed"], preview["refused"]})
		require.Equal(t, `the version has no node "gone"`, path(t, preview, "reasons", 0, "message"))
		body["node"] = "done"
		job := f.must(202, "POST", "/v1/enrollments/batch", body)
		require.Equal(t, object{"matched": 3.0, "done": 3.0}, f.finish(job["id"].(string))["counts"])
		e := f.must(200, "GET", "/v1/enrollments/"+ids[0], nil)
		require.Equal(t, []any{"running", "done"}, []any{e["status"], e["node"]})
		require.Equal(t, []any{"canceled", "moved"}, []any{path(t, e, "steps", 0, "status"), path(t, e, "steps", 0, "reason")})
		audit := f.must(200, "GET", "/v1/audit?subject=enrollment:"+ids[0], nil)
		require.Equal(t, []any{"enrollment.move", "done"}, []any{path(t, audit, "items", 0, "action"), path(t, audit, "items", 0, "detail", "to")})
	})
}

// A queue that stopped at an event is a group, too: it can be released, and nothing can be skipped.
func TestStoppedQueuesAreOneGroup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.people(3)
		ids := f.contactIDs()
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.Enqueue(store.NoLane, ids...) }))
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			claims, err := tx.ClaimContacts(3, time.Minute, new(store.Turn))
			for i, c := range claims {
				if _, err := tx.FailContact(c.ContactID, c.Token, fmt.Sprintf("route event evt_%d: no such pipeline", i), 1, time.Now()); err != nil {
					return err
				}
			}
			return err
		}))
		group := path(t, f.must(200, "GET", "/v1/failures", nil), "items", 0).(map[string]any)
		require.Equal(t, []any{"queue", 3.0, nil}, []any{group["kind"], group["count"], group["workflow"]})
		url := "/v1/failures/" + group["fingerprint"].(string)
		require.Len(t, f.must(200, "GET", url, nil)["items"], 3)
		require.Equal(t, 409, f.call("POST", url+"/skip", object{}).status)
		require.EqualValues(t, 3, f.must(200, "POST", url+"/retry?dry_run=true", object{})["allowed"])
		job := f.must(202, "POST", url+"/retry", object{"rate": quick})
		require.Equal(t, object{"done": 3.0}, f.finish(job["id"].(string))["counts"])
		require.Equal(t, 404, f.call("GET", url, nil).status)
	})
}

func (f *fixture) contactIDs() []string {
	f.t.Helper()
	var ids []string
	for _, item := range f.must(200, "GET", "/v1/contacts", nil)["items"].([]any) {
		ids = append(ids, item.(map[string]any)["id"].(string))
	}
	return ids
}
