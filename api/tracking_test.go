package api

import (
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/links"
	"fermata/store"
	"fermata/store/storetest"
)

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// click follows a link of the mail and returns where it leads.
func (m *mailed) click(target, agent string) string {
	m.t.Helper()
	address, ok := m.links.Click(m.send, target)
	require.True(m.t, ok)
	w := m.page("GET", address, "", "User-Agent", agent)
	require.Equal(m.t, http.StatusFound, w.Code)
	require.Equal(m.t, "no-referrer", w.Header().Get("Referrer-Policy"))
	require.Contains(m.t, w.Header().Get("Cache-Control"), "no-store")
	return w.Header().Get("Location")
}

func (m *mailed) open(agent string, header ...string) {
	m.t.Helper()
	w := m.page("GET", m.links.Open(m.send), "", append([]string{"User-Agent", agent}, header...)...)
	require.Equal(m.t, http.StatusOK, w.Code)
	require.Equal(m.t, "image/gif", w.Header().Get("Content-Type"))
}

// record reports what was noted, two seconds later.
func (m *mailed) record() {
	m.t.Helper()
	m.clock.Advance(2 * time.Second)
	r := &events.HitRecorder{Store: m.store, Now: m.clock.Now}
	require.NoError(m.t, r.Tick(m.t.Context()))
}

// flags are the values of machine in the contact's events of a type, newest first.
func (m *mailed) flags(kind string) []any {
	m.t.Helper()
	flags := []any{}
	for _, one := range m.events(kind) {
		flags = append(flags, path(m.t, one, "data", "machine"))
	}
	return flags
}

func TestClicksLeadWhereTheAuthorWanted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		const target = `https://shop.example/a/../b//c?x=1&y=%20"é#z`
		require.Equal(t, `https://shop.example/a/../b//c?x=1&y=%20"%C3%A9#z`, m.click(target, firefox))
		require.Empty(t, m.events("email.clicked"))
		m.record()
		m.record()
		data := object{
			"send_id": m.send, "workflow": "news", "enrollment": "enr_1", "node": "hello", "template": "", "class": "marketing",
			"url": target, "machine": false,
		}
		found := m.events("email.clicked")
		require.Len(t, found, 1)
		require.Equal(t, data, path(t, found[0], "data"))
		data["link"] = "https://shop.example/a/../b//c"
		found = m.events("link.clicked")
		require.Len(t, found, 1)
		require.Equal(t, data, path(t, found[0], "data"))
	})
}

func TestClicksAreCountedOnceAMinute(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		m.clock.Advance(time.Minute - m.clock.Now().Sub(m.clock.Now().Truncate(time.Minute)))
		for range 4 {
			m.click("https://a.example", firefox)
			m.clock.Advance(5 * time.Second)
			m.record()
		}
		require.Len(t, m.events("email.clicked"), 1)
		m.clock.Advance(time.Minute)
		m.click("https://a.example", firefox)
		m.record()
		require.Equal(t, []any{false, false}, m.flags("email.clicked"))
	})
}

func TestOpensOncePerMailForPeopleAndForMachines(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		for range 3 {
			m.open(firefox)
			m.open("Mozilla/5.0")
			m.record()
			m.clock.Advance(time.Hour)
		}
		require.ElementsMatch(t, []any{true, false}, m.flags("email.opened"))
	})
}

func TestMachinesAreFlaggedAndNeverDropped(t *testing.T) {
	t.Parallel()
	for name, header := range map[string][]string{
		"Apple's proxy": {"User-Agent", "Mozilla/5.0"}, "no agent": {}, "a scanner": {"User-Agent", "Barracuda Sentinel"},
		"a crawler": {"User-Agent", "Mozilla/5.0 (compatible; bingbot/2.0)"}, "a prefetch": {"User-Agent", firefox, "Sec-Purpose", "prefetch"},
	} {
		m := setupMailed(t, storetest.Open(t))
		require.Equal(t, http.StatusOK, m.page("GET", m.links.Open(m.send), "", header...).Code)
		m.record()
		require.Equal(t, []any{true}, m.flags("email.opened"), name)
	}
	m := setupMailed(t, storetest.Open(t))
	address, _ := m.links.Click(m.send, "https://a.example")
	require.Equal(t, http.StatusFound, m.page("HEAD", address, "", "User-Agent", firefox).Code)
	m.open("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)")
	m.record()
	require.Equal(t, []any{true}, m.flags("email.clicked"), "HEAD")
	require.Equal(t, []any{false}, m.flags("email.opened"), "Google fetches when the reader opens the mail")
}

func TestOpenRightAfterSendingIsAMachine(t *testing.T) {
	t.Parallel()
	m := setupMailed(t, storetest.Open(t))
	at := m.clock.Now()
	send := &store.Send{ContactID: m.contact, Channel: "email", Class: "marketing", MessageID: "now@sink.test", State: store.SendSent, CreatedAt: at, SentAt: &at}
	require.NoError(t, m.store.Write(t.Context(), func(tx *store.Tx) error { return tx.CreateSend(send) }))
	m.send = send.ID
	m.clock.Advance(1900 * time.Millisecond)
	m.open(firefox)
	m.clock.Advance(time.Second)
	m.open(firefox)
	m.record()
	require.ElementsMatch(t, []any{true, false}, m.flags("email.opened"))
}

// TestScannersFollowEveryLink: all clicks of a burst are flagged, the first one too, also when they
// do not fall due together.
func TestScannersFollowEveryLink(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		r := &events.HitRecorder{Store: m.store, Now: m.clock.Now}
		for _, page := range []string{"a", "b", "c", "d"} {
			m.click("https://example.com/"+page, firefox)
			m.clock.Advance(700 * time.Millisecond)
			require.NoError(t, r.Tick(t.Context()))
		}
		m.record()
		require.Equal(t, []any{true, true, true, true}, m.flags("email.clicked"))
		m.clock.Advance(time.Hour)
		m.click("https://example.com/a", firefox)
		m.clock.Advance(1500 * time.Millisecond)
		m.click("https://example.com/b", firefox)
		m.record()
		require.Equal(t, []any{false, false}, m.flags("email.clicked")[:2], "a reader comes back")
	})
}

func TestClicksWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	m := setupMailed(t, s)
	require.NoError(t, s.Close())
	require.Equal(t, "https://a.example", m.click("https://a.example", firefox))
	m.open(firefox)
}

func TestForgedLinksLeadNowhere(t *testing.T) {
	t.Parallel()
	m := setupMailed(t, storetest.Open(t))
	address, _ := m.links.Click(m.send, "https://a.example")
	token, random := strings.TrimPrefix(address, mailBase+links.ClickPath), rand.New(rand.NewPCG(5, 6))
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	for range 2000 {
		forged := append([]byte{}, raw...)
		forged[random.IntN(len(forged))] ^= 1 << random.IntN(8)
		w := m.page("GET", links.ClickPath+base64.RawURLEncoding.EncodeToString(forged), "", "User-Agent", firefox)
		require.Equal(t, http.StatusNotFound, w.Code)
		require.Empty(t, w.Header().Get("Location"))
	}
	for _, other := range []string{m.links.Unsubscribe(m.send), m.links.Open(m.send)} {
		part := other[strings.LastIndexByte(other, '/')+1:]
		require.Equal(t, http.StatusNotFound, m.page("GET", links.ClickPath+part, "").Code)
	}
	m.record()
	require.Empty(t, m.events("email.clicked"))
}

func TestHitsOfAMailThatIsGone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		address, _ := m.links.Click("send_gone", "https://a.example")
		require.Equal(t, http.StatusFound, m.page("GET", address, "", "User-Agent", firefox).Code)
		m.record()
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			sends, err := tx.SendsHit(m.clock.Now(), 10)
			require.Empty(t, sends)
			return err
		}))
	})
}

// TestMailOfAnErasedContact: its links still lead where they should, and leave nothing behind.
func TestMailOfAnErasedContact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		m.click("https://a.example/?name=ana", firefox)
		require.Equal(t, http.StatusNoContent, m.call("DELETE", "/v1/contacts/"+m.contact, nil).status)
		hits := func() (list []store.MailHit) {
			require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) (err error) {
				list, err = tx.MailHits(m.send)
				return err
			}))
			return list
		}
		require.Empty(t, hits())
		require.Equal(t, "https://a.example/?name=ana", m.click("https://a.example/?name=ana", firefox))
		m.record()
		require.Empty(t, hits())
		for _, method := range []string{"GET", "POST"} {
			w := m.page(method, m.links.Unsubscribe(m.send), oneClick, "Content-Type", formType)
			require.Equal(t, http.StatusOK, w.Code)
		}
		require.Equal(t, http.StatusUnprocessableEntity, m.call("POST", "/v1/mail/reports", object{"kind": "replied", "send_id": m.send}).status)
		require.Equal(t, http.StatusNotFound, m.call("GET", "/v1/contacts/"+m.contact, nil).status)
	})
}

// TestMailOfAMergedContact: its way out takes the contact off that it was merged into.
func TestMailOfAMergedContact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := setupMailed(t, s)
		into := path(t, m.must(http.StatusCreated, "POST", "/v1/contacts", object{"email": "ana@work.example"}), "id").(string)
		a := m.call("POST", "/v1/contacts/"+into+"/merge", object{"from": m.contact})
		require.Equal(t, http.StatusOK, a.status, a.body)
		require.Equal(t, http.StatusOK, m.post(m.links.Unsubscribe(m.send), oneClick).Code)
		m.contact = into
		require.Equal(t, "unsubscribed", m.consent().(map[string]any)["state"])
		require.Len(t, m.events("email.unsubscribed"), 1)
	})
}
