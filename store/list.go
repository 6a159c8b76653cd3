package store

import (
	"strings"
)

// query collects the conditions of one list.
type query struct {
	page  Page
	where []string
	args  []any
	order string
	desc  bool
}

// newestFirst orders by id, which is by time of creation, descending.
func newestFirst(page Page) *query { return &query{page: page, order: "id", desc: true} }

// byKey orders by key, ascending: the order of everything that users name themselves.
func byKey(page Page, column string) *query { return &query{page: page, order: column} }

// and adds a condition.
func (q *query) and(condition string, args ...any) {
	q.where = append(q.where, condition)
	q.args = append(q.args, args...)
}

// equal adds column = value unless value is the zero string.
func (q *query) equal(column, value string) {
	if value != "" {
		q.and(column+" = ?", value)
	}
}

// clause is " WHERE …", or nothing.
func (q *query) clause() string {
	if len(q.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(q.where, " AND ")
}

// listByID runs a list that is ordered by one unique text column; at tells a row's value of it.
func listByID[T any](tx *Tx, q *query, at func(*T) string) ([]T, string, error) {
	position, err := q.page.position(1)
	if err != nil {
		return nil, "", err
	}
	compare, direction := ">", ""
	if q.desc {
		compare, direction = "<", " DESC"
	}
	if position != nil {
		q.and(q.order+" "+compare+" ?", position[0])
	}
	limit := q.page.limit()
	rows, err := all[T](tx, q.clause()+" ORDER BY "+q.order+direction+" LIMIT ?", append(q.args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit, func(row *T) []string { return []string{at(row)} })
	return rows, next, nil
}

// users lists who refers to a row, as "<kind> <id>", at most 100.
func (tx *Tx) users(kind, sql string, args ...any) ([]string, error) {
	var ids []string
	if _, err := tx.scan(&ids, sql+" LIMIT 100", args...); err != nil {
		return nil, err
	}
	for i, id := range ids {
		ids[i] = kind + " " + id
	}
	return ids, nil
}

// removeUnused deletes one row by key unless users is not empty. A user that appears in between is
// caught by the foreign key.
func (tx *Tx) removeUnused(table, key string, users []string) error {
	if len(users) > 0 {
		return &InUseError{Users: users}
	}
	err := tx.remove("DELETE FROM "+table+" WHERE key = ?", key)
	if isForeignKey(err) {
		return &InUseError{}
	}
	return err
}
