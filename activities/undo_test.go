package activities_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
	"fermata/store/storetest"
)

// purchase changes everything that a workflow can change on our own store.
const purchase = `
  a: {type: tag_add, with: {tags: [old, Buyer]}, next: b}
  b: {type: field_set, with: {field: plan, value: gold}, next: c}
  c: {type: field_set, with: {field: plan, value: platinum}, next: d}
  d: {type: field_set, with: {field: orders, increment: 1}, next: e}
  e: {type: course_enroll, with: {course: guitar}, next: f}
  f: {type: deal_create, with: {pipeline: sales, owner: sam, value: 497}, next: g}
  g: {type: deal_move, with: {pipeline: sales, stage: won}, next: h}
  h: {type: deal_assign, with: {pipeline: sales, owner: kim}, next: i}
  i: {type: task_create, with: {title: Call}, next: j}
  j: {type: tag_remove, with: {tag: old}, next: k}
  k: {type: enroll_in, with: {workflow: onboarding, data: {order: "{{ trigger.order }}"}}, next: l}
  l: {type: emit, with: {event: order.booked}, next: m}
  m: {type: unsubscribe, next: n}
  n: {type: email, with: {subject: Thanks, body: Thanks, class: transactional}, next: o}
  o: {type: webhook, with: {url: "https://shop.example"}}
`

func TestUndoTakesBackInReverseOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		before := w.stands()
		w.workflow("purchase", purchase)
		w.workflow("onboarding", `  a: {type: tag_add, with: {tag: Student}, next: b}
  b: {type: wait, with: {for: 14d}}`)
		bought := w.enters("purchase", "1")
		w.did(bought, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m")
		w.claims(bought, "n", "email", store.EffectDone)
		w.claims(bought, "o", "webhook", store.EffectUnknown)
		w.route()
		learning := w.inside("onboarding")[0]
		w.did(learning, "a")
		require.Equal(t, map[string]any{
			"fields": map[string]any{"plan": "platinum", "orders": 1.0}, "tags": []string{"Buyer", "Student"}, "tasks": 1,
			"courses": []string{"guitar enrolled"}, "deals": []string{"won won kim"},
		}, w.stands())

		said := w.undoes("purchase", "1")
		before["courses"] = []string{"guitar unenrolled"}
		require.Equal(t, before, w.stands())
		require.Equal(t, []string{
			"a: tag Student", "k: workflow onboarding", "j: tag old", "i: " + task(said), "h: " + deal(said, "owner of "), "g: " + deal(said, "stage of "),
			"f: " + deal(said, ""), "e: course guitar", "d: field orders", "c: field plan", "b: field plan", "a: tag Buyer",
		}, told(said.Undone))
		require.Equal(t, []string{
			"o: call, unknown", "n: mail, sent", "m: subscription to email, consent", "l: event order.booked, reported",
		}, told(said.NotUndone))
		require.Equal(t, 2, said.Enrollments)
		require.ElementsMatch(t, []string{bought.Enrollment, learning.Enrollment}, said.Ended)
		for _, in := range []names.Passage{bought, learning} {
			e := w.enrollment(in)
			require.Equal(t, []string{"exited", "undo", "neutral"}, []string{e.Status, e.Reason, e.Outcome})
			require.True(t, e.WakePending, "its run is told")
			occurrences, err := w.acts(in, 2, "a")
			require.NoError(t, err)
			require.Equal(t, interpreter.Ended, occurrences[0].Kind, "it can do no more")
		}
		require.Equal(t, []int{2, 2, 1}, []int{w.logged("tag.removed") - 1, w.logged("tag.added") - 1, w.logged("deal.stage_changed") - 1},
			"Buyer and Student go, old comes back, the deal moves back")
		w.causes("tag.removed")
	})
}

// claims writes a row of the ledger as an effect outside does.
func (w *shop) claims(in names.Passage, node, kind, state string) {
	w.Helper()
	w.write(func(tx *store.Tx) error {
		_, _, step := tx.InsertStep(&store.Step{EnrollmentID: in.Enrollment, Node: node, Visit: 1, Type: kind, Status: "done", EnteredAt: w.now, LeftAt: &w.now})
		_, _, err := tx.InsertEffect(&store.Effect{
			EnrollmentID: in.Enrollment, Node: node, Visit: 1, Kind: kind, Key: in.Enrollment + "." + node + ".1", State: state, Copies: 1,
		})
		return errors.Join(step, err)
	})
}

// causes checks that the last event of a type says which undo made it.
func (w *shop) causes(typ string) {
	w.Helper()
	w.read(func(tx *store.Tx) error {
		list, err := tx.EventsAfter(w.who, 0, []string{typ}, 1000)
		cause, wrong := events.ParseCause(list[len(list)-1].Cause)
		require.Equal(w, []any{"undo-purchase", "a", 1, 1}, []any{cause.Workflow, cause.Node, cause.Visit, cause.Depth})
		return errors.Join(err, wrong)
	})
}

// task and deal name what only the store can name.
func task(u undone) string { return u.Undone[3].What }

func deal(u undone, part string) string { return part + u.Undone[6].What }

// Two orders of one thing: one goes, and what the other wants stays; when that goes, too,
// everything is as it was before both.
func TestUndoLeavesWhatAnotherPassageWants(t *testing.T) {
	t.Parallel()
	for _, order := range [][]string{{"1", "2"}, {"2", "1"}} {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			w := newShop(t, s)
			w.workflow("purchase", `
  a: {type: tag_add, with: {tag: Buyer}, next: b}
  b: {type: field_set, with: {field: plan, value: "{{ trigger.order }}"}, next: c}
  c: {type: field_set, with: {field: orders, increment: 1}, next: d}
  d: {type: course_enroll, with: {course: guitar}, next: e}
  e: {type: deal_move, with: {pipeline: sales, stage: won, create: true}}
`)
			before := w.stands()
			for _, id := range []string{"1", "2"} {
				w.did(w.enters("purchase", id), "a", "b", "c", "d", "e")
			}
			said := w.undoes("purchase", order[0])
			after := w.stands()
			require.Equal(t, []string{"Buyer", "old"}, after["tags"])
			require.Equal(t, map[string]any{"plan": order[1], "orders": 1.0}, after["fields"])
			require.Equal(t, []string{"guitar enrolled"}, after["courses"])
			require.Equal(t, []string{"won won "}, after["deals"])
			if order[0] == "1" {
				require.Equal(t, []string{"c: field orders"}, told(said.Undone))
				require.Equal(t, []string{"kept purchase", "kept purchase", "kept purchase", "kept purchase"}, reasons(said.NotUndone))
			}
			w.undoes("purchase", order[1])
			before["courses"] = []string{"guitar unenrolled"}
			require.Equal(t, before, w.stands())
		})
	}
}

func reasons(lines []line) []string {
	out := []string{}
	for _, l := range lines {
		out = append(out, l.Reason+" "+l.By)
	}
	return out
}
