package harness

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// forwards numbers the leaps of all runs.
var forwards atomic.Int64

// Times is a clock that is moved by hand, and runs with it on a Temporal server that may skip time (with
// --time-skipping): all go on from where they were moved to.
type Times struct{ ahead atomic.Int64 }

// Now is the instant that it is by this clock. Give it to a System as Options.Clock.
func (c *Times) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Forward lets the time until an instant pass for runs, by their Temporal workflow ids, and for the clock;
// it returns when it has. For a run that has closed nothing passes. Runs keep to the clock only while each is moved along with it.
func (c *Times) Forward(s *System, until time.Time, runs ...string) {
	s.T.Helper()
	by := until.Sub(c.Now())
	var moved []string
	service, id := s.App.Temporal().WorkflowService(), fmt.Sprint("forward-", forwards.Add(1))
	for _, run := range runs {
		_, err := service.UpdateWorkflowExecutionOptions(s.T.Context(), &workflowservice.UpdateWorkflowExecutionOptionsRequest{
			Namespace: "default", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: run},
			WorkflowExecutionOptions: &workflowpb.WorkflowExecutionOptions{TimeSkippingConfig: &commonpb.TimeSkippingConfig{
				Enabled: true, FastForwardConfig: &commonpb.FastForwardConfig{Id: id, Duration: durationpb.New(by)},
			}},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"time_skipping_config"}},
		})
		if !over(err) {
			require.NoError(s.T, err, run)
			moved = append(moved, run)
		}
	}
	c.ahead.Add(int64(by))
	for _, run := range moved {
		s.Eventually("the time of "+run+" has passed", func() bool {
			ctx, cancel := context.WithTimeout(s.T.Context(), Patience)
			defer cancel()
			answer, err := service.PollWorkflowExecutionTimeSkipping(ctx, &workflowservice.PollWorkflowExecutionTimeSkippingRequest{
				Namespace: "default", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: run}, FastForwardId: id,
			})
			if over(err) {
				return true
			}
			require.NoError(s.T, err, run)
			return answer.GetFastForwardPollingResult() == enums.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED ||
				answer.GetFastForwardPollingResult() == enums.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED // it has closed on the way
		})
	}
}

// over reports whether an answer says that a run has closed.
func over(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}
