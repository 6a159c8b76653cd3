package store_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestAttemptTakesBackWhatItWroteAndNothingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		bad, hooks := errors.New("bad"), 0
		create := func(tx *store.Tx, key string) error {
			tx.AfterCommit(func() { hooks++ })
			return tx.CreateTag(&store.Tag{Key: key, Name: key})
		}
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.Attempt(func() error { return create(tx, "first") }))
			require.ErrorIs(t, tx.Attempt(func() error { return errors.Join(create(tx, "second"), bad) }), bad)
			require.ErrorIs(t, tx.Attempt(func() error { tx.Spoil(bad); return create(tx, "third") }), bad)
			require.ErrorIs(t, tx.Attempt(func() error { return create(tx, "first") }), store.ErrConflict)
			require.NoError(t, create(tx, "last"))
		})
		require.Equal(t, 2, hooks)
		read(t, s, func(tx *store.Tx) {
			tags, _, err := tx.ListTags(store.Page{})
			require.NoError(t, err)
			require.Len(t, tags, 2)
			require.Equal(t, []string{"first", "last"}, []string{tags[0].Key, tags[1].Key})
		})
	})
}

func TestJobsAreListedAndTheirPayloadIsReadInPieces(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
		jobs := []store.Job{
			{Kind: "a", Subject: "one", CreatedAt: now}, {Kind: "b", Subject: "one", CreatedAt: now}, {Kind: "a", CreatedAt: now}, {Kind: "c", CreatedAt: now},
		}
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.CreateJob(&jobs[0], []byte("0123456789")))
			require.NoError(t, tx.CreateJob(&jobs[1], nil))
			require.NoError(t, tx.CreateJob(&jobs[2], []byte{}))
			require.NoError(t, tx.CreateJob(&jobs[3], bytes.Repeat([]byte("0123456789abcdef"), 20_000)))
		})
		read(t, s, func(tx *store.Tx) {
			for filter, want := range map[store.JobFilter]int{
				{}: 4, {Kind: "a"}: 2, {Subject: "one"}: 2, {Kind: "a", Subject: "one"}: 1, {Status: store.JobDone}: 0, {Status: store.JobQueued}: 4,
			} {
				list, _, err := tx.ListJobs(filter, store.Page{})
				require.NoError(t, err)
				require.Len(t, list, want, "%+v", filter)
			}
			for _, piece := range []struct {
				offset int
				want   string
			}{{0, "0123"}, {3, "3456"}, {8, "89"}, {10, ""}, {20, ""}} {
				got, err := tx.JobPayload(jobs[0].ID, piece.offset, 4)
				require.NoError(t, err)
				require.Equal(t, piece.want, string(got))
			}
			_, err := tx.JobPayload(jobs[1].ID, 0, 4)
			require.ErrorIs(t, err, store.ErrNotFound)
		})
		long := bytes.Repeat([]byte("0123456789abcdef"), 20_000) // several pieces
		read(t, s, func(tx *store.Tx) {
			for _, at := range []int{0, 1, 131_071, 131_072, 131_073, 262_143, 300_000, 319_999, 320_000, 400_000} {
				for _, length := range []int{1, 10, 131_072, 200_000, 500_000} {
					got, err := tx.JobPayload(jobs[3].ID, at, length)
					require.NoError(t, err)
					from := min(at, len(long))
					require.True(t, bytes.Equal(long[from:min(len(long), from+length)], got), "%d bytes at %d", length, at)
				}
			}
		})
		write(t, s, func(tx *store.Tx) {
			ended, err := tx.EndJob(jobs[0].ID, store.JobCanceled, "", now)
			require.NoError(t, err)
			require.True(t, ended)
			_, err = tx.JobPayload(jobs[0].ID, 0, 4)
			require.ErrorIs(t, err, store.ErrNotFound, "the payload goes with the job")
			ended, err = tx.EndJob(jobs[0].ID, store.JobCanceled, "", now)
			require.NoError(t, err)
			require.False(t, ended)
			ids, err := tx.ClaimJobs([]string{"a"}, 5, "token", time.Minute)
			require.NoError(t, err)
			require.Equal(t, []string{jobs[2].ID}, ids, "others know the other kinds, and ended ones are over")
			ids, err = tx.ClaimJobs([]string{"a"}, 5, "another", time.Minute)
			require.NoError(t, err)
			require.Empty(t, ids)
		})
	})
}
