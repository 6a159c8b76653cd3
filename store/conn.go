package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// conn stands between GORM and a connection pool or transaction. It is the one place where
// arguments get the form that both stores share: times in UTC and whole microseconds, text that
// PostgreSQL can hold.
type conn struct {
	pool    gorm.ConnPool
	dialect string
	queries *atomic.Int64
	// changed is set by a statement that may have changed a row.
	changed bool
}

func (c *conn) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return c.pool.PrepareContext(ctx, query)
}

func (c *conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	args, err := c.storable(args)
	if err != nil {
		return nil, err
	}
	c.queries.Add(1)
	result, err := c.pool.ExecContext(ctx, query, args...)
	if err == nil && !c.changed {
		n, unknown := result.RowsAffected()
		c.changed = n > 0 || unknown != nil
	}
	return result, err
}

func (c *conn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	args, err := c.storable(args)
	if err != nil {
		return nil, err
	}
	c.queries.Add(1)
	if strings.HasPrefix(query, "INSERT") { // of a row that the store completes, as GORM writes it
		c.changed = true
	}
	return c.pool.QueryContext(ctx, query, args...)
}

// QueryRowContext cannot report an argument error by itself; only argument-free statements use it.
func (c *conn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	c.queries.Add(1)
	return c.pool.QueryRowContext(ctx, query, args...)
}

func (c *conn) storable(args []any) ([]any, error) {
	for i, arg := range args {
		switch v := arg.(type) {
		case time.Time:
			args[i] = v.UTC().Truncate(time.Microsecond)
		case *time.Time:
			if v == nil {
				args[i] = nil
			} else {
				args[i] = v.UTC().Truncate(time.Microsecond)
			}
		case string:
			if err := checkText(v); err != nil {
				return nil, err
			}
		case *string:
			if v == nil {
				args[i] = nil
			} else if err := checkText(*v); err != nil {
				return nil, err
			}
		case JSON:
			if err := v.check(); err != nil {
				return nil, err
			}
			// PostgreSQL parses its JSONB; SQLite would take anything.
			if c.dialect == SQLite && len(v) > 0 && !json.Valid(v) {
				return nil, fmt.Errorf("%w: malformed JSON", ErrUnstorable)
			}
		}
	}
	return args, nil
}

func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return fmt.Errorf("%w: text with a NUL byte", ErrUnstorable)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: text is not UTF-8", ErrUnstorable)
	}
	return nil
}
