package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
	"fermata/store/storetest"
)

func (p *passage) operator(now time.Time) *events.Operator {
	return &events.Operator{Store: p.store, Definitions: events.NewDefinitions(4), Now: func() time.Time { return now }}
}

// A person's hold outlasts the instant at which the wait would have ended; its release ends the wait.
func TestHeldWaitStaysUntilItIsReleased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		p := enroll(t, s, `{type: wait, with: {for: 1h}}`)
		parked := p.later(noon, command(interpreter.Park, ""))
		require.Equal(t, noon.Add(time.Hour).UnixMilli(), parked.Due)
		require.NoError(t, p.operator(noon).Hold(ctx, p.in.Enrollment, "ask legal", "Sam"))
		var refused *events.RefusedError
		require.ErrorAs(t, p.operator(noon).Hold(ctx, p.in.Enrollment, "", "Sam"), &refused)
		for _, later := range []time.Duration{time.Minute, 2 * time.Hour} {
			parked = p.later(noon.Add(later), command(interpreter.Arrive, ""))
			require.Equal(t, []any{interpreter.Parked, "held", int64(0)}, []any{parked.Kind, parked.Status, parked.Due})
			e, step := p.stands()
			require.Equal(t, []string{"held", "ask legal", "waiting"}, []string{e.Status, e.Reason, step.Status})
		}
		require.NoError(t, p.operator(noon.Add(3*time.Hour)).Release(ctx, p.in.Enrollment, "", "Sam"))
		e, _ := p.stands()
		require.Equal(t, "waiting", e.Status)
		require.True(t, e.WakePending, "the run must look again")
		require.Equal(t, noon.Add(time.Hour), e.DueAt.UTC())
		require.Equal(t, interpreter.Left, p.later(noon.Add(3*time.Hour), command(interpreter.Arrive, "")).Kind)
		require.ErrorAs(t, p.operator(noon).Release(ctx, p.in.Enrollment, "", "Sam"), &refused)
	})
}

// Neither a step on the store nor an effect outside is begun by an enrollment that a person holds.
func TestHeldEnrollmentBeginsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		p := enroll(t, s, `{type: tag_add, with: {tag: x}}`)
		require.NoError(t, p.operator(noon).Hold(ctx, p.in.Enrollment, "", "Sam"))
		held := p.advance(interpreter.Command{Kind: interpreter.Begin}, command(interpreter.Act, ""))
		require.Equal(t, "held", held[len(held)-1].Status)
		require.NoError(t, s.Read(ctx, func(tx *store.Tx) error {
			steps, err := tx.Steps(p.in.Enrollment)
			require.Empty(t, steps)
			return err
		}))
		require.NoError(t, p.operator(noon).Exit(ctx, p.in.Enrollment, "", "", "Sam"))

		server := &postman{}
		mail := enroll(t, storetest.Open(t), `{type: email, with: {to: ana@example.com, subject: Hi, body: Text., class: transactional}}`).outside(server)
		require.NoError(t, mail.operator(noon).Hold(ctx, mail.in.Enrollment, "", "Sam"))
		result, err := mail.activities.Email(ctx, names.SendInput{Passage: mail.in, Now: noon, Node: "it", Visit: 1, First: true})
		require.NoError(t, err)
		require.Equal(t, "held", result.Occurrence.Status)
		require.Empty(t, server.sent)
	})
}

// failing is an enrollment whose only step fails, with the given settings of the workflow.
func failing(t *testing.T, s *store.Store, settings string) *passage {
	t.Helper()
	return enroll(t, s, "{type: deal_move, with: {pipeline: sales, stage: won}}\nsettings: "+settings)
}

// again enrolls one more contact in the same workflow.
func (p *passage) again(test bool) *passage {
	p.Helper()
	another := *p
	require.NoError(p, p.store.Write(context.Background(), func(tx *store.Tx) error {
		w, err := tx.Workflow("held")
		if err != nil {
			return err
		}
		def, err := p.definitions().Load(tx, p.in.Hash)
		if err != nil {
			return err
		}
		c := &store.Contact{}
		if err := tx.CreateContact(c); err != nil {
			return err
		}
		done, err := events.Enroll(tx, events.EnrollInput{Contact: c, Workflow: w, Def: def, Hash: p.in.Hash, Version: 1, Now: noon, Test: test})
		if err != nil {
			return err
		}
		another.in.Enrollment, another.in.Epoch = done.Enrollment.ID, done.Enrollment.Epoch
		return nil
	}))
	return &another
}

func (p *passage) definitions() *events.Definitions { return events.NewDefinitions(4) }

// fails carries out the step in vain and holds the enrollment.
func (p *passage) fails() {
	p.Helper()
	require.Equal(p, interpreter.Failed, p.advance(command(interpreter.Act, ""))[0].Kind)
	require.Equal(p, "held", p.advance(command(interpreter.Hold, interpreter.ReasonStepFailed))[0].Status)
}

func (p *passage) groups(q events.FailureQuery) []events.FailureGroup {
	p.Helper()
	var groups []events.FailureGroup
	require.NoError(p, p.store.Read(context.Background(), func(tx *store.Tx) (err error) {
		if groups, err = events.Failures(tx, q); err != nil {
			return err
		}
		for i := range groups {
			if err := groups[i].Describe(tx, p.definitions()); err != nil {
				return err
			}
		}
		return nil
	}))
	return groups
}

func TestFailuresThatAreAlikeAreOneGroup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first := failing(t, s, "{}")
		first.fails()
		second := first.again(false)
		second.fails()
		first.again(true).fails()
		groups := first.groups(events.FailureQuery{Workflow: "held"})
		require.Len(t, groups, 1, "tests are left out")
		g := groups[0]
		require.Equal(t, []any{"step", "it", "no_deal", 2, 2}, []any{g.Kind, g.Node, g.Code, g.Count, g.Open()})
		require.Equal(t, map[string]int{"held": 2}, g.States)
		require.Equal(t, []int{1}, g.Versions)
		require.Contains(t, g.Cause, "the contact has no deal to change")
		require.Contains(t, g.Named, events.Named{Kind: "setting", Name: "/nodes/it/with/pipeline"})
		require.Equal(t, []any{2, events.HelpsAfterData}, []any{g.Retry.Count, g.Retry.Helps})
		require.Empty(t, first.groups(events.FailureQuery{Workflow: "other"}))
		require.Empty(t, first.groups(events.FailureQuery{From: noon.Add(time.Second)}))

		require.NoError(t, first.operator(noon).Retry(context.Background(), first.in.Enrollment, "Sam"))
		require.Equal(t, map[string]int{"held": 1, "retrying": 1}, first.groups(events.FailureQuery{})[0].States)
		require.NoError(t, first.operator(noon).Skip(context.Background(), second.in.Enrollment, "", "Sam"))
		require.Equal(t, map[string]int{"retrying": 1}, first.groups(events.FailureQuery{})[0].States, "what was skipped is mended")
	})
}

func TestFailedEnrollmentSaysThatNothingIsLeftToRetry(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: wait, with: {for: 1h}}`)
		p.advance(interpreter.Command{Kind: interpreter.Finish, Node: "it", Visit: 101, Status: "failed", Outcome: "failed", Code: interpreter.ReasonRunaway})
		g := p.groups(events.FailureQuery{})[0]
		require.Equal(t, []any{interpreter.ReasonRunaway, 1, 0, events.HelpsNever}, []any{g.Code, g.Count, g.Open(), g.Retry.Helps})
	})
}

func (p *passage) workflow() *store.Workflow {
	p.Helper()
	var w *store.Workflow
	require.NoError(p, p.store.Read(context.Background(), func(tx *store.Tx) (err error) {
		w, err = tx.Workflow("held")
		return err
	}))
	return w
}

// The breaker opens at its share of failed steps, not before it has seen enough of them, and not for
// tests. It pauses: nobody is dropped. After the pause it counts anew.
func TestBreakerPausesWhenTooManyStepsFail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		p := failing(t, s, "{breaker: {error_rate: 0.5, min: 4, within: 1h}}")
		for range 4 {
			p.again(true).fails()
		}
		p.fails()
		p.again(false).fails()
		p.again(false).fails()
		require.Equal(t, "active", p.workflow().Status, "three of three is fewer than it must have seen")
		last := p.again(false)
		last.fails()
		require.Equal(t, "paused", p.workflow().Status)
		e, _ := last.stands()
		require.Equal(t, []any{"held", true}, []any{e.Status, e.Active}, "nobody is dropped")
		require.NoError(t, s.Write(ctx, func(tx *store.Tx) error {
			open, err := events.OpenPause(tx, "held")
			require.NoError(t, err)
			require.Equal(t, "circuit breaker", open.Person)
			require.Contains(t, open.Reason, "4 of 4 steps failed within 1h")
			audits, _, err := tx.ListAudit("held", store.Page{Limit: 10})
			require.NoError(t, err)
			require.Equal(t, events.ActionBreaker, audits[0].Action)
			w, err := tx.LockWorkflow("held")
			require.NoError(t, err)
			end := noon.Add(time.Minute)
			open.EndedAt, open.Overdue = &end, store.OverdueRun
			return events.EndPause(tx, w, open)
		}))
		require.Equal(t, "active", p.workflow().Status)
		p.again(false).fails()
		require.Equal(t, "active", p.workflow().Status, "it counts anew")
	})
}

func TestBreakerStaysClosedBelowItsRate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, "{type: tag_add, with: {tag: \"{{ trigger.tag }}\"}}\nsettings: {breaker: {error_rate: 0.5, min: 3, within: 60s}}")
		work := func(at time.Time, good bool) {
			one := p.again(false)
			if good {
				one.trigger(`{"tag": "x"}`)
			}
			result, err := one.activities.Advance(context.Background(), names.AdvanceInput{Passage: one.in, Now: at, Commands: []interpreter.Command{command(interpreter.Act, "")}})
			require.NoError(t, err)
			if good {
				require.Equal(t, interpreter.Left, result.Occurrences[0].Kind)
				return
			}
			one.later(at, command(interpreter.Hold, interpreter.ReasonStepFailed))
		}
		for i, good := range []bool{true, true, true, false, false} {
			work(noon.Add(time.Duration(i)*time.Second), good)
		}
		require.Equal(t, "active", p.workflow().Status, "two of five")
		work(noon.Add(10*time.Minute), false)
		work(noon.Add(10*time.Minute), false)
		require.Equal(t, "active", p.workflow().Status, "what was long ago does not count")
		work(noon.Add(10*time.Minute+time.Second), false)
		require.Equal(t, "paused", p.workflow().Status)
	})
}

func (p *passage) trigger(data string) {
	p.Helper()
	p.change(func(e *store.Enrollment, _ *store.Contact) { e.TriggerData = store.JSON(data) })
}
