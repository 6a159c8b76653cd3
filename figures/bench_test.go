package figures_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	"github.com/stretchr/testify/require"

	"fermata/figures"
	"fermata/interpreter/definition"
	"fermata/store"
	"fermata/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// manyRows are 100,000 enrollments of the 30 days before an instant, with ten steps each: every third
// step is a wait that ended within a second of its due instant. Every tenth is still inside.
var manyRows = map[string][]string{
	store.Postgres: {
		`INSERT INTO enrollments (id, workflow, version, hash, contact_id, key, status, active, outcome, reason, node, visit, started_at, ended_at,
			test, waits, sends, trigger_id, trigger_event_id, anchor_at, event_id, event_type, parent_id, epoch, interpreter, start_seq, cursor_seq,
			wake_pending, wait_seq, run_id, created_at)
		SELECT 'enr_' || lpad(i::text, 8, '0'), 'w', 1 + i % 2, 'h', 'con_' || i, '', CASE WHEN i % 10 = 0 THEN 'waiting' ELSE 'completed' END, i % 10 = 0,
			CASE WHEN i % 10 = 0 THEN '' WHEN i % 7 = 0 THEN 'neutral' ELSE 'success' END, '', 'n' || i % 10, 1, at, CASE WHEN i % 10 > 0 THEN at + interval '2 days' + (hashtext('e' || i)::bigint & 16777215) % 9000000 * interval '1 millisecond' END,
			false, '', '', '', '', at, '', '', '', 1, 1, 0, 0, false, 0, '', at
		FROM (SELECT i, timestamptz '2026-03-01' + i * interval '25.9 seconds' AS at FROM generate_series(1, 100000) i) x`,
		`INSERT INTO steps (enrollment_id, node, visit, seq, type, title, status, port, reason, entered_at, left_at, due_at, planned_at, attempts, "values", error, decided_event_id)
		SELECT e.id, 'n' || n, 1, n, CASE WHEN n % 3 = 0 THEN 'wait' WHEN n = 1 THEN 'email' ELSE 'tag_add' END, '', CASE WHEN n = 1 AND hashtext(e.id) % 50 = 0 THEN 'failed' ELSE 'done' END, 'next', '',
			e.started_at + n * interval '1 hour', e.started_at + n * interval '1 hour' + interval '59 minutes' + (hashtext(e.id || n) & 16777215) % 900 * interval '1 millisecond',
			CASE WHEN n % 3 = 0 THEN e.started_at + n * interval '1 hour' + interval '59 minutes' END, CASE WHEN n % 3 = 0 THEN e.started_at + n * interval '1 hour' + interval '59 minutes' END, 1,
			'[{"path": "contact.country", "op": "eq", "saw": "DE", "result": true}]', '', ''
		FROM enrollments e, generate_series(0, 9) n ORDER BY e.id, n`,
		"ANALYZE",
	},
	store.SQLite: {
		`WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 100000),
			x AS (SELECT i, 1772323200 + i * 25.9 AS at FROM numbers)
		INSERT INTO enrollments (id, workflow, version, hash, contact_id, key, status, active, outcome, reason, node, visit, started_at, ended_at,
			test, waits, sends, trigger_id, trigger_event_id, anchor_at, event_id, event_type, parent_id, epoch, interpreter, start_seq, cursor_seq,
			wake_pending, wait_seq, run_id, created_at)
		SELECT printf('enr_%08d', i), 'w', 1 + i % 2, 'h', 'con_' || i, '', CASE WHEN i % 10 = 0 THEN 'waiting' ELSE 'completed' END, i % 10 = 0,
			CASE WHEN i % 10 = 0 THEN '' WHEN i % 7 = 0 THEN 'neutral' ELSE 'success' END, '', 'n' || i % 10, 1, strftime('%Y-%m-%d %H:%M:%f+00:00', at, 'unixepoch'),
			CASE WHEN i % 10 > 0 THEN strftime('%Y-%m-%d %H:%M:%f+00:00', at + 172800 + (i * 2654435761) % 9000000 / 1000.0, 'unixepoch') END,
			0, '', '', '', '', strftime('%Y-%m-%d %H:%M:%f+00:00', at, 'unixepoch'), '', '', '', 1, 1, 0, 0, 0, 0, '', strftime('%Y-%m-%d %H:%M:%f+00:00', at, 'unixepoch')
		FROM x`,
		`WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 9),
			x AS (SELECT e.id, n, strftime('%s', e.started_at) + n * 3600 AS at, CAST(substr(e.id, 5) AS integer) * 2654435761 + n AS hash FROM enrollments e, numbers)
		INSERT INTO steps (enrollment_id, node, visit, seq, type, title, status, port, reason, entered_at, left_at, due_at, planned_at, attempts, "values", error, decided_event_id)
		SELECT id, 'n' || n, 1, n, CASE WHEN n % 3 = 0 THEN 'wait' WHEN n = 1 THEN 'email' ELSE 'tag_add' END, '', CASE WHEN n = 1 AND hash % 50 = 0 THEN 'failed' ELSE 'done' END, 'next', '',
			strftime('%Y-%m-%d %H:%M:%f+00:00', at, 'unixepoch'), strftime('%Y-%m-%d %H:%M:%f+00:00', at + 3540 + hash % 900 / 1000.0, 'unixepoch'),
			CASE WHEN n % 3 = 0 THEN strftime('%Y-%m-%d %H:%M:%f+00:00', at + 3540, 'unixepoch') END, CASE WHEN n % 3 = 0 THEN strftime('%Y-%m-%d %H:%M:%f+00:00', at + 3540, 'unixepoch') END, 1,
			'[{"path": "contact.country", "op": "eq", "saw": "DE", "result": true}]', '', ''
		FROM x ORDER BY id, n`,
		"ANALYZE",
	},
}

// everybodyEnds lets those who are still inside end.
const everybodyEnds = "UPDATE enrollments SET status = 'completed', outcome = 'neutral', active = false, ended_at = started_at WHERE active"

// BenchmarkAnalytics measures the figures of 30 days over 100,000 enrollments and a million steps: from
// rows alone, with parts while a tenth of everybody is still inside, and with parts when all have ended.
func BenchmarkAnalytics(b *testing.B) {
	for dialect, open := range map[string]func(testing.TB) string{store.Postgres: storetest.Postgres, store.SQLite: storetest.SQLite} {
		b.Run(dialect, func(b *testing.B) {
			at := open(b)
			s := storetest.OpenURL(b, at)
			driver, source := "pgx", at
			if path, isFile := strings.CutPrefix(at, "sqlite:"); isFile {
				driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(60000)"
			}
			db, err := sql.Open(driver, source)
			require.NoError(b, err)
			defer func() { require.NoError(b, db.Close()) }()
			run := func(statements ...string) {
				for _, statement := range statements {
					_, err := db.ExecContext(b.Context(), statement)
					require.NoError(b, err)
				}
			}
			run(manyRows[dialect]...)
			used := func(b *testing.B) time.Duration { return processorTime(b, nil) }
			if dialect == store.Postgres {
				used = func(b *testing.B) time.Duration { return processorTime(b, db) }
			}
			b.Run("rows", func(b *testing.B) { readFigures(b, s, used, true, nil) })
			b.Run("build parts", func(b *testing.B) { buildParts(b, s) })
			run("ANALYZE")
			b.Run("parts and a tenth", func(b *testing.B) { readFigures(b, s, used, false, nil) })
			run(everybodyEnds)
			buildParts(b, s)
			run("ANALYZE")
			b.Run("parts alone", func(b *testing.B) { readFigures(b, s, used, false, nil) })
			b.Run("rows again", func(b *testing.B) { readFigures(b, s, used, true, nil) })
		})
	}
}

var benchZone = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

var benchTo = time.Date(2026, 3, 31, 0, 0, 0, 0, benchZone)

// buildParts does what the relay does when the days have ended.
func buildParts(b *testing.B, s *store.Store) {
	b.Helper()
	from := figures.Midnight(benchTo, -31, benchZone)
	days := append([]time.Time{from}, figures.Midnights(from, benchTo.Add(time.Hour), benchZone)...)
	for range b.N {
		var due []store.PartDay
		require.NoError(b, s.Snapshot(b.Context(), func(tx *store.Tx) (err error) {
			due, err = tx.PartsDue(days, benchTo.AddDate(1, 0, 0))
			return err
		}))
		for _, day := range due {
			require.NoError(b, s.Write(b.Context(), func(tx *store.Tx) error {
				_, err := tx.BuildPart(day, benchTo)
				return err
			}))
		}
	}
}

func readFigures(b *testing.B, s *store.Store, used func(b *testing.B) time.Duration, rows bool, goals store.Goals) {
	b.Helper()
	q := figures.Query{
		From: figures.Midnight(benchTo, -30, benchZone), To: benchTo, Zone: benchZone, Title: figures.Titles(nil), Now: benchTo.AddDate(0, 1, 0),
		Goals: goals, Shown: 2,
		Definition: func(int) (*definition.Definition, error) { return nil, nil }, Rows: rows,
	}
	best, least := time.Hour, time.Hour
	for b.Loop() {
		before := used(b)
		begun := time.Now()
		require.NoError(b, s.Snapshot(b.Context(), func(tx *store.Tx) error {
			a, err := figures.Read(tx, "w", q)
			if err == nil {
				require.Greater(b, a.Enrolled, int64(99_000))
				require.Greater(b, a.Steps, int64(990_000))
			}
			return err
		}))
		best, least = min(best, time.Since(begun)), min(least, used(b)-before)
	}
	b.ReportMetric(best.Seconds(), "best-s")
	b.ReportMetric(least.Seconds(), "cpu-s") // of this process and of PostgreSQL, whoever else is at work
}

// processorTime is what this process and all processes of the server, if there is one, have used so far.
func processorTime(b *testing.B, db *sql.DB) (sum time.Duration) {
	b.Helper()
	parent := -1
	if db != nil {
		var backend int
		require.NoError(b, db.QueryRowContext(b.Context(), "SELECT pg_backend_pid()").Scan(&backend))
		parent = processStat(b, backend)[1]
	}
	dirs, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(b, err)
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(strings.Split(dir, "/")[2])
		stat := processStat(b, pid)
		switch {
		case stat == nil:
		case pid == parent: // with the children that have ended
			sum += time.Duration(stat[11]+stat[12]+stat[13]+stat[14]) * 10 * time.Millisecond
		case stat[1] == parent, pid == os.Getpid():
			sum += time.Duration(stat[11]+stat[12]) * 10 * time.Millisecond
		}
	}
	return sum
}

// processStat are the numbers of /proc/pid/stat behind the name; nil when the process has ended.
func processStat(b *testing.B, pid int) (numbers []int) {
	b.Helper()
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	for _, field := range strings.Fields(rest) {
		n, _ := strconv.Atoi(field)
		numbers = append(numbers, n)
	}
	return numbers
}
