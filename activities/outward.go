package activities

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"fermata/activities/names"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/store"
)

const (
	// localPatience is how long a local attempt is waited for. The effect itself
	// goes on: cutting it would turn a slow server's "accepted" into "unknown".
	localPatience = 1500 * time.Millisecond
	// leaseMargin is how long before its lease an effect must have ended.
	leaseMargin = 2 * time.Second
	// recordPatience is how long a result is kept for a store that does not answer.
	recordPatience = 30 * time.Second
)

// parcel is an effect outside that is ready to be carried out.
type parcel struct {
	// destination names the other side for the gate.
	destination string
	class       string
	timeout     time.Duration
	// given is what the step was given, for the timeline.
	given nodes.Given
	// suppressed is a reason not to carry it out at all.
	suppressed string
	// do carries it out. The error, if any, is a *SendError.
	do func(ctx context.Context) (reply, error)
	// claimed writes what belongs to the intent; recorded what follows success;
	// settled notes the ledger's state (done, failed, unknown) where people look.
	claimed  func(t *turn, c interpreter.Command) error
	recorded func(t *turn, c interpreter.Command, r reply) error
	settled  func(t *turn, state, text string) error
	// after says how the step goes on when the effect is done; default it is left by its main port.
	// enough reports that a failure for good left enough done to go on all the same.
	after  func(t *turn, c interpreter.Command, row *store.Step) (interpreter.Occurrence, error)
	enough func() bool
}

func (p *parcel) settle(t *turn, state, text string) error {
	if p.settled == nil {
		return nil
	}
	return p.settled(t, state, text)
}

// reply is what the other side answered: result for the timeline, saved for save_as.
type reply struct {
	result map[string]any
	saved  any
}

// packer plans the effect of a node.
type packer func(t *turn, c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error)

// plan renders the effect of a node that needs nothing but its scope.
func plan[P any](t *turn, node *definition.Node) (P, *nodes.Failure, error) {
	var none P
	planner, ok := node.Settings.(interpreter.Planner[P])
	if !ok {
		return none, nil, fmt.Errorf("type %s plans no %T", node.Type, none)
	}
	scope, err := t.scope()
	if err != nil {
		return none, nil, err
	}
	p, failure := planner.Plan(scope, nodes.PlanInput{Strict: node.Strict, Owner: t.def.Settings.Owner})
	return p, failure, nil
}

// outward carries out one effect outside: claim, act, record. Whatever dies in
// between leaves a claim whose lease runs out, and an effect that is `unknown`.
func (a *Activities) outward(ctx context.Context, in names.SendInput, pack packer) (names.SendResult, error) {
	c := interpreter.Command{Kind: interpreter.Send, Node: in.Node, Visit: in.Visit}
	if !in.First {
		in.Now = activity.GetInfo(ctx).StartedTime.UTC()
		if f := a.flights.find(effectKey(in.Enrollment, c)); f != nil {
			return a.await(ctx, in, f)
		}
	}
	intent, err := a.intend(ctx, in, c, pack)
	if err != nil {
		a.Log.WarnContext(ctx, "claim effect", "enrollment", in.Enrollment, "node", in.Node, "error", err)
		a.note(ctx, in.Enrollment, err)
		return names.SendResult{}, storeError(err)
	}
	if intent.flight == nil {
		return intent.result, intent.retry
	}
	a.flights.add(intent.flight)
	a.inFlight.Add(1)
	go a.fly(intent.flight)
	return a.await(ctx, in, intent.flight)
}

// intent is the outcome of the claiming transaction.
type intent struct {
	result names.SendResult
	retry  error
	flight *flight
}

// intend is the claiming transaction: fence, consent, rendering and the ledger's
// claim commit together, or the effect is not carried out.
func (a *Activities) intend(ctx context.Context, in names.SendInput, c interpreter.Command, pack packer) (intent, error) {
	var out intent
	var leave func(bool)
	err := a.write(ctx, in.Enrollment, func(tx *store.Tx) error {
		out = intent{}
		t, ended, err := a.open(tx, in.Passage, in.Now)
		if err != nil {
			return err
		}
		if ended != nil {
			out.result.Occurrence = *ended
			return nil
		}
		row, err := t.step(c)
		if err != nil {
			return err
		}
		if closed(row) {
			out.result.Occurrence = left(row)
			return nil
		}
		if gone, err := t.moves(c); err != nil || gone != nil {
			if gone != nil {
				out.result.Occurrence = *gone
			}
			return errors.Join(err, t.close())
		}
		if t.held() {
			out.result.Occurrence = *t.pausedAt(c)
			return t.close()
		}
		if row == nil {
			row = t.newStep(c, "running")
		}
		p, over, err := t.prepare(c, row, pack)
		if err != nil || over != nil {
			if over != nil {
				out.result.Occurrence = *over
			}
			return errors.Join(err, t.close())
		}
		if in.First {
			var allowed bool
			if leave, allowed = a.Gate.Enter(p.destination); !allowed {
				out.result.Defer = true
				return nil
			}
		}
		out, err = t.claim(c, row, p, in, leave)
		return errors.Join(err, t.close())
	})
	if leave != nil && (err != nil || out.flight == nil) {
		leave(true)
	}
	return out, err
}

// prepare plans the effect; over is the end of a step that is not carried out.
func (t *turn) prepare(c interpreter.Command, row *store.Step, pack packer) (*parcel, *interpreter.Occurrence, error) {
	node := t.def.Nodes[c.Node]
	t.stand(c, "running", nil)
	if o, err := t.notNow(c, row); err != nil || o != nil {
		return nil, o, err
	}
	p, failure, err := pack(t, c, node)
	if err == nil && p != nil {
		err = give(row, p.given)
	}
	if err != nil {
		return nil, nil, err
	}
	if failure != nil && failure.Code == nodes.CodeNoAddress && !node.Spec.Asks {
		p, failure = &parcel{suppressed: failure.Code}, nil
	}
	if failure != nil {
		row.Attempts++
		row.Reason, row.Error = failure.Code, failure.Message
		o := failed(c, failure.Code)
		return nil, &o, t.putStep(row)
	}
	if p.suppressed != "" {
		row.Reason = p.suppressed
		o, err := t.closeStep(row, "suppressed", node.MainPort())
		return nil, &o, err
	}
	over, err := t.mayGo(c, row, p.class)
	return p, over, err
}

// notNow closes a step whose effect is not to be carried out, or not any more; nil when it is.
func (t *turn) notNow(c interpreter.Command, row *store.Step) (*interpreter.Occurrence, error) {
	node := t.def.Nodes[c.Node]
	if node.Spec.Asks {
		return t.beforeAsking(c, row)
	}
	status, reason, err := t.passOver(c)
	if err != nil || status == "" {
		return nil, err
	}
	row.Reason = reason
	o, err := t.closeStep(row, status, node.MainPort())
	return &o, err
}

// claim takes the ledger row, or says why it cannot be taken now.
func (t *turn) claim(c interpreter.Command, row *store.Step, p *parcel, in names.SendInput, leave func(bool)) (intent, error) {
	node := t.def.Nodes[c.Node]
	f := &flight{
		key: effectKey(t.e.ID, c), command: c, in: in, parcel: p, leave: leave,
		done: make(chan struct{}), token: token(), skipUnknown: node.ResolveUnknown(p.class) == definition.UnknownSkip,
	}
	effect, claimed, err := t.take(c, f)
	if err != nil {
		return intent{}, err
	}
	if !claimed && effect.State == store.EffectUnknown {
		return t.giveUpUnknown(c, row, p, effect)
	}
	if !claimed {
		return intent{retry: leased(effect, t.tx.Now())}, nil
	}
	row.Status = "running"
	row.Attempts++
	if err := t.putStep(row); err != nil {
		return intent{}, err
	}
	if p.claimed != nil {
		if err := p.claimed(t, c); err != nil {
			return intent{}, err
		}
	}
	return intent{flight: f}, nil
}

// take claims the ledger row. A row that is known to have had no effect is claimed
// again, one whose outcome nobody knows only when it may be sent twice. One that may have been
// carried out before the store was restored is such a one.
func (t *turn) take(c interpreter.Command, f *flight) (*store.Effect, bool, error) {
	ref, lease := t.ref(c), f.parcel.timeout+leaseMargin
	effect, claimed, err := t.tx.ClaimEffect(ref, t.def.Nodes[c.Node].Type, f.key, f.token, lease)
	f.from = t.now
	if err == nil && (claimed || effect.State == store.EffectFailed) {
		doubted, err := t.doubtAfterGap(c, effect)
		if err != nil {
			return nil, false, err
		}
		if doubted {
			claimed, effect.State, effect.Error = false, store.EffectUnknown, ReasonRestored
		}
	}
	switch {
	case err != nil || claimed:
		return effect, claimed, wrapClaim(err)
	case effect.State == store.EffectFailed:
		claimed, err = t.tx.ReclaimFailed(ref, f.token, lease)
	case effect.State == store.EffectUnknown && !f.skipUnknown:
		claimed, err = t.tx.ReclaimUnknown(ref, f.token, lease)
	}
	if err == nil && claimed {
		f.from = retryFrom(effect, t.now, lease)
		err = t.tx.SetRetry(ref, f.from, t.now.Add(lease))
	}
	return effect, claimed, wrapClaim(err)
}

func wrapClaim(err error) error {
	if err != nil {
		return fmt.Errorf("claim effect: %w", err)
	}
	return nil
}

// ref is the key of the ledger row of a visit.
func (t *turn) ref(c interpreter.Command) store.EffectRef {
	return store.EffectRef{EnrollmentID: t.e.ID, Node: c.Node, Visit: c.Visit}
}

// giveUpUnknown closes a step whose effect may or may not have been carried out by an
// attempt that died, or that a restored store has forgotten: shown, never silently repeated.
func (t *turn) giveUpUnknown(c interpreter.Command, row *store.Step, p *parcel, effect *store.Effect) (intent, error) {
	row.Reason = "attempt_lost"
	if effect.Error == ReasonRestored {
		row.Reason = ReasonRestored
		if p.claimed != nil {
			if err := p.claimed(t, c); err != nil {
				return intent{}, err
			}
		}
	}
	o, err := t.closeStep(row, "unknown", t.def.Nodes[c.Node].MainPort())
	if err != nil {
		return intent{}, err
	}
	if err := p.settle(t, "unknown", ""); err != nil {
		return intent{}, err
	}
	return intent{result: names.SendResult{Occurrence: o}}, nil
}

// leased is the error of an attempt that found another one under way.
func leased(effect *store.Effect, now time.Time) error {
	delay := time.Second
	if effect.LeaseUntil != nil {
		delay = max(250*time.Millisecond, min(effect.LeaseUntil.Sub(now), 2*time.Second))
	}
	return retryError("leased", delay)
}

// retryError is a failure that is worth another try, after delay when it is given.
func retryError(code string, delay time.Duration) error {
	return temporal.NewApplicationErrorWithOptions("the effect is not done yet", code, temporal.ApplicationErrorOptions{
		NextRetryDelay: delay, Category: temporal.ApplicationErrorCategoryBenign,
	})
}

func token() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw)
	return hex.EncodeToString(raw)
}
