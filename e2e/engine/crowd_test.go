package engine_test

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
	"fermata/e2e/sizes"
)

// A crowd enters one workflow at once. Who enters another one meanwhile passes the first step before
// even half of the crowd have: router, dispatcher and task queue serve workflows in turn.
func TestCrowdInOneWorkflowHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Database: harness.Databases()["postgres"](t), Log: slog.New(slog.DiscardHandler)})
	for key, event := range map[string]string{"crowded": "form.submitted", "quiet": "page.viewed"} {
		s.Publish("schema: 1\nkey: " + key + "\nname: " + key + "\ntriggers: [{id: go, event: " + event + "}]\nstart: a\nnodes:\n" +
			"  a: {type: tag_add, with: {tag: " + key + "}, next: b}\n  b: {type: wait, with: {for: 30d}, next: c}\n  c: {type: end}\n")
	}
	alone := 0
	enter := func(n int) []time.Duration {
		var took []time.Duration
		for range n {
			alone++
			email := fmt.Sprintf("alone-%d@example.com", alone)
			began := time.Now()
			post(s, "page.viewed", email)
			s.Enrollment("quiet", email, "waiting")
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		return took
	}
	idle := enter(5)
	crowd := sizes.Of(400, 50_000)
	for part := range slices.Chunk(people("crowd", crowd), 500) {
		var list []any
		for _, email := range part {
			list = append(list, map[string]any{"type": "form.submitted", "contact": map[string]any{"email": email}})
		}
		s.Must("POST", "/v1/events", map[string]any{"events": list})
	}
	began := time.Now()
	busy := enter(sizes.Of(3, 100))
	behind := time.Since(began)
	passed := func() int {
		for _, node := range s.Must("GET", "/v1/workflows/crowded/analytics", nil)["nodes"].([]any) {
			if n := node.(map[string]any); n["node"] == "b" {
				return int(n["entries"].(float64))
			}
		}
		return 0
	}
	before := passed()
	t.Logf("alone: idle %s to %s; behind %d others %s to %s, and %d of them had passed by then", idle[0], idle[len(idle)-1],
		crowd, busy[0], busy[len(busy)-1], before)
	require.Less(t, before, crowd/2, "the crowd went first")
	if sizes.Full() {
		return
	}
	s.Eventually("and the crowd gets through", func() bool { return passed() == crowd })
	t.Logf("the crowd took %s, those alone %s", time.Since(began), behind)
}
