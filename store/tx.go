package store

import (
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Tx gives access to all tables inside one Write or Read. It is not safe for concurrent use.
type Tx struct {
	db      *gorm.DB
	conn    *conn
	dialect string
	write   bool
	after   []func()
	err     error // an error that a method without an error result met; Write then rolls back
}

// AfterCommit registers a function that runs once the transaction is durable, in order of
// registration, in the goroutine that called Write. Inside Read it never runs.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

// Spoil makes the surrounding Write or Read fail with err, for code that has no error result of
// its own; the first error stands.
func (tx *Tx) Spoil(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

// Overlaps reports whether other transactions may be writing while this one does, so that one which
// began earlier may commit later. SQLite has one writer.
func (tx *Tx) Overlaps() bool { return tx.dialect != SQLite }

// Now is the database's clock, for leases and token buckets only. When the database does not
// answer, the zero time is returned and the surrounding Write or Read fails.
func (tx *Tx) Now() time.Time {
	if tx.dialect == SQLite {
		return wallClock()
	}
	var now time.Time
	if err := tx.db.Raw("SELECT clock_timestamp()").Row().Scan(&now); err != nil {
		tx.err = mapError(err)
		return time.Time{}
	}
	return now
}

// clock is the database's clock as an SQL expression, d later.
func (tx *Tx) clock(d time.Duration) clause.Expr {
	if tx.dialect == SQLite {
		return gorm.Expr("?", wallClock().Add(d))
	}
	if d == 0 {
		return gorm.Expr("clock_timestamp()")
	}
	return gorm.Expr("clock_timestamp() + make_interval(secs => ?)", d.Seconds())
}

// stable is the clock of the transaction's start, which indexes can be searched with.
func (tx *Tx) stable() clause.Expr {
	if tx.dialect == SQLite {
		return gorm.Expr("?", wallClock())
	}
	return gorm.Expr("now()")
}

// rowLock ends a SELECT that locks its rows; SQLite's writer holds the whole file already.
// NO KEY UPDATE excludes other lockers but not the foreign-key checks of unrelated inserts.
func (tx *Tx) rowLock(suffix string) string {
	if tx.dialect == SQLite {
		return ""
	}
	return " FOR NO KEY UPDATE" + suffix
}

// exec runs a statement and returns the number of rows that it changed.
func (tx *Tx) exec(sql string, args ...any) (int64, error) {
	if !tx.write {
		return 0, ErrReadOnly
	}
	res := tx.db.Exec(sql, args...)
	return res.RowsAffected, mapError(res.Error)
}

// scan reads one row into dest and reports whether there was one.
func (tx *Tx) scan(dest any, sql string, args ...any) (bool, error) {
	res := tx.db.Raw(sql, args...).Scan(dest)
	if tx.write && res.RowsAffected > 0 && strings.Contains(sql, " RETURNING ") {
		tx.conn.changed = true
	}
	return res.RowsAffected > 0, mapError(res.Error)
}

// insert adds row and answers ErrConflict, with the transaction intact, when a unique index has it.
func (tx *Tx) insert(row any) error {
	added, err := tx.insertNew(row)
	if err == nil && !added {
		return &ConflictError{Table: tableOf(row)}
	}
	return err
}

// insertNew adds row unless a unique index has it already.
func (tx *Tx) insertNew(row any) (bool, error) {
	if !tx.write {
		return false, ErrReadOnly
	}
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(row)
	return res.RowsAffected > 0, mapError(res.Error)
}

// insertAll adds the rows of a slice but those that a unique index has already, and returns how many.
func (tx *Tx) insertAll(rows any) (int64, error) {
	if !tx.write {
		return 0, ErrReadOnly
	}
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(rows)
	return res.RowsAffected, mapError(res.Error)
}

// update writes all columns of row but those named; ErrNotFound when its primary key is not there.
func (tx *Tx) update(row any, omit ...string) error {
	if !tx.write {
		return ErrReadOnly
	}
	res := tx.db.Model(row).Select("*").Omit(append(omit, "CreatedAt")...).Updates(row)
	if res.Error != nil {
		return mapError(res.Error)
	}
	if res.RowsAffected == 0 {
		return ErrNotFound
	}
	return nil
}

// upsert inserts row or replaces all its columns but CreatedAt.
func (tx *Tx) upsert(row any, key ...string) error {
	if !tx.write {
		return ErrReadOnly
	}
	schema, err := schemaOf(row)
	if err != nil {
		return err
	}
	conflict := clause.OnConflict{}
	isKey := map[string]bool{"created_at": true}
	for _, k := range key {
		conflict.Columns = append(conflict.Columns, clause.Column{Name: k})
		isKey[k] = true
	}
	var replaced []string
	for _, name := range schema.DBNames {
		if !isKey[name] {
			replaced = append(replaced, name)
		}
	}
	conflict.DoUpdates = clause.AssignmentColumns(replaced)
	return mapError(tx.db.Clauses(conflict).Create(row).Error)
}

// remove deletes the rows that match and answers ErrNotFound when there are none.
func (tx *Tx) remove(sql string, args ...any) error {
	n, err := tx.exec(sql, args...)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// first reads the one row that matches, or ErrNotFound.
func first[T any](tx *Tx, where string, args ...any) (*T, error) {
	row := new(T)
	found, err := tx.scan(row, "SELECT "+columns[T]("")+" FROM "+tableOf(row)+" WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNotFound
	}
	return row, nil
}

// keyed reads the row of a key in any spelling, for keys are not case-sensitive. Of several that
// differ in nothing else the one that is spelled like this is meant.
func keyed[T any](tx *Tx, key string) (*T, error) {
	row, err := first[T](tx, "key = ?", key)
	if !isNotFound(err) {
		return row, err
	}
	return first[T](tx, "lower(key) = lower(?) ORDER BY key LIMIT 1", key)
}

// insertKeyed is insert for a row whose key may exist in another spelling: the first one is kept.
func insertKeyed[T any](tx *Tx, key string, row *T) error {
	_, err := keyed[T](tx, key)
	switch {
	case err == nil:
		return &ConflictError{Table: tableOf(row)}
	case isNotFound(err):
		return tx.insert(row)
	}
	return err
}

// all reads every row that matches; tail is what follows the FROM clause.
func all[T any](tx *Tx, tail string, args ...any) ([]T, error) {
	rows := []T{}
	_, err := tx.scan(&rows, "SELECT "+columns[T]("")+" FROM "+tableOf(new(T))+" "+tail, args...)
	return rows, err
}

// Attempt runs fn so that an error takes back what fn wrote and nothing else: the transaction goes
// on. A transient error is returned as it is, and the transaction is then better given up.
func (tx *Tx) Attempt(fn func() error) error {
	if _, err := tx.exec("SAVEPOINT attempt"); err != nil {
		return err
	}
	hooks := len(tx.after)
	err := fn()
	if err == nil {
		err = tx.err
	}
	if err == nil {
		_, err = tx.exec("RELEASE SAVEPOINT attempt")
		return err
	}
	tx.after, tx.err = tx.after[:hooks], nil
	if _, failed := tx.exec("ROLLBACK TO SAVEPOINT attempt"); failed != nil {
		return failed
	}
	if _, failed := tx.exec("RELEASE SAVEPOINT attempt"); failed != nil {
		return failed
	}
	return mapError(err)
}
