package store

import (
	"time"
)

// Event is a fact about a contact, at its place in the contact's log.
type Event struct {
	ID         string `gorm:"primaryKey"`
	ContactID  string
	Seq        int64 // 1, 2, 3 … without gaps for each contact
	Type       string
	Data       JSON
	OccurredAt time.Time
	AcceptedAt time.Time
	BodyHash   string
	// Cause says which step emitted the event: {enrollment, node, visit, depth, chain: [{workflow, contact, at}]}.
	Cause  JSON
	Source string
	// Repeated: a client has posted the event again under its id.
	Repeated bool
}

// EventFilter selects events; empty fields select all.
type EventFilter struct{ Contact, Type, Verdict string }

// NextSeq counts the contact's log up by one and returns the new number. The contact must be locked.
// A transaction that calls it must insert an event with that number or roll back; AppendEvent does
// both at once.
func (tx *Tx) NextSeq(contactID string) (int64, error) {
	if !tx.write {
		return 0, ErrReadOnly
	}
	var seq int64
	found, err := tx.scan(&seq, "UPDATE contacts SET seq = seq + 1 WHERE id = ? RETURNING seq", contactID)
	if err == nil && !found {
		err = ErrNotFound
	}
	return seq, err
}

const eventColumns = "id, contact_id, seq, type, data, occurred_at, accepted_at, body_hash, cause, source"

// InsertEvent adds an event whose Seq is set; ErrConflict when the id exists, or the number.
func (tx *Tx) InsertEvent(e *Event) error {
	n, err := tx.exec("INSERT INTO events ("+eventColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		e.ID, e.ContactID, e.Seq, e.Type, e.Data, e.OccurredAt, e.AcceptedAt, e.BodyHash, e.Cause, e.Source)
	if err == nil && n == 0 {
		return &ConflictError{Table: "events"}
	}
	return err
}

// unspent holds when no event with the id that a hash was made of is gone.
const unspent = "NOT EXISTS (SELECT 1 FROM spent_events WHERE hash = ?)"

// AppendEvent adds an event at the end of its contact's log, sets e.Seq, and reports false, with
// nothing changed and no number used, when an event with this id exists or existed. The contact must
// be locked.
func (tx *Tx) AppendEvent(e *Event) (bool, error) {
	if !tx.write {
		return false, ErrReadOnly
	}
	values := []any{
		e.ID, e.Type, e.Data, e.OccurredAt, e.AcceptedAt, e.BodyHash, e.Cause, e.Source, e.ContactID, spentHash(e.ID),
	}
	insert := `INSERT INTO events (id, type, data, occurred_at, accepted_at, body_hash, cause, source, contact_id, seq)
		SELECT ?, ?, ?, ?, ?, ?, ?, ?, id, seq + 1 FROM contacts WHERE id = ? AND ` + unspent + ` ON CONFLICT DO NOTHING`
	if tx.dialect == Postgres {
		// Types are spelled out: a SELECT list, unlike VALUES, gives parameters none.
		insert = `WITH added AS (INSERT INTO events (id, type, data, occurred_at, accepted_at, body_hash, cause, source, contact_id, seq)
			SELECT ?::text, ?::text, ?::jsonb, ?::timestamptz, ?::timestamptz, ?::text, ?::jsonb, ?::text, id, seq + 1
			FROM contacts WHERE id = ? AND ` + unspent + ` ON CONFLICT DO NOTHING RETURNING contact_id, seq)
			UPDATE contacts c SET seq = added.seq FROM added WHERE c.id = added.contact_id RETURNING c.seq`
		found, err := tx.scan(&e.Seq, insert, values...)
		return found, err
	}
	n, err := tx.exec(insert, values...)
	if err != nil || n == 0 {
		return false, err
	}
	e.Seq, err = tx.NextSeq(e.ContactID)
	return err == nil, err
}

// Heard reports whether anybody may care for an event of this type of this contact: an enrollment
// that subscribed to it, or a workflow that takes people in and names it.
func (tx *Tx) Heard(contactID, eventType string) (bool, error) {
	listening, err := tx.Listening([]string{contactID}, []string{eventType})
	return listening.To(contactID, eventType), err
}

// AppendIgnored is AppendEvent for an event that nobody cares for: it moves the router's cursor
// past it and writes the verdict `ignored` with it. When something before it is not routed yet, the
// cursor stays, and the router comes to this event in its turn: nothing is ever passed over.
func (tx *Tx) AppendIgnored(e *Event) (bool, error) {
	if tx.dialect != Postgres {
		added, err := tx.AppendEvent(e)
		if err != nil || !added {
			return false, err
		}
		_, err = tx.exec("UPDATE contacts SET routed_seq = ? WHERE id = ? AND routed_seq = ?", e.Seq, e.ContactID, e.Seq-1)
		if err != nil {
			return false, err
		}
		return true, tx.PutVerdict(&Verdict{EventID: e.ID, Verdict: "ignored", CreatedAt: e.AcceptedAt})
	}
	if !tx.write {
		return false, ErrReadOnly
	}
	return tx.scan(&e.Seq, `WITH added AS (INSERT INTO events (id, type, data, occurred_at, accepted_at, body_hash, cause, source, contact_id, seq)
			SELECT ?::text, ?::text, ?::jsonb, ?::timestamptz, ?::timestamptz, ?::text, ?::jsonb, ?::text, id, seq + 1
			FROM contacts WHERE id = ? AND `+unspent+` ON CONFLICT DO NOTHING RETURNING contact_id, seq, id, accepted_at),
		noted AS (INSERT INTO verdicts (event_id, workflow, enrollment_id, version, verdict, reason, "values", created_at)
			SELECT id, '', '', 0, 'ignored', '', NULL, accepted_at FROM added)
		UPDATE contacts c SET seq = added.seq, routed_seq = CASE WHEN c.routed_seq = c.seq THEN added.seq ELSE c.routed_seq END
		FROM added WHERE c.id = added.contact_id RETURNING c.seq`,
		e.ID, e.Type, e.Data, e.OccurredAt, e.AcceptedAt, e.BodyHash, e.Cause, e.Source, e.ContactID, spentHash(e.ID))
}

// Event returns one event.
func (tx *Tx) Event(id string) (*Event, error) { return first[Event](tx, "id = ?", id) }

// EventsAfter reads a contact's log behind seq, in log order, at most limit events; types nil means
// every type.
func (tx *Tx) EventsAfter(contactID string, seq int64, types []string, limit int) ([]Event, error) {
	if types == nil {
		return all[Event](tx, "WHERE contact_id = ? AND seq > ? ORDER BY seq LIMIT ?", contactID, seq, limit)
	}
	if len(types) == 0 {
		return []Event{}, nil
	}
	return all[Event](tx, "WHERE contact_id = ? AND seq > ? AND type IN ? ORDER BY seq LIMIT ?", contactID, seq, types, limit)
}

// EventsSince reads a contact's events of one type that were accepted at or after an instant, in log
// order; the zero instant means all.
func (tx *Tx) EventsSince(contactID, eventType string, since time.Time) ([]Event, error) {
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return nil, err
	}
	order := "seq"
	if len(ids) > 1 { // several logs in one
		order = "accepted_at, seq"
	}
	return all[Event](tx, "WHERE contact_id IN ? AND type = ? AND accepted_at >= ? ORDER BY "+order, ids, eventType, since)
}

// NewestEvents reads a contact's newest events of some types, the newest first.
func (tx *Tx) NewestEvents(contactID string, types []string, limit int) ([]Event, error) {
	if len(types) == 0 {
		return []Event{}, nil
	}
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return nil, err
	}
	order := "seq DESC"
	if len(ids) > 1 {
		order = "accepted_at DESC, seq DESC"
	}
	return all[Event](tx, "WHERE contact_id IN ? AND type IN ? ORDER BY "+order+" LIMIT ?", ids, types, limit)
}

// NewestJudged is NewestEvents of those that a workflow has a verdict on.
func (tx *Tx) NewestJudged(contactID, workflow string, types []string, limit int) ([]Event, error) {
	return all[Event](tx, `WHERE contact_id = ? AND type IN ? AND EXISTS (
			SELECT 1 FROM verdicts v WHERE v.event_id = events.id AND v.workflow = ?)
		ORDER BY seq DESC LIMIT ?`, contactID, types, workflow, limit)
}

// NewestOfType returns the event of a type that was accepted last, of any contact; ErrNotFound for none.
func (tx *Tx) NewestOfType(eventType string) (*Event, error) {
	return first[Event](tx, "type = ? ORDER BY accepted_at DESC, id DESC LIMIT 1", eventType)
}

// EventTypes lists the types of events that the log holds, in order, at most limit of them. It jumps
// from one to the next, however many events there are of each.
func (tx *Tx) EventTypes(limit int) ([]string, error) {
	var types []string
	_, err := tx.scan(&types, `WITH RECURSIVE names(type) AS (
			SELECT min(type) FROM events
			UNION ALL
			SELECT (SELECT min(e.type) FROM events e WHERE e.type > names.type) FROM names WHERE names.type IS NOT NULL)
		SELECT type FROM names WHERE type IS NOT NULL LIMIT ?`, limit)
	return types, err
}

// EventTypeSeen reports whether an event of this type was ever accepted.
func (tx *Tx) EventTypeSeen(eventType string) (bool, error) {
	var one int
	return tx.scan(&one, "SELECT 1 FROM events WHERE type = ? LIMIT 1", eventType)
}

// ListEvents lists events, the last accepted first.
func (tx *Tx) ListEvents(f EventFilter, page Page) ([]Event, string, error) {
	position, err := page.position(3)
	if err != nil {
		return nil, "", err
	}
	q := &query{}
	if err := tx.history(q, f.Contact); err != nil {
		return nil, "", err
	}
	q.equal("type", f.Type)
	q.verdict(f.Verdict)
	if position != nil {
		at, err := time.Parse(time.RFC3339Nano, position[0])
		if err != nil {
			return nil, "", ErrCursor
		}
		seq, err := parseInt(position[1])
		if err != nil {
			return nil, "", ErrCursor
		}
		q.and("(accepted_at, seq, id) < (?, ?, ?)", at, seq, position[2])
	}
	limit := page.limit()
	rows, err := all[Event](tx, q.clause()+" ORDER BY accepted_at DESC, seq DESC, id DESC LIMIT ?", append(q.args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit, func(e *Event) []string {
		return []string{e.AcceptedAt.UTC().Format(time.RFC3339Nano), formatInt(e.Seq), e.ID}
	})
	return rows, next, nil
}
