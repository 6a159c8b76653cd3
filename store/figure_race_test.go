package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// Whoever changes a row while a part of it is being built is not overlooked: either the part leaves the
// enrollment out, or the change finds the part and makes it stale.
func TestPartsAndChangesAtTheSameTime(t *testing.T) {
	t.Parallel()
	s := storetest.OpenPostgres(t) // SQLite has one writer
	base := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	day := store.PartDay{Workflow: "w", StartsAt: base, EndsAt: base.AddDate(0, 0, 1)}
	change := func(tx *store.Tx, status string) error {
		step, err := tx.Step("e1", "a", 1)
		if err != nil {
			return err
		}
		step.Status = status
		return tx.SaveStep(step)
	}
	build := func() (n int64) {
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) (err error) {
			n, err = tx.BuildPart(day, base.AddDate(0, 0, 9))
			return err
		}))
		return n
	}
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return endedRows(tx, base) }))
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		require.NoError(t, change(tx, "failed"))
		require.EqualValues(t, 1, build(), "the other one")
		return nil
	}))
	bothFigures(t, s, base)
	require.EqualValues(t, 1, build())
	bothFigures(t, s, base)

	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return change(tx, "done") })) // stale
	changed := make(chan error, 1)
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.BuildPart(day, base.AddDate(0, 0, 9))
		go func() { changed <- s.Write(t.Context(), func(tx *store.Tx) error { return change(tx, "unknown") }) }()
		return err
	}))
	require.NoError(t, <-changed)
	bothFigures(t, s, base)
}
