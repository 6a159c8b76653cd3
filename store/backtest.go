package store

import "time"

// Backtest is what a version, or a draft, would have made of past events. Its id is that of the job
// that makes it.
type Backtest struct {
	ID       string `gorm:"primaryKey"`
	Workflow string
	Version  int // 0 = a draft, known by Hash
	Hash     string
	FromAt   time.Time // accepted at or after
	ToAt     time.Time // and before
	// Tally is what was counted so far. It names contacts by their ids and holds nothing of them.
	Tally     JSON
	Person    string
	CreatedAt time.Time
}

// CreateBacktest adds a backtest; ID is set.
func (tx *Tx) CreateBacktest(b *Backtest) error {
	if len(b.Tally) == 0 {
		b.Tally = JSON("{}")
	}
	return tx.insert(b)
}

// Backtest returns one backtest.
func (tx *Tx) Backtest(id string) (*Backtest, error) { return first[Backtest](tx, "id = ?", id) }

// ListBacktests lists the backtests of a workflow, newest first.
func (tx *Tx) ListBacktests(workflow string, page Page) ([]Backtest, string, error) {
	q := newestFirst(page)
	q.equal("workflow", workflow)
	return listByID(tx, q, func(b *Backtest) string { return b.ID })
}

// SetTally keeps what a backtest has counted so far.
func (tx *Tx) SetTally(id string, tally JSON) error {
	return tx.remove("UPDATE backtests SET tally = ? WHERE id = ?", tally, id)
}

// EventsWithin reads events of these types and contacts that were accepted in [from, to), each
// contact's in the order of its log.
func (tx *Tx) EventsWithin(contactIDs, types []string, from, to time.Time) ([]Event, error) {
	if len(contactIDs) == 0 || len(types) == 0 {
		return []Event{}, nil
	}
	return all[Event](tx, "WHERE contact_id IN ? AND type IN ? AND accepted_at >= ? AND accepted_at < ? ORDER BY contact_id, seq",
		contactIDs, types, from, to)
}

// EnrollmentsUntil lists the enrollments of contacts that started before `until`, tests left out,
// in the order of their start: those that had not ended before `from`, and all of one workflow.
func (tx *Tx) EnrollmentsUntil(contactIDs []string, workflow string, from, until time.Time) ([]Enrollment, error) {
	if len(contactIDs) == 0 {
		return []Enrollment{}, nil
	}
	return all[Enrollment](tx, `WHERE contact_id IN ? AND NOT test AND started_at < ?
		AND (workflow = ? OR ended_at IS NULL OR ended_at >= ?) ORDER BY started_at, id`, contactIDs, until, workflow, from)
}

// MergedContacts finds, for contacts, the ids of those that were merged into them: merged id → id.
func (tx *Tx) MergedContacts(ids []string) (map[string]string, error) {
	into := map[string]string{}
	if len(ids) == 0 {
		return into, nil
	}
	var rows []struct{ Value, ContactID string }
	_, err := tx.scan(&rows, "SELECT value, contact_id FROM contact_aliases WHERE kind = 'id' AND contact_id IN ?", ids)
	for _, row := range rows {
		into[row.Value] = row.ContactID
	}
	return into, err
}
