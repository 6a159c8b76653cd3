package harness

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"

	"fermata/events"
)

// RunClosed reports whether Temporal has closed the run of an enrollment.
func (s *System) RunClosed(e map[string]any) bool {
	contact := e["contact"].(map[string]any)["id"].(string)
	id := events.WorkflowID(e["workflow"].(string), contact, e["id"].(string))
	answer, err := s.App.Temporal().DescribeWorkflowExecution(context.Background(), id, "")
	return err == nil && answer.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
}
