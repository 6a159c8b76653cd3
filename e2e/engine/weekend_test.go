package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// overWeekend rests from a Friday afternoon to the Saturday.
const overWeekend = `  a: {type: wait_until, with: {day: 1, at: "16:00", weekdays: [fri]}, next: rest}
  rest: {type: wait, with: {for: 24h}, next: mark}
  mark: {type: tag_add, with: {tag: %s}, next: done}
  done: {type: end}`

// A wait that ends on Saturday, and a pause from Friday 17:00 to Monday 09:00, under each policy. Nobody
// waits for the weekend: the time of the runs and of the API is moved.
func TestPauseOnFridayResumeOnMonday(t *testing.T) {
	t.Parallel()
	temporal := harness.StartTemporal(t, "--time-skipping")
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := &harness.Times{}
			w := &weekend{System: harness.Start(t, harness.Options{Database: database(t), Temporal: temporal, Clock: clock.Now}), clock: clock}
			w.enter()
			friday := instant(t, w.step("run-run", "a")["due_at"])
			require.Equal(t, time.Friday, friday.Weekday())
			w.forward(friday.Add(time.Hour))
			for _, p := range w.policies {
				w.step(p.key(), "rest")
				w.Must("POST", "/v1/workflows/"+p.key()+"/pause", map[string]any{"clocks": p.clocks})
			}
			w.forward(friday.Add(65 * time.Hour))
			w.requireHeld(t)
			for _, p := range w.policies {
				w.Must("POST", "/v1/workflows/"+p.key()+"/resume", p.resume())
			}
			w.requireMonday(t, friday)
			w.requireTuesday(t, friday)
		})
	}
}

// policy is what the clocks do in a pause, and what becomes of who is overdue after it.
type policy struct{ clocks, overdue string }

func (p policy) key() string { return p.clocks + "-" + p.overdue }

func (p policy) resume() map[string]any {
	if p.overdue == "spread" {
		return map[string]any{"overdue": p.overdue, "over": "2h"}
	}
	return map[string]any{"overdue": p.overdue}
}

// later reports whether the wait lasts its full time beside the pause.
func (p policy) later() bool { return p.clocks == "freeze" || p.overdue == "shift" }

// weekend is one contact in a workflow for each policy.
type weekend struct {
	*harness.System
	clock    *harness.Times
	policies []policy
	inside   []map[string]any
	runs     []string
}

// enter publishes the workflows and waits until the contact is inside all of them.
func (w *weekend) enter() {
	for _, clocks := range []string{"run", "freeze"} {
		for _, overdue := range []string{"run", "spread", "skip", "shift"} {
			p := policy{clocks, overdue}
			w.policies = append(w.policies, p)
			publishFlow(w.System, p.key(), fmt.Sprintf(overWeekend, p.key()))
		}
	}
	post(w.System, "form.submitted", buyer)
	for _, p := range w.policies {
		e := w.Enrollment(p.key(), buyer, "waiting")
		w.inside, w.runs = append(w.inside, e), append(w.runs, runID(e))
	}
}

func (w *weekend) forward(until time.Time) { w.clock.Forward(w.System, until, w.runs...) }

// step waits until the contact has come to a node of a workflow.
func (w *weekend) step(key, node string) (found map[string]any) {
	w.T.Helper()
	w.Eventually(key+" has come to "+node, func() bool {
		for _, e := range w.Items("/v1/enrollments?workflow=" + key) {
			for _, s := range w.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["steps"].([]any) {
				if s.(map[string]any)["node"] == node {
					found = s.(map[string]any)
				}
			}
		}
		return found != nil
	})
	return found
}

// requireHeld checks that the weekend has passed and nobody has left the wait that was over on Saturday,
// and that a resumption knows before who is overdue.
func (w *weekend) requireHeld(t *testing.T) {
	t.Helper()
	for i, p := range w.policies {
		w.Eventually(p.key()+" is held back", func() bool { return w.RunState(w.inside[i]).Status == "paused" })
		require.Nil(t, w.step(p.key(), "rest")["left_at"], p)
		dry := w.Must("POST", "/v1/workflows/"+p.key()+"/resume?dry_run=true", p.resume())
		if p.clocks == "run" {
			require.EqualValues(t, 1, dry["people"].(map[string]any)["overdue"], p)
		}
	}
	require.Empty(t, w.Items("/v1/contacts?email=" + buyer)[0]["tags"])
}

// requireMonday checks who goes on at 09:00, who within two hours of it, and who not yet.
func (w *weekend) requireMonday(t *testing.T, friday time.Time) {
	t.Helper()
	monday, spread := friday.Add(65*time.Hour), time.Time{}
	for _, p := range w.policies {
		switch {
		case p.later():
			require.Nil(t, w.step(p.key(), "rest")["left_at"], p)
		case p.overdue == "spread":
			w.Eventually("a place in the spread is found", func() bool {
				spread = instant(t, w.step(p.key(), "rest")["due_at"])
				return !spread.Before(monday)
			})
			require.WithinRange(t, spread, monday, monday.Add(2*time.Hour+harness.Patience))
		default:
			e := w.Enrollment(p.key(), buyer, "completed")
			require.Equal(t, map[string]string{"run": "overdue", "skip": "overdue_skipped"}[p.overdue], stepOf(e, "rest")["reason"], p)
			require.WithinRange(t, instant(t, stepOf(e, "rest")["left_at"]), monday, monday.Add(harness.Patience), p)
		}
	}
	w.forward(monday.Add(3 * time.Hour))
	left := instant(t, stepOf(w.Enrollment("run-spread", buyer, "completed"), "rest")["left_at"])
	require.WithinRange(t, left, spread, spread.Add(harness.Patience))
}

// requireTuesday checks that the others rest for 24 hours beside the 64 of the pause: until Tuesday 08:00.
func (w *weekend) requireTuesday(t *testing.T, friday time.Time) {
	t.Helper()
	tuesday := friday.Add(88 * time.Hour)
	w.forward(tuesday.Add(-time.Hour))
	for _, p := range w.policies {
		if p.later() {
			require.Nil(t, w.step(p.key(), "rest")["left_at"], p)
		}
	}
	w.forward(tuesday.Add(time.Hour))
	tags := []any{}
	for _, p := range w.policies {
		e := w.Enrollment(p.key(), buyer, "completed")
		rest, mark := stepOf(e, "rest"), "done"
		if p.later() {
			due := instant(t, rest["due_at"])
			require.WithinRange(t, due, tuesday.Add(-harness.Patience), tuesday.Add(harness.Patience), p)
			require.WithinRange(t, instant(t, rest["left_at"]), due, due.Add(harness.Patience), p)
			require.Nil(t, rest["reason"], p)
		}
		if p == (policy{"run", "skip"}) {
			mark = "skipped"
		} else {
			tags = append(tags, p.key())
		}
		require.Equal(t, mark, stepOf(e, "mark")["status"], p)
	}
	require.ElementsMatch(t, tags, w.Items("/v1/contacts?email=" + buyer)[0]["tags"])
}

// stepOf is the step of an enrollment at a node.
func stepOf(e map[string]any, node string) map[string]any {
	for _, s := range e["steps"].([]any) {
		if s.(map[string]any)["node"] == node {
			return s.(map[string]any)
		}
	}
	return nil
}
