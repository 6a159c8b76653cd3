package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

const lease = time.Hour

func queued(t *testing.T, s *store.Store, n int) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = newContact(t, s).ID
		write(t, s, func(tx *store.Tx) {
			_, _, err := appendEvent(tx, ids[i], fmt.Sprintf("%s-1", ids[i]), "a.b")
			require.NoError(t, err)
		})
	}
	return ids
}

func claim(t *testing.T, s *store.Store, n int, lease time.Duration) []store.Claim {
	t.Helper()
	var claims []store.Claim
	write(t, s, func(tx *store.Tx) {
		var err error
		claims, err = tx.ClaimContacts(n, lease, new(store.Turn))
		require.NoError(t, err)
	})
	return claims
}

func TestClaimContactsLeaseAndFencing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		ids := queued(t, s, 3)
		write(t, s, func(tx *store.Tx) { require.NoError(t, tx.Enqueue(store.NoLane, ids[0])) })
		dead := claim(t, s, 2, 0)
		require.Len(t, dead, 2)
		require.Equal(t, ids[0], dead[0].ContactID, "the longest waiting first")
		// The lease of the first claim has ended: all three are free.
		live := claim(t, s, 10, lease)
		require.Len(t, live, 3)
		require.Empty(t, claim(t, s, 10, lease))
		write(t, s, func(tx *store.Tx) {
			held, err := tx.HoldsContact(ids[0], dead[0].Token)
			require.NoError(t, err)
			require.False(t, held)
			held, err = tx.HoldsContact(ids[0], live[0].Token)
			require.NoError(t, err)
			require.True(t, held)
			released, err := tx.ReleaseContact(ids[0], dead[0].Token, 1)
			require.NoError(t, err)
			require.False(t, released)
			_, err = tx.FailContact(ids[0], dead[0].Token, "x", 1, at)
			require.ErrorIs(t, err, store.ErrNotFound)
		})
		read(t, s, func(tx *store.Tx) {
			depth, oldest, err := tx.RouterLag()
			require.NoError(t, err)
			require.Equal(t, 3, depth)
			require.WithinDuration(t, time.Now(), *oldest, time.Minute)
		})
	})
}

func TestAnExpiredClaimStandsUntilSomebodyTakesOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		ids := queued(t, s, 1)
		claims := claim(t, s, 1, 0)
		write(t, s, func(tx *store.Tx) {
			held, err := tx.HoldsContact(ids[0], claims[0].Token)
			require.NoError(t, err)
			require.True(t, held)
		})
	})
}

func TestReleaseContactKeepsWhatCameMeanwhile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		id := queued(t, s, 1)[0]
		first := claim(t, s, 1, lease)[0]
		write(t, s, func(tx *store.Tx) {
			_, _, err := appendEvent(tx, id, "meanwhile", "a.b")
			require.NoError(t, err)
			require.NoError(t, tx.SetRouted(id, 1))
		})
		write(t, s, func(tx *store.Tx) {
			released, err := tx.ReleaseContact(id, first.Token, 1)
			require.NoError(t, err)
			require.True(t, released)
		})
		again := claim(t, s, 1, lease)
		require.Len(t, again, 1)
		write(t, s, func(tx *store.Tx) {
			released, err := tx.ReleaseContact(id, again[0].Token, 2)
			require.NoError(t, err)
			require.True(t, released)
			depth, _, err := tx.RouterLag()
			require.NoError(t, err)
			require.Zero(t, depth)
		})
		require.Empty(t, claim(t, s, 1, lease))
	})
}

// testRouter drains claimed contacts as the real one does, and remembers what it routed.
type testRouter struct {
	s      *store.Store
	mu     sync.Mutex
	routed map[string][]int64
}

func (r *testRouter) drain(ctx context.Context, c store.Claim) error {
	var done []int64
	err := r.s.Write(ctx, func(tx *store.Tx) error {
		contact, err := tx.LockContact(c.ContactID)
		if err != nil {
			return err
		}
		if held, err := tx.HoldsContact(c.ContactID, c.Token); err != nil || !held {
			return err
		}
		log, err := tx.EventsAfter(c.ContactID, contact.RoutedSeq, nil, 3)
		if err != nil || len(log) == 0 {
			return err
		}
		for _, e := range log {
			done = append(done, e.Seq)
		}
		return tx.SetRouted(c.ContactID, done[len(done)-1])
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.routed[c.ContactID] = append(r.routed[c.ContactID], done...)
	r.mu.Unlock()
	return r.s.Write(ctx, func(tx *store.Tx) error {
		contact, err := tx.Contact(c.ContactID)
		if err == nil {
			_, err = tx.ReleaseContact(c.ContactID, c.Token, contact.RoutedSeq)
		}
		return err
	})
}

// run drains until nothing is left to claim after posted was closed.
func (r *testRouter) run(ctx context.Context, posted <-chan struct{}) error {
	for {
		over := false
		select {
		case <-posted:
			over = true
		default:
		}
		var claims []store.Claim
		err := r.s.Write(ctx, func(tx *store.Tx) (err error) {
			claims, err = tx.ClaimContacts(2, lease, new(store.Turn))
			return err
		})
		if err != nil || (over && len(claims) == 0) {
			return err
		}
		for _, c := range claims {
			if err := r.drain(ctx, c); err != nil {
				return err
			}
		}
	}
}

// Routers and intake race; at the end every event was routed, in order, and the queue is empty.
func TestRouterLosesNothingUnderConcurrency(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		const contacts, events, routers = 3, 20, 3
		ids := make([]string, contacts)
		for i := range ids {
			ids[i] = newContact(t, s).ID
		}
		router := &testRouter{s: s, routed: map[string][]int64{}}
		posted, errs := make(chan struct{}), make(chan error, routers)
		for range routers {
			go func() { errs <- router.run(t.Context(), posted) }()
		}
		intake := together(contacts*2, func(i int) error {
			for k := range events / 2 {
				err := s.Write(t.Context(), func(tx *store.Tx) error {
					_, _, err := appendEvent(tx, ids[i%contacts], fmt.Sprintf("e-%d-%d", i, k), "a.b")
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		close(posted)
		for range routers {
			require.NoError(t, <-errs)
		}
		require.NoError(t, errors.Join(intake...))
		require.NoError(t, router.run(t.Context(), posted))
		for _, id := range ids {
			require.Len(t, router.routed[id], events)
			for i, seq := range router.routed[id] {
				require.EqualValues(t, i+1, seq)
			}
		}
		read(t, s, func(tx *store.Tx) {
			depth, _, err := tx.RouterLag()
			require.NoError(t, err)
			require.Zero(t, depth)
		})
	})
}

func TestFailContactBacksOffAndStops(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		id := queued(t, s, 1)[0]
		fail := func(stopAfter int, retryAt time.Time) (stopped bool) {
			claims := claim(t, s, 1, lease)
			require.Len(t, claims, 1)
			write(t, s, func(tx *store.Tx) {
				var err error
				stopped, err = tx.FailContact(id, claims[0].Token, "boom", stopAfter, retryAt)
				require.NoError(t, err)
			})
			return stopped
		}
		require.False(t, fail(2, at))
		for range 5 {
			require.False(t, fail(0, at), "an outage counts no tries")
		}
		// Progress starts the count anew.
		write(t, s, func(tx *store.Tx) {
			_, _, err := appendEvent(tx, id, "e2", "a.b")
			require.NoError(t, err)
			require.NoError(t, tx.SetRouted(id, 1))
		})
		require.False(t, fail(2, at))
		require.True(t, fail(2, at))
		require.Empty(t, claim(t, s, 1, lease))
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.Enqueue(store.NoLane, id), "new events do not start a stopped contact")
		})
		require.Empty(t, claim(t, s, 1, lease))
		read(t, s, func(tx *store.Tx) {
			stopped, err := tx.StoppedContacts()
			require.NoError(t, err)
			require.Len(t, stopped, 1)
			require.Equal(t, "boom", stopped[0].Error)
			require.Equal(t, 2, stopped[0].Tries)
			require.EqualValues(t, 1, stopped[0].FailedSeq)
			depth, _, err := tx.RouterLag()
			require.NoError(t, err)
			require.Zero(t, depth)
		})
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.RestartContact(id))
			require.ErrorIs(t, tx.RestartContact(id), store.ErrNotFound)
		})
		require.False(t, fail(2, time.Now().Add(time.Hour)))
		require.Empty(t, claim(t, s, 1, lease), "not before retryAt")
	})
}

func TestDispatches(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		take := func(n int, lease time.Duration) (rows []store.Dispatch) {
			write(t, s, func(tx *store.Tx) {
				var err error
				rows, err = tx.ClaimDispatches(n, lease, new(store.Turn))
				require.NoError(t, err)
			})
			return rows
		}
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.AddDispatch(store.DispatchStart, "enr_1"))
			require.NoError(t, tx.AddDispatch(store.DispatchWake, "enr_1"))
			require.NoError(t, tx.AddDispatch(store.DispatchStart, "enr_2"))
		})
		dead := take(1, 0)
		require.Len(t, dead, 1)
		require.Equal(t, store.DispatchStart, dead[0].Kind)
		require.Equal(t, "enr_1", dead[0].EnrollmentID)
		rows := take(10, lease)
		require.Len(t, rows, 3)
		require.Empty(t, take(10, lease))
		write(t, s, func(tx *store.Tx) {
			for _, wrong := range []func() (bool, error){
				func() (bool, error) { return tx.DoneDispatch(rows[0].ID, dead[0].Token) },
				func() (bool, error) { return tx.RetryDispatch(rows[0].ID, dead[0].Token, "x", at) },
			} {
				ok, err := wrong()
				require.NoError(t, err)
				require.False(t, ok)
			}
			ok, err := tx.RetryDispatch(rows[0].ID, rows[0].Token, "unavailable", at)
			require.NoError(t, err)
			require.True(t, ok)
			ok, err = tx.RetryDispatch(rows[1].ID, rows[1].Token, "unavailable", time.Now().Add(time.Hour))
			require.NoError(t, err)
			require.True(t, ok)
			ok, err = tx.DoneDispatch(rows[2].ID, rows[2].Token)
			require.NoError(t, err)
			require.True(t, ok)
		})
		again := take(10, lease)
		require.Len(t, again, 1)
		require.Equal(t, rows[0].ID, again[0].ID)
		require.Equal(t, 1, again[0].Tries)
		require.Equal(t, "unavailable", again[0].Error)
		write(t, s, func(tx *store.Tx) {
			n, err := tx.DoneDispatches([]string{again[0].ID, rows[1].ID}, again[0].Token)
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
			depth, oldest, err := tx.DispatchLag()
			require.NoError(t, err)
			require.Equal(t, 1, depth)
			require.NotNil(t, oldest)
			open, err := tx.Dispatches("enr_2")
			require.NoError(t, err)
			open1, err := tx.Dispatches("enr_1")
			require.NoError(t, err)
			require.Len(t, append(open, open1...), 1)
		})
	})
}

func TestClaimsAreDisjointUnderConcurrency(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		const rows, workers = 40, 6
		write(t, s, func(tx *store.Tx) {
			for i := range rows {
				require.NoError(t, tx.AddDispatch(store.DispatchStart, fmt.Sprint("enr_", i)))
			}
		})
		var mu sync.Mutex
		seen := map[string]int{}
		for _, err := range together(workers, func(int) error {
			for {
				var got []store.Dispatch
				err := s.Write(t.Context(), func(tx *store.Tx) (err error) {
					got, err = tx.ClaimDispatches(3, lease, new(store.Turn))
					return err
				})
				if err != nil || len(got) == 0 {
					return err
				}
				mu.Lock()
				for _, d := range got {
					seen[d.ID]++
					if seen[d.ID] > 1 {
						err = fmt.Errorf("%s was claimed twice", d.ID)
					}
				}
				mu.Unlock()
				if err != nil {
					return err
				}
			}
		}) {
			require.NoError(t, err)
		}
		require.Len(t, seen, rows)
	})
}
