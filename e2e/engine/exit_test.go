package engine_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// exitDefinition is a workflow that stands at node `a` until it exits.
const exitDefinition = `
schema: 1
key: %s
name: Patient
triggers: [{id: go, event: form.submitted}]
exits: [{id: stop, event: form.canceled, outcome: success}]
start: a
nodes:
  a: %s
  b: {type: end}
`

// It runs before the parallel tests of the package, because it measures.
func TestExitTakesEffectWithinASecondOfItsAcceptance(t *testing.T) {
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			s := harness.Start(t, harness.Options{Database: database(t)})
			s.HTTP.Answer = func(w http.ResponseWriter, _ harness.Call) { w.WriteHeader(http.StatusInternalServerError) }
			t.Run("waiting", func(t *testing.T) {
				exitWithinASecond(t, s.For(t), "waiting", "{type: wait, with: {for: 30d}, next: b}", func(e map[string]any) bool {
					return e["status"] == "waiting"
				})
			})
			t.Run("held", func(t *testing.T) {
				exitWithinASecond(t, s.For(t), "holding", "{type: hold, next: b}", func(e map[string]any) bool {
					return e["status"] == "held"
				})
			})
			t.Run("retrying", func(t *testing.T) {
				node := `{type: webhook, with: {url: "` + s.HTTP.URL + `/broken"}, next: {ok: b}}`
				exitWithinASecond(t, s.For(t), "retrying", node, func(map[string]any) bool { return len(s.HTTP.On("/broken")) >= 2 })
			})
			t.Run("paused", func(t *testing.T) {
				mine := s.For(t)
				pause := sync.OnceFunc(func() { mine.Must("POST", "/v1/workflows/pausing/pause", map[string]any{}) })
				exitWithinASecond(t, mine, "pausing", "{type: wait, with: {for: 30d}, next: b}", func(e map[string]any) bool {
					if e["status"] == "waiting" {
						pause()
					}
					return e["status"] == "paused"
				})
			})
		})
	}
}

func exitWithinASecond(t *testing.T, s *harness.System, key, node string, stands func(e map[string]any) bool) {
	t.Helper()
	s.Publish(fmt.Sprintf(exitDefinition, key, node))
	contact := map[string]any{"email": key + "@example.com"}
	// By hand, so that the other case's workflow is not entered by the same event.
	s.Must("POST", "/v1/workflows/"+key+"/enrollments", map[string]any{"contacts": []any{contact}})
	s.Eventually("it stands at its node", func() bool {
		list := s.Items("/v1/enrollments?workflow=" + key)
		return len(list) == 1 && stands(list[0])
	})
	answer := s.Must("POST", "/v1/events", map[string]any{"type": "form.canceled", "contact": contact})
	e := s.Enrollment(key, key+"@example.com", "exited")
	id := answer["events"].([]any)[0].(map[string]any)["id"].(string)
	accepted, err := time.Parse(time.RFC3339Nano, s.Must("GET", "/v1/events/"+id, nil)["accepted_at"].(string))
	require.NoError(t, err)
	ended, err := time.Parse(time.RFC3339Nano, e["ended_at"].(string))
	require.NoError(t, err)
	t.Logf("ended %s after acceptance", ended.Sub(accepted))
	require.LessOrEqual(t, ended.Sub(accepted), time.Second)
	require.Equal(t, "stop", e["reason"])
}
