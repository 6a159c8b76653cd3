package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"

	"fermata/e2e/harness"
	"fermata/worker"
)

const twoSteps = `
schema: 1
key: two-steps
name: Two steps
triggers: [{id: go, event: form.submitted}]
exits: [{id: gone, event: form.canceled}]
start: call
nodes:
  call: {type: slack, with: {webhook: "secret:slack_team", text: Hello}, next: mark}
  mark: {type: tag_add, with: {tag: marked}, next: told}
  told: {type: slack, with: {webhook: "secret:slack_team", text: Again}, next: done}
  done: {type: end}
`

// An exit that commits while the run is between two steps finds no open step that it
// could close: only the fence keeps the next step from acting.
func TestExitBetweenTwoStepsStopsTheNext(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &mortal{fates: map[string]*fate{}}
			s := harness.Start(t, harness.Options{
				Database: database(t), Worker: worker.Options{Interceptors: []interceptor.WorkerInterceptor{m}},
			})
			s.Setup()
			s.Publish(twoSteps)
			contact := s.Must("POST", "/v1/contacts", map[string]any{"email": "ana@example.com"})
			id := contact["id"].(string)
			// Two activities: begin, and the first call with its record.
			m.fates[id] = &fate{after: 2, spared: true, meanwhile: func() {
				s.Must("POST", "/v1/events", map[string]any{"type": "form.canceled", "contact": map[string]any{"email": "ana@example.com"}})
				s.Enrollment("two-steps", "ana@example.com", "exited")
			}}
			s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": "ana@example.com"}})
			e := s.Enrollment("two-steps", "ana@example.com", "exited")
			s.Eventually("the run closes", func() bool { return s.RunClosed(e) })
			require.Len(t, s.HTTP.On("/slack"), 1)
			require.Empty(t, s.Must("GET", "/v1/contacts/"+id, nil)["tags"])
			steps := s.Must("GET", "/v1/enrollments/"+e["id"].(string), nil)["steps"].([]any)
			require.Len(t, steps, 1)
			require.Equal(t, "done", steps[0].(map[string]any)["status"])
		})
	}
}
