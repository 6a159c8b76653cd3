package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/api"
	"fermata/store"
	"fermata/store/storetest"
)

func TestHealthNamesWhoCannotGoOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Now().UTC()
		contact := &store.Contact{}
		e := &store.Enrollment{Workflow: "w", Status: store.StatusWaiting, StartedAt: now, AnchorAt: now, CreatedAt: now}
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.CreateContact(contact); err != nil {
				return err
			}
			e.ContactID = contact.ID
			if err := tx.InsertEnrollment(e); err != nil {
				return err
			}
			if err := tx.Looked(e.ID, now, now, "Advance fails (store), attempt 9"); err != nil {
				return err
			}
			if err := tx.SetTrouble(e.ID, "read cause: it is broken"); err != nil {
				return err
			}
			return tx.Enqueue(store.NoLane, contact.ID)
		}))
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			claims, err := tx.ClaimContacts(1, time.Minute, new(store.Turn))
			if err != nil {
				return err
			}
			_, err = tx.FailContact(contact.ID, claims[0].Token, "read event: it is broken", 1, tx.Now())
			return err
		}))
		out := api.EngineHealth{}
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error { return wedged(tx, &out) }))
		require.Equal(t, 2, out.Wedged)
		require.Len(t, out.Details, 2)
		require.Equal(t, []string{"enrollment", e.ID, "Advance fails (store), attempt 9: read cause: it is broken"},
			[]string{out.Details[0].Kind, out.Details[0].Subject, out.Details[0].Cause})
		require.Equal(t, []string{"contact", contact.ID, "its queue has stopped: read event: it is broken"},
			[]string{out.Details[1].Kind, out.Details[1].Subject, out.Details[1].Cause})
		require.NotNil(t, out.Details[0].Since)

		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			row, err := tx.LockEnrollment(e.ID)
			if err != nil {
				return err
			}
			if err := tx.SaveEnrollment(row); err != nil {
				return err
			}
			return tx.RestartContact(contact.ID)
		}))
		out = api.EngineHealth{}
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error { return wedged(tx, &out) }))
		require.Zero(t, out.Wedged, "a sign of life ends it")
		require.Empty(t, out.Details)
	})
}

// An API that runs without a relay says what the relay of another process has found.
func TestHealthWithoutARelayKnowsWhoIsLost(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := &health{app: &App{store: s, o: Options{Parts: Parts{API: true}}}}
		lost := func() int {
			out := api.EngineHealth{}
			require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error { return h.readStore(tx, &out) }))
			return out.Lost
		}
		require.Zero(t, lost(), "nobody has compared yet")
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutReconciliation(&store.Reconciliation{At: time.Now(), Ours: 5, Temporal: 2, Causes: store.JSON(`{"lost": 2, "start_pending": 1}`)})
		}))
		require.Equal(t, 2, lost())
	})
}
