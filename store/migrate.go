package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// sqliteAttempts bounds how often Migrate looks again after it lost a race on a SQLite file. Every
// migration is one transaction together with its version row, so the loser finds the work done.
const sqliteAttempts = 3

// Migrate brings the schema to the newest version of this build. It is idempotent and may be
// called by any number of processes at once: on PostgreSQL they queue on a session lock, on
// SQLite the loser of a race finds the winner's version row.
func (s *Store) Migrate(ctx context.Context) error {
	attempts := 1
	if s.dialect == SQLite {
		attempts = sqliteAttempts
	}
	var err error
	for range attempts {
		if err = s.migrateOnce(ctx); err == nil {
			return nil
		}
	}
	return fmt.Errorf("migrate %s store: %w", s.dialect, mapError(err))
}

func (s *Store) migrateOnce(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations/"+s.dialect)
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	db := s.writer
	if s.dialect == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
		// A migration may rewrite a big table: it gets connections without the statement timeout.
		migrator, err := openPostgres(s.url, 2, 0)
		if err != nil {
			return err
		}
		defer func() { _ = migrator.Close() }()
		db = migrator
	}
	provider, err := goose.NewProvider(dialect, db, dir, options...)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
