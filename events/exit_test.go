package events

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

func exit(id, eventType string, where any) object {
	e := object{"id": id, "event": eventType}
	if where != nil {
		e["where"] = where
	}
	return e
}

func (b *bench) wait(e store.Enrollment, eventType string) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		locked, err := tx.LockEnrollment(e.ID)
		if err != nil {
			return err
		}
		due := b.clock.now().Add(24 * time.Hour)
		locked.Status, locked.Node, locked.Visit, locked.DueAt = store.StatusWaiting, "wait", 1, &due
		if err := tx.SaveEnrollment(locked); err != nil {
			return err
		}
		if _, _, err := tx.InsertStep(&store.Step{
			EnrollmentID: e.ID, Node: "wait", Visit: 1, Type: "wait_event", Status: "waiting", EnteredAt: b.clock.now(),
		}); err != nil {
			return err
		}
		return tx.AddSubscriptions([]store.Subscription{{
			EnrollmentID: e.ID, ContactID: e.ContactID, Kind: store.SubscriptionWait, EventType: eventType, Node: "wait", Visit: 1,
		}})
	})
}

// TestWhoEndsBeforeTheFirstStepEndsAtNoNode: a node that nobody has come to must not count as the one
// that lost them.
func TestWhoEndsBeforeTheFirstStepEndsAtNoNode(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		b := setup(t, s)
		b.publish("w", object{
			"settings": object{"correlate": "trigger.n"},
			"triggers": []any{trigger("purchase.completed", nil)},
			"exits":    []any{exit("bought", "order.canceled", nil)},
		})
		b.post("purchase.completed", object{"n": int64(1)})
		b.post("purchase.completed", object{"n": int64(2)})
		b.drain()
		require.Equal(t, []string{"done", "done"}, []string{b.enrollments("w")[0].Node, b.enrollments("w")[1].Node})
		b.wait(b.enrollments("w")[0], "purchase.completed")
		b.post("order.canceled", nil)
		b.drain()
		list := b.enrollments("w")
		require.Equal(t, []string{store.StatusExited, store.StatusExited}, []string{list[0].Status, list[1].Status})
		require.NotEmpty(t, list[0].Node, "where its step was closed")
		require.Empty(t, list[1].Node)
		b.read(func(tx *store.Tx) error {
			cells, err := tx.Figures(store.FigureQuery{From: time.Unix(0, 0), To: b.clock.now().Add(time.Hour)})
			require.NoError(t, err)
			for _, cell := range cells {
				for id, node := range cell.Nodes {
					if id == "" {
						continue
					}
					require.LessOrEqual(t, node.Lost, node.Entries(), id)
				}
			}
			return nil
		})
	})
}

func TestOneEventEndsAnEnrollmentAndStartsTheNext(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{
			"triggers": []any{trigger("purchase.completed", nil)},
			"exits":    []any{exit("bought", "purchase.completed", nil)},
		})
		first := b.post("purchase.completed", object{"n": int64(1)})
		b.drain()
		require.Equal(t, []string{"w enrolled"}, b.said(first), "the triggering event is not seen by its own exits")
		b.wait(b.enrollments("w")[0], "purchase.completed")

		second := b.post("purchase.completed", object{"n": int64(2)})
		b.drain()
		require.ElementsMatch(t, []string{"w exited bought", "w enrolled"}, b.said(second))
		list := b.enrollments("w")
		require.Len(t, list, 2)
		ended := list[1]
		require.Equal(t, []any{store.StatusExited, "neutral", "bought", false}, []any{ended.Status, ended.Outcome, ended.Reason, ended.Active})
		require.Equal(t, 1, ended.Epoch)
		require.NotNil(t, ended.EndedAt)
		require.Nil(t, ended.DueAt)
		require.True(t, list[0].Active)
		b.read(func(tx *store.Tx) error {
			left, err := tx.Subscriptions(ended.ID)
			require.Empty(t, left)
			step, err2 := tx.Step(ended.ID, "wait", 1)
			require.Equal(t, "exited", step.Status)
			require.NotNil(t, step.LeftAt)
			calls, err3 := tx.Dispatches(ended.ID)
			require.Len(t, calls, 2)
			require.Equal(t, store.DispatchWake, calls[1].Kind)
			require.NoError(t, err2)
			require.NoError(t, err3)
			return err
		})
		log := b.log("ada@example.com")
		last := log[len(log)-1]
		require.Equal(t, TypeWorkflowCompleted, last.Type)
		require.JSONEq(t, `{"workflow": "w", "enrollment": "`+ended.ID+`", "outcome": "neutral"}`, string(last.Data))
		cause, err := ParseCause(last.Cause)
		require.NoError(t, err)
		require.Equal(t, ended.ID, cause.Enrollment)
	})
}

func TestFirstExitInTheListWins(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{
		"triggers": []any{trigger("order.created", nil)},
		"exits": []any{
			exit("other", "order.canceled", is("event.order_id", object{"ref": "trigger.order_id"})),
			object{"id": "any", "event": "order.canceled", "outcome": "failed", "where": is("event.hard", true)},
			exit("late", "order.canceled", nil),
		},
	})
	b.post("order.created", object{"order_id": "1"})
	b.drain()
	b.post("order.canceled", object{"order_id": "2", "hard": true})
	b.drain()
	e := b.enrollments("w")[0]
	require.Equal(t, []string{"any", "failed"}, []string{e.Reason, e.Outcome})
}

func TestExitThatDoesNotHoldIsFiltered(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{
		"triggers": []any{trigger("order.created", nil)},
		"exits":    []any{exit("x", "order.canceled", is("event.order_id", object{"ref": "trigger.order_id"}))},
	})
	before := b.post("order.canceled", object{"order_id": "2"})
	b.post("order.created", object{"order_id": "1"})
	b.drain()
	require.Equal(t, []string{"w filtered not_enrolled"}, b.said(before))
	id := b.post("order.canceled", object{"order_id": "2"})
	b.drain()
	require.Equal(t, []string{"w filtered"}, b.said(id))
	require.Contains(t, string(b.verdicts(id)[0].Values), `"2"`)
	require.True(t, b.enrollments("w")[0].Active)
}

func TestWaitsAreWokenOnceAndNotIgnored(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("order.created", nil)}})
		b.post("order.created", nil)
		b.drain()
		e := b.enrollments("w")[0]
		b.wait(e, "order.fulfilled")
		first := b.post("order.fulfilled", nil)
		b.post("order.fulfilled", nil)
		b.drain()
		require.Empty(t, b.said(first), "the wait itself says advanced or passed")
		b.read(func(tx *store.Tx) error {
			calls, err := tx.Dispatches(e.ID)
			require.Len(t, calls, 2, "a start and one wake for both events")
			return err
		})
	})
}

func TestChangedContactRetimesWaits(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{"triggers": []any{trigger("order.created", nil)}})
	b.post("order.created", nil)
	b.drain()
	b.wait(b.enrollments("w")[0], "x.y")
	b.accept(event("contact", object{"email": "ada@example.com", "first_name": "Ada"}))
	b.drain()
	require.False(t, b.enrollments("w")[0].WakePending)
	b.accept(event("contact", object{"email": "ada@example.com", "timezone": "Europe/Vienna"}))
	b.drain()
	require.True(t, b.enrollments("w")[0].WakePending)
}

func TestCheckExitsSeesWhatTheRouterHasNot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{
			"triggers": []any{trigger("order.created", nil)},
			"exits": []any{
				exit("own", "order.created", nil),
				exit("x", "order.canceled", is("event.order_id", object{"ref": "trigger.order_id"})),
			},
		})
		b.post("order.created", object{"order_id": "1"})
		b.drain()
		e := b.enrollments("w")[0]
		check := func() (ended bool) {
			b.write(func(tx *store.Tx) error {
				locked, c, err := tx.LockEnrollmentContact(e.ID)
				if err != nil {
					return err
				}
				def, err := b.router.Definitions.Load(tx, e.Hash)
				if err != nil {
					return err
				}
				ended, err = CheckExits(tx, locked, def, c, b.clock.now())
				return err
			})
			return ended
		}
		require.False(t, check(), "the triggering event is not seen by its own exits")
		b.post("order.canceled", object{"order_id": "2"})
		require.False(t, check())
		id := b.post("order.canceled", object{"order_id": "1"})
		require.True(t, check())
		require.False(t, check(), "ended once")
		require.Equal(t, []string{"w exited x"}, b.said(id))
		ended := b.enrollments("w")[0]
		require.Equal(t, store.StatusExited, ended.Status)
		require.False(t, ended.WakePending, "the run that asked closes by itself")
		b.drain()
		require.Equal(t, []string{"w exited x"}, b.said(id)[:1])
		require.Len(t, types(b.log("ada@example.com")), 5, "workflow.completed is written once")
	})
}

func TestEndIsOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.Open(t))
	b.publish("w", object{"triggers": []any{trigger("order.created", nil)}})
	b.post("order.created", nil)
	b.drain()
	id := b.enrollments("w")[0].ID
	for range 2 {
		b.write(func(tx *store.Tx) error {
			e, err := tx.LockEnrollment(id)
			if err != nil {
				return err
			}
			return End(tx, e, store.StatusCompleted, "success", "", b.clock.now())
		})
	}
	e := b.enrollments("w")[0]
	require.Equal(t, 1, e.Epoch)
	require.False(t, e.WakePending)
	require.Len(t, b.log("ada@example.com"), 3)
}

func TestEnrollByHandAndAsATest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"settings": object{"reentry": "once"}, "exits": []any{exit("x", "order.canceled", nil)}})
		old := b.post("order.canceled", nil)
		enroll := func(test bool) (result EnrollResult) {
			b.write(func(tx *store.Tx) error {
				c, err := tx.LockContact(b.contact("ada@example.com").ID)
				if err != nil {
					return err
				}
				w, err := tx.Workflow("w")
				if err != nil {
					return err
				}
				var def *definition.Definition
				if def, err = b.router.Definitions.Load(tx, w.Hash); err != nil {
					return err
				}
				result, err = Enroll(tx, EnrollInput{
					Contact: c, Workflow: w, Def: def, Hash: w.Hash, Version: 1, TriggerID: "hand", Data: object{"a": int64(1)},
					Now: b.clock.now(), Test: test, Waits: "compressed",
				})
				return err
			})
			return result
		}
		first := enroll(false)
		require.Equal(t, VerdictEnrolled, first.Verdict)
		require.True(t, first.Entered())
		require.Equal(t, int64(2), first.Enrollment.StartSeq, "what is in the log already is not for it")
		require.Equal(t, VerdictReentry, enroll(false).Verdict)
		require.Equal(t, VerdictEnrolled, enroll(true).Verdict, "a test stands beside it")
		require.Equal(t, VerdictEnrolled, enroll(true).Verdict)
		b.drain()
		require.Len(t, b.enrollments("w"), 3)
		require.NotContains(t, b.said(old), "w exited x")
	})
}
