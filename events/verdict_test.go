package events

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// with returns the ids of the events that a verdict selects, oldest first.
func (b *bench) with(verdict string) []string {
	b.Helper()
	ids := []string{}
	b.read(func(tx *store.Tx) error {
		list, _, err := tx.ListEvents(store.EventFilter{Verdict: verdict}, store.Page{Limit: 500})
		for i := range list {
			ids = append([]string{list[i].ID}, ids...)
		}
		return err
	})
	return ids
}

// counts are the verdicts that count, as the API shows them.
func (b *bench) counts(event string) []string {
	b.Helper()
	list := []string{}
	for _, v := range store.PerWorkflow(b.verdicts(event)) {
		list = append(list, v.Workflow+" "+v.Verdict+" "+v.Reason)
	}
	return list
}

func (b *bench) judge(settle bool, v store.Verdict) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		if settle {
			return tx.SettleVerdict(&v)
		}
		return tx.PutVerdict(&v)
	})
}

func TestEventWhileNoWaitIsOpenSaysSoUntilAWaitTakesIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("order.created", nil)}})
		b.write(func(tx *store.Tx) error {
			return tx.SetWorkflowEvents("w", []string{"order.created", "order.fulfilled"})
		})
		before := b.post("order.fulfilled", nil)
		b.post("order.created", nil)
		b.drain()
		inside := b.post("order.fulfilled", nil)
		b.drain()
		require.Equal(t, []string{"w filtered not_enrolled"}, b.counts(before))
		require.Equal(t, []string{"w filtered no_open_wait"}, b.counts(inside))
		require.Equal(t, []string{before, inside}, b.with("filtered"))

		e := b.enrollments("w")[0]
		b.judge(false, store.Verdict{EventID: inside, Workflow: "w", EnrollmentID: e.ID, Verdict: VerdictPassed})
		require.Equal(t, []string{"w passed "}, b.counts(inside))
		b.judge(true, store.Verdict{EventID: inside, Workflow: "w", EnrollmentID: e.ID, Verdict: VerdictAdvanced})
		require.Equal(t, []string{"w advanced "}, b.counts(inside), "a later wait has the better word")
		require.Equal(t, []string{before}, b.with("filtered"))
		require.Equal(t, []string{inside}, b.with("advanced"))
		require.Empty(t, b.with("passed"))
	})
}

// An event that nobody named when it came is `ignored`, until an enrollment that still runs an
// older version finds it in the log.
func TestIgnoredGivesWayToWhatARunSays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("order.created", nil)}})
		b.post("order.created", nil)
		b.drain()
		e := b.enrollments("w")[0]
		id := b.post("order.fulfilled", nil)
		require.Equal(t, []string{" ignored "}, b.counts(id))
		require.Contains(t, b.with("ignored"), id)
		b.judge(true, store.Verdict{EventID: id, Workflow: "w", EnrollmentID: e.ID, Verdict: VerdictAdvanced})
		require.Equal(t, []string{"w advanced "}, b.counts(id))
		require.NotContains(t, b.with("ignored"), id)
		require.Equal(t, []string{id}, b.with("advanced"))
	})
}

func TestOneVerdictForEachWorkflow(t *testing.T) {
	t.Parallel()
	rows := []store.Verdict{
		{Workflow: "a", Verdict: VerdictFiltered, Reason: "base"},
		{Workflow: "b", Verdict: VerdictReentry},
		{Workflow: "a", Verdict: VerdictFiltered, EnrollmentID: "1"},
		{Workflow: "b", Verdict: VerdictAdvanced, EnrollmentID: "2"},
		{Workflow: "", Verdict: VerdictIgnored},
		{Workflow: "b", Verdict: VerdictFiltered, EnrollmentID: "3"},
	}
	require.Equal(t, []store.Verdict{rows[2], rows[3]}, store.PerWorkflow(rows))
	require.Equal(t, rows[4:5], store.PerWorkflow(rows[4:5]))
	require.Empty(t, store.PerWorkflow(nil))
}

func TestEventThatIsPostedAgainIsADuplicate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		one := func(id string) object { return event("id", id) }
		b.accept(one("once"))
		b.accept(one("twice"))
		require.Empty(t, b.with(VerdictDuplicate))
		require.True(t, b.accept(one("twice"))[0].Duplicate)
		require.True(t, b.accept(object{"events": []any{one("both"), one("both"), one("twice")}})[1].Duplicate)
		require.Equal(t, []string{"twice", "both"}, b.with(VerdictDuplicate))
		b.drain()
		require.Equal(t, []string{" ignored "}, b.counts("twice"), "it is no verdict of a workflow")
	})
}

// What was offered to a wait that somebody else ends has been passed over.
func TestWaitThatIsLeftPassesOverWhatItWasOffered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("w", object{"triggers": []any{trigger("order.created", nil)}, "exits": []any{exit("stop", "order.canceled", nil)}})
		b.write(func(tx *store.Tx) error {
			return tx.SetWorkflowEvents("w", []string{"order.created", "order.canceled", "order.fulfilled"})
		})
		b.post("order.created", nil)
		b.drain()
		e := b.enrollments("w")[0]
		b.wait(e, "order.fulfilled")
		offered := b.post("order.fulfilled", nil)
		b.drain()
		require.Empty(t, b.counts(offered), "the run has not looked yet")
		stop := b.post("order.canceled", nil)
		b.drain()
		require.Equal(t, []string{"w passed "}, b.counts(offered))
		require.Equal(t, []string{"w exited stop"}, b.counts(stop))

		b.post("order.created", nil)
		b.drain()
		e = b.enrollments("w")[0]
		b.wait(e, "order.fulfilled")
		offered = b.post("order.fulfilled", nil)
		b.drain()
		operator := &Operator{Store: b.s, Definitions: b.router.Definitions, Now: b.clock.now}
		require.NoError(t, operator.Exit(context.Background(), e.ID, "", "", "tester"))
		require.Equal(t, []string{"w passed "}, b.counts(offered))
	})
}

// Ids of events that effects write sort by time among all others.
func TestIDsOfEffectEventsSortByTime(t *testing.T) {
	t.Parallel()
	before := store.NewID("evt")
	now := time.Now()
	ids := []string{
		EffectEventID(now.Add(-time.Hour), "z"), before, EffectEventID(now.Add(2*time.Millisecond), "a"),
		EffectEventID(now.Add(time.Second), "b"), EffectEventID(now.Add(24*365*time.Hour), "a"),
	}
	require.IsIncreasing(t, ids)
	require.Equal(t, ids[2], EffectEventID(now.Add(2*time.Millisecond), "a"))
	for _, id := range ids {
		require.Len(t, id, len(before))
	}
}
