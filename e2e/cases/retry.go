package cases

import (
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

func retryCases() []Case {
	return []Case{
		{"webhook-500", webhook500},
		{"webhook-retry-after", webhookRetryAfter},
		{"webhook-recovers", webhookRecovers},
		{"email-retried", emailRetried},
		{"email-refused", emailRefused},
		{"email-bounced", emailBounced},
	}
}

// failTimes lets the case's path answer 503 so many times, then 200.
func (p *Passage) failTimes(times int64, headers ...string) {
	var calls atomic.Int64
	p.HTTP.Handle(p.path(""), func(w http.ResponseWriter, _ harness.Call) {
		if calls.Add(1) <= times {
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

func webhook500(p *Passage) {
	p.answer("", http.StatusInternalServerError, "broken")
	p.publish(`  a: {type: webhook, retry: {max: 2s}, with: {url: "` + p.at("") + `"}, next: {ok: b, error: c}}
  b: {type: end}
  c: {type: tag_add, with: {tag: "` + p.Key + `"}, next: d}
  d: {type: end, with: {outcome: neutral}}`)
	p.enter(nil)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:failed:error", "c:done:next", "d:done"}, path(e))
	require.Equal(p.t, "http_500", step(e, "a")["reason"])
	calls := p.HTTP.On(p.path(""))
	require.GreaterOrEqual(p.t, len(calls), 2, "it was tried again")
	require.InDelta(p.t, len(calls), step(e, "a")["attempts"], 0)
	for _, c := range calls {
		require.Equal(p.t, effectKey(e, "a", "1"), c.Header.Get("Idempotency-Key"))
	}
	require.Contains(p.t, p.contact()["tags"], p.Key)
}

func webhookRetryAfter(p *Passage) {
	p.failTimes(1, "Retry-After", "3")
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `"}}`)
	e := p.passes(nil)
	calls := p.HTTP.On(p.path(""))
	require.Len(p.t, calls, 2)
	// Timers are kept in milliseconds.
	require.GreaterOrEqual(p.t, calls[1].At.Sub(calls[0].At), 3*time.Second-5*time.Millisecond)
	require.Equal(p.t, "done", step(e, "a")["status"])
	require.Nil(p.t, step(e, "a")["error"])
}

func webhookRecovers(p *Passage) {
	p.failTimes(2)
	p.publish(`  a: {type: webhook, with: {url: "` + p.at("") + `", save_as: x}}`)
	e := p.passes(nil)
	require.Len(p.t, p.HTTP.On(p.path("")), 3)
	require.InDelta(p.t, 3, step(e, "a")["attempts"], 0)
	require.InDelta(p.t, 1, step(e, "a")["effect"].(map[string]any)["copies"], 0, "a refused call is no copy")
}

func emailRetried(p *Passage) {
	var tries atomic.Int64
	ids := make(chan string, 10)
	p.SMTP.Decide(p.Mail, func(m harness.Mail) error {
		ids <- m.MessageID
		if tries.Add(1) == 1 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
		}
		return nil
	})
	p.publish(`  a: {type: email, with: {subject: Receipt, body: Text., class: transactional}}`)
	e := p.passes(nil)
	p.only(p.Mail)
	require.Equal(p.t, messageID(e, "a", 1), <-ids)
	require.Equal(p.t, messageID(e, "a", 1), <-ids, "the second try is the same mail")
}

func emailRefused(p *Passage) {
	p.SMTP.Decide(p.Mail, func(harness.Mail) error {
		return errors.Join(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "unknown user"})
	})
	p.publish(`  a: {type: email, with: {subject: Receipt, body: Text., class: transactional}, next: {next: b, error: c}}
  b: {type: end}
  c: {type: end, with: {outcome: neutral}}`)
	p.enter(nil)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:failed:error", "c:done"}, path(e))
	require.Regexp(p.t, `^smtp_5\d\d$`, step(e, "a")["reason"])
	require.Equal(p.t, "failed", p.Items("/v1/sends?enrollment=" + e["id"].(string))[0]["state"])
	require.Empty(p.t, p.Items("/v1/events?type=email.bounced&contact="+p.contactID()), "it may be about the mail, not the address")
}

// emailBounced: an address that its own server does not know is suppressed at once.
func emailBounced(p *Passage) {
	p.SMTP.Decide(p.Mail, func(harness.Mail) error {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	})
	p.publish(`  a: ` + news + `, next: {next: b, error: c}}
  b: {type: end}
  c: ` + news + `}`)
	p.enter(nil)
	e := p.becomes("completed")
	require.Equal(p.t, []string{"a:failed:error", "c:suppressed:next"}, path(e))
	require.Equal(p.t, "smtp_550", step(e, "a")["reason"])
	require.Equal(p.t, "suppressed", step(e, "c")["reason"])
	require.Equal(p.t, "bounced", p.Must("GET", "/v1/suppressions/"+p.Mail, nil)["reason"])
	p.Eventually("email.bounced is in the log", func() bool {
		return len(p.Items("/v1/events?type=email.bounced&contact="+p.contactID())) == 1
	})
}
