package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Sentinels that callers compare with errors.Is.
var (
	// ErrNotFound: no row has this id or key.
	ErrNotFound = errors.New("not found")
	// ErrConflict: a row with the same unique value exists. *ConflictError says where.
	ErrConflict = errors.New("conflict with an existing row")
	// ErrInUse: the row cannot be deleted because others refer to it. *InUseError lists them.
	ErrInUse = errors.New("in use")
	// ErrBusy: another writer held the store, or the row, for too long. It is transient.
	ErrBusy = errors.New("store is busy")
	// ErrUnstorable: a value that the stores cannot hold, such as text with NUL or broken UTF-8.
	ErrUnstorable = errors.New("value cannot be stored")
	// ErrReadOnly: a statement that writes or locks was called inside Read.
	ErrReadOnly = errors.New("write inside a read")
)

// ConflictError names what a new or changed row collided with. It unwraps to ErrConflict.
type ConflictError struct {
	Table string
	// Constraint is the name of the index, or its columns; empty when the store does not tell.
	Constraint string
}

func (e *ConflictError) Error() string {
	return strings.TrimSuffix(fmt.Sprintf("%s: %s %s", ErrConflict, e.Table, e.Constraint), " ")
}

// Unwrap makes errors.Is(err, ErrConflict) true.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// InUseError lists who uses the row, at most 100 of them, as "<kind> <id>". It unwraps to ErrInUse.
type InUseError struct{ Users []string }

func (e *InUseError) Error() string {
	return fmt.Sprintf("%s by %s", ErrInUse, strings.Join(e.Users, ", "))
}

// Unwrap makes errors.Is(err, ErrInUse) true.
func (e *InUseError) Unwrap() error { return ErrInUse }

// IsTransient reports whether err says nothing about the request itself: the store was busy, out of
// reach or out of space, or it chose this transaction as a deadlock's victim. The same call may
// succeed later. The end of the caller's own context is not transient.
func IsTransient(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if errors.Is(err, ErrBusy) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return transientCode(pg.Code)
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return transientSQLite(lite.Code())
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed")
}

// transientCode judges a SQLSTATE: classes 08 connection, 53 resources, 57P shutdown; 40001 and
// 40P01 serialization and deadlock; 55P03 lock, 57014 statement timeout, 25P03 idle timeout.
func transientCode(code string) bool {
	switch code {
	case "40001", "40P01", "55P03", "57014", "25P03":
		return true
	}
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") || strings.HasPrefix(code, "57P")
}

func transientSQLite(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return true
	}
	return false
}

// mapError turns what the drivers say into the sentinels above; the cause stays in the chain.
func mapError(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return mapPostgres(pg, err)
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return mapSQLite(lite, err)
	}
	return err
}

func mapPostgres(pg *pgconn.PgError, err error) error {
	switch pg.Code {
	case "23505":
		return &ConflictError{Table: pg.TableName, Constraint: pg.ConstraintName}
	case "23503":
		return &foreignKeyError{cause: err}
	case "22P05", "22021", "22P02", "22003", "54000": // untranslatable, not UTF-8, malformed, out of range, too long for an index
		return fmt.Errorf("%w: %w", ErrUnstorable, err)
	case "55P03":
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case "25006":
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return err
}

func mapSQLite(lite *sqlite.Error, err error) error {
	switch lite.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return sqliteConflict(lite.Error())
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return &foreignKeyError{cause: err}
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return err
}

// sqliteConflict reads "… UNIQUE constraint failed: contacts.email, contacts.x (2067)".
func sqliteConflict(message string) error {
	_, rest, _ := strings.Cut(message, "constraint failed: ")
	if i := strings.LastIndex(rest, "constraint failed: "); i >= 0 {
		rest = rest[i+len("constraint failed: "):]
	}
	rest, _, _ = strings.Cut(rest, " (")
	table, _, _ := strings.Cut(rest, ".")
	return &ConflictError{Table: table, Constraint: rest}
}

// foreignKeyError is a reference to a row that is not there, or a delete of one that is referred to.
type foreignKeyError struct{ cause error }

func (e *foreignKeyError) Error() string { return "reference violated: " + e.cause.Error() }
func (e *foreignKeyError) Unwrap() error { return e.cause }

func isForeignKey(err error) bool {
	_, ok := errors.AsType[*foreignKeyError](err)
	return ok
}

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
