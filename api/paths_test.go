package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// known are the paths of an answer, by path.
func known(t *testing.T, a map[string]any) map[string]map[string]any {
	t.Helper()
	found := map[string]map[string]any{}
	for _, item := range a["items"].([]any) {
		one := item.(map[string]any)
		require.NotContains(t, found, one["path"], "each path once")
		found[one["path"].(string)] = one
	}
	return found
}

func TestPaths(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, _ := setupPreview(t, s)
		f.must(201, "POST", "/v1/fields", object{"key": "renewal", "type": "date"})
		f.must(201, "POST", "/v1/contacts", object{"email": "bob@example.com", "first_name": "Bob", "fields": object{"plan": "pro", "renewal": "2026-05-01", "email": "other"}})
		f.must(201, "POST", "/v1/workflows", `
schema: 1
key: shop
name: Shop
triggers:
  - {id: bought, event: purchase.completed}
  - {id: due, date: {field: contact.renewal}}
  - {id: hook, webhook: {contact: {email: "{{ body.email }}"}, data: {source: "{{ body.s }}"}}}
start: first
nodes:
  first: {type: wait, with: {for: 1d}, next: call}
  call:  {type: webhook, with: {url: "https://calendar.example/book", save_as: booking}, next: asked}
  asked: {type: wait_event, with: {events: [{id: got, event: assets.uploaded}], timeout: 5d}, next: {got: last}}
  last:  {type: wait, with: {for: 1d}}
  broken: 7
`, withType("application/yaml"))
		f.must(202, "POST", "/v1/events", object{"type": "purchase.completed", "contact": object{"email": "ana@example.com"}, "data": object{"amount": 20, "coupon": "X", "buyer": object{"vat": "DE1"}}})
		f.must(202, "POST", "/v1/events", object{"type": "purchase.completed", "contact": object{"email": "bob@example.com"}, "data": object{"amount": 900}})
		f.must(202, "POST", "/v1/events", object{"type": "assets.uploaded", "contact": object{"email": "bob@example.com"}, "data": object{"files": []string{"a"}, "at": "2026-03-02"}})

		at := known(t, f.must(200, "GET", "/v1/workflows/shop/paths?contact=ana@example.com", nil))
		require.Equal(t, object{"path": "contact.first_name", "label": "First name", "type": "text", "source": "contact", "sample": "Ana <b>"}, at["contact.first_name"])
		require.Equal(t, object{"path": "contact.renewal", "label": "Renewal", "type": "date", "source": "field", "sample": nil}, at["contact.renewal"])
		require.Equal(t, "field", at["contact.plan"]["source"], "fields that an event or a call has made are there")
		require.Equal(t, "contact", at["contact.email"]["source"], "the attribute")
		require.Equal(t, "field", at["contact.fields.email"]["source"], "the field of that name")
		require.Equal(t, object{"path": "trigger.amount", "label": "Amount", "type": "number", "source": "trigger", "sample": 20.0}, at["trigger.amount"])
		require.Equal(t, "X", at["trigger.coupon"]["sample"], "what a real event carried")
		require.Equal(t, "DE1", at["trigger.buyer.vat"]["sample"])
		require.Contains(t, at, "trigger.product_name", "what the documentation says")
		require.Contains(t, at, "trigger.scheduled_for")
		require.Contains(t, at, "trigger.source")
		require.Equal(t, "list", at["event.files"]["type"])
		require.Equal(t, "date", at["event.at"]["type"])
		require.Equal(t, object{"path": "vars.booking", "label": "Booking", "type": "object", "source": "vars", "sample": nil}, at["vars.booking"])
		require.Equal(t, "number", at["deal.value"]["type"])
		require.Equal(t, "UTC", at["account.timezone"]["sample"])

		at = known(t, f.must(200, "GET", "/v1/workflows/shop/paths?contact=bob@example.com&node=first", nil))
		require.EqualValues(t, 900, at["trigger.amount"]["sample"], "its own newest event")
		require.NotContains(t, at, "trigger.coupon")
		require.Equal(t, "2026-05-01", at["contact.renewal"]["sample"])
		require.Equal(t, "other", at["contact.fields.email"]["sample"])
		require.NotContains(t, at, "vars.booking", "the call comes later")
		require.NotContains(t, at, "event.files")
		require.NotContains(t, known(t, f.must(200, "GET", "/v1/workflows/shop/paths?node=call", nil)), "vars.booking", "a node does not read its own answer")
		last := known(t, f.must(200, "GET", "/v1/workflows/shop/paths?node=last", nil))
		require.Contains(t, last, "vars.booking")
		require.Contains(t, last, "event.files")
		require.Nil(t, last["contact.first_name"]["sample"])
		require.EqualValues(t, 900, last["trigger.amount"]["sample"], "anybody's")

		// What a passage has kept shows how the answer looks.
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			c, err := tx.LockContact(f.contactID("bob@example.com"))
			if err != nil {
				return err
			}
			return tx.InsertEnrollment(&store.Enrollment{
				Workflow: "shop", ContactID: c.ID, Hash: "x", Status: "completed", StartedAt: f.clock.Now(), AnchorAt: f.clock.Now(),
				Vars: store.JSON(`{"booking":{"id":7,"url":"https://calendar.example/7"}}`),
			})
		}))
		last = known(t, f.must(200, "GET", "/v1/workflows/shop/paths?contact=bob@example.com&node=last", nil))
		require.EqualValues(t, 7, last["vars.booking.id"]["sample"])
		require.NotContains(t, known(t, f.must(200, "GET", "/v1/workflows/shop/paths?contact=ana@example.com&node=last", nil)), "vars.booking.id")
		f.run(t, []scenario{
			{name: "no such node", method: "GET", url: "/v1/workflows/shop/paths?node=none", status: 422, expected: []string{"?node"}},
			{name: "no such contact", method: "GET", url: "/v1/workflows/shop/paths?contact=none", status: 422, expected: []string{"?contact"}},
			{name: "no such workflow", method: "GET", url: "/v1/workflows/none/paths", status: 404},
		})
	})
}

func TestEventTypes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, _ := setupPreview(t, s)
		previewed(f)
		list := func() map[string]map[string]any {
			found := map[string]map[string]any{}
			for _, item := range f.must(200, "GET", "/v1/event-types", nil)["items"].([]any) {
				one := item.(map[string]any)
				found[one["type"].(string)] = one
			}
			return found
		}
		before := list()
		require.Nil(t, before["purchase.completed"]["last_seen"])
		require.Equal(t, true, before["tag.added"]["platform"])
		require.NotNil(t, before["contact.created"]["last_seen"])
		require.NotContains(t, before, "assets.uploaded")
		for _, kind := range []string{"purchase.completed", "assets.uploaded", "zebra.seen"} {
			f.must(202, "POST", "/v1/events", object{"type": kind, "contact": object{"email": "ana@example.com"}, "data": object{"amount": 1, "vip": true}})
		}
		f.must(200, "POST", "/v1/workflows/shop/validate", nil)
		after := list()
		require.Len(t, after, len(before)+2)
		require.Equal(t, object{
			"type": "assets.uploaded", "standard": false, "platform": false, "last_seen": after["assets.uploaded"]["last_seen"],
			"data": []any{object{"key": "amount", "label": "Amount", "type": "number"}, object{"key": "vip", "label": "Vip", "type": "boolean"}},
		}, after["assets.uploaded"])
		require.NotNil(t, after["zebra.seen"]["last_seen"])
		bought := after["purchase.completed"]
		require.Equal(t, true, bought["standard"])
		require.Equal(t, object{"key": "order_id", "label": "Order id", "type": "text"}, path(t, bought, "data", 0))
		require.Equal(t, object{"key": "vip", "label": "Vip", "type": "boolean"}, path(t, bought, "data", 5), "after the documented keys")
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			c, err := tx.LockContact(f.contactID("ana@example.com"))
			if err != nil {
				return err
			}
			_, err = tx.AppendEvent(&store.Event{ID: "x", ContactID: c.ID, Type: "workflow.triggered", Data: store.JSON("{}"), OccurredAt: f.clock.Now(), AcceptedAt: f.clock.Now()})
			return err
		}))
		require.NotContains(t, list(), "workflow.triggered", "the program's own notes are no events to pick")
	})
}
