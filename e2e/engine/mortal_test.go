package engine_test

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"fermata/activities/names"
)

// mortal lets a workflow task die once, after a chosen activity of it: the results of that
// task's activities are lost and all of it runs again.
type mortal struct {
	interceptor.WorkerInterceptorBase
	mu    sync.Mutex
	fates map[string]*fate
}

// fate says after how many things that a contact's run has done its task dies, and what
// happens to the contact at that moment. On a busy machine a local activity may end too late
// and be done once more by a regular one: that is the same thing.
type fate struct {
	after     int
	meanwhile func()
	// survives: the task does not die after all.
	survives bool
	// spared tasks live on: only the meanwhile happens.
	spared     bool
	mu         sync.Mutex
	activities int
	things     map[string]bool
	struck     bool
	died       bool
}

func (m *mortal) of(workflowID string) *fate {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fates[strings.Split(workflowID, "/")[2]]
}

func (m *mortal) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &mortalActivity{interceptor.ActivityInboundInterceptorBase{Next: next}, m}
}

type mortalActivity struct {
	interceptor.ActivityInboundInterceptorBase
	m *mortal
}

func (a *mortalActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	result, err := a.Next.ExecuteActivity(ctx, in)
	f := a.m.of(activity.GetInfo(ctx).WorkflowExecution.ID)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.activities++
	if f.does(in.Args[0], result, err) == f.after && !f.struck {
		f.meanwhile()
		f.struck = true
	}
	return result, err
}

// does notes what an activity has done, and returns how many things that makes. The fate is locked.
func (f *fate) does(in, result any, err error) int {
	var what any
	switch in := in.(type) {
	case names.AdvanceInput:
		what = in.Commands
	case names.SendInput:
		what = []any{in.Node, in.Visit}
	}
	if sent, is := result.(names.SendResult); err == nil && (!is || !sent.Defer) {
		if f.things == nil {
			f.things = map[string]bool{}
		}
		f.things[fmt.Sprint(what)] = true
	}
	return len(f.things)
}

func (m *mortal) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &mortalWorkflow{interceptor.WorkflowInboundInterceptorBase{Next: next}, m}
}

type mortalWorkflow struct {
	interceptor.WorkflowInboundInterceptorBase
	m *mortal
}

func (w *mortalWorkflow) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return w.Next.Init(&mortalCalls{interceptor.WorkflowOutboundInterceptorBase{Next: out}, w.m})
}

type mortalCalls struct {
	interceptor.WorkflowOutboundInterceptorBase
	m *mortal
}

func (c *mortalCalls) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	return mortalFuture{c.Next.ExecuteLocalActivity(ctx, name, args...), c.m.of(workflow.GetInfo(ctx).WorkflowExecution.ID)}
}

func (c *mortalCalls) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	return mortalFuture{c.Next.ExecuteActivity(ctx, name, args...), c.m.of(workflow.GetInfo(ctx).WorkflowExecution.ID)}
}

type mortalFuture struct {
	workflow.Future
	f *fate
}

func (f mortalFuture) Get(ctx workflow.Context, value any) error {
	err := f.Future.Get(ctx, value)
	f.f.mu.Lock()
	defer f.f.mu.Unlock()
	if f.f.struck && !f.f.died && !f.f.spared {
		f.f.died = true
		panic("the worker dies here")
	}
	return err
}
