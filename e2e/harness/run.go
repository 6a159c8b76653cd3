package harness

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/stretchr/testify/require"

	"fermata/activities/names"
	"fermata/events"
)

// RunClosed reports whether Temporal has closed the run of an enrollment.
func (s *System) RunClosed(e map[string]any) bool {
	contact := e["contact"].(map[string]any)["id"].(string)
	id := events.WorkflowID(e["workflow"].(string), contact, e["id"].(string))
	answer, err := s.App.Temporal().DescribeWorkflowExecution(context.Background(), id, "")
	return err == nil && answer.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// RunState asks the run of an enrollment where it stands.
func (s *System) RunState(e map[string]any) names.State {
	s.T.Helper()
	contact := e["contact"].(map[string]any)["id"].(string)
	id := events.WorkflowID(e["workflow"].(string), contact, e["id"].(string))
	answer, err := s.App.Temporal().QueryWorkflow(context.Background(), id, "", names.QueryState)
	if err != nil {
		return names.State{} // not begun yet
	}
	var state names.State
	require.NoError(s.T, answer.Get(&state))
	return state
}

// Queue is the task queue of the system.
func (s *System) Queue() string { return s.options.Worker.Queue() }

// Database is the URL of the store of the system.
func (s *System) Database() string { return s.options.Settings.DatabaseURL }
