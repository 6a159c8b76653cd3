package engine_test

import (
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
	"fermata/worker"
)

// comparison is a census of a program, and what it last found: ours, Temporal's, and the causes that are
// not 0.
func comparison(t *testing.T, s *harness.System, reconciler *worker.Reconciler) func() (ours, open int64, causes map[string]int64) {
	t.Helper()
	census := &worker.Census{
		Store: s.App.Store(), Engine: engineOf(s), Log: slog.New(slog.DiscardHandler), Now: time.Now, Lost: reconciler.Lost,
	}
	return func() (int64, int64, map[string]int64) {
		row, err := census.Take(t.Context())
		require.NoError(t, err)
		causes := map[string]int64{}
		require.NoError(t, row.Causes.Decode(&causes))
		maps.DeleteFunc(causes, func(_ string, n int64) bool { return n == 0 })
		return row.Ours, row.Temporal, causes
	}
}

func engineOf(s *harness.System) *worker.Engine {
	return &worker.Engine{Client: s.App.Temporal(), Queue: s.Queue()}
}

// With the dispatcher empty, those who stand in waits are those whose runs Temporal has open. A run that
// is closed behind our back is a difference with a name; mended, there is none.
func TestActiveEnrollmentsAreTheRunsThatTemporalHasOpen(t *testing.T) {
	t.Parallel()
	// The program's own rounds are an hour apart: those of the test decide when the run is mended.
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			countRuns(t, harness.Start(t, harness.Options{Database: database(t), Reconcile: time.Hour}))
		})
	}
}

func countRuns(t *testing.T, s *harness.System) {
	t.Helper()
	publishFlow(s, "census", `  a: {type: wait, with: {for: 5d}, next: b}
  b: {type: end}`)
	emails := []string{"ana@example.com", "bob@example.com", "cleo@example.com"}
	for _, email := range emails {
		post(s, "form.submitted", email)
	}
	ana := s.Enrollment("census", emails[0], "waiting")
	for _, email := range emails[1:] {
		s.Enrollment("census", email, "waiting")
	}
	reconciler := &worker.Reconciler{
		Store: s.App.Store(), Engine: engineOf(s), Log: slog.New(slog.DiscardHandler), Now: time.Now, Nudge: func() {},
	}
	take := comparison(t, s, reconciler)
	s.Eventually("nothing differs", func() bool {
		ours, open, causes := take()
		return ours == 3 && open == 3 && len(causes) == 0
	})
	require.NoError(t, s.App.Temporal().TerminateWorkflow(t.Context(), runID(ana), "", "by hand"))
	s.Eventually("the closed run is named", func() bool {
		ours, open, causes := take()
		return ours == 3 && open == 2 && maps.Equal(causes, map[string]int64{worker.CauseLost: 1})
	})
	s.Eventually("the enrollment ends", func() bool {
		_, err := reconciler.Round(t.Context())
		require.NoError(t, err)
		return s.Must("GET", "/v1/enrollments/"+ana["id"].(string), nil)["status"] == "failed"
	})
	s.Eventually("nothing differs any more", func() bool {
		ours, open, causes := take()
		return ours == 2 && open == 2 && len(causes) == 0
	})
}
