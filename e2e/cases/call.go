package cases

import (
	"encoding/json"
	"net/http"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func callCases() []Case {
	return []Case{
		{"webhook-liquid", webhookLiquid},
		{"webhook-2xx", webhook2xx},
		{"webhook-default-body", webhookDefaultBody},
		{"webhook-signed", webhookSigned},
		{"webhook-secret", webhookSecret},
		{"webhook-final", webhookFinal},
		{"slack", slack},
	}
}

// at is an address of the HTTP sink that belongs to the case alone.
func (p *Passage) at(path string) string { return p.HTTP.URL + p.path(path) }

func (p *Passage) path(path string) string { return "/" + p.Key + path }

// answer lets the HTTP sink answer the case's path with a status and a body.
func (p *Passage) answer(path string, status int, body string) {
	p.HTTP.Handle(p.path(path), func(w http.ResponseWriter, _ harness.Call) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

// effectKey is what the other side can recognise a repetition by.
func effectKey(e map[string]any, node, visit string) string {
	return e["id"].(string) + "." + node + "." + visit
}

func webhookLiquid(p *Passage) {
	p.answer("/book/gold", 200, `{"slot": {"at": "10:00"}, "n": 3}`)
	p.publish(`  a: {type: webhook, with: {method: PUT, url: "` + p.at("/book") + `/{{ trigger.plan }}", save_as: booking,
      headers: {X-Plan: "plan {{ trigger.plan }}"}, body: {email: "{{ contact.email }}", amount: "{{ trigger.amount }}", text: "n={{ trigger.amount }}"}}, next: b}
  b: {type: branch, with: {branches: [{id: three, when: {field: vars.booking.n, op: eq, value: 3}}]}, next: {three: c}}
  c: {type: email, with: {subject: "At {{ vars.booking.slot.at }}", body: Text., class: transactional}}`)
	e := p.passes(map[string]any{"plan": "gold", "amount": 12})
	calls := p.HTTP.On(p.path("/book/gold"))
	require.Len(p.t, calls, 1)
	require.Equal(p.t, "PUT", calls[0].Method)
	require.Equal(p.t, "plan gold", calls[0].Header.Get("X-Plan"))
	require.Equal(p.t, "application/json", calls[0].Header.Get("Content-Type"))
	require.Equal(p.t, effectKey(e, "a", "1"), calls[0].Header.Get("Idempotency-Key"))
	require.JSONEq(p.t, `{"email": "`+p.Mail+`", "amount": 12, "text": "n=12"}`, calls[0].Body)
	require.Equal(p.t, "At 10:00", p.only(p.Mail).Subject)
	require.InDelta(p.t, 200, result(step(e, "a"))["status"], 0)
	effect := step(e, "a")["effect"].(map[string]any)
	require.Equal(p.t, effectKey(e, "a", "1"), effect["key"])
	require.Equal(p.t, "done", effect["state"])
	require.InDelta(p.t, 1, effect["copies"], 0)
}

func webhook2xx(p *Passage) {
	p.answer("/202", http.StatusAccepted, "later")
	p.HTTP.Handle(p.path("/204"), func(w http.ResponseWriter, _ harness.Call) { w.WriteHeader(http.StatusNoContent) })
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("/202") + `", save_as: text}, next: b}
  b: {type: webhook, with: {url: "` + p.at("/204") + `", save_as: nothing, method: DELETE}, next: c}
  c: {type: webhook, with: {url: "` + p.at("/plain") + `", body: "was {{ vars.text }}"}}`)
	e := p.passes(nil)
	require.Equal(p.t, []string{"a:done:ok", "b:done:ok", "c:done:ok"}, path(e))
	require.InDelta(p.t, 202, result(step(e, "a"))["status"], 0)
	require.InDelta(p.t, 204, result(step(e, "b"))["status"], 0)
	require.Equal(p.t, "was later", p.HTTP.On(p.path("/plain"))[0].Body)
}

func webhookDefaultBody(p *Passage) {
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `"}}`)
	e := p.passes(map[string]any{"order_id": "A-7"})
	var body struct {
		Event      map[string]any
		Contact    map[string]any
		Enrollment map[string]any
	}
	require.NoError(p.t, json.Unmarshal([]byte(p.HTTP.On(p.path(""))[0].Body), &body))
	require.Equal(p.t, "A-7", body.Event["order_id"])
	require.Equal(p.t, p.Mail, body.Contact["email"])
	require.Equal(p.t, e["id"], body.Enrollment["id"])
}

func webhookSigned(p *Passage) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	p.Must("PUT", "/v1/secrets/signing", map[string]any{"value": secret})
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `", body: {n: 1}, sign: "secret:signing"}}`)
	e := p.passes(nil)
	call := p.HTTP.On(p.path(""))[0]
	verifier, err := standardwebhooks.NewWebhook(secret)
	require.NoError(p.t, err)
	require.NoError(p.t, verifier.Verify([]byte(call.Body), call.Header))
	require.Error(p.t, verifier.Verify([]byte(call.Body+" "), call.Header))
	require.Equal(p.t, effectKey(e, "a", "1"), call.Header.Get("Webhook-Id"))
}

func webhookSecret(p *Passage) {
	const token = "Bearer of-a-fictional-token"
	p.Must("PUT", "/v1/secrets/hidden_url", map[string]any{"value": p.at("/hidden")})
	p.Must("PUT", "/v1/secrets/hidden_token", map[string]any{"value": token})
	p.publish(`  a: {type: webhook, with: {url: "secret:hidden_url", headers: {Authorization: "secret:hidden_token"}}}`)
	e := p.passes(nil)
	require.Equal(p.t, token, p.HTTP.On(p.path("/hidden"))[0].Header.Get("Authorization"))
	timeline, err := json.Marshal(e)
	require.NoError(p.t, err)
	require.NotContains(p.t, string(timeline), "/hidden")
	require.NotContains(p.t, string(timeline), "fictional-token")
}

func webhookFinal(p *Passage) {
	p.answer("", http.StatusUnprocessableEntity, "no such thing")
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `"}, next: {ok: b, error: c}}
  b: {type: end}
  c: {type: end, with: {outcome: neutral}}`)
	p.enter(nil)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:failed:error", "c:done"}, path(e))
	require.Equal(p.t, "http_422", step(e, "a")["reason"])
	require.Contains(p.t, step(e, "a")["error"], "no such thing")
	require.Len(p.t, p.HTTP.On(p.path("")), 1, "a final refusal is not tried again")
}

func slack(p *Passage) {
	p.Must("PUT", "/v1/secrets/slack_case", map[string]any{"value": p.at("")})
	p.publish(`  a: {type: slack, with: {webhook: "secret:slack_case", text: "<!here> {{ contact.first_name }} paid {{ trigger.amount }}"}}`)
	e := p.passes(map[string]any{"amount": 5}, map[string]any{"first_name": "<!channel> & co"})
	calls := p.HTTP.On(p.path(""))
	require.Len(p.t, calls, 1)
	require.JSONEq(p.t, `{"text": "<!here> &lt;!channel&gt; &amp; co paid 5"}`, calls[0].Body)
	require.Equal(p.t, effectKey(e, "a", "1"), calls[0].Header.Get("Idempotency-Key"))
}
