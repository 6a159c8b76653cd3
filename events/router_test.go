package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestTriggerEnrollsOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("a-buyers", object{"triggers": []any{trigger("purchase.completed", is("event.product", "x"))}})
		b.publish("b-all", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.publish("c-paused", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.publish("d-stopped", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.status("c-paused", store.WorkflowPaused)
		b.status("d-stopped", store.WorkflowStopped)
		id := b.post("purchase.completed", object{"product": "y", "order_id": "o-1"})
		nobody := b.post("something.else", nil)
		b.drain()

		require.Equal(t, []string{"a-buyers filtered", "b-all enrolled", "c-paused paused"}, b.said(id))
		require.Equal(t, []string{" ignored"}, b.said(nobody))
		require.Contains(t, string(b.verdicts(id)[0].Values), `"saw":`)
		require.Empty(t, b.enrollments("d-stopped"))

		e := b.enrollments("b-all")[0]
		require.Equal(t, e.ID, b.verdicts(id)[1].EnrollmentID)
		require.True(t, e.Active)
		require.Equal(t, store.StatusRunning, e.Status)
		require.Equal(t, "done", e.Node)
		require.Equal(t, int64(2), e.StartSeq)
		require.Equal(t, e.StartSeq, e.CursorSeq)
		require.Equal(t, id, e.TriggerEventID)
		require.JSONEq(t, `{"product": "y", "order_id": "o-1"}`, string(e.TriggerData))
		require.Equal(t, 1, e.Interpreter)
		b.read(func(tx *store.Tx) error {
			list, err := tx.Dispatches(e.ID)
			require.Len(t, list, 1)
			require.Equal(t, store.DispatchStart, list[0].Kind)
			c := b.contact("ada@example.com")
			require.Equal(t, c.Seq, c.RoutedSeq)
			depth, _, err2 := tx.RouterLag()
			require.Zero(t, depth, "a drained contact leaves the queue")
			return errors.Join(err, err2)
		})
	})
}

func TestFirstTriggerThatHoldsEnrollsOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{"triggers": []any{
		object{"id": "no", "event": "purchase.completed", "where": is("event.product", "x")},
		object{"id": "yes", "event": "purchase.completed", "where": is("event.product", "y")},
		object{"id": "too", "event": "purchase.completed"},
	}})
	id := b.post("purchase.completed", object{"product": "y"})
	b.drain()
	require.Equal(t, []string{"w enrolled"}, b.said(id))
	require.Equal(t, "yes", b.enrollments("w")[0].TriggerID)
}

func TestReentry(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings object
		want     []string // verdicts of: first, while active, after its end, an hour later, 8 days later
	}{
		"default":    {object{}, []string{"enrolled", "reentry active", "enrolled", "reentry active", "reentry active"}},
		"after_exit": {object{"reentry": "after_exit"}, []string{"enrolled", "reentry active", "enrolled", "reentry active", "reentry active"}},
		"once":       {object{"reentry": "once"}, []string{"enrolled", "reentry once", "reentry once", "reentry once", "reentry once"}},
		"cooldown": {
			object{"reentry": object{"cooldown": "7d"}},
			[]string{"enrolled", "reentry active", "reentry cooldown", "reentry cooldown", "enrolled"},
		},
		"restart": {object{"on_repeat": "restart"}, []string{"enrolled", "enrolled", "enrolled", "enrolled", "enrolled"}},
		"restart in cooldown": {
			object{"on_repeat": "restart", "reentry": object{"cooldown": "7d"}},
			[]string{"enrolled", "reentry cooldown", "reentry cooldown", "reentry cooldown", "enrolled"},
		},
		"update": {object{"on_repeat": "update"}, []string{"enrolled", "advanced", "enrolled", "advanced", "advanced"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, storetest.Open(t))
			b.publish("w", object{"settings": c.settings, "triggers": []any{trigger("purchase.completed", nil)}})
			post := func(n int) string {
				id := b.post("purchase.completed", object{"n": int64(n)})
				b.drain()
				return b.said(id)[0][len("w "):]
			}
			got := []string{post(0), post(1)}
			if name == "once" {
				got[1] = "reentry once"
			}
			b.write(func(tx *store.Tx) error {
				active, err := tx.ActiveEnrollments(b.contact("ada@example.com").ID)
				if err != nil || len(active) == 0 {
					return err
				}
				return End(tx, &active[0], store.StatusCompleted, "success", "", b.clock.now())
			})
			got = append(got, post(2))
			b.clock.add(time.Hour)
			got = append(got, post(3))
			b.clock.add(8 * 24 * time.Hour)
			got = append(got, post(4))
			require.Equal(t, c.want, got)
		})
	}
}

func TestRestartEndsTheOldOneAndUpdateReplacesItsData(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("again", object{"settings": object{"on_repeat": "restart"}, "triggers": []any{trigger("cart.updated", nil)}})
		b.publish("update", object{"settings": object{"on_repeat": "update"}, "triggers": []any{trigger("cart.updated", nil)}})
		b.post("cart.updated", object{"items": int64(1)})
		b.drain()
		second := b.post("cart.updated", object{"items": int64(2)})
		b.drain()
		require.Equal(t, []string{"again enrolled", "update advanced"}, b.said(second))
		list := b.enrollments("again")
		require.Len(t, list, 2)
		require.Equal(t, []any{store.StatusExited, "restarted", "neutral", false}, []any{list[1].Status, list[1].Reason, list[1].Outcome, list[1].Active})
		updated := b.enrollments("update")
		require.Len(t, updated, 1)
		require.JSONEq(t, `{"items": 2}`, string(updated[0].TriggerData))
		require.True(t, updated[0].WakePending)
	})
}

func TestCorrelation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{
			"settings": object{"correlate": "trigger.order_id", "reentry": "once"},
			"triggers": []any{trigger("order.created", nil)},
		})
		say := func(data object) string {
			id := b.post("order.created", data)
			b.drain()
			return b.said(id)[0]
		}
		require.Equal(t, "w enrolled", say(object{"order_id": "1001"}))
		require.Equal(t, "w reentry active", say(object{"order_id": int64(1001)})[:16], "a number and its text are one key")
		require.Equal(t, "w enrolled", say(object{"order_id": 1e6}))
		require.Equal(t, "w enrolled", say(object{"order_id": "a"}))
		require.Equal(t, "w enrolled", say(object{"order_id": "A"}), "compared exactly")
		require.Equal(t, "w enrolled", say(object{"order_id": 12345678.5}))
		require.Equal(t, "w enrolled", say(object{"order_id": longText(5000)}))
		for _, missing := range []object{{}, {"order_id": ""}, {"order_id": "  "}, {"order_id": nil}, {"order_id": []any{"x"}}} {
			require.Equal(t, "w filtered correlation_missing", say(missing))
		}
		keys := map[string]bool{}
		for _, e := range b.enrollments("w") {
			keys[e.Key] = true
			require.LessOrEqual(t, len(e.Key), 200)
		}
		require.Len(t, keys, 6)
		require.True(t, keys["12345678.5"] && keys["1001"] && keys["1000000"] && keys["a"] && keys["A"])
	})
}

func longText(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'x'
	}
	return string(b)
}

func TestSuppress(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{"settings": object{"suppress": object{"tag": "VIP"}}, "triggers": []any{trigger("purchase.completed", nil)}})
	b.accept(event("contact", object{"email": "bo@example.com"}))
	b.write(func(tx *store.Tx) error {
		_, _, err := tx.AddContactTag(b.contact("bo@example.com").ID, "vip")
		return err
	})
	b.drain()
	free := b.post("purchase.completed", nil)
	b.drain()
	require.Equal(t, []string{"w enrolled"}, b.said(free))
	require.Equal(t, []string{"w filtered suppressed"}, b.said(b.log("bo@example.com")[1].ID))
	require.NotEmpty(t, b.verdicts(b.log("bo@example.com")[1].ID)[0].Values)
}

func TestLoopsAreCut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("ping", object{"triggers": []any{trigger("tag.added", nil)}})
		b.accept(event())
		c := b.contact("ada@example.com")
		emit := func(cause *Cause) string {
			var id string
			b.write(func(tx *store.Tx) error {
				locked, err := tx.LockContact(c.ID)
				if err != nil {
					return err
				}
				e, err := Append(tx, Draft{Contact: locked, Type: TypeTagAdded, Data: object{"tag": "x"}, Now: b.clock.now(), Cause: cause})
				id = e.ID
				return err
			})
			b.drain()
			return b.said(id)[0]
		}
		require.Equal(t, "ping enrolled", emit(nil))
		first := b.enrollments("ping")[0]
		cause, err := CauseOf(&first, "tag", 1)
		require.NoError(t, err)
		require.Equal(t, []Link{{Workflow: "ping", Contact: c.ID, At: b.clock.now()}}, cause.Chain)
		b.write(func(tx *store.Tx) error {
			return End(tx, &first, store.StatusCompleted, "success", "", b.clock.now())
		})
		b.clock.add(30 * time.Second)
		require.Equal(t, "ping loop", emit(cause))
		require.Equal(t, "ping loop", emit(&Cause{Depth: 11}))
		require.Len(t, b.enrollments("ping"), 1)
		b.clock.add(31 * time.Second)
		require.Equal(t, "ping enrolled", emit(cause), "a minute later it is no loop")
	})
}

func TestEnrollRequestIsAnsweredInTheStepThatAsked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("asks", object{"triggers": []any{trigger("purchase.completed", nil)}})
		b.publish("asked", object{"settings": object{"reentry": "once"}})
		b.post("purchase.completed", nil)
		b.drain()
		asking := b.enrollments("asks")[0]
		ask := func(visit int, workflow string) (verdicts []string, result object) {
			var id string
			b.write(func(tx *store.Tx) error {
				e, c, err := tx.LockEnrollmentContact(asking.ID)
				if err != nil {
					return err
				}
				if _, _, err := tx.InsertStep(&store.Step{
					EnrollmentID: e.ID, Node: "ask", Visit: visit, Type: "enroll_in", Status: "done", EnteredAt: b.clock.now(), Result: store.JSON(`{"sent": true}`),
				}); err != nil {
					return err
				}
				cause, err := CauseOf(e, "ask", visit)
				if err != nil {
					return err
				}
				id = EffectEventID(b.clock.now(), fmt.Sprint(e.ID, ".ask.", visit))
				_, err = Append(tx, Draft{
					ID: id, Contact: c, Type: TypeEnrollRequested, Now: b.clock.now(), Cause: cause,
					Data: object{"workflow": workflow, "data": object{"from": "ask"}},
				})
				return err
			})
			b.drain()
			b.read(func(tx *store.Tx) error {
				step, err := tx.Step(asking.ID, "ask", visit)
				if err != nil {
					return err
				}
				return json.Unmarshal(step.Result, &result)
			})
			return b.said(id), result
		}
		said, result := ask(1, "asked")
		require.Equal(t, []string{"asked enrolled"}, said)
		entered := b.enrollments("asked")[0]
		require.Equal(t, object{"sent": true, "verdict": "enrolled", "enrollment": entered.ID}, result)
		require.Equal(t, asking.ID, entered.ParentID)
		require.JSONEq(t, `{"from": "ask"}`, string(entered.TriggerData))

		said, result = ask(2, "asked")
		require.Contains(t, said[0], "asked ")
		require.Contains(t, []any{"reentry", "loop"}, result["verdict"])
		require.Nil(t, result["enrollment"])
		for visit, missing := range map[int]string{3: "nowhere", 4: "draft"} {
			if missing == "draft" {
				b.status("asked", store.WorkflowStopped)
				missing = "asked"
			}
			_, result = ask(visit, missing)
			require.Equal(t, object{"sent": true, "verdict": "filtered", "reason": "not_active"}, result)
		}
	})
}

// The log's order is that of acceptance: what an event says of when it occurred changes nothing.
func TestRouterFollowsAcceptanceNotOccurrence(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("order.created", nil)}, "exits": []any{exit("stop", "order.canceled", nil)}})
		b.post("order.viewed", nil)
		b.drain()
		at := func(eventType, occurred string) string {
			return b.accept(event("type", eventType, "occurred_at", occurred))[0].ID
		}
		created := at("order.created", "2026-03-08T12:00:00Z")
		canceled := at("order.canceled", "2026-03-01T12:00:00Z")
		again := at("order.created", "2026-02-01T12:00:00Z")
		b.drain()
		require.Equal(t, []string{"w enrolled"}, b.said(created))
		require.Equal(t, []string{"w exited stop"}, b.said(canceled))
		require.Equal(t, []string{"w enrolled"}, b.said(again))
		list := b.enrollments("w")
		require.Len(t, list, 2)
		require.Equal(t, []string{store.StatusRunning, store.StatusExited}, []string{list[0].Status, list[1].Status})
	})
}
