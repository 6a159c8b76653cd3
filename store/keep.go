package store

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Place is where a sweep is in a table that it walks by age.
type Place struct {
	At time.Time
	ID string
}

// ExtendRound lets a claimed round go on for the time of the lease; false when the claim no longer
// stands, and then nothing of the round may be written.
func (tx *Tx) ExtendRound(name, token string, lease time.Duration) (bool, error) {
	n, err := tx.exec("UPDATE rounds SET lease_until = ? WHERE name = ? AND token = ?", tx.clock(lease), name, token)
	return n > 0, err
}

// Short-lived rows, as Expire deletes them. What "before" is compared with stands behind each one.
const (
	ShortJobs        = "jobs"             // ended, with their errors
	ShortFirings     = "firings"          // made
	ShortAlarms      = "alarms"           // over
	ShortNotices     = "notices"          // settled
	ShortBacktests   = "backtests"        // made
	ShortSessions    = "sessions"         // expired
	ShortIdempotency = "idempotency_keys" // made
	ShortWorkers     = "workers"          // last heard of
	ShortFailures    = "failures"         // failed last, and no longer so
)

// expiries select, for each kind, the keys of the oldest rows by an index; every one takes an instant
// and a number.
var expiries = map[string]struct{ key, rows string }{
	ShortJobs:     {"id", "SELECT id FROM jobs WHERE ended_at IS NOT NULL AND ended_at < ? ORDER BY ended_at LIMIT ?"},
	ShortFirings:  {"workflow, trigger_id, scheduled_for", "SELECT workflow, trigger_id, scheduled_for FROM firings WHERE created_at < ? ORDER BY created_at LIMIT ?"},
	ShortAlarms:   {"id", "SELECT id FROM alarms WHERE ended_at IS NOT NULL AND ended_at < ? ORDER BY ended_at LIMIT ?"},
	ShortNotices:  {"id", "SELECT id FROM notices WHERE done_at IS NOT NULL AND done_at < ? ORDER BY done_at LIMIT ?"},
	ShortSessions: {"token_hash", "SELECT token_hash FROM sessions WHERE expires_at < ? ORDER BY expires_at LIMIT ?"},
	ShortWorkers:  {"id", "SELECT id FROM workers WHERE last_seen < ? ORDER BY last_seen LIMIT ?"},
	ShortBacktests: {
		"id", "SELECT id FROM backtests WHERE created_at < ? ORDER BY created_at LIMIT ?",
	},
	ShortIdempotency: {"key, route", "SELECT key, route FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?"},
	ShortFailures: {"enrollment_id, node, visit", `SELECT f.enrollment_id, f.node, f.visit FROM failures f WHERE f.last_at < ?
		AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.enrollment_id = f.enrollment_id AND s.node = f.node AND s.visit = f.visit
			AND s.status IN ('failed', 'held', 'unknown'))
		AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.id = f.enrollment_id AND e.status IN ('failed', 'held') AND NOT e.pruned)
		ORDER BY f.last_at LIMIT ?`},
}

// Expire deletes at most limit short-lived rows of one kind that are older than an instant, the oldest
// first, and returns how many.
func (tx *Tx) Expire(kind string, before time.Time, limit int) (int64, error) {
	e, known := expiries[kind]
	if !known {
		return 0, fmt.Errorf("expire %s: no such kind", kind)
	}
	return tx.exec("DELETE FROM "+kind+" WHERE ("+e.key+") IN ("+e.rows+")", before, limit)
}

var spentEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// spentHash is what is kept of the id of an event that is gone.
func spentHash(id string) string {
	sum := sha256.Sum256([]byte(id))
	return spentEncoding.EncodeToString(sum[:16])
}

// Spent reports whether an event had this id and is gone.
func (tx *Tx) Spent(id string) (bool, error) {
	var one int
	return tx.scan(&one, "SELECT 1 FROM spent_events WHERE hash = ?", spentHash(id))
}

// ownID reports whether NewID made an id at an instant, give or take an hour: then nobody else can come
// with it, and it need not be remembered.
func ownID(id, prefix string, at time.Time) bool {
	text, ok := strings.CutPrefix(id, prefix+"_")
	raw, err := idEncoding.DecodeString(text)
	if !ok || err != nil || len(raw) != 16 || raw[6]>>4 != 7 || raw[8]>>6 != 2 {
		return false
	}
	var ms int64
	for _, b := range raw[:6] {
		ms = ms<<8 | int64(b)
	}
	off := time.UnixMilli(ms).Sub(at)
	return off < time.Hour && off > -time.Hour
}

func (tx *Tx) spend(hashes []string) error {
	slices.Sort(hashes)
	for part := range slices.Chunk(hashes, bulk) {
		args := make([]any, len(part))
		for i, hash := range part {
			args[i] = hash
		}
		if _, err := tx.exec("INSERT INTO spent_events (hash) VALUES "+rows("(?)", len(part))+" ON CONFLICT DO NOTHING", args...); err != nil {
			return err
		}
	}
	return nil
}

// unheld takes the rows of a table that nobody holds, for the rest of the transaction. Who deletes
// waits for nobody.
func (tx *Tx) unheld(table string, ids []string) ([]string, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	if tx.dialect == SQLite || len(ids) == 0 {
		return ids, nil
	}
	free := []string{}
	_, err := tx.scan(&free, "SELECT id FROM "+table+" WHERE id IN ? ORDER BY "+tx.bytewise("id")+" FOR UPDATE SKIP LOCKED", ids)
	return free, err
}

// deleteBy deletes the rows of a table whose column has one of the values.
func (tx *Tx) deleteBy(table, column string, values []string) (n int64, err error) {
	for part := range slices.Chunk(values, bulk) {
		some, err := tx.exec("DELETE FROM "+table+" WHERE "+column+" IN ?", part)
		if err != nil {
			return n, err
		}
		n += some
	}
	return n, nil
}
