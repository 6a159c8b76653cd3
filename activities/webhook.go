package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/store"
)

const (
	secretPrefix = "secret:"
	slackTimeout = 10 * time.Second
	maxVar       = 64 << 10
	maxVars      = 256 << 10
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
	request := Request{
		Method: plan.Method, Headers: map[string]string{}, Body: plan.Body, ContentType: plan.ContentType, Timeout: plan.Timeout,
	}
	if request.URL, failure, err = t.reveal(plan.URL); err != nil || failure != nil {
		return nil, failure, err
	}
	for name, value := range plan.Headers {
		if request.Headers[name], failure, err = t.reveal(value); err != nil || failure != nil {
			return nil, failure, err
		}
	}
	key := effectKey(t.e.ID, c)
	if !hasHeader(request.Headers, "Idempotency-Key") {
		request.Headers["Idempotency-Key"] = key
	}
	if plan.SignSecret != "" {
		if failure, err = t.sign(&request, key, plan.SignSecret); err != nil || failure != nil {
			return nil, failure, err
		}
	}
	p := t.callParcel(request)
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
	target, failure, err := t.reveal(plan.Webhook)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	body, err := json.Marshal(map[string]string{"text": plan.Text})
	if err != nil {
		return nil, nil, fmt.Errorf("encode message: %w", err)
	}
	return t.callParcel(Request{
		Method: "POST", URL: target, Body: body, ContentType: "application/json", Timeout: slackTimeout,
		Headers: map[string]string{"Idempotency-Key": effectKey(t.e.ID, c)},
	}), nil, nil
}

func (t *turn) callParcel(r Request) *parcel {
	caller := t.a.Caller
	return &parcel{
		destination: destination(r.URL), class: nodes.ClassTransactional, timeout: r.Timeout,
		do: func(ctx context.Context) (reply, error) {
			answer, err := caller.Do(ctx, r)
			saved := parseAnswer(answer.Body)
			result := map[string]any{"status": answer.Status}
			if saved != nil {
				result["body"] = saved
			}
			return reply{result: result, saved: saved}, err
		},
	}
}

// destination is the host that a URL calls, never its path: paths hold secrets.
func destination(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

// parseAnswer is the answer as JSON when it is JSON, else as text.
func parseAnswer(body []byte) any {
	if len(body) == 0 {
		return nil
	}
	if v, err := expr.DecodeJSON(body); err == nil {
		return plainValue(v)
	}
	return plain(string(body))
}

// reveal resolves a value that is `secret:name` as a whole. The plain value lives
// only in memory and on the wire.
func (t *turn) reveal(value string) (string, *nodes.Failure, error) {
	name, ok := strings.CutPrefix(value, secretPrefix)
	if !ok {
		return value, nil, nil
	}
	secret, err := t.tx.Secret(name)
	if errors.Is(err, store.ErrNotFound) {
		return "", missing("secret", name), nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("read secret: %w", err)
	}
	plain, err := t.a.Secrets.Open(name, secret.Cipher, secret.Nonce)
	if err != nil {
		return "", &nodes.Failure{Code: "secret_unreadable", Message: "secret " + name + " was sealed with another key"}, nil
	}
	return plain, nil, nil
}

// sign adds the three headers of the Standard Webhooks specification.
func (t *turn) sign(r *Request, id, ref string) (*nodes.Failure, error) {
	secret, failure, err := t.reveal(ref)
	if err != nil || failure != nil {
		return failure, err
	}
	signer, err := events.SigningKey(secret)
	if err != nil {
		return &nodes.Failure{Code: "bad_secret", Message: "the signing secret cannot be used"}, nil
	}
	signature, err := signer.Sign(id, t.now, r.Body)
	if err != nil {
		return &nodes.Failure{Code: "bad_secret", Message: "the signing secret cannot be used"}, nil
	}
	r.Headers[standardwebhooks.HeaderWebhookID] = id
	r.Headers[standardwebhooks.HeaderWebhookTimestamp] = fmt.Sprint(t.now.Unix())
	r.Headers[standardwebhooks.HeaderWebhookSignature] = signature
	return nil, nil
}

func hasHeader(headers map[string]string, name string) bool {
	for key := range headers {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
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
