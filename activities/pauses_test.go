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

// later carries out a command at an instant and returns what came of it.
func (p *passage) later(at time.Time, c interpreter.Command) interpreter.Occurrence {
	p.Helper()
	result, err := p.activities.Advance(context.Background(), names.AdvanceInput{Passage: p.in, Now: at, Commands: []interpreter.Command{c}})
	require.NoError(p, err)
	require.Len(p, result.Occurrences, 1)
	return result.Occurrences[0]
}

// paused adds a pause of the workflow that has ended, or goes on when to is zero.
func (p *passage) paused(from, to time.Time, clocks string) {
	p.Helper()
	require.NoError(p, p.store.Write(context.Background(), func(tx *store.Tx) error {
		pause := &store.Pause{Workflow: "held", StartedAt: from, Clocks: clocks}
		if err := tx.BeginPause(pause); err != nil || to.IsZero() {
			return err
		}
		pause.EndedAt, pause.Overdue = &to, store.OverdueRun
		return tx.EndPause(pause)
	}))
}

// shown is when people are told, at an instant, that the open wait ends.
func (p *passage) shown(now time.Time) (due time.Time) {
	p.Helper()
	require.NoError(p, p.store.Read(context.Background(), func(tx *store.Tx) error {
		e, err := tx.Enrollment(p.in.Enrollment)
		if err != nil {
			return err
		}
		err = events.NewDues(tx, events.NewDefinitions(8), now).Mend(e, nil, nil)
		due = e.DueAt.UTC()
		return err
	}))
	return due
}

func at(clock string) time.Time {
	t, err := time.Parse(time.RFC3339, "2026-03-"+clock+":00Z")
	if err != nil {
		panic(err)
	}
	return t
}

// A window that opened during the pause is not what lets people go at three in the morning.
func TestWindowOpensAgainAfterAPause(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: window, with: {from: "09:00", to: "11:00"}}`)
		parked := p.later(at("02T12:00"), command(interpreter.Park, ""))
		require.Equal(t, at("03T09:00").UnixMilli(), parked.Due)
		p.paused(at("03T08:00"), at("05T03:00"), store.ClocksRun)
		parked = p.later(at("05T03:00"), command(interpreter.Arrive, ""))
		require.Equal(t, interpreter.Parked, parked.Kind)
		require.Equal(t, at("05T09:00").UnixMilli(), parked.Due)
		require.Equal(t, interpreter.Left, p.later(at("05T09:00"), command(interpreter.Arrive, "")).Kind)
		_, step := p.stands()
		require.Equal(t, "overdue", step.Reason)
		require.Equal(t, at("03T09:00"), step.PlannedAt.UTC())
	})
}

// Day N is N days of the enrollment's own clock, which a frozen pause stops; a date stays where it
// is in the calendar.
func TestFrozenPauseMovesDaysAndDurationsButNoDates(t *testing.T) {
	t.Parallel()
	for nodes, want := range map[string]time.Time{
		`{type: wait, with: {for: 7d}}`:                                          at("12T12:00"),
		`{type: wait_until, with: {day: 7, at: "09:00"}}`:                        at("12T09:00"),
		`{type: wait_until, with: {day: 7}}`:                                     at("12T12:00"),
		`{type: wait_until, with: {date: "2026-03-09", at: "09:00"}}`:            at("09T09:00"),
		`{type: wait_event, with: {events: [{id: a, event: b.c}], timeout: 7d}}`: at("12T12:00"),
	} {
		t.Run(nodes, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				p := enroll(t, s, nodes)
				due := p.later(at("02T12:00"), command(interpreter.Park, "")).Due
				require.Equal(t, due, p.shown(at("03T05:00")).UnixMilli())
				p.paused(at("03T06:00"), at("06T06:00"), store.ClocksFreeze)
				require.Equal(t, want, p.shown(at("06T07:00")), "it is known before the run reckons with it")
				for range 2 { // asked twice, it answers the same
					require.Equal(t, want.UnixMilli(), p.later(at("06T07:00"), command(interpreter.Arrive, "")).Due)
				}
				require.Equal(t, want, p.shown(at("06T08:00")), "and the same after it has")
			})
		})
	}
}

// While the pause goes on nobody leaves a wait, however long it has been over, and nothing is begun.
func TestNobodyMovesDuringAPause(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: wait, with: {for: 1d}}`)
		p.paused(at("02T11:00"), time.Time{}, store.ClocksRun)
		require.Equal(t, store.StatusPaused, p.later(at("02T12:00"), command(interpreter.Park, "")).Status)
		require.Equal(t, store.StatusPaused, p.later(at("09T12:00"), command(interpreter.Arrive, "")).Status)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			steps, err := tx.Steps(p.in.Enrollment)
			require.Empty(t, steps, "the wait has not begun")
			return err
		}))
	})
}

// An end is a step like any other: nobody arrives there during a pause.
func TestNobodyEndsDuringAPause(t *testing.T) {
	t.Parallel()
	p := enroll(t, storetest.Open(t), `{type: end}`)
	p.paused(at("02T11:00"), time.Time{}, store.ClocksRun)
	finish := interpreter.Command{Kind: interpreter.Finish, Node: "it", Visit: 1, Status: interpreter.StatusCompleted, Outcome: interpreter.OutcomeSuccess}
	require.Equal(t, store.StatusPaused, p.later(at("02T12:00"), finish).Status)
	require.Equal(t, store.StatusPaused, p.later(at("02T12:00"), command(interpreter.Arrive, "")).Status)
}

// `latest` counts from when the step was due, however the pause ended.
func TestLatestCountsFromBeforeThePause(t *testing.T) {
	t.Parallel()
	p := enroll(t, storetest.Open(t), `{type: wait, with: {for: 1d}, next: then}
  then: {type: tag_add, latest: 2d, with: {tag: late}}`)
	p.later(at("02T12:00"), command(interpreter.Park, ""))
	p.paused(at("03T06:00"), at("06T06:00"), store.ClocksRun)
	require.Equal(t, interpreter.Left, p.later(at("06T06:00"), command(interpreter.Arrive, "")).Kind)
	left := p.later(at("06T06:00"), interpreter.Command{Kind: interpreter.Act, Node: "then", Visit: 1, Port: "next"})
	require.Equal(t, "dropped", left.Status)
}

// Whose wait was made shorter during a pause falls due in that pause, though it would have been over
// before, had it always been there: what becomes of the overdue holds for them as well.
func TestWaitMovedDuringAPauseIsSpreadAfterIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := enroll(t, s, `{type: wait, with: {for: 1d}}`)
		p.later(at("02T12:00"), command(interpreter.Park, ""))
		from, moved, to := at("03T13:00"), at("04T12:00"), at("05T12:00")
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			_, step := p.stands()
			row, err := tx.Step(step.EnrollmentID, step.Node, step.Visit)
			if err != nil {
				return err
			}
			row.MovedAt = &moved
			if err := tx.SaveStep(row); err != nil {
				return err
			}
			pause := &store.Pause{Workflow: "held", StartedAt: from, Clocks: store.ClocksRun}
			if err := tx.BeginPause(pause); err != nil {
				return err
			}
			pause.EndedAt, pause.Overdue, pause.OverMs = &to, store.OverdueSpread, (100 * time.Hour).Milliseconds()
			return tx.EndPause(pause)
		}))
		parked := p.later(to, command(interpreter.Arrive, ""))
		require.Equal(t, interpreter.Parked, parked.Kind)
		require.Greater(t, parked.Due, to.UnixMilli())
		require.Less(t, parked.Due, to.Add(100*time.Hour).UnixMilli())
	})
}
