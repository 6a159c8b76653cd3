package outgoing

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"fermata/events"
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
	"fermata/store"
)

const (
	slackTimeout = 10 * time.Second
	jsonType     = "application/json"
	// keyHeader carries the key by which the other side knows a repetition.
	keyHeader = "Idempotency-Key"
)

// Request is one HTTP call with everything resolved.
type Request struct {
	Method, URL string
	Headers     map[string]string
	Body        []byte
	ContentType string
	Timeout     time.Duration
	// Secrets are the plain values that came from secrets: nobody may be shown them.
	Secrets []string
}

// Answer is what came back; Body is at most 64 KiB.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Call resolves the secrets of a planned call, keys and signs it. now is when it is signed.
func (d Desk) Call(plan nodes.Call, key string, now time.Time) (Request, *nodes.Failure, error) {
	r := Request{
		Method: plan.Method, Headers: map[string]string{}, Body: plan.Body, ContentType: plan.ContentType, Timeout: plan.Timeout,
	}
	var failure *nodes.Failure
	var err error
	if r.URL, failure, err = d.reveal(&r, plan.URL); err != nil || failure != nil {
		return r, failure, err
	}
	for name, value := range plan.Headers {
		if r.Headers[name], failure, err = d.reveal(&r, value); err != nil || failure != nil {
			return r, failure, err
		}
	}
	if !hasHeader(r.Headers, keyHeader) {
		r.Headers[keyHeader] = key
	}
	if plan.SignSecret != "" {
		failure, err = d.sign(&r, key, plan.SignSecret, now)
	}
	return r, failure, err
}

// Slack makes the call that posts a message to an incoming webhook.
func (d Desk) Slack(plan nodes.SlackMessage, key string) (Request, *nodes.Failure, error) {
	r := Request{Method: http.MethodPost, ContentType: jsonType, Timeout: slackTimeout, Headers: map[string]string{keyHeader: key}}
	var failure *nodes.Failure
	var err error
	if r.URL, failure, err = d.reveal(&r, plan.Webhook); err != nil || failure != nil {
		return r, failure, err
	}
	if r.Body, err = json.Marshal(map[string]string{"text": plan.Text}); err != nil {
		return r, nil, fmt.Errorf("encode message: %w", err)
	}
	return r, nil, nil
}

// reveal resolves a value that is `secret:name` as a whole. The plain value lives only in memory and
// on the wire.
func (d Desk) reveal(r *Request, value string) (string, *nodes.Failure, error) {
	name, ok := strings.CutPrefix(value, form.SecretPrefix)
	if !ok {
		return value, nil, nil
	}
	secret, err := d.Tx.Secret(name)
	if errors.Is(err, store.ErrNotFound) {
		return "", Missing("secret", name), nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("read secret: %w", err)
	}
	if d.Secrets == nil {
		return "", &nodes.Failure{Code: "secret_unreadable", Message: "secrets cannot be opened here"}, nil
	}
	plain, err := d.Secrets.Open(name, secret.Cipher, secret.Nonce)
	if err != nil {
		return "", &nodes.Failure{Code: "secret_unreadable", Message: "secret " + name + " was sealed with another key"}, nil
	}
	r.Secrets = append(r.Secrets, plain)
	return plain, nil, nil
}

// sign adds the three headers of the Standard Webhooks specification.
func (d Desk) sign(r *Request, id, ref string, now time.Time) (*nodes.Failure, error) {
	secret, failure, err := d.reveal(r, ref)
	if err != nil || failure != nil {
		return failure, err
	}
	signer, err := events.SigningKey(secret)
	if err != nil {
		return &nodes.Failure{Code: "bad_secret", Message: "the signing secret cannot be used"}, nil
	}
	signature, err := signer.Sign(id, now, r.Body)
	if err != nil {
		return &nodes.Failure{Code: "bad_secret", Message: "the signing secret cannot be used"}, nil
	}
	r.Headers[standardwebhooks.HeaderWebhookID] = id
	r.Headers[standardwebhooks.HeaderWebhookTimestamp] = fmt.Sprint(now.Unix())
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

// Missing is the failure of a step that names what is not there.
func Missing(what, key string) *nodes.Failure {
	return &nodes.Failure{Code: "missing_reference", Message: "there is no " + what + " " + key}
}
