package store

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// NoLane is the lane of work that nobody names one for.
const NoLane = "-"

// Turn remembers whose turn is next among the lanes of a queue, so that a crowd in one lane holds up
// no other. Who claims keeps one; the zero value begins with the first lane. Each claimer's turns
// are its own: together they are as fair as each of them.
type Turn struct{ after atomic.Pointer[string] }

func (t *Turn) last() string {
	if after := t.after.Load(); after != nil {
		return *after
	}
	return ""
}

// queue is a table of work that is offered at an instant and claimed for the time of a lease.
type queue struct {
	table, id, due string
	// open holds for rows that are offered at all; empty: for each.
	open string
}

var (
	contactQueue  = queue{table: "contact_queue", id: "contact_id", due: "ready_at", open: "NOT stopped"}
	dispatchQueue = queue{table: "dispatches", id: "id", due: "not_before"}
)

func (q queue) where(more string) string {
	if q.open == "" {
		return " WHERE " + more
	}
	return " WHERE " + q.open + " AND " + more
}

// claim claims up to n rows of a queue for the time of the lease, under one token, and returns
// columns of them. The lanes whose turn it is get the same share, of each the longest waiting first;
// what they leave over goes to whoever waits longest of all. A lane has its next turn when all
// the others have had theirs.
func claim[T any](tx *Tx, q queue, n int, lease time.Duration, turn *Turn, columns string) (list []T, token string, err error) {
	if !tx.write {
		return nil, "", ErrReadOnly
	}
	lanes, err := tx.lanes(q, n, turn)
	if err != nil || len(lanes) == 0 {
		return nil, "", err
	}
	token = NewID("claim")
	take := func(most int, lanes ...string) error {
		free, args := tx.free(q, most, lanes)
		var part []T
		_, err := tx.scan(&part, "WITH free AS MATERIALIZED ("+free+") UPDATE "+q.table+" SET token = ?, lease_until = ? WHERE "+
			q.id+" IN (SELECT "+q.id+" FROM free) RETURNING "+columns, append(args, token, tx.clock(lease))...)
		list = append(list, part...)
		return err
	}
	if len(lanes) > 1 || n == 1 { // a single lane, of a room for more, is the only one
		if err := tx.inOrderOfIndex(); err != nil {
			return nil, "", err
		}
		if err := take(n/len(lanes), lanes...); err != nil {
			return nil, "", err
		}
	}
	if rest := n - len(list); rest > 0 {
		err = take(rest)
	}
	return list, token, err
}

// free selects up to most free rows of each lane, or of all lanes together when none is named. Rows
// that somebody else is claiming are passed over.
func (tx *Tx) free(q queue, most int, lanes []string) (sql string, args []any) {
	of := func(mine, order string, given ...any) string {
		args = append(append(args, given...), tx.stable(), tx.stable(), most)
		return "SELECT " + q.id + " FROM " + q.table + q.where(mine+q.due+" <= ? AND (lease_until IS NULL OR lease_until <= ?)") +
			" ORDER BY " + order + q.due + " LIMIT ?" + tx.rowLock(" SKIP LOCKED")
	}
	if len(lanes) == 0 {
		return of("", ""), args
	}
	parts := make([]string, len(lanes))
	for i, lane := range lanes {
		// Said as a range, so that only the index of the lanes has the order.
		parts[i] = "SELECT " + q.id + " FROM (" + of("lane >= ? AND lane <= ? AND ", "lane, ", lane, lane) + ") AS mine"
	}
	return strings.Join(parts, " UNION ALL "), args
}

// inOrderOfIndex keeps PostgreSQL, for the rest of the transaction, from reading all of a lane to sort
// it: while a crowd comes its statistics are behind, and the lane looks small.
func (tx *Tx) inOrderOfIndex() error {
	if tx.dialect == SQLite {
		return nil
	}
	_, err := tx.exec("SET LOCAL enable_sort = off")
	return err
}

// lanes returns up to n lanes that have rows, in turn, and counts them as served.
func (tx *Tx) lanes(q queue, n int, turn *Turn) ([]string, error) {
	last := turn.last()
	list, err := tx.lanesAfter(q, last, n)
	if err != nil {
		return nil, err
	}
	if last != "" && len(list) < n {
		first, err := tx.lanesAfter(q, "", n-len(list))
		if err != nil {
			return nil, err
		}
		for _, lane := range first {
			if !slices.Contains(list, lane) {
				list = append(list, lane)
			}
		}
	}
	next := ""
	if len(list) == n {
		next = list[n-1]
	}
	turn.after.Store(&next)
	return list, nil
}

// lanesAfter goes from one lane to the next in the index: what it costs depends on n, and not on
// how many rows wait.
func (tx *Tx) lanesAfter(q queue, after string, n int) ([]string, error) {
	list := []string{}
	_, err := tx.scan(&list, `WITH RECURSIVE turn (lane, place) AS (
			SELECT (SELECT min(lane) FROM `+q.table+q.where("lane > ?")+`), 1
			UNION ALL
			SELECT (SELECT min(q.lane) FROM `+q.table+` q`+q.where("q.lane > turn.lane")+`), place + 1
			FROM turn WHERE turn.lane IS NOT NULL AND place < ?)
		SELECT lane FROM turn WHERE lane IS NOT NULL ORDER BY place`, after, n)
	return list, err
}
