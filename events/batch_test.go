package events

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// A batch leaves in every log and in every contact what its events leave when they come one by one.
func TestBatchDoesWhatItsEventsDoOneByOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var single *dateBench
		if s.Dialect() == store.SQLite {
			single = batchBench(t, storetest.Open(t))
		} else {
			single = batchBench(t, storetest.OpenPostgres(t))
		}
		together := batchBench(t, s)
		for seed := range uint64(6) {
			items := batchItems(rand.New(rand.NewPCG(seed, 7)), seed)
			for _, item := range items {
				single.accept(item)
			}
			together.accept(object{"events": items})
			for person := range 5 {
				require.Equal(t, single.left(person), together.left(person), "seed %d person %d", seed, person)
			}
			// Whole days, so that plans of the dates above fall due before the next batch.
			single.clock.add(20 * 24 * time.Hour)
			together.clock.add(20 * 24 * time.Hour)
		}
		fired := 0
		for person := range 5 {
			for _, line := range together.left(person) {
				if len(line) > 18 && line[:18] == "workflow.triggered" {
					fired++
				}
			}
		}
		require.Positive(t, fired, "plans fell due and fired inside batches")
	})
}

func batchBench(t *testing.T, s *store.Store) *dateBench {
	t.Helper()
	b := setupDates(t, s, birthday(object{"at": "09:00"}), object{})
	b.look()
	b.publish("w", object{"triggers": []any{trigger("purchase.completed", nil)}})
	return b
}

// batchItems are events of five people, the same for the same seed: heard and unheard ones, courses,
// changes of all kinds, repetitions.
func batchItems(r *rand.Rand, seed uint64) (items []any) {
	types := []string{"purchase.completed", "page.viewed", "page.viewed", "course.progressed", "course.completed"}
	for i := range 60 {
		person := r.IntN(5)
		contact := object{"email": fmt.Sprintf("p%d@example.com", person)}
		if person%2 == 0 {
			contact["external_id"] = fmt.Sprint("u", person)
		}
		switch r.IntN(8) {
		case 0:
			contact["fields"] = object{"plan": fmt.Sprint(r.IntN(3)), "score": int64(r.IntN(3))}
		case 1:
			contact["fields"] = object{"plan": nil}
		case 2:
			contact["fields"] = object{"day": fmt.Sprintf("2026-0%d-%02d", 3+r.IntN(5), 1+r.IntN(28))}
		case 3:
			contact["first_name"], contact["phone"] = fmt.Sprint("N", r.IntN(2)), nil
		case 4:
			contact["consent"] = object{"email": object{"state": []string{Subscribed, Unsubscribed}[r.IntN(2)]}}
		case 5:
			contact["timezone"] = []string{"Europe/Vienna", "Asia/Tokyo"}[r.IntN(2)]
		}
		items = append(items, event("id", fmt.Sprintf("e%d-%d", seed, r.IntN(55)), "type", types[r.IntN(len(types))], "contact", contact,
			"data", object{"n": int64(i), "course": "c", "progress": int64(r.IntN(100))}))
	}
	return items
}

// left is what a person's log and records hold, without ids.
func (b *dateBench) left(person int) (lines []string) {
	b.Helper()
	b.read(func(tx *store.Tx) error {
		c, err := tx.ContactByEmail(fmt.Sprintf("p%d@example.com", person))
		if err != nil {
			return err
		}
		list, err := tx.EventsAfter(c.ID, 0, nil, 10000)
		if err != nil {
			return err
		}
		for i, e := range list {
			require.Equal(b, int64(i+1), e.Seq, "the log has no gap")
			lines = append(lines, fmt.Sprint(e.Type, " ", string(e.Data), b.said(e.ID), e.OccurredAt, e.AcceptedAt, e.Source, e.Repeated))
		}
		require.Equal(b, int64(len(list)), c.Seq)
		course, err := tx.ContactCourse(c.ID, "c")
		if err != nil {
			return err
		}
		plans := []*time.Time{}
		rules, err := tx.DateRules("")
		if err != nil {
			return err
		}
		for _, rule := range rules {
			found, err := tx.DatePlans(rule.ID, c.ID)
			if err != nil {
				return err
			}
			for _, plan := range found {
				plans = append(plans, plan.DueAt)
			}
		}
		for _, at := range plans {
			lines = append(lines, fmt.Sprint("due ", at))
		}
		lines = append(lines, fmt.Sprint(course.Status, course.Progress, c.RoutedSeq, string(c.Fields), string(c.Consent),
			c.FirstName, text(c.Phone), c.Timezone, text(c.ExternalID), c.CreatedAt))
		return nil
	})
	return lines
}

// What an item does to identifiers holds for the items behind it, and a merged contact's identifiers
// lead to the one that it was merged into.
func TestBatchFollowsIdentifiersThatItsOwnItemsMove(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		about := func(contacts ...object) (ids []string) {
			items := []any{}
			for _, c := range contacts {
				items = append(items, event("contact", c))
			}
			for _, a := range b.accept(object{"events": items}) {
				var e *store.Event
				b.read(func(tx *store.Tx) (err error) {
					e, err = tx.Event(a.ID)
					return err
				})
				ids = append(ids, e.ContactID)
			}
			return ids
		}
		known := about(object{"email": "ada@example.com", "external_id": "u-1"}, object{"email": "bo@example.com"}, object{"email": "cy@example.com"})
		ada, bo, cy := known[0], known[1], known[2]
		require.Equal(t, []string{ada, bo, bo}, about(
			object{"id": ada, "external_id": nil}, object{"external_id": "u-1", "email": "bo@example.com"}, object{"external_id": "u-1"}))
		require.Equal(t, "u-1", *b.contact("bo@example.com").ExternalID)
		moved := about(object{"id": ada, "email": nil}, object{"email": "ada@example.com"}, object{"email": "ada@example.com"})
		require.Equal(t, ada, moved[0])
		require.NotContains(t, known, moved[1], "nobody had the address any more")
		require.Equal(t, moved[1], moved[2])

		b.write(func(tx *store.Tx) error {
			into, from, err := LockTwo(tx, bo, cy)
			if err != nil {
				return err
			}
			_, err = Merge(tx, into, from, b.clock.now())
			return err
		})
		require.Equal(t, []string{bo, bo, bo, moved[1]}, about(
			object{"email": "cy@example.com"}, object{"id": cy}, object{"external_id": "u-1"}, object{"email": "ada@example.com"}))
		require.Equal(t, []string{"contact.created", "purchase.completed", "contact.updated", "purchase.completed", "purchase.completed"},
			types(b.log("bo@example.com"))[:5])
	})
}
