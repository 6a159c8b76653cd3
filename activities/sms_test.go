package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/activities"
	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

// gateway takes text messages, or fails as a test says.
type gateway struct {
	sent []outgoing.Text
	fail error
}

func (g *gateway) Addr() string { return "gateway" }

func (g *gateway) SendText(_ context.Context, m outgoing.Text) error {
	g.sent = append(g.sent, m)
	return g.fail
}

// texted carries out one sms node for a contact with a phone and a consent.
func texted(t *testing.T, s *store.Store, node, phone, consent string, server *gateway) *passage {
	t.Helper()
	p := enroll(t, s, node).outside(&postman{})
	p.activities.Texter = server
	p.change(func(_ *store.Enrollment, c *store.Contact) {
		if phone != "" {
			c.Phone = &phone
		}
		if consent != "" {
			c.Consent = store.JSON(`{"sms": {"state": "` + consent + `", "source": "test"}}`)
		}
	})
	return p
}

const marketing = `{type: sms, with: {text: "Hi {{ contact.phone }}"}}`

func TestTextMessage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		server := &gateway{}
		p := texted(t, s, marketing, "+49 (170) 123-45", "subscribed", server)
		p.first(p.activities.SMS)
		require.Equal(t, []outgoing.Text{{Key: p.in.Enrollment + ".it.1", To: "+4917012345", Text: "Hi +49 (170) 123-45"}}, server.sent)
		require.Equal(t, store.EffectDone, p.landed().State)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			sends, _, err := tx.ListSends(store.SendFilter{Enrollment: p.in.Enrollment}, store.Page{Limit: 10})
			require.Len(t, sends, 1)
			require.Equal(t, []string{"sms", "marketing", "sent", "+4917012345"}, []string{sends[0].Channel, sends[0].Class, sends[0].State, sends[0].ToAddress})
			if err != nil {
				return err
			}
			list, _, err := tx.ListEvents(store.EventFilter{Type: "sms.sent"}, store.Page{Limit: 10})
			require.Len(t, list, 1)
			return err
		}))
		p.first(p.activities.SMS)
		require.Len(t, server.sent, 1)
	})
}

// TestWhoGetsNoTextMessage: consent of its own channel, suppression as written or as a bare number, a
// share of its own, and a number.
func TestWhoGetsNoTextMessage(t *testing.T) {
	t.Parallel()
	suppressed := func(address string) func(tx *store.Tx, c string) error {
		return func(tx *store.Tx, _ string) error {
			return tx.PutSuppression(&store.Suppression{Address: address, Channel: "sms", Reason: "x"})
		}
	}
	had := func(channel string) func(tx *store.Tx, c string) error {
		return func(tx *store.Tx, c string) error {
			return tx.CreateSend(&store.Send{
				ContactID: c, EnrollmentID: "enr_x", Workflow: "x", Node: "x", Visit: 1, Channel: channel, Class: "marketing", MessageID: channel + "@x",
				State: store.SendSent, CreatedAt: noon.Add(-time.Hour),
			})
		}
	}
	capped := func(tx *store.Tx, c string, channel string) error {
		limit, err := store.ToJSON("1/7d")
		if err != nil {
			return err
		}
		if err := tx.SaveAccount(&store.Account{Timezone: "UTC", Currency: "USD", DefaultConsent: "subscribed", FrequencyCap: limit}); err != nil {
			return err
		}
		return had(channel)(tx, c)
	}
	const transactional = `{type: sms, with: {text: Hi, class: transactional}}`
	for name, c := range map[string]struct {
		node, phone, consent string
		before               func(tx *store.Tx, contact string) error
		status, reason       string
	}{
		"no phone":                {marketing, "", "subscribed", nil, "suppressed", "no_phone"},
		"no phone, whatever":      {transactional, "", "", nil, "suppressed", "no_phone"},
		"unsubscribed":            {marketing, "+4917012345", "unsubscribed", nil, "suppressed", "unsubscribed"},
		"unsubscribed, receipt":   {transactional, "+4917012345", "unsubscribed", nil, "done", ""},
		"suppressed":              {marketing, "+49 170 12345", "subscribed", suppressed("+49 170 12345"), "suppressed", "suppressed"},
		"suppressed, bare":        {marketing, "+49 170 12345", "subscribed", suppressed("+4917012345"), "suppressed", "suppressed"},
		"had its share":           {marketing, "+4917012345", "subscribed", func(tx *store.Tx, c string) error { return capped(tx, c, "sms") }, "suppressed", "frequency_cap"},
		"mails are counted apart": {marketing, "+4917012345", "subscribed", func(tx *store.Tx, c string) error { return capped(tx, c, "email") }, "done", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				server := &gateway{}
				p := texted(t, s, c.node, c.phone, c.consent, server)
				if c.before != nil {
					contact := p.contact().ID
					require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return c.before(tx, contact) }))
				}
				p.first(p.activities.SMS)
				_, step := p.stands()
				require.Equal(t, []string{c.status, c.reason}, []string{step.Status, step.Reason})
				require.Equal(t, c.status == "done", len(server.sent) == 1)
			})
		})
	}
}

// TestTextMessageInDoubt: marketing at most once, transactional at least once under one key.
func TestTextMessageInDoubt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		server := &gateway{fail: &activities.SendError{Code: "http_502", Unknown: true}}
		p := texted(t, s, marketing, "+4917012345", "subscribed", server)
		p.first(p.activities.SMS)
		_, step := p.stands()
		require.Equal(t, "unknown", step.Status)
		require.Len(t, server.sent, 1)
	})
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		server := &gateway{fail: &activities.SendError{Code: "http_502", Unknown: true}}
		p := texted(t, s, `{type: sms, with: {text: Hi, class: transactional}}`, "+4917012345", "", server)
		p.first(p.activities.SMS)
		_, step := p.stands()
		require.Equal(t, "running", step.Status)
		server.fail = nil
		p.first(p.activities.SMS)
		_, step = p.stands()
		require.Equal(t, "done", step.Status)
		require.Len(t, server.sent, 2)
		require.Equal(t, server.sent[0].Key, server.sent[1].Key)
	})
}

func TestTextMessageWithoutAGatewayFails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := texted(t, s, marketing, "+4917012345", "subscribed", nil)
		p.activities.Texter = nil
		require.Equal(t, "no_gateway", p.first(p.activities.SMS).Occurrence.Code)
	})
}

// TestGateway: what is posted, and what each answer means.
func TestGateway(t *testing.T) {
	t.Parallel()
	var status int
	var got *http.Request
	var body map[string]string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, body = r, nil
		_ = json.Unmarshal(raw, &body)
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	g, err := activities.NewGateway(server.URL+"/send", "a-token", "Shop")
	require.NoError(t, err)
	for code, want := range map[int]string{
		200: "", 202: "", 204: "", 400: "final", 401: "final", 429: "again", 500: "unknown", 502: "unknown", 503: "again", 504: "unknown",
	} {
		status = code
		err := g.SendText(t.Context(), outgoing.Text{Key: "k1", To: "+49170", Text: "Hi"})
		said := ""
		if failed, is := errors.AsType[*activities.SendError](err); is {
			said = map[bool]string{true: "unknown", false: "again"}[failed.Unknown]
			if failed.Final {
				said = "final"
			}
		}
		require.Equal(t, want, said, code)
		require.Equal(t, []string{"POST", "/send", "Bearer a-token", "k1", "application/json"}, []string{
			got.Method, got.URL.Path, got.Header.Get("Authorization"), got.Header.Get("Idempotency-Key"), got.Header.Get("Content-Type"),
		})
		require.Equal(t, map[string]string{"to": "+49170", "from": "Shop", "text": "Hi"}, body)
	}
	none, err := activities.NewGateway("", "", "")
	require.NoError(t, err)
	require.Nil(t, none)
	for _, bad := range []string{"gateway.example", "ftp://gateway.example", "http://"} {
		_, err := activities.NewGateway(bad, "", "")
		require.Error(t, err, bad)
	}
}
