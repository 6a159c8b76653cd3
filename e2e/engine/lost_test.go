package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

const afterLoss = `
schema: 1
key: after-loss
name: After a loss
triggers: [{id: go, event: form.submitted}]
start: first
nodes:
  first:  {type: tag_add, with: {tag: first}, next: hello}
  hello:  {type: email, with: {subject: Hello, body: Text., class: marketing}, next: pause}
  pause:  {type: wait, with: {for: 15s}, next: later}
  later:  {type: email, with: {subject: Later, body: Text., class: marketing}, next: done}
  done:   {type: end}
`

// Temporal comes back with an empty database: the enrollment goes on from its own
// rows, what is done stays done, and the open wait keeps its due instant.
func TestEnrollmentsGoOnAfterTemporalHasLostEverything(t *testing.T) {
	t.Parallel()
	temporal := harness.StartTemporal(t)
	s := harness.Start(t, harness.Options{Temporal: temporal, Reconcile: time.Second})
	s.Publish(afterLoss)
	s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": "ana@example.com"}})
	before := s.Enrollment("after-loss", "ana@example.com", "waiting")
	require.NoError(t, temporal.Forget())
	require.NoError(t, temporal.Start())
	after := s.Enrollment("after-loss", "ana@example.com", "completed")
	require.Equal(t, before["id"], after["id"])
	steps := after["steps"].([]any)
	require.Len(t, steps, 5)
	require.Equal(t, before["due_at"], steps[2].(map[string]any)["due_at"])
	subjects := []string{}
	for _, m := range s.SMTP.To("ana@example.com") {
		subjects = append(subjects, m.Subject)
	}
	require.Equal(t, []string{"Hello", "Later"}, subjects)
}
