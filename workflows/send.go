package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"fermata/activities/names"
	"fermata/interpreter"
)

// localTimeout bounds a local attempt, so that the workflow task stays short.
const localTimeout = 2 * time.Second

// outage is how long attempts may be impossible because of us, on top of the node's retry
// time. The activity itself keeps count of that time and says when it is over.
const outage = 30 * 24 * time.Hour

// localOptions are those of every local activity: one attempt, no silent retries.
func localOptions(summary string) workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: localTimeout,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
		Summary:                summary,
	}
}

// durablePolicy retries for ever, with waits between one second and five minutes.
func durablePolicy() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute,
	}
}

// storePolicy retries for ever what our own store did not do: soon after it is back, it
// is done.
func storePolicy() *temporal.RetryPolicy {
	policy := durablePolicy()
	policy.MaximumInterval = 30 * time.Second
	return policy
}

// send carries out one effect outside: one short local attempt, then a durable
// activity under the node's retry policy. An exit or an operator's decision wins
// over it at once.
func (p *passage) send(ctx workflow.Context, c interpreter.Command) ([]interpreter.Occurrence, error) {
	node := p.def.Nodes[c.Node]
	activity, known := names.Outward[node.Type]
	if !known {
		return nil, fmt.Errorf("node %s: type %s has no activity", c.Node, node.Type)
	}
	in := names.SendInput{Passage: p.passage(), Now: workflow.Now(ctx).UTC(), Node: c.Node, Visit: c.Visit, First: true}
	summary := p.title(c.Node)
	var result names.SendResult
	local := workflow.WithLocalActivityOptions(ctx, localOptions(summary))
	err := workflow.ExecuteLocalActivity(local, activity, in).Get(ctx, &result)
	if err == nil && !result.Defer {
		return []interpreter.Occurrence{result.Occurrence}, nil
	}
	deadline := workflow.Now(ctx).Add(node.RetryMax)
	if err == nil && result.NotBefore > 0 {
		occurrence, changed, err := p.pause(ctx, c, min(result.NotBefore, deadline.UnixMilli()))
		if err != nil || changed {
			return []interpreter.Occurrence{occurrence}, err
		}
	}
	in.First = false
	return p.sendDurably(ctx, c, activity, in, max(deadline.Sub(workflow.Now(ctx)), time.Second)+outage)
}

// sendDurably runs the regular activity and listens for wake-ups meanwhile.
func (p *passage) sendDurably(ctx workflow.Context, c interpreter.Command, activity string, in names.SendInput, within time.Duration) ([]interpreter.Occurrence, error) {
	activityCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	future := workflow.ExecuteActivity(workflow.WithActivityOptions(activityCtx, workflow.ActivityOptions{
		ScheduleToCloseTimeout: within,
		StartToCloseTimeout:    time.Minute,
		RetryPolicy:            durablePolicy(),
		Summary:                p.title(c.Node),
		Priority:               temporal.Priority{FairnessKey: p.in.Workflow},
	}), activity, in)
	for {
		finished := false
		selector := workflow.NewSelector(ctx)
		selector.AddFuture(future, func(workflow.Future) { finished = true })
		selector.AddReceive(p.wake, func(ch workflow.ReceiveChannel, _ bool) { drain(ch) })
		selector.Select(ctx)
		if finished {
			return p.sent(ctx, c, future)
		}
		occurrence, changed, err := p.ask(ctx, c)
		if err != nil || changed {
			return []interpreter.Occurrence{occurrence}, err
		}
	}
}

// sent reads the durable activity's end: a result, or a failure that outlasted
// the retry policy.
func (p *passage) sent(ctx workflow.Context, c interpreter.Command, future workflow.Future) ([]interpreter.Occurrence, error) {
	var result names.SendResult
	err := future.Get(ctx, &result)
	if err == nil {
		return []interpreter.Occurrence{result.Occurrence}, nil
	}
	if temporal.IsCanceledError(err) {
		return nil, err
	}
	return []interpreter.Occurrence{{
		Kind: interpreter.Failed, Node: c.Node, Visit: c.Visit, Code: failureCode(err),
	}}, nil
}

// failureCode is the code of the last failure of an activity, or `timeout`.
func failureCode(err error) string {
	var application *temporal.ApplicationError
	if errors.As(err, &application) {
		return application.Type()
	}
	return "timeout"
}

// pause waits before the first durable attempt, as the other side asked for.
func (p *passage) pause(ctx workflow.Context, c interpreter.Command, until int64) (interpreter.Occurrence, bool, error) {
	for {
		wait := time.UnixMilli(until).Sub(workflow.Now(ctx))
		if wait <= 0 {
			return interpreter.Occurrence{}, false, nil
		}
		timerCtx, cancel := workflow.WithCancel(ctx)
		woken := false
		selector := workflow.NewSelector(ctx)
		selector.AddFuture(workflow.NewTimerWithOptions(timerCtx, wait,
			workflow.TimerOptions{Summary: "Retry after → " + p.title(c.Node)}), func(workflow.Future) {})
		selector.AddReceive(p.wake, func(ch workflow.ReceiveChannel, _ bool) { woken = true; drain(ch) })
		selector.Select(ctx)
		cancel()
		if err := ctx.Err(); err != nil || !woken {
			return interpreter.Occurrence{}, false, err
		}
		occurrence, changed, err := p.ask(ctx, c)
		if err != nil || changed {
			return occurrence, changed, err
		}
	}
}

// ask asks the store whether the enrollment or the step was decided meanwhile.
func (p *passage) ask(ctx workflow.Context, c interpreter.Command) (interpreter.Occurrence, bool, error) {
	occurrences, err := p.advance(ctx, []interpreter.Command{{Kind: interpreter.Arrive, Node: c.Node, Visit: c.Visit}})
	if err != nil {
		return interpreter.Occurrence{}, false, err
	}
	return occurrences[0], occurrences[0].Kind != interpreter.Standing, nil
}
