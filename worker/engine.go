package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"fermata/activities/names"
	"fermata/events"
)

// Search attributes of a start.
var (
	workflowAttribute = temporal.NewSearchAttributeKeyKeyword(names.AttributeWorkflow)
	contactAttribute  = temporal.NewSearchAttributeKeyKeyword(names.AttributeContact)
	versionAttribute  = temporal.NewSearchAttributeKeyInt64(names.AttributeVersion)
	statusAttribute   = temporal.NewSearchAttributeKeyKeyword(names.AttributeStatus)
)

// Engine hands starts and wake-ups to Temporal. It implements events.Engine.
type Engine struct {
	Client client.Client
	Log    *slog.Logger
	// Queue is the task queue of the installation.
	Queue string
	// Eager asks that the first task be handed to a worker of this process.
	Eager bool
	// plain is set once the namespace has refused the search attributes.
	plain atomic.Bool
}

// Start starts the run of an enrollment. A workflow id is never used twice, so a
// start that was done before is refused by Temporal, and that is success.
func (e *Engine) Start(ctx context.Context, r events.StartRequest) error {
	return e.startOnce(ctx, r, enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
}

// Rebuild closes the run of an enrollment, if one is open, and starts another under the same
// id, which resumes from the rows. Only a run that was not completed is followed by another,
// so that a rebuild that was done before changes nothing (docs/adr/004-rebuilt-runs.md).
func (e *Engine) Rebuild(ctx context.Context, r events.StartRequest) error {
	if err := e.Terminate(ctx, r.WorkflowID, "rebuilt from the store by Fermata"); err != nil {
		return err
	}
	return e.startOnce(ctx, r, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY)
}

// startOnce starts a run unless the policy refuses it, which is success.
func (e *Engine) startOnce(ctx context.Context, r events.StartRequest, policy enumspb.WorkflowIdReusePolicy) error {
	err := e.start(ctx, r, policy, !e.plain.Load())
	if err != nil && !e.plain.Load() && refusesAttributes(err) {
		e.plain.Store(true)
		e.Log.WarnContext(ctx, "search attributes are not registered: runs start without them", "error", err)
		err = e.start(ctx, r, policy, false)
	}
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &started) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("start run %s: %w", r.WorkflowID, err)
	}
	return nil
}

func (e *Engine) start(ctx context.Context, r events.StartRequest, policy enumspb.WorkflowIdReusePolicy, attributes bool) error {
	options := client.StartWorkflowOptions{
		ID:                                       r.WorkflowID,
		TaskQueue:                                e.Queue,
		WorkflowIDReusePolicy:                    policy,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		EnableEagerStart:                         e.Eager,
		StaticSummary:                            r.Summary,
		Priority:                                 temporal.Priority{FairnessKey: r.Workflow},
	}
	if attributes {
		options.TypedSearchAttributes = temporal.NewSearchAttributes(
			workflowAttribute.ValueSet(r.Workflow), contactAttribute.ValueSet(r.Contact),
			versionAttribute.ValueSet(int64(r.Version)), statusAttribute.ValueSet("running"),
		)
	}
	_, err := e.Client.ExecuteWorkflow(ctx, options, names.Enrollment, names.Start{
		Enrollment: r.Enrollment, Workflow: r.Workflow, Contact: r.Contact, Version: r.Version,
		Hash: r.Hash, Interpreter: r.Interpreter, Epoch: r.Epoch, Attributes: attributes,
	}, r.Definition)
	return err
}

// refusesAttributes recognises a namespace that does not know the attributes.
func refusesAttributes(err error) bool {
	var invalid *serviceerror.InvalidArgument
	var denied *serviceerror.PermissionDenied
	return errors.As(err, &denied) || errors.As(err, &invalid) && strings.Contains(strings.ToLower(err.Error()), "search attribute")
}

// Wake tells a run to ask the store where it stands; events.ErrRunNotFound when
// there is no open run of that id.
func (e *Engine) Wake(ctx context.Context, workflowID string) error {
	err := e.Client.SignalWorkflow(ctx, workflowID, "", names.SignalWake, nil)
	var absent *serviceerror.NotFound
	if errors.As(err, &absent) {
		return events.ErrRunNotFound
	}
	if err != nil {
		return fmt.Errorf("wake run %s: %w", workflowID, err)
	}
	return nil
}
