package chaos_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// listPage and listPause keep the lists of runs far below the limit of Temporal's
// visibility, ten requests a second.
const (
	listPage  = 1000
	listPause = 200 * time.Millisecond
)

// openRuns lists the workflow ids of the enrollments that Temporal has open.
func (s *stage) openRuns(ctx context.Context) (map[string]bool, error) {
	open := map[string]bool{}
	var page []byte
	for {
		answer, err := s.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: namespace, PageSize: listPage, NextPageToken: page, Query: `ExecutionStatus = "Running"`,
		})
		if err != nil {
			return nil, fmt.Errorf("list open runs: %w", err)
		}
		for _, run := range answer.GetExecutions() {
			if id := run.GetExecution().GetWorkflowId(); strings.HasPrefix(id, "enroll/") {
				open[id] = true
			}
		}
		if page = answer.GetNextPageToken(); len(page) == 0 {
			return open, nil
		}
		<-time.After(listPause)
	}
}

// runOpen asks Temporal for the state of one run.
func (s *stage) runOpen(ctx context.Context, id string) (bool, error) {
	answer, err := s.temporal.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return false, fmt.Errorf("describe %s: %w", id, err)
	}
	return answer.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}
