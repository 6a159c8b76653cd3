package api

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

func TestAnalyticsOfAWorkflowThatNobodyEntered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.publishText(`{"schema": 1, "key": "welcome", "name": "Welcome", "triggers": [{"id": "by_hand", "manual": true}],
			"start": "hello", "nodes": {"hello": {"type": "end"}}}`)
		a := f.must(http.StatusOK, "GET", "/v1/workflows/welcome/analytics", nil)
		require.EqualValues(t, 0, a["enrolled"])
		require.Nil(t, a["completion_rate"])
		require.Len(t, a["series"], 30, "thirty days, today included")
		require.Len(t, a["nodes"], 1, "every node of the version")
		o := f.must(http.StatusOK, "GET", "/v1/overview", nil)
		require.Len(t, o["workflows"], 1)
		require.Equal(t, http.StatusNotFound, f.call("GET", "/v1/workflows/nobody/analytics", nil).status)
	})
}

// A wait of three days, carried on under another id after two and over after the third, has planned
// three days and not five.
func TestAWaitThatWasMovedIsPlannedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.publishText(`{"schema": 1, "key": "rest", "name": "Rest", "triggers": [{"id": "by_hand", "manual": true}],
			"start": "longer", "nodes": {"longer": {"type": "wait", "with": {"for": "3d"}, "next": "done"}, "done": {"type": "end"}}}`)
		list := f.must(200, "POST", "/v1/workflows/rest/enrollments", object{"contacts": []object{{"email": "ada@example.com"}}})
		id := path(t, list, "items", 0, "enrollment").(string)
		began := f.clock.Now()
		moved, due, ended := began.Add(48*time.Hour), began.Add(72*time.Hour), began.Add(72*time.Hour+4*time.Second)
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			e, _, err := tx.LockEnrollmentContact(id)
			if err != nil {
				return err
			}
			for _, row := range []store.Step{
				{Node: "rest", Visit: 1, Status: "canceled", Reason: events.ReasonMoved, EnteredAt: began, LeftAt: &moved, DueAt: &due},
				{Node: "longer", Visit: 1, Status: "done", EnteredAt: began, LeftAt: &ended, DueAt: &due, MovedAt: &moved},
			} {
				row.EnrollmentID, row.Type = id, "wait"
				if _, _, err := tx.InsertStep(&row); err != nil {
					return err
				}
			}
			e.Status, e.Outcome, e.Active, e.EndedAt = store.StatusCompleted, "success", false, &ended
			return tx.SaveEnrollment(e)
		}))
		f.clock.now = ended.Add(time.Hour)
		a := f.must(200, "GET", "/v1/workflows/rest/analytics", nil)
		require.EqualValues(t, 1, a["completed"])
		require.EqualValues(t, 4, path(t, a, "excess_s", "p50"))
		entries := map[string]any{}
		for _, n := range a["nodes"].([]any) {
			entries[n.(object)["node"].(string)] = n.(object)["entries"]
		}
		require.Equal(t, map[string]any{"longer": 1.0, "done": 0.0}, entries, "one stay, where it was carried on")
	})
}

// A goal's condition sees the event, the trigger and the contact, with its tags; the impact says in words
// what it found.
func TestImpactInWords(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.publishText(`{"schema": 1, "key": "offer", "name": "Offer", "triggers": [{"id": "by_hand", "manual": true}],
			"settings": {"goal": {"event": "purchase.completed", "within": "2d", "where": {"all": [
				{"field": "event.amount", "op": "gte", "value": {"ref": "trigger.least"}},
				{"field": "contact.country", "op": "eq", "value": "DE"}, {"tag": "buyer"}]}}},
			"start": "hello", "nodes": {"hello": {"type": "hold"}}}`)
		impact := func() map[string]any {
			return f.must(200, "GET", "/v1/workflows/offer/analytics", nil)["impact"].(map[string]any)
		}
		require.Equal(t, "Nobody is there to be measured.", impact()["words"])
		began := f.clock.Now()
		people := []object{
			{"email": "ada@example.com", "country": "DE"}, {"email": "bob@example.com", "country": "FR"}, {"email": "cleo@example.com", "country": "DE"},
		}
		buy := func(person object, amount float64) {
			f.must(http.StatusAccepted, "POST", "/v1/events", object{"type": "purchase.completed", "contact": person, "data": object{"amount": amount}})
		}
		for i, person := range people {
			made := f.must(http.StatusCreated, "POST", "/v1/contacts", person)
			if i < 2 {
				f.must(200, "PUT", "/v1/contacts/"+made["id"].(string)+"/tags/buyer", nil)
			}
		}
		f.clock.now = began.Add(24 * time.Hour)
		buy(people[0], 60)
		f.clock.now = began.Add(49 * time.Hour)
		f.must(200, "POST", "/v1/workflows/offer/enrollments", object{"contacts": people, "data": object{"least": 50}})
		f.clock.now = f.clock.now.Add(time.Hour)
		require.Equal(t, "pending", impact()["reason"])
		buy(people[0], 49) // less than the trigger says
		buy(people[1], 80) // from another country
		buy(people[2], 80) // without the tag
		f.clock.now = f.clock.now.Add(time.Hour)
		buy(people[0], 50)
		f.clock.now = f.clock.now.Add(48 * time.Hour)
		got := impact()
		for side, p50 := range map[string]int{"after": 7200, "after_known": 7200, "before": 25 * 3600} {
			require.EqualValues(t, 3, path(t, got, side, "of"), side)
			require.EqualValues(t, 1, path(t, got, side, "reached"), side)
			require.EqualValues(t, p50, path(t, got, side, "p50_s"), side)
		}
		require.EqualValues(t, 0, got["change"])
		require.Equal(t, "33 % reached purchase.completed within 2 days after the start (1 of 3)."+
			" Of the 3 who were contacts long enough before, 33 % did after the start and 33 % in the time before it.", got["words"])
		overview := f.must(200, "GET", "/v1/overview", nil)
		require.Equal(t, got, path(t, overview, "workflows", 0, "impact"))
	})
}

// The overview asks nothing of Temporal: with Temporal away it answers from the rows, and says that the
// comparison is an old one.
func TestOverviewWithTemporalAway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.publishText(`{"schema": 1, "key": "welcome", "name": "Welcome", "triggers": [{"id": "by_hand", "manual": true}],
			"start": "hello", "nodes": {"hello": {"type": "hold"}}}`)
		f.must(200, "POST", "/v1/workflows/welcome/enrollments", object{"contacts": []object{{"email": "ada@example.com"}}})
		require.Nil(t, f.must(200, "GET", "/v1/overview", nil)["reconcile"], "never compared")
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutReconciliation(&store.Reconciliation{At: f.clock.Now(), Ours: 1, Temporal: 1, Causes: store.JSON(`{"other": 0}`)})
		}))
		o := f.must(200, "GET", "/v1/overview", nil)
		require.Equal(t, false, path(t, o, "reconcile", "stale"))
		f.clock.now = f.clock.now.Add(6 * time.Minute)
		o = f.must(200, "GET", "/v1/overview", nil)
		require.Equal(t, true, path(t, o, "reconcile", "stale"), "no comparison for so long")
		require.EqualValues(t, 1, path(t, o, "totals", "active_now"))
		require.EqualValues(t, 1, path(t, o, "totals", "enrolled"))
	})
}

func TestFiguresAsCSV(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	f := setup(t, s)
	data := loadFigures(t)
	data.fill(f)
	q := data.Queries[0]
	as := f.must(200, "GET", q.url(), nil)
	for name, a := range map[string]answer{
		"format": f.call("GET", q.url()+"&format=csv", nil),
		"accept": f.call("GET", q.url(), nil, withHeader("Accept", "text/csv")),
	} {
		require.Equal(t, 200, a.status, name)
		require.Contains(t, a.header.Get("Content-Type"), "text/csv")
		lines, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		require.NoError(t, err)
		require.Len(t, lines, 1+len(as["series"].([]any))+len(as["nodes"].([]any)))
		column := map[string]int{}
		for i, name := range lines[0] {
			column[name] = i
		}
		days, enrolled, entries := 0, 0, 0
		for _, line := range lines[1:] {
			n, _ := strconv.Atoi(line[column["enrolled"]])
			enrolled += n
			n, _ = strconv.Atoi(line[column["entries"]])
			entries += n
			if line[0] == "day" {
				days++
			}
		}
		require.Equal(t, 6, days)
		require.EqualValues(t, as["enrolled"], enrolled)
		all := 0
		for _, n := range as["nodes"].([]any) {
			all += int(n.(map[string]any)["entries"].(float64))
		}
		require.Equal(t, all, entries)
	}
}
