package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
	"fermata/worker"
)

// openRuns is a Temporal with so many open runs.
type openRuns struct {
	*runs
	open   int64
	closed []string
	away   error
}

func (o *openRuns) LastClosed(context.Context, int) ([]string, error) { return o.closed, nil }

func (o *openRuns) CountOpen(context.Context) (int64, error) { return o.open, o.away }

func TestCensusNamesTheCausesOfADifference(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		one := setup(t, s)
		temporal := &openRuns{runs: one.runs}
		lost := int64(0)
		census := &worker.Census{
			Store: s, Engine: temporal, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return one.clock },
			Lost: func() int64 { return lost },
		}
		take := func(ours, open int64, causes map[string]int64) {
			t.Helper()
			temporal.open = open
			row, err := census.Take(t.Context())
			require.NoError(t, err)
			var kept *store.Reconciliation
			require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) (err error) {
				kept, err = tx.Reconciliation()
				return err
			}))
			require.Equal(t, []int64{ours, open}, []int64{kept.Ours, kept.Temporal})
			require.JSONEq(t, string(row.Causes), string(kept.Causes))
			got, sum := map[string]int64{}, int64(0)
			require.NoError(t, kept.Causes.Decode(&got))
			for _, cause := range worker.Causes {
				require.Contains(t, got, cause)
				sum += got[cause]
			}
			require.Equal(t, ours-open, sum, "the causes are the difference")
			for cause, n := range got {
				require.Equal(t, causes[cause], n, cause)
			}
		}
		take(0, 0, nil)
		first := one.enrollment("waiting", nil)
		second := one.enrollment("running", nil)
		take(2, 2, nil)
		require.Empty(t, one.runs.asked, "nobody is asked for while all is well")

		one.write(func(tx *store.Tx) error { return tx.AddDispatch(store.DispatchStart, first) })
		take(2, 1, map[string]int64{worker.CauseStartPending: 1})
		lost = 1
		take(2, 0, map[string]int64{worker.CauseStartPending: 1, worker.CauseLost: 1})
		lost, temporal.closed = 0, []string{"enroll/w/c/" + second, "enroll/w/c/" + second, "enroll/w/c/nobody"}
		one.runs.known[second] = worker.Run{State: worker.RunClosed}
		take(2, 0, map[string]int64{worker.CauseStartPending: 1, worker.CauseLost: 1})
		one.runs.known[second] = worker.Run{State: worker.RunOpen}
		take(2, 0, map[string]int64{worker.CauseStartPending: 1, worker.CauseOther: 1})

		ended := one.enrollment("waiting", nil)
		one.write(func(tx *store.Tx) error {
			e, err := tx.LockEnrollment(ended)
			if err != nil {
				return err
			}
			now := time.Now()
			e.Status, e.EndedAt = store.StatusExited, &now
			return tx.SaveEnrollment(e)
		})
		lost = 0
		take(2, 3, map[string]int64{worker.CauseStartPending: 1, worker.CauseEndedOpen: -1, worker.CauseOther: -1})
		one.runs.known[ended] = worker.Run{State: worker.RunClosed}
		take(2, 2, map[string]int64{worker.CauseStartPending: 1, worker.CauseOther: -1})

		at := one.clock
		one.clock, temporal.away = at.Add(time.Hour), errors.New("connection refused")
		_, err := census.Take(t.Context())
		require.ErrorIs(t, err, temporal.away)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			kept, err := tx.Reconciliation()
			require.WithinDuration(t, at, kept.At, time.Second, "nothing is said about a Temporal that is away")
			return err
		}))
	})
}
