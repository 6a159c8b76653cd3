package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"fermata/activities/names"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
)

const (
	maxVar  = 64 << 10
	maxVars = 256 << 10
)

// Webhook makes the HTTP call of a webhook node.
func (a *Activities) Webhook(ctx context.Context, in names.SendInput) (names.SendResult, error) {
	return a.outward(ctx, in, (*turn).packCall)
}

// Slack posts a message to an incoming webhook.
func (a *Activities) Slack(ctx context.Context, in names.SendInput) (names.SendResult, error) {
	return a.outward(ctx, in, (*turn).packSlack)
}

func (t *turn) packCall(c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error) {
	plan, failure, err := plan[nodes.Call](t, node)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	request, failure, err := t.desk().Call(plan, effectKey(t.e.ID, c), t.now)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	p := t.callParcel(request)
	p.given = plan.Given()
	if plan.SaveAs != "" {
		p.recorded = func(t *turn, _ interpreter.Command, r reply) error { return t.saveVar(plan.SaveAs, r.saved) }
	}
	return p, nil, nil
}

func (t *turn) packSlack(c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error) {
	plan, failure, err := plan[nodes.SlackMessage](t, node)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	request, failure, err := t.desk().Slack(plan, effectKey(t.e.ID, c))
	if err != nil || failure != nil {
		return nil, failure, err
	}
	p := t.callParcel(request)
	p.given = plan.Given()
	return p, nil, nil
}

func (t *turn) callParcel(r outgoing.Request) *parcel {
	caller, mask := t.a.Caller, outgoing.NewAnswerMask(r)
	return &parcel{
		destination: destination(r.URL), class: nodes.ClassTransactional, timeout: r.Timeout,
		do: func(ctx context.Context) (reply, error) {
			answer, err := caller.Do(ctx, r)
			// Who is called may say back what it was told.
			err = masked(err, mask)
			saved := mask.Value(outgoing.ParseAnswer(answer.Body))
			result := map[string]any{"status": answer.Status}
			if saved != nil {
				result["body"] = saved
			}
			return reply{result: result, saved: saved}, err
		},
	}
}

// masked is an error whose text quotes no secret.
func masked(err error, mask outgoing.Mask) error {
	var send *SendError
	if !errors.As(err, &send) || send.err == nil {
		return err
	}
	if text := send.err.Error(); mask.Text(text) != text {
		send.err = errors.New(mask.Text(text))
	}
	return err
}

// destination is the host that a URL calls, never its path: paths hold secrets.
func destination(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

// saveVar keeps an answer under vars.name. One that is over the limits is left
// out, and the timeline shows it in the step's result all the same.
func (t *turn) saveVar(name string, value any) error {
	vars := map[string]json.RawMessage{}
	if err := decode(t.e.Vars, &vars); err != nil {
		return fmt.Errorf("read vars: %w", err)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode var: %w", err)
	}
	total := len(raw)
	for key, other := range vars {
		if key != name {
			total += len(other)
		}
	}
	if len(raw) > maxVar || total > maxVars {
		return nil
	}
	vars[name] = raw
	if t.e.Vars, err = encode(vars); err != nil {
		return err
	}
	t.dirty = true
	return nil
}
