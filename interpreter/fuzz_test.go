package interpreter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter"
	"fermata/interpreter/definition"
)

// fuzzGraphs are the definitions on which random occurrences are tried.
var fuzzGraphs = []string{
	`{"start": "a", "nodes": {"a": {"type": "end"}}}`,
	`{"start": "a", "nodes": {
		"a": {"type": "tag_add", "with": {"tag": "x"}, "next": {"next": "b", "error": "d"}},
		"b": {"type": "email", "with": {"subject": "s", "body": "b"}, "on_error": "continue", "next": "c"},
		"c": {"type": "wait", "with": {"for": "1d"}, "max_visits": 3, "next": "a"},
		"d": {"type": "webhook", "with": {"url": "https://example.com"}, "on_error": "fail"}}}`,
	`{"start": "a", "nodes": {
		"a": {"type": "branch", "with": {"branches": [{"id": "x", "when": {"tag": "x"}}]}, "next": {"x": "b", "else": "c"}},
		"b": {"type": "hold", "next": "a"},
		"c": {"type": "field_set", "with": {"field": "f", "value": 1}, "disabled": true, "next": "d"},
		"d": {"type": "wait_event", "with": {"events": [{"id": "x", "event": "a.b"}], "timeout": "1d"}, "next": {"x": "a", "timeout": "e"}},
		"e": {"type": "split", "with": {"ports": {"x": 50, "next": 50}}}}}`,
}

func fuzzDefinition(t require.TestingT, i int) *definition.Definition {
	document := `{"schema": 1, "key": "fuzz", "name": "Fuzz", ` + fuzzGraphs[i][1:]
	d, problems := definition.Parse([]byte(document), false)
	require.Empty(t, problems)
	requireValid(t, d)
	return d
}

// FuzzMachine reads a graph and then occurrences from bytes. The machine must never
// panic, must refuse exactly the occurrences that do not fit, and must stand where it
// stood when it refuses one.
func FuzzMachine(f *testing.F) {
	definitions := make([]*definition.Definition, len(fuzzGraphs))
	for i := range fuzzGraphs {
		definitions[i] = fuzzDefinition(f, i)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bytesReader{data}
		d := definitions[int(in.next())%len(definitions)]
		m, err := interpreter.New(d, interpreter.Current, nil)
		require.NoError(t, err)
		for range 200 {
			if len(in.data) == 0 {
				return
			}
			before := m.Snapshot()
			o := in.occurrence(d, before)
			commands, err := m.Step(o)
			if !fits(d, before, o) {
				require.Error(t, err, "%s at %s", encoded(t, o), encoded(t, before))
				require.Equal(t, before, m.Snapshot())
				continue
			}
			require.NoError(t, err, "%s at %s", encoded(t, o), encoded(t, before))
			requireSound(t, d, m, commands)
		}
	})
}

func requireSound(t *testing.T, d *definition.Definition, m *interpreter.Machine, commands []interpreter.Command) {
	t.Helper()
	require.NotEmpty(t, commands)
	for _, c := range commands {
		require.True(t, c.Local() || len(commands) == 1)
		if c.Kind != interpreter.Begin && c.Kind != interpreter.Stop {
			require.Contains(t, d.Nodes, c.Node)
			require.Positive(t, c.Visit)
		}
	}
	require.Less(t, len(encoded(t, m.Snapshot())), 4096)
	require.Equal(t, m.Snapshot(), restored(t, d, m.Snapshot()).Snapshot())
}

// fits says which occurrences can happen to a machine in a state.
func fits(d *definition.Definition, s interpreter.Snapshot, o interpreter.Occurrence) bool {
	here := o.Node == s.Node && o.Visit == s.Visit
	under := s.Phase == interpreter.PhaseEntering || s.Phase == interpreter.PhaseFailed || s.Phase == interpreter.PhaseParked
	switch o.Kind {
	case interpreter.Started, interpreter.Ended:
		return true
	case interpreter.Moved: // the run goes on with another machine
		return false
	case interpreter.Resumed:
		return o.Resume != nil && standable(d, *o.Resume)
	case interpreter.Begun:
		return s.Phase == interpreter.PhaseEntering
	case interpreter.Left, interpreter.Parked, interpreter.Failed, interpreter.Woken, interpreter.Standing:
		return under && here
	}
	return false
}

// standable says which snapshots name a state of a machine.
func standable(d *definition.Definition, s interpreter.Snapshot) bool {
	if s.Schema != 1 || s.Visits == "x" || s.Visits == "1,1,1,1,1,1" {
		return false
	}
	known := d.Nodes[s.Node] != nil && s.Visit > 0
	switch s.Phase {
	case interpreter.PhaseNew, interpreter.PhaseDone:
		return known || s.Node == ""
	case interpreter.PhaseEntering, interpreter.PhaseFailed, interpreter.PhaseParked, interpreter.PhaseOpen:
		return known
	}
	return false
}

// bytesReader turns bytes into choices; behind the end everything is 0.
type bytesReader struct{ data []byte }

func (r *bytesReader) next() byte {
	if len(r.data) == 0 {
		return 0
	}
	b := r.data[0]
	r.data = r.data[1:]
	return b
}

// pick chooses the first of a list for most bytes, so that passages get somewhere.
func pick[T any](r *bytesReader, list ...T) T {
	b := int(r.next())
	if b < 160 {
		return list[0]
	}
	return list[b%len(list)]
}

func (r *bytesReader) occurrence(d *definition.Definition, s interpreter.Snapshot) interpreter.Occurrence {
	kinds := []interpreter.OccurrenceKind{
		interpreter.Left, interpreter.Started, interpreter.Begun, interpreter.Parked, interpreter.Failed, interpreter.Woken,
		interpreter.Standing, interpreter.Resumed, interpreter.Ended, interpreter.Moved, "", "dance",
	}
	o := interpreter.Occurrence{Kind: kinds[int(r.next())%len(kinds)]}
	o.Node = pick(r, s.Node, "a", "b", "c", "gone", "")
	o.Visit = pick(r, s.Visit, 1, 0, -1, s.Visit+1)
	switch o.Kind {
	case interpreter.Left:
		ports := []string{"next", "error", "x", "else", "timeout", "ok", "", "\x00"}
		o.Port = ports[int(r.next())%len(ports)]
	case interpreter.Parked:
		o.Due = pick(r, int64(0), 1_773_061_200_000, -1)
	case interpreter.Failed:
		o.Code = pick(r, "refused", "")
	case interpreter.Resumed:
		o.Resume = r.snapshot(d, s)
	case interpreter.Started, interpreter.Begun, interpreter.Woken, interpreter.Standing, interpreter.Ended,
		interpreter.Moved:
	}
	return o
}

func (r *bytesReader) snapshot(d *definition.Definition, s interpreter.Snapshot) *interpreter.Snapshot {
	phases := []interpreter.Phase{
		s.Phase, interpreter.PhaseNew, interpreter.PhaseEntering, interpreter.PhaseFailed, interpreter.PhaseParked,
		interpreter.PhaseOpen, interpreter.PhaseDone, "dancing",
	}
	s.Phase = phases[int(r.next())%len(phases)]
	s.Node = pick(r, s.Node, d.Order[len(d.Order)-1], "a", "gone", "")
	s.Visit = pick(r, s.Visit, 1, 100, 0, -1)
	s.Visits = pick(r, s.Visits, "1", "", "100", "x", "1,1,1,1,1,1")
	s.Schema = pick(r, s.Schema, 1, 2)
	s.Port, s.Code, s.Due = "", "", 0
	switch s.Phase {
	case interpreter.PhaseOpen:
		s.Port = pick(r, "next", "ok", "error")
	case interpreter.PhaseFailed:
		s.Code = "refused"
	case interpreter.PhaseParked:
		s.Due = 1_773_061_200_000
	case interpreter.PhaseNew, interpreter.PhaseEntering, interpreter.PhaseDone:
	}
	return pick(r, &s, nil)
}
