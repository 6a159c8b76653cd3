package api

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// tick lets schedules look at the clock and returns how many went off.
func (f *fixture) tick() int {
	f.t.Helper()
	fired, err := (&events.Scheduler{Store: f.store, Now: f.clock.Now, Log: slog.New(slog.NewTextHandler(testLog{f.t}, nil))}).Tick(f.t.Context())
	require.NoError(f.t, err)
	return fired
}

// scheduled is a workflow that takes in the segment pro every hour.
func scheduled(cron string) object {
	return object{
		"schema": 1, "key": "hourly", "name": "Hourly", "start": "done", "nodes": object{"done": object{"type": "end"}},
		"triggers": []object{{"id": "hour", "schedule": object{"cron": cron, "timezone": "UTC", "filter": object{"segment": "pro"}}}},
	}
}

func TestSchedulesOverTheAPI(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.clock.now = f.clock.now.Truncate(time.Hour).Add(30 * time.Minute)
		f.people(20)
		saved := f.must(201, "POST", "/v1/workflows", scheduled("0 * * * *"))
		require.NotEmpty(t, saved)
		refused := f.call("POST", "/v1/workflows/hourly/publish", nil)
		require.Equal(t, 422, refused.status)
		require.Contains(t, refused.body, "missing_reference")
		f.must(201, "POST", "/v1/segments", object{"key": "pro", "name": "Pro", "filter": isPro()})
		f.must(200, "POST", "/v1/workflows/hourly/publish", nil)
		require.Equal(t, 409, f.call("DELETE", "/v1/segments/pro", nil).status, "the schedule needs it")

		require.Zero(t, f.tick())
		f.clock.Advance(time.Hour)
		require.Equal(t, 1, f.tick())
		job := f.must(200, "GET", "/v1/jobs?workflow=hourly", nil)["items"].([]any)[0].(object)
		require.Equal(t, "schedule", job["kind"])
		require.Equal(t, object{"matched": 8.0, "fired": 8.0}, f.finish(job["id"].(string))["counts"])
		_, err := f.router.Drain(t.Context())
		require.NoError(t, err)
		list := f.must(200, "GET", "/v1/enrollments?workflow=hourly", nil)["items"].([]any)
		require.Len(t, list, 8)
		event := path(t, f.must(200, "GET", "/v1/events?type=workflow.triggered&limit=1", nil), "items", 0)
		require.Equal(t, "enrolled", path(t, event, "verdicts", 0, "verdict"))

		f.must(200, "POST", "/v1/workflows/hourly/stop", nil)
		f.clock.Advance(5 * time.Hour)
		require.Zero(t, f.tick())
		f.must(200, "POST", "/v1/workflows/hourly/start", nil)
		require.Zero(t, f.tick(), "what was planned while it was stopped is not made up for")
		f.clock.Advance(time.Hour)
		f.must(200, "POST", "/v1/workflows/hourly/start", nil)
		require.Equal(t, 1, f.tick(), "starting what is open leaves nothing out")

		f.must(200, "PUT", "/v1/workflows/hourly", scheduled("15 * * * *"))
		f.must(200, "POST", "/v1/workflows/hourly/publish", nil)
		f.clock.Advance(40 * time.Minute)
		require.Zero(t, f.tick(), "the new version's cron replaces the old one")
		f.clock.Advance(10 * time.Minute)
		require.Equal(t, 1, f.tick())
		f.must(200, "POST", "/v1/workflows/hourly/rollback", object{"to": 1})
		f.clock.Advance(40 * time.Minute)
		require.Equal(t, 1, f.tick(), "a rollback brings the old one back")
		f.run(t, []scenario{
			{name: "never", method: "POST", url: "/v1/validate", body: scheduled("0 0 30 2 *"), status: 200, expected: []string{"/triggers/0/schedule/cron", "fits no day"}},
			{name: "misspelled", method: "POST", url: "/v1/validate", body: scheduled("0 25 * * *"), status: 200, expected: []string{"not a hour"}},
		})
	})
}
