package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// inspectFaults bounds how many faults of a file are named.
const inspectFaults = 10

// thoroughSize is up to how many bytes a SQLite file is checked with its indexes; a bigger one without.
const thoroughSize = 1 << 30

// Inspection is what a look at a database found. Nothing was changed by it, and nothing made.
type Inspection struct {
	Dialect string
	// Missing are migrations of this build that the database lacks; Unknown were applied by a newer
	// build. Newest is the last one of this build.
	Missing, Unknown []int64
	Newest           int64
	// Clock is how far the database's clock is ahead of this machine's, give or take Doubt; 0 on SQLite.
	Clock, Doubt time.Duration
	// Settings are PostgreSQL's by name, as a connection of the program sees them, times in milliseconds.
	Settings map[string]string
	// Connections is how many clients are connected to the PostgreSQL server now; Pool is how many
	// connections one process may open.
	Connections, Pool int
	// Faults is what SQLite's own check says of the file, empty when all is well; Thorough: with indexes.
	Faults   []string
	Thorough bool
	// Journal is SQLite's journal mode; WAL is the size of the write-ahead log in bytes.
	Journal string
	WAL     int64
}

// inspected are the settings of PostgreSQL that matter for what the program promises.
var inspected = []string{
	"fsync", "synchronous_commit", "full_page_writes", "autovacuum", "max_connections", "superuser_reserved_connections",
	"statement_timeout", "default_transaction_isolation", "server_version", "server_encoding",
}

// Inspect looks at a database over a connection of its own. A SQLite file that is not there is
// fs.ErrNotExist; one that is no database is an error, and so is a server that does not answer.
func Inspect(ctx context.Context, databaseURL string) (*Inspection, error) {
	scheme, rest, _ := strings.Cut(databaseURL, ":")
	if scheme != "sqlite" {
		return inspectPostgres(ctx, databaseURL)
	}
	return inspectSQLite(ctx, strings.TrimPrefix(rest, "//"))
}

func inspectPostgres(ctx context.Context, databaseURL string) (*Inspection, error) {
	in := &Inspection{Dialect: Postgres, Settings: map[string]string{}}
	var err error
	if in.Pool, err = poolSize(databaseURL); err != nil {
		return nil, err
	}
	db, err := openPostgres(databaseURL, 1, statementTimeout)
	if err != nil {
		return nil, fmt.Errorf("inspect store: %w", err)
	}
	defer func() { _ = db.Close() }()
	if err := db.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("inspect store: %w", mapError(err))
	}
	if err := in.readClock(ctx, db); err != nil {
		return nil, err
	}
	for _, name := range inspected {
		value := ""
		err := db.QueryRowContext(ctx, "SELECT setting FROM pg_settings WHERE name = $1", name).Scan(&value)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("read setting %s: %w", name, mapError(err))
		}
		in.Settings[name] = value
	}
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'").Scan(&in.Connections)
	if err != nil {
		return nil, fmt.Errorf("count connections: %w", mapError(err))
	}
	return in, in.readMigrations(ctx, db, "SELECT to_regclass('goose_db_version') IS NOT NULL")
}

func (in *Inspection) readClock(ctx context.Context, db *sql.DB) error {
	var there time.Time
	before := time.Now()
	if err := db.QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&there); err != nil {
		return fmt.Errorf("read clock: %w", mapError(err))
	}
	in.Doubt = time.Since(before) / 2
	in.Clock = there.Sub(before.Add(in.Doubt))
	return nil
}

func inspectSQLite(ctx context.Context, file string) (*Inspection, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("inspect store: %w", err)
	}
	in := &Inspection{Dialect: SQLite, Thorough: info.Size() <= thoroughSize}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("inspect store: %w", err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&in.Journal); err != nil {
		return nil, fmt.Errorf("inspect store: %w", mapError(err))
	}
	if log, err := os.Stat(file + "-wal"); err == nil {
		in.WAL = log.Size()
	}
	if in.Faults, err = sqliteFaults(ctx, db, in.Thorough); ctx.Err() != nil {
		return nil, err
	}
	if err != nil { // a file can be broken so badly that the check itself fails
		in.Faults = append(in.Faults, err.Error())
	}
	if len(in.Faults) > 0 {
		return in, nil
	}
	return in, in.readMigrations(ctx, db, "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'goose_db_version'")
}

func sqliteFaults(ctx context.Context, db *sql.DB, thorough bool) ([]string, error) {
	check := "PRAGMA quick_check"
	if thorough {
		check = "PRAGMA integrity_check"
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf("%s(%d)", check, inspectFaults))
	if err != nil {
		return nil, fmt.Errorf("check file: %w", mapError(err))
	}
	defer func() { _ = rows.Close() }()
	var faults []string
	for rows.Next() {
		line := ""
		if err := rows.Scan(&line); err != nil {
			return nil, fmt.Errorf("check file: %w", err)
		}
		if line != "ok" {
			faults = append(faults, line)
		}
	}
	return faults, rows.Err()
}

// readMigrations compares what was applied with what this build has. A database without the table of
// versions was never migrated.
func (in *Inspection) readMigrations(ctx context.Context, db *sql.DB, exists string) error {
	known, err := knownMigrations(in.Dialect)
	if err != nil {
		return err
	}
	in.Newest = known[len(known)-1]
	there := false
	if err := db.QueryRowContext(ctx, exists).Scan(&there); err != nil {
		return fmt.Errorf("look for migrations: %w", mapError(err))
	}
	if !there {
		in.Missing = known
		return nil
	}
	applied, err := appliedMigrations(ctx, db)
	if err != nil {
		return err
	}
	for _, version := range known {
		if !slices.Contains(applied, version) {
			in.Missing = append(in.Missing, version)
		}
	}
	for _, version := range applied {
		if !slices.Contains(known, version) {
			in.Unknown = append(in.Unknown, version)
		}
	}
	return nil
}

// appliedMigrations are the versions of the table that goose keeps, but the first row, which is no migration.
func appliedMigrations(ctx context.Context, db *sql.DB) ([]int64, error) {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT version_id FROM goose_db_version WHERE is_applied AND version_id > 0 ORDER BY version_id")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", mapError(err))
	}
	defer func() { _ = rows.Close() }()
	var applied []int64
	for rows.Next() {
		version := int64(0)
		if err := rows.Scan(&version); err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		applied = append(applied, version)
	}
	return applied, rows.Err()
}

// knownMigrations are the versions of this build, in order.
func knownMigrations(dialect string) ([]int64, error) {
	files, err := fs.Glob(migrations, "migrations/"+dialect+"/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	known := make([]int64, 0, len(files))
	for _, file := range files {
		number, _, _ := strings.Cut(path.Base(file), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read name of migration %s: %w", file, err)
		}
		known = append(known, version)
	}
	slices.Sort(known)
	return known, nil
}
