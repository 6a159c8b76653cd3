package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		effects := make([]bool, 8)
		errs := together(len(effects), func(i int) error {
			return s.Write(t.Context(), func(tx *store.Tx) error {
				k := &store.IdempotencyKey{Key: "k", Route: "POST /v1/events", BodyHash: "h", CreatedAt: kept}
				if err := tx.PutIdempotent(k); err != nil {
					return err
				}
				effects[i] = true
				k.Status, k.Header, k.Response = 201, store.JSON(`{"Location": "/x"}`), []byte(fmt.Sprint(i))
				return tx.FinishIdempotent(k)
			})
		})
		winner := -1
		for i, err := range errs {
			if err == nil {
				require.Equal(t, -1, winner)
				winner = i
			} else {
				require.ErrorIs(t, err, store.ErrConflict)
				require.False(t, effects[i])
			}
		}
		write(t, s, func(tx *store.Tx) {
			k, err := tx.Idempotent("k", "POST /v1/events")
			require.NoError(t, err)
			require.Equal(t, 201, k.Status)
			require.Equal(t, fmt.Sprint(winner), string(k.Response))
			require.JSONEq(t, `{"Location":"/x"}`, string(k.Header))
			require.Equal(t, kept, k.CreatedAt)
			_, err = tx.Idempotent("k", "POST /v1/contacts")
			require.ErrorIs(t, err, store.ErrNotFound)
			n, err := tx.DropIdempotent(kept, 10)
			require.NoError(t, err)
			require.Zero(t, n)
			n, err = tx.DropIdempotent(kept.Add(time.Second), 10)
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
		})
	})
}

func TestPagesAreStable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			for i := range 7 {
				require.NoError(t, tx.CreateTag(&store.Tag{Name: fmt.Sprint("t", i)}))
			}
		})
		var got []string
		page := store.Page{Limit: 3}
		for {
			write(t, s, func(tx *store.Tx) {
				tags, next, err := tx.ListTags(page)
				require.NoError(t, err)
				for _, tag := range tags {
					got = append(got, tag.Key)
				}
				page.Cursor = next
				// What was shown goes, and something before it comes: neither moves the next page.
				require.NoError(t, tx.DeleteTag(tags[0].Key))
				require.NoError(t, tx.CreateTag(&store.Tag{Name: "a" + tags[0].Key}))
			})
			if page.Cursor == "" {
				break
			}
		}
		require.Equal(t, []string{"t0", "t1", "t2", "t3", "t4", "t5", "t6"}, got)
		read(t, s, func(tx *store.Tx) {
			tags, next, err := tx.ListTags(store.Page{Limit: 7})
			require.NoError(t, err)
			require.Len(t, tags, 7)
			require.Empty(t, next, "a full last page has no next")
			for _, cursor := range []string{"!", "W10", "WzFd"} {
				_, _, err = tx.ListTags(store.Page{Cursor: cursor})
				require.ErrorIs(t, err, store.ErrCursor)
			}
		})
	})
}

func TestIDsSortByTime(t *testing.T) {
	t.Parallel()
	last := ""
	for range 10000 {
		id := store.NewID("con")
		require.Regexp(t, `^con_[0-9a-v]{26}$`, id)
		require.Greater(t, id, last)
		last = id
	}
}
