package api

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

const (
	// hookPrefix makes addresses of inbound webhooks something that scanners can find.
	hookPrefix = "hk_"
	formType   = "application/x-www-form-urlencoded"
)

func newHookToken() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	return hookPrefix + base64.RawURLEncoding.EncodeToString(secret)
}

func (s *server) hookURL(token string) string {
	return strings.TrimRight(s.BaseURL, "/") + "/v1/hooks/" + token
}

// webhookTriggers lists the webhook triggers of a definition.
func webhookTriggers(def *definition.Definition) []definition.Trigger {
	var list []definition.Trigger
	for _, t := range def.Triggers {
		if t.Type == definition.TriggerWebhook {
			list = append(list, t)
		}
	}
	return list
}

// ensureHooks gives every webhook trigger of a published definition its address. One that it has
// stays, also when the trigger was away for some versions.
func (s *server) ensureHooks(tx *store.Tx, workflow string, def *definition.Definition) error {
	for _, t := range webhookTriggers(def) {
		_, err := tx.Hook(workflow, t.ID)
		if errors.Is(err, store.ErrNotFound) {
			_, err = s.renewHook(tx, workflow, t.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// renewHook gives a trigger a new address and returns its token.
func (s *server) renewHook(tx *store.Tx, workflow, trigger string) (string, error) {
	if s.SecretBox == nil {
		return "", failure(kindNotAvailable, "no key to encrypt the addresses of webhooks with is set")
	}
	token := newHookToken()
	cipher, nonce, err := s.SecretBox.Seal(store.HookSeal(workflow, trigger), []byte(token))
	if err != nil {
		return "", err
	}
	now := s.now()
	return token, tx.PutHook(&store.Hook{
		Workflow: workflow, TriggerID: trigger, TokenHash: hashKey(token), Cipher: cipher, Nonce: nonce, CreatedAt: now, UpdatedAt: now,
	})
}

// shapeHooks lists the addresses of a published definition; nil when it has no webhook trigger.
func (s *server) shapeHooks(tx *store.Tx, workflow string, def *definition.Definition) (*[]gen.HookAddress, error) {
	triggers := webhookTriggers(def)
	if len(triggers) == 0 || s.SecretBox == nil {
		return nil, nil
	}
	shown := make([]gen.HookAddress, 0, len(triggers))
	for _, t := range triggers {
		hook, err := tx.Hook(workflow, t.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue // a dry run of the version that brings it
		}
		if err != nil {
			return nil, err
		}
		token, err := s.SecretBox.Open(store.HookSeal(workflow, t.ID), hook.Cipher, hook.Nonce)
		if err != nil {
			return nil, failure(kindInternal, "the address of webhook %s was sealed with another key; rotate it", t.ID)
		}
		shown = append(shown, gen.HookAddress{Trigger: t.ID, Url: ptr(s.hookURL(token))})
	}
	return &shown, nil
}

// workflowHooks lists the addresses of a workflow for a caller who may see them: they are as good
// as a key that posts events.
func (s *server) workflowHooks(c *gin.Context, tx *store.Tx, w *store.Workflow) (*[]gen.HookAddress, error) {
	if w.Version == 0 || !callerOf(c).may(scopeEditor) {
		return nil, nil
	}
	def, err := s.Definitions.Load(tx, w.Hash)
	if err != nil {
		return nil, err
	}
	return s.shapeHooks(tx, w.Key, def)
}

// withoutAddresses is what of an answer may be stored.
func withoutAddresses(list *[]gen.HookAddress) *[]gen.HookAddress {
	if list == nil {
		return nil
	}
	kept := make([]gen.HookAddress, len(*list))
	for i, hook := range *list {
		kept[i] = gen.HookAddress{Trigger: hook.Trigger}
	}
	return &kept
}

// RotateHook makes a new address for a webhook trigger; the old one is unknown from then on.
func (s *server) RotateHook(c *gin.Context, key, trigger string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		if _, err := tx.LockWorkflow(key); err != nil {
			return reply{}, err
		}
		if _, err := tx.Hook(key, trigger); err != nil {
			return reply{}, err
		}
		token, err := s.renewHook(tx, key, trigger)
		if err != nil {
			return reply{}, err
		}
		if err := s.audit(c, tx, "workflow.rotate_hook", key, map[string]any{"trigger": trigger}); err != nil {
			return reply{}, err
		}
		return ok(gen.HookAddress{Trigger: trigger, Url: ptr(s.hookURL(token))}), nil
	})
}

// inbound is the webhook trigger behind a token.
type inbound struct {
	workflow string
	trigger  *definition.Trigger
	secret   *store.Secret
}

// PostHook takes a call of an inbound webhook. It answers 202 only after the event is durable, also
// while the workflow is stopped: its verdict then says so.
func (s *server) PostHook(c *gin.Context, token string, _ gen.PostHookParams) {
	hook, err := s.findHook(c.Request.Context(), token)
	if err == nil {
		err = s.checkHook(c, hook)
	}
	var incoming events.Incoming
	if err == nil {
		incoming, err = s.mapHook(c, hook)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), readWork)
	defer cancel()
	list := []events.Incoming{incoming}
	key := c.GetHeader("Idempotency-Key")
	if key == "" {
		body, err := s.accept(ctx, list)
		s.accepted(c, reply{status: http.StatusAccepted, body: body}, err)
		return
	}
	// The path holds the token, which nothing but its hash may be stored of.
	name := store.HookSeal(hook.workflow, hook.trigger.ID)
	r, err := s.acceptOnce(ctx, s.idempotencyOf(c, name, key, "POST "+name), list)
	s.accepted(c, r, err)
}

// findHook finds the trigger of a token in the version that is published. Whatever is not there,
// the answer is the same.
func (s *server) findHook(ctx context.Context, token string) (inbound, error) {
	var found inbound
	err := s.readStore(ctx, func(tx *store.Tx) error {
		hook, err := tx.HookByHash(hashKey(token))
		if err != nil {
			return err
		}
		w, err := tx.Workflow(hook.Workflow)
		if err != nil {
			return err
		}
		def, err := s.Definitions.Load(tx, w.Hash)
		if err != nil {
			return err
		}
		for _, t := range webhookTriggers(def) {
			if t.ID == hook.TriggerID {
				found = inbound{workflow: w.Key, trigger: &t}
			}
		}
		if found.trigger == nil {
			return store.ErrNotFound
		}
		if name, given := strings.CutPrefix(found.trigger.Webhook.Secret, "secret:"); given {
			found.secret, err = tx.Secret(name)
			if errors.Is(err, store.ErrNotFound) {
				return failure(kindInternal, "the secret of the webhook is missing")
			}
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return inbound{}, failure(kindNotFound, "there is no such webhook")
	}
	return found, err
}

// checkHook checks the signature of a call when the trigger asks for one.
func (s *server) checkHook(c *gin.Context, hook inbound) error {
	if hook.secret == nil {
		return nil
	}
	if s.SecretBox == nil {
		return failure(kindNotAvailable, "no key to decrypt secrets with is set")
	}
	secret, err := s.SecretBox.Open(hook.secret.Name, hook.secret.Cipher, hook.secret.Nonce)
	if err != nil {
		return &problem{kind: kindInternal, detail: "the secret of the webhook cannot be read", cause: err}
	}
	if err := events.CheckSignature(secret, c.Request.Header, rawBody(c), s.Now()); err != nil {
		return failure(kindUnauthorized, "the call must be signed as Standard Webhooks says, with the secret of the trigger")
	}
	return nil
}

// mapHook makes the event that the call stands for.
func (s *server) mapHook(c *gin.Context, hook inbound) (events.Incoming, error) {
	body, err := hookBody(c)
	if err != nil {
		return events.Incoming{}, err
	}
	delivery := events.Delivery{
		Workflow: hook.workflow, Trigger: hook.trigger.ID, ID: c.GetHeader(standardwebhooks.HeaderWebhookID), Body: body,
		Headers: headerValues(c.Request.Header), Query: formValues(c.Request.URL.Query()), Now: s.now(),
	}
	incoming, wrong := delivery.Incoming(hook.trigger.Webhook)
	if len(wrong) > 0 {
		return events.Incoming{}, invalidRequest(wrong)
	}
	return incoming, nil
}

func hookBody(c *gin.Context) (any, error) {
	raw := rawBody(c)
	if c.GetString(ctxMediaType) != formType {
		return readJSON(raw)
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, failure(kindMalformed, "the body is not a form")
	}
	return formValues(values), nil
}

// formValues is a form, or a query, as an object; a name that is given several times holds a list.
func formValues(values url.Values) map[string]any {
	object := make(map[string]any, len(values))
	for name, list := range values {
		if len(list) == 1 {
			object[name] = list[0]
			continue
		}
		items := make([]any, len(list))
		for i, item := range list {
			items[i] = item
		}
		object[name] = items
	}
	return object
}

func headerValues(header http.Header) map[string]any {
	object := make(map[string]any, len(header))
	for name, list := range header {
		object[strings.ToLower(name)] = strings.Join(list, ", ")
	}
	return object
}
