package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// While a worker lives that would take up a moved run by the old version, nobody is moved and nothing
// is published that would move them.
func TestNobodyIsMovedWhileAnOldWorkerLives(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		ids := f.inside("first", 1, day, 3*day)
		f.draft(lasting("first", "4d"))
		announce := func(level int) {
			require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.AnnounceWorker("7@host", 1, level) }))
		}
		announce(0)
		f.run(t, []scenario{
			{name: "publish", method: "POST", url: dripURL + "/publish", body: object{"in_flight": "migrate"}, status: 409, expected: []string{"7@host", "up to date"}},
			{name: "move", method: "POST", url: "/v1/enrollments/" + ids[0] + "/move", body: object{"node": "second"}, status: 409, expected: []string{"7@host"}},
		})
		require.EqualValues(t, 1, f.must(200, "GET", dripURL, nil)["version"])
		announce(store.LevelMoves)
		f.must(200, "POST", "/v1/enrollments/"+ids[0]+"/move", object{"node": "second"})
		require.EqualValues(t, 2, f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate"})["version"])
	})
}

// A worker of an older build that appears while people are being moved stops the job between two
// batches; the job says why, and goes on when the worker has gone.
func TestAMoveRestsWhileAnOldWorkerLives(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		ids := f.inside("first", 12, day, 3*day)
		f.draft(lasting("first", "4d"))
		worker := func(appears bool) {
			require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
				if appears {
					return tx.AnnounceWorker("7@host", 1, 0)
				}
				return tx.RetireWorker("7@host")
			}))
		}
		rests := func(id string) map[string]any {
			for {
				f.jobs(id, "running")
				if job := f.must(200, "GET", "/v1/jobs/"+id, nil); job["error"] != nil {
					require.Contains(t, job["error"], "7@host runs a build that cannot carry on who was moved")
					return job
				}
			}
		}
		id := f.must(200, "POST", dripURL+"/publish", object{"in_flight": "migrate", "rate": "4/1s"})["job"].(string)
		f.jobs(id, "running", 2)
		worker(true)
		resting := rests(id)
		sent := f.marked(ids)
		require.Less(t, sent, len(ids))
		require.EqualValues(t, sent, resting["done"])
		require.Equal(t, sent, f.marked(ids))
		worker(false)
		job := f.jobs(id, "done")
		require.Equal(t, []any{object{"moved": 12.0}, 0.0, nil}, []any{job["counts"], job["errors"], job["error"]})
		require.Equal(t, 12, f.marked(ids))

		order := object{"action": "move", "node": "second", "filter": object{"workflow": "drip"}, "rate": "10000/1s"}
		many := f.must(202, "POST", "/v1/enrollments/batch", order)["id"].(string)
		worker(true)
		require.EqualValues(t, 0, rests(many)["done"])
		worker(false)
		require.Equal(t, object{"matched": 12.0, "done": 12.0}, f.jobs(many, "done")["counts"], "nobody is refused because of it")
	})
}
