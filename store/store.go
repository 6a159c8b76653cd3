package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Dialects of a store, as Store.Dialect returns them.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect string
	url     string
	db      *gorm.DB
	writer  *sql.DB
	reader  *sql.DB // the same as writer on PostgreSQL
	queries atomic.Int64
	changed signal
}

// Open opens "sqlite:/path/file.db" (made when absent) or "postgres://…" and checks that it
// answers. On a postgres URL `pool_max_conns` sets the size of the pool (default 25). The schema is
// not touched: see Migrate.
func Open(ctx context.Context, url string) (*Store, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	s := &Store{url: url}
	var err error
	switch scheme {
	case "sqlite":
		s.dialect = SQLite
		err = s.openSQLite(strings.TrimPrefix(rest, "//"))
	case "postgres", "postgresql":
		s.dialect = Postgres
		err = s.openPostgres()
	default:
		return nil, fmt.Errorf("open store: scheme %q is neither sqlite nor postgres", scheme)
	}
	if err == nil {
		err = s.Ping(ctx)
	}
	if err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open %s store: %w", s.dialect, mapError(err))
	}
	return s, nil
}

func gormConfig() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard,
		NowFunc:                wallClock,
	}
}

// wallClock is the process clock in the resolution of the store.
func wallClock() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Dialect is SQLite or Postgres.
func (s *Store) Dialect() string { return s.dialect }

// Ping fails when the store cannot be reached.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.reader.PingContext(ctx); err != nil {
		return mapError(err)
	}
	return mapError(s.writer.PingContext(ctx))
}

// Close closes all connections. The store cannot be used afterwards.
func (s *Store) Close() error {
	var errs []error
	if s.reader != nil && s.reader != s.writer {
		errs = append(errs, s.reader.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	return errors.Join(errs...)
}

// Statements is the number of statements sent since Open, for metrics and budget tests.
func (s *Store) Statements() int64 { return s.queries.Load() }

// Write runs fn in one transaction: READ COMMITTED on PostgreSQL, BEGIN IMMEDIATE on the single
// writer connection of SQLite. It commits when fn returns nil and rolls back otherwise, also on a
// panic. fn may run statements of tx only, must not keep tx, and must not call Write again.
// An error of the commit leaves open whether the transaction took place.
func (s *Store) Write(ctx context.Context, fn func(tx *Tx) error) error {
	begun, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", mapError(err))
	}
	tx := s.newTx(ctx, begun, true)
	done := false
	defer func() {
		if !done {
			_ = begun.Rollback()
		}
	}()
	if err := fn(tx); err != nil {
		return mapError(brokenOff(ctx, err))
	}
	if tx.err != nil {
		return tx.err
	}
	done = true
	if err := begun.Commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", mapError(brokenOff(ctx, err)))
	}
	if tx.conn.changed {
		s.changed.tell()
	}
	for _, hook := range tx.after {
		hook()
	}
	return nil
}

// brokenOff names the end of a context as the cause of what follows from it: database/sql rolls a
// transaction back when its context ends, and then says no more than that there is none.
func brokenOff(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// Read runs fn with access to statements that only read. There is no transaction around them: each
// statement sees what is committed when it starts.
func (s *Store) Read(ctx context.Context, fn func(tx *Tx) error) error {
	tx := s.newTx(ctx, s.reader, false)
	if err := fn(tx); err != nil {
		return mapError(err)
	}
	return tx.err
}

// Snapshot is Read in which all statements see what was committed at one moment. It locks nothing and
// nobody waits for it.
func (s *Store) Snapshot(ctx context.Context, fn func(tx *Tx) error) error {
	options := &sql.TxOptions{}
	if s.dialect == Postgres {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	begun, err := s.reader.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin snapshot: %w", mapError(err))
	}
	defer func() { _ = begun.Rollback() }()
	if s.dialect == Postgres {
		// Statements over many rows: compiling them costs more than it saves, hashes have room, what is read
		// is mostly in memory, and the context alone says how long they may take.
		if _, err := begun.ExecContext(ctx, "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL random_page_cost = 1.1; SET LOCAL statement_timeout = 0"); err != nil {
			return fmt.Errorf("begin snapshot: %w", mapError(err))
		}
	}
	tx := s.newTx(ctx, begun, false)
	if err := fn(tx); err != nil {
		return mapError(err)
	}
	return tx.err
}

func (s *Store) newTx(ctx context.Context, pool gorm.ConnPool, write bool) *Tx {
	db := s.db.Session(&gorm.Session{NewDB: true, Context: ctx})
	c := &conn{pool: pool, dialect: s.dialect, queries: &s.queries}
	db.Statement.ConnPool = c
	return &Tx{db: db, conn: c, dialect: s.dialect, write: write}
}
