package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestEventRoundTripAndQueries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			_, err := tx.LockContact(c.ID)
			require.NoError(t, err)
			e := &store.Event{
				ID: "e 1/ü", ContactID: c.ID, Type: "order.created", Data: store.JSON(`{"a":[1,2.50,"x"]}`), OccurredAt: at, AcceptedAt: at,
				BodyHash: "h", Cause: store.JSON(`{"depth":1}`), Source: "api",
			}
			added, err := tx.AppendEvent(e)
			require.NoError(t, err)
			require.True(t, added)
			require.EqualValues(t, 1, e.Seq)
			got, err := tx.Event(e.ID)
			require.NoError(t, err)
			require.Equal(t, kept, got.OccurredAt)
			require.Equal(t, kept, got.AcceptedAt)
			require.JSONEq(t, string(e.Data), string(got.Data))
			require.JSONEq(t, string(e.Cause), string(got.Cause))
			require.Equal(t, "api", got.Source)
			require.Equal(t, "h", got.BodyHash)
			for i, kind := range []string{"a.b", "order.created", "a.c"} {
				_, _, err := appendEvent(tx, c.ID, fmt.Sprint("e", i), kind)
				require.NoError(t, err)
			}
		})
		read(t, s, func(tx *store.Tx) {
			for _, test := range []struct {
				after int64
				types []string
				limit int
				want  []int64
			}{
				{0, nil, 10, []int64{1, 2, 3, 4}},
				{1, nil, 2, []int64{2, 3}},
				{0, []string{"order.created"}, 10, []int64{1, 3}},
				{1, []string{"order.created", "a.c"}, 10, []int64{3, 4}},
				{0, []string{}, 10, []int64{}},
				{4, nil, 10, []int64{}},
			} {
				events, err := tx.EventsAfter(c.ID, test.after, test.types, test.limit)
				require.NoError(t, err)
				seqs := []int64{}
				for _, e := range events {
					seqs = append(seqs, e.Seq)
				}
				require.Equal(t, test.want, seqs)
			}
			events, err := tx.EventsSince(c.ID, "order.created", time.Time{})
			require.NoError(t, err)
			require.Len(t, events, 2)
			events, err = tx.EventsSince(c.ID, "order.created", at.Add(time.Second))
			require.NoError(t, err)
			require.Len(t, events, 1)
			for kind, want := range map[string]bool{"a.b": true, "never.sent": false} {
				seen, err := tx.EventTypeSeen(kind)
				require.NoError(t, err)
				require.Equal(t, want, seen)
			}
		})
	})
}

func TestSeqIsGaplessUnderConcurrency(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		const writers, each = 8, 12
		failed := errors.New("roll back")
		for _, err := range together(writers, func(i int) error {
			for k := range each {
				// Every event is posted twice, and every third transaction fails after its append.
				for range 2 {
					err := s.Write(t.Context(), func(tx *store.Tx) error {
						_, _, err := appendEvent(tx, c.ID, fmt.Sprintf("e-%d-%d", i/2, k), "a.b")
						if err == nil && k%3 == 0 {
							return failed
						}
						return err
					})
					if err != nil && !errors.Is(err, failed) {
						return err
					}
				}
			}
			return nil
		}) {
			require.NoError(t, err)
		}
		read(t, s, func(tx *store.Tx) {
			events, err := tx.EventsAfter(c.ID, 0, nil, 1000)
			require.NoError(t, err)
			require.Len(t, events, writers/2*each*2/3)
			for i, e := range events {
				require.EqualValues(t, i+1, e.Seq)
			}
			got, err := tx.Contact(c.ID)
			require.NoError(t, err)
			require.EqualValues(t, len(events), got.Seq)
		})
	})
}

func TestNextSeqAndInsertEvent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			_, err := tx.LockContact(c.ID)
			require.NoError(t, err)
			seq, err := tx.NextSeq(c.ID)
			require.NoError(t, err)
			require.EqualValues(t, 1, seq)
			e := &store.Event{ID: "e1", ContactID: c.ID, Seq: seq, Type: "a.b", OccurredAt: at, AcceptedAt: at}
			require.NoError(t, tx.InsertEvent(e))
			require.ErrorIs(t, tx.InsertEvent(e), store.ErrConflict)
			e.ID = "e2"
			require.ErrorIs(t, tx.InsertEvent(e), store.ErrConflict, "the number is taken")
			_, err = tx.NextSeq("con_none")
			require.ErrorIs(t, err, store.ErrNotFound)
			added, err := tx.AppendEvent(&store.Event{ID: "e1", ContactID: c.ID, Type: "a.b", OccurredAt: at, AcceptedAt: at})
			require.NoError(t, err)
			require.False(t, added)
		})
	})
}

func TestListEventsPagesInOrderOfAcceptance(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		a, b := newContact(t, s), newContact(t, s)
		var want []string
		write(t, s, func(tx *store.Tx) {
			for i := range 9 {
				contact := a
				if i%3 == 2 {
					contact = b
				}
				_, err := tx.LockContact(contact.ID)
				require.NoError(t, err)
				// Three events in each instant, ids against the order.
				e := &store.Event{
					ID: fmt.Sprint("e", 9-i), ContactID: contact.ID, Type: "a.b", OccurredAt: at,
					AcceptedAt: at.Add(time.Duration(i/3) * 100 * time.Millisecond),
				}
				_, err = tx.AppendEvent(e)
				require.NoError(t, err)
				if i%2 == 0 {
					require.NoError(t, tx.PutVerdict(&store.Verdict{EventID: e.ID, Workflow: "w", Verdict: "loop"}))
				}
			}
		})
		read(t, s, func(tx *store.Tx) {
			all, next, err := tx.ListEvents(store.EventFilter{}, store.Page{})
			require.NoError(t, err)
			require.Empty(t, next)
			require.Len(t, all, 9)
			for i, e := range all {
				want = append(want, e.ID)
				if i > 0 {
					require.False(t, e.AcceptedAt.After(all[i-1].AcceptedAt))
				}
			}
		})
		var got []string
		page := store.Page{Limit: 2}
		for i := 0; ; i++ {
			read(t, s, func(tx *store.Tx) {
				items, next, err := tx.ListEvents(store.EventFilter{}, page)
				require.NoError(t, err)
				for _, e := range items {
					got = append(got, e.ID)
				}
				page.Cursor = next
			})
			// Newer events between the pages do not move them.
			write(t, s, func(tx *store.Tx) {
				_, _, err := appendEvent(tx, a.ID, fmt.Sprint("late", i), "a.b")
				require.NoError(t, err)
			})
			if page.Cursor == "" {
				break
			}
		}
		require.Equal(t, want, got)
		read(t, s, func(tx *store.Tx) {
			items, _, err := tx.ListEvents(store.EventFilter{Contact: b.ID}, store.Page{})
			require.NoError(t, err)
			require.Len(t, items, 3)
			items, _, err = tx.ListEvents(store.EventFilter{Contact: a.ID, Type: "a.b", Verdict: "loop"}, store.Page{})
			require.NoError(t, err)
			require.Len(t, items, 3)
			for _, cursor := range []string{"x", "W10", "WyJhIiwiYiIsImMiXQ"} {
				_, _, err = tx.ListEvents(store.EventFilter{}, store.Page{Cursor: cursor})
				require.ErrorIs(t, err, store.ErrCursor)
			}
		})
	})
}

func TestVerdictsFirstOneStays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			for _, v := range []store.Verdict{
				{EventID: "e1", Workflow: "w", Verdict: "enrolled", EnrollmentID: "enr_1", Version: 2, Values: store.JSON(`[{"result":true}]`)},
				{EventID: "e1", Workflow: "w", Verdict: "filtered", EnrollmentID: "enr_1"},
				{EventID: "e1", Workflow: "w", Verdict: "exited", EnrollmentID: "enr_2", Reason: "r"},
				{EventID: "e2", Verdict: "ignored"},
				{EventID: "e2", Verdict: "ignored"},
			} {
				require.NoError(t, tx.PutVerdict(&v))
			}
			found, err := tx.Verdicts("e1", "e2", "e3")
			require.NoError(t, err)
			require.Len(t, found["e1"], 2)
			require.Equal(t, "enrolled", found["e1"][0].Verdict)
			require.Equal(t, 2, found["e1"][0].Version)
			require.JSONEq(t, `[{"result":true}]`, string(found["e1"][0].Values))
			require.Equal(t, "r", found["e1"][1].Reason)
			require.Len(t, found["e2"], 1)
			require.Empty(t, found["e3"])
			none, err := tx.Verdicts()
			require.NoError(t, err)
			require.Empty(t, none)
		})
	})
}

func TestIgnoredEventNeverTakesTheCursorPastAnUnroutedOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			ignored := func(id string) *store.Contact {
				e := &store.Event{ID: id, ContactID: c.ID, Type: "a.b", Data: store.JSON(`{}`), OccurredAt: at, AcceptedAt: at, Source: "api"}
				added, err := tx.AppendIgnored(e)
				require.NoError(t, err)
				require.True(t, added)
				got, err := tx.LockContact(c.ID)
				require.NoError(t, err)
				require.Equal(t, e.Seq, got.Seq)
				return got
			}
			require.EqualValues(t, 1, ignored("i1").RoutedSeq)
			_, _, err := appendEvent(tx, c.ID, "e2", "a.c")
			require.NoError(t, err)
			require.EqualValues(t, 1, ignored("i3").RoutedSeq, "the second event is still to be routed")
		})
	})
}

func TestTypesOfTheLog(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		first, second := newContact(t, s), newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			none, err := tx.EventTypes(10)
			require.NoError(t, err)
			require.Empty(t, none)
			_, err = tx.NewestOfType("a.b")
			require.ErrorIs(t, err, store.ErrNotFound)
			for i, kind := range []string{"z.z", "a.b", "m.n", "a.b"} {
				c := []*store.Contact{first, second}[i%2]
				_, err := tx.LockContact(c.ID)
				require.NoError(t, err)
				_, err = tx.AppendEvent(&store.Event{
					ID: fmt.Sprint("e", i), ContactID: c.ID, Type: kind, Data: store.JSON("{}"),
					OccurredAt: at, AcceptedAt: at.Add(-time.Duration(i) * time.Hour),
				})
				require.NoError(t, err)
			}
			types, err := tx.EventTypes(10)
			require.NoError(t, err)
			require.Equal(t, []string{"a.b", "m.n", "z.z"}, types)
			types, err = tx.EventTypes(2)
			require.NoError(t, err)
			require.Equal(t, []string{"a.b", "m.n"}, types)
			newest, err := tx.NewestOfType("a.b")
			require.NoError(t, err)
			require.Equal(t, "e1", newest.ID, "by when it was accepted")
		})
	})
}
