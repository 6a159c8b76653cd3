package worker

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"fermata/activities"
	"fermata/activities/names"
	"fermata/workflows"
)

const (
	// StopTimeout is how long running activities may take when the worker stops.
	StopTimeout = 10 * time.Second
	// ActivitySlots is how many regular activities run at a time: mostly they wait for others.
	ActivitySlots = 200
)

var (
	// WorkflowSlots is how many workflow tasks run at a time. More than the processors can serve
	// would all be slow together, and a wait is armed when its task has ended: what a task takes
	// too long, the wait is late. Tasks that have not begun cost nobody anything.
	WorkflowSlots = max(16, 8*runtime.GOMAXPROCS(0))
	// LocalSends is how many of them may hold an effect outside.
	LocalSends = WorkflowSlots / 4
)

// Options tune a worker. The zero value is production's.
type Options struct {
	// Workflow is what tests change; see workflows.Options.
	Workflow workflows.Options
	// FailOnPanic fails a run whose code panics instead of retrying its task; only
	// tests set it.
	FailOnPanic bool
	// StickyOff replays every task from history; only tests set it. It holds for
	// the whole process.
	StickyOff bool
	// TaskQueue is another queue than the installation's; only tests that share a
	// server set it.
	TaskQueue string
	// Identity is how Temporal names this worker; default process and host.
	Identity string
	// Interceptors stand around workflows and activities; only tests set them.
	Interceptors []interceptor.WorkerInterceptor
	// OnFatal is told when the worker cannot go on.
	OnFatal func(error)
}

// Queue is the task queue.
func (o Options) Queue() string {
	if o.TaskQueue != "" {
		return o.TaskQueue
	}
	return names.TaskQueue
}

// Dial connects to Temporal with definitions kept by reference.
func Dial(ctx context.Context, address, namespace string, d *Definitions, l *slog.Logger) (client.Client, error) {
	c, err := client.DialContext(ctx, clientOptions(address, namespace, d, l))
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal at %s: %w", address, err)
	}
	return c, nil
}

// Lazy is Dial without waiting for the server: calls fail while it is away.
func Lazy(address, namespace string, d *Definitions, l *slog.Logger) (client.Client, error) {
	c, err := client.NewLazyClient(clientOptions(address, namespace, d, l))
	if err != nil {
		return nil, fmt.Errorf("prepare connection to Temporal at %s: %w", address, err)
	}
	return c, nil
}

func clientOptions(address, namespace string, d *Definitions, l *slog.Logger) client.Options {
	return client.Options{
		HostPort: address, Namespace: namespace, Logger: log.NewStructuredLogger(l),
		ExternalStorage: d.ExternalStorage(),
	}
}

// New makes a worker that serves the task queue of the installation.
func New(c client.Client, a *activities.Activities, o Options) worker.Worker {
	if o.StickyOff {
		worker.SetStickyWorkflowCacheSize(0)
	}
	policy := worker.BlockWorkflow
	if o.FailOnPanic {
		policy = worker.FailWorkflow
	}
	autoscale := func(most int) worker.PollerBehavior {
		return worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{
			InitialNumberOfPollers: 4, MinimumNumberOfPollers: 2, MaximumNumberOfPollers: most,
		})
	}
	w := worker.New(c, o.Queue(), worker.Options{
		MaxConcurrentWorkflowTaskExecutionSize:  WorkflowSlots,
		MaxConcurrentLocalActivityExecutionSize: WorkflowSlots,
		MaxConcurrentActivityExecutionSize:      ActivitySlots,
		WorkflowTaskPollerBehavior:              autoscale(20),
		ActivityTaskPollerBehavior:              autoscale(20),
		WorkerStopTimeout:                       StopTimeout,
		WorkflowPanicPolicy:                     policy,
		OnFatalError:                            o.OnFatal,
		Interceptors:                            o.Interceptors,
		Identity:                                o.Identity,
	})
	Register(w, a, o.Workflow)
	return w
}

// Registry is what workflows and activities are registered with: a worker or a
// test environment.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Register registers the workflow and every activity under its name.
func Register(r Registry, a *activities.Activities, o workflows.Options) {
	r.RegisterWorkflowWithOptions(o.Enrollment, workflow.RegisterOptions{Name: names.Enrollment})
	for name, fn := range map[string]any{
		names.Advance: a.Advance, names.Email: a.Email, names.Webhook: a.Webhook,
		names.Slack: a.Slack, names.Notify: a.Notify, names.Approval: a.Approval, names.SMS: a.SMS, names.Definition: a.Definition,
	} {
		r.RegisterActivityWithOptions(fn, activity.RegisterOptions{Name: name})
	}
}
