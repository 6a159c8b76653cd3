package chaos_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A wait is made short while people are in it: everybody is moved, and goes on once. Meanwhile events
// arrive that let some of them go on in the old version, and workers, the relay and Temporal are killed.
func TestPeopleMoveUnderFire(t *testing.T) {
	n := size(t, "MOVES", 60, 1000)
	s := setStage(t)
	definitions := s.publish("moved")
	s.enter(n)
	began := time.Now()
	draft := strings.Replace(s.source("moved"), "timeout: 2h", "timeout: 1s", 1)
	s.api.Must("PUT", "/v1/workflows/chaos-moved", draft)
	plan := map[string]any{"in_flight": "migrate", "spread": "none", "rate": "50/1s"}
	foreseen := s.api.Must("POST", "/v1/workflows/chaos-moved/publish?dry_run=true", plan)
	require.EqualValues(t, n, foreseen["in_flight"].(map[string]any)["migrate"])
	job := s.api.Must("POST", "/v1/workflows/chaos-moved/publish", plan)["job"]

	calls := make(chan error, 1)
	go func() { calls <- s.called(n) }()
	kills := map[string]int{}
	for i := 0; !s.jobEnded(job); i++ {
		victim := []string{workers[0], "relay", workers[1], "relay", "engine"}[i%5]
		s.programs[victim].Kill(0)
		kills[kind(victim)]++
		<-time.After(2 * time.Second)
	}
	require.NoError(t, <-calls)
	s.ready()
	took, left := s.drain(5 * time.Minute)
	a := newAudit(s, definitions)
	if !left.settled() {
		a.wrong(stuck, "after %s: %s", took.Round(time.Second), left)
	}
	a.all()
	a.moved(n, job)
	say("%s: %d people moved in %s, killed: %s; machine: %s", t.Name(), n, time.Since(began).Round(time.Second), counts(kills), machine())
	say("  ended in version 1: %d, in version 2: %d; mails %d; lost %d, doubled %d", a.checks["ended in version 1"], a.checks["ended in version 2"],
		a.checks["mails, transactional"], len(a.deviations[lost]), len(a.deviations[doubled]))
	require.Empty(t, a.report())
}

// enter lets n people in and waits until they wait.
func (s *stage) enter(n int) {
	s.Helper()
	for from := 0; from < n; from += 500 {
		var list []any
		for i := from; i < min(n, from+500); i++ {
			list = append(list, map[string]any{"type": "moved.began", "contact": map[string]any{"email": address(i)}})
		}
		s.api.Must("POST", "/v1/events", map[string]any{"events": list})
	}
	s.await(func() bool { return s.count("SELECT count(*) FROM enrollments WHERE status = 'waiting'") == n }, "all wait")
}

// called lets every third go on by an event, about as long as the move takes.
func (s *stage) called(n int) error {
	pause := (5*time.Second + time.Duration(n)*20*time.Millisecond) / time.Duration(n/3+1)
	for i := 0; i < n; i += 3 {
		status, answer := s.api.Do("POST", "/v1/events", map[string]any{"type": "moved.called", "contact": map[string]any{"email": address(i)}})
		if status != http.StatusAccepted {
			return fmt.Errorf("post event: %d %s", status, answer)
		}
		<-time.After(pause)
	}
	return nil
}

func (s *stage) jobEnded(job any) bool {
	return s.count("SELECT count(*) FROM jobs WHERE id = $1 AND ended_at IS NOT NULL", job) == 1
}

// moved checks that everybody is at the end, and in the new version unless an event was faster, and
// that the job counted everybody.
func (a *audit) moved(n int, job any) {
	versions := map[string]int{}
	a.each("SELECT id, version FROM enrollments", func(scan scanner) {
		var id string
		var version int
		scan(&id, &version)
		versions[id] = version
	})
	if len(a.enrollments) != n {
		a.wrong(lost, "%d enrollments, not %d", len(a.enrollments), n)
	}
	for _, e := range a.enrollments {
		a.checks[fmt.Sprintf("ended in version %d", versions[e.id])]++
		if e.status != "completed" {
			a.wrong(stuck, "enrollment %s is %s at %s", e.id, e.status, e.node)
		}
		if versions[e.id] == 1 && (len(e.steps) < 2 || e.steps[1].port != "called") {
			a.wrong(lost, "enrollment %s was never moved", e.id)
		}
	}
	if done := a.count("SELECT count(*) FROM jobs WHERE id = $1 AND status = 'done'", job); done != 1 {
		a.wrong(stuck, "the job is not done")
	}
	if on := a.count("SELECT count(*) FROM enrollments WHERE active AND move_id <> ''"); on > 0 {
		a.wrong(stuck, "%d are still on their way", on)
	}
}
