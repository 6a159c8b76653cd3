package store_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestChangedIsToldOfWhatWasCommitted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		told := func(changed <-chan struct{}) bool {
			select {
			case <-changed:
				return true
			default:
				return false
			}
		}
		contact := newContact(t, s)
		changed, other := s.Changed(), s.Changed()
		require.ErrorContains(t, s.Write(t.Context(), func(tx *store.Tx) error {
			contact.FirstName = "Ana"
			require.NoError(t, tx.UpdateContact(contact))
			return errors.New("no")
		}), "no")
		write(t, s, func(tx *store.Tx) {
			_, err := tx.Contact(contact.ID)
			require.NoError(t, err)
		})
		require.False(t, told(changed), "rolled back, or read alone")
		write(t, s, func(tx *store.Tx) { require.NoError(t, tx.UpdateContact(contact)) })
		require.True(t, told(changed) && told(other), "everybody who waits is told")
		require.False(t, told(s.Changed()), "who asks now hears of the next")
	})
}
