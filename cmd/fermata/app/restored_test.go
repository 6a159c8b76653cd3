package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/store"
	"fermata/store/storetest"
)

func TestRestored(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		var out strings.Builder
		note := func(from, to time.Time) error { return app.Restored(t.Context(), s, from, to, now, &out) }
		require.ErrorContains(t, note(now, now.Add(-time.Hour)), "ends at 2026-03-02T11:00:00Z, before it begins")
		require.ErrorContains(t, note(now.Add(time.Hour), time.Time{}), "before it begins")
		require.ErrorContains(t, note(now, now.Add(time.Hour)), "still to come")
		require.Empty(t, out.String())

		require.NoError(t, note(now.Add(-time.Hour), time.Time{}))
		require.Equal(t, "noted: the store knows nothing of the time from 2026-03-02T11:00:00Z to 2026-03-02T12:00:00Z\n"+
			"0 enrollments are active; 0 of them were due in it\n", out.String())
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			gaps, err := tx.Gaps()
			require.NoError(t, err)
			require.Len(t, gaps, 1)
			require.True(t, gaps[0].Holds(now.Add(-time.Minute)))
			require.False(t, gaps[0].Holds(now.Add(time.Minute)))
			audit, _, err := tx.ListAudit("", store.Page{Limit: 10})
			require.Len(t, audit, 1)
			require.Equal(t, "store.restored", audit[0].Action)
			return err
		}))
	})
}
