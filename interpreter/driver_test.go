package interpreter_test

import (
	"encoding/json"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fermata/interpreter"
	"fermata/interpreter/definition"
)

// driver carries out commands with random outcomes, in batches that end at the
// first occurrence which is not the expected one.
type driver struct {
	*rapid.T
	def *definition.Definition
	// steady outcomes never put a step back or end a passage early.
	steady bool
}

func (w driver) carryOut(commands []interpreter.Command) []interpreter.Occurrence {
	var occurrences []interpreter.Occurrence
	for _, c := range commands {
		o, ok := w.outcome(c)
		if !ok {
			continue
		}
		occurrences = append(occurrences, o)
		if o.Kind != interpreter.Begun && (o.Kind != interpreter.Left || o.Port != c.Port) {
			break
		}
	}
	return occurrences
}

func (w driver) outcome(c interpreter.Command) (o interpreter.Occurrence, happened bool) {
	o = interpreter.Occurrence{Kind: interpreter.Left, Node: c.Node, Visit: c.Visit, Port: c.Port, Status: "done"}
	if !w.steady && chance(w.T, 3, "ended") {
		return interpreter.Occurrence{Kind: interpreter.Ended, Status: "exited", Code: "refunded"}, true
	}
	switch c.Kind {
	case interpreter.Begin:
		o = interpreter.Occurrence{Kind: interpreter.Begun}
	case interpreter.Finish:
		o = interpreter.Occurrence{Kind: interpreter.Ended, Status: c.Status, Code: c.Code}
	case interpreter.Settle:
		o.Status = "failed"
		return o, c.Port != ""
	case interpreter.Act, interpreter.Send:
		w.effect(&o)
	case interpreter.Decide:
		o.Port = w.anyPort(c.Node)
	case interpreter.Park, interpreter.Arrive:
		w.wait(c, &o)
	case interpreter.Hold:
		o.Kind, o.Port, o.Status = interpreter.Parked, "", "held"
	case interpreter.Sleep:
		o = interpreter.Occurrence{Kind: interpreter.Woken, Node: c.Node, Visit: c.Visit}
	case interpreter.Skip, interpreter.Stop:
	}
	return o, true
}

// effect mostly succeeds, sometimes fails for good, and sometimes finds that an
// operator has chosen another port.
func (w driver) effect(o *interpreter.Occurrence) {
	o.Port = w.def.Nodes[o.Node].Spec.MainPort
	asks := w.def.Nodes[o.Node].Spec.Asks
	if asks {
		o.Port = w.anyPort(o.Node)
	}
	switch {
	case asks && chance(w.T, 60, "asked"):
		o.Kind, o.Port, o.Status = interpreter.Parked, "", ""
	case chance(w.T, 15, "fails"):
		o.Kind, o.Port, o.Status, o.Code = interpreter.Failed, "", "", "smtp_550"
	case chance(w.T, 5, "other port"):
		o.Port = w.anyPort(o.Node)
	}
}

func (w driver) wait(c interpreter.Command, o *interpreter.Occurrence) {
	o.Port = w.anyPort(c.Node)
	switch {
	case w.steady && c.Kind == interpreter.Arrive:
	case chance(w.T, 50, "parks"):
		o.Kind, o.Port, o.Status = interpreter.Parked, "", ""
		o.Due = rapid.SampledFrom([]int64{0, 1_772_000_000_000, 1_773_000_000_000}).Draw(w.T, "due")
	case !w.steady && c.Kind == interpreter.Arrive && chance(w.T, 30, "stands"):
		o.Kind, o.Port, o.Status = interpreter.Standing, "", ""
	}
}

func (w driver) anyPort(node string) string {
	ports := w.def.Nodes[node].Settings.Ports()
	if len(ports) == 0 {
		return ""
	}
	return rapid.SampledFrom(ports).Draw(w.T, "port")
}

// passage is a machine with everything that was said to it.
type passage struct {
	driver
	machine *interpreter.Machine
	history []interpreter.Occurrence
	// rounds counts the answers since the enrollment began.
	rounds int
}

func newPassage(t *rapid.T, d *definition.Definition) *passage {
	m, err := interpreter.New(d, interpreter.Current, nil)
	require.NoError(t, err)
	return &passage{driver: driver{T: t, def: d}, machine: m}
}

// run drives the passage to its end, or through most rounds, and shows every answer.
func (p *passage) run(most int, check func(commands []interpreter.Command)) (ended bool) {
	occurrences := []interpreter.Occurrence{{Kind: interpreter.Started}}
	for range most {
		p.history = append(p.history, occurrences...)
		commands, err := p.machine.Step(occurrences...)
		require.NoError(p, err)
		check(commands)
		p.rounds++
		if commands[0].Kind == interpreter.Stop {
			return true
		}
		// A run is continued as new after a batch has been carried out, never before.
		if p.rounds > 1 && !p.steady && chance(p.T, 5, "continue as new") {
			p.machine = restored(p, p.def, p.machine.Snapshot())
			occurrences = []interpreter.Occurrence{{Kind: interpreter.Started}}
			continue
		}
		occurrences = p.carryOut(commands)
		require.NotEmpty(p, occurrences)
	}
	return false
}

// restored is a machine that was made from the JSON of a snapshot.
func restored(t require.TestingT, d *definition.Definition, s interpreter.Snapshot) *interpreter.Machine {
	encoded, err := json.Marshal(s)
	require.NoError(t, err)
	var decoded interpreter.Snapshot
	require.NoError(t, json.Unmarshal(encoded, &decoded))
	m, err := interpreter.New(d, interpreter.Current, &decoded)
	require.NoError(t, err)
	return m
}

func encoded(t require.TestingT, v any) string {
	out, err := json.Marshal(v)
	require.NoError(t, err)
	return string(out)
}
