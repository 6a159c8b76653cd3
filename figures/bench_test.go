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
// step is a wait that ended within a second of its due instant.
var manyRows = []string{
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
}

// BenchmarkAnalytics measures the figures of 30 days over 100,000 enrollments and a million steps, on
// PostgreSQL.
func BenchmarkAnalytics(b *testing.B) {
	at := storetest.Postgres(b)
	s := storetest.OpenURL(b, at)
	db, err := sql.Open("pgx", at)
	require.NoError(b, err)
	defer func() { require.NoError(b, db.Close()) }()
	for _, statement := range manyRows {
		_, err := db.ExecContext(b.Context(), statement)
		require.NoError(b, err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(b, err)
	to := time.Date(2026, 3, 31, 0, 0, 0, 0, zone)
	q := figures.Query{
		From: figures.Midnight(to, -30, zone), To: to, Zone: zone, Title: figures.Titles(nil), Now: to,
		Definition: func(int) (*definition.Definition, error) { return nil, nil },
	}
	best, used := time.Hour, time.Hour
	for b.Loop() {
		before := processorTime(b, db)
		begun := time.Now()
		require.NoError(b, s.Snapshot(b.Context(), func(tx *store.Tx) error {
			a, err := figures.Read(tx, "w", q)
			if err == nil {
				require.Greater(b, a.Enrolled, int64(99_000))
				require.Greater(b, a.Steps, int64(990_000))
			}
			return err
		}))
		best, used = min(best, time.Since(begun)), min(used, processorTime(b, db)-before)
	}
	b.ReportMetric(best.Seconds(), "best-s")
	b.ReportMetric(used.Seconds(), "cpu-s") // of PostgreSQL and this process, whoever else is at work
}

// processorTime is what this process and all processes of the server have used so far.
func processorTime(b *testing.B, db *sql.DB) (sum time.Duration) {
	b.Helper()
	var backend int
	require.NoError(b, db.QueryRowContext(b.Context(), "SELECT pg_backend_pid()").Scan(&backend))
	parent := processStat(b, backend)[1]
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
