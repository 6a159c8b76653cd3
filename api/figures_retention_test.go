package api

import (
	"database/sql"
	"encoding/json"
	"strings"
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
		_, err = roller.Parts(t.Context())
		require.NoError(t, err)
		before := inParts(t, s)
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
		require.Less(t, inParts(t, s), before, "roll-ups speak for some of them")
		_, err = roller.Rebuild(t.Context())
		require.NoError(t, err)
		check("after a rebuild of the roll-ups")
	})
}

// Once step rows are gone, the roll-ups give the same figures, percentiles included.
func TestFiguresSurviveTheirRows(t *testing.T) {
	t.Parallel()
	expected := expectedFigures(t)
	for dialect, database := range map[string]func(testing.TB) string{store.SQLite: storetest.SQLite, store.Postgres: storetest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			surviveRows(t, database(t), expected)
		})
	}
}

func surviveRows(t *testing.T, at string, expected map[string]json.RawMessage) {
	t.Helper()
	s := storetest.OpenURL(t, at)
	f := setup(t, s)
	data := loadFigures(t)
	data.endAll()
	data.fill(f)
	before := map[string]string{}
	for _, q := range data.Queries {
		before[q.Name] = f.call("GET", q.url(), nil).body
	}
	require.NotEqual(t, plainJSON(t, expected["spring"]), plainJSON(t, []byte(before["spring"])), "all have ended")

	_, err := (&events.Roller{Store: s, Now: f.clock.Now}).Round(t.Context())
	require.NoError(t, err)
	until := time.Time{}
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		days, err := tx.DaysToPrune(data.Now.AddDate(0, 0, -12))
		if err != nil {
			return err
		}
		for _, day := range days {
			n, err := tx.PruneFigures(day, events.Goals(events.NewDefinitions(16)), data.Now, data.Now)
			if err != nil {
				return err
			}
			require.Positive(t, n, "everybody has ended")
			until = day.EndsAt
		}
		return nil
	}))
	require.False(t, until.IsZero(), "there are days that are old enough")
	dropHistory(t, at, until)

	_, err = (&events.Roller{Store: s, Now: f.clock.Now}).Rebuild(t.Context())
	require.NoError(t, err)
	for _, q := range data.Queries {
		if q.Name == "cut days" {
			continue // what is rolled up is counted by whole days
		}
		same(t, []byte(before[q.Name]), []byte(f.call("GET", q.url(), nil).body), q.Name)
	}
}

// dropHistory deletes what retention may delete of those who started before an instant, and more.
func dropHistory(t *testing.T, at string, until time.Time) {
	t.Helper()
	driver, source, instant := "pgx", at, until.UTC().Format(time.RFC3339Nano)
	if path, isFile := strings.CutPrefix(at, "sqlite:"); isFile {
		driver, source, instant = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)", until.UTC().Format("2006-01-02 15:04:05-07:00")
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	gone := " IN (SELECT id FROM enrollments WHERE started_at < '" + instant + "')"
	for _, statement := range []string{
		"DELETE FROM steps WHERE enrollment_id" + gone, "DELETE FROM sends WHERE enrollment_id" + gone,
		"DELETE FROM events WHERE accepted_at < '" + instant + "'", "DELETE FROM enrollments WHERE started_at < '" + instant + "'",
	} {
		done, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
		n, err := done.RowsAffected()
		require.NoError(t, err)
		require.Positive(t, n, statement)
	}
}

// endAll lets everybody end, so that every day can be sealed.
func (data *figuresFixture) endAll() {
	for i := range data.Enrollments {
		e := &data.Enrollments[i]
		if e.EndedAt == nil {
			ended := e.StartedAt.Add(36 * time.Hour)
			e.Status, e.Outcome, e.EndedAt = store.StatusExited, "neutral", &ended
		}
	}
	for i := range data.Steps {
		s := &data.Steps[i]
		if s.LeftAt == nil {
			left := s.EnteredAt.Add(time.Minute)
			s.Status, s.Port, s.LeftAt = "exited", "", &left
		}
	}
}
