package activities_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/store"
)

// traveller is a contact on its way through a workflow, with a machine that drives the activities as
// a run does; a move gives it another machine, which begins from the rows.
type traveller struct {
	*race
	machine *interpreter.Machine
	// runs counts the machines.
	runs int
}

const journey = `
schema: 1
key: %s
name: Journey
settings: {%s}
triggers: [{id: go, event: order.created}]
exits: [{id: stop, event: order.canceled}]
start: a
nodes:
%s
`

// setsOut enrolls a contact and drives it until it sleeps.
func setsOut(t *testing.T, s *store.Store, key, settings, nodes string) *traveller {
	t.Helper()
	v := &traveller{race: newRace(t, s, fmt.Sprintf(journey, key, settings, nodes), nil)}
	v.startRun()
	return v
}

func (v *traveller) definition(hash string) (def *definition.Definition) {
	v.Helper()
	require.NoError(v, v.store.Read(context.Background(), func(tx *store.Tx) error {
		body, err := tx.Definition(hash)
		if err != nil {
			return err
		}
		def, err = definition.ParseCanonical(body)
		return err
	}))
	return def
}

// startRun begins a run of what the row says, and drives it until it sleeps.
func (v *traveller) startRun() interpreter.Occurrence {
	v.Helper()
	e := v.enrollment()
	v.in = names.Passage{Enrollment: e.ID, Hash: e.Hash, Interpreter: e.Interpreter, Epoch: e.Epoch}
	machine, err := interpreter.New(v.definition(e.Hash), e.Interpreter, nil)
	require.NoError(v, err)
	v.machine, v.runs = machine, v.runs+1
	return v.drive(interpreter.Occurrence{Kind: interpreter.Started})
}

// wakes wakes the run at an instant and drives it until it sleeps or stops.
func (v *traveller) wakes(at time.Time) interpreter.Occurrence {
	v.Helper()
	v.at = at
	s := v.machine.Snapshot()
	return v.drive(interpreter.Occurrence{Kind: interpreter.Woken, Node: s.Node, Visit: s.Visit})
}

func (v *traveller) drive(occurrences ...interpreter.Occurrence) interpreter.Occurrence {
	v.Helper()
	last := occurrences[0]
	for {
		commands, err := v.machine.Step(occurrences...)
		require.NoError(v, err)
		if kind := commands[0].Kind; kind == interpreter.Stop || kind == interpreter.Sleep {
			return last
		}
		if occurrences = v.carryOut(commands); len(occurrences) == 0 {
			return last
		}
		last = occurrences[len(occurrences)-1]
		if last.Kind == interpreter.Moved {
			require.Equal(v, v.enrollment().Hash, last.To.Hash)
			return v.startRun()
		}
	}
}

func (v *traveller) carryOut(commands []interpreter.Command) []interpreter.Occurrence {
	v.Helper()
	if c := commands[0]; c.Kind == interpreter.Send {
		in := names.SendInput{Passage: v.in, Now: v.at, Node: c.Node, Visit: c.Visit, First: true}
		send := v.activities.Email
		if v.definition(v.in.Hash).Nodes[c.Node].Type == "approval" {
			send = v.activities.Approval
		}
		result, err := send(context.Background(), in)
		require.NoError(v, err)
		if result.Defer {
			return nil
		}
		return []interpreter.Occurrence{result.Occurrence}
	}
	result, err := v.activities.Advance(context.Background(), names.AdvanceInput{Passage: v.in, Now: v.at, Commands: commands})
	require.NoError(v, err)
	return result.Occurrences
}

// published publishes other nodes as the next version and puts the traveller on a move to them.
func (v *traveller) published(terms moving.Terms, settings, nodes string) *store.Move {
	v.Helper()
	e := v.enrollment()
	def, problems := definition.Parse(fmt.Appendf(nil, journey, e.Workflow, settings, nodes), true)
	require.False(v, definition.HasErrors(append(problems, def.Validate(nil)...)), "%v", problems)
	m := &store.Move{Workflow: e.Workflow, Hash: definition.Hash(def.Canonical()), OnMissing: terms.OnMissing, Retime: terms.Retime}
	require.NoError(v, v.store.Write(context.Background(), func(tx *store.Tx) error {
		w, err := tx.LockWorkflow(e.Workflow)
		require.NoError(v, err)
		w.Version, w.Hash, m.Version = w.Version+1, m.Hash, w.Version+1
		require.NoError(v, tx.PutDefinition(m.Hash, def.Canonical()))
		require.NoError(v, tx.AddVersion(&store.WorkflowVersion{Workflow: w.Key, Number: w.Version, Hash: w.Hash, Document: []byte("{}")}))
		require.NoError(v, tx.SaveWorkflow(w))
		require.NoError(v, tx.SetWorkflowEvents(w.Key, def.EventTypes()))
		m.Map, err = store.ToJSON(terms.Map)
		require.NoError(v, err)
		require.NoError(v, tx.AddMove(m))
		_, err = events.MarkMove(tx, e.ID, m, true)
		return err
	}))
	return m
}

// way is the way so far: node/visit:status:port, and reasons of what was canceled.
func (v *traveller) way() (list []string) {
	v.Helper()
	for _, s := range v.steps() {
		line := fmt.Sprintf("%s/%d:%s", s.Node, s.Visit, s.Status)
		if s.Port != "" {
			line += ":" + s.Port
		}
		if s.Status == "canceled" || s.Status == "held" {
			line = strings.TrimSpace(line + " " + s.Reason)
		}
		list = append(list, line)
	}
	return list
}

func (v *traveller) steps() (list []store.Step) {
	v.Helper()
	require.NoError(v, v.store.Read(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Steps(v.in.Enrollment)
		return err
	}))
	return list
}

func (v *traveller) last() store.Step {
	v.Helper()
	list := v.steps()
	return list[len(list)-1]
}

// requireDue checks when the traveller's wait ends, counted from when it was entered.
func (v *traveller) requireDue(want time.Duration) {
	v.Helper()
	s := v.last()
	require.NotNil(v, s.DueAt)
	require.Equal(v, want, s.DueAt.Sub(s.EnteredAt))
	require.True(v, v.enrollment().DueAt.Equal(*s.DueAt))
}
