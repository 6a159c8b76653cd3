package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

const patient = `
schema: 1
key: patient-exit
name: Patient
triggers: [{id: go, event: form.submitted}]
exits: [{id: stop, event: form.canceled, outcome: success}]
start: a
nodes:
  a: {type: wait, with: {for: 30d}, next: b}
  b: {type: end}
`

// It runs before the parallel tests of the package, because it measures.
func TestExitEndsAWaitWithinASecondOfItsAcceptance(t *testing.T) {
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			s := harness.Start(t, harness.Options{Database: database(t)})
			s.Publish(patient)
			contact := map[string]any{"email": "ana@example.com"}
			s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": contact})
			s.Enrollment("patient-exit", "ana@example.com", "waiting")
			answer := s.Must("POST", "/v1/events", map[string]any{"type": "form.canceled", "contact": contact})
			e := s.Enrollment("patient-exit", "ana@example.com", "exited")
			id := answer["events"].([]any)[0].(map[string]any)["id"].(string)
			accepted, err := time.Parse(time.RFC3339Nano, s.Must("GET", "/v1/events/"+id, nil)["accepted_at"].(string))
			require.NoError(t, err)
			ended, err := time.Parse(time.RFC3339Nano, e["ended_at"].(string))
			require.NoError(t, err)
			t.Logf("ended %s after acceptance", ended.Sub(accepted))
			require.LessOrEqual(t, ended.Sub(accepted), time.Second)
			require.Equal(t, "stop", e["reason"])
		})
	}
}
