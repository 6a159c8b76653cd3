package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		now := time.Now().UTC().Truncate(time.Microsecond)
		row := &store.Session{TokenHash: []byte("h1"), Data: []byte("d"), CreatedAt: now, Deadline: now.Add(time.Hour), ExpiresAt: now.Add(time.Minute)}
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.PutSession(row))
			got, err := tx.Session(row.TokenHash, now)
			require.NoError(t, err)
			require.Equal(t, row, got)
			_, err = tx.Session([]byte("h2"), now)
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = tx.Session(row.TokenHash, row.ExpiresAt)
			require.ErrorIs(t, err, store.ErrNotFound, "it ends at its end")

			require.NoError(t, tx.ExtendSession(row, now.Add(2*time.Minute)))
			_, err = tx.Session(row.TokenHash, now.Add(time.Minute))
			require.NoError(t, err)
			require.NoError(t, tx.ExtendSession(row, now.Add(2*time.Hour)))
			_, err = tx.Session(row.TokenHash, now.Add(time.Hour))
			require.ErrorIs(t, err, store.ErrNotFound, "no use moves it past its deadline")

			require.NoError(t, tx.EndSession(row.TokenHash))
			require.ErrorIs(t, tx.EndSession(row.TokenHash), store.ErrNotFound)
			require.ErrorIs(t, tx.ExtendSession(row, now), store.ErrNotFound)

			for _, name := range []string{"a", "b", "c"} {
				old := &store.Session{TokenHash: []byte(name), Data: []byte("d"), CreatedAt: now, Deadline: now, ExpiresAt: now.Add(-time.Second)}
				require.NoError(t, tx.PutSession(old))
			}
			require.NoError(t, tx.PutSession(row))
			for _, want := range []int64{2, 1, 0} {
				n, err := tx.DropSessions(now, 2)
				require.NoError(t, err)
				require.Equal(t, want, n)
			}
			_, err = tx.Session(row.TokenHash, now)
			require.NoError(t, err, "one that has not expired stays")
		})
	})
}
