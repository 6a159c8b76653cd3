package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// While a workflow is paused nobody goes on, so a dry run that said otherwise would ask for a pace in
// vain. It says who goes on when the workflow is resumed.
func TestADryRunDuringAPauseFiresNobody(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, s *store.Store, clocks string, first float64) {
		t.Helper()
		f := setup(t, s)
		f.inside("first", 102, 2*day, 3*day)
		f.inside("second", 2, day, 5*day)
		f.draft(lasting("first", "49h"), cutSecond)
		plan := object{"in_flight": "migrate", "on_missing": "next"}
		url := dripURL + "/publish?dry_run=true"
		before := f.must(200, "POST", url, plan)
		require.NotContains(t, before, "note")
		require.NotContains(t, path(t, before, "nodes", 0), "fires_at_resume")

		look := func(clocks string, first float64) {
			t.Helper()
			f.must(200, "POST", dripURL+"/pause", object{"clocks": clocks})
			f.clock.Advance(2 * time.Hour) // the 49 hours of the new version are over meanwhile
			got := f.must(200, "POST", url, plan)
			require.Equal(t, []any{
				object{"node": "first", "waiting": 102.0, "becomes": "first", "fires_now": 0.0, "fires_at_resume": first, "class": "same", "way": "carry"},
				object{"node": "second", "waiting": 2.0, "becomes": "last", "fires_now": 0.0, "fires_at_resume": 2.0, "class": "deleted", "way": "enter"},
			}, got["nodes"])
			require.Equal(t, object{"count": 0.0, "limit": 100.0, "decide": false, "spread": nil, "until": nil, "at_resume": first + 2}, got["leaving"])
			require.Contains(t, got["note"], "nobody goes on now")
			sample := path(t, got, "samples", 0).(map[string]any)
			require.Equal(t, []any{false, first > 0}, []any{sample["fires_now"], sample["fires_at_resume"]})
			if first > 0 {
				require.Nil(t, sample["becomes_due_at"], "no instant ends it, the resume does")
			} else {
				require.Equal(t, f.clock.Now().Add(time.Hour).Format(time.RFC3339Nano), sample["becomes_due_at"], "what was left when the clocks stopped")
			}
		}
		look(clocks, first)
		if clocks == store.ClocksRun {
			done := f.must(200, "POST", dripURL+"/publish", plan)
			require.EqualValues(t, 2, done["version"], "nobody has to say at which pace they go")
			return
		}
		f.must(200, "POST", dripURL+"/resume", object{})
		got := f.must(200, "POST", url, plan)
		require.Equal(t, []any{0.0, 2.0}, []any{path(t, got, "nodes", 0, "fires_now"), path(t, got, "nodes", 1, "fires_now")},
			"after the pause their clocks have an hour left")
	}
	for clocks, first := range map[string]float64{store.ClocksRun: 102, store.ClocksFreeze: 0} {
		t.Run(clocks, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) { run(t, s, clocks, first) })
		})
	}
}
