package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// Before a workflow is enabled it is said for whom each of its triggers would go off now.
func TestPreviewTriggerCountsForWhomItWouldGoOff(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.must(201, "POST", "/v1/fields", object{"key": "plan", "type": "text"})
		f.must(201, "POST", "/v1/fields", object{"key": "renewal", "type": "date"})
		f.publishText(`{"schema": 1, "key": "offer", "name": "Offer", "triggers": [{"id": "by_hand", "manual": true}],
			"start": "done", "nodes": {"done": {"type": "end"}}}`)
		began := f.clock.Now()
		contact := func(email, plan string, renewal any) {
			f.must(201, "POST", "/v1/contacts", object{"email": email, "fields": object{"plan": plan, "renewal": renewal}})
		}
		contact("a@example.com", "pro", began.AddDate(0, 0, 40).Format(time.DateOnly)) // ahead
		contact("b@example.com", "pro", began.AddDate(0, 0, 20).Format(time.DateOnly)) // past by then
		contact("c@example.com", "free", nil)
		contact("d@example.com", "pro", nil)
		f.clock.now = began.Add(25 * 24 * time.Hour)
		contact("e@example.com", "pro", nil) // not long enough here to be silent
		f.must(202, "POST", "/v1/events", object{"type": "purchase.completed", "contact": object{"email": "d@example.com"}})
		f.clock.now = began.Add(31 * 24 * time.Hour)

		ask := func(trigger object) map[string]any {
			trigger["id"] = "go"
			return f.must(200, "POST", "/v1/preview/trigger", object{"workflow": "offer", "trigger": trigger})
		}
		counts := func(n float64, trigger object) {
			t.Helper()
			require.Equal(t, object{"problems": []any{}, "matches": object{"count": n, "of": 5.0, "looked": 5.0, "exact": true}, "not_counted": nil}, ask(trigger))
		}
		counts(4, object{"event": "purchase.completed", "where": isPro()})
		counts(4, object{"schedule": object{"cron": "0 9 * * 1", "filter": isPro()}})
		counts(5, object{"schedule": object{"cron": "0 9 * * 1"}})
		silent := object{"without": []string{"purchase.completed"}, "for": "30d"}
		counts(3, object{"inactivity": silent})
		silent["filter"] = isPro()
		counts(2, object{"inactivity": silent})
		silent["min_sends"] = 1
		counts(0, object{"inactivity": silent})
		counts(1, object{"date": object{"field": "contact.renewal"}})
		counts(2, object{"date": object{"field": "contact.renewal", "yearly": true}})

		for reason, trigger := range map[string]object{
			"names the contact":       {"manual": true},
			"every event of its type": {"event": "purchase.completed"},
			"looks at an event":       {"event": "purchase.completed", "where": object{"field": "event.amount", "op": "gte", "value": 5}},
			"cannot be read":          {"schedule": object{"cron": "0 9 * * 1", "filter": object{"field": "contact.plan", "op": "eqq"}}},
		} {
			a := ask(trigger)
			require.Nil(t, a["matches"], reason)
			require.Contains(t, a["not_counted"], reason)
		}
		f.run(t, []scenario{
			{name: "unknown workflow", method: "POST", url: "/v1/preview/trigger", body: object{"workflow": "x", "trigger": object{}}, status: 422, expected: []string{`"/workflow"`}},
			{name: "no trigger", method: "POST", url: "/v1/preview/trigger", body: object{"workflow": "offer"}, status: 422, expected: []string{`"/trigger"`}},
			{name: "no object", method: "POST", url: "/v1/preview/trigger", body: object{"workflow": "offer", "trigger": 1}, status: 422, expected: []string{`"/trigger"`}},
		})
	})
}
