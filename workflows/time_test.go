package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
	"fermata/store"
	"fermata/workflows"
)

// waiting is a workflow of one wait.
func waiting(node string) string {
	return "schema: 1\nkey: waiting\nname: Waiting\ntriggers: [{id: go, event: form.submitted}]\n" +
		"exits: [{id: stop, event: form.canceled, outcome: success}]\nstart: a\nnodes:\n  a: " + node + "\n  b: {type: end}\n"
}

func TestWaitsEndAtTheirLocalInstant(t *testing.T) {
	t.Parallel()
	const newYork, berlin = "America/New_York", "Europe/Berlin"
	for name, c := range map[string]struct{ node, zone, begun, left string }{
		"21 days over the spring change": {`wait, with: {for: 21d}`, newYork, "2026-03-01T15:00:00Z", "2026-03-22T14:00:00Z"},
		"21 days over the autumn change": {`wait, with: {for: 3w}`, berlin, "2026-10-20T06:00:00Z", "2026-11-10T07:00:00Z"},
		"400 days":                       {`wait, with: {for: 400d}`, berlin, "2026-01-31T11:00:00Z", "2027-03-07T11:00:00Z"},
		"a day is 23 hours in spring":    {`wait, with: {for: 1d}`, newYork, "2026-03-07T17:00:00Z", "2026-03-08T16:00:00Z"},
		"24 hours are 24 hours":          {`wait, with: {for: 24h}`, newYork, "2026-03-07T17:00:00Z", "2026-03-08T17:00:00Z"},
		"a day is 25 hours in autumn":    {`wait, with: {for: 1d}`, berlin, "2026-10-24T10:00:00Z", "2026-10-25T11:00:00Z"},
		"the gap, New York":              {`wait_until, with: {day: 1, at: "02:30"}`, newYork, "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z"},
		"the gap, Berlin":                {`wait_until, with: {day: 1, at: "02:30"}`, berlin, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		"the doubled hour, New York":     {`wait_until, with: {day: 1, at: "01:30"}`, newYork, "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z"},
		"the doubled hour, Berlin":       {`wait_until, with: {day: 1, at: "02:30"}`, berlin, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		"the end of a short month":       {`wait, with: {for: 30d}`, "UTC", "2026-01-31T08:00:00Z", "2026-03-02T08:00:00Z"},
		"29 February":                    {`wait_until, with: {day: 1, at: "09:00"}`, "UTC", "2028-02-28T08:00:00Z", "2028-02-29T09:00:00Z"},
		"no 29 February":                 {`wait_until, with: {day: 1, at: "09:00"}`, "UTC", "2027-02-28T08:00:00Z", "2027-03-01T09:00:00Z"},
		"the end of a year":              {`wait_until, with: {day: 1, at: "00:00"}`, newYork, "2026-12-31T18:00:00Z", "2027-01-01T05:00:00Z"},
		"day 0 later that day":           {`wait_until, with: {day: 0, at: "18:00"}`, berlin, "2026-06-01T08:00:00Z", "2026-06-01T16:00:00Z"},
		"a business day after Friday":    {`wait_until, with: {day: 1, at: "09:00", weekdays: [mon, tue, wed, thu, fri]}`, berlin, "2026-06-05T12:00:00Z", "2026-06-08T07:00:00Z"},
		"a window after hours":           {`window, with: {from: "09:00", to: "17:00", weekdays: [mon, tue, wed, thu, fri]}`, newYork, "2026-06-05T22:00:00Z", "2026-06-08T13:00:00Z"},
		"a window over night, before it": {`window, with: {from: "22:00", to: "06:00"}`, berlin, "2026-06-05T10:00:00Z", "2026-06-05T20:00:00Z"},
		"a window that is open":          {`window, with: {from: "22:00", to: "06:00"}`, berlin, "2026-06-05T02:00:00Z", "2026-06-05T02:00:00Z"},
		"a date and an offset":           {`wait_until, with: {date: "{{ trigger.at }}", offset: "-3d", at: "08:00"}`, newYork, "2026-01-01T00:00:00Z", "2026-04-27T12:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.begun, workflows.Options{})
			def := w.publish(waiting("{type: " + c.node + ", next: b}"))
			e := w.passes(def, map[string]any{"timezone": c.zone}, map[string]any{"at": "2026-04-30"})
			require.Equal(t, "completed", e.Status)
			w.requireLeft(e, map[string]string{"a": c.left})
		})
	}
}

func TestWaitFollowsTheContactWhileItIsOpen(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	t.Run("zone", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "2026-06-01T08:00:00Z", workflows.Options{})
		def := w.publish(waiting(`{type: wait_until, with: {day: 21, at: "09:00"}, next: b}`))
		w.later(10*day, "note.taken", map[string]any{"timezone": "America/New_York"}, nil)
		w.requireLeft(w.passes(def, map[string]any{"timezone": "Europe/Berlin"}, nil), map[string]string{"a": "2026-06-22T13:00:00Z"})
	})
	t.Run("a duration keeps its instant", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "2026-06-01T08:00:00Z", workflows.Options{})
		def := w.publish(waiting(`{type: wait, with: {for: 21d}, next: b}`))
		w.later(10*day, "note.taken", map[string]any{"timezone": "America/New_York"}, nil)
		w.requireLeft(w.passes(def, map[string]any{"timezone": "Europe/Berlin"}, nil), map[string]string{"a": "2026-06-22T08:00:00Z"})
	})
	t.Run("field", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "2026-06-01T08:00:00Z", workflows.Options{})
		def := w.publish(waiting(`{type: wait_until, with: {field: contact.renewal, offset: "-2d"}, next: b}`))
		w.later(10*day, "note.taken", map[string]any{"fields": map[string]any{"renewal": "2027-02-01"}}, nil)
		w.later(30*day, "note.taken", map[string]any{"fields": map[string]any{"renewal": "2026-12-31"}}, nil)
		e := w.passes(def, map[string]any{"fields": map[string]any{"renewal": "2026-08-01"}}, nil)
		w.requireLeft(e, map[string]string{"a": "2026-12-29T09:00:00Z"})
	})
	t.Run("a field that is not followed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "2026-06-01T08:00:00Z", workflows.Options{})
		def := w.publish(waiting(`{type: wait_until, with: {field: contact.renewal, follow: false}, next: b}`))
		w.later(10*day, "note.taken", map[string]any{"fields": map[string]any{"renewal": "2026-07-01"}}, nil)
		e := w.passes(def, map[string]any{"fields": map[string]any{"renewal": "2026-08-01"}}, nil)
		w.requireLeft(e, map[string]string{"a": "2026-08-01T09:00:00Z"})
	})
}

func TestExitEndsAWaitOnItsDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-06-01T08:00:00Z", workflows.Options{})
	def := w.publish(waiting(`{type: wait, with: {for: 400d}, next: b}`))
	w.later(100*24*time.Hour, "form.canceled", map[string]any{}, nil)
	e := w.passes(def, map[string]any{}, nil)
	require.Equal(t, "exited", e.Status)
	require.Equal(t, "success", e.Outcome)
	w.requireLeft(e, map[string]string{"a": "2026-09-09T08:00:00Z"})
	require.Equal(t, w.begun.Add(100*24*time.Hour), w.env.Now().UTC(), "the run closed that day")
}

func TestAgencyOnboardingTakesTwentyOneDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-03-02T15:30:00Z", workflows.Options{})
	w.write(func(tx *store.Tx) error {
		if err := tx.CreatePipeline(&store.Pipeline{Key: "clients", Name: "Clients", Stages: []store.Stage{
			{Key: "onboarding", Name: "Onboarding", Kind: "open"}, {Key: "active", Name: "Active", Kind: "won"},
		}}); err != nil {
			return err
		}
		return tx.PutSecret(&store.Secret{Name: "calendar_url", Cipher: []byte(w.http.URL + "/book"), Nonce: []byte("n")})
	})
	def := w.publish(harness.Example(t, "agency-onboarding"))
	e := w.passes(def, map[string]any{"first_name": "Ana", "timezone": "America/New_York"}, map[string]any{"plan": "retainer"})
	require.Equal(t, "completed", e.Status)
	require.Equal(t, "success", e.Outcome)
	// The clocks went forward on 8 March.
	w.requireLeft(e, map[string]string{
		"assets": "2026-03-02T15:30:00Z", "day7": "2026-03-09T13:00:00Z", "strategy": "2026-03-09T13:00:00Z",
		"day14": "2026-03-16T13:00:00Z", "draft": "2026-03-16T13:00:00Z", "day21": "2026-03-23T13:00:00Z", "route": "2026-03-23T13:00:00Z",
	})
	subjects := []string{}
	for _, m := range w.smtp.To(address) {
		subjects = append(subjects, m.Subject)
	}
	require.Equal(t, []string{"Welcome aboard", "Your brand assets, please", "Your strategy document", "Your first draft"}, subjects)
	calls := w.http.On("/book")
	require.Len(t, calls, 1)
	require.JSONEq(t, `{"email": "ana@example.com", "kind": "kickoff"}`, calls[0].Body)
	var deals []store.Deal
	w.write(func(tx *store.Tx) (err error) {
		deals, err = tx.DealsOfContact(e.ContactID, "clients")
		return err
	})
	require.Len(t, deals, 1)
	require.Equal(t, "account-manager@agency.example", deals[0].Owner)
	require.Equal(t, "onboarding", deals[0].Stage)
}
