package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func (m *mailed) report(status int, body any) object {
	m.t.Helper()
	return m.must(status, "POST", "/v1/mail/reports", body)
}

func (m *mailed) suppressed(address string) any {
	a := m.call("GET", "/v1/suppressions/"+address, nil)
	if a.status == http.StatusNotFound {
		return nil
	}
	return a.json["reason"]
}

func TestHardBounceSuppressesTheAddress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		m.report(http.StatusAccepted, object{"kind": "bounced", "bounce": "soft", "message_id": "<1@sink.test>", "detail": "452 full"})
		require.Nil(t, m.suppressed("ana@example.com"))
		for i, duplicate := range []bool{false, true} {
			a := m.report(http.StatusAccepted, object{"kind": "bounced", "bounce": "hard", "message_id": "<1@sink.test>", "at": "2026-03-02T09:00:00Z"})
			require.Equal(t, []any{float64(1 - i), duplicate}, []any{a["accepted"], path(t, a, "reports", 0, "duplicate")})
		}
		require.Equal(t, "bounced", m.suppressed("ana@example.com"))
		require.Nil(t, m.consent(), "a bounce is no word of the contact")
		found := m.events("email.bounced")
		require.Len(t, found, 2)
		require.Equal(t, object{
			"send_id": m.send, "workflow": "news", "enrollment": "enr_1", "node": "hello", "template": "", "class": "marketing", "bounce": "hard",
		}, path(t, found[0], "data"))
		require.Equal(t, "2026-03-02T09:00:00Z", path(t, found[0], "occurred_at"))
		require.Equal(t, "452 full", path(t, found[1], "data", "detail"))
	})
}

func TestComplaintUnsubscribesAndSuppresses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		for range 2 {
			m.report(http.StatusAccepted, object{"kind": "complained", "send_id": m.send})
		}
		require.Equal(t, "complained", m.suppressed("ana@example.com"))
		require.Equal(t, "unsubscribed", m.consent().(map[string]any)["state"])
		require.Len(t, m.events("email.complained"), 1)
		require.Len(t, m.events("contact.updated"), 1)
	})
}

func TestReportsAreToldApartByTheirID(t *testing.T) {
	t.Parallel()
	m := setupMailed(t, storetest.Open(t))
	for _, id := range []string{"r1", "r2", "r1"} {
		m.report(http.StatusAccepted, object{"kind": "replied", "send_id": m.send, "id": id})
	}
	require.Len(t, m.events("email.replied"), 2)
	require.Nil(t, m.suppressed("ana@example.com"))
}

func TestReportsThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	m := setupMailed(t, storetest.Open(t))
	for pointer, body := range map[string]any{
		"/message_id": object{"kind": "replied", "message_id": "other@sink.test"}, "/send_id": object{"kind": "replied", "send_id": "send_x"},
		"/kind": object{"kind": "delivered", "send_id": m.send}, "/bounce": object{"kind": "bounced", "send_id": m.send},
		"/at": object{"kind": "replied", "send_id": m.send, "at": "now"}, "/bonce": object{"kind": "bounced", "bonce": "hard", "send_id": m.send},
		"/reports/1/kind": object{"reports": []any{object{"kind": "replied", "send_id": m.send}, object{"send_id": m.send}}},
		"/reports":        object{"reports": []any{}}, "": object{"kind": "replied"},
	} {
		a := m.report(http.StatusUnprocessableEntity, body)
		require.Equal(t, pointer, path(t, a, "errors", 0, "pointer"), a)
	}
	require.Empty(t, m.events("email.replied"))
	a := m.report(http.StatusAccepted, object{"reports": []any{
		object{"kind": "replied", "send_id": "send_x"}, object{"kind": "replied", "message_id": "1@sink.test"},
	}})
	require.InDelta(t, 1, a["accepted"], 0)
	require.Equal(t, "/reports/0/send_id", path(t, a, "reports", 0, "error", "pointer"))
	require.Len(t, m.events("email.replied"), 1)
}

func TestBounceOfAMailToSeveralSuppressesTheContactOnly(t *testing.T) {
	t.Parallel()
	m := setupMailed(t, storetest.Open(t))
	both, others := m.mail("2@sink.test", "bo@example.com, Ana <ana@example.com>"), m.mail("3@sink.test", "bo@example.com, cy@example.com")
	m.report(http.StatusAccepted, object{"kind": "bounced", "bounce": "hard", "send_id": others})
	require.Equal(t, []any{nil, nil}, []any{m.suppressed("ana@example.com"), m.suppressed("bo@example.com")})
	m.report(http.StatusAccepted, object{"kind": "bounced", "bounce": "hard", "send_id": both})
	require.Equal(t, []any{"bounced", nil}, []any{m.suppressed("ana@example.com"), m.suppressed("bo@example.com")})
}
