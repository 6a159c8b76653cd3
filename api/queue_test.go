package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestStoppedQueueOfAContactIsReleased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		id := f.must(201, "POST", "/v1/contacts", map[string]any{"email": "ana@example.com"})["id"].(string)
		path := "/v1/contacts/" + id + "/queue/release"
		require.Equal(t, "wrong-state", f.must(409, "POST", path, nil)["type"])
		f.must(404, "POST", "/v1/contacts/nobody/queue/release", nil)
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.Enqueue(store.NoLane, id) }))
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			claims, err := tx.ClaimContacts(1, time.Minute, new(store.Turn))
			if err != nil {
				return err
			}
			_, err = tx.FailContact(id, claims[0].Token, "read event: it is broken", 1, tx.Now())
			return err
		}))
		f.must(204, "POST", path, nil)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			stopped, err := tx.StoppedContacts()
			require.Empty(t, stopped)
			return err
		}))
		f.must(409, "POST", path, nil)
	})
}
