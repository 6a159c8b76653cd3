package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
	"fermata/store"
)

const patientWait = `  a: {type: wait_event, with: {events: [{id: got, event: form.answered}], timeout: 30d}, next: {got: b}}
  b: {type: end}`

// An event wakes the run that waits for it, without the reconciler: it would find the run asleep
// in an hour.
func TestEventWakesItsWaitAtOnce(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, harness.Options{Database: database(t), Reconcile: time.Hour})
			publishFlow(s, "patient", patientWait)
			post(s, "form.submitted", "ana@example.com")
			s.Enrollment("patient", "ana@example.com", "waiting")
			post(s, "form.answered", "ana@example.com")
			e := s.Enrollment("patient", "ana@example.com", "completed")
			accepted := instant(t, s.Items("/v1/events?type=form.answered")[0]["accepted_at"])
			t.Logf("advanced %s after acceptance", instant(t, e["ended_at"]).Sub(accepted))
		})
	}
}

// Nobody has woken the run, as if the code that does were lost: the log has the event, and
// the reconciler finds out that the wait has not read it.
func TestWaitThatNobodyWakesAdvancesInBoundedTime(t *testing.T) {
	t.Parallel()
	eachRepaired(t, harness.Options{}, func(t *testing.T, s *harness.System) {
		t.Helper()
		publishFlow(s, "unwoken", patientWait)
		post(s, "form.submitted", "ana@example.com")
		e := s.Enrollment("unwoken", "ana@example.com", "waiting")
		contact := e["contact"].(map[string]any)["id"].(string)
		var accepted time.Time
		s.Eventually("the router has nothing to do", func() bool {
			routed := false
			write(s, func(tx *store.Tx) error {
				c, err := tx.LockContact(contact)
				if routed = err == nil && c.Seq == c.RoutedSeq; !routed {
					return err
				}
				// The reconciler reads the log once, a second behind its end: what it is to find must be
				// there by then, however long this commit takes.
				accepted = time.Now().UTC().Add(5 * time.Second)
				event := &store.Event{ID: "evt_unwoken", ContactID: contact, Type: "form.answered", OccurredAt: accepted, AcceptedAt: accepted, Source: "api"}
				if _, err := tx.AppendEvent(event); err != nil {
					return err
				}
				return tx.SetRouted(contact, event.Seq)
			})
			return routed
		})
		done := s.Enrollment("unwoken", "ana@example.com", "completed")
		require.Equal(t, "evt_unwoken", done["steps"].([]any)[0].(map[string]any)["result"].(map[string]any)["event"])
		t.Logf("advanced %s after acceptance, with a reconciler that looks every second", instant(t, done["ended_at"]).Sub(accepted))
	})
}
