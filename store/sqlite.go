package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// openSQLite opens one connection for writing and a pool for reading. With one writer connection
// the goroutines of this process queue in database/sql, in order and bound by their contexts,
// instead of polling for SQLite's lock; busy_timeout is for other processes only.
func (s *Store) openSQLite(path string) error {
	if path == "" || strings.Contains(path, ":memory:") {
		return fmt.Errorf("a file path is needed, %q is none", path)
	}
	common := url.Values{
		"_pragma": {
			"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(FULL)",
		},
		"_time_format": {"sqlite"},
		"_timezone":    {"UTC"},
	}
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	var err error
	if s.writer, err = sql.Open("sqlite", file+"?"+common.Encode()+"&_txlock=immediate"); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	s.writer.SetMaxIdleConns(1)
	// The writer goes first: it makes the file and turns WAL on, which a reader may not.
	if err := s.writer.PingContext(context.Background()); err != nil {
		return err
	}
	common.Add("_pragma", "query_only(1)")
	if s.reader, err = sql.Open("sqlite", file+"?"+common.Encode()); err != nil {
		return err
	}
	readers := max(4, runtime.NumCPU())
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	s.db, err = gorm.Open(gormsqlite.New(gormsqlite.Config{DriverName: "sqlite", Conn: s.writer}), gormConfig())
	return err
}
