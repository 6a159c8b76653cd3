package worker_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
	"fermata/worker"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// runs says what Temporal knows of each enrollment; an unknown one is open.
type runs struct {
	known      map[string]worker.Run
	terminated []string
	asked      []string
	// meanwhile happens while Temporal is asked.
	meanwhile func()
}

func (r *runs) Describe(_ context.Context, workflowID string) (worker.Run, error) {
	id := workflowID[strings.LastIndexByte(workflowID, '/')+1:]
	r.asked = append(r.asked, id)
	if r.meanwhile != nil {
		r.meanwhile()
	}
	return r.known[id], nil
}

func (r *runs) Terminate(_ context.Context, workflowID, _ string) error {
	r.terminated = append(r.terminated, workflowID[strings.LastIndexByte(workflowID, '/')+1:])
	return nil
}

// scene is a store with enrollments, and a reconciler whose clock reads an hour later.
type scene struct {
	*testing.T
	store *store.Store
	runs  *runs
	clock time.Time
	kinds map[string]int
	*worker.Reconciler
}

func setup(t *testing.T, s *store.Store) *scene {
	t.Helper()
	one := &scene{T: t, store: s, runs: &runs{known: map[string]worker.Run{}}, clock: time.Now().Add(time.Hour).UTC(), kinds: map[string]int{}}
	one.Reconciler = &worker.Reconciler{
		Store: s, Engine: one.runs, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return one.clock },
		Count: func(kind string, n int) { one.kinds[kind] += n },
	}
	return one
}

// enrollment makes an active enrollment of a contact of its own.
func (s *scene) enrollment(status string, due *time.Time) string {
	s.Helper()
	now := time.Now().UTC()
	e := &store.Enrollment{
		Workflow: "w", Hash: "h", Status: status, Node: "it", DueAt: due, StartedAt: now, AnchorAt: now,
		TriggerData: store.JSON("{}"), EventData: store.JSON("{}"), Vars: store.JSON("{}"), Interpreter: 1, CreatedAt: now,
	}
	s.write(func(tx *store.Tx) error {
		c := &store.Contact{}
		if err := tx.CreateContact(c); err != nil {
			return err
		}
		e.ContactID = c.ID
		return tx.InsertEnrollment(e)
	})
	return e.ID
}

func (s *scene) write(fn func(tx *store.Tx) error) {
	s.Helper()
	require.NoError(s, s.store.Write(s.Context(), fn))
}

// round reconciles once and returns how many were repaired.
func (s *scene) round() int {
	s.Helper()
	n, err := s.Round(s.Context())
	require.NoError(s, err)
	return n
}

// calls lists the kinds of the open calls of an enrollment.
func (s *scene) calls(id string) (kinds []string) {
	s.Helper()
	require.NoError(s, s.store.Read(s.Context(), func(tx *store.Tx) error {
		list, err := tx.Dispatches(id)
		for _, d := range list {
			kinds = append(kinds, d.Kind)
		}
		return err
	}))
	return kinds
}

func (s *scene) status(id string) (status, reason string) {
	s.Helper()
	require.NoError(s, s.store.Read(s.Context(), func(tx *store.Tx) error {
		e, err := tx.Enrollment(id)
		if err == nil {
			status, reason = e.Status, e.Reason
		}
		return err
	}))
	return status, reason
}

func TestOverdueEnrollmentIsWokenOnceStartedAgainOrEnded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		due := time.Now().UTC()
		asleep, absent, closed := s.enrollment("waiting", &due), s.enrollment("waiting", &due), s.enrollment("waiting", &due)
		s.runs.known[absent], s.runs.known[closed] = worker.Run{State: worker.RunAbsent}, worker.Run{State: worker.RunClosed}
		for range 3 {
			s.round()
		}
		require.Equal(t, []string{"wake"}, s.calls(asleep))
		require.Equal(t, []string{"start"}, s.calls(absent))
		status, reason := s.status(closed)
		require.Equal(t, []string{"failed", "terminated_in_temporal"}, []string{status, reason})
		require.Empty(t, s.calls(closed))
	})
}

func TestRunningEnrollmentIsRepairedOnlyWhenItsRunIsLost(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		busy, absent, closed, held := s.enrollment("running", nil), s.enrollment("running", nil), s.enrollment("running", nil), s.enrollment("held", nil)
		s.runs.known[absent], s.runs.known[closed] = worker.Run{State: worker.RunAbsent}, worker.Run{State: worker.RunClosed}
		s.runs.known[busy] = worker.Run{Busy: true}
		require.Equal(t, 2, s.round())
		require.EqualValues(t, 2, s.Lost())
		require.Empty(t, append(s.calls(busy), s.calls(held)...))
		require.Equal(t, []string{"start"}, s.calls(absent))
		status, _ := s.status(closed)
		require.Equal(t, "failed", status)
		require.Zero(t, s.round(), "what was repaired is left alone")
	})
}

func TestStepThatMovedLatelyIsNoSuspect(t *testing.T) {
	t.Parallel()
	s := setup(t, storetest.Open(t))
	id := s.enrollment("running", nil)
	s.runs.known[id] = worker.Run{State: worker.RunAbsent}
	s.write(func(tx *store.Tx) error {
		_, _, err := tx.InsertStep(&store.Step{EnrollmentID: id, Node: "it", Visit: 1, Type: "webhook", Status: "running", EnteredAt: s.Now()})
		return err
	})
	require.Zero(t, s.round())
}

func TestIdleEnrollmentsAreLookedAtInTurn(t *testing.T) {
	t.Parallel()
	s := setup(t, storetest.Open(t))
	for range 120 {
		s.runs.known[s.enrollment("running", nil)] = worker.Run{Busy: true}
	}
	lost := s.enrollment("running", nil)
	s.runs.known[lost] = worker.Run{State: worker.RunAbsent}
	require.Equal(t, []int{0, 0, 1}, []int{s.round(), s.round(), s.round()})
}

func TestWakeThatFoundNoRunIsMadeAgainAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		s := setup(t, st)
		id := s.enrollment("held", nil)
		s.write(func(tx *store.Tx) error {
			_, err := tx.SetWake(id)
			return err
		})
		s.write(func(tx *store.Tx) error {
			list, err := tx.ClaimDispatches(1, time.Minute, new(store.Turn))
			if err != nil {
				return err
			}
			if _, err := tx.RetryDispatch(list[0].ID, list[0].Token, "run not found", time.Now().Add(time.Hour)); err != nil {
				return err
			}
			return tx.ClearWake(id) // the run has begun meanwhile
		})
		require.Equal(t, 1, s.round())
		require.Zero(t, s.round())
		require.Equal(t, []string{"wake"}, s.calls(id))
		s.write(func(tx *store.Tx) error {
			list, err := tx.ClaimDispatches(1, time.Minute, new(store.Turn))
			require.Len(t, list, 1, "it is due now")
			return err
		})
	})
}
