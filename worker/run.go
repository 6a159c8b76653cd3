package worker

import (
	"context"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"fermata/activities/names"
)

const (
	// wedgedTask is the attempt from which a workflow task counts as one that always fails.
	wedgedTask = 4
	// wedgedActivity is the attempt, about half a minute after the first, from which an
	// activity counts as one that always fails for a reason of ours.
	wedgedActivity = 6
	// attributeProblems is where Temporal notes why workflow tasks of a run fail.
	attributeProblems = "TemporalReportedProblems"
)

// RunState is what Temporal says of a run.
type RunState int

// The states of a run.
const (
	RunOpen RunState = iota
	RunClosed
	RunAbsent
)

// Run is what Temporal knows of the run of an enrollment.
type Run struct {
	State RunState
	// Busy: an activity or a workflow task is under way or will be tried again.
	Busy bool
	// Deaf: a workflow task failed and will be tried again. It hears of everything that
	// came before; a wake meanwhile would only make Temporal count its attempts anew.
	Deaf bool
	// Wedge is why the run cannot go on by itself, for people; "" when it can.
	Wedge string
	// Task: what fails is the workflow task, so that a new run may do better.
	Task bool
}

// Describe asks Temporal for the state of a run, by its id and never by a list.
func (e *Engine) Describe(ctx context.Context, workflowID string) (Run, error) {
	answer, err := e.Client.DescribeWorkflowExecution(ctx, workflowID, "")
	var absent *serviceerror.NotFound
	switch {
	case errors.As(err, &absent):
		return Run{State: RunAbsent}, nil
	case err != nil:
		return Run{}, fmt.Errorf("describe run %s: %w", workflowID, err)
	}
	if answer.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return Run{State: RunClosed}, nil
	}
	return openRun(answer), nil
}

func openRun(answer *workflowservice.DescribeWorkflowExecutionResponse) Run {
	task := answer.GetPendingWorkflowTask()
	run := Run{Busy: task != nil || len(answer.GetPendingActivities()) > 0}
	attempt := task.GetAttempt()
	run.Deaf = attempt > 1
	if attempt >= wedgedTask {
		run.Task = true
		run.Wedge = fmt.Sprintf("workflow task fails, attempt %d%s", attempt, problems(answer.GetWorkflowExecutionInfo().GetSearchAttributes()))
		return run
	}
	for _, activity := range answer.GetPendingActivities() {
		if cause := stuck(activity); cause != "" {
			run.Wedge = cause
		}
	}
	return run
}

// stuck says why an activity will not get through: only failures of our own count. The other
// side of an effect may fail for as long as the step's retry policy allows.
func stuck(activity *workflowpb.PendingActivityInfo) string {
	failure := activity.GetLastFailure().GetApplicationFailureInfo().GetType()
	name := activity.GetActivityType().GetName()
	ours := name == names.Advance || failure == names.ErrorStore || failure == names.ErrorPanic
	if !ours || activity.GetAttempt() < wedgedActivity {
		return ""
	}
	if failure == "" {
		failure = "no answer"
	}
	return fmt.Sprintf("%s fails (%s), attempt %d", name, failure, activity.GetAttempt())
}

// problems reads why workflow tasks fail.
func problems(attributes *commonpb.SearchAttributes) string {
	payload := attributes.GetIndexedFields()[attributeProblems]
	var list []string
	if payload == nil || converter.GetDefaultDataConverter().FromPayload(payload, &list) != nil || len(list) == 0 {
		return ""
	}
	return fmt.Sprintf(": %v", list)
}

// Terminate closes a run; one that is closed or absent is no error.
func (e *Engine) Terminate(ctx context.Context, workflowID, reason string) error {
	err := e.Client.TerminateWorkflow(ctx, workflowID, "", reason)
	var absent *serviceerror.NotFound
	if err != nil && !errors.As(err, &absent) {
		return fmt.Errorf("terminate run %s: %w", workflowID, err)
	}
	return nil
}
