package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/outgoing"
	"fermata/store"
)

// confirmTimeout is how long a provider may take to confirm a subscription.
const confirmTimeout = 10 * time.Second

// ListMailHooks lists the addresses where mail providers report, one for each provider.
func (s *server) ListMailHooks(c *gin.Context, params gen.ListMailHooksParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		hooks, err := tx.MailHooks()
		if err != nil {
			return reply{}, err
		}
		page, err := partOf(events.Providers(), params.Limit, params.Cursor, func(provider *string) string { return *provider })
		if err != nil {
			return reply{}, err
		}
		shownAll := list[gen.MailHook]{Items: make([]gen.MailHook, 0, len(page.Items)), Next: page.Next}
		for _, provider := range page.Items {
			shown := gen.MailHook{Provider: gen.MailProvider(provider)}
			at := slices.IndexFunc(hooks, func(h store.MailHook) bool { return h.Provider == provider })
			if at >= 0 {
				h := &hooks[at]
				shown.Accepted, shown.Ignored, shown.LastAt, shown.LastIgnored = h.Accepted, h.Ignored, utc(h.LastAt), text(h.LastIgnored)
				if shown.Url, err = s.mailHookURL(h); err != nil {
					return reply{}, err
				}
			}
			shownAll.Items = append(shownAll.Items, shown)
		}
		return ok(shownAll), nil
	})
}

// mailHookURL is the address of a hook, nil when no key is set to read it with.
func (s *server) mailHookURL(h *store.MailHook) (*string, error) {
	if s.SecretBox == nil {
		return nil, nil
	}
	token, err := s.SecretBox.Open(store.MailHookSeal(h.Provider), h.Cipher, h.Nonce)
	if err != nil {
		return nil, failure(kindInternal, "the address for %s was sealed with another key; rotate it", h.Provider)
	}
	return ptr(s.mailTokenURL(token)), nil
}

func (s *server) mailTokenURL(token string) string {
	return strings.TrimRight(s.BaseURL, "/") + "/v1/mail/inbound/" + token
}

// RotateMailHook makes the address of a provider, or a new one; the old one is unknown from then on.
func (s *server) RotateMailHook(c *gin.Context, provider gen.MailProvider) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		if !slices.Contains(events.Providers(), string(provider)) {
			return reply{}, store.ErrNotFound
		}
		if s.SecretBox == nil {
			return reply{}, failure(kindNotAvailable, "no key to encrypt the addresses of webhooks with is set")
		}
		token := newHookToken()
		cipher, nonce, err := s.SecretBox.Seal(store.MailHookSeal(string(provider)), []byte(token))
		if err != nil {
			return reply{}, err
		}
		hook := &store.MailHook{Provider: string(provider), TokenHash: hashKey(token), Cipher: cipher, Nonce: nonce, UpdatedAt: s.now()}
		if err := tx.PutMailHook(hook); err != nil {
			return reply{}, err
		}
		shown := gen.MailHook{
			Provider: provider, Url: ptr(s.mailTokenURL(token)), Accepted: hook.Accepted, Ignored: hook.Ignored,
			LastAt: utc(hook.LastAt), LastIgnored: text(hook.LastIgnored),
		}
		return ok(shown), s.audit(c, tx, "mail_hook.rotate", string(provider), nil)
	})
}

// DeleteMailHook closes the address of a provider.
func (s *server) DeleteMailHook(c *gin.Context, provider gen.MailProvider) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		if err := tx.DeleteMailHook(string(provider)); err != nil {
			return reply{}, err
		}
		return noContent(), s.audit(c, tx, "mail_hook.delete", string(provider), nil)
	})
}

// PostMailInbound takes what a mail provider reports, as it sends it. Each report is a transaction of
// its own: the same one again is nothing, so a call that is repeated does no harm.
func (s *server) PostMailInbound(c *gin.Context, token string) {
	var provider string
	err := s.readStore(c.Request.Context(), func(tx *store.Tx) error {
		hook, err := tx.MailHookByHash(hashKey(token))
		if errors.Is(err, store.ErrNotFound) {
			return failure(kindNotFound, "there is no such webhook")
		}
		if err == nil {
			provider = hook.Provider
		}
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	said, wrong := events.ParseProvider(provider, rawBody(c))
	if len(wrong) > 0 {
		s.fail(c, invalidRequest(wrong))
		return
	}
	answer, err := s.takeProvider(c.Request.Context(), said)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.write(c, func(tx *store.Tx) (reply, error) {
		ignored, last := 0, ""
		for why, n := range said.Ignored {
			if ignored += n; last == "" || why < last {
				last = why
			}
		}
		return ok(answer), tx.CountMailReports(provider, answer.Accepted, ignored, last, s.now())
	})
}

// takeProvider carries out what a provider's call says.
func (s *server) takeProvider(ctx context.Context, said *events.ProviderReports) (gen.MailInbound, error) {
	answer := gen.MailInbound{Ignored: said.Ignored}
	if said.Confirm != "" {
		if err := s.confirmProvider(ctx, said.Confirm); err != nil {
			return answer, err
		}
		answer.Confirmed = true
	}
	for _, report := range said.Reports {
		var done events.Reported
		err := s.writeStore(ctx, func(tx *store.Tx) (err error) {
			if done, err = events.ReportMail(tx, report, sourceReport, s.now()); err != nil || done.Duplicate || done.Other {
				return err
			}
			tx.AfterCommit(s.nudge)
			if !done.Unsubscribed {
				return nil
			}
			detail, err := store.ToJSON(map[string]any{channelEmail: map[string]any{"state": events.Unsubscribed, "source": sourceReport}})
			if err != nil {
				return err
			}
			return tx.AddAudit(&store.Audit{At: s.now(), Person: "mail provider", Action: "contact.consent", Subject: done.Contact, Detail: detail})
		})
		_, unknown := errors.AsType[*events.InvalidError](err)
		switch {
		case unknown:
			said.Ignore(events.IgnoredUnknown)
		case err != nil:
			return answer, err
		case done.Other:
			said.Ignore(events.IgnoredOther)
		case done.Duplicate:
			answer.Duplicates++
		default:
			answer.Accepted++
		}
	}
	return answer, nil
}

// confirmProvider calls the address that confirms a subscription, with the checks of every call that
// goes out. An error has the provider ask again.
func (s *server) confirmProvider(ctx context.Context, address string) error {
	if s.Caller == nil {
		return failure(kindNotAvailable, "this process makes no calls, so it confirms no subscription")
	}
	said, err := s.Caller.Do(ctx, outgoing.Request{Method: http.MethodGet, URL: address, Timeout: confirmTimeout})
	if err != nil || said.Status != http.StatusOK {
		return &problem{kind: kindNotAccepted, detail: "the subscription could not be confirmed", cause: err}
	}
	return nil
}
