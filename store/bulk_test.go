package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

// logEntry is an event behind the end of a contact's log, in memory.
func logEntry(c *store.Contact, id string, ignored bool) store.LogEntry {
	c.Seq++
	if ignored {
		c.RoutedSeq = c.Seq
	}
	return store.LogEntry{Ignored: ignored, Event: &store.Event{
		ID: id, ContactID: c.ID, Seq: c.Seq, Type: "a.b", Data: store.JSON(`{}`), OccurredAt: at, AcceptedAt: at, Source: "test",
	}}
}

func TestEventsAppendedTogetherStandInTheirLogs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		ada, bo := newContact(t, s), newContact(t, s)
		const many = 600 // more than one statement takes
		write(t, s, func(tx *store.Tx) {
			list := []store.LogEntry{logEntry(bo, "bo-1", true)}
			for i := range many {
				list = append(list, logEntry(ada, fmt.Sprint("ada-", i), false))
			}
			require.NoError(t, tx.AppendEvents(list, []*store.Contact{ada, bo}))
		})
		read(t, s, func(tx *store.Tx) {
			log, err := tx.EventsAfter(ada.ID, 0, nil, 1000)
			require.NoError(t, err)
			require.Len(t, log, many)
			for i, e := range log {
				require.Equal(t, []any{fmt.Sprint("ada-", i), int64(i + 1)}, []any{e.ID, e.Seq})
			}
			for _, want := range []*store.Contact{ada, bo} {
				got, err := tx.Contact(want.ID)
				require.NoError(t, err)
				require.Equal(t, []int64{want.Seq, want.RoutedSeq}, []int64{got.Seq, got.RoutedSeq})
			}
			depth, _, err := tx.RouterLag()
			require.NoError(t, err)
			require.Equal(t, 1, depth, "only who has something to route is queued")
			said, err := tx.Verdicts("bo-1", "ada-0")
			require.NoError(t, err)
			require.Equal(t, "ignored", said["bo-1"][0].Verdict)
			require.Empty(t, said["ada-0"])
			known, err := tx.KnownEvents([]string{"ada-0", "ada-599", "none"})
			require.NoError(t, err)
			require.Equal(t, map[string]bool{"ada-0": true, "ada-599": true}, known)
		})
		for _, n := range []int{1, 2} {
			err := s.Write(t.Context(), func(tx *store.Tx) error {
				again := *ada
				list := []store.LogEntry{logEntry(&again, "ada-7", false), logEntry(&again, "new", false)}[:n]
				return tx.AppendEvents(list, []*store.Contact{&again})
			})
			require.ErrorIs(t, err, store.ErrConflict, "an id is unique for ever")
		}
	})
}

func TestEventsPostedAgainAreMarkedTogether(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.AppendEvents([]store.LogEntry{logEntry(c, "a", false), logEntry(c, "b", false), logEntry(c, "c", false)}, []*store.Contact{c}))
			require.NoError(t, tx.MarkRepeated([]string{"c", "a"}))
			require.NoError(t, tx.MarkRepeated(nil))
		})
		read(t, s, func(tx *store.Tx) {
			for id, want := range map[string]bool{"a": true, "b": false, "c": true} {
				e, err := tx.Event(id)
				require.NoError(t, err)
				require.Equal(t, want, e.Repeated, id)
			}
		})
	})
}

func TestContactsAreAddedLockedAndSavedTogether(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		var list []*store.Contact
		var ids, emails []string
		for i := range 300 {
			c := &store.Contact{Email: ptr(fmt.Sprint("c", i, "@example.com")), CreatedAt: at, UpdatedAt: at}
			list, emails = append(list, c), append(emails, *c.Email)
		}
		write(t, s, func(tx *store.Tx) { require.NoError(t, tx.AddContacts(list)) })
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		later := at.Add(time.Hour)
		write(t, s, func(tx *store.Tx) {
			locked, err := tx.LockContacts(append([]string{"con_gone"}, ids...))
			require.NoError(t, err)
			require.Len(t, locked, len(list))
			for i, c := range list {
				c.FirstName, c.Fields, c.UpdatedAt = fmt.Sprint("N", i), store.JSON(`{"n": 1}`), later
			}
			list[1].Phone, list[1].Timezone, list[1].Seq = ptr("1"), "UTC", 99
			require.NoError(t, tx.SaveProfiles(list))
		})
		read(t, s, func(tx *store.Tx) {
			found, err := tx.ContactsNamed(store.AliasEmail, append(emails, "none@example.com"))
			require.NoError(t, err)
			require.Len(t, found, len(list))
			for i := range list {
				require.Equal(t, fmt.Sprint("N", i), found[emails[i]].FirstName)
			}
			got := found[emails[1]]
			require.Equal(t, []any{"1", "UTC", kept.Add(time.Hour), kept, int64(0)}, []any{*got.Phone, got.Timezone, got.UpdatedAt, got.CreatedAt, got.Seq})
			require.JSONEq(t, `{"n": 1}`, string(got.Fields))
			require.Nil(t, found[emails[2]].Phone)
		})
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.AddContacts([]*store.Contact{{Email: ptr("new@example.com")}, {Email: ptr("c7@example.com")}})
		})
		require.ErrorIs(t, err, store.ErrConflict)
		require.ErrorIs(t, s.Read(t.Context(), func(tx *store.Tx) error { return second(tx.LockContacts(ids)) }), store.ErrReadOnly)
	})
}

// Many are locked one after the other in the order of their ids, so that two requests about the
// same contacts never wait for each other.
func TestContactsLockedTogetherNeverMeetInADeadlock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		var forth, back []string
		var list []*store.Contact
		for range 300 { // more than one statement takes
			list = append(list, &store.Contact{})
		}
		write(t, s, func(tx *store.Tx) { require.NoError(t, tx.AddContacts(list)) })
		for _, c := range list {
			forth, back = append(forth, c.ID), append([]string{c.ID}, back...)
		}
		for _, err := range together(16, func(i int) error {
			ids := forth
			if i%2 == 0 {
				ids = back
			}
			return s.Write(t.Context(), func(tx *store.Tx) error { return second(tx.LockContacts(ids)) })
		}) {
			require.NoError(t, err)
		}
	})
}

func TestWhoListensIsAskedForManyAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.AddSubscriptions([]store.Subscription{
				{EnrollmentID: "enr_1", ContactID: "con_1", Kind: store.SubscriptionWait, EventType: "a.b"},
			}))
			for key, version := range map[string]int{"open": 1, "draft": 0} {
				require.NoError(t, tx.CreateWorkflow(&store.Workflow{Key: key, Name: key, Status: store.WorkflowActive, Version: version}))
				require.NoError(t, tx.SetWorkflowEvents(key, []string{key + ".go"}))
			}
			listening, err := tx.Listening([]string{"con_1", "con_2"}, []string{"a.b", "a.c", "open.go", "draft.go"})
			require.NoError(t, err)
			require.Equal(t, []bool{true, false, false, true, true, false}, []bool{
				listening.To("con_1", "a.b"), listening.To("con_1", "a.c"), listening.To("con_2", "a.b"),
				listening.To("con_1", "open.go"), listening.To("con_2", "open.go"), listening.To("con_1", "draft.go"),
			})
			heard, err := tx.Heard("con_2", "a.b")
			require.NoError(t, err)
			require.False(t, heard)
			listening, err = tx.Listening(nil, []string{"open.go"})
			require.NoError(t, err)
			require.True(t, listening.To("", "open.go"))
		})
	})
}
