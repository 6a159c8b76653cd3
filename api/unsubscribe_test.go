package api

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/links"
	"fermata/store"
	"fermata/store/storetest"
)

const mailBase = "https://mail.example"

// mailed is the API with a contact that got one mail.
type mailed struct {
	*fixture
	links   *links.Signer
	contact string
	send    string
}

func setupMailed(t *testing.T, s *store.Store) *mailed {
	t.Helper()
	signer, err := links.New("a secret of the installation", mailBase)
	require.NoError(t, err)
	f := setup(t, s, func(c *Config) { c.Links = signer })
	m := &mailed{fixture: f, links: signer}
	m.contact = path(t, f.must(http.StatusCreated, "POST", "/v1/contacts", object{"email": "ana@example.com"}), "id").(string)
	m.send = m.mail("<1@sink.test>", "ana@example.com")
	return m
}

// mail is the row of a mail that was sent a minute ago.
func (m *mailed) mail(id, to string) string {
	m.t.Helper()
	at := m.clock.Now().Add(-60e9)
	send := &store.Send{
		ContactID: m.contact, EnrollmentID: "enr_1", Workflow: "news", Node: "hello", Visit: 1, Channel: "email", Class: "marketing",
		ToAddress: to, Subject: "News", MessageID: strings.Trim(id, "<>"), State: store.SendSent, CreatedAt: at, SentAt: &at,
	}
	require.NoError(m.t, m.store.Write(m.t.Context(), func(tx *store.Tx) error { return tx.CreateSend(send) }))
	return send.ID
}

// page makes a request as a browser or a mail program does: without a key.
func (m *mailed) page(method, address string, body string, header ...string) *httptest.ResponseRecorder {
	m.t.Helper()
	r := httptest.NewRequest(method, strings.TrimPrefix(address, mailBase), strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, r)
	return w
}

func (m *mailed) post(address, body string) *httptest.ResponseRecorder {
	m.t.Helper()
	return m.page("POST", address, body, "Content-Type", formType)
}

func (m *mailed) consent() any {
	return path(m.t, m.must(http.StatusOK, "GET", "/v1/contacts/"+m.contact, nil), "consent", "email")
}

// events lists the contact's events of a type, newest first.
func (m *mailed) events(kind string) []any {
	return path(m.t, m.must(http.StatusOK, "GET", "/v1/events?type="+kind+"&contact="+m.contact, nil), "items").([]any)
}

const oneClick = "List-Unsubscribe=One-Click"

func TestUnsubscribePageChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		address := m.links.Unsubscribe(m.send)
		for _, method := range []string{"GET", "HEAD"} {
			w := m.page(method, address, "")
			require.Equal(t, http.StatusOK, w.Code)
			require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
			require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		}
		page := m.page("GET", address, "").Body.String()
		require.Contains(t, page, "Unsubscribe from Test?")
		require.NotContains(t, page, "<script")
		require.NotContains(t, page, "ana@example.com")
		require.Nil(t, m.consent(), "looking at the page is no decision")
		require.Empty(t, m.events("email.unsubscribed"))
	})
}

func TestUnsubscribeOncePerSend(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		for range 3 {
			w := m.post(m.links.Unsubscribe(m.send), oneClick)
			require.Equal(t, http.StatusOK, w.Code, w.Body)
			require.Contains(t, w.Body.String(), "You are unsubscribed")
		}
		consent := m.consent().(map[string]any)
		require.Equal(t, []any{"unsubscribed", "mail: one-click"}, []any{consent["state"], consent["source"]})
		found := m.events("email.unsubscribed")
		require.Len(t, found, 1)
		require.Equal(t, object{
			"send_id": m.send, "workflow": "news", "enrollment": "enr_1", "node": "hello", "template": "", "class": "marketing",
		}, path(t, found[0], "data"))
		require.Len(t, m.events("contact.updated"), 1)
		audit := m.must(http.StatusOK, "GET", "/v1/audit", nil)["items"].([]any)
		noted := 0
		for _, one := range audit {
			if path(t, one, "action") == "contact.consent" {
				require.Equal(t, "recipient", path(t, one, "person"))
				noted++
			}
		}
		require.Equal(t, 1, noted)

		second := m.mail("<2@sink.test>", "ana@example.com")
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		require.NoError(t, form.WriteField("List-Unsubscribe", "One-Click"))
		require.NoError(t, form.Close())
		w := m.page("POST", m.links.Unsubscribe(second), body.String(), "Content-Type", form.FormDataContentType())
		require.Equal(t, http.StatusOK, w.Code)
		require.Len(t, m.events("email.unsubscribed"), 2, "another mail is another report")
	})
}

func TestUnsubscribeNeedsItsFormAndItsToken(t *testing.T) {
	t.Parallel()
	m := setupMailed(t, storetest.Open(t))
	address := m.links.Unsubscribe(m.send)
	click, ok := m.links.Click(m.send, "https://example.com")
	require.True(t, ok)
	for name, w := range map[string]*httptest.ResponseRecorder{
		"no form":     m.page("POST", address, ""),
		"JSON":        m.page("POST", address, `{"List-Unsubscribe":"One-Click"}`, "Content-Type", "application/json"),
		"other field": m.post(address, "unsubscribe=yes"),
		"query":       m.post(address+"?"+oneClick, ""),
	} {
		require.Equal(t, http.StatusBadRequest, w.Code, name)
	}
	for name, token := range map[string]string{
		"a click token": strings.TrimPrefix(click, mailBase+links.ClickPath), "a send": m.send, "nothing": "x",
		"an open token": strings.TrimSuffix(strings.TrimPrefix(m.links.Open(m.send), mailBase+links.OpenPath), links.OpenSuffix),
	} {
		for _, method := range []string{"GET", "POST"} {
			w := m.page(method, links.UnsubscribePath+token, oneClick, "Content-Type", formType)
			require.Equal(t, http.StatusNotFound, w.Code, name)
			require.Contains(t, w.Body.String(), "This link does not work")
		}
	}
	require.Nil(t, m.consent())
	require.Equal(t, http.StatusMethodNotAllowed, m.page("PUT", address, "").Code)
}

func TestUnsubscribeFromWhatIsGone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		address := m.links.Unsubscribe("send_gone")
		require.Equal(t, http.StatusOK, m.page("GET", address, "").Code)
		w := m.post(address, oneClick)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), "You are unsubscribed")
		require.Nil(t, m.consent())
	})
}

func TestUnsubscribePageEscapes(t *testing.T) {
	t.Parallel()
	m := setupMailed(t, storetest.Open(t))
	m.must(http.StatusOK, "PATCH", "/v1/account", object{"name": `<script>alert(1)</script>`})
	require.Contains(t, m.page("GET", m.links.Unsubscribe(m.send), "").Body.String(), "&lt;script&gt;")
}

func TestUnsubscribeWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	m := setupMailed(t, s)
	require.NoError(t, s.Close())
	address := m.links.Unsubscribe(m.send)
	w := m.page("GET", address, "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), "Unsubscribe from these mails?")
	w = m.post(address, oneClick)
	require.Equal(t, http.StatusServiceUnavailable, w.Code, "nothing is promised that did not happen")
	require.NotEmpty(t, w.Header().Get("Retry-After"))
}
