package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func TestContactRoundTrip(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		full := &store.Contact{
			ID: "con_full", ExternalID: ptr("x-1"), Email: ptr("ann@example.com"), Phone: ptr("+1"), FirstName: "Ann", LastName: "Ö'\"%",
			Country: "DE", Timezone: "Europe/Berlin", Fields: store.JSON(`{"plan":"pro","n":12345678901234567890,"f":1.5,"u":"ü\u2028"}`),
			Consent: store.JSON(`{"email":{"state":"subscribed"}}`), CreatedAt: at,
		}
		blank := &store.Contact{}
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.CreateContact(full))
			require.NoError(t, tx.CreateContact(blank))
		})
		read(t, s, func(tx *store.Tx) {
			got, err := tx.Contact("con_full")
			require.NoError(t, err)
			require.JSONEq(t, string(full.Fields), string(got.Fields))
			require.JSONEq(t, string(full.Consent), string(got.Consent))
			require.Equal(t, kept, got.CreatedAt)
			require.WithinDuration(t, time.Now(), got.UpdatedAt, time.Minute)
			got.Fields, got.Consent, got.CreatedAt, got.UpdatedAt = full.Fields, full.Consent, full.CreatedAt, full.UpdatedAt
			require.Equal(t, full, got)

			got, err = tx.Contact(blank.ID)
			require.NoError(t, err)
			require.Nil(t, got.Email)
			require.Nil(t, got.ExternalID)
			require.Equal(t, "{}", string(got.Fields))

			for _, find := range []func() (*store.Contact, error){
				func() (*store.Contact, error) { return tx.ContactByEmail("ann@example.com") },
				func() (*store.Contact, error) { return tx.ContactByExternalID("x-1") },
			} {
				got, err = find()
				require.NoError(t, err)
				require.Equal(t, "con_full", got.ID)
			}
			_, err = tx.ContactByEmail("nobody@example.com")
			require.ErrorIs(t, err, store.ErrNotFound)
			found, err := tx.Contacts([]string{"con_full", blank.ID, "con_none"})
			require.NoError(t, err)
			require.Len(t, found, 2)
		})
	})
}

func TestContactConflicts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.CreateContact(&store.Contact{ID: "con_1", Email: ptr("a@example.com"), ExternalID: ptr("1")}))
			for _, c := range []*store.Contact{
				{ID: "con_1"}, {Email: ptr("a@example.com")}, {ExternalID: ptr("1")},
			} {
				err := tx.CreateContact(c)
				require.ErrorIs(t, err, store.ErrConflict)
				require.ErrorContains(t, err, "contacts")
			}
			// An insert's conflict leaves the transaction as it was.
			require.NoError(t, tx.CreateContact(&store.Contact{ID: "con_2", Email: ptr("b@example.com")}))
		})
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			c, err := tx.LockContact("con_2")
			require.NoError(t, err)
			c.Email = ptr("a@example.com")
			return tx.UpdateContact(c)
		})
		require.ErrorIs(t, err, store.ErrConflict)
		require.ErrorContains(t, err, "email")
		var conflict *store.ConflictError
		require.ErrorAs(t, err, &conflict)
		require.Equal(t, "contacts", conflict.Table)
		require.False(t, store.IsTransient(err))
	})
}

func TestUpdateContactLeavesTheLogAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		stale := newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			_, _, err := appendEvent(tx, stale.ID, "e1", "a.b")
			require.NoError(t, err)
			require.NoError(t, tx.SetRouted(stale.ID, 1))
			stale.FirstName, stale.Phone, stale.Email = "New", ptr("+2"), nil
			require.NoError(t, tx.UpdateContact(stale))
			got, err := tx.LockContact(stale.ID)
			require.NoError(t, err)
			require.Equal(t, "New", got.FirstName)
			require.Nil(t, got.Email)
			require.Equal(t, "+2", *got.Phone)
			require.EqualValues(t, 1, got.Seq)
			require.EqualValues(t, 1, got.RoutedSeq)
			require.NoError(t, tx.SetRouted(stale.ID, 0))
			got, err = tx.Contact(stale.ID)
			require.NoError(t, err)
			require.EqualValues(t, 1, got.RoutedSeq)
			require.ErrorIs(t, tx.UpdateContact(&store.Contact{ID: "con_none"}), store.ErrNotFound)
			_, err = tx.LockContact("con_none")
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	})
}

func TestListContactsFilters(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.CreateContact(&store.Contact{ID: "con_1", Email: ptr("ann_a@example.com"), FirstName: "Ann"}))
			require.NoError(t, tx.CreateContact(&store.Contact{ID: "con_2", Email: ptr("annxa@example.com"), LastName: "100%"}))
		})
		read(t, s, func(tx *store.Tx) {
			for query, want := range map[string][]string{
				"ann": {"con_2", "con_1"}, "ANN_A": {"con_1"}, "0%": {"con_2"}, "!": {}, "": {"con_2", "con_1"},
			} {
				items, next, err := tx.ListContacts(store.ContactFilter{Query: query}, store.Page{})
				require.NoError(t, err)
				require.Empty(t, next)
				ids := []string{}
				for _, c := range items {
					ids = append(ids, c.ID)
				}
				require.Equal(t, want, ids, query)
			}
			items, _, err := tx.ListContacts(store.ContactFilter{Email: "annxa@example.com"}, store.Page{})
			require.NoError(t, err)
			require.Len(t, items, 1)
		})
	})
}

func TestEraseContactKeepsTheFrame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		e := newEnrollment(t, s, c.ID, "w")
		write(t, s, func(tx *store.Tx) {
			event, _, err := appendEvent(tx, c.ID, "e1", "a.b")
			require.NoError(t, err)
			require.NoError(t, tx.PutVerdict(&store.Verdict{EventID: event.ID, Workflow: "w", Verdict: "filtered", Values: store.JSON(`[1]`)}))
			_, _, err = tx.AddContactTag(c.ID, "vip")
			require.NoError(t, err)
			_, _, err = tx.InsertStep(&store.Step{EnrollmentID: e.ID, Node: "n", Visit: 1, EnteredAt: at, Result: store.JSON(`1`), Input: store.JSON(`1`), Error: "secret"})
			require.NoError(t, err)
			require.NoError(t, tx.CreateSend(&store.Send{ID: "send_1", ContactID: c.ID, MessageID: "m", ToAddress: "x@example.com"}))
			require.NoError(t, tx.CreateTask(&store.Task{ID: "task_1", ContactID: &c.ID}))
		})
		var inUse *store.InUseError
		err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.EraseContact(store.Erasure{IDs: []string{c.ID}}) })
		require.ErrorAs(t, err, &inUse)
		require.ErrorIs(t, err, store.ErrInUse)
		require.Equal(t, []string{"enrollment " + e.ID}, inUse.Users)
		write(t, s, func(tx *store.Tx) {
			row, err := tx.LockEnrollment(e.ID)
			require.NoError(t, err)
			row.Status, row.Vars = store.StatusExited, store.JSON(`{"a":1}`)
			require.NoError(t, tx.SaveEnrollment(row))
			require.NoError(t, tx.EraseContact(store.Erasure{IDs: []string{c.ID}}))
			_, err = tx.Contact(c.ID)
			require.ErrorIs(t, err, store.ErrNotFound)
		})
		read(t, s, func(tx *store.Tx) {
			event, err := tx.Event("e1")
			require.NoError(t, err)
			require.Nil(t, event.Data)
			verdicts, err := tx.Verdicts("e1")
			require.NoError(t, err)
			require.Nil(t, verdicts["e1"][0].Values)
			row, err := tx.Enrollment(e.ID)
			require.NoError(t, err)
			require.Nil(t, row.Vars)
			step, err := tx.Step(e.ID, "n", 1)
			require.NoError(t, err)
			require.Empty(t, step.Error)
			require.Nil(t, step.Result)
			require.Nil(t, step.Input)
			send, err := tx.Send("send_1")
			require.NoError(t, err)
			require.Empty(t, send.ToAddress)
			_, err = tx.Task("task_1")
			require.ErrorIs(t, err, store.ErrNotFound)
			depth, oldest, err := tx.RouterLag()
			require.NoError(t, err)
			require.Zero(t, depth)
			require.Nil(t, oldest)
		})
	})
}
