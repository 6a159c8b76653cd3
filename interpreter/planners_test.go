package interpreter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter"
	"fermata/interpreter/nodes"
)

// TestEverySettingsCanBeDriven checks that each type which can run implements exactly
// what its kind is driven by; an interface that nothing implements goes unnoticed
// where it is asked for by a type assertion.
func TestEverySettingsCanBeDriven(t *testing.T) {
	t.Parallel()
	for _, spec := range nodes.All() {
		if !spec.Available {
			continue
		}
		settings := spec.Decode(map[string]any{}, &nodes.Report{})
		want := 1
		if spec.Kind == nodes.KindEnd {
			want = 0
		}
		require.Equal(t, want, roles(settings)[spec.Kind], spec.Type)
	}
	settings := &nodes.Email{}
	require.Implements(t, (*interpreter.TemplateNamer)(nil), settings)
}

// roles counts the interfaces that settings implement, by the kind that needs them.
func roles(settings nodes.Settings) map[nodes.Kind]int {
	counts := map[nodes.Kind]int{}
	count := func(kind nodes.Kind, implemented ...bool) {
		for _, ok := range implemented {
			if ok {
				counts[kind]++
			}
		}
	}
	count(nodes.KindOutward, is[interpreter.MailPlanner](settings), is[interpreter.CallPlanner](settings),
		is[interpreter.SlackPlanner](settings), is[interpreter.TextPlanner](settings), is[interpreter.NoticePlanner](settings))
	count(nodes.KindStore, is[interpreter.TagPlanner](settings), is[interpreter.FieldPlanner](settings),
		is[interpreter.DealPlanner](settings), is[interpreter.CoursePlanner](settings), is[interpreter.TaskPlanner](settings), is[interpreter.EmitPlanner](settings),
		is[interpreter.EnrollPlanner](settings), is[interpreter.RemovePlanner](settings), is[interpreter.UndoPlanner](settings), is[interpreter.UnsubscribePlanner](settings))
	count(nodes.KindWait, is[interpreter.DueFinder](settings))
	count(nodes.KindDecide, is[interpreter.Decider](settings), is[interpreter.Picker](settings))
	return counts
}

func is[T any](v any) bool {
	_, ok := v.(T)
	return ok
}
