package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestEnrollmentRoundTrip(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		e := &store.Enrollment{
			ID: "enr_1", Workflow: "w", Version: 3, Hash: "h", ContactID: c.ID, Key: "k", Status: store.StatusWaiting,
			Outcome: "o", Reason: "r", Node: "n", Visit: 2, DueAt: &kept, StartedAt: kept, EndedAt: &kept, Test: true, Waits: "real",
			Sends: "sink", TriggerID: "t", TriggerEventID: "te", TriggerData: store.JSON(`{"a": 1}`), AnchorAt: kept, EventID: "e",
			EventType: "a.b", EventData: store.JSON(`[1]`), EventAt: &kept, Vars: store.JSON(`{"v": 1}`), ParentID: "p",
			Cause: store.JSON(`{"depth": 2}`), Epoch: 4, Interpreter: 5, StartSeq: 6, CursorSeq: 7, WaitSeq: 8, RunID: "run", CreatedAt: kept,
		}
		write(t, s, func(tx *store.Tx) { require.NoError(t, tx.InsertEnrollment(e)) })
		require.True(t, e.Active)
		check := func() {
			read(t, s, func(tx *store.Tx) {
				got, err := tx.Enrollment("enr_1")
				require.NoError(t, err)
				require.Equal(t, e, got)
			})
		}
		check()
		write(t, s, func(tx *store.Tx) {
			got, contact, err := tx.LockEnrollmentContact("enr_1")
			require.NoError(t, err)
			require.Equal(t, e, got)
			require.Equal(t, c.ID, contact.ID)
			require.Equal(t, *c.Email, *contact.Email)
			require.JSONEq(t, "{}", string(contact.Fields))
			_, err = tx.LockEnrollment("enr_none")
			require.ErrorIs(t, err, store.ErrNotFound)
			require.ErrorIs(t, tx.SaveEnrollment(&store.Enrollment{ID: "enr_none"}), store.ErrNotFound)

			later := kept.Add(time.Hour)
			*e = store.Enrollment{
				ID: "enr_1", Workflow: "w", ContactID: c.ID, CreatedAt: kept, Version: 4, Hash: "h2", Key: "k2",
				Status: store.StatusCompleted, Outcome: "o2", Reason: "r2", Node: "n2", Visit: 3, StartedAt: later, AnchorAt: later,
				Waits: "compressed", Sends: "real", TriggerID: "t2", TriggerEventID: "te2", TriggerData: store.JSON(`{"a": 2}`),
				EventID: "e2", EventType: "a.c", Vars: store.JSON(`{"v": 2}`), ParentID: "p2", Cause: store.JSON(`{"depth": 3}`),
				Epoch: 5, Interpreter: 6, StartSeq: 7, CursorSeq: 8, WaitSeq: 9, RunID: "run2",
			}
			require.NoError(t, tx.SaveEnrollment(e))
			require.False(t, e.Active)
		})
		check()
		write(t, s, func(tx *store.Tx) { require.NoError(t, tx.SetRunID("enr_1", "run3")) })
		e.RunID = "run3"
		check()
	})
}

func TestOneActiveEnrollment(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		first := newEnrollment(t, s, c.ID, "w")
		add := func(tx *store.Tx, change func(e *store.Enrollment)) error {
			e := &store.Enrollment{Workflow: "w", ContactID: c.ID, Status: store.StatusHeld, StartedAt: at, AnchorAt: at}
			change(e)
			return tx.InsertEnrollment(e)
		}
		write(t, s, func(tx *store.Tx) {
			require.ErrorIs(t, add(tx, func(*store.Enrollment) {}), store.ErrConflict)
			require.ErrorIs(t, add(tx, func(e *store.Enrollment) { e.ID, e.Test = first.ID, true }), store.ErrConflict)
			// The refused insert leaves the transaction usable.
			require.NoError(t, add(tx, func(e *store.Enrollment) { e.Key = "other" }))
			require.NoError(t, add(tx, func(e *store.Enrollment) { e.Workflow = "w2" }))
			require.NoError(t, add(tx, func(e *store.Enrollment) { e.Test = true }))
			require.NoError(t, add(tx, func(e *store.Enrollment) { e.Status = store.StatusExited }))
			row, err := tx.LockEnrollment(first.ID)
			require.NoError(t, err)
			row.Status = store.StatusCompleted
			require.NoError(t, tx.SaveEnrollment(row))
			require.NoError(t, add(tx, func(*store.Enrollment) {}), "the slot is free")
			active, err := tx.ActiveEnrollments(c.ID)
			require.NoError(t, err)
			require.Len(t, active, 4)
			for workflow, want := range map[string]bool{"w": true, "w2": true, "w3": false} {
				in, err := tx.EnrolledIn(c.ID, workflow)
				require.NoError(t, err)
				require.Equal(t, want, in)
			}
		})
		// Bringing an ended one back into a taken slot is refused too.
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			row, err := tx.LockEnrollment(first.ID)
			require.NoError(t, err)
			row.Status = store.StatusRunning
			return tx.SaveEnrollment(row)
		})
		require.ErrorIs(t, err, store.ErrConflict)
	})
}

func TestOneActiveEnrollmentOfManyAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		for round := range 5 {
			c := newContact(t, s)
			won := 0
			for _, err := range together(6, func(i int) error {
				return s.Write(t.Context(), func(tx *store.Tx) error { // without the contact's lock: the index alone decides
					return tx.InsertEnrollment(&store.Enrollment{
						ID: fmt.Sprintf("enr_%d_%d", round, i), Workflow: "w", ContactID: c.ID, Status: store.StatusRunning,
						StartedAt: at, AnchorAt: at,
					})
				})
			}) {
				if err == nil {
					won++
				} else {
					require.ErrorIs(t, err, store.ErrConflict)
				}
			}
			require.Equal(t, 1, won)
		}
	})
}

func TestWakesAreCoalesced(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		e := newEnrollment(t, s, newContact(t, s).ID, "w")
		wakes := func() int {
			var n int
			read(t, s, func(tx *store.Tx) {
				rows, err := tx.Dispatches(e.ID)
				require.NoError(t, err)
				n = len(rows)
			})
			return n
		}
		errs := together(6, func(int) error {
			return s.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.SetWake(e.ID)
				return err
			})
		})
		require.NoError(t, errors.Join(errs...))
		require.Equal(t, 1, wakes())
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.ClearWake(e.ID))
			set, err := tx.SetWake(e.ID)
			require.NoError(t, err)
			require.True(t, set)
			set, err = tx.SetWake(e.ID)
			require.NoError(t, err)
			require.False(t, set)
		})
		require.Equal(t, 2, wakes())
		write(t, s, func(tx *store.Tx) {
			row, err := tx.LockEnrollment(e.ID)
			require.NoError(t, err)
			require.True(t, row.WakePending)
			// A stale true cannot bring a cleared flag back: that would keep every later wake away.
			require.NoError(t, tx.ClearWake(e.ID))
			row.Status = store.StatusExited
			require.NoError(t, tx.SaveEnrollment(row))
			set, err := tx.SetWake(e.ID)
			require.NoError(t, err)
			require.True(t, set, "an ended enrollment is woken too")
			row.WakePending = false
			require.NoError(t, tx.SaveEnrollment(row))
			row, err = tx.Enrollment(e.ID)
			require.NoError(t, err)
			require.False(t, row.WakePending)
			set, err = tx.SetWake("enr_none")
			require.NoError(t, err)
			require.False(t, set)
		})
	})
}

func TestEnrollmentListsAndCounts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		a, b := newContact(t, s), newContact(t, s)
		var ids []string
		write(t, s, func(tx *store.Tx) {
			for i := range 6 {
				e := &store.Enrollment{
					Workflow: "w", Version: 1 + i%2, ContactID: a.ID, Status: store.StatusWaiting, Node: "n", Key: fmt.Sprint(i),
					StartedAt: at.Add(time.Duration(-i) * time.Hour), AnchorAt: at, DueAt: ptr(at.Add(time.Duration(-i) * time.Minute)),
				}
				switch i {
				case 3:
					e.Test = true
				case 4:
					e.Status, e.Key = store.StatusFailed, "0"
				case 5:
					e.ContactID, e.Workflow, e.DueAt = b.ID, "w2", nil
				}
				require.NoError(t, tx.InsertEnrollment(e))
				ids = append(ids, e.ID)
			}
		})
		read(t, s, func(tx *store.Tx) {
			for name, test := range map[string]struct {
				filter store.EnrollmentFilter
				want   []int
			}{
				"all":      {store.EnrollmentFilter{}, []int{5, 4, 3, 2, 1, 0}},
				"workflow": {store.EnrollmentFilter{Workflow: "w2"}, []int{5}},
				"contact":  {store.EnrollmentFilter{Contact: a.ID, Status: store.StatusWaiting}, []int{3, 2, 1, 0}},
				"version":  {store.EnrollmentFilter{Workflow: "w", Version: 2}, []int{3, 1}},
				"real":     {store.EnrollmentFilter{Node: "n", Test: ptr(false), Active: ptr(true)}, []int{5, 2, 1, 0}},
				"ended":    {store.EnrollmentFilter{Active: ptr(false)}, []int{4}},
			} {
				want := []string{}
				for _, i := range test.want {
					want = append(want, ids[i])
				}
				got, page := []string{}, store.Page{Limit: 2}
				for {
					items, next, err := tx.ListEnrollments(test.filter, page)
					require.NoError(t, err, name)
					for _, e := range items {
						got = append(got, e.ID)
					}
					if next == "" {
						break
					}
					page.Cursor = next
				}
				require.Equal(t, want, got, name)
				n, err := tx.CountEnrollments(test.filter)
				require.NoError(t, err)
				require.Equal(t, len(want), n, name)
			}
			overdue, err := tx.OverdueEnrollments(at, 2)
			require.NoError(t, err)
			require.Len(t, overdue, 2)
			require.Equal(t, []string{ids[3], ids[2]}, []string{overdue[0].ID, overdue[1].ID})
			last, err := tx.LastEnrollment("w", a.ID, "0")
			require.NoError(t, err)
			require.Equal(t, ids[0], last.ID)
			_, err = tx.LastEnrollment("w", a.ID, "3")
			require.ErrorIs(t, err, store.ErrNotFound, "tests do not count")
		})
	})
}

func TestStepsAreDecidedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		row := &store.Step{
			EnrollmentID: "enr_1", Node: "n", Visit: 1, Seq: 5, Type: "branch", Title: "T", Status: "waiting", Port: "p", Reason: "r",
			EnteredAt: kept, LeftAt: &kept, DueAt: &kept, Attempts: 1, Values: store.JSON(`[1]`), Result: store.JSON(`{"a": 1}`), Error: "e",
			DecidedEventID: "ev",
		}
		write(t, s, func(tx *store.Tx) {
			got, inserted, err := tx.InsertStep(row)
			require.NoError(t, err)
			require.True(t, inserted)
			require.Equal(t, row, got)
			got, inserted, err = tx.InsertStep(&store.Step{EnrollmentID: "enr_1", Node: "n", Visit: 1, Port: "other", EnteredAt: at})
			require.NoError(t, err)
			require.False(t, inserted)
			require.Equal(t, row, got, "the first one stands")
			next, inserted, err := tx.InsertStep(&store.Step{EnrollmentID: "enr_1", Node: "n", Visit: 2, EnteredAt: at})
			require.NoError(t, err)
			require.True(t, inserted)
			require.Equal(t, 6, next.Seq)
			one, _, err := tx.InsertStep(&store.Step{EnrollmentID: "enr_2", Node: "n", Visit: 1, EnteredAt: at})
			require.NoError(t, err)
			require.Equal(t, 1, one.Seq)

			row.Status, row.Port, row.Values, row.Attempts, row.LeftAt = "done", "q", nil, 2, nil
			require.NoError(t, tx.SaveStep(row))
			require.ErrorIs(t, tx.SaveStep(&store.Step{EnrollmentID: "enr_9"}), store.ErrNotFound)
			steps, err := tx.Steps("enr_1")
			require.NoError(t, err)
			require.Len(t, steps, 2)
			require.Equal(t, *row, steps[0])
		})
		ports := make([]string, 6)
		errs := together(len(ports), func(i int) error {
			return s.Write(t.Context(), func(tx *store.Tx) error {
				step, _, err := tx.InsertStep(&store.Step{EnrollmentID: "enr_3", Node: "n", Visit: 1, Port: fmt.Sprint(i), EnteredAt: at})
				if err == nil {
					ports[i] = step.Port
				}
				return err
			})
		})
		require.NoError(t, errors.Join(errs...))
		for _, port := range ports {
			require.Equal(t, ports[0], port)
		}
	})
}
