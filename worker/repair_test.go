package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
	"fermata/worker"
)

// hand carries out the open calls of the dispatcher and loses what they say.
func (s *scene) hand() {
	s.Helper()
	s.write(func(tx *store.Tx) error {
		list, err := tx.ClaimDispatches(1000, time.Minute, new(store.Turn))
		if err != nil {
			return err
		}
		for _, d := range list {
			if _, err := tx.DoneDispatch(d.ID, d.Token); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *scene) row(id string) *store.Enrollment {
	s.Helper()
	var e *store.Enrollment
	require.NoError(s, s.store.Read(s.Context(), func(tx *store.Tx) (err error) {
		e, err = tx.Enrollment(id)
		return err
	}))
	return e
}

// end ends an enrollment without telling its run.
func (s *scene) end(id string) {
	s.Helper()
	s.write(func(tx *store.Tx) error {
		e, err := tx.LockEnrollment(id)
		if err != nil {
			return err
		}
		at := time.Now().UTC()
		e.Status, e.EndedAt, e.DueAt = store.StatusExited, &at, nil
		return tx.SaveEnrollment(e)
	})
}

func TestRunOfEndedEnrollmentIsWokenUntilItIsClosed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		open, closed, absent := s.enrollment("held", nil), s.enrollment("held", nil), s.enrollment("held", nil)
		s.runs.known[closed], s.runs.known[absent] = worker.Run{State: worker.RunClosed}, worker.Run{State: worker.RunAbsent}
		for _, id := range []string{open, closed, absent} {
			s.end(id)
		}
		require.Equal(t, 1, s.round())
		require.Equal(t, []string{"wake"}, s.calls(open))
		require.Equal(t, []bool{false, true, true}, []bool{s.row(open).RunClosed, s.row(closed).RunClosed, s.row(absent).RunClosed})
		s.hand()
		require.Zero(t, s.round(), "it is given time to hear")
		s.clock = s.clock.Add(10 * time.Minute)
		require.Equal(t, 1, s.round(), "the wake was lost")
		s.runs.known[open] = worker.Run{State: worker.RunClosed}
		s.clock = s.clock.Add(10 * time.Minute)
		require.Zero(t, s.round())
		require.True(t, s.row(open).RunClosed)
		require.Empty(t, s.runs.terminated)
	})
}

func TestRunOfEndedEnrollmentIsWokenAlthoughItsContactIsGone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		id := s.enrollment("held", nil)
		s.end(id)
		s.write(func(tx *store.Tx) error { return tx.EraseContact(store.Erasure{IDs: []string{s.row(id).ContactID}}) })
		require.Equal(t, 1, s.round())
		require.Equal(t, []string{"wake"}, s.calls(id))
		s.hand()
		require.Zero(t, s.round())
		require.Positive(t, s.row(id).Looks, "it is not looked at in every round")
	})
}

// Temporal came back from a backup: a run that was closed is open again.
func TestRunThatWasClosedAndIsOpenAgainIsWoken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		id := s.enrollment("held", nil)
		s.runs.known[id] = worker.Run{State: worker.RunClosed}
		s.end(id)
		s.round()
		require.True(t, s.row(id).RunClosed)
		s.runs.known[id] = worker.Run{}
		require.Equal(t, 1, s.round())
		require.Equal(t, map[string]int{worker.RepairRunWoken: 1}, s.kinds)
	})
}

// A run whose enrollment has ended and that cannot hear of it is terminated, but not
// while an effect of it may be under way.
func TestWedgedRunOfEndedEnrollmentIsTerminatedWhenNothingIsUnderWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		quiet, sending := s.enrollment("held", nil), s.enrollment("held", nil)
		s.write(func(tx *store.Tx) error {
			_, _, err := tx.ClaimEffect(store.EffectRef{EnrollmentID: sending, Node: "it", Visit: 1}, "email", "k", "token", 3*time.Hour)
			return err
		})
		for _, id := range []string{quiet, sending} {
			s.end(id)
			s.runs.known[id] = worker.Run{Busy: true, Task: true, Wedge: "workflow task fails"}
		}
		s.round()
		require.Empty(t, s.runs.terminated)
		s.clock = s.clock.Add(10 * time.Minute)
		s.round()
		require.Equal(t, []string{quiet}, s.runs.terminated)
	})
}

// An attempt that died when an exit was on its way is looked for by nobody but the reconciler.
func TestClaimOfTheDeadIsShownAsUnknown(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		leases := map[string]time.Duration{"died": -time.Minute, "a moment ago": -time.Second, "at work": time.Hour}
		ids := map[string]string{}
		for name, lease := range leases {
			ids[name] = s.enrollment("held", nil)
			s.write(func(tx *store.Tx) error {
				send := &store.Send{
					ContactID: s.row(ids[name]).ContactID, EnrollmentID: ids[name], Workflow: "w", Node: "it", Visit: 1, Channel: "email", Class: "marketing",
					MessageID: name, State: "claimed", CreatedAt: time.Now().UTC(),
				}
				if err := tx.CreateSend(send); err != nil {
					return err
				}
				_, _, err := tx.ClaimEffect(store.EffectRef{EnrollmentID: ids[name], Node: "it", Visit: 1}, "email", name, "token", lease)
				return err
			})
			s.end(ids[name])
			s.runs.known[ids[name]] = worker.Run{State: worker.RunClosed}
		}
		s.round()
		s.round()
		require.Equal(t, 1, s.kinds[worker.RepairClaim])
		for name, state := range map[string]string{"died": "unknown", "a moment ago": "claimed", "at work": "claimed"} {
			require.NoError(t, s.store.Read(t.Context(), func(tx *store.Tx) error {
				effect, err := tx.Effect(store.EffectRef{EnrollmentID: ids[name], Node: "it", Visit: 1})
				if err != nil {
					return err
				}
				send, err := tx.SendByMessageID(name)
				require.Equal(t, []string{state, state}, []string{effect.State, send.State}, name)
				return err
			}))
		}
	})
}

func TestWakeThatWentUnheardIsRepeatedNotForced(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		s.clock = time.Now().UTC()
		id := s.enrollment("waiting", nil)
		s.write(func(tx *store.Tx) error {
			_, err := tx.SetWake(id)
			return err
		})
		s.clock = s.clock.Add(time.Hour)
		require.Zero(t, s.round(), "it is still on its way")
		s.hand()
		s.clock = time.Now().UTC()
		require.Zero(t, s.round(), "it was handed over a moment ago")
		s.clock = s.clock.Add(2 * time.Minute)
		require.Equal(t, 1, s.round())
		require.Equal(t, []string{"wake"}, s.calls(id))
		s.hand()
		require.Zero(t, s.round())
		s.write(func(tx *store.Tx) error { return tx.ClearWake(id) })
		s.clock = s.clock.Add(time.Hour)
		require.Zero(t, s.round(), "it was heard")
		require.Equal(t, map[string]int{worker.RepairWakeRepeated: 1}, s.kinds)
	})
}

// A wake-up that nobody made leaves no trace but an event that the open wait has not read.
func TestWaitThatWasNeverWokenIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		s.clock = time.Now().UTC()
		waits, read, other, ended := s.enrollment("waiting", nil), s.enrollment("waiting", nil), s.enrollment("waiting", nil), s.enrollment("waiting", nil)
		for id, eventType := range map[string]string{waits: "a.b", read: "a.b", other: "c.d", ended: "a.b"} {
			s.write(func(tx *store.Tx) error {
				e, _, err := tx.LockEnrollmentContact(id)
				if err != nil {
					return err
				}
				subscription := store.Subscription{EnrollmentID: id, ContactID: e.ContactID, Kind: store.SubscriptionWait, EventType: eventType}
				if err := tx.AddSubscriptions([]store.Subscription{subscription}); err != nil {
					return err
				}
				event := &store.Event{ID: "evt_" + id, ContactID: e.ContactID, Type: "a.b", OccurredAt: s.clock, AcceptedAt: s.clock}
				if _, err := tx.AppendEvent(event); err != nil || id != read {
					return err
				}
				e.CursorSeq = event.Seq
				return tx.SaveEnrollment(e)
			})
		}
		s.end(ended)
		s.round()
		require.Zero(t, s.kinds[worker.RepairUnread], "it was accepted a moment ago")
		s.clock = s.clock.Add(time.Minute)
		s.round()
		require.Equal(t, []string{"wake"}, s.calls(waits))
		require.Empty(t, append(s.calls(read), s.calls(other)...))
		s.round()
		require.Equal(t, 1, s.kinds[worker.RepairUnread])
	})
}

func TestManyThatCannotBeHelpedKeepNobodyFromTheirTurn(t *testing.T) {
	t.Parallel()
	s := setup(t, storetest.Open(t))
	due := time.Now().UTC().Add(-time.Hour)
	for range 250 {
		s.runs.known[s.enrollment("waiting", &due)] = worker.Run{Busy: true, Wedge: "Advance fails (store), attempt 9"}
	}
	later := due.Add(time.Minute)
	asleep := s.enrollment("waiting", &later)
	s.round()
	s.round()
	require.Equal(t, []string{"wake"}, s.calls(asleep))
	asked := len(s.runs.asked)
	s.round()
	looks := len(s.runs.asked) - asked
	require.Zero(t, looks, "all of them rest")
	s.clock = s.clock.Add(31 * time.Second)
	late := due.Add(2 * time.Minute)
	next := s.enrollment("waiting", &late)
	s.round()
	require.Equal(t, []string{"wake"}, s.calls(next), "who was never looked at comes first")
}

func TestWedgedRunIsListedAndRebuiltAfterAWhile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		due := time.Now().UTC()
		task, transaction := s.enrollment("waiting", &due), s.enrollment("waiting", &due)
		s.runs.known[task] = worker.Run{Busy: true, Task: true, Wedge: "workflow task fails, attempt 5"}
		s.runs.known[transaction] = worker.Run{Busy: true, Wedge: "Advance fails (store), attempt 9"}
		for range 30 {
			require.Empty(t, append(s.calls(task), s.calls(transaction)...))
			s.round()
			s.clock = s.clock.Add(30 * time.Second)
		}
		require.Equal(t, "workflow task fails, attempt 5", s.row(task).Wedge)
		require.Equal(t, "Advance fails (store), attempt 9", s.row(transaction).Wedge)
		s.clock = s.clock.Add(20 * time.Minute)
		require.Equal(t, 1, s.round())
		require.Equal(t, []string{"rebuild"}, s.calls(task))
		require.Empty(t, s.calls(transaction), "a new run would meet the same error")
		s.runs.known[task] = worker.Run{State: worker.RunClosed}
		s.clock = s.clock.Add(20 * time.Minute)
		s.round()
		require.True(t, s.row(task).Active, "nobody has closed it but us")
		s.hand()
		s.runs.known[task] = worker.Run{}
		s.round()
		require.Empty(t, s.row(task).Wedge)
		require.Equal(t, 1, s.kinds[worker.RepairRebuilt])
	})
}

func TestEverybodyWhoRestsIsLookedAtInTurn(t *testing.T) {
	t.Parallel()
	s := setup(t, storetest.Open(t))
	far := time.Now().UTC().Add(24 * time.Hour)
	for range 120 {
		s.enrollment("waiting", &far)
	}
	absent, closed := s.enrollment("held", nil), s.enrollment("paused", nil)
	s.runs.known[absent], s.runs.known[closed] = worker.Run{State: worker.RunAbsent}, worker.Run{State: worker.RunClosed}
	require.Equal(t, []int{0, 0, 2}, []int{s.round(), s.round(), s.round()})
	require.Equal(t, map[string]int{worker.RepairStarted: 1, worker.RepairEnded: 1}, s.kinds)
}

func TestSubscriptionsWithoutAnActiveEnrollmentAreRemoved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		active, ended := s.enrollment("waiting", nil), s.enrollment("waiting", nil)
		s.end(ended)
		s.runs.known[ended] = worker.Run{State: worker.RunClosed}
		s.write(func(tx *store.Tx) error {
			var list []store.Subscription
			for _, id := range []string{active, ended, "enr_gone"} {
				list = append(list, store.Subscription{EnrollmentID: id, ContactID: "c", Kind: store.SubscriptionWait, EventType: "a.b", CreatedAt: time.Now().UTC()})
			}
			return tx.AddSubscriptions(list)
		})
		require.Equal(t, 2, s.round())
		require.Equal(t, map[string]int{worker.RepairSubscription: 2}, s.kinds)
		require.NoError(t, st.Read(t.Context(), func(tx *store.Tx) error {
			left, err := tx.SubscriptionsFor("c", "a.b")
			require.Len(t, left, 1)
			require.Equal(t, active, left[0].EnrollmentID)
			return err
		}))
	})
}

func TestRunThatWasRebuiltMeanwhileIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := setup(t, storetest.Open(t))
	due := time.Now().UTC()
	id := s.enrollment("waiting", &due)
	s.runs.known[id] = worker.Run{State: worker.RunClosed}
	s.runs.meanwhile = func() {
		s.write(func(tx *store.Tx) error { return tx.Rebuild(id, s.clock) })
		s.hand()
	}
	s.round()
	require.True(t, s.row(id).Active, "it was our own hand that closed the run")
}

func TestRunWhoseTaskFailsIsNotWoken(t *testing.T) {
	t.Parallel()
	s := setup(t, storetest.Open(t))
	due := time.Now().UTC()
	id := s.enrollment("waiting", &due)
	s.runs.known[id] = worker.Run{Busy: true, Deaf: true}
	require.Zero(t, s.round())
	require.Empty(t, s.calls(id))
	require.Equal(t, 1, s.row(id).Looks)
}
