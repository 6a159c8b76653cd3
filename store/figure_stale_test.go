package store_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// changesOfEnded are statements about an enrollment that has ended, e1 of a part, and whether its figures
// change by them.
var changesOfEnded = map[string]bool{
	"UPDATE enrollments SET outcome = 'neutral' WHERE id = 'e1'":                                                     true,
	"UPDATE enrollments SET version = 2 WHERE id = 'e1'":                                                             true,
	"UPDATE enrollments SET node = 'b' WHERE id = 'e1'":                                                              true,
	"UPDATE enrollments SET workflow = 'other' WHERE id = 'e1'":                                                      true,
	"UPDATE enrollments SET test = true WHERE id = 'e1'":                                                             true,
	"UPDATE enrollments SET status = 'running', active = true, outcome = '', ended_at = NULL WHERE id = 'e1'":        true,
	"UPDATE enrollments SET ended_at = '2020-01-01 09:00:00+00:00' WHERE id = 'e1'":                                  true,
	"UPDATE enrollments SET started_at = '2020-01-02 02:00:00+00:00' WHERE id = 'e1'":                                true,
	"DELETE FROM enrollments WHERE id = 'e1'":                                                                        true,
	"UPDATE enrollments SET wake_pending = true, run_closed = true, hold = 'x', trigger_data = '{}' WHERE id = 'e1'": false,
	"UPDATE steps SET status = 'failed' WHERE enrollment_id = 'e1'":                                                  true,
	"UPDATE steps SET port = 'error' WHERE enrollment_id = 'e1'":                                                     true,
	"UPDATE steps SET left_at = NULL WHERE enrollment_id = 'e1'":                                                     true,
	"UPDATE steps SET due_at = '2020-01-01 01:10:00+00:00' WHERE enrollment_id = 'e1'":                               true,
	"UPDATE steps SET type = 'tag_add' WHERE enrollment_id = 'e1'":                                                   true,
	"DELETE FROM steps WHERE enrollment_id = 'e1'":                                                                   true,
	"UPDATE steps SET attempts = 9, error = 'x', result = '{}', title = 'x', kept = true WHERE enrollment_id = 'e1'": false,
	"UPDATE sends SET state = 'failed' WHERE enrollment_id = 'e1'":                                                   true,
	"UPDATE sends SET channel = 'sms' WHERE enrollment_id = 'e1'":                                                    true,
	"DELETE FROM sends WHERE enrollment_id = 'e1'":                                                                   true,
	"UPDATE sends SET subject = 'x', to_address = '' WHERE enrollment_id = 'e1'":                                     false,
	`INSERT INTO steps (enrollment_id, node, visit, seq, type, title, status, port, reason, entered_at, attempts, error, decided_event_id)
		VALUES ('e1', 'late', 1, 9, 'email', '', 'done', 'next', '', '2020-01-01 01:00:00+00:00', 1, '', '')`: true,
	`INSERT INTO sends (id, contact_id, enrollment_id, workflow, node, visit, channel, class, to_address, subject, message_id, state, error, template, created_at)
		VALUES ('late', 'c', 'e1', 'w', 'a', 1, 'email', '', '', '', 'late', 'sent', '', '', '2020-01-01 01:00:00+00:00')`: true,
	// Nobody who is inside is of a part.
	"UPDATE enrollments SET node = 'b' WHERE id = 'e3'":             false,
	"UPDATE steps SET status = 'failed' WHERE enrollment_id = 'e3'": false,
}

// Whoever changes what a part counts, by whatever statement, makes it stale in the same transaction, and
// who changes something else does not. Cut a trigger of 0028 out to see it fail.
func TestChangesMakePartsStale(t *testing.T) {
	t.Parallel()
	for dialect, url := range map[string]string{store.SQLite: storetest.SQLite(t), store.Postgres: storetest.Postgres(t)} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := storetest.OpenURL(t, url)
			driver, source := "pgx", url
			if path, isFile := strings.CutPrefix(url, "sqlite:"); isFile {
				driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"
			}
			db, err := sql.Open(driver, source)
			require.NoError(t, err)
			defer func() { require.NoError(t, db.Close()) }()
			base := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
			day := store.PartDay{Workflow: "w", StartsAt: base, EndsAt: base.AddDate(0, 0, 1)}
			for statement, changes := range changesOfEnded {
				for _, table := range []string{"steps", "sends", "enrollments", "figure_parts", "figure_stale"} {
					_, err := db.ExecContext(t.Context(), "DELETE FROM "+table)
					require.NoError(t, err)
				}
				require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return endedRows(tx, base) }))
				require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
					n, err := tx.BuildPart(day, base.AddDate(0, 0, 9))
					require.EqualValues(t, 2, n)
					return err
				}))
				before := bothFigures(t, s, base)
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err, statement)
				require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
					parts, err := tx.FigureParts()
					require.Len(t, parts, 1)
					require.Equal(t, changes, parts[0].Stale, statement)
					return err
				}))
				after := bothFigures(t, s, base)
				if changes {
					require.NotEqual(t, before, after, statement)
				}
				require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
					_, err := tx.BuildPart(day, base.AddDate(0, 0, 9))
					return err
				}))
				require.Equal(t, after, bothFigures(t, s, base), "built again: "+statement)
			}
		})
	}
}

// bothFigures are the figures, the same with parts as without them.
func bothFigures(t *testing.T, s *store.Store, base time.Time) (plain map[string]any) {
	t.Helper()
	require.NoError(t, s.Snapshot(t.Context(), func(tx *store.Tx) error {
		q := store.FigureQuery{Workflows: []string{"w"}, From: base, To: base.AddDate(0, 0, 3), Days: []time.Time{base.AddDate(0, 0, 1)}, Mail: true}
		got, err := tx.Figures(q)
		if err != nil {
			return err
		}
		q.Rows = true
		rows, err := tx.Figures(q)
		plain = plainCells(rows)
		require.Equal(t, plain, plainCells(got))
		return err
	}))
	return plain
}

// endedRows are e1 and e2, which have ended, and e3, which is inside; each with a wait and a mail.
func endedRows(tx *store.Tx, base time.Time) error {
	for i, id := range []string{"e1", "e2", "e3"} {
		at := base.Add(time.Duration(i+1) * time.Hour)
		left, due := at.Add(20*time.Minute), at.Add(19*time.Minute)
		e := &store.Enrollment{
			ID: id, Workflow: "w", Version: 1, ContactID: "c" + id, Status: store.StatusCompleted, Outcome: "success", Node: "a", Visit: 1,
			StartedAt: at, EndedAt: &left, AnchorAt: at, CreatedAt: at,
		}
		if id == "e3" {
			e.Status, e.Outcome, e.EndedAt = store.StatusWaiting, "", nil
		}
		if err := tx.InsertEnrollment(e); err != nil {
			return err
		}
		if _, _, err := tx.InsertStep(&store.Step{
			EnrollmentID: id, Node: "a", Visit: 1, Type: "wait", Status: "done", Port: "next", EnteredAt: at, LeftAt: &left, DueAt: &due, PlannedAt: &due,
		}); err != nil {
			return err
		}
		if err := tx.CreateSend(&store.Send{
			ID: "send_" + id, ContactID: "c" + id, EnrollmentID: id, Workflow: "w", Node: "a", Visit: 1, Channel: "email", MessageID: id,
			State: store.SendSent, CreatedAt: at, SentAt: &at,
		}); err != nil {
			return err
		}
	}
	return nil
}
