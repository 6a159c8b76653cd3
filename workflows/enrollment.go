package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"fermata/activities/names"
	"fermata/interpreter"
	"fermata/interpreter/definition"
)

// longHistory is how many events a run may have before it continues as new.
const longHistory = 1500

// Options are fixed when the workflow is registered. Production registers the
// zero value; tests force continue-as-new with ContinueEvery.
type Options struct {
	// ContinueEvery continues as new after so many batches of commands; 0 leaves
	// it to the length of the history and the server's suggestion.
	ContinueEvery int
}

// Enrollment carries one contact through one version of a workflow. The definition
// is the canonical JSON whose hash the input names. It returns nil when the
// enrollment has ended, whatever its outcome: the outcome is in the store.
func (o Options) Enrollment(ctx workflow.Context, in names.Start, definitionJSON []byte) error {
	run, err := setup(ctx, o, in, definitionJSON)
	if err == nil {
		err = run.loop(ctx)
	}
	return neverFailed(in.Enrollment, err)
}

// neverFailed lets a run end as done, continued or canceled. Whatever else the code could not
// do may be the fault of this release: the task fails in place of the run, and is tried again
// until a release takes it that can.
func neverFailed(enrollment string, err error) error {
	var next *workflow.ContinueAsNewError
	if err == nil || temporal.IsCanceledError(err) || errors.As(err, &next) {
		return err
	}
	panic(fmt.Sprintf("enrollment %s: %v", enrollment, err))
}

// passage is the state of one run.
type passage struct {
	options Options
	in      names.Start
	source  []byte
	def     *definition.Definition
	machine *interpreter.Machine
	wake    workflow.ReceiveChannel
	timer   timer
	// batches counts rounds of the loop in this run.
	batches int
	status  string
	// published is the status that the search attribute shows.
	published string
	story     []string
}

// timer is the open timer of a parked step, kept while its due instant stands.
type timer struct {
	due    int64
	future workflow.Future
	cancel workflow.CancelFunc
}

func setup(ctx workflow.Context, o Options, in names.Start, source []byte) (*passage, error) {
	def, err := definition.ParseCanonical(source)
	if err != nil {
		return nil, fmt.Errorf("read definition %s: %w", in.Hash, err)
	}
	machine, err := interpreter.New(def, in.Interpreter, in.Snapshot)
	if err != nil {
		return nil, err
	}
	p := &passage{
		options: o, in: in, source: source, def: def, machine: machine,
		wake:   workflow.GetSignalChannel(ctx, names.SignalWake),
		status: "running", published: "running",
	}
	err = workflow.SetQueryHandlerWithOptions(ctx, names.QueryState, p.state,
		workflow.QueryHandlerOptions{Description: "Where this enrollment stands: machine state, due instant, last steps"})
	if err != nil {
		return nil, fmt.Errorf("set query handler: %w", err)
	}
	return p, nil
}

// loop feeds occurrences to the machine and carries out its commands until it
// says stop.
func (p *passage) loop(ctx workflow.Context) error {
	occurrences := []interpreter.Occurrence{{Kind: interpreter.Started}}
	for {
		commands, err := p.machine.Step(occurrences...)
		if err != nil {
			return err
		}
		first := commands[0]
		if first.Kind == interpreter.Stop {
			// A wake-up that told of this end has nothing more to say.
			drain(p.wake)
			return nil
		}
		if p.mustContinue(ctx) {
			return p.continueAsNew(ctx)
		}
		p.batches++
		if occurrences, err = p.carryOut(ctx, commands); err != nil {
			return err
		}
		if to := movedTo(occurrences); to != nil {
			return p.goOn(ctx, to)
		}
		p.tell(occurrences)
		if err := p.describe(ctx); err != nil {
			return err
		}
	}
}

// carryOut carries out one answer of the machine: local commands, or one other.
func (p *passage) carryOut(ctx workflow.Context, commands []interpreter.Command) ([]interpreter.Occurrence, error) {
	first := commands[0]
	switch {
	case first.Local():
		return p.advance(ctx, commands)
	case first.Kind == interpreter.Sleep:
		return p.sleep(ctx, first)
	default:
		return p.send(ctx, first)
	}
}

// advance carries out local commands: first as a local activity, and when that
// fails as a regular one that is retried until the store answers.
func (p *passage) advance(ctx workflow.Context, commands []interpreter.Command) ([]interpreter.Occurrence, error) {
	in := names.AdvanceInput{Passage: p.passage(), Now: workflow.Now(ctx).UTC(), Commands: commands}
	summary := p.summarize(commands)
	var result names.AdvanceResult
	local := workflow.WithLocalActivityOptions(ctx, localOptions(summary))
	if err := workflow.ExecuteLocalActivity(local, names.Advance, in).Get(ctx, &result); err == nil {
		return p.settled(result.Occurrences, commands)
	}
	durable := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy:         storePolicy(),
		Summary:             summary,
		Priority:            temporal.Priority{FairnessKey: p.in.Workflow},
	})
	if err := workflow.ExecuteActivity(durable, names.Advance, in).Get(ctx, &result); err != nil {
		return nil, fmt.Errorf("advance enrollment %s: %w", p.in.Enrollment, err)
	}
	return p.settled(result.Occurrences, commands)
}

// settled checks that a batch said what happened: the machine cannot go on
// without an occurrence.
func (p *passage) settled(occurrences []interpreter.Occurrence, commands []interpreter.Command) ([]interpreter.Occurrence, error) {
	if len(occurrences) == 0 {
		return nil, fmt.Errorf("advance enrollment %s: no occurrence for %d commands", p.in.Enrollment, len(commands))
	}
	return occurrences, nil
}

// sleep waits until the step is due or a wake-up arrives. The timer outlives a
// wake-up that changes nothing, so that a stream of events costs no timers.
func (p *passage) sleep(ctx workflow.Context, c interpreter.Command) ([]interpreter.Occurrence, error) {
	p.setTimer(ctx, c)
	selector := workflow.NewSelector(ctx)
	if p.timer.future != nil {
		selector.AddFuture(p.timer.future, func(workflow.Future) { p.timer = timer{} })
	}
	selector.AddReceive(p.wake, func(ch workflow.ReceiveChannel, _ bool) { drain(ch) })
	selector.Select(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return []interpreter.Occurrence{{Kind: interpreter.Woken, Node: c.Node, Visit: c.Visit}}, nil
}

func (p *passage) setTimer(ctx workflow.Context, c interpreter.Command) {
	if p.timer.future != nil && p.timer.due == c.Due {
		return
	}
	p.stopTimer()
	if c.Due == 0 {
		return
	}
	wait := time.UnixMilli(c.Due).Sub(workflow.Now(ctx))
	if wait <= 0 {
		wait = time.Millisecond
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	future := workflow.NewTimerWithOptions(timerCtx, wait, workflow.TimerOptions{Summary: p.timerSummary(c)})
	p.timer = timer{due: c.Due, future: future, cancel: cancel}
}

func (p *passage) stopTimer() {
	if p.timer.cancel != nil {
		p.timer.cancel()
		p.timer = timer{}
	}
}

// drain empties the wake channel: wake-ups say nothing but "ask the store", so
// many are as good as one.
func drain(ch workflow.ReceiveChannel) {
	for ch.ReceiveAsync(nil) {
	}
}

// mustContinue says that a run has become long enough: every worker that takes it over reads it
// from its beginning.
func (p *passage) mustContinue(ctx workflow.Context) bool {
	if p.options.ContinueEvery > 0 {
		return p.batches >= p.options.ContinueEvery
	}
	info := workflow.GetInfo(ctx)
	return p.batches > 0 && (info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() >= longHistory)
}

func (p *passage) continueAsNew(ctx workflow.Context) error {
	next := p.in
	snapshot := p.machine.Snapshot()
	next.Snapshot = &snapshot
	return workflow.NewContinueAsNewError(ctx, names.Enrollment, next, p.source)
}

func (p *passage) passage() names.Passage {
	return names.Passage{
		Enrollment: p.in.Enrollment, Hash: p.in.Hash,
		Interpreter: p.in.Interpreter, Epoch: p.in.Epoch,
	}
}
