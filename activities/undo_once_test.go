package activities_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
	"fermata/store/storetest"
)

// An undo that needs several transactions, whose process dies behind the first one.
func TestUndoGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `  a: {type: field_set, max_visits: 1000, with: {field: points, increment: 1}, next: a}`)
		w.workflow("undo-purchase", `  a: {type: undo, with: {workflow: purchase}, next: b}
  b: {type: tag_add, with: {tag: refunded}}`)
		bought := w.enters("purchase", "1")
		for visit := 1; visit <= 250; visit++ {
			_, err := w.acts(bought, visit, "a")
			require.NoError(t, err)
		}
		undo := w.enters("undo-purchase", "1")
		w.nudge = func() { panic("killed behind a commit") }
		_, err := w.acts(undo, 1, "a", "b")
		require.Error(t, err)
		require.Equal(t, map[string]any{"plan": "silver", "points": 150.0}, w.stands()["fields"])
		require.False(t, w.enrollment(bought).Active, "ended before anything was taken back")

		w.nudge = func() {}
		bystander := w.enters("purchase", "2") // came while the undo was down
		_, err = w.acts(bystander, 1, "a")
		require.NoError(t, err)
		w.did(undo, "a", "b")
		for range 2 {
			require.Equal(t, map[string]any{"plan": "silver", "points": 1.0}, w.stands()["fields"])
			said := w.result(undo)
			require.Equal(t, []string{bought.Enrollment}, said.Ended)
			require.Len(t, said.Undone, 200)
			require.True(t, said.More, "not all 250 are listed")
			require.Equal(t, 501, w.logged("contact.updated"), "each of 250 taken back once")
			w.did(undo, "a", "b") // the attempt before was not heard of
		}
	})
}

func TestUndoTakesBackARequestThatNobodyHasComeTo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `  a: {type: field_set, with: {field: city, value: Rome}, next: b}
  b: {type: enroll_in, with: {workflow: onboarding, data: {order: "{{ trigger.order }}"}}}`)
		w.workflow("onboarding", `  a: {type: hold}`)
		bought := w.enters("purchase", "1")
		w.did(bought, "a", "b") // the request waits behind the change
		said := w.undoes("purchase", "1")
		require.Equal(t, []string{"b: workflow onboarding", "a: field city"}, told(said.Undone))
		w.route()
		require.Empty(t, w.inside("onboarding"))
		w.read(func(tx *store.Tx) error {
			step, err := tx.Step(bought.Enrollment, "b", 1)
			require.JSONEq(t, `{"workflow": "onboarding", "verdict": "filtered", "reason": "undone"}`, string(step.Result))
			return err
		})
	})
}

// What was there before is not this workflow's to take away, and what somebody changed since stays.
func TestUndoLeavesWhatSomebodyChanged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `
  a: {type: field_set, with: {field: plan, value: gold}, next: b}
  b: {type: field_set, with: {field: city, value: Rome}, next: c}
  c: {type: deal_create, with: {pipeline: sales}, next: d}
  d: {type: task_create, with: {title: Call}, next: e}
  e: {type: tag_add, with: {tags: [Buyer, old]}, next: f}
  f: {type: field_set, with: {field: points, increment: 5}}
`)
		w.did(w.enters("purchase", "1"), "a", "b", "c", "d", "e", "f")
		w.write(func(tx *store.Tx) error {
			c, err := tx.LockContact(w.who)
			c.Fields = store.JSON(`{"plan": "platinum", "city": "Rome", "points": 105}`)
			deals, errDeals := tx.DealsOfContact(w.who, "sales")
			deals[0].Title = "By hand"
			tasks, _, errTasks := tx.ListTasks(store.TaskFilter{Contact: w.who}, store.Page{})
			tasks[0].Status = "done"
			_, _, removed := tx.RemoveContactTag(w.who, "buyer")
			return errors.Join(err, errDeals, errTasks, removed, tx.UpdateContact(c), tx.UpdateDeal(&deals[0]), tx.UpdateTask(&tasks[0]))
		})
		said := w.undoes("purchase", "1")
		require.Equal(t, map[string]any{"plan": "platinum", "points": 100.0}, w.stands()["fields"])
		require.Equal(t, []string{"old"}, w.stands()["tags"])
		require.Equal(t, []string{"f: field points", "b: field city"}, told(said.Undone))
		require.Equal(t, []string{"changed_since ", "changed_since ", "changed_since "}, reasons(said.NotUndone))

		// What stands can be taken back later, once it is as the workflow left it.
		w.write(func(tx *store.Tx) error {
			c, err := tx.LockContact(w.who)
			c.Fields = store.JSON(`{"plan": "gold"}`)
			return errors.Join(err, tx.UpdateContact(c))
		})
		require.Equal(t, []string{"a: field plan"}, told(w.undoes("purchase", "1").Undone))
		require.Equal(t, map[string]any{"plan": "silver"}, w.stands()["fields"])
	})
}

func TestUndoIsForOneKeyAndForTestsOrNot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `  a: {type: tag_add, with: {tag: "order {{ trigger.order }}"}, next: b}
  b: {type: wait, with: {for: 1d}}`)
		for _, order := range []string{"1", "2"} {
			w.did(w.enters("purchase", order), "a")
		}
		w.did(w.enters("purchase", "3", true), "a")
		require.Equal(t, 1, w.undoes("purchase", "1").Enrollments)
		require.Equal(t, []string{"old", "order 2", "order 3"}, w.stands()["tags"])
		require.Zero(t, w.undoes("purchase", "3").Enrollments, "a test is no passage of anybody")
		test := w.enters("undo-purchase", "3", true)
		w.did(test, "a")
		require.Equal(t, []string{"old", "order 2"}, w.stands()["tags"])
	})
}

// A passage neither ends nor takes back itself, also when the one to be undone enrolled it.
func TestUndoSparesThePassageThatUndoes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `  a: {type: enroll_in, with: {workflow: refund, data: {order: "{{ trigger.order }}"}}, next: b}
  b: {type: wait, with: {for: 1d}}`)
		w.workflow("refund", `  t: {type: tag_add, with: {tag: refunded}, next: a}
  a: {type: undo, with: {workflow: purchase}}`)
		bought := w.enters("purchase", "1")
		w.did(bought, "a")
		w.route()
		refund := w.inside("refund")[0]
		w.did(refund, "t", "a")
		said := w.result(refund)
		require.Equal(t, []string{bought.Enrollment}, said.Ended)
		require.Equal(t, []string{"a: workflow refund, itself"}, told(said.NotUndone))
		require.True(t, w.enrollment(refund).Active)
		require.Equal(t, []string{"old", "refunded"}, w.stands()["tags"])
	})
}

func TestUndoSaysWhatCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	w := newShop(t, storetest.Open(t))
	w.workflow("purchase", `  a: {type: remove_from, with: {workflow: onboarding}, next: b}
  b: {type: undo, with: {workflow: onboarding}, next: c}
  c: {type: email, with: {subject: Hi, body: Hi, class: transactional}}`)
	w.workflow("onboarding", `  a: {type: tag_add, with: {tag: x}}`)
	w.did(w.enters("onboarding", "1"), "a")
	bought := w.enters("purchase", "1")
	w.did(bought, "a", "b")
	for node, state := range map[string]string{"c": store.EffectClaimed, "d": store.EffectFailed} {
		w.claims(bought, node, "email", state)
	}
	w.claims(bought, "e", "slack", store.EffectDone)
	w.claims(bought, "f", "webhook", store.EffectDone)
	w.claims(bought, "g", "tag_add", store.EffectDone)
	w.write(func(tx *store.Tx) error {
		return tx.SetUndo(store.EffectRef{EnrollmentID: bought.Enrollment, Node: "g", Visit: 1}, store.JSON(`{"remove": "x"}`))
	})
	said := w.undoes("purchase", "1")
	require.Empty(t, said.Undone)
	require.Equal(t, []string{
		"b: undo onboarding, was_undo", fmt.Sprintf("a: enrollment %s, ended", w.inside("onboarding")[0].Enrollment),
	}, told(said.NotUndone[len(said.NotUndone)-2:]))
	require.ElementsMatch(t, []string{
		"c: mail, under_way", "e: Slack message, sent", "f: call, called", "g: tag_add, not_recorded",
	}, told(said.NotUndone[:len(said.NotUndone)-2]))
}

func TestUndoFindsWhatAMergedContactBrought(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `  a: {type: tag_add, with: {tag: Buyer}}`)
		w.did(w.enters("purchase", "1"), "a")
		w.route()
		w.write(func(tx *store.Tx) error {
			into := &store.Contact{}
			if err := tx.CreateContact(into); err != nil {
				return err
			}
			into, from, err := events.LockTwo(tx, into.ID, w.who)
			if err != nil {
				return err
			}
			w.who = into.ID
			_, err = events.Merge(tx, into, from, w.now)
			return err
		})
		require.Equal(t, []string{"Buyer", "old"}, w.stands()["tags"])
		require.Equal(t, []string{"a: tag Buyer"}, told(w.undoes("purchase", "1").Undone))
		require.Equal(t, []string{"old"}, w.stands()["tags"])
	})
}

func TestUndoOfAWorkflowThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newShop(t, storetest.Open(t))
	w.workflow("refund", `  a: {type: undo, with: {workflow: "{{ trigger.order }}"}}`)
	result, err := w.activities.Advance(context.Background(), names.AdvanceInput{
		Passage: w.enters("refund", "nowhere"), Now: w.now, Commands: []interpreter.Command{{Kind: interpreter.Act, Node: "a", Visit: 1, Port: "next"}},
	})
	require.NoError(t, err)
	require.Equal(t, "missing_reference", result.Occurrences[0].Code)
}
