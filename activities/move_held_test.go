package activities_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/interpreter/moving"
	"fermata/store"
	"fermata/store/storetest"
)

// What a person pauses, or what waits to be let in, is moved where it stands and stays there.
func TestMoveOfThePaused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := setsOut(t, s, "paused", "", fmt.Sprintf(restFor, "10d"))
		pause := &store.Pause{Workflow: "paused", StartedAt: v.at, Clocks: store.ClocksRun}
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.BeginPause(pause) }))
		v.published(moving.Terms{}, "", fmt.Sprintf(restFor, "1d"))
		v.wakes(v.at.Add(2 * day))
		e := v.enrollment()
		require.Equal(t, []any{"paused", 2, "a"}, []any{e.Status, e.Version, e.Node})
		require.Equal(t, []string{"a/1:waiting"}, v.way())
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			end := v.at
			pause.EndedAt, pause.Overdue = &end, store.OverdueRun
			return tx.EndPause(pause)
		}))
		v.wakes(v.at.Add(time.Second))
		require.Equal(t, []string{"a/1:done:next", "b/1:done:next", "c/1:held"}, v.way())

		capped := setsOut(t, s, "capped", "max_active: 1", fmt.Sprintf(restFor, "10d"))
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			e, err := tx.LockEnrollment(capped.in.Enrollment)
			require.NoError(t, err)
			e.AdmittedAt = nil
			return tx.SaveEnrollment(e)
		}))
		capped.published(moving.Terms{OnMissing: moving.MissingNext}, "max_active: 1", "  b: {type: tag_add, with: {tag: after}, next: c}\n  a: {type: tag_add, with: {tag: x}, next: b}\n  c: {type: hold}")
		capped.wakes(capped.at.Add(time.Minute))
		e = capped.enrollment()
		require.Equal(t, []any{"waiting", "capped", "b", 2}, []any{e.Status, e.Reason, e.Node, e.Version})
		require.Equal(t, []string{"a/1:canceled moved"}, capped.way())
	})
}

// Whom a person holds is moved with everybody else, and stays held: also by a wait that has ended by
// the move.
func TestMoveOfWhomAPersonHolds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := setsOut(t, s, "kept-back", "", fmt.Sprintf(restFor, "10d"))
		desk := func() *events.Operator {
			return &events.Operator{Store: v.store, Definitions: events.NewDefinitions(4), Now: func() time.Time { return v.at }}
		}
		require.NoError(t, desk().Hold(t.Context(), v.in.Enrollment, "ask legal", "Sam"))
		v.published(moving.Terms{Retime: moving.RetimeCredit}, "", fmt.Sprintf(restFor, "1d"))
		v.wakes(v.at.Add(2 * day))
		e := v.enrollment()
		require.Equal(t, []any{2, "", "held", "ask legal", "ask legal"}, []any{e.Version, e.MoveID, e.Status, e.Reason, e.Hold})
		require.Equal(t, []string{"a/1:waiting"}, v.way())
		require.NoError(t, desk().Release(t.Context(), v.in.Enrollment, "", "Sam"))
		v.wakes(v.at.Add(time.Minute))
		require.Equal(t, []string{"a/1:done:next", "b/1:done:next", "c/1:held"}, v.way())
	})
}
