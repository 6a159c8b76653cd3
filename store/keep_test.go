package store_test

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// Tables that are never larger than what people draw, or than the processes that run.
var smallTables = map[string]bool{"workers": true}

// Whatever retention asks is found by an index: with the other ways made dear, none is left over.
func TestRetentionScansNoTable(t *testing.T) {
	t.Parallel()
	for dialect, url := range map[string]string{store.SQLite: storetest.SQLite(t), store.Postgres: storetest.Postgres(t)} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			driver, source, explain := "pgx", url, "EXPLAIN "
			scan := regexp.MustCompile(`Seq Scan on (\w+)`)
			instant := "'2026-03-09 09:00:00+00:00'"
			if path, isFile := strings.CutPrefix(url, "sqlite:"); isFile {
				driver, source, explain = "sqlite", "file:"+path, "EXPLAIN QUERY PLAN "
				scan = regexp.MustCompile(`SCAN (\w+)$`)
			}
			db, err := sql.Open(driver, source)
			require.NoError(t, err)
			defer func() { require.NoError(t, db.Close()) }()
			db.SetMaxOpenConns(1)
			if dialect == store.Postgres {
				_, err := db.ExecContext(t.Context(), "SET enable_seqscan = off")
				require.NoError(t, err)
			}
			for name, statement := range store.SweepStatements() {
				for from, to := range map[string]string{"IN ?": "IN ('x', 'y')", "LIMIT ?": "LIMIT 5", "(?, ?)": "(" + instant + ", 'x')", "< ?": "< " + instant} {
					statement = strings.ReplaceAll(statement, from, to)
				}
				for _, step := range planOf(t, db, explain+statement) {
					found := scan.FindStringSubmatch(step)
					require.True(t, found == nil || smallTables[found[1]], "%s: %s\n%s", name, step, statement)
				}
			}
		})
	}
}

// planOf returns the last column of what a statement answers.
func planOf(t *testing.T, db *sql.DB, statement string) (steps []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement)
	require.NoError(t, err, statement)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		require.NoError(t, rows.Scan(values...))
		step, _ := (*values[len(values)-1].(*any)).(string)
		steps = append(steps, step)
	}
	require.NoError(t, rows.Err())
	return steps
}

func TestExpireDeletesTheOldestFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			for i := range 5 {
				at := kept.Add(time.Duration(i) * time.Hour)
				require.NoError(t, tx.PutSession(&store.Session{TokenHash: []byte{byte(i)}, Data: []byte("d"), CreatedAt: at, Deadline: at, ExpiresAt: at}))
				_, err := tx.AddFiring(&store.Firing{Workflow: "w", TriggerID: "t", ScheduledFor: at, CreatedAt: at})
				require.NoError(t, err)
				require.NoError(t, tx.PutIdempotent(&store.IdempotencyKey{Key: string(rune('a' + i)), Route: "r", CreatedAt: at}))
				job := &store.Job{Kind: "k", Status: "done", EndedAt: &at, CreatedAt: at}
				require.NoError(t, tx.CreateJob(job, nil))
				require.NoError(t, tx.AddJobErrors(job.ID, 0, []store.JobError{{Message: "m"}}))
			}
			require.NoError(t, tx.CreateJob(&store.Job{ID: "open", Kind: "k", CreatedAt: kept}, nil))
		})
		for _, kind := range []string{store.ShortSessions, store.ShortFirings, store.ShortIdempotency, store.ShortJobs} {
			write(t, s, func(tx *store.Tx) {
				for _, want := range []int64{2, 1, 0} {
					n, err := tx.Expire(kind, kept.Add(3*time.Hour), 2)
					require.NoError(t, err)
					require.Equal(t, want, n, kind)
				}
			})
		}
		read(t, s, func(tx *store.Tx) {
			_, err := tx.Job("open")
			require.NoError(t, err)
			_, err = tx.Session([]byte{3}, kept)
			require.NoError(t, err)
		})
	})
}

func TestExpireKnowsEveryKind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			for _, kind := range []string{
				store.ShortJobs, store.ShortFirings, store.ShortAlarms, store.ShortNotices, store.ShortBacktests, store.ShortSessions,
				store.ShortIdempotency, store.ShortWorkers, store.ShortFailures,
			} {
				n, err := tx.Expire(kind, kept, 10)
				require.NoError(t, err, kind)
				require.Zero(t, n)
			}
			_, err := tx.Expire("contacts", kept, 10)
			require.Error(t, err)
		})
	})
}
