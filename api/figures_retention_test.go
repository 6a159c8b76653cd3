package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/interpreter/calendar"
	"fermata/store"
	"fermata/store/storetest"
)

// Retention deletes what it may, workflow by workflow and day by day, while others are still inside, and
// no figure changes.
func TestFiguresSurviveRetention(t *testing.T) {
	t.Parallel()
	expected := expectedFigures(t)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		data := loadFigures(t)
		data.fill(f)
		ended := []string{}
		for _, e := range data.Enrollments {
			if e.EndedAt != nil {
				ended = append(ended, e.ID)
			}
		}
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.MarkRunsClosed(ended) }))
		roller := &events.Roller{Store: s, Now: f.clock.Now}
		_, err := roller.Round(t.Context())
		require.NoError(t, err)
		twelve := calendar.Duration{Days: 12}
		keeper := &events.Keeper{Store: s, Now: f.clock.Now, Events: twelve, Steps: twelve, Pause: time.Microsecond}
		deleted, err := keeper.Round(t.Context())
		require.NoError(t, err)
		for _, table := range []string{"steps", "sends", "events", "enrollments"} {
			require.Positive(t, deleted[table], table)
		}
		check := func(note string) {
			t.Helper()
			for _, q := range data.Queries {
				if q.Name != "cut days" { // what is rolled up is counted by whole days
					same(t, expected[q.Name], []byte(f.call("GET", q.url(), nil).body), note+": "+q.Name)
				}
			}
		}
		check("after retention")
		_, err = roller.Rebuild(t.Context())
		require.NoError(t, err)
		check("after a rebuild of the roll-ups")
	})
}
