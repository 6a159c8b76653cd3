package events

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestUpdateMakesTheNewEventTheTrigger(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"settings": object{"on_repeat": "update", "reentry": "once"}, "triggers": []any{
			object{"id": "small", "event": "cart.updated", "where": object{"field": "event.n", "op": "lt", "value": int64(2)}},
			object{"id": "big", "event": "cart.updated"},
		}})
		b.post("cart.updated", object{"n": int64(1)})
		b.drain()
		before := b.enrollments("w")[0]
		b.clock.add(time.Hour)
		second := b.post("cart.updated", object{"n": int64(2)})
		b.drain()
		require.Equal(t, []string{"w advanced"}, b.said(second), "an update is no re-entry")
		require.Equal(t, before.ID, b.verdicts(second)[0].EnrollmentID)
		after := b.enrollments("w")[0]
		require.Equal(t, before.ID, after.ID)
		require.Equal(t, []string{second, second, "cart.updated", "big"}, []string{after.TriggerEventID, after.EventID, after.EventType, after.TriggerID})
		require.JSONEq(t, `{"n": 2}`, string(after.EventData))
		require.True(t, after.AnchorAt.Equal(b.clock.now()))
		require.Equal(t, []any{before.StartSeq, before.StartedAt, before.Epoch}, []any{after.StartSeq, after.StartedAt, after.Epoch})

		scope := func() object {
			var roots object
			b.read(func(tx *store.Tx) error {
				e, err := tx.Enrollment(after.ID)
				if err != nil {
					return err
				}
				scope, err := NewScope(tx, b.contact("ada@example.com"), ScopeOptions{Now: b.clock.now(), Enrollment: e})
				if err == nil {
					roots = scope.Roots
				}
				return err
			})
			return roots
		}
		require.Equal(t, second, scope()["trigger"].(object)["$id"])
		require.Equal(t, second, scope()["event"].(object)["$id"])

		// Once a wait has replaced `event`, only `trigger` follows.
		b.write(func(tx *store.Tx) error {
			e, err := tx.LockEnrollment(after.ID)
			if err != nil {
				return err
			}
			e.EventID, e.EventType, e.EventData = "evt_other", "order.fulfilled", store.JSON(`{"of": "a wait"}`)
			return tx.SaveEnrollment(e)
		})
		third := b.post("cart.updated", object{"n": int64(3)})
		b.drain()
		require.Equal(t, third, scope()["trigger"].(object)["$id"])
		require.Equal(t, "evt_other", scope()["event"].(object)["$id"])
	})
}

func TestRestartObeysReentryAndLeavesTheOldOneWhenRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("once", object{"settings": object{"on_repeat": "restart", "reentry": "once"}, "triggers": []any{trigger("cart.updated", nil)}})
		b.publish("rest", object{"settings": object{"on_repeat": "restart", "reentry": object{"cooldown": "1h"}}, "triggers": []any{trigger("cart.updated", nil)}})
		b.publish("keyed", object{"settings": object{"on_repeat": "restart", "correlate": "trigger.cart"}, "triggers": []any{trigger("cart.updated", nil)}})
		post := func(cart string) string {
			id := b.post("cart.updated", object{"cart": cart})
			b.drain()
			return id
		}
		post("a")
		post("b")
		third := post("a")
		require.Equal(t, []string{"keyed enrolled", "once reentry once", "rest reentry cooldown"}, b.said(third))
		require.Len(t, b.enrollments("once"), 1)
		require.True(t, b.enrollments("once")[0].Active)
		require.True(t, b.enrollments("rest")[0].Active)
		states := map[string][]string{}
		for _, e := range b.enrollments("keyed") {
			states[e.Key] = append(states[e.Key], e.Status+e.Reason)
		}
		require.Equal(t, map[string][]string{"a": {"running", "exitedrestarted"}, "b": {"running"}}, states, "each key for itself")
		b.clock.add(2 * time.Hour)
		require.Equal(t, []string{"keyed enrolled", "once reentry once", "rest enrolled"}, b.said(post("a")))
		require.Len(t, b.enrollments("rest"), 2)
	})
}

// An exit comes before the triggers of the same event, whatever on_repeat says.
func TestEventThatEndsAnEnrollmentStartsTheNextAlsoWhenItWouldUpdate(t *testing.T) {
	t.Parallel()
	for _, repeat := range []string{"ignore", "restart", "update"} {
		b := setup(t, storetest.Open(t))
		b.publish("w", object{
			"settings": object{"on_repeat": repeat}, "triggers": []any{trigger("cart.updated", nil)},
			"exits": []any{exit("emptied", "cart.updated", is("event.items", int64(0)))},
		})
		b.post("cart.updated", object{"items": int64(1)})
		b.drain()
		id := b.post("cart.updated", object{"items": int64(0)})
		b.drain()
		require.ElementsMatch(t, []string{"w exited emptied", "w enrolled"}, b.said(id), repeat)
		list := b.enrollments("w")
		require.Equal(t, []string{"emptied", ""}, []string{list[1].Reason, list[0].Reason}, repeat)
	}
}

func TestMayBecomeTrigger(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{"settings": object{"on_repeat": "update"}, "triggers": []any{trigger("cart.updated", nil)}})
	b.publish("plain", object{"triggers": []any{trigger("cart.updated", nil)}})
	may := func(e store.Enrollment, eventType string) (may bool) {
		b.read(func(tx *store.Tx) (err error) {
			may, err = MayBecomeTrigger(tx, b.router.Definitions, &e, eventType)
			return err
		})
		return may
	}
	require.True(t, may(store.Enrollment{Workflow: "w"}, "cart.updated"))
	require.False(t, may(store.Enrollment{Workflow: "w"}, "order.created"))
	require.False(t, may(store.Enrollment{Workflow: "w", Test: true}, "cart.updated"), "a test has no second trigger")
	require.False(t, may(store.Enrollment{Workflow: "plain"}, "cart.updated"))
	require.False(t, may(store.Enrollment{Workflow: "gone"}, "cart.updated"))
	b.status("w", store.WorkflowStopped)
	require.False(t, may(store.Enrollment{Workflow: "w"}, "cart.updated"))
}
