package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"fermata/activities/names"
	"fermata/workflows"
)

// ErrNoRun says that Temporal has no run under the id.
var ErrNoRun = errors.New("no run")

// Replayer says whether this build can go on with a run: it carries the run's history through the code
// and changes nothing.
type Replayer struct {
	client   client.Client
	replayer worker.WorkflowReplayer
}

// NewReplayer makes a replayer of the histories that c gives.
func NewReplayer(c client.Client, d *Definitions) (*Replayer, error) {
	r, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{ExternalStorage: d.ExternalStorage()})
	if err != nil {
		return nil, fmt.Errorf("make replayer: %w", err)
	}
	r.RegisterWorkflowWithOptions(workflows.Options{}.Enrollment, workflow.RegisterOptions{Name: names.Enrollment})
	return &Replayer{client: c, replayer: r}, nil
}

// Fits replays the newest run of a workflow id. misfit says why this build cannot go on with it, nil when
// it can; err is ErrNoRun, or why the history could not be read.
func (r *Replayer) Fits(ctx context.Context, workflowID string) (misfit, err error) {
	h := &historypb.History{}
	events := r.client.GetWorkflowHistory(ctx, workflowID, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		var absent *serviceerror.NotFound
		switch {
		case errors.As(err, &absent):
			return nil, ErrNoRun
		case err != nil:
			return nil, fmt.Errorf("read history of %s: %w", workflowID, err)
		}
		h.Events = append(h.Events, event)
	}
	quiet := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	return r.replayer.ReplayWorkflowHistory(quiet, h), nil
}
