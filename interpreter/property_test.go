package interpreter_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fermata/interpreter"
	"fermata/interpreter/definition"
)

var graphs = flag.Int("graphs", 2000, "random graphs on which machine and model are compared")

// manyRounds is more than most random passages need.
const manyRounds = 60

func TestMachineAgreesWithModel(t *testing.T) {
	t.Parallel()
	// One check of rapid draws 100 graphs.
	for range max(1, *graphs/100) {
		rapid.Check(t, func(t *rapid.T) {
			document, d := drawGraph(t)
			expected := newModel(t, document)
			p := newPassage(t, d)
			p.run(manyRounds, func(commands []interpreter.Command) {
				require.Equal(t, expected.answer(p.history), commands, "%s\nafter %s", document, encoded(t, p.history))
			})
		})
	}
}

func TestSameOccurrencesGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		document, d := drawGraph(t)
		// The other worker reads the definition on its own, from canonical bytes.
		elsewhere, err := definition.ParseCanonical(d.Canonical())
		require.NoError(t, err, string(document))
		p, seen := newPassage(t, d), 0
		twin, err := interpreter.New(elsewhere, interpreter.Current, nil)
		require.NoError(t, err)
		p.run(manyRounds, func(commands []interpreter.Command) {
			answer, err := twin.Step(p.history[seen:]...)
			require.NoError(t, err)
			require.Equal(t, encoded(t, commands), encoded(t, answer))
			require.Equal(t, encoded(t, p.machine.Snapshot()), encoded(t, twin.Snapshot()))
			seen = len(p.history)
		})
	})
}

func TestSnapshotLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, d := drawGraph(t)
		p, seen := newPassage(t, d), 0
		var twin *interpreter.Machine
		p.run(manyRounds, func(commands []interpreter.Command) {
			if twin != nil {
				// What happened next means the same to a machine made from the snapshot.
				answer, err := twin.Step(p.history[seen:]...)
				require.NoError(t, err)
				require.Equal(t, commands, answer)
				require.Equal(t, p.machine.Snapshot(), twin.Snapshot())
			}
			seen = len(p.history)
			twin = restored(t, d, p.machine.Snapshot())
			require.Equal(t, p.machine.Snapshot(), twin.Snapshot())
			if p.rounds > 0 {
				requireGoesOn(t, d, p.machine.Snapshot(), commands)
			}
		})
	})
}

// requireGoesOn checks that a new run does what the old one was about to do. Only
// a wait is asked about first, because the store may know more by then.
func requireGoesOn(t require.TestingT, d *definition.Definition, s interpreter.Snapshot, commands []interpreter.Command) {
	started := interpreter.Occurrence{Kind: interpreter.Started}
	answer, err := restored(t, d, s).Step(started)
	require.NoError(t, err)
	if first := commands[0]; first.Kind == interpreter.Sleep {
		commands = []interpreter.Command{{Kind: interpreter.Arrive, Node: first.Node, Visit: first.Visit}}
	}
	require.Equal(t, commands, answer)

	fresh, err := interpreter.New(d, interpreter.Current, nil)
	require.NoError(t, err)
	_, err = fresh.Step(started)
	require.NoError(t, err)
	resumed, err := fresh.Step(interpreter.Occurrence{Kind: interpreter.Resumed, Resume: &s})
	require.NoError(t, err)
	require.Equal(t, answer, resumed)
}

func TestEveryPassageEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		document, d := drawGraph(t)
		p := newPassage(t, d)
		p.steady = true
		visits := 1
		for _, n := range d.Nodes {
			visits += n.MaxVisits + 1
		}
		// A visit takes at most: its command, a hold or a wait, a sleep, a look.
		const perVisit = 5
		require.True(t, p.run(perVisit*visits, func([]interpreter.Command) {}), "%s\ndoes not end: %s", document, encoded(t, p.machine.Snapshot()))
	})
}

func TestBatchIsLocalOrOneCommand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, d := drawGraph(t)
		newPassage(t, d).run(manyRounds, func(commands []interpreter.Command) {
			require.NotEmpty(t, commands)
			require.LessOrEqual(t, len(commands), 25)
			for i, c := range commands {
				require.True(t, c.Local() || len(commands) == 1, encoded(t, commands))
				if i < len(commands)-1 {
					require.Contains(t, []interpreter.CommandKind{interpreter.Begin, interpreter.Act, interpreter.Skip, interpreter.Settle}, c.Kind)
				}
			}
		})
	})
}

func TestLargestSnapshotFits(t *testing.T) {
	t.Parallel()
	nodes := map[string]any{}
	counts := map[string]int{}
	name := func(i int) string { return fmt.Sprintf("n%039d", i) }
	for i := range definition.MaxNodes {
		node := map[string]any{"type": "wait", "with": map[string]any{"for": "1d"}, "max_visits": 10_000}
		if i+1 < definition.MaxNodes {
			node["next"] = name(i + 1)
		}
		nodes[name(i)] = node
		counts[name(i)] = 10_001
	}
	_, d := parseGraph(t, map[string]any{"schema": 1, "key": "largest", "name": "Largest", "start": name(0), "nodes": nodes})
	s := interpreter.NewSnapshot(d, name(499), 10_001, interpreter.PhaseParked, 4_102_444_800_000, counts)
	text := encoded(t, s)
	require.Less(t, len(text), 4096)

	m := restored(t, d, s)
	require.Equal(t, text, encoded(t, m.Snapshot()))
	commands, err := m.Step(interpreter.Occurrence{Kind: interpreter.Left, Node: name(499), Visit: 10_001, Port: "next"})
	require.NoError(t, err)
	require.Equal(t, interpreter.Finish, commands[0].Kind)
}
