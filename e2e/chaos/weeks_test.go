package chaos_test

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"fermata/events"
)

const (
	day = 24 * time.Hour
	// lateness bounds how late, by the clock of its run, a wait ends in the full size, which is for a
	// machine that does nothing else.
	lateness = 2 * time.Second
	// latenessShort is the bound beside other work: somebody who has just moved and whose worker is
	// new is played through first, and on two busy processors that alone has taken three seconds.
	latenessShort = 8 * time.Second
	// noticed is when Temporal knows that a worker is gone. What a run has to do before
	// that waits up to five seconds for the worker that it was at last.
	noticed = 11 * time.Second
)

// Half of the enrollments wait for weeks, half day by day, on a server that skips the
// time up to a moment between two days. There, every day, a worker is killed, every third
// day Temporal, every seventh PostgreSQL. Meanwhile everything is replaced by other builds,
// everybody is moved to an edited version, and another one is published for newcomers only.
// Every next step happens once, when it is due, and in the version that the enrollment runs.
func TestThreeWeeks(t *testing.T) {
	n, days := size(t, "WEEKS", 40, 1000), size(t, "DAYS", 3, 21)
	releases := size(t, "RELEASES", 1, 3)
	build := buildReleases(t, releases)
	s := setStage(t, "--time-skipping")
	s.days = strconv.Itoa(days)
	w := &weeks{stage: s, n: n, days: days, releases: releases, build: build, first: s.publish("weeks", "days"), machine: 1, kills: map[string]int{}}
	began := time.Now()
	s.enrollAll(n)
	for today := range days + 1 {
		s.forward(time.Duration(today)*day + day/2)
		s.reached(n, today, days)
		if today < days {
			w.night(today)
		}
	}
	took := time.Since(began)
	_, left := s.drain(2 * time.Minute)
	a := newAudit(s, w.edited)
	a.before = w.first
	a.all()
	a.editions(w)
	late, limit := a.lateness(w), latenessShort
	if long() {
		limit = lateness
	}
	say("%s: %d enrollments through %d days in %s, killed: %s; machine: %s", t.Name(), n, days, took.Round(time.Second), counts(w.kills), machine())
	say("  steps %d, mails %d, lost %d, doubled %d; virtual lateness p50 %s, p99 %s, max %s (limit %s)", a.checks["steps"],
		a.checks["mails, transactional"], len(a.deviations[lost]), len(a.deviations[doubled]), percentile(late, 0.5), percentile(late, 0.99),
		percentile(late, 1), limit)
	require.True(t, left.settled(), left)
	require.Empty(t, a.report())
	require.LessOrEqual(t, percentile(late, 1), limit)
}

// night changes what is to be changed while everybody waits, kills somebody, and waits until all is
// up again.
func (w *weeks) night(today int) {
	s := w.stage
	s.Helper()
	w.change(today)
	s.programs[workers[today%len(workers)]].Kill(0)
	w.kills["worker"]++
	if today%7 == 2 {
		require.NoError(s, s.postgres.Crash(s.Context()))
		w.kills["PostgreSQL"]++
	}
	if today%3 == 1 {
		s.programs["engine"].Kill(0)
		w.kills["engine"]++
	} else {
		<-time.After(noticed)
	}
	require.True(s, until(5*time.Minute, s.engineAnswers), "Temporal answers: %s", s.programs["engine"].Log())
	s.ready()
}

// enrollAll enrolls n contacts, every second one in the workflow of single days, and
// waits until they wait.
func (s *stage) enrollAll(n int) {
	s.Helper()
	for from := 0; from < n; from += 500 {
		var list []any
		for i := from; i < min(n, from+500); i++ {
			list = append(list, map[string]any{
				"type": []string{"weeks.began", "days.began"}[i%2], "contact": map[string]any{"email": address(i)},
			})
		}
		s.api.Must("POST", "/v1/events", map[string]any{"events": list})
	}
	s.await(func() bool { return s.count("SELECT count(*) FROM enrollments WHERE status = 'waiting'") == n }, "all wait")
}

func (s *stage) count(query string, args ...any) (n int) {
	s.Helper()
	require.NoError(s, s.db.QueryRowContext(s.Context(), query, args...).Scan(&n))
	return n
}

func (s *stage) await(condition func() bool, what string) {
	s.Helper()
	require.True(s, until(5*time.Minute, condition), "waited in vain: %s", what)
}

// reached waits until everything has happened that is due by the middle of a day.
func (s *stage) reached(n, today, days int) {
	s.Helper()
	const counted = "SELECT COALESCE(sum((fields->>'days')::int), 0) FROM contacts"
	s.await(func() bool { return s.count(counted) == n/2*today }, fmt.Sprintf("the steps of day %d", today))
	if today == days {
		s.await(func() bool { return s.count("SELECT count(*) FROM enrollments WHERE active") == 0 }, "all have ended")
		return
	}
	s.await(func() bool { return s.count("SELECT count(*) FROM enrollments WHERE status = 'waiting'") == n }, "all wait again")
}

// forward lets the clock of every open run pass to an instant after the start of its first one.
func (s *stage) forward(to time.Duration) {
	s.Helper()
	var ids []string
	s.each("SELECT workflow, contact_id, id FROM enrollments WHERE active", func(scan scanner) {
		var workflow, contact, id string
		scan(&workflow, &contact, &id)
		ids = append(ids, events.WorkflowID(workflow, contact, id))
	})
	work := make(chan string)
	var hands sync.WaitGroup
	for range runtime.NumCPU() { // more at a time would be late for want of a processor
		hands.Go(func() {
			for id := range work {
				until(patience, func() bool { return s.forwardRun(s.Context(), id, to) == nil })
			}
		})
	}
	for _, id := range ids {
		work <- id
	}
	close(work)
	hands.Wait()
}

// forwardRun moves the clock of one run and returns when what was due by then is done:
// the clock stands still while the run has work. It asks first what the time is there,
// because a call whose answer was lost must not count twice.
func (s *stage) forwardRun(ctx context.Context, id string, to time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	start, err := s.firstStart(ctx, id)
	if err != nil {
		return err
	}
	for called := false; ; {
		run, err := s.temporal.DescribeWorkflowExecution(ctx, id, "")
		if err != nil {
			return fmt.Errorf("describe %s: %w", id, err)
		}
		info := run.GetWorkflowExtendedInfo().GetTimeSkippingInfo()
		now := time.Now()
		if info.GetCurrentTime() != nil {
			now = info.GetCurrentTime().AsTime()
		}
		ahead := start.Add(to).Sub(now)
		switch {
		case ahead <= 0 || run.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
			return nil
		case !called:
			if err := s.skip(ctx, id, ahead); err != nil {
				return err
			}
			called = true
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("forward %s: %w", id, ctx.Err())
		}
	}
}

// firstStart is when the first run of an enrollment started.
func (s *stage) firstStart(ctx context.Context, id string) (time.Time, error) {
	run, err := s.temporal.DescribeWorkflowExecution(ctx, id, "")
	if err == nil && run.GetWorkflowExecutionInfo().GetFirstRunId() != run.GetWorkflowExecutionInfo().GetExecution().GetRunId() {
		run, err = s.temporal.DescribeWorkflowExecution(ctx, id, run.GetWorkflowExecutionInfo().GetFirstRunId())
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("describe the first run of %s: %w", id, err)
	}
	return run.GetWorkflowExecutionInfo().GetStartTime().AsTime(), nil
}

// skip asks Temporal to pass over the time in which a run only waits.
func (s *stage) skip(ctx context.Context, id string, ahead time.Duration) error {
	_, err := s.temporal.WorkflowService().UpdateWorkflowExecutionOptions(ctx, &workflowservice.UpdateWorkflowExecutionOptionsRequest{
		Namespace: namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"time_skipping_config"}},
		WorkflowExecutionOptions: &workflowpb.WorkflowExecutionOptions{TimeSkippingConfig: &commonpb.TimeSkippingConfig{
			Enabled: true, FastForwardConfig: &commonpb.FastForwardConfig{Id: ahead.String(), Duration: durationpb.New(ahead)},
		}},
	})
	if err != nil {
		return fmt.Errorf("forward %s: %w", id, err)
	}
	return nil
}

// lateness is by how much each wait ended after it was due, and checks that each
// enrollment has come to its end with every step that it should have.
func (a *audit) lateness(w *weeks) (late []time.Duration) {
	steps := map[string]int{"chaos-weeks": 6, "chaos-days": 3*w.days + 1 + w.days - w.since}
	for _, e := range a.enrollments {
		if e.status != "completed" || len(e.steps) != steps[e.workflow] {
			a.wrong(lost, "enrollment %s of %s is %s after %d steps", e.id, e.workflow, e.status, len(e.steps))
		}
		for _, step := range e.steps {
			if step.due != nil && step.left != nil {
				late = append(late, step.left.Sub(*step.due).Round(time.Millisecond))
			}
		}
	}
	if len(a.enrollments) != w.n {
		a.wrong(lost, "%d enrollments, not %d", len(a.enrollments), w.n)
	}
	return late
}
