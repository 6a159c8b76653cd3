package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// previewed is a workflow with a trigger, settings and a draft that nobody has published.
func previewed(f *fixture) {
	f.t.Helper()
	f.must(201, "POST", "/v1/workflows", object{
		"schema": 1, "key": "shop", "name": "Shop", "start": "call", "settings": object{"timezone": "America/New_York", "owner": "sam@example.com"},
		"triggers": []object{{"id": "bought", "event": "purchase.completed"}, {"id": "hand", "manual": true}},
		"exits":    []object{{"id": "back", "event": "purchase.refunded"}},
		"nodes": object{
			"call":  object{"type": "webhook", "with": object{"url": "https://calendar.example/book", "save_as": "booking"}, "next": "rest"},
			"rest":  object{"type": "wait", "with": object{"for": "2d"}, "next": "blank"},
			"blank": object{"type": "wait", "with": object{}},
		},
	})
}

func TestSummariesOfDrafts(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	previewed(f)
	want := object{
		"nodes":    object{"call": "POST to calendar.example", "rest": "Wait 2 days"},
		"triggers": object{"bought": "On purchase.completed", "hand": "By hand"},
		"exits":    object{"back": "On purchase.refunded: end with outcome neutral"},
	}
	draft := f.must(200, "GET", "/v1/workflows/shop", nil)["draft"].(map[string]any)
	require.Equal(t, want, draft["summaries"])
	require.Equal(t, want, f.must(200, "POST", "/v1/workflows/shop/validate", nil)["summaries"])
	require.Equal(t, want, f.must(200, "POST", "/v1/validate", draft["definition"])["summaries"])
	saved := f.must(200, "PUT", "/v1/workflows/shop", object{"key": "shop", "name": "Shop"})
	empty := object{"nodes": object{}, "triggers": object{}, "exits": object{}}
	require.Equal(t, empty, path(t, saved, "draft", "summaries"))
	require.Equal(t, empty, f.must(200, "POST", "/v1/validate", "[1]")["summaries"], "what cannot be read has none")
	f.must(201, "POST", "/v1/workflows", hello())
	f.must(200, "POST", "/v1/workflows/hello/publish", nil)
	require.Equal(t, "Wait 3 days", path(t, f.must(200, "GET", "/v1/workflows/hello/versions/1", nil), "summaries", "nodes", "pause"))
}

func TestPreviewCondition(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		for i := range 7 {
			plan := []string{"free", "pro"}[i%2]
			f.must(201, "POST", "/v1/contacts", object{"email": fmt.Sprintf("c%d@example.com", i), "fields": object{"plan": plan}})
		}
		previewed(f)
		ask := func(change object) map[string]any {
			body := object{"condition": isPro(), "contact": "c0@example.com"}
			for key, value := range change {
				body[key] = value
			}
			return f.must(200, "POST", "/v1/preview/condition", body)
		}
		a := ask(nil)
		require.Empty(t, a["problems"])
		require.Equal(t, object{"count": 3.0, "of": 7.0, "looked": 7.0, "exact": true}, a["matches"])
		require.Nil(t, a["not_counted"])
		require.Equal(t, false, path(t, a, "contact", "result"))
		require.Equal(t, "no, because plan = free", path(t, a, "contact", "why"))
		require.Equal(t, "free", path(t, a, "contact", "values", 0, "saw"))
		require.Equal(t, "yes, because plan = pro", path(t, ask(object{"contact": "c1@example.com"}), "contact", "why"))

		a = ask(object{"condition": object{"field": "event.amount", "op": "gte", "value": 500}, "trigger": object{"amount": 497}})
		require.Equal(t, "no, because event.amount = 497, less than 500", path(t, a, "contact", "why"))
		require.Nil(t, a["matches"])
		require.Contains(t, a["not_counted"], "event")
		candidate := object{"condition": object{"field": "event.amount", "op": "gte", "value": 500}, "trigger": object{"amount": 497}, "event": object{"amount": 600}}
		require.Equal(t, true, path(t, ask(candidate), "contact", "result"), "event is the candidate, not the trigger")
		require.Contains(t, ask(object{"condition": object{"field": "vars.booking", "op": "exists"}})["not_counted"], "passage")

		// The newest real event of the workflow's triggers stands in for one that is not given.
		amount := object{"condition": object{"field": "trigger.amount", "op": "gte", "value": 500}, "workflow": "shop"}
		require.Equal(t, "no, because trigger.amount has no value", path(t, ask(amount), "contact", "why"))
		f.must(202, "POST", "/v1/events", object{"type": "purchase.completed", "contact": object{"email": "c1@example.com"}, "data": object{"amount": 900}})
		require.Equal(t, "yes, because trigger.amount = 900, at least 500", path(t, ask(amount), "contact", "why"), "anybody's")
		f.must(202, "POST", "/v1/events", object{"type": "purchase.completed", "contact": object{"email": "c0@example.com"}, "data": object{"amount": 20}})
		f.must(202, "POST", "/v1/events", object{"type": "purchase.completed", "contact": object{"email": "c1@example.com"}, "data": object{"amount": 901}})
		require.Equal(t, "no, because trigger.amount = 20, less than 500", path(t, ask(amount), "contact", "why"), "its own")

		a = ask(object{"condition": object{"field": "contact.plan", "op": "eqq", "value": 1}})
		require.Equal(t, "/op", path(t, a, "problems", 0, "path"))
		require.Equal(t, "error", path(t, a, "problems", 0, "severity"))
		require.Nil(t, a["contact"])
		require.Nil(t, a["matches"])
		require.Equal(t, "/any/0/segment", path(t, ask(object{"condition": object{"any": []object{{"segment": "nobody"}}}}), "problems", 0, "path"))
		nobody := f.must(200, "POST", "/v1/preview/condition", object{"condition": nil})
		require.Nil(t, nobody["contact"])
		require.Equal(t, object{"count": 7.0, "of": 7.0, "looked": 7.0, "exact": true}, nobody["matches"])
		f.run(t, []scenario{
			{name: "no condition", method: "POST", url: "/v1/preview/condition", body: object{}, status: 422, expected: []string{`"/condition"`}},
			{name: "unknown contact", method: "POST", url: "/v1/preview/condition", body: object{"condition": isPro(), "contact": "x@example.com"}, status: 422, expected: []string{`"/contact"`}},
			{name: "unknown workflow", method: "POST", url: "/v1/preview/condition", body: object{"condition": isPro(), "workflow": "x"}, status: 422, expected: []string{`"/workflow"`}},
			{name: "unknown field", method: "POST", url: "/v1/preview/condition", body: object{"condition": isPro(), "contacts": "x"}, status: 422, expected: []string{`"/contacts"`}},
			{name: "trigger of another type", method: "POST", url: "/v1/preview/condition", body: object{"condition": isPro(), "trigger": "x"}, status: 422, expected: []string{`"/trigger"`}},
		})
	})
}

func TestPreviewWait(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		previewed(f)
		f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com", "timezone": "Europe/Berlin", "fields": object{"renewal": "2026-03-20"}})
		f.must(201, "POST", "/v1/contacts", object{"email": "bob@example.com"})
		entered := "2026-03-02T08:00:00Z"
		weekdays := []string{"mon", "tue", "wed", "thu", "fri"}
		for _, c := range []struct {
			name string
			body object
			want object
		}{
			{
				"in the contact's zone",
				object{"type": "wait_until", "with": object{"day": 7, "at": "09:00"}, "contact": "ana@example.com"},
				object{"due_at": "2026-03-09T08:00:00Z", "local": "Mon 9 Mar 2026 09:00", "timezone": "Europe/Berlin", "timezone_source": "contact", "note": nil},
			},
			{
				"moved",
				object{"type": "wait_until", "with": object{"day": 5, "at": "09:00", "weekdays": weekdays}, "contact": "ana@example.com"},
				object{"due_at": "2026-03-09T08:00:00Z", "note": "Moved from Sat 7 Mar 2026, which is none of Mon–Fri."},
			},
			{
				"in the account's zone",
				object{"type": "wait", "with": object{"for": "2d"}, "contact": "bob@example.com"},
				object{"due_at": "2026-03-04T08:00:00Z", "timezone": "UTC", "timezone_source": "account"},
			},
			{
				"in the workflow's zone",
				object{"type": "wait_until", "with": object{"day": 7, "at": "09:00"}, "contact": "ana@example.com", "workflow": "shop"},
				object{"due_at": "2026-03-09T13:00:00Z", "local": "Mon 9 Mar 2026 09:00", "timezone": "America/New_York", "timezone_source": "workflow"},
			},
			{
				"in settings that are being edited",
				object{"type": "wait", "with": object{"for": "1d"}, "contact": "ana@example.com", "workflow": "shop", "settings": object{"timezone": "Asia/Tokyo"}},
				object{"timezone": "Asia/Tokyo", "timezone_source": "workflow"},
			},
			{
				"without a zone in settings that are being edited",
				object{"type": "wait", "with": object{"for": "1d"}, "contact": "ana@example.com", "workflow": "shop", "settings": object{}},
				object{"timezone": "Europe/Berlin", "timezone_source": "contact"},
			},
			{
				"in the zone of the request",
				object{"type": "wait", "with": object{"for": "1d"}, "contact": "ana@example.com", "timezone": "Asia/Tokyo"},
				object{"timezone": "Asia/Tokyo", "timezone_source": "request", "local": "Tue 3 Mar 2026 17:00"},
			},
			{
				"counted from the start",
				object{"type": "wait_until", "with": object{"day": 3, "at": "09:00"}, "started_at": "2026-03-01T08:00:00Z"},
				object{"due_at": "2026-03-04T09:00:00Z"},
			},
			{
				"before a field",
				object{"type": "wait_until", "with": object{"field": "contact.renewal", "offset": "-3d"}, "contact": "ana@example.com"},
				object{"due_at": "2026-03-17T08:00:00Z"},
			},
			{
				"from the trigger",
				object{"type": "wait_until", "with": object{"day": 1, "anchor": "trigger.signed_at", "at": "10:00"}, "trigger": object{"signed_at": "2026-03-05"}},
				object{"due_at": "2026-03-06T10:00:00Z"},
			},
			{
				"without end",
				object{"type": "wait_event", "with": object{"events": []object{{"id": "got", "event": "a.b"}}, "forever": true}},
				object{"due_at": nil, "local": nil, "note": "It has no end but its events."},
			},
		} {
			t.Run(c.name, func(t *testing.T) {
				g := *f
				g.t = t
				c.body["entered_at"] = entered
				a := g.must(200, "POST", "/v1/preview/wait", c.body)
				require.Empty(t, a["problems"])
				for key, want := range c.want {
					require.Equal(t, want, a[key], key)
				}
			})
		}
		a := f.must(200, "POST", "/v1/preview/wait", object{"type": "wait_until", "with": object{"field": "contact.renewal"}, "contact": "bob@example.com"})
		require.Nil(t, a["due_at"])
		require.Contains(t, path(t, a, "problems", 0, "message"), "contact.renewal has no value")
		a = f.must(200, "POST", "/v1/preview/wait", object{"type": "wait", "with": object{"for": "soon"}})
		require.Nil(t, a["due_at"])
		require.Equal(t, "/for", path(t, a, "problems", 0, "path"))
		a = f.must(200, "POST", "/v1/preview/wait", object{"type": "wait", "with": object{"for": "1h"}})
		require.Equal(t, f.clock.Now().Add(time.Hour).Format(time.RFC3339Nano), a["due_at"], "entered now")
		f.run(t, []scenario{
			{name: "no wait", method: "POST", url: "/v1/preview/wait", body: object{"type": "email", "with": object{}}, status: 422, expected: []string{`"/type"`}},
			{name: "no such zone", method: "POST", url: "/v1/preview/wait", body: object{"type": "wait", "with": object{"for": "1d"}, "timezone": "Europe/Nowhere"}, status: 422, expected: []string{`"/timezone"`}},
			{name: "zone of another type", method: "POST", url: "/v1/preview/wait", body: object{"type": "wait", "with": object{"for": "1d"}, "settings": object{"timezone": 3}}, status: 422, expected: []string{`"/settings/timezone"`}},
		})
	})
}
