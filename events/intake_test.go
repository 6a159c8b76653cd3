package events

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestAcceptStoresEventAndQueueRow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
		nudged := 0
		b.intake.Nudge = func() { nudged++ }
		b.accept(event("id", "o-1", "data", object{"amount": 49.5}))
		require.Equal(t, 1, nudged)
		log := b.log("ada@example.com")
		require.Equal(t, []string{"contact.created", "purchase.completed"}, types(log))
		require.Equal(t, "o-1", log[1].ID)
		require.JSONEq(t, `{"amount": 49.5}`, string(log[1].Data))
		require.JSONEq(t, `{"source": "api"}`, string(log[0].Data))
		b.read(func(tx *store.Tx) error {
			depth, _, err := tx.RouterLag()
			require.Equal(t, 1, depth)
			return err
		})
	})
}

func TestEventThatNobodyListensToIsRoutedAtOnceUnlessAnotherIsOnItsWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		depth := func() (n int) {
			b.read(func(tx *store.Tx) (err error) {
				n, _, err = tx.RouterLag()
				return err
			})
			return n
		}
		alone := b.accept(event("type", "page.viewed"))[0].ID
		require.Equal(t, []string{" ignored"}, b.said(alone))
		require.Zero(t, depth())
		b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.accept(event("type", "purchase.completed"))
		behind := b.accept(event("type", "page.viewed"))[0].ID
		require.Empty(t, b.said(behind), "it waits its turn")
		require.Equal(t, 1, depth())
		b.drain()
		require.Equal(t, []string{" ignored"}, b.said(behind))
		require.Len(t, b.enrollments("w"), 1)
	})
}

func TestClientIDIsUniqueForEverAndTheFirstBodyCounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		first := event("id", "o-1", "data", object{"n": int64(1)})
		require.False(t, b.accept(first)[0].Duplicate)
		again := event("id", "o-1", "data", object{"n": int64(2)}, "contact", object{"email": "ada@example.com", "first_name": "Eve"})
		require.True(t, b.accept(again)[0].Duplicate)
		other := event("id", "o-1", "contact", object{"email": "eve@example.com"})
		require.True(t, b.accept(other)[0].Duplicate)

		got := b.accept(object{"events": []any{
			event("id", "o-2"), event("id", "o-1"), event("id", "o-2", "contact", object{"email": "eve@example.com"}), event(),
		}})
		require.Equal(t, []bool{false, true, true, false}, []bool{got[0].Duplicate, got[1].Duplicate, got[2].Duplicate, got[3].Duplicate})

		log := b.log("ada@example.com")
		require.Len(t, log, 4)
		require.JSONEq(t, `{"n": 1}`, string(log[1].Data))
		require.Empty(t, b.contact("ada@example.com").FirstName, "a duplicate's contact is not looked at")
		b.read(func(tx *store.Tx) error {
			_, err := tx.ContactByEmail("eve@example.com")
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
}

func TestBatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		items := []any{}
		for i := range 20 {
			items = append(items, event("contact", object{"email": fmt.Sprint("c", i, "@example.com")}))
		}
		items[3] = event("contact", object{"id": "con_nobody"})
		items[17] = event("contact", object{"id": "con_noone"})
		list, _, wrong := ParseIncoming(object{"events": items})
		require.Empty(t, wrong)
		_, wrong, err := b.intake.Accept(context.Background(), list)
		require.NoError(t, err)
		require.Len(t, wrong, 2)
		require.Equal(t, "/events/3/contact/id", wrong[0].Pointer)
		require.Equal(t, "/events/17/contact/id", wrong[1].Pointer)
		b.read(func(tx *store.Tx) error {
			contacts, _, err := tx.ListContacts(store.ContactFilter{}, store.Page{})
			require.Empty(t, contacts)
			return err
		})

		wide := object{}
		for i := range maxFields {
			wide[fmt.Sprint("f", i)] = int64(i)
		}
		items = []any{
			event("contact", object{"email": "a@example.com", "fields": wide}),
			event("contact", object{"email": "a@example.com", "fields": object{"one_more": true}}),
		}
		list, _, wrong = ParseIncoming(object{"events": items})
		require.Empty(t, wrong)
		_, wrong, err = b.intake.Accept(context.Background(), list)
		require.NoError(t, err)
		require.Equal(t, "/events/1/contact/fields", wrong[0].Pointer)
		b.read(func(tx *store.Tx) error {
			_, err := tx.ContactByEmail("a@example.com")
			require.ErrorIs(t, err, store.ErrNotFound, "the first item went with the second")
			return nil
		})
	})
}

func TestIdentifiersFirstMatchWinsOthersFillBlanks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		post := func(contact object) Accepted { return b.accept(event("contact", contact))[0] }
		post(object{"email": "ADA@example.com"})
		post(object{"email": " ada@Example.com ", "external_id": "u-1"})
		ada := b.contact("ada@example.com")
		require.Equal(t, "u-1", *ada.ExternalID)

		post(object{"external_id": "u-2"})
		got := post(object{"external_id": "u-2", "email": "ada@example.com", "first_name": "Bo"})
		require.Len(t, got.Warnings, 1)
		require.Equal(t, WarnIdentityConflict, got.Warnings[0].Code)
		require.Equal(t, "/contact/email", got.Warnings[0].Pointer)
		require.Empty(t, b.contact("ada@example.com").FirstName, "the other contact is left alone")

		got = post(object{"id": ada.ID, "external_id": "u-2", "email": "new@example.com"})
		require.Equal(t, []string{WarnIdentityConflict, WarnIdentifierKept}, []string{got.Warnings[0].Code, got.Warnings[1].Code})
		require.Equal(t, "u-1", *b.contact("ada@example.com").ExternalID)

		post(object{"id": ada.ID, "email": nil})
		b.read(func(tx *store.Tx) error {
			c, err := tx.Contact(ada.ID)
			require.Nil(t, c.Email, "null clears")
			return err
		})
	})
}

func TestContactUpdatedComesBeforeTheEvent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		fields := object{"plan": "pro", "seats": int64(3), "old": "x", "list": []any{int64(1)}}
		full := object{"email": "ada@example.com", "first_name": "Ada", "phone": "+43 1", "fields": fields}
		b.accept(event("contact", full))
		b.accept(event("contact", full))
		require.Equal(t, []string{"contact.created", "purchase.completed", "purchase.completed"}, types(b.log("ada@example.com")))

		b.accept(event("contact", object{
			"email": "ada@example.com", "phone": nil, "fields": object{"plan": "free", "old": nil, "seats": 3.0, "never": nil},
		}))
		log := b.log("ada@example.com")
		require.Equal(t, []string{"contact.updated", "purchase.completed"}, types(log[3:]))
		require.JSONEq(t, `{"changed": {"phone": {"from": "+43 1", "to": null},
			"plan": {"from": "pro", "to": "free"}, "old": {"from": "x", "to": null}}}`, string(log[3].Data))
		c := b.contact("ada@example.com")
		require.Equal(t, "Ada", c.FirstName, "absent leaves")
		require.JSONEq(t, `{"plan": "free", "seats": 3, "list": [1]}`, string(c.Fields))
		b.read(func(tx *store.Tx) error {
			f, err := tx.Field("seats")
			require.Equal(t, "number", f.Type)
			return err
		})
	})
}

func TestEventNeverResubscribes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		consent := func(state string) Accepted {
			return b.accept(event("contact", object{
				"email": "ada@example.com", "consent": object{"email": object{"state": state}},
			}))[0]
		}
		state := func() string {
			state, err := ConsentState(b.contact("ada@example.com"), "email", nil)
			require.NoError(t, err)
			return state
		}
		require.Empty(t, consent(Subscribed).Warnings)
		require.Empty(t, consent(Unsubscribed).Warnings)
		for _, lifted := range []string{Subscribed, NoConsent} {
			got := consent(lifted)
			require.Equal(t, WarnConsentKept, got.Warnings[0].Code)
			require.Equal(t, Unsubscribed, state())
		}
		b.write(func(tx *store.Tx) error {
			c, err := tx.LockContact(b.contact("ada@example.com").ID)
			if err != nil {
				return err
			}
			_, err = SetConsent(tx, c, "email", Consent{State: Subscribed, Source: "form"}, b.clock.now(), nil)
			return err
		})
		require.Equal(t, Subscribed, state())
		log := b.log("ada@example.com")
		require.Equal(t, TypeContactUpdated, log[len(log)-1].Type)
	})
}

func TestUpdateContactOverwritesIdentifiers(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.accept(event())
	b.accept(event("contact", object{"email": "bo@example.com"}))
	ada := b.contact("ada@example.com")
	patch := func(raw object) error {
		in, wrong := ParseContactPatch(raw, "")
		require.Empty(t, wrong)
		return b.s.Write(context.Background(), func(tx *store.Tx) error {
			c, err := tx.LockContact(ada.ID)
			if err != nil {
				return err
			}
			_, err = UpdateContact(tx, c, in, b.clock.now(), "api", nil)
			return err
		})
	}
	require.NoError(t, patch(object{"email": "ada@new.example"}))
	require.Equal(t, ada.ID, b.contact("ada@new.example").ID)
	var invalid *InvalidError
	require.ErrorAs(t, patch(object{"email": "bo@example.com"}), &invalid)
	require.Equal(t, "/email", invalid.Fields[0].Pointer)
}

func TestPostedCourseEventsUpdateTheRecord(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		record := func() (string, float64) {
			var got *store.ContactCourse
			b.read(func(tx *store.Tx) (err error) {
				got, err = tx.ContactCourse(b.contact("ada@example.com").ID, "program-a")
				return err
			})
			return got.Status, got.Progress
		}
		for _, step := range []struct {
			event    string
			progress any
			status   string
			want     float64
		}{
			{"course.enrolled", nil, "enrolled", 0},
			{"course.progressed", 40.5, "enrolled", 40.5},
			{"course.completed", nil, "completed", 100},
			{"course.progressed", "100", "completed", 100},
			{"course.unenrolled", nil, "unenrolled", 100},
		} {
			b.post(step.event, object{"course": "program-a", "progress": step.progress})
			status, progress := record()
			require.Equal(t, step.status, status, step.event)
			require.InDelta(t, step.want, progress, 0.001, step.event)
		}
	})
}

func TestParallelRequestsKeepOneGaplessOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		const clients, rounds = 8, 12
		var hands sync.WaitGroup
		fresh := make([]int, clients)
		for client := range clients {
			hands.Go(func() {
				for round := range rounds {
					// The same three events, in another order of contacts for every client.
					items := []any{}
					for i := range 3 {
						who := (i + client) % 3
						items = append(items, event("id", fmt.Sprint("e", round, "-", who), "contact", object{
							"email": fmt.Sprint("c", who, "@example.com"), "external_id": fmt.Sprint("u", who),
						}))
					}
					list, _, _ := ParseIncoming(object{"events": items})
					accepted, wrong, err := b.intake.Accept(context.Background(), list)
					if err != nil || len(wrong) > 0 {
						t.Errorf("accept: %v %v", wrong, err)
						return
					}
					for _, a := range accepted {
						if !a.Duplicate {
							fresh[client]++
						}
					}
				}
			})
		}
		hands.Wait()
		total := 0
		for _, n := range fresh {
			total += n
		}
		require.Equal(t, 3*rounds, total, "each event is new to exactly one client")
		for who := range 3 {
			require.Len(t, b.log(fmt.Sprint("c", who, "@example.com")), rounds+1)
		}
	})
}

func TestAppendOfTheSameEffectIsOneEvent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.accept(event())
		id := EffectEventID(b.clock.now(), "enr_1.tag.1")
		require.NotEqual(t, id, EffectEventID(b.clock.now(), "enr_1.tag.11"))
		add := func(contact, eventType string) (seq int64, err error) {
			err = b.s.Write(context.Background(), func(tx *store.Tx) error {
				c, err := tx.LockContact(b.contact(contact).ID)
				if err != nil {
					return err
				}
				e, err := Append(tx, Draft{ID: id, Contact: c, Type: eventType, Data: object{"tag": "x"}, Now: b.clock.now(), Cause: &Cause{Depth: 1}})
				if err == nil {
					seq = e.Seq
				}
				return err
			})
			return seq, err
		}
		for range 2 {
			seq, err := add("ada@example.com", TypeTagAdded)
			require.NoError(t, err)
			require.Equal(t, int64(3), seq)
		}
		log := b.log("ada@example.com")
		require.Len(t, log, 3)
		cause, err := ParseCause(log[2].Cause)
		require.NoError(t, err)
		require.Equal(t, 1, cause.Depth)
		require.True(t, json.Valid(log[2].Data))
		_, err = add("ada@example.com", TypeTagRemoved)
		require.ErrorIs(t, err, errForeignEvent)
	})
}

// A request that met others for the same event until its time was over was answered with "the key
// is taken", which no client tries again.
func TestRequestThatMetOthersTooLongMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	err := gaveUp(fmt.Errorf("accept event a: %w", store.ErrConflict))
	require.NotErrorIs(t, err, store.ErrConflict)
	require.True(t, store.IsTransient(err))
	require.NotErrorIs(t, gaveUp(store.ErrUnstorable), store.ErrBusy)
}
