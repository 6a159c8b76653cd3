package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/e2e/harness"
	"fermata/worker"
)

// Five orders of one contact run through the example as it is, weeks and all: one is delivered, its
// events out of order; one is shipped late; one is canceled before its first step and one while it
// waits for ever; one never arrives. Everything that is known at first is posted before a worker lives,
// as a wait without its event passes at once where time is skipped.
func TestOrdersOfOneContactFollowTheirOwnEvents(t *testing.T) {
	t.Parallel()
	temporal := harness.SkipTime(t)
	for name, open := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := open(t)
			s := harness.Start(t, harness.Options{Database: database, Temporal: temporal, Parts: &app.Parts{API: true, Relay: true}})
			s.Publish(harness.Example(t, "order-status"))
			o := orders{s}
			o.post("created", "A-1", "A-2", "A-3", "A-4", "A-1")
			o.post("delivered", "A-1")
			o.post("fulfilled", "A-1", "A-4")
			o.post("canceled", "A-3")
			o.post("created", "A-5") // one contact's events are routed in order: with A-5 all are
			s.Eventually("all five are enrolled", func() bool { return len(o.all()) == 5 })
			working := o.work(database, temporal)

			s.Eventually("A-1, A-3 and A-4 end, A-2 and A-5 wait for ever", func() bool {
				a := o.all()
				return o.ended("A-1", "A-3", "A-4") && a["A-2"]["node"] == "shipped2" && a["A-5"]["node"] == "shipped2"
			})
			o.post("delivered", "A-2")
			o.post("fulfilled", "A-2")
			o.post("canceled", "A-5")
			s.Eventually("A-2 and A-5 end", func() bool { return o.ended("A-2", "A-5") })

			o.requirePaths(t)
			o.requireTexts(t, working.SMTP)
			tasks := s.Items("/v1/tasks")
			require.Len(t, tasks, 1)
			require.Equal(t, "Where is order A-4?", tasks[0]["title"])
		})
	}
}

// orders are those of one contact.
type orders struct{ *harness.System }

const buyer = "ana@example.com"

const day = 24 * time.Hour

func (o orders) post(event string, ids ...string) {
	o.T.Helper()
	for _, id := range ids {
		o.Must("POST", "/v1/events", map[string]any{
			"type": "order." + event, "contact": map[string]any{"email": buyer},
			"data": map[string]any{"order_id": id, "amount": 20, "currency": "USD", "tracking_url": "https://track.example/" + id},
		})
	}
}

// work starts the worker on what the others have taken in.
func (o orders) work(database string, temporal *harness.Temporal) *harness.System {
	return harness.Start(o.T, harness.Options{
		Database: database, Temporal: temporal, Parts: &app.Parts{Worker: true}, Worker: worker.Options{TaskQueue: o.Queue()},
	})
}

// all are the contact's enrollments by the order that they belong to.
func (o orders) all() map[string]map[string]any {
	o.T.Helper()
	found := map[string]map[string]any{}
	list := o.Items("/v1/enrollments?workflow=order-status")
	for _, e := range list {
		found[fmt.Sprint(e["key"])] = e
	}
	require.Len(o.T, found, len(list), "one enrollment for an order")
	return found
}

func (o orders) ended(ids ...string) bool {
	all := o.all()
	return !slices.ContainsFunc(ids, func(id string) bool { return all[id]["ended_at"] == nil })
}

// requirePaths checks the steps of each order, and that every wait took what the definition says.
func (o orders) requirePaths(t *testing.T) {
	t.Helper()
	for id, expected := range map[string]struct {
		status, outcome string
		path            []string
		waits           map[string]time.Duration
	}{
		"A-1": {"completed", "success", []string{"minute1", "confirm", "shipped", "ship_mail", "delivered", "deliv_mail", "week", "review", "done"}, map[string]time.Duration{"minute1": time.Minute, "shipped": 0, "delivered": 0, "week": 7 * day}},
		"A-2": {"completed", "success", []string{"minute1", "confirm", "shipped", "alert", "shipped2", "ship_mail", "delivered", "deliv_mail", "week", "review", "done"}, map[string]time.Duration{"shipped": 3 * day, "delivered": 0, "week": 7 * day}},
		"A-3": {"exited", "neutral", []string{}, nil},
		"A-4": {"completed", "neutral", []string{"minute1", "confirm", "shipped", "ship_mail", "delivered", "lost", "given_up"}, map[string]time.Duration{"shipped": 0, "delivered": 10 * day}},
		"A-5": {"exited", "neutral", []string{"minute1", "confirm", "shipped", "alert", "shipped2"}, map[string]time.Duration{"shipped": 3 * day}},
	} {
		e := o.Must("GET", "/v1/enrollments/"+o.all()[id]["id"].(string), nil)
		require.Equal(t, expected.status, e["status"], id)
		require.Equal(t, expected.outcome, e["outcome"], id)
		path := []string{}
		for _, item := range e["steps"].([]any) {
			step := item.(map[string]any)
			node := fmt.Sprint(step["node"])
			path = append(path, node)
			if wait, is := expected.waits[node]; is {
				took := instant(t, step["left_at"]).Sub(instant(t, step["entered_at"]))
				require.GreaterOrEqual(t, took, wait, "%s: %s", id, node)
				require.Less(t, took, wait+harness.Patience, "%s: %s", id, node)
			}
		}
		require.Equal(t, expected.path, path, id)
	}
}

// requireTexts counts every mail: those of the contact by order, and those of the team.
func (o orders) requireTexts(t *testing.T, sink *harness.SMTP) {
	t.Helper()
	texts := map[string]int{}
	for _, m := range sink.Mails() {
		texts[m.To+": "+m.Subject]++
	}
	expected := map[string]int{buyer + ": Delivered": 2, buyer + ": How was it?": 2}
	for _, id := range []string{"A-1", "A-2", "A-4", "A-5"} {
		expected[buyer+": Order "+id+" confirmed"] = 1
	}
	for _, id := range []string{"A-1", "A-2", "A-4"} {
		expected[buyer+": Order "+id+" is on its way"] = 1
	}
	for _, id := range []string{"A-2", "A-5"} {
		expected["ops@shop.example: Order "+id+" not shipped after 3 days"] = 1
	}
	require.Equal(t, expected, texts)
}
