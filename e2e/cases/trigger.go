package cases

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
)

func triggerCases() []Case {
	return []Case{{"webhook-trigger", webhookTrigger}, {"date-trigger", dateTrigger}}
}

// triggered publishes a workflow of one trigger and one step, which leaves a tag.
func (p *Passage) triggered(trigger string) {
	p.t.Helper()
	p.Publish("\nschema: 1\nkey: " + p.Key + "\nname: Triggered\ntriggers: [" + trigger + "]\n" +
		"start: a\nnodes:\n  a: {type: tag_add, with: {tag: " + p.Key + "}}\n")
}

// requireTagged waits until the step has been taken.
func (p *Passage) requireTagged(trigger string) {
	p.t.Helper()
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:done:next"}, path(e))
	require.Contains(p.t, p.contact()["tags"], p.Key)
	in := p.Must("GET", "/v1/events?type=workflow.triggered&contact="+p.Mail, nil)["items"].([]any)
	require.Len(p.t, in, 1)
	require.Equal(p.t, trigger, in[0].(map[string]any)["data"].(map[string]any)["trigger"])
}

// webhookTrigger: a signed call of the secret address enrolls; the same delivery again, and one with
// another signature, does not.
func webhookTrigger(p *Passage) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	p.Must("PUT", "/v1/secrets/hook_case", map[string]any{"value": secret})
	p.triggered(`{id: shop, webhook: {contact: {email: "{{ body.mail }}"}, data: {order: "{{ body.order }}"}, secret: "secret:hook_case"}}`)
	hooks := p.Must("GET", "/v1/workflows/"+p.Key, nil)["hooks"].([]any)
	address, err := url.Parse(hooks[0].(map[string]any)["url"].(string))
	require.NoError(p.t, err)
	key, err := standardwebhooks.NewWebhook(secret)
	require.NoError(p.t, err)
	body := `{"mail": "` + p.Mail + `", "order": "A-1"}`
	call := func(signed string) int {
		now := time.Now()
		signature, err := key.Sign("msg_1", now, []byte(signed))
		require.NoError(p.t, err)
		request, err := http.NewRequest(http.MethodPost, p.URL+address.Path, strings.NewReader(body))
		require.NoError(p.t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Webhook-Id", "msg_1")
		request.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
		request.Header.Set("Webhook-Signature", signature)
		status, _ := p.sends(request)
		return status
	}
	require.Equal(p.t, http.StatusUnauthorized, call("{}"))
	require.Equal(p.t, http.StatusAccepted, call(body))
	require.Equal(p.t, http.StatusAccepted, call(body))
	p.requireTagged("shop")
}

// dateTrigger: the instant in a field of the contact enrolls when it comes.
func dateTrigger(p *Passage) {
	p.triggered(`{id: day, date: {field: contact.` + p.Topic + `}}`)
	id := p.Must("POST", "/v1/contacts", map[string]any{"email": p.Mail})["id"].(string)
	due := time.Now().UTC().Add(10 * time.Second).Truncate(time.Second) // long enough to be told of it on a busy machine
	p.Must("PATCH", "/v1/contacts/"+id, map[string]any{"fields": map[string]any{p.Topic: due.Format(time.RFC3339)}})
	p.requireTagged("day")
	started := p.time(p.enrollments()[0]["started_at"])
	require.False(p.t, started.Before(due), "not before its instant")
}
