package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func purchase(change ...func(object)) object {
	e := object{
		"type": "purchase.completed", "contact": object{"email": "ana@example.com", "first_name": "Ana"},
		"data": object{"order_id": "A-1001", "product": "program-a", "amount": 497, "currency": "USD"},
	}
	for _, fn := range change {
		fn(e)
	}
	return e
}

func with(name string, value any) func(object) { return func(o object) { o[name] = value } }

func TestPostEvents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		first := f.must(202, "POST", "/v1/events", purchase(with("id", "order-1")))
		require.EqualValues(t, 1, first["accepted"])
		again := f.must(202, "POST", "/v1/events", purchase(with("id", "order-1")))
		require.EqualValues(t, 0, again["accepted"])
		require.Equal(t, true, path(t, again, "events", 0, "duplicate"))

		batch := make([]object, 40)
		for i := range batch {
			batch[i] = purchase(with("contact", object{"email": fmt.Sprintf("c%d@example.com", i%7)}))
		}
		require.EqualValues(t, 40, f.must(202, "POST", "/v1/events", object{"events": batch})["accepted"])
		batch[17] = purchase(with("type", "Purchase Completed"))
		f.run(t, []scenario{
			{name: "one bad in a batch", method: "POST", url: "/v1/events", body: object{"events": batch}, status: 422, expected: []string{`"/events/17/type"`, "purchase.completed"}},
			{name: "no type", method: "POST", url: "/v1/events", body: object{"contact": object{"email": "a@example.com"}}, status: 422, expected: []string{`"/type"`}},
			{name: "no contact", method: "POST", url: "/v1/events", body: object{"type": "a.b"}, status: 422, expected: []string{`"/contact"`}},
			{name: "contact without identifier", method: "POST", url: "/v1/events", body: object{"type": "a.b", "contact": object{"first_name": "A"}}, status: 422, expected: []string{`"/contact"`, "email"}},
			{name: "unknown contact id", method: "POST", url: "/v1/events", body: object{"type": "a.b", "contact": object{"id": "ct_nobody"}}, status: 422, expected: []string{`"/contact/id"`}},
			{name: "custom field outside fields", method: "POST", url: "/v1/events", body: purchase(with("contact", object{"email": "a@example.com", "plan": "pro"})), status: 422, expected: []string{"/contact/plan", "fields.plan"}},
			{name: "not a mail address", method: "POST", url: "/v1/events", body: purchase(with("contact", object{"email": "ana"})), status: 422, expected: []string{`"/contact/email"`}},
			{name: "the platform's own type", method: "POST", url: "/v1/events", body: purchase(with("type", "tag.added")), status: 422, expected: []string{"PUT /v1/contacts/{id}/tags/{tag}"}},
			{name: "unknown field", method: "POST", url: "/v1/events", body: purchase(with("payload", 1)), status: 422, expected: []string{`"/payload"`}},
			{name: "a field twice", method: "POST", url: "/v1/events", body: `{"type":"a.b","type":"a.c","contact":{"email":"a@example.com"}}`, status: 422, expected: []string{`"/type"`, "twice"}},
			{name: "a bad time", method: "POST", url: "/v1/events", body: purchase(with("occurred_at", "yesterday")), status: 422, expected: []string{`"/occurred_at"`}},
			{name: "data over the limit", method: "POST", url: "/v1/events", body: purchase(with("data", object{"x": strings.Repeat("x", 65<<10)})), status: 422, expected: []string{`"/data"`}},
			{name: "NUL", method: "POST", url: "/v1/events", body: `{"type":"a.b","contact":{"email":"a@example.com"},"data":{"x":"\u0000"}}`, status: 422, expected: []string{`"/data/x"`}},
			{name: "too many", method: "POST", url: "/v1/events", body: object{"events": make([]object, 1001)}, status: 422, expected: []string{`"/events"`}},
			{name: "none", method: "POST", url: "/v1/events", body: object{"events": []object{}}, status: 422, expected: []string{`"/events"`}},
			{name: "deep", method: "POST", url: "/v1/events", body: `{"type":"a.b","contact":{"email":"a@example.com"},"data":` + strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10001), status: 422, expected: []string{"deeper than 32"}},
			{name: "too large", method: "POST", url: "/v1/events", body: `{"type":"` + strings.Repeat("x", maxBody) + `"}`, status: 413},
			{name: "form", method: "POST", url: "/v1/events", body: "type=a.b", opts: []option{withType("application/x-www-form-urlencoded")}, status: 415},
			{name: "YAML", method: "POST", url: "/v1/events", body: "type: a.b", opts: []option{withType("application/yaml")}, status: 415},
			{name: "two values", method: "POST", url: "/v1/events", body: `{} {}`, status: 400, expected: []string{"malformed"}},
			{name: "list by type", method: "GET", url: "/v1/events?type=purchase.completed&limit=500", status: 200, expected: []string{`"order-1"`, `"email":"ana@example.com"`}},
			{name: "read", method: "GET", url: "/v1/events/order-1", status: 200, expected: []string{`"order_id":"A-1001"`}},
			{name: "none such", method: "GET", url: "/v1/events/order-2", status: 404},
			{name: "unknown verdict", method: "GET", url: "/v1/events?verdict=lost", status: 422, expected: []string{"?verdict", "enrolled"}},
		})
		require.Len(t, f.must(200, "GET", "/v1/events?type=purchase.completed&limit=500", nil)["items"], 41, "nothing of the refused requests was stored")
	})
}

func TestVerdictsSayWhatBecameOfAnEvent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		f.must(201, "POST", "/v1/workflows", hello(func(d object) {
			d["triggers"] = []object{{"id": "big", "event": "purchase.completed", "where": object{"field": "event.amount", "op": "gte", "value": 100}}}
		}))
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		f.must(202, "POST", "/v1/events", purchase(with("id", "in")))
		f.must(202, "POST", "/v1/events", purchase(with("id", "out"), with("data", object{"amount": 5}), with("contact", object{"email": "ben@example.com"})))
		f.must(202, "POST", "/v1/events", purchase(with("id", "nobody"), with("type", "form.submitted")))
		_, err := f.router.Drain(t.Context())
		require.NoError(t, err)
		in := f.must(200, "GET", "/v1/events/in", nil)
		require.Equal(t, "enrolled", path(t, in, "verdicts", 0, "verdict"))
		enrollment := path(t, in, "verdicts", 0, "enrollment").(string)
		f.run(t, []scenario{
			{name: "filtered with values", method: "GET", url: "/v1/events/out", status: 200, expected: []string{`"filtered"`, `"saw":5`, `"result":false`}},
			{name: "ignored", method: "GET", url: "/v1/events/nobody", status: 200, expected: []string{`"ignored"`, `"workflow":null`}},
			{name: "by verdict", method: "GET", url: "/v1/events?verdict=filtered", status: 200, expected: []string{`"out"`}, forbidden: []string{`"in"`}},
			{name: "enrollment", method: "GET", url: "/v1/enrollments/" + enrollment, status: 200, expected: []string{`"workflow":"hello"`, "http://temporal.example/" + enrollment, `"steps":[]`}},
			{name: "no steps in lists", method: "GET", url: "/v1/enrollments?workflow=hello&test=false", status: 200, expected: []string{enrollment}, forbidden: []string{`"steps"`}},
			{name: "none waits", method: "GET", url: "/v1/enrollments?status=waiting&version=1&node=mail", status: 200, expected: []string{`"items":[]`}},
			{name: "unknown status", method: "GET", url: "/v1/enrollments?status=asleep", status: 422, expected: []string{"?status"}},
		})
	})
}
