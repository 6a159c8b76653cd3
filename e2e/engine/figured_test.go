package engine_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// The figures of real runs: one call is tried three times, one fails and is retried by an operator, one
// is skipped by him. In between everything is restarted, so that all who are inside are played through
// again. Each number is the one that was counted by hand.
func TestFiguresOfRunsThatWereTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, figureRuns)
}

func figureRuns(t *testing.T, s *harness.System) {
	t.Helper()
	var calls, mended atomic.Int64
	s.HTTP.Handle("/figured/Ana", func(w http.ResponseWriter, _ harness.Call) {
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	refuse := func(w http.ResponseWriter, _ harness.Call) {
		if mended.Load() == 0 {
			w.WriteHeader(http.StatusNotFound)
		}
	}
	s.HTTP.Handle("/figured/Bob", refuse)
	s.HTTP.Handle("/figured/Cleo", refuse)
	s.Publish(fmt.Sprintf(`schema: 1
key: figured
name: Figured
settings: {manual_minutes: 30}
triggers: [{id: go, event: form.submitted}]
start: call
nodes:
  call: {type: webhook, with: {url: "%s/figured/{{ contact.first_name }}"}, next: tag}
  tag: {type: tag_add, with: {tag: figured}}`, s.HTTP.URL))
	for _, name := range []string{"Ana", "Bob", "Cleo"} {
		s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": map[string]any{"email": name + "@example.com", "first_name": name}})
	}
	require.EqualValues(t, 3, s.Enrollment("figured", "ana@example.com", "completed")["steps"].([]any)[0].(map[string]any)["attempts"])
	bob, cleo := s.Enrollment("figured", "bob@example.com", "held"), s.Enrollment("figured", "cleo@example.com", "held")

	half := map[string]any{
		"enrolled": 3.0, "active": 2.0, "finished": 1.0, "completed": 1.0, "exited": 0.0, "failed": 0.0,
		"completion_rate": 1.0, "steps": 4.0, "errors": 2.0, "error_rate": 0.5, "hours": 0.5,
		"call": []any{3.0, 2.0, 1.0, 2.0, 0.0}, "tag": []any{1.0, 0.0, 1.0, 0.0, 0.0},
	}
	require.Equal(t, half, figured(s))
	s.Stop()
	s.Run()
	require.Equal(t, half, figured(s), "after a restart")

	mended.Store(1)
	s.Must("POST", "/v1/enrollments/"+bob["id"].(string)+"/retry", map[string]any{})
	s.Must("POST", "/v1/enrollments/"+cleo["id"].(string)+"/skip", map[string]any{})
	s.Enrollment("figured", "bob@example.com", "completed")
	s.Enrollment("figured", "cleo@example.com", "completed")
	whole := map[string]any{
		"enrolled": 3.0, "active": 0.0, "finished": 3.0, "completed": 3.0, "exited": 0.0, "failed": 0.0,
		"completion_rate": 1.0, "steps": 5.0, "errors": 0.0, "error_rate": 0.0, "hours": 1.5,
		"call": []any{3.0, 0.0, 2.0, 0.0, 1.0}, "tag": []any{3.0, 0.0, 3.0, 0.0, 0.0},
	}
	require.Equal(t, whole, figured(s))
	s.Stop()
	s.Run()
	require.Equal(t, whole, figured(s), "after another restart")
}

// figured reads the figures of the workflow; of each node entries, active, done, failed and skipped.
func figured(s *harness.System) map[string]any {
	all := s.Must("GET", "/v1/workflows/figured/analytics", nil)
	read := map[string]any{"hours": all["saved"].(map[string]any)["hours"], "steps": 0.0, "errors": 0.0}
	for _, name := range []string{"enrolled", "active", "finished", "completed", "exited", "failed", "completion_rate", "error_rate"} {
		read[name] = all[name]
	}
	for _, item := range all["series"].([]any) {
		for _, name := range []string{"steps", "errors"} {
			read[name] = read[name].(float64) + item.(map[string]any)[name].(float64)
		}
	}
	for _, item := range all["nodes"].([]any) {
		n := item.(map[string]any)
		read[n["node"].(string)] = []any{n["entries"], n["active"], n["done"], n["failed"], n["skipped"]}
	}
	return read
}
