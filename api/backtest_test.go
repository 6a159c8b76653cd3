package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// first is the first object of a list.
func first(t *testing.T, list any) map[string]any {
	t.Helper()
	items, _ := list.([]any)
	require.NotEmpty(t, items)
	object, _ := items[0].(map[string]any)
	return object
}

func TestBacktest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		for _, email := range []string{"ana@example.com", "bea@example.com"} {
			require.Equal(t, 202, f.call("POST", "/v1/events", object{"type": "form.submitted", "contact": object{"email": email}, "data": object{"form": "a"}}).status)
		}
		require.Equal(t, 202, f.call("POST", "/v1/events", object{"type": "form.submitted", "contact": object{"email": "cho@example.com"}, "data": object{"form": "b"}}).status)
		f.clock.Advance(time.Hour)
		guarded := hello(func(d object) {
			d["triggers"] = []object{{"id": "signup", "event": "form.submitted", "where": object{"field": "event.form", "op": "eq", "value": "a"}}}
		})
		require.Equal(t, 201, f.call("POST", "/v1/workflows", guarded).status)

		a := f.call("POST", "/v1/workflows/hello/backtest", object{})
		require.Equal(t, http.StatusAccepted, a.status, a.body)
		id := a.json["id"].(string)
		require.Equal(t, "/v1/jobs/"+id, a.header.Get("Location"))
		a = f.call("GET", "/v1/workflows/hello/backtests/"+id, nil)
		require.Equal(t, "queued", a.json["status"])
		jobs := &events.Jobs{Store: s, Kinds: events.JobKinds(events.NewDefinitions(4)), Now: f.clock.Now}
		require.NoError(t, jobs.Drain(t.Context()))

		a = f.call("GET", "/v1/workflows/hello/backtests/"+id, nil)
		require.Equal(t, 200, a.status, a.body)
		require.Equal(t, "done", a.json["status"])
		require.Nil(t, a.json["version"])
		require.EqualValues(t, 3, path(t, a.json, "result", "events"))
		require.EqualValues(t, 2, path(t, a.json, "result", "entered"))
		require.Equal(t, "cho@example.com", first(t, first(t, path(t, a.json, "result", "refused"))["samples"])["email"])
		require.Equal(t, "event.form", first(t, path(t, a.json, "result", "rules"))["field"])
		require.Len(t, path(t, a.json, "result", "inside"), 1)
		require.EqualValues(t, 2, path(t, a.json, "result", "sends", "total"))
		require.Equal(t, id, first(t, f.call("GET", "/v1/workflows/hello/backtests", nil).json["items"])["id"])
		require.Equal(t, 404, f.call("GET", "/v1/workflows/other/backtests/"+id, nil).status)

		// An erased contact is in no answer, and neither does any row remember its address.
		who := first(t, first(t, path(t, a.json, "result", "refused"))["samples"])["id"].(string)
		require.Equal(t, 204, f.call("DELETE", "/v1/contacts/"+who, nil).status)
		require.NotContains(t, f.call("GET", "/v1/workflows/hello/backtests/"+id, nil).body, who)

		for _, tt := range []struct {
			body    object
			pointer string
		}{
			{object{"version": 1}, "/version"},
			{object{"version": 1, "draft": true}, "/draft"},
			{object{"to": f.clock.Now().Add(time.Hour)}, "/to"},
			{object{"from": f.clock.Now()}, "/from"},
			{object{"from": "2020-01-01T00:00:00Z"}, "/from"},
		} {
			a = f.call("POST", "/v1/workflows/hello/backtest", tt.body)
			require.Equal(t, 422, a.status, a.body)
			require.Contains(t, a.body, tt.pointer)
		}
	})
}
