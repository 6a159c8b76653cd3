package activities_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// passage is one enrollment whose commands a test gives by hand.
type passage struct {
	*testing.T
	store      *store.Store
	activities *activities.Activities
	in         names.Passage
}

// enroll makes one contact's enrollment in a workflow of the given nodes.
func enroll(t *testing.T, s *store.Store, nodes string) *passage {
	t.Helper()
	def, problems := definition.Parse([]byte("schema: 1\nkey: held\nname: Held\nstart: it\nnodes:\n  it: "+nodes+"\n"), true)
	require.Empty(t, problems)
	definitions := events.NewDefinitions(4)
	p := &passage{T: t, store: s, activities: activities.New(activities.Config{
		Store: s, Definitions: definitions, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon },
	})}
	hash := definition.Hash(def.Canonical())
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutDefinition(hash, def.Canonical()); err != nil {
			return err
		}
		w := &store.Workflow{Key: def.Key, Name: def.Name, Status: store.WorkflowActive, Version: 1, Hash: hash}
		if err := tx.CreateWorkflow(w); err != nil {
			return err
		}
		if err := tx.CreatePipeline(&store.Pipeline{Key: "sales", Name: "Sales", Stages: []store.Stage{{Key: "won", Name: "Won", Kind: "won"}}}); err != nil {
			return err
		}
		c := &store.Contact{}
		if err := tx.CreateContact(c); err != nil {
			return err
		}
		done, err := events.Enroll(tx, events.EnrollInput{Contact: c, Workflow: w, Def: def, Hash: hash, Version: 1, Now: noon})
		if err != nil {
			return err
		}
		p.in = names.Passage{Enrollment: done.Enrollment.ID, Hash: hash, Interpreter: interpreter.Current, Epoch: done.Enrollment.Epoch}
		return nil
	}))
	return p
}

func (p *passage) advance(commands ...interpreter.Command) []interpreter.Occurrence {
	p.Helper()
	result, err := p.activities.Advance(context.Background(), names.AdvanceInput{Passage: p.in, Now: noon, Commands: commands})
	require.NoError(p, err)
	return result.Occurrences
}

// stands returns the enrollment and its only step.
func (p *passage) stands() (*store.Enrollment, store.Step) {
	p.Helper()
	var e *store.Enrollment
	var steps []store.Step
	require.NoError(p, p.store.Read(context.Background(), func(tx *store.Tx) (err error) {
		if e, err = tx.Enrollment(p.in.Enrollment); err != nil {
			return err
		}
		steps, err = tx.Steps(p.in.Enrollment)
		return err
	}))
	require.Len(p, steps, 1)
	return e, steps[0]
}

func command(kind interpreter.CommandKind, code string) interpreter.Command {
	return interpreter.Command{Kind: kind, Node: "it", Visit: 1, Port: "next", Code: code}
}

func TestHoldShowsTheReasonOfItsNode(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: hold, with: {reason: "Is the contract signed?"}}`)
		for range 2 {
			require.Equal(t, "held", p.advance(command(interpreter.Park, ""))[0].Status)
			e, step := p.stands()
			require.Equal(t, []string{"held", "hold", "held", ""}, []string{e.Status, e.Reason, step.Status, step.Reason})
			require.JSONEq(t, `{"reason": "Is the contract signed?"}`, string(step.Result))
			require.Nil(t, e.DueAt)
		}
	})
}

func TestHoldWithoutReasonHasNoResult(t *testing.T) {
	t.Parallel()
	p := enroll(t, storetest.Open(t), `{type: hold}`)
	require.Equal(t, "held", p.advance(command(interpreter.Park, ""))[0].Status)
	e, step := p.stands()
	require.Equal(t, "hold", e.Reason)
	require.Empty(t, step.Result)
}

func TestHeldStepKeepsWhyItFailed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: deal_move, with: {pipeline: sales, stage: won}}`)
		require.Equal(t, "no_deal", p.advance(command(interpreter.Act, ""))[0].Code)
		require.Equal(t, "held", p.advance(command(interpreter.Hold, interpreter.ReasonStepFailed))[0].Status)
		e, step := p.stands()
		require.Equal(t, []string{"held", "step_failed", "held", "no_deal"}, []string{e.Status, e.Reason, step.Status, step.Reason})
		require.Equal(t, "the contact has no deal in pipeline sales", step.Error)
	})
}

func TestHeldStepWithoutAFailureSaysWhyItIsHeld(t *testing.T) {
	t.Parallel()
	p := enroll(t, storetest.Open(t), `{type: deal_move, with: {pipeline: sales, stage: won}}`)
	p.advance(command(interpreter.Hold, "not_available"))
	e, step := p.stands()
	require.Equal(t, []string{"not_available", "not_available"}, []string{e.Reason, step.Reason})
}

func TestSettledStepHasItsFailureAsReason(t *testing.T) {
	t.Parallel()
	p := enroll(t, storetest.Open(t), `{type: deal_move, on_error: continue, with: {pipeline: sales, stage: won}}`)
	p.advance(command(interpreter.Act, ""))
	p.advance(command(interpreter.Settle, "no_deal"))
	_, step := p.stands()
	require.Equal(t, []string{"failed", "no_deal"}, []string{step.Status, step.Reason})
}
