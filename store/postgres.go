package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
)

const (
	statementTimeout = 5 * time.Second
	defaultPoolSize  = 25
)

func (s *Store) openPostgres() error {
	var err error
	if s.writer, err = openPostgres(s.url, 0, statementTimeout); err != nil {
		return err
	}
	s.reader = s.writer
	s.db, err = gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: s.writer}), gormConfig())
	return err
}

// openPostgres opens a pool; size 0 takes the URL's pool_max_conns or the default. pgx keeps a
// cache of prepared statements for each connection, so nothing above it prepares again.
func openPostgres(rawURL string, size int, timeout time.Duration) (*sql.DB, error) {
	parsed, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("parse the URL: %w", redact(err))
	}
	if size == 0 {
		if size, err = poolSize(rawURL); err != nil {
			return nil, err
		}
	}
	query := parsed.Query()
	query.Del("pool_max_conns")
	parsed.RawQuery = query.Encode()
	config, err := pgx.ParseConfig(parsed.String())
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["default_transaction_isolation"] = "read committed"
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["statement_timeout"] = strconv.FormatInt(timeout.Milliseconds(), 10)
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "fermata"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = statementTimeout
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(scanInUTC))
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

// poolSize is how many connections the pool of a URL may open.
func poolSize(rawURL string) (int, error) {
	parsed, err := url.Parse(rawURL)
	if err != nil {
		return 0, fmt.Errorf("parse the URL: %w", redact(err))
	}
	text := parsed.Query().Get("pool_max_conns")
	if text == "" {
		return defaultPoolSize, nil
	}
	size, err := strconv.Atoi(text)
	if err != nil || size < 1 {
		return 0, fmt.Errorf("pool_max_conns must be a positive number, not %q", text)
	}
	return size, nil
}

func scanInUTC(_ context.Context, c *pgx.Conn) error {
	c.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}

// redact drops the URL, which may hold a password, from a parse error.
func redact(err error) error {
	if parse, ok := err.(*url.Error); ok { //nolint:errorlint // url.Parse returns it unwrapped
		return parse.Err
	}
	return err
}
