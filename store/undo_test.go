package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestErasureForgetsWhatAnUndoSaid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		ref := store.EffectRef{Node: "n", Visit: 1}
		write(t, s, func(tx *store.Tx) {
			c := &store.Contact{}
			require.NoError(t, tx.CreateContact(c))
			e := &store.Enrollment{Workflow: "w", ContactID: c.ID, Status: store.StatusCompleted, StartedAt: time.Now(), AnchorAt: time.Now()}
			require.NoError(t, tx.InsertEnrollment(e))
			ref.EnrollmentID = e.ID
			_, _, err := tx.InsertEffect(&store.Effect{EnrollmentID: e.ID, Node: "n", Visit: 1, State: store.EffectDone, Undo: store.JSON(`[1]`)})
			require.NoError(t, err)
			require.NoError(t, tx.SetUndone(ref, "enr_2.a.1", store.JSON(`[{"what": "tag Ana"}]`), store.JSON(`[2]`)))
			row, err := tx.Effect(ref)
			require.NoError(t, err)
			require.Equal(t, "enr_2", row.TakenBackBy())
			require.JSONEq(t, `[2]`, string(row.Undo))
			erasure, err := tx.ErasureOf(c)
			require.NoError(t, err)
			require.NoError(t, tx.EraseContact(erasure))
			row, err = tx.Effect(ref)
			require.NoError(t, err)
			require.Empty(t, row.Undone)
			require.Empty(t, row.Undo)
		})
	})
}
