package api

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

// renewal is a workflow that enrolls on the day of a field.
func renewal(settings object) object {
	return object{
		"schema": 1, "key": "renewal", "name": "Renewal", "start": "pause",
		"triggers": []object{{"id": "due", "date": settings}},
		"nodes": object{
			"pause": object{"type": "wait", "with": object{"for": "3d"}, "next": "done"},
			"done":  object{"type": "end"},
		},
	}
}

// relay lets jobs, planner and router do what is due.
func (f *fixture) relay() {
	f.t.Helper()
	log := slog.New(slog.DiscardHandler)
	jobs := &events.Jobs{Store: f.store, Kinds: events.JobKinds(events.NewDefinitions(16)), Now: f.clock.Now, Log: log}
	require.NoError(f.t, jobs.Drain(f.t.Context()))
	planner := &events.Planner{Store: f.store, Now: f.clock.Now, Log: log}
	require.NoError(f.t, planner.Drain(f.t.Context()))
	f.drainRouter()
}

func TestDateTriggerThroughTheAPI(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		start := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
		f.clock.Advance(start.Sub(f.clock.Now()))
		verdicts := func() (list []string) {
			for _, one := range path(t, f.must(200, "GET", "/v1/events?type=workflow.triggered", nil), "items").([]any) {
				list = append([]string{path(t, one, "verdicts", 0, "verdict").(string)}, list...)
			}
			return list
		}
		ana := f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com", "fields": object{"renews": "2026-03-10"}})
		f.must(201, "PUT", "/v1/workflows/renewal", renewal(object{"field": "contact.renews", "at": "08:00", "yearly": true}))
		f.must(200, "POST", "/v1/workflows/renewal/publish", nil)
		f.relay()
		f.must(200, "PATCH", "/v1/account", object{"timezone": "Asia/Kolkata"})
		f.clock.Advance(time.Date(2026, 3, 10, 2, 31, 0, 0, time.UTC).Sub(f.clock.Now()))
		f.relay()
		require.Equal(t, []string{"enrolled"}, verdicts(), "08:00 in the zone of the account")
		shown := path(t, f.must(200, "GET", "/v1/enrollments?workflow=renewal", nil), "items", 0)
		require.Equal(t, ana["id"], path(t, shown, "contact", "id"))

		f.must(200, "PATCH", "/v1/contacts/"+ana["id"].(string), object{"fields": object{"renews": "2020-03-11"}})
		f.must(200, "POST", "/v1/workflows/renewal/stop", object{})
		f.relay()
		f.clock.Advance(24 * time.Hour)
		f.relay()
		require.Len(t, verdicts(), 1, "stopped")
		f.must(200, "POST", "/v1/workflows/renewal/start", nil)
		f.must(200, "PATCH", "/v1/contacts/"+ana["id"].(string), object{"fields": object{"renews": "2020-03-12"}})
		f.relay()
		f.clock.Advance(24 * time.Hour)
		f.relay()
		require.Equal(t, []string{"enrolled", "reentry"}, verdicts())

		f.must(200, "PUT", "/v1/workflows/renewal", renewal(object{"field": "contact.other", "at": "08:00"}))
		f.must(200, "POST", "/v1/workflows/renewal/publish", nil)
		f.relay()
		f.clock.Advance(365 * 24 * time.Hour)
		f.relay()
		require.Len(t, verdicts(), 2, "the new version asks for another field")
		f.must(204, "DELETE", "/v1/workflows/renewal?in_flight=exit", nil)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			rules, err := tx.DateRules("")
			require.Empty(t, rules)
			return err
		}))
	})
}
