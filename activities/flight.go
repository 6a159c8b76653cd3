package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/temporal"

	"fermata/activities/names"
	"fermata/interpreter"
	"fermata/outgoing"
	"fermata/store"
)

// flight is an effect outside that has been claimed and is under way. It outlives
// the activity call that began it: its result is recorded whenever it comes.
type flight struct {
	key     string
	command interpreter.Command
	in      names.SendInput
	parcel  *parcel
	leave   func(ok bool)
	token   string
	// from is the instant from which the node's retry time counts.
	from time.Time
	// skipUnknown: when nobody can know the outcome, the step ends `unknown`.
	skipUnknown bool

	done   chan struct{}
	result names.SendResult
	err    error
}

// flights finds the effects that are under way in this process.
type flights struct {
	mu    sync.Mutex
	byKey map[string]*flight
}

func (f *flights) add(one *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byKey == nil {
		f.byKey = map[string]*flight{}
	}
	f.byKey[one.key] = one
}

func (f *flights) find(key string) *flight {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byKey[key]
}

func (f *flights) remove(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.byKey, key)
}

// await waits for a flight: a local attempt for a short time only, a durable one
// until its own context ends.
func (a *Activities) await(ctx context.Context, in names.SendInput, f *flight) (names.SendResult, error) {
	patience := time.Minute
	if in.First {
		patience = localPatience
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-f.done:
		if in.First && f.err != nil {
			return f.deferred(a.Now()), nil
		}
		return f.result, f.err
	case <-timer.C:
	case <-ctx.Done():
	}
	if in.First {
		return names.SendResult{Defer: true}, nil
	}
	return names.SendResult{}, retryError("leased", time.Second)
}

// deferred turns a failed local attempt into a request for a durable one, not
// before the other side allows it.
func (f *flight) deferred(now time.Time) names.SendResult {
	delay := time.Second
	var retry *temporal.ApplicationError
	if errors.As(f.err, &retry) {
		delay = max(delay, retry.NextRetryDelay())
	}
	return names.SendResult{Defer: true, NotBefore: now.Add(delay).UnixMilli()}
}

// fly carries out the effect and records what came of it.
func (a *Activities) fly(f *flight) {
	defer a.inFlight.Done()
	defer close(f.done)
	defer a.flights.remove(f.key)
	began := a.Now()
	ctx, cancel := context.WithTimeout(context.Background(), f.parcel.timeout)
	answer, err := f.carryOut(ctx)
	cancel()
	if f.leave != nil {
		var send *SendError
		f.leave(err == nil || errors.As(err, &send) && send.Final)
	}
	now := f.in.Now.Add(a.Now().Sub(began))
	f.result, f.err = a.land(f, answer, err, now)
}

// codePanic is the code of an effect whose code panicked.
const codePanic = names.ErrorPanic

// carryOut carries out the effect; a panic in it leaves its outcome unknown. Nobody
// else would catch it: it would end the process, and then the next one that tries.
func (f *flight) carryOut(ctx context.Context) (answer reply, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &SendError{Code: codePanic, Unknown: true, err: fmt.Errorf("panic: %v", r)}
		}
	}()
	return f.parcel.do(ctx)
}

// land records the outcome, trying until the store answers or patience ends; then
// the claim's lease runs out and the effect is `unknown`.
func (a *Activities) land(f *flight, answer reply, sendErr error, now time.Time) (names.SendResult, error) {
	ctx, cancel := context.WithTimeout(context.Background(), recordPatience)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		var result names.SendResult
		var retry error
		err := a.write(ctx, f.in.Enrollment, func(tx *store.Tx) error {
			var err error
			result, retry, err = a.record(tx, f, answer, sendErr, now)
			return err
		})
		if err == nil {
			return result, retry
		}
		a.Log.WarnContext(ctx, "record effect", "enrollment", f.in.Enrollment, "node", f.in.Node, "error", err)
		if errors.Is(err, store.ErrUnstorable) {
			// That it happened counts more than what the other side said.
			answer = reply{}
		}
		select {
		case <-ctx.Done():
			return names.SendResult{}, storeError(err)
		case <-time.After(wait):
		}
	}
}

// record writes the outcome of a flight. Only the holder of the claim's token may:
// when the lease has run out and somebody else decided, that decision stands.
func (a *Activities) record(tx *store.Tx, f *flight, answer reply, sendErr error, now time.Time) (names.SendResult, error, error) {
	c := f.command
	t, err := a.reopen(tx, f.in.Passage, now)
	if errors.Is(err, store.ErrNotFound) {
		return a.recordErased(tx, f, sendErr, now)
	}
	if err != nil {
		return names.SendResult{}, nil, err
	}
	state, code, text := verdict(sendErr)
	result, err := encode(answer.result)
	if err != nil {
		return names.SendResult{}, nil, err
	}
	held, err := tx.RecordEffect(t.ref(c), f.token, state, result, text)
	if err != nil {
		return names.SendResult{}, nil, fmt.Errorf("record effect: %w", err)
	}
	row, err := t.step(c)
	if err != nil {
		return names.SendResult{}, nil, err
	}
	if !held || row == nil {
		return names.SendResult{}, retryError("leased", time.Second), nil
	}
	t.entered = row.EnteredAt
	if state == "done" && f.parcel.recorded != nil {
		if err := f.parcel.recorded(t, c, answer); err != nil {
			return names.SendResult{}, nil, err
		}
	}
	if err := f.parcel.settle(t, state, text); err != nil {
		return names.SendResult{}, nil, err
	}
	out, retry, err := t.conclude(f, row, state, code, text, result, sendErr)
	if err != nil {
		return names.SendResult{}, nil, err
	}
	return out, retry, t.close()
}

// recordErased writes the outcome of an effect whose contact was erased while it was under way: that
// it happened, and nothing of what was said.
func (a *Activities) recordErased(tx *store.Tx, f *flight, sendErr error, now time.Time) (names.SendResult, error, error) {
	state, _, _ := verdict(sendErr)
	ref := store.EffectRef{EnrollmentID: f.in.Enrollment, Node: f.command.Node, Visit: f.command.Visit}
	if _, err := tx.RecordEffect(ref, f.token, state, nil, ""); err != nil {
		return names.SendResult{}, nil, fmt.Errorf("record effect: %w", err)
	}
	if err := f.parcel.settle(&turn{a: a, tx: tx, in: f.in.Passage, now: now}, state, ""); err != nil {
		return names.SendResult{}, nil, err
	}
	return names.SendResult{Occurrence: *a.gone(tx, f.in.Enrollment)}, nil, nil
}

// conclude closes the step of a recorded effect, or leaves it open for another try.
func (t *turn) conclude(f *flight, row *store.Step, state, code, text string, result store.JSON, sendErr error) (names.SendResult, error, error) {
	c := f.command
	if closed(row) || fence(t.e, f.in.Epoch) != nil {
		// An exit or an operator was faster; the effect is recorded all the same.
		return names.SendResult{Occurrence: t.standing(row)}, nil, nil
	}
	node := t.def.Nodes[c.Node]
	switch {
	case state == "done" && f.parcel.after != nil:
		o, err := f.parcel.after(t, c, row)
		return names.SendResult{Occurrence: o}, nil, err
	case state == "done":
		row.Reason, row.Error, row.Result = "", "", result
		return t.concluded(row, "done", node.MainPort())
	case state == "unknown" && f.skipUnknown:
		row.Reason, row.Error = code, text
		return t.concluded(row, "unknown", node.MainPort())
	}
	row.Reason, row.Error = code, text
	if err := t.putStep(row); err != nil {
		return names.SendResult{}, nil, err
	}
	pause, again := nextTry(row.Attempts, node.RetryMax-t.now.Sub(f.from), sendErr)
	if !again && f.parcel.enough != nil && f.parcel.enough() {
		o, err := f.parcel.after(t, c, row)
		return names.SendResult{Occurrence: o}, nil, err
	}
	if !again {
		return names.SendResult{Occurrence: failed(c, code)}, nil, nil
	}
	if err := t.tx.SetRetry(t.ref(c), f.from, t.now.Add(pause)); err != nil {
		return names.SendResult{}, nil, fmt.Errorf("plan next attempt: %w", err)
	}
	return names.SendResult{}, retryError(code, pause), nil
}

// concluded closes the step of an effect. A run that gave up while the effect was
// under way holds the step and sleeps: it is woken.
func (t *turn) concluded(row *store.Step, status, port string) (names.SendResult, error, error) {
	held := row.Status == "held"
	o, err := t.closeStep(row, status, port)
	if err != nil || !held {
		return names.SendResult{Occurrence: o}, nil, err
	}
	t.stand(interpreter.Command{Node: row.Node, Visit: row.Visit}, "running", nil)
	return names.SendResult{Occurrence: o}, nil, t.wakeRun()
}

// wakeRun asks for a wake-up of the enrollment's run.
func (t *turn) wakeRun() error {
	t.tx.AfterCommit(t.a.Nudge)
	if _, err := t.tx.SetWake(t.e.ID); err != nil {
		return fmt.Errorf("wake enrollment: %w", err)
	}
	t.e.WakePending = true
	return nil
}

func (t *turn) standing(row *store.Step) interpreter.Occurrence {
	if o := fence(t.e, t.in.Epoch); o != nil {
		return *o
	}
	return left(row)
}

// verdict reads the outcome of an effect: its ledger state, a code for history and
// a text for the store.
func verdict(err error) (state, code, text string) {
	if err == nil {
		return "done", "", ""
	}
	var send *SendError
	if !errors.As(err, &send) {
		return "failed", "failed", outgoing.Plain(err.Error())
	}
	if send.Unknown {
		return "unknown", send.Code, outgoing.Plain(send.Error())
	}
	return "failed", send.Code, outgoing.Plain(send.Error())
}

// reopen is open without the fence: a result is recorded even when the enrollment
// has ended meanwhile.
func (a *Activities) reopen(tx *store.Tx, in names.Passage, now time.Time) (*turn, error) {
	e, contact, err := tx.LockEnrollmentContact(in.Enrollment)
	if err != nil {
		return nil, fmt.Errorf("lock enrollment: %w", err)
	}
	def, err := a.Definitions.Load(tx, in.Hash)
	if err != nil {
		return nil, fmt.Errorf("load definition %s: %w", in.Hash, err)
	}
	return &turn{a: a, tx: tx, in: in, now: now, e: e, contact: contact, def: def}, nil
}
