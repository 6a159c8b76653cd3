package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"fermata/store"
)

// ErrRunNotFound is what an Engine answers when there is no open run to wake.
var ErrRunNotFound = errors.New("run not found")

const (
	// engineTimeout bounds one call; it is shorter than the lease.
	engineTimeout = 10 * time.Second
	// dispatchRest is the longest pause between two tries of one call. It bounds how late a call
	// is after the engine's return.
	dispatchRest = 10 * time.Second
	// notFoundRest is the longest pause before a wake is tried again that found no run. The first
	// ones are short: most of them came before the start of the run. For the others the reconciler
	// comes.
	notFoundRest = 5 * time.Minute
)

// Engine is what runs enrollments: Temporal, or a double in tests.
type Engine interface {
	// Start starts the run of an enrollment. One that was started before is no error.
	Start(ctx context.Context, r StartRequest) error
	// Rebuild closes the run of an enrollment and starts it again from the store's rows.
	Rebuild(ctx context.Context, r StartRequest) error
	// Wake tells a run to look at the store; ErrRunNotFound when none is open.
	Wake(ctx context.Context, workflowID string) error
}

// StartRequest is everything that the start of an enrollment needs. Definition is the canonical
// JSON of the definition with the hash Hash.
type StartRequest struct {
	WorkflowID  string
	Enrollment  string
	Workflow    string
	Contact     string
	Version     int
	Hash        string
	Definition  []byte
	Interpreter int
	Epoch       int
	Summary     string
	Test        bool
}

// WorkflowID returns the id of the Temporal workflow that carries an enrollment. It ends with the
// enrollment's id and is never used again.
func WorkflowID(workflow, contact, enrollment string) string {
	return "enroll/" + workflow + "/" + contact + "/" + enrollment
}

// Dispatcher hands starts and wakes to the engine: at least once each, in any order, for as long
// as it takes. Any number may run in parallel.
type Dispatcher struct {
	Store       *store.Store
	Engine      Engine
	Definitions *Definitions
	Log         *slog.Logger  // default: slog.Default
	Lease       time.Duration // how long a claim on a call lasts; default 30s
	Poll        time.Duration // how often it looks without a nudge; default 1s
	Workers     int           // calls at a time; default 8

	once sync.Once
	pump *pump[store.Dispatch]
	turn store.Turn
	down atomic.Bool // the last call failed: one at a time goes out until one succeeds
}

func (d *Dispatcher) setup() {
	d.once.Do(func() {
		if d.Log == nil {
			d.Log = slog.Default()
		}
		if d.Definitions == nil {
			d.Definitions = NewDefinitions(256)
		}
		d.Lease = max(orDefault(d.Lease, defaultLease), engineTimeout+5*time.Second)
		d.pump = &pump[store.Dispatch]{
			name: "dispatcher", workers: orDefault(d.Workers, defaultWorkers), poll: orDefault(d.Poll, defaultPoll),
			nudges: make(chan struct{}, 1), log: d.Log, claim: d.claim, work: d.dispatch,
		}
	})
}

// Run dispatches until ctx ends; calls in hand are broken off and given back.
func (d *Dispatcher) Run(ctx context.Context) error {
	d.setup()
	d.pump.run(ctx)
	return nil
}

// Nudge makes a waiting dispatcher look at once.
func (d *Dispatcher) Nudge() {
	d.setup()
	nudge(d.pump.nudges)
}

// Drain makes every call that is due now, once.
func (d *Dispatcher) Drain(ctx context.Context) error {
	d.setup()
	return d.pump.drain(ctx)
}

// claim takes due calls. While the engine fails it takes one: the others wait untried until that
// one has gone through, instead of all of them running into the same wall.
func (d *Dispatcher) claim(ctx context.Context, n int) (rows []store.Dispatch, err error) {
	if d.down.Load() {
		n = 1
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		rows, err = tx.ClaimDispatches(n, d.Lease, &d.turn)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim dispatches: %w", err)
	}
	return rows, nil
}

// dispatch makes one call and records how it went. When it cannot record, the lease runs out and
// the call is made again.
func (d *Dispatcher) dispatch(ctx context.Context, row store.Dispatch) {
	err := d.call(ctx, row)
	stopped := err != nil && ctx.Err() != nil
	whole := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		if d.down.Swap(false) {
			d.Nudge()
		}
		d.record(whole, row, func(tx *store.Tx) error {
			_, err := tx.DoneDispatch(row.ID, row.Token)
			return err
		})
	case errors.Is(err, ErrRunNotFound):
		d.Log.WarnContext(whole, "no run to wake", slog.String("enrollment", row.EnrollmentID))
		d.retry(whole, row, ErrRunNotFound.Error(), backoff(row.Tries, time.Second, notFoundRest))
	case stopped:
		d.retry(whole, row, row.Error, 0)
	default:
		d.down.Store(true)
		d.Log.ErrorContext(whole, "dispatch", slog.String("kind", row.Kind), slog.String("enrollment", row.EnrollmentID), slog.Any("error", err))
		d.retry(whole, row, err.Error(), backoff(row.Tries, 500*time.Millisecond, dispatchRest))
	}
}

func (d *Dispatcher) retry(ctx context.Context, row store.Dispatch, message string, rest time.Duration) {
	d.record(ctx, row, func(tx *store.Tx) error {
		_, err := tx.RetryDispatch(row.ID, row.Token, message, tx.Now().Add(rest))
		return err
	})
}

func (d *Dispatcher) record(ctx context.Context, row store.Dispatch, write func(tx *store.Tx) error) {
	if err := d.Store.Write(ctx, write); err != nil {
		d.Log.ErrorContext(ctx, "record dispatch", slog.String("enrollment", row.EnrollmentID), slog.Any("error", err))
	}
}

// call reads what the row is about and asks the engine. No transaction is open meanwhile.
func (d *Dispatcher) call(ctx context.Context, row store.Dispatch) error {
	var e *store.Enrollment
	var request StartRequest
	err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if e, err = tx.Enrollment(row.EnrollmentID); err != nil {
			return err
		}
		if row.Kind != store.DispatchWake && e.Active {
			request, err = d.startRequest(tx, e)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) && e == nil {
		return nil // erased together with its contact
	}
	if err != nil {
		return fmt.Errorf("read enrollment: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	switch {
	case row.Kind != store.DispatchWake && !e.Active:
		return nil // ended before it began
	case row.Kind == store.DispatchStart:
		return d.Engine.Start(ctx, request)
	case row.Kind == store.DispatchRebuild:
		return d.Engine.Rebuild(ctx, request)
	}
	err = d.Engine.Wake(ctx, WorkflowID(e.Workflow, e.ContactID, e.ID))
	if errors.Is(err, ErrRunNotFound) && !e.Active {
		return nil // the run has closed by itself
	}
	return err
}

func (d *Dispatcher) startRequest(tx *store.Tx, e *store.Enrollment) (StartRequest, error) {
	definition, err := d.Definitions.load(tx, e.Hash)
	if err != nil {
		return StartRequest{}, err
	}
	return StartRequest{
		WorkflowID: WorkflowID(e.Workflow, e.ContactID, e.ID), Enrollment: e.ID, Workflow: e.Workflow,
		Contact: e.ContactID, Version: e.Version, Hash: e.Hash, Definition: definition.body,
		Interpreter: e.Interpreter, Epoch: e.Epoch, Summary: summary(definition, e), Test: e.Test,
	}, nil
}

// summary is what lists of runs show: the workflow's name and version, nothing about the contact.
func summary(c *compiled, e *store.Enrollment) string {
	name := c.def.Name
	if name == "" {
		name = e.Workflow
	}
	version := "draft"
	if e.Version > 0 {
		version = "version " + strconv.Itoa(e.Version)
	}
	if e.Test {
		version += ", test"
	}
	return fmt.Sprintf("%s (%s)", name, version)
}
