package worker

import (
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"fermata/activities/names"
)

// pending is an activity that is being tried again after a failure of a type.
func pending(name, failure string, attempt int32) *workflowpb.PendingActivityInfo {
	return &workflowpb.PendingActivityInfo{
		ActivityType: &commonpb.ActivityType{Name: name}, Attempt: attempt,
		LastFailure: &failurepb.Failure{FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
			ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: failure},
		}},
	}
}

func TestRunIsWedgedByFailuresOfOurOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		activity *workflowpb.PendingActivityInfo
		want     string
	}{
		"a transaction, at first":    {pending(names.Advance, names.ErrorStore, 5), ""},
		"a transaction":              {pending(names.Advance, names.ErrorStore, 6), "Advance fails (store), attempt 6"},
		"a panic":                    {pending(names.Email, names.ErrorPanic, 9), "Email fails (panic), attempt 9"},
		"our store, before a call":   {pending(names.Webhook, names.ErrorStore, 9), "Webhook fails (store), attempt 9"},
		"the other side, for long":   {pending(names.Webhook, "http_503", 99), ""},
		"an attempt without a word":  {&workflowpb.PendingActivityInfo{ActivityType: &commonpb.ActivityType{Name: names.Advance}, Attempt: 7}, "Advance fails (no answer), attempt 7"},
		"a mail server that is slow": {pending(names.Email, "leased", 40), ""},
	} {
		run := openRun(&workflowservice.DescribeWorkflowExecutionResponse{PendingActivities: []*workflowpb.PendingActivityInfo{c.activity}})
		require.Equal(t, Run{Busy: true, Wedge: c.want}, run, name)
	}
}

func TestRunWhoseTasksFailSaysWhy(t *testing.T) {
	t.Parallel()
	why, err := converter.GetDefaultDataConverter().ToPayload([]string{"category=WorkflowTaskFailed", "cause=NonDeterministicError"})
	require.NoError(t, err)
	answer := &workflowservice.DescribeWorkflowExecutionResponse{
		PendingWorkflowTask: &workflowpb.PendingWorkflowTaskInfo{Attempt: 1},
		WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{SearchAttributes: &commonpb.SearchAttributes{
			IndexedFields: map[string]*commonpb.Payload{attributeProblems: why},
		}},
	}
	require.Equal(t, Run{Busy: true}, openRun(answer))
	answer.PendingWorkflowTask.Attempt = 2
	require.Equal(t, Run{Busy: true, Deaf: true}, openRun(answer))
	answer.PendingWorkflowTask.Attempt = 4
	run := openRun(answer)
	require.True(t, run.Task)
	require.Equal(t, "workflow task fails, attempt 4: [category=WorkflowTaskFailed cause=NonDeterministicError]", run.Wedge)
}
