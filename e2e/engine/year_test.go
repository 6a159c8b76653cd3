package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"fermata/e2e/harness"
	"fermata/e2e/sizes"
	"fermata/worker"
	"fermata/workflows"
)

// daily counts days in a loop, and then waits for longer than anything is kept that has ended.
const daily = `  a: {type: wait, max_visits: 9000, with: {for: 1d}, next: b}
  b: {type: field_set, max_visits: 9000, with: {field: days, increment: 1}, next: c}
  c: {type: branch, max_visits: 9000, with: {branches: [{id: again, when: {field: contact.days, op: lt, value: %d}}]}, next: {again: a, else: d}}
  d: {type: wait, with: {for: 400d}, next: e}
  e: {type: email, with: {subject: Still here, body: Text., class: transactional}, next: f}
  f: {type: end}`

// longest bounds the events of one run.
const longest = 2000

// Years pass in a loop, from run to run: each day counts once, no run grows long, and a wait that is
// longer than the retention of Temporal and of the store ends when it is due.
func TestLoopOfYearsGoesFromRunToRun(t *testing.T) {
	t.Parallel()
	days := sizes.Of(30, 6*365)
	s := harness.Start(t, harness.Options{
		Database: harness.Databases()["postgres"](t), Temporal: harness.SkipTime(t),
		Worker: worker.Options{Workflow: workflows.Options{ContinueEvery: sizes.Of(8, 0)}},
	})
	s.Must("POST", "/v1/fields", map[string]any{"key": "days", "type": "number"})
	publishFlow(s, "daily", fmt.Sprintf(daily, days))
	const mail = "ana@example.com"
	post(s, "form.submitted", mail)
	began := time.Now()
	for count(s, "daily", "completed") == 0 {
		require.Less(t, time.Since(began), sizes.Of(4*time.Minute, time.Hour), "waited in vain: the loop ends")
		<-time.After(200 * time.Millisecond)
	}
	e := s.Enrollment("daily", mail, "completed")
	require.Equal(t, "success", e["outcome"])
	contact := s.Items("/v1/contacts?email=" + mail)[0]
	require.EqualValues(t, days, contact["fields"].(map[string]any)["days"])
	require.Len(t, s.SMTP.To(mail), 1)
	visits, late := map[string]bool{}, time.Duration(-1)
	for _, item := range e["steps"].([]any) {
		step := item.(map[string]any)
		require.Equal(t, "done", step["status"])
		key := fmt.Sprint(step["node"], step["visit"])
		require.False(t, visits[key], key)
		visits[key] = true
		if step["node"] == "d" {
			late = instant(t, step["left_at"]).Sub(instant(t, step["due_at"]))
		}
	}
	require.Len(t, visits, 3*days+3)
	require.GreaterOrEqual(t, late, time.Duration(0), "it waits until it is due")
	require.Less(t, late, harness.Patience)
	passed := instant(t, e["ended_at"]).Sub(instant(t, e["started_at"]))
	require.GreaterOrEqual(t, passed, time.Duration(days+400-1)*24*time.Hour)
	runs, most := chain(t, s, runID(e))
	t.Logf("%d days in %s: %d runs, at most %d events in one, the long wait %s late", days+400, time.Since(began).Round(time.Second), runs, most, late)
	require.Greater(t, runs, 10, "ten times continued as new")
	require.Less(t, most, longest)
}

// chain follows the runs of a Temporal workflow id from the last to the first, and returns how many
// there are and how many events the longest has.
func chain(t *testing.T, s *harness.System, id string) (runs, most int) {
	t.Helper()
	for run := ""; runs == 0 || run != ""; runs++ {
		events, before := 0, ""
		answer := &workflowservice.GetWorkflowExecutionHistoryResponse{}
		for first := true; first || len(answer.GetNextPageToken()) > 0; first = false {
			var err error
			answer, err = s.App.Temporal().WorkflowService().GetWorkflowExecutionHistory(context.Background(), &workflowservice.GetWorkflowExecutionHistoryRequest{
				Namespace: "default", Execution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: run}, NextPageToken: answer.GetNextPageToken(),
			})
			require.NoError(t, err)
			list := answer.GetHistory().GetEvents()
			if events == 0 {
				before = list[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
			}
			events += len(list)
		}
		most, run = max(most, events), before
	}
	return runs, most
}
