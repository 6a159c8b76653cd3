package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

var ref = store.EffectRef{EnrollmentID: "enr_1", Node: "mail", Visit: 1}

func claimEffect(t *testing.T, s *store.Store, ref store.EffectRef, token string, lease time.Duration) (row *store.Effect, claimed bool) {
	t.Helper()
	write(t, s, func(tx *store.Tx) {
		var err error
		row, claimed, err = tx.ClaimEffect(ref, "email", "key", token, lease)
		require.NoError(t, err)
	})
	return row, claimed
}

func record(t *testing.T, s *store.Store, token, state string) (recorded bool) {
	t.Helper()
	write(t, s, func(tx *store.Tx) {
		var err error
		recorded, err = tx.RecordEffect(ref, token, state, store.JSON(`{"id": 1}`), "")
		require.NoError(t, err)
	})
	return recorded
}

func TestEffectClaimActRecord(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		row, claimed := claimEffect(t, s, ref, "one", lease)
		require.True(t, claimed)
		require.Equal(t, store.EffectClaimed, row.State)
		require.Equal(t, 1, row.Attempts)
		require.WithinDuration(t, time.Now().Add(lease), *row.LeaseUntil, time.Minute)

		row, claimed = claimEffect(t, s, ref, "two", lease)
		require.False(t, claimed, "the lease is live")
		require.Equal(t, store.EffectClaimed, row.State)
		require.Equal(t, "one", row.AttemptToken)
		_, claimed = claimEffect(t, s, store.EffectRef{EnrollmentID: "enr_1", Node: "mail", Visit: 1, Copy: 1}, "two", lease)
		require.True(t, claimed, "another recipient is another effect")

		require.False(t, record(t, s, "two", store.EffectDone), "a wrong token records nothing")
		require.True(t, record(t, s, "one", store.EffectDone))
		require.False(t, record(t, s, "one", store.EffectFailed), "done is done")
		row, claimed = claimEffect(t, s, ref, "three", lease)
		require.False(t, claimed)
		require.Equal(t, store.EffectDone, row.State)
		require.Equal(t, 1, row.Copies)
		require.Nil(t, row.LeaseUntil)
		require.JSONEq(t, `{"id":1}`, string(row.Result))
		write(t, s, func(tx *store.Tx) {
			for name, reclaim := range map[string]func(store.EffectRef, string, time.Duration) (bool, error){
				"unknown": tx.ReclaimUnknown, "failed": tx.ReclaimFailed,
			} {
				ok, err := reclaim(ref, "x", lease)
				require.NoError(t, err)
				require.False(t, ok, name)
			}
			effects, err := tx.Effects("enr_1")
			require.NoError(t, err)
			require.Len(t, effects, 2)
			require.Equal(t, ref, effects[0].Ref())
			_, err = tx.Effect(store.EffectRef{EnrollmentID: "enr_9"})
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	})
}

func TestAnExpiredClaimBecomesUnknown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		_, claimed := claimEffect(t, s, ref, "dead", 0)
		require.True(t, claimed)
		for range 2 {
			row, claimed := claimEffect(t, s, ref, "two", lease)
			require.False(t, claimed)
			require.Equal(t, store.EffectUnknown, row.State)
			require.Equal(t, 1, row.Copies, "it may have gone out, whether or not it is sent again")
		}
		write(t, s, func(tx *store.Tx) {
			ok, err := tx.ReclaimUnknown(ref, "two", lease)
			require.NoError(t, err)
			require.True(t, ok)
			ok, err = tx.ReclaimUnknown(ref, "three", lease)
			require.NoError(t, err)
			require.False(t, ok)
		})
		require.False(t, record(t, s, "dead", store.EffectDone), "the lost attempt is fenced off")
		require.True(t, record(t, s, "two", store.EffectDone))
		read(t, s, func(tx *store.Tx) {
			row, err := tx.Effect(ref)
			require.NoError(t, err)
			require.Equal(t, 2, row.Copies, "the lost attempt may have gone out")
			require.Equal(t, 2, row.Attempts)
		})
	})
}

func TestALateAttemptMayStillRecord(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		claimEffect(t, s, ref, "late", 0)
		row, _ := claimEffect(t, s, ref, "two", lease)
		require.Equal(t, store.EffectUnknown, row.State)
		require.True(t, record(t, s, "late", store.EffectDone))
		row, _ = claimEffect(t, s, ref, "two", lease)
		require.Equal(t, 1, row.Copies)
		write(t, s, func(tx *store.Tx) {
			ok, err := tx.ReclaimUnknown(ref, "two", lease)
			require.NoError(t, err)
			require.False(t, ok)
		})
	})
}

func TestALateRefusalTakesTheCopyBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		claimEffect(t, s, ref, "late", 0)
		claimEffect(t, s, ref, "two", lease)
		require.True(t, record(t, s, "late", store.EffectFailed))
		row, _ := claimEffect(t, s, ref, "two", lease)
		require.Zero(t, row.Copies)
	})
}

func TestAFailedEffectIsClaimedAgainOnPurpose(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		claimEffect(t, s, ref, "one", lease)
		require.True(t, record(t, s, "one", store.EffectFailed))
		row, claimed := claimEffect(t, s, ref, "two", lease)
		require.False(t, claimed)
		require.Equal(t, store.EffectFailed, row.State)
		require.Zero(t, row.Copies)
		write(t, s, func(tx *store.Tx) {
			ok, err := tx.ReclaimFailed(ref, "two", 0)
			require.NoError(t, err)
			require.True(t, ok)
		})
		row, _ = claimEffect(t, s, ref, "three", lease)
		require.Equal(t, store.EffectUnknown, row.State)
		write(t, s, func(tx *store.Tx) {
			ok, err := tx.ResolveEffect(ref, store.EffectDone, "seen by an operator")
			require.NoError(t, err)
			require.True(t, ok)
			ok, err = tx.ResolveEffect(ref, store.EffectFailed, "")
			require.NoError(t, err)
			require.False(t, ok)
			row, err := tx.Effect(ref)
			require.NoError(t, err)
			require.Equal(t, store.EffectDone, row.State)
			require.Equal(t, 1, row.Copies)
			require.Equal(t, "seen by an operator", row.Error)
		})
	})
}

func TestOneClaimOfManyAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		won := make([]bool, 8)
		count := func() (n int) {
			for i, w := range won {
				if w {
					n++
				}
				won[i] = false
			}
			return n
		}
		for _, err := range together(len(won), func(i int) error {
			return s.Write(t.Context(), func(tx *store.Tx) (err error) {
				_, won[i], err = tx.ClaimEffect(ref, "email", "k", store.NewID("t"), 0)
				return err
			})
		}) {
			require.NoError(t, err)
		}
		require.Equal(t, 1, count())
		claimEffect(t, s, ref, "x", lease)
		for _, err := range together(len(won), func(i int) error {
			return s.Write(t.Context(), func(tx *store.Tx) (err error) {
				won[i], err = tx.ReclaimUnknown(ref, store.NewID("t"), lease)
				return err
			})
		}) {
			require.NoError(t, err)
		}
		require.Equal(t, 1, count())
	})
}

func TestInsertEffectOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			e := &store.Effect{
				EnrollmentID: "enr_1", Node: "n", Visit: 2, Kind: "tag_add", Key: "k", State: store.EffectDone, Copies: 1,
				Result: store.JSON(`{"added": true}`), Undo: store.JSON(`{"remove": "x"}`),
			}
			got, inserted, err := tx.InsertEffect(e)
			require.NoError(t, err)
			require.True(t, inserted)
			require.Equal(t, e, got)
			got, inserted, err = tx.InsertEffect(&store.Effect{EnrollmentID: "enr_1", Node: "n", Visit: 2, State: store.EffectFailed})
			require.NoError(t, err)
			require.False(t, inserted)
			require.Equal(t, e, got)
		})
	})
}

func TestADoubtfulAttemptThatFailedLeavesTheDoubt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		claimEffect(t, s, ref, "one", lease)
		require.True(t, record(t, s, "one", store.EffectUnknown))
		again := func(token string, mayHave bool) *store.Effect {
			var row *store.Effect
			write(t, s, func(tx *store.Tx) {
				claimed, err := tx.ReclaimUnknown(ref, token, lease)
				require.NoError(t, err)
				require.True(t, claimed)
				given, err := tx.GiveBackUnknown(ref, "of somebody else", "x", false)
				require.NoError(t, err)
				require.False(t, given)
				given, err = tx.GiveBackUnknown(ref, token, "451 later", mayHave)
				require.NoError(t, err)
				require.True(t, given)
				row, err = tx.Effect(ref)
				require.NoError(t, err)
			})
			return row
		}
		row := again("two", false)
		require.Equal(t, store.EffectUnknown, row.State)
		require.Equal(t, "451 later", row.Error)
		require.Nil(t, row.LeaseUntil)
		require.Equal(t, 1, row.Copies, "that attempt cannot have gone out")
		require.Equal(t, 2, again("three", true).Copies)
	})
}
