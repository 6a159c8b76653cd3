package store

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"hash"
	"time"
)

// Kinds of fingerprints. Those of one thing take its id or key.
const (
	PrintWorkflows   = "workflows"
	PrintWorkflow    = "workflow"
	PrintEnrollments = "enrollments"
	PrintEnrollment  = "enrollment"
	PrintContact     = "contact"
	PrintEvents      = "events"
	PrintDeals       = "deals" // of a pipeline
	PrintJob         = "job"
	PrintAlarms      = "alarms"
)

// prints are the rows that a fingerprint is made of: what a page shows of it, by an index, and of
// what grows without end the newest alone. Of the newest there are several, since a row that was
// made before another may be committed after it. Every ? is the id.
var prints = map[string][]string{
	PrintWorkflows: {"SELECT key, name, status, draft_etag, version, owner, folder, updated_at FROM workflows ORDER BY key"},
	PrintWorkflow: {
		"SELECT name, status, draft_etag, version, hash, owner, folder, updated_at FROM workflows WHERE key = ?",
		`SELECT status, node, COUNT(*) FROM enrollments
			WHERE workflow = ? AND status IN ('running', 'waiting', 'paused', 'held') GROUP BY status, node ORDER BY status, node`,
		"SELECT id, status FROM enrollments WHERE workflow = ? ORDER BY id DESC LIMIT 20",
		"SELECT id, ended_at FROM pauses WHERE workflow = ? ORDER BY started_at DESC, id LIMIT 2",
	},
	PrintEnrollments: {
		"SELECT id, status, node, outcome, due_at FROM enrollments ORDER BY id DESC LIMIT 50",
		"SELECT id, ended_at FROM enrollments WHERE NOT active ORDER BY ended_at DESC, id DESC LIMIT 20",
	},
	PrintEnrollment: {
		`SELECT status, node, visit, version, hash, outcome, reason, due_at, ended_at, admitted_at, epoch, event_id, wedge, trouble
			FROM enrollments WHERE id = ?`,
		"SELECT node, visit, status, port, reason, attempts, left_at, due_at FROM steps WHERE enrollment_id = ? ORDER BY seq DESC LIMIT 100",
		`SELECT node, visit, copy, state, attempts, copies, updated_at FROM effects
			WHERE enrollment_id = ? ORDER BY updated_at DESC, node, visit, copy LIMIT 100`,
	},
	PrintContact: {
		"SELECT seq, routed_seq, consent, updated_at FROM contacts WHERE id = ?",
		"SELECT id, status, node, due_at FROM enrollments WHERE contact_id = ? ORDER BY id DESC LIMIT 50",
		"SELECT id, state FROM sends WHERE contact_id = ? ORDER BY id DESC LIMIT 50",
		"SELECT id, title, stage, status, value, owner, updated_at FROM deals WHERE contact_id = ? ORDER BY pipeline, id LIMIT 100",
		"SELECT course, status, progress FROM contact_courses WHERE contact_id = ? ORDER BY course",
		"SELECT tag FROM contact_tags WHERE contact_id = ? ORDER BY tag",
		"SELECT id, status, updated_at FROM tasks WHERE contact_id = ? ORDER BY id DESC LIMIT 50",
	},
	PrintEvents: {
		"SELECT id, repeated FROM events ORDER BY accepted_at DESC, id DESC LIMIT 50",
		`SELECT event_id, workflow, enrollment_id, verdict FROM verdicts
			WHERE event_id IN (SELECT id FROM events ORDER BY accepted_at DESC, id DESC LIMIT 50) ORDER BY event_id, workflow, enrollment_id`,
	},
	PrintDeals: {
		"SELECT name, stages, updated_at FROM pipelines WHERE key = ?",
		"SELECT COUNT(*) FROM deals WHERE pipeline = ?",
		"SELECT id, title, stage, status, value, owner, updated_at FROM deals WHERE pipeline = ? ORDER BY updated_at DESC, id DESC LIMIT 100",
	},
	// When trouble was last seen is left out: it moves with every look, and nobody is shown it.
	PrintAlarms: {
		`SELECT id, summary, measured, changes, calm_since, reminders, acknowledged_at, acknowledged_by, note
			FROM alarms WHERE ended_at IS NULL ORDER BY kind, workflow`,
		"SELECT id, ended_at FROM alarms WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT 20",
	},
	PrintJob: {"SELECT status, total, done, counts, errors, error, started_at, ended_at FROM jobs WHERE id = ?"},
}

// oneOf tells the kinds that take an id.
var oneOf = map[string]bool{PrintWorkflow: true, PrintEnrollment: true, PrintContact: true, PrintDeals: true, PrintJob: true}

// HasPrint reports whether there are fingerprints of a kind, with an id or without.
func HasPrint(kind, id string) bool { return prints[kind] != nil && oneOf[kind] == (id != "") }

// Fingerprint is a hash that changes with what a page shows of something; of what is not there it
// is one, too. Its parts are read one after the other: a change between them is seen the next time.
func (tx *Tx) Fingerprint(kind, id string) ([]byte, error) {
	if !HasPrint(kind, id) {
		return nil, fmt.Errorf("make fingerprint: there is none of %q", kind)
	}
	sum := sha256.New()
	for _, query := range prints[kind] {
		var args []any
		if id != "" {
			args = append(args, id)
		}
		if err := tx.digest(sum, query, args...); err != nil {
			return nil, fmt.Errorf("make fingerprint: %w", err)
		}
	}
	return sum.Sum(nil), nil
}

// digest adds every value of every row of a query to a hash.
func (tx *Tx) digest(sum hash.Hash, query string, args ...any) error {
	rows, err := tx.db.Raw(query, args...).Rows()
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return mapError(err)
	}
	values := make([]any, len(columns))
	for rows.Next() {
		if err := scanInto(rows, values); err != nil {
			return mapError(err)
		}
		for _, value := range values {
			switch v := value.(type) {
			case time.Time:
				value = v.UnixMicro()
			case []byte:
				value = string(v)
			}
			_, _ = fmt.Fprintf(sum, "%q ", fmt.Sprint(value))
		}
		_, _ = sum.Write([]byte{'\n'})
	}
	_, _ = sum.Write([]byte{0})
	return mapError(rows.Err())
}

func scanInto(rows *sql.Rows, values []any) error {
	targets := make([]any, len(values))
	for i := range values {
		targets[i] = &values[i]
	}
	return rows.Scan(targets...)
}
