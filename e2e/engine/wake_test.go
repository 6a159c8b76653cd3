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

// An event wakes the run that waits for it: long before the reconciler, which looks half
// a minute after the acceptance, would find it asleep.
func TestEventWakesItsWaitAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *harness.System) {
		publishFlow(s, "patient", patientWait)
		post(s, "form.submitted", "ana@example.com")
		s.Enrollment("patient", "ana@example.com", "waiting")
		post(s, "form.answered", "ana@example.com")
		e := s.Enrollment("patient", "ana@example.com", "completed")
		accepted := instant(t, s.Items("/v1/events?type=form.answered")[0]["accepted_at"])
		took := instant(t, e["ended_at"]).Sub(accepted)
		t.Logf("advanced %s after acceptance", took)
		require.Less(t, took, 15*time.Second)
	})
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
		accepted := time.Now().UTC()
		s.Eventually("the router has nothing to do", func() bool {
			routed := false
			write(s, func(tx *store.Tx) error {
				c, err := tx.LockContact(contact)
				if routed = err == nil && c.Seq == c.RoutedSeq; !routed {
					return err
				}
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
