package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

func TestJobs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		var job, other *store.Job
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) (err error) {
			if other, err = events.StartJob(tx, events.NewJob{Kind: "other", Person: "Ana", Params: object{}, Now: f.clock.Now()}); err != nil {
				return err
			}
			job, err = events.StartJob(tx, events.NewJob{
				Kind: "test", Subject: "welcome", Person: "Ana", Params: object{"a": 1}, Total: ptr(40), Rate: "3/1m", Now: f.clock.Now(),
			})
			if err != nil {
				return err
			}
			return tx.AddJobErrors(job.ID, 0, []store.JobError{{Line: 3, Field: "email", Message: "is not a mail address"}, {Subject: "con_1", Message: "is bad"}})
		}))
		key, _ := f.issue([]string{"editor"}, nil)
		editor := withKey(key)
		at := "/v1/jobs/" + job.ID
		f.run(t, []scenario{
			{name: "read", method: "GET", url: at, status: 200, expected: []string{`"queued"`, `"welcome"`, `"3/1m"`, `"total":40`, `"done":0`, `"a":1`, `"Ana"`}},
			{name: "default rate", method: "GET", url: "/v1/jobs/" + other.ID, status: 200, expected: []string{`"50/1s"`, `"total":null`, `"workflow":null`}},
			{name: "list", method: "GET", url: "/v1/jobs?limit=1", status: 200, expected: []string{job.ID}, forbidden: []string{other.ID}},
			{name: "list of a workflow", method: "GET", url: "/v1/jobs?workflow=welcome&status=queued&kind=test", status: 200, expected: []string{job.ID}, forbidden: []string{other.ID}},
			{name: "list by an unknown status", method: "GET", url: "/v1/jobs?status=busy", status: 422, expected: []string{`"?status"`}},
			{name: "errors", method: "GET", url: at + "/errors?limit=1", status: 200, expected: []string{`"row":3`, `"field":"email"`}, forbidden: []string{"con_1"}},
			{name: "errors of nothing", method: "GET", url: "/v1/jobs/job_none/errors", status: 404},
			{name: "bad cursor", method: "GET", url: at + "/errors?cursor=x", status: 422, expected: []string{`"?cursor"`}},
			{name: "none", method: "GET", url: "/v1/jobs/job_none", status: 404},
			{name: "an editor leaves workflows alone", method: "POST", url: at + "/cancel", opts: []option{editor}, status: 403},
			{name: "an editor cancels the rest", method: "POST", url: "/v1/jobs/" + other.ID + "/cancel", opts: []option{editor}, status: 200, expected: []string{`"canceled"`}},
			{name: "cancel", method: "POST", url: at + "/cancel", status: 200, expected: []string{`"canceled"`}},
			{name: "cancel again", method: "POST", url: at + "/cancel", status: 200, expected: []string{`"canceled"`}},
			{name: "cancel nothing", method: "POST", url: "/v1/jobs/job_none/cancel", status: 404},
			{name: "audit", method: "GET", url: "/v1/audit", status: 200, expected: []string{"job.cancel"}},
		})
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) (err error) {
			if job, err = events.StartJob(tx, events.NewJob{Kind: "test", Params: object{}, Now: f.clock.Now()}); err != nil {
				return err
			}
			_, err = tx.EndJob(job.ID, store.JobDone, "", f.clock.Now())
			return err
		}))
		require.Equal(t, 409, f.call("POST", "/v1/jobs/"+job.ID+"/cancel", nil).status)
	})
}
