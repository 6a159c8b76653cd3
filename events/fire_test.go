package events

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func scheduled(id string) object { return object{"id": id, "schedule": object{"cron": "0 9 * * 1"}} }

// fire fires a trigger for ada@example.com and returns the event's id.
func (b *bench) fire(f Firing) (id string, added bool) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		c, err := tx.ContactByEmail("ada@example.com")
		if err != nil {
			return err
		}
		if f.Contact, err = tx.LockContact(c.ID); err != nil {
			return err
		}
		f.Now = b.clock.now()
		event, fresh, err := Fire(tx, f)
		if err != nil {
			return err
		}
		id, added = event.ID, fresh
		return nil
	})
	return id, added
}

func TestFiringEnrollsByItsTriggerAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("weekly", object{"triggers": []any{scheduled("mondays"), trigger("purchase.completed", nil)}})
		b.publish("other", object{"triggers": []any{scheduled("mondays")}})
		b.post("page.viewed", nil)
		due := b.clock.now().Add(-time.Hour)
		id, added := b.fire(Firing{Workflow: "weekly", Trigger: "mondays", Key: "k", Data: ScheduledFor(due), Scheduled: due})
		require.True(t, added)
		b.drain()
		require.Equal(t, []string{"weekly enrolled"}, b.said(id))
		require.Empty(t, b.enrollments("other"))
		e := b.enrollments("weekly")[0]
		require.Equal(t, "mondays", e.TriggerID)
		require.JSONEq(t, `{"scheduled_for": "2026-03-09T08:00:00Z"}`, string(e.TriggerData))
		require.JSONEq(t, string(e.TriggerData), string(e.EventData))
		require.True(t, due.Equal(e.AnchorAt), "day N counts from the planned instant")
		require.Equal(t, id, e.TriggerEventID)
	})
}

func TestRepeatedFiringIsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("weekly", object{"triggers": []any{scheduled("mondays")}})
		b.post("page.viewed", nil)
		f := Firing{Workflow: "weekly", Trigger: "mondays", Key: "2026-03-09"}
		first, _ := b.fire(f)
		b.drain()
		b.write(func(tx *store.Tx) error {
			e, _, err := tx.LockEnrollmentContact(b.enrollments("weekly")[0].ID)
			if err != nil {
				return err
			}
			return End(tx, e, store.StatusCompleted, "success", "", b.clock.now())
		})
		again, added := b.fire(f)
		require.Equal(t, first, again)
		require.False(t, added)
		b.drain()
		require.Len(t, b.enrollments("weekly"), 1)

		f.Key = "2026-03-16"
		next, added := b.fire(f)
		require.True(t, added)
		b.drain()
		require.Equal(t, []string{"weekly enrolled"}, b.said(next))

		f.Key = ""
		one, _ := b.fire(f)
		other, _ := b.fire(f)
		require.NotEqual(t, one, other, "a firing without a key is always a new one")
		b.drain()
		require.Equal(t, []string{"weekly reentry active"}, b.said(one))
	})
}

func TestFiringKeepsItsPlaceInTheLog(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("weekly", object{
			"triggers": []any{scheduled("mondays"), trigger("purchase.completed", nil)},
			"exits":    []any{exit("gone", "contract.canceled", nil)},
		})
		b.post("purchase.completed", nil)
		before, _ := b.fire(Firing{Workflow: "weekly", Trigger: "mondays", Key: "1"})
		b.post("contract.canceled", nil)
		after, _ := b.fire(Firing{Workflow: "weekly", Trigger: "mondays", Key: "2"})
		b.drain()
		require.Equal(t, []string{"weekly reentry active"}, b.said(before))
		require.Equal(t, []string{"weekly enrolled"}, b.said(after))
	})
}

func TestFiringMeetsTheVersionThatIsActive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("weekly", object{"triggers": []any{scheduled("mondays"), trigger("purchase.completed", nil)}})
		b.post("page.viewed", nil)
		verdict := func(workflow, id string) string {
			event, _ := b.fire(Firing{Workflow: workflow, Trigger: id})
			b.drain()
			said := b.said(event)
			require.Len(t, said, 1)
			return said[0]
		}
		require.Equal(t, "weekly filtered not_active", verdict("weekly", "fridays"), "no such trigger any more")
		require.Equal(t, "weekly filtered not_active", verdict("weekly", "t"), "an event trigger does not fire by itself")
		require.Equal(t, "nowhere filtered not_active", verdict("nowhere", "t"))
		b.status("weekly", store.WorkflowStopped)
		require.Equal(t, "weekly filtered not_active", verdict("weekly", "mondays"))
		b.status("weekly", store.WorkflowPaused)
		require.Equal(t, "weekly paused", verdict("weekly", "mondays"))
	})
}

func TestFiringObeysSuppress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("weekly", object{
			"triggers": []any{scheduled("mondays")}, "settings": object{"suppress": is("trigger.kind", "spam")},
		})
		b.post("page.viewed", nil)
		id, _ := b.fire(Firing{Workflow: "weekly", Trigger: "mondays", Data: object{"kind": "spam"}})
		b.drain()
		require.Equal(t, []string{"weekly filtered suppressed"}, b.said(id))
		require.Contains(t, string(b.verdicts(id)[0].Values), "spam")
	})
}
