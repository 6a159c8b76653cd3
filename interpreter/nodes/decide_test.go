package nodes_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

func TestBranchTakesTheFirstTrueRule(t *testing.T) {
	t.Parallel()
	rule := func(id string, atLeast int64) map[string]any {
		return map[string]any{"id": id, "when": map[string]any{"field": "trigger.amount", "op": "gte", "value": atLeast}}
	}
	b := settings[*nodes.Branch](t, "branch", map[string]any{"branches": []any{rule("big", 500), rule("middle", 100), rule("small", 1)}})
	for amount, want := range map[int64]string{900: "big", 200: "middle", 5: "small", 0: "else"} {
		port, values, err := b.Decide(&expr.Scope{Roots: map[string]any{"trigger": map[string]any{"amount": amount}}})
		require.NoError(t, err)
		require.Equal(t, want, port)
		last := values[len(values)-1]
		require.Equal(t, want != "else", last.Result)
		require.Equal(t, fmt.Sprintf("/branches/%d/when", len(values)-1), last.Path)
	}
}

func TestSplitIsStable(t *testing.T) {
	t.Parallel()
	s := settings[*nodes.Split](t, "split", map[string]any{"ports": map[string]any{"b": int64(70), "a": int64(30), "0": int64(0), "never": int64(0)}})
	counts := map[string]int{}
	for i := range 10000 {
		contact := fmt.Sprintf("con_%d", i)
		port := s.Pick("flow", "split", contact)
		require.Equal(t, port, s.Pick("flow", "split", contact))
		counts[port]++
	}
	require.InDelta(t, 3000, counts["a"], 200)
	require.InDelta(t, 7000, counts["b"], 200)
	require.Zero(t, counts["0"]+counts["never"])

	// A changed hash would send waiting contacts another way.
	var picked string
	for i := range 20 {
		picked += s.Pick("flow", "split", fmt.Sprintf("con_%d", i))
	}
	require.Equal(t, "baaaabaaabbbbabbbbba", picked)
}
