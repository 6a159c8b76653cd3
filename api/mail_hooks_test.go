package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/outgoing"
	"fermata/store"
	"fermata/store/storetest"
)

// hook makes the address of a provider and returns its path.
func (m *mailed) hook(provider string) string {
	m.t.Helper()
	at, err := url.Parse(m.must(200, "POST", "/v1/mail/hooks/"+provider+"/rotate", nil)["url"].(string))
	require.NoError(m.t, err)
	return at.Path
}

// told posts what a provider does, and returns accepted, duplicates and ignored.
func (m *mailed) told(hook string, body any, more ...option) []any {
	m.t.Helper()
	a := m.must(200, "POST", hook, body, append(more, withKey(""))...)
	return []any{a["accepted"], a["duplicates"], a["ignored"]}
}

// notice is what SES says, in the frame of SNS.
func notice(kind string, of object, ids ...string) object {
	headers := []object{{"name": "From", "value": "shop@example.com"}}
	for _, id := range ids {
		headers = append(headers, object{"name": "Message-ID", "value": id})
	}
	inner := object{
		"notificationType": kind,
		"mail": object{
			"messageId": "00000138111222aa", "timestamp": "2026-03-02T08:59:38.237Z", "source": "shop@example.com", "headers": headers,
			"commonHeaders": object{"messageId": "<00000138111222aa@email.amazonses.com>", "to": []string{"ana@example.com"}},
		},
	}
	for key, value := range of {
		inner[key] = value
	}
	raw, _ := json.Marshal(inner)
	return object{"Type": "Notification", "MessageId": "22b80b92", "TopicArn": "arn:aws:sns:eu-west-1:1:mails", "Message": string(raw)}
}

func bounce(kind, to, id string) object {
	return object{"bounce": object{
		"bounceType": kind, "bounceSubType": "General", "feedbackId": id, "timestamp": "2026-03-02T09:00:00.000Z",
		"bouncedRecipients": []object{{"emailAddress": to, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}},
	}}
}

func asText(t *testing.T, body object) string {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	return string(raw)
}

func TestReportsOfSES(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		at := m.hook("ses")
		plain := withType("text/plain; charset=UTF-8")
		soft := asText(t, notice("Bounce", bounce("Transient", "ana@example.com", "f1"), "<1@sink.test>"))
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, soft, plain))
		require.Equal(t, []any{0.0, 1.0, object{}}, m.told(at, soft, plain), "the same feedback again")
		require.Nil(t, m.suppressed("ana@example.com"))
		other := notice("Bounce", bounce("Permanent", "boss@example.com", "f2"), "<1@sink.test>")
		require.Equal(t, []any{0.0, 0.0, object{"other_recipient": 1.0}}, m.told(at, asText(t, other), plain))
		require.Nil(t, m.suppressed("ana@example.com"))
		hard := notice("Bounce", bounce("Permanent", "Ana <Ana@Example.com>", "f3"), "<1@sink.test>")
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, asText(t, hard), plain))
		require.Equal(t, "bounced", m.suppressed("ana@example.com"))
		found := m.events("email.bounced")
		require.Len(t, found, 2)
		require.Equal(t, "smtp; 550 5.1.1 user unknown", path(t, found[0], "data", "detail"))
		require.Equal(t, "2026-03-02T09:00:00Z", path(t, found[0], "occurred_at"))

		complaint := object{"complaint": object{"complainedRecipients": []object{{"emailAddress": "ana@example.com"}}, "complaintFeedbackType": "not-spam"}}
		require.Equal(t, []any{0.0, 0.0, object{"Complaint": 1.0}}, m.told(at, notice("Complaint", complaint, "<1@sink.test>")), "somebody took it out of the spam")
		require.Nil(t, m.consent())
		complaint["complaint"].(object)["complaintFeedbackType"] = "abuse"
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, notice("Complaint", complaint, "<1@sink.test>")))
		require.Equal(t, "unsubscribed", m.consent().(map[string]any)["state"])

		require.Equal(t, []any{0.0, 0.0, object{"Delivery": 1.0}}, m.told(at, notice("Delivery", nil, "<1@sink.test>")))
		require.Equal(t, []any{0.0, 0.0, object{"unknown_mail": 1.0}}, m.told(at, notice("Bounce", bounce("Permanent", "ana@example.com", "f4"))), "without the original headers nobody knows which mail")
		raw := json.RawMessage(notice("Bounce", bounce("Transient", "ana@example.com", "f5"), "<1@sink.test>")["Message"].(string))
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, raw), "raw delivery")
		require.Equal(t, []any{0.0, 0.0, object{"text": 1.0}}, m.told(at, object{"Type": "Notification", "Message": "Successfully validated SNS topic"}))
		shown := path(t, m.must(200, "GET", "/v1/mail/hooks", nil), "items", 3)
		require.Equal(t, []any{"ses", 4.0, 5.0, "text"}, []any{path(t, shown, "provider"), path(t, shown, "accepted"), path(t, shown, "ignored"), path(t, shown, "last_ignored")})
	})
}

func TestSubscriptionsAreConfirmedAtSNSOnly(t *testing.T) {
	t.Parallel()
	calls := &switchboard{}
	f := setup(t, storetest.Open(t), func(c *Config) { c.Caller = calls })
	m := &mailed{fixture: f}
	at := m.hook("ses")
	for _, address := range []string{
		"http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription", "https://sns.eu-west-1.amazonaws.com.example/?Action=ConfirmSubscription",
		"https://evil.s3.amazonaws.com/?Action=ConfirmSubscription", "https://x@sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
		"https://sns.eu-west-1.amazonaws.com:8443/?Action=ConfirmSubscription", "https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic",
		"https://169.254.169.254/?Action=ConfirmSubscription", "",
	} {
		a := m.must(422, "POST", at, object{"Type": "SubscriptionConfirmation", "SubscribeURL": address}, withKey(""))
		require.Equal(t, "/SubscribeURL", path(t, a, "errors", 0, "pointer"), address)
	}
	require.Empty(t, calls.got)
	const address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:mails&Token=2336412f37"
	a := m.must(200, "POST", at, asText(t, object{"Type": "SubscriptionConfirmation", "SubscribeURL": address}), withKey(""), withType("text/plain; charset=UTF-8"))
	require.Equal(t, true, a["confirmed"])
	require.Len(t, calls.got, 1)
	require.Equal(t, []any{http.MethodGet, address}, []any{calls.got[0].Method, calls.got[0].URL})
	require.Equal(t, outgoing.Request{Method: http.MethodGet, URL: address, Timeout: confirmTimeout}, calls.got[0], "nothing of ours goes along")
}

func TestReportsOfPostmark(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		at := m.hook("postmark")
		record := func(kind, sort string, id int) object {
			return object{
				"RecordType": kind, "ID": id, "Type": sort, "TypeCode": 1, "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Email": "ana@example.com",
				"Details": "552 full", "BouncedAt": "2026-03-02T09:00:00.5735393Z", "Metadata": object{"message-id": "1@sink.test"}, "Inactive": true,
			}
		}
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, record("Bounce", "SoftBounce", 1)))
		require.Equal(t, []any{0.0, 0.0, object{"AutoResponder": 1.0}}, m.told(at, record("Bounce", "AutoResponder", 2)))
		require.Nil(t, m.suppressed("ana@example.com"))
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, record("Bounce", "HardBounce", 3)))
		require.Equal(t, []any{0.0, 1.0, object{}}, m.told(at, record("Bounce", "HardBounce", 3)))
		require.Equal(t, "bounced", m.suppressed("ana@example.com"))
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, record("SpamComplaint", "SpamComplaint", 4)))
		require.Equal(t, "complained", m.suppressed("ana@example.com"))
		require.Equal(t, []any{0.0, 0.0, object{"Delivery": 1.0}}, m.told(at, record("Delivery", "", 5)))
		without := record("Bounce", "HardBounce", 6)
		delete(without, "Metadata")
		require.Equal(t, []any{0.0, 0.0, object{"unknown_mail": 1.0}}, m.told(at, without))
		require.Len(t, m.events("email.bounced"), 2)
		require.Len(t, m.events("email.complained"), 1)
	})
}

func TestReportsOfMailgun(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		at := m.hook("mailgun")
		event := func(kind, severity, reason, id string) object {
			return object{
				"signature": object{"timestamp": "1772442000", "token": "x", "signature": "y"},
				"event-data": object{
					"event": kind, "severity": severity, "reason": reason, "id": id, "timestamp": 1772442000.25, "recipient": "ana@example.com",
					"message":         object{"headers": object{"message-id": "1@sink.test", "to": "ana@example.com"}},
					"delivery-status": object{"code": 550, "message": "5.1.1 unknown", "description": ""},
				},
			}
		}
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, event("failed", "temporary", "generic", "a")))
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, event("failed", "permanent", "old", "b")), "given up, which is no word about the address")
		require.Equal(t, []any{0.0, 0.0, object{"suppress-unsubscribe": 1.0}}, m.told(at, event("failed", "permanent", "suppress-unsubscribe", "c")))
		require.Nil(t, m.suppressed("ana@example.com"))
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, event("failed", "permanent", "bounce", "d")))
		require.Equal(t, "bounced", m.suppressed("ana@example.com"))
		require.Equal(t, "2026-03-02T09:00:00.25Z", path(t, m.events("email.bounced")[0], "occurred_at"))
		require.Equal(t, "5.1.1 unknown", path(t, m.events("email.bounced")[0], "data", "detail"))
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, event("complained", "", "", "e")))
		require.Equal(t, "complained", m.suppressed("ana@example.com"))
		require.Equal(t, []any{0.0, 0.0, object{"opened": 1.0}}, m.told(at, event("opened", "", "", "f")))
	})
}

func TestReportsOfSendGrid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		at := m.hook("sendgrid")
		event := func(kind, sort, reason, id string) object {
			return object{
				"email": "ana@example.com", "timestamp": 1772442000, "smtp-id": "<1@sink.test>", "event": kind, "type": sort, "reason": reason,
				"status": "5.0.0", "sg_event_id": id, "sg_message_id": "14c5d75ce93.dfd.64b469",
			}
		}
		require.Equal(t, []any{2.0, 1.0, object{"processed": 2.0, "dropped": 1.0, "no_message_id": 1.0, "other": 1.0}}, m.told(at, []object{
			event("processed", "", "", "a"), event("bounce", "blocked", "421 later", "b"), event("processed", "", "", "c"), event("bounce", "blocked", "421 later", "b"),
			event("dropped", "", "Unsubscribed Address", "d"), event("\x00<b>", "", "", "e"),
			{"event": "bounce", "type": "bounce", "email": "x@example.com"},
			event("bounce", "bounce", "550 \x00no user", "f"),
		}))
		require.Equal(t, "bounced", m.suppressed("ana@example.com"))
		require.Equal(t, []any{0.0, 1.0, object{}}, m.told(at, []object{event("dropped", "", "Bounced Address", "g")}), "it has bounced before")
		require.Equal(t, []any{1.0, 0.0, object{}}, m.told(at, []object{event("spamreport", "", "", "h")}))
		require.Equal(t, "complained", m.suppressed("ana@example.com"))
		require.Len(t, m.events("email.bounced"), 2)
	})
}

func TestAddressesOfMailProviders(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		list := m.must(200, "GET", "/v1/mail/hooks", nil)["items"].([]any)
		require.Len(t, list, 4)
		require.Nil(t, path(t, list[0], "url"))
		old := m.hook("mailgun")
		m.told(old, object{"event-data": object{"event": "opened"}})
		at := m.hook("mailgun")
		m.must(404, "POST", old, object{"event-data": object{"event": "opened"}}, withKey(""))
		shown := path(t, m.must(200, "GET", "/v1/mail/hooks", nil), "items", 0).(map[string]any)
		require.Contains(t, shown["url"], at)
		require.Equal(t, []any{1.0, "opened"}, []any{shown["ignored"], shown["last_ignored"]}, "the counts stay")
		for pointer, body := range map[string]any{
			"/event-data/event": object{"signature": object{}}, "": []any{},
		} {
			a := m.must(422, "POST", at, body, withKey(""))
			require.Equal(t, pointer, path(t, a, "errors", 0, "pointer"), fmt.Sprint(body))
		}
		a := m.must(422, "POST", at, "no JSON", withKey(""), withType("text/plain"))
		require.Contains(t, path(t, a, "errors", 0, "message"), "is nothing that mailgun sends")
		m.must(422, "POST", m.hook("postmark"), object{}, withKey(""))
		m.must(422, "POST", m.hook("ses"), object{}, withKey(""))
		a = m.must(422, "POST", m.hook("sendgrid"), []object{{"event": "open"}, {}}, withKey(""))
		require.Equal(t, "/1/event", path(t, a, "errors", 0, "pointer"))
		m.must(204, "DELETE", "/v1/mail/hooks/mailgun", nil)
		m.must(404, "POST", at, object{"event-data": object{"event": "opened"}}, withKey(""))
		m.must(404, "DELETE", "/v1/mail/hooks/mailgun", nil)
		m.must(404, "POST", "/v1/mail/hooks/pigeon/rotate", nil)
		require.NotContains(t, m.call("GET", "/v1/audit", nil).body, at, "no address is kept in the open")
	})
}
