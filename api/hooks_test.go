package api

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

const hookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// orders is a workflow that an inbound webhook enrolls in.
func orders(webhook object) object {
	return object{
		"schema": 1, "key": "orders", "name": "Orders", "start": "pause",
		"triggers": []object{{"id": "shop", "webhook": webhook}},
		"nodes": object{
			"pause": object{"type": "wait", "with": object{"for": "3d"}, "next": "done"},
			"done":  object{"type": "end"},
		},
	}
}

// publishHook publishes a workflow with one webhook trigger and returns the path of its address.
func (f *fixture) publishHook(def object) string {
	f.t.Helper()
	f.call("PUT", "/v1/workflows/orders", def)
	done := f.must(200, "POST", "/v1/workflows/orders/publish", nil)
	address, _ := path(f.t, done, "hooks", 0, "url").(string)
	require.Contains(f.t, address, "/v1/hooks/hk_")
	return address
}

// drainRouter routes what was accepted.
func (f *fixture) drainRouter() {
	f.t.Helper()
	_, err := f.router.Drain(f.t.Context())
	require.NoError(f.t, err)
}

func (f *fixture) contactByEmail(email string) map[string]any {
	f.t.Helper()
	found := f.must(200, "GET", "/v1/contacts?email="+url.QueryEscape(email), nil)
	shown, _ := path(f.t, found, "items", 0).(map[string]any)
	return shown
}

func TestInboundWebhookEnrolls(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		hook := f.publishHook(orders(object{
			"contact": object{
				"email": "{{ body.customer.email }}", "external_id": "{{ body.customer.id }}", "first_name": "{{ body.customer.name }}",
				"fields": object{"shop": `{{ headers["x-shop"] }}`, "plan": "{{ body.plan }}", "score": "{{ body.score }}"},
			},
			"data": object{"order": "{{ body.id }}", "amount": "{{ body.amount }}", "text": "No. {{ body.id }}", "from": "{{ query.from }}", "items": "{{ body.items }}"},
		}))
		body := object{
			"id": 17, "amount": 49.5, "items": []any{"a", "b"}, "score": 3,
			"customer": object{"email": "Ana@Example.com ", "id": 5001, "name": "Ana"},
		}
		done := f.must(202, "POST", hook+"?from=mail&utm=x", body, withKey(""), withHeader("X-Shop", "north"))
		require.EqualValues(t, 1, done["accepted"])
		f.drainRouter()
		ana := f.contactByEmail("ana@example.com")
		require.Equal(t, "5001", ana["external_id"])
		require.Equal(t, "Ana", ana["first_name"])
		require.Equal(t, object{"shop": "north", "score": 3.0}, ana["fields"], "what came out empty is left out")

		event := f.must(200, "GET", "/v1/events/"+path(t, done, "events", 0, "id").(string), nil)
		require.Equal(t, "workflow.triggered", event["type"])
		require.Equal(t, "enrolled", path(t, event, "verdicts", 0, "verdict"))
		require.Equal(t, object{"order": 17.0, "amount": 49.5, "text": "No. 17", "from": "mail", "items": []any{"a", "b"}}, path(t, event, "data", "data"))
		inside, _, err := listEnrollments(t, s, "orders")
		require.NoError(t, err)
		require.Equal(t, "shop", inside[0].TriggerID)
		require.JSONEq(t, `{"order": 17, "amount": 49.5, "text": "No. 17", "from": "mail", "items": ["a", "b"]}`, string(inside[0].TriggerData))

		// A name that the sender leaves out this time does not clear what is known; null does.
		body["customer"] = object{"email": "ana@example.com"}
		f.must(202, "POST", hook, body, withKey(""))
		require.Equal(t, "Ana", f.contactByEmail("ana@example.com")["first_name"])
		body["customer"] = object{"email": "ana@example.com", "name": nil}
		f.must(202, "POST", hook, body, withKey(""))
		require.Nil(t, f.contactByEmail("ana@example.com")["first_name"])
	})
}

func listEnrollments(t *testing.T, s *store.Store, workflow string) (rows []store.Enrollment, next string, err error) {
	t.Helper()
	err = s.Read(t.Context(), func(tx *store.Tx) (err error) {
		rows, next, err = tx.ListEnrollments(store.EnrollmentFilter{Workflow: workflow}, store.Page{Limit: 100})
		return err
	})
	return rows, next, err
}

func TestInboundWebhookTakesForms(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	hook := f.publishHook(orders(object{"contact": object{"email": "{{ body.email }}"}}))
	done := f.must(202, "POST", hook, "email=ana%40example.com&tag=a&tag=b", withKey(""), withType("application/x-www-form-urlencoded"))
	event := f.must(200, "GET", "/v1/events/"+path(t, done, "events", 0, "id").(string), nil)
	require.Equal(t, object{"email": "ana@example.com", "tag": []any{"a", "b"}}, path(t, event, "data", "data"), "without a mapping the body is the data")

	f.must(415, "POST", hook, "email=ana", withKey(""), withType("text/plain"))
	f.must(413, "POST", hook, `{"x": "`+strings.Repeat("x", 1<<20)+`"}`, withKey(""))
	f.must(400, "POST", hook, `{"x": `, withKey(""))
	f.must(422, "POST", hook, `{"email": "ana@example.com", "x": "`+strings.Repeat("x", 64<<10)+`"}`, withKey(""))
}

func TestInboundWebhookRefusesWhatNamesNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		hook := f.publishHook(orders(object{"contact": object{"email": "{{ body.email }}"}, "data": object{"a": "{{ body.a }}"}}))
		f.run(t, []scenario{
			{name: "nobody", method: "POST", url: hook, body: object{"a": 1}, status: 422, expected: []string{`"pointer":"/contact"`, "email"}},
			{name: "no address", method: "POST", url: hook, body: object{"email": "ana"}, status: 422, expected: []string{`"pointer":"/contact/email"`, "name@example.com"}},
			{name: "an address of another kind", method: "POST", url: hook, body: object{"email": []any{"a"}}, status: 422, expected: []string{`"pointer":"/contact/email"`}},
			{name: "a text as body", method: "POST", url: hook, body: `"hello"`, status: 422, expected: []string{`"pointer":"/contact"`}},
		})
		found := f.must(200, "GET", "/v1/events", nil)
		require.Empty(t, path(t, found, "items"))
		require.Empty(t, path(t, f.must(200, "GET", "/v1/contacts", nil), "items"))
	})
}

func TestInboundWebhookAddressIsSecret(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s, func(c *Config) { c.BaseURL = "https://flow.example/" })
		def := orders(object{"contact": object{"email": "{{ body.email }}"}})
		f.must(201, "PUT", "/v1/workflows/orders", def)
		require.Nil(t, f.must(200, "GET", "/v1/workflows/orders", nil)["hooks"], "a draft has no address")
		done := f.must(200, "POST", "/v1/workflows/orders/publish", nil, withHeader("Idempotency-Key", "once"))
		address, _ := path(t, done, "hooks", 0, "url").(string)
		require.True(t, strings.HasPrefix(address, "https://flow.example/v1/hooks/hk_"), address)
		again := f.must(200, "POST", "/v1/workflows/orders/publish", nil, withHeader("Idempotency-Key", "once"))
		require.Nil(t, path(t, again, "hooks", 0, "url"), "an address is not stored with the answer")

		viewer, _ := f.issue([]string{scopeViewer}, nil)
		editor, _ := f.issue([]string{scopeEditor}, nil)
		require.Nil(t, f.must(200, "GET", "/v1/workflows/orders", nil, withKey(viewer))["hooks"])
		require.Equal(t, address, path(t, f.must(200, "GET", "/v1/workflows/orders", nil, withKey(editor)), "hooks", 0, "url"))

		// It stays over versions, also when the trigger was away for one.
		hook := strings.TrimPrefix(address, "https://flow.example")
		without := orders(nil)
		without["triggers"] = []object{{"id": "hand", "manual": true}}
		f.must(200, "PUT", "/v1/workflows/orders", without)
		require.Nil(t, f.must(200, "POST", "/v1/workflows/orders/publish", nil)["hooks"])
		ana := object{"email": "ana@example.com"}
		gone := f.call("POST", hook, ana, withKey(""))
		unknown := f.call("POST", "/v1/hooks/hk_none", ana, withKey(""))
		require.Equal(t, 404, gone.status)
		require.Equal(t, unknown.body, gone.body, "what is not there answers alike")
		f.must(200, "PUT", "/v1/workflows/orders", def)
		require.Equal(t, address, path(t, f.must(200, "POST", "/v1/workflows/orders/publish", nil), "hooks", 0, "url"))

		f.must(403, "POST", "/v1/workflows/orders/hooks/shop/rotate", nil, withKey(editor))
		f.must(404, "POST", "/v1/workflows/orders/hooks/none/rotate", nil)
		next := f.must(200, "POST", "/v1/workflows/orders/hooks/shop/rotate", nil)
		require.NotEqual(t, address, next["url"])
		f.must(404, "POST", hook, ana, withKey(""))
		f.must(202, "POST", strings.TrimPrefix(next["url"].(string), "https://flow.example"), ana, withKey(""))
	})
}

func TestInboundWebhookOfAStoppedWorkflowIsLogged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		hook := f.publishHook(orders(object{"contact": object{"email": "{{ body.email }}"}}))
		for _, change := range []func(){
			func() { f.must(200, "POST", "/v1/workflows/orders/stop", nil) },
			func() { f.must(204, "DELETE", "/v1/workflows/orders", nil) },
		} {
			change()
			done := f.must(202, "POST", hook, object{"email": "ana@example.com"}, withKey(""))
			f.drainRouter()
			event := f.must(200, "GET", "/v1/events/"+path(t, done, "events", 0, "id").(string), nil)
			require.Equal(t, "filtered", path(t, event, "verdicts", 0, "verdict"))
			require.Equal(t, "not_active", path(t, event, "verdicts", 0, "reason"))
		}
		rows, _, err := listEnrollments(t, s, "orders")
		require.NoError(t, err)
		require.Empty(t, rows)
	})
}

func signedBy(t *testing.T, secret, id string, at time.Time, body string) []option {
	t.Helper()
	key, err := events.SigningKey(secret)
	require.NoError(t, err)
	signature, err := key.Sign(id, at, []byte(body))
	require.NoError(t, err)
	return []option{
		withKey(""), withHeader("webhook-id", id), withHeader("webhook-timestamp", strconv.FormatInt(at.Unix(), 10)), withHeader("webhook-signature", signature),
	}
}

func TestInboundWebhookChecksSignatures(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.must(200, "PUT", "/v1/secrets/shop", object{"value": hookSecret})
		hook := f.publishHook(orders(object{"contact": object{"email": "{{ body.email }}"}, "secret": "secret:shop"}))
		now, body := f.clock.Now(), `{"email": "ana@example.com"}`
		other := signedBy(t, hookSecret, "msg_1", now, `{"email": "eve@example.com"}`)
		old := signedBy(t, hookSecret, "msg_1", now.Add(-time.Hour), body)
		wrong := signedBy(t, hookSecret+"BBBB", "msg_1", now, body)
		for name, opts := range map[string][]option{"missing": {withKey("")}, "of another body": other, "old": old, "of another key": wrong} {
			a := f.call("POST", hook, body, opts...)
			require.Equal(t, http.StatusUnauthorized, a.status, name)
		}
		require.Empty(t, path(t, f.must(200, "GET", "/v1/events", nil), "items"), "nothing is stored of a call that nobody signed")
		require.Empty(t, path(t, f.must(200, "GET", "/v1/contacts", nil), "items"))

		first := f.must(202, "POST", hook, body, signedBy(t, hookSecret, "msg_1", now, body)...)
		require.Equal(t, false, path(t, first, "events", 0, "duplicate"))
		again := f.must(202, "POST", hook, body, signedBy(t, hookSecret, "msg_1", now.Add(time.Minute), body)...)
		require.Equal(t, path(t, first, "events", 0, "id"), path(t, again, "events", 0, "id"))
		require.Equal(t, true, path(t, again, "events", 0, "duplicate"))
		require.EqualValues(t, 0, again["accepted"])
		f.must(202, "POST", hook, body, signedBy(t, hookSecret, "msg_2", now, body)...)
		require.Len(t, path(t, f.must(200, "GET", "/v1/events?type=workflow.triggered", nil), "items"), 2)
		f.must(409, "DELETE", "/v1/secrets/shop", nil)
	})
}

func TestInboundWebhookOncePerIdempotencyKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		hook := f.publishHook(orders(object{"contact": object{"email": "{{ body.email }}"}}))
		key := withHeader("Idempotency-Key", "k1")
		first := f.must(202, "POST", hook, object{"email": "ana@example.com"}, withKey(""), key)
		again := f.call("POST", hook, object{"email": "ana@example.com"}, withKey(""), key)
		require.Equal(t, path(t, first, "events", 0, "id"), path(t, again.json, "events", 0, "id"))
		require.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
		f.must(422, "POST", hook, object{"email": "eve@example.com"}, withKey(""), key)
	})
}

func TestEventsOfTheWorkflowFamilyCannotBePosted(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	a := f.call("POST", "/v1/events", object{"type": "workflow.triggered", "contact": object{"email": "ana@example.com"}})
	require.Equal(t, 422, a.status)
	require.Contains(t, a.body, "POST /v1/workflows/{key}/enrollments")
}
