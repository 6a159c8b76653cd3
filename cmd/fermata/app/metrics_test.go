package app

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
	"fermata/worker"
)

// scraped returns the product's series of one scrape, as "name value".
func scraped(t *testing.T, m *metrics) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	m.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, 200, w.Code)
	raw, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	require.Contains(t, string(raw), "go_goroutines")
	series := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if name, value, found := strings.Cut(strings.TrimSpace(line), " "); found && strings.HasPrefix(name, "fermata_") {
			series[name] = value
		}
	}
	return series
}

func TestMetricsSayHowTheEngineIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var clock atomic.Int64
		clock.Store(time.Now().UTC().UnixNano())
		now := func() time.Time { return time.Unix(0, clock.Load()).UTC() }
		m := newMetrics(s, now)
		idle := map[string]string{
			"fermata_router_age_seconds": "0", "fermata_dispatcher_age_seconds": "0", "fermata_enrollments_late": "0",
			`fermata_enrollments_active{status="running"}`: "0", `fermata_enrollments_active{status="waiting"}`: "0",
			`fermata_enrollments_active{status="paused"}`: "0", `fermata_enrollments_active{status="held"}`: "0",
			"fermata_enrollments_wedged": "0", "fermata_contacts_stopped": "0", "fermata_events_accepted_total": "0",
			`fermata_alarms_open{kind="error_rate"}`: "0", `fermata_alarms_open{kind="silence"}`: "0",
			`fermata_alarms_open{kind="lateness"}`: "0", `fermata_alarms_open{kind="wedged"}`: "0", `fermata_alarms_open{kind="drift"}`: "0",
		}
		for _, kind := range worker.Repairs {
			idle[`fermata_reconciled_total{kind="`+kind+`"}`] = "0"
		}
		for _, table := range deletedAlways {
			idle[`fermata_retention_deleted_total{table="`+table+`"}`] = "0"
		}
		counters := len(worker.Repairs) + len(deletedAlways) + 1
		require.Equal(t, idle, scraped(t, m))

		fill(t, s, now())
		require.Equal(t, idle, scraped(t, m), "a scrape within two seconds costs nothing")
		clock.Add(int64(time.Minute))
		series := scraped(t, m)
		require.Equal(t, "2", series[`fermata_enrollments_active{status="waiting"}`])
		require.Equal(t, "1", series[`fermata_enrollments_active{status="held"}`])
		require.Equal(t, "0", series[`fermata_enrollments_active{status="running"}`])
		require.Equal(t, "1", series["fermata_enrollments_late"])
		require.NotEqual(t, "0", series["fermata_router_age_seconds"])
		require.NotEqual(t, "0", series["fermata_dispatcher_age_seconds"])
		require.Len(t, series, len(idle))

		require.NoError(t, s.Close())
		require.Equal(t, series, scraped(t, m))
		clock.Add(int64(3 * time.Second))
		require.Len(t, scraped(t, m), counters, "a store that does not answer fails no scrape")
	})
}

// fill leaves one event to route, one call to dispatch, and four enrollments.
func fill(t *testing.T, s *store.Store, now time.Time) {
	t.Helper()
	list, _, wrong := events.ParseIncoming(map[string]any{"type": "form.submitted", "contact": map[string]any{"email": "ana@example.com"}})
	require.Empty(t, wrong)
	require.NoError(t, s.Write(context.Background(), func(tx *store.Tx) error {
		if err := tx.SaveAccount(&store.Account{Timezone: "UTC", Currency: "USD", DefaultConsent: events.Subscribed}); err != nil {
			return err
		}
		if err := tx.CreateWorkflow(&store.Workflow{Key: "w", Name: "W", Status: store.WorkflowActive, Version: 1}); err != nil {
			return err
		}
		return tx.SetWorkflowEvents("w", []string{"form.submitted"})
	}))
	_, wrong, err := (&events.Intake{Store: s, Now: func() time.Time { return now }}).Accept(context.Background(), list)
	require.NoError(t, err)
	require.Empty(t, wrong)
	overdue, later := now.Add(-time.Hour), now.Add(time.Hour)
	require.NoError(t, s.Write(context.Background(), func(tx *store.Tx) error {
		c, err := tx.ContactByEmail("ana@example.com")
		if err != nil {
			return err
		}
		for _, e := range []*store.Enrollment{
			{Workflow: "a", Status: store.StatusWaiting, DueAt: &overdue},
			{Workflow: "b", Status: store.StatusWaiting, DueAt: &later},
			{Workflow: "c", Status: store.StatusHeld},
			{Workflow: "d", Status: store.StatusCompleted, DueAt: &overdue},
		} {
			e.ContactID, e.StartedAt, e.AnchorAt, e.CreatedAt = c.ID, now, now, now
			if err := tx.InsertEnrollment(e); err != nil {
				return err
			}
			if e.Workflow == "a" {
				if err := tx.AddDispatch(store.DispatchStart, e.ID); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}
