package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/activities/names"
	"fermata/store"
	"fermata/store/storetest"
)

// Whoever sees the step done sees what became of its wish, also when it was refused.
func TestEnrollInEndsWithItsVerdict(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `  a: {type: enroll_in, with: {workflow: onboarding, data: {order: "{{ trigger.order }}"}}, next: b}
  b: {type: enroll_in, with: {workflow: onboarding, data: {order: "{{ trigger.order }}"}}, next: c}
  c: {type: field_set, with: {field: plan, value: gold}, next: d}
  d: {type: enroll_in, with: {workflow: onboarding, data: {order: "{{ trigger.order }}"}}}`)
		w.workflow("onboarding", `  a: {type: hold}`)
		bought := w.enters("purchase", "1")
		result := func(node string) string { return w.says(bought, node) }
		w.did(bought, "a", "b", "c", "d")
		inside := w.inside("onboarding")
		require.Len(t, inside, 1)
		require.JSONEq(t, `{"workflow": "onboarding", "verdict": "enrolled", "enrollment": "`+inside[0].Enrollment+`"}`, result("a"))
		require.JSONEq(t, `{"workflow": "onboarding", "verdict": "reentry", "reason": "active"}`, result("b"))

		require.JSONEq(t, `{"workflow": "onboarding"}`, result("d"), "what is in the log before it comes first")
		w.route()
		require.JSONEq(t, `{"workflow": "onboarding", "verdict": "reentry", "reason": "active"}`, result("d"))
	})
}

// A workflow that asks for itself asks for what comes when it has ended.
func TestEnrollInTheSameWorkflowWaitsForItsEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `  a: {type: enroll_in, with: {workflow: purchase, data: {order: "{{ trigger.order }}"}}}`)
		bought := w.enters("purchase", "1")
		w.did(bought, "a")
		require.JSONEq(t, `{"workflow": "purchase"}`, w.says(bought, "a"), "nothing is decided yet")
	})
}

// What a test enrolls is a test in the same modes: not counted, and its mails go where those of the test go.
func TestWhatATestEnrollsIsATest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.workflow("purchase", `  a: {type: enroll_in, with: {workflow: onboarding, data: {order: "{{ trigger.order }}"}}, next: b}
  b: {type: field_set, with: {field: plan, value: gold}, next: c}
  c: {type: enroll_in, with: {workflow: onboarding, data: {order: "{{ trigger.order }}-later"}}}`)
		w.workflow("onboarding", `  a: {type: hold}`)
		tested := w.enters("purchase", "1", true)
		w.did(tested, "a", "b", "c")
		w.route()
		bought := w.enters("purchase", "2")
		w.did(bought, "a")
		w.route()
		modes := map[string]bool{}
		for _, in := range w.inside("onboarding") {
			w.read(func(tx *store.Tx) error {
				e, err := tx.Enrollment(in.Enrollment)
				modes[e.Key] = e.Test
				return err
			})
		}
		require.Equal(t, map[string]bool{"1": true, "1-later": true, "2": false}, modes)
	})
}

// says is the result of a step as it stands now.
func (w *shop) says(in names.Passage, node string) (raw string) {
	w.Helper()
	w.read(func(tx *store.Tx) error {
		step, err := tx.Step(in.Enrollment, node, 1)
		raw = string(step.Result)
		return err
	})
	return raw
}
