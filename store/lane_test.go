package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

// line is a queue with lanes, for tests: add brings work into a lane, take claims some and returns
// the lanes that it came from.
type line struct {
	name string
	add  func(lane string, n int)
	take func(n int, turn *store.Turn) []string
}

// lines are both queues that the program has. Ids and enrollments are named after their lane.
func lines(t *testing.T, s *store.Store) []line {
	t.Helper()
	lanes := map[string]string{}
	return []line{{
		name: "contacts",
		add: func(lane string, n int) {
			ids := make([]string, n)
			for i := range ids {
				ids[i] = store.NewID("con")
				lanes[ids[i]] = lane
			}
			write(t, s, func(tx *store.Tx) { require.NoError(t, tx.Enqueue(lane, ids...)) })
		},
		take: func(n int, turn *store.Turn) (from []string) {
			write(t, s, func(tx *store.Tx) {
				claims, err := tx.ClaimContacts(n, lease, turn)
				require.NoError(t, err)
				for _, c := range claims {
					held, err := tx.HoldsContact(c.ContactID, c.Token)
					require.NoError(t, err)
					require.True(t, held)
					from = append(from, lanes[c.ContactID])
				}
			})
			return from
		},
	}, {
		name: "calls",
		add: func(lane string, n int) {
			e := newEnrollment(t, s, newContact(t, s).ID, lane)
			lanes[e.ID] = lane
			write(t, s, func(tx *store.Tx) {
				for range n {
					require.NoError(t, tx.AddDispatch(store.DispatchStart, e.ID))
				}
			})
		},
		take: func(n int, turn *store.Turn) (from []string) {
			write(t, s, func(tx *store.Tx) {
				rows, err := tx.ClaimDispatches(n, lease, turn)
				require.NoError(t, err)
				for _, d := range rows {
					from = append(from, lanes[d.EnrollmentID])
				}
			})
			return from
		},
	}}
}

func eachLine(t *testing.T, test func(t *testing.T, l line)) {
	t.Helper()
	each(t, func(t *testing.T, s *store.Store) {
		for _, l := range lines(t, s) {
			t.Run(l.name, func(t *testing.T) { test(t, l) })
		}
	})
}

// count counts what came from each lane.
func count(from []string) map[string]int {
	n := map[string]int{}
	for _, lane := range from {
		n[lane]++
	}
	return n
}

func TestACrowdInOneLaneHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	eachLine(t, func(t *testing.T, l line) {
		turn := new(store.Turn)
		l.add("crowd", 40)
		require.Equal(t, map[string]int{"crowd": 8}, count(l.take(8, turn)))
		l.add("alone", 1)
		l.add("few", 3)
		require.Equal(t, map[string]int{"alone": 1, "few": 2, "crowd": 5}, count(l.take(8, turn)), "what others leave over, the crowd gets")
		require.Equal(t, map[string]int{"few": 1, "crowd": 7}, count(l.take(8, turn)))
		require.Equal(t, map[string]int{"crowd": 20}, count(l.take(50, turn)))
		require.Empty(t, l.take(8, turn))
	})
}

func TestMoreLanesThanRoomTakeTurns(t *testing.T) {
	t.Parallel()
	eachLine(t, func(t *testing.T, l line) {
		const lanes = 9
		for i := range lanes {
			l.add(fmt.Sprint("lane-", i), 40)
		}
		for _, room := range []int{1, 3, 4, 9} {
			turn, served := new(store.Turn), []string{}
			for range 4 * lanes / room {
				served = append(served, l.take(room, turn)...)
				require.Len(t, count(served), min(len(served), lanes), "nobody twice before all others")
			}
			for lane, n := range count(served) {
				require.Equal(t, 4, n, lane)
			}
		}
	})
}

// The lane that sorts first is the one whose rows are all claimed: it takes a turn, and no room.
func TestWhatIsClaimedTakesNoRoom(t *testing.T) {
	t.Parallel()
	eachLine(t, func(t *testing.T, l line) {
		turn := new(store.Turn)
		l.add("a", 3)
		require.Len(t, l.take(3, turn), 3)
		l.add("b", 6)
		require.Equal(t, map[string]int{"b": 4}, count(l.take(4, turn)))
		require.Equal(t, map[string]int{"b": 1}, count(l.take(1, turn)))
		require.Equal(t, map[string]int{"b": 1}, count(l.take(4, turn)))
	})
}

// Each claimer has its own turns, and nothing is given out twice or forgotten.
func TestClaimsOfManyLanesAreDisjoint(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		const lanes, rows, workers = 5, 12, 6
		for i := range lanes {
			e := newEnrollment(t, s, newContact(t, s).ID, fmt.Sprint("w", i))
			write(t, s, func(tx *store.Tx) {
				for range rows {
					require.NoError(t, tx.AddDispatch(store.DispatchWake, e.ID))
				}
			})
		}
		var mu sync.Mutex
		seen := map[string]int{}
		for _, err := range together(workers, func(int) error {
			turn := new(store.Turn)
			for {
				var got []store.Dispatch
				err := s.Write(t.Context(), func(tx *store.Tx) (err error) {
					got, err = tx.ClaimDispatches(4, lease, turn)
					return err
				})
				if err != nil || len(got) == 0 {
					return err
				}
				mu.Lock()
				for _, d := range got {
					seen[d.ID]++
				}
				mu.Unlock()
			}
		}) {
			require.NoError(t, err)
		}
		require.Len(t, seen, lanes*rows)
		for id, n := range seen {
			require.Equal(t, 1, n, id)
		}
	})
}
