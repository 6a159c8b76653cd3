package events

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/expr"
	"fermata/store"
	"fermata/store/storetest"
)

func TestZone(t *testing.T) {
	t.Parallel()
	account := &store.Account{Timezone: "Europe/Vienna"}
	contact := &store.Contact{Timezone: "Asia/Tokyo"}
	for _, c := range []struct {
		setting string
		contact *store.Contact
		account *store.Account
		want    string
	}{
		{"contact", contact, account, "Asia/Tokyo"},
		{"", contact, account, "Asia/Tokyo"},
		{"America/New_York", contact, account, "America/New_York"},
		{"contact", &store.Contact{}, account, "Europe/Vienna"},
		{"contact", &store.Contact{Timezone: "Mars/Olympus"}, account, "Europe/Vienna"},
		{"contact", &store.Contact{Timezone: "Local"}, account, "Europe/Vienna"},
		{"Nowhere", contact, account, "Europe/Vienna"},
		{"contact", nil, nil, "UTC"},
	} {
		require.Equal(t, c.want, Zone(c.setting, c.contact, c.account).String(), "%+v", c)
	}
}

func TestScopeShowsWhatConditionsNeed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.accept(event(
			"contact", object{"email": "ada@example.com", "first_name": "Ada", "timezone": "Asia/Tokyo", "fields": object{"plan": "pro"}},
			"data", object{"amount": int64(5)}, "id", "buy",
		))
		b.accept(event("type", "course.progressed", "data", object{"course": "go", "progress": int64(40)}))
		b.drain()
		b.write(func(tx *store.Tx) error {
			id := b.contact("ada@example.com").ID
			if _, _, err := tx.AddContactTag(id, "VIP"); err != nil {
				return err
			}
			stages := []store.Stage{{Key: "new", Name: "New", Kind: "open"}, {Key: "won", Name: "Won", Kind: "won"}}
			if err := tx.CreatePipeline(&store.Pipeline{Key: "sales", Name: "Sales", Stages: stages}); err != nil {
				return err
			}
			for i, status := range []string{"open", "won"} {
				d := &store.Deal{ID: fmt.Sprint("deal_", i), Title: "D", Pipeline: "sales", Stage: stages[i].Key, Status: status, ContactID: id}
				if err := tx.CreateDeal(d); err != nil {
					return err
				}
			}
			return nil
		})
		e := b.enrollments("w")[0]
		later := expr.Event{ID: "e2", Type: "a.b", Data: object{"x": int64(1), "deal_id": "deal_1"}, OccurredAt: b.clock.now()}
		look := func(o ScopeOptions) func(path string) any {
			o.Now, o.Zone = b.clock.now(), "contact"
			return func(path string) (found any) {
				b.read(func(tx *store.Tx) error {
					scope, err := NewScope(tx, b.contact("ada@example.com"), o)
					if err != nil {
						return err
					}
					require.Equal(t, "Asia/Tokyo", scope.Location.String())
					found, _ = scope.Lookup(path)
					return nil
				})
				return found
			}
		}
		inside := look(ScopeOptions{Enrollment: &e})
		for path, want := range map[string]any{
			"contact.first_name": "Ada", "contact.fields.plan": "pro", "contact.phone": nil, "contact.subscribed": true,
			"contact.tags": []any{"VIP"}, "trigger.amount": int64(5), "event.amount": int64(5), "trigger.$type": "purchase.completed",
			"enrollment.id": e.ID, "enrollment.key": nil, "deal.id": "deal_0", "account.timezone": "UTC",
			"contact.courses": []any{object{"course": "go", "status": "enrolled", "progress": 40.0}},
		} {
			require.Equal(t, want, inside(path), path)
		}
		offered := look(ScopeOptions{Enrollment: &e, Event: &later})
		require.Equal(t, int64(1), offered("event.x"))
		require.Equal(t, int64(5), offered("trigger.amount"))
		require.Equal(t, "deal_1", offered("deal.id"), "the event names its deal")
		outside := look(ScopeOptions{Event: &later})
		require.Equal(t, int64(1), outside("trigger.x"))

		b.write(func(tx *store.Tx) error {
			locked, err := tx.LockEnrollment(e.ID)
			if err != nil {
				return err
			}
			locked.EventID, locked.EventType, locked.EventData = "e2", "a.b", store.JSON(`{"y": 2}`)
			e = *locked
			return tx.SaveEnrollment(locked)
		})
		moved := look(ScopeOptions{Enrollment: &e})
		require.Equal(t, int64(2), moved("event.y"))
		require.Equal(t, "purchase.completed", moved("trigger.$type"), "the trigger never changes")
	})
}

// Somebody who has bought before and is about to buy again has a deal at each of two stages.
func TestAnyDealMayBeAtTheStage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.post("purchase.completed", nil)
		b.write(func(tx *store.Tx) error {
			who := b.contact("ada@example.com").ID
			deal := func(id, stage, status string, minutes time.Duration) error {
				at := b.clock.now().Add(minutes * time.Minute)
				return tx.CreateDeal(&store.Deal{ID: id, Title: id, Pipeline: "sales", Stage: stage, Status: status, ContactID: who, CreatedAt: at, UpdatedAt: at})
			}
			return errors.Join(
				tx.CreatePipeline(&store.Pipeline{Key: "sales", Name: "Sales", Stages: []store.Stage{
					{Key: "new", Name: "New", Kind: "open"}, {Key: "Won", Name: "Won", Kind: "won"}, {Key: "lost", Name: "Lost", Kind: "lost"},
				}}),
				deal("d1", "Won", "won", 0), deal("d2", "new", "open", 1), deal("d3", "lost", "lost", 2),
			)
		})
		b.read(func(tx *store.Tx) error {
			for sought, want := range map[string]string{"won": "Won", "new": "new", "lost": "lost", "other": "new", "": "new"} {
				stage, found, err := Facts(tx, b.contact("ada@example.com").ID).DealStage("sales", sought)
				require.NoError(t, err)
				require.True(t, found)
				require.Equal(t, want, stage, "sought: %q", sought)
			}
			return nil
		})
	})
}

func TestFacts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.post("purchase.completed", object{"n": int64(1)})
		b.clock.add(time.Hour)
		b.post("purchase.completed", object{"n": int64(2)})
		b.post("course.completed", object{"course": "go"})
		b.drain()
		b.write(func(tx *store.Tx) error {
			_, _, err := tx.AddContactTag(b.contact("ada@example.com").ID, "VIP")
			if err != nil {
				return err
			}
			return tx.CreateSegment(&store.Segment{Key: "s", Name: "S", Filter: store.JSON(`{"tag": "x"}`)})
		})
		b.read(func(tx *store.Tx) error {
			f := Facts(tx, b.contact("ada@example.com").ID)
			tagged, err := f.Tagged("vip")
			require.NoError(t, err)
			require.True(t, tagged)
			in, err := f.EnrolledIn("w")
			require.NoError(t, err)
			require.True(t, in)
			progress, enrolled, err := f.Course("go")
			require.NoError(t, err)
			require.True(t, enrolled)
			require.InDelta(t, 100, progress, 0.01)
			_, enrolled, err = f.Course("other")
			require.NoError(t, err)
			require.False(t, enrolled)
			_, found, err := f.DealStage("sales", "")
			require.NoError(t, err)
			require.False(t, found)
			filter, found, err := f.Segment("s")
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, object{"tag": "x"}, filter)
			list, err := f.Events("purchase.completed", b.clock.now())
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.Equal(t, int64(2), list[0].Data["n"])
			list, err = f.Events("purchase.completed", time.Time{})
			require.Len(t, list, 2)
			return err
		})
	})
}

func TestDefinitionsAreKeptByHash(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	var hashes []string
	for i := range 3 {
		key := fmt.Sprint("w", i)
		b.publish(key, object{"triggers": []any{trigger("a.b", nil)}})
		b.read(func(tx *store.Tx) error {
			w, err := tx.Workflow(key)
			hashes = append(hashes, w.Hash)
			return err
		})
	}
	cache := NewDefinitions(2)
	b.read(func(tx *store.Tx) error {
		for _, hash := range append(hashes, hashes[0], hashes[0]) {
			def, err := cache.Load(tx, hash)
			require.NoError(t, err)
			require.NotEmpty(t, def.Key)
		}
		_, err := cache.Load(tx, "nothing")
		require.ErrorIs(t, err, store.ErrNotFound)
		return nil
	})
	require.Len(t, cache.byKey, 2)
	require.NotNil(t, cache.cached(hashes[0]))
	require.Nil(t, cache.cached(hashes[1]))
}
