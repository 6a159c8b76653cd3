package store

import (
	"slices"
	"strings"
)

// bulk is how many rows one statement reads or writes at most where a caller brings many: it keeps
// the arguments of the widest rows below what SQLite takes.
const bulk = 250

// LogEntry is an event with its place in a log. Ignored: nobody cares for it, and the router's
// cursor is moved past it. Lane is where its contact waits for the router.
type LogEntry struct {
	*Event
	Ignored bool
	Lane    string
}

// KnownEvents returns those of ids that events have, or had: one that is gone keeps its id for ever.
func (tx *Tx) KnownEvents(ids []string) (map[string]bool, error) {
	known := map[string]bool{}
	for part := range slices.Chunk(ids, bulk) {
		hashes, of := make([]string, len(part)), make(map[string]string, len(part))
		for i, id := range part {
			hashes[i] = spentHash(id)
			of[hashes[i]] = id
		}
		var found []struct {
			ID   string
			Gone bool
		}
		_, err := tx.scan(&found, `SELECT id, false AS gone FROM events WHERE id IN ?
			UNION ALL SELECT hash, true FROM spent_events WHERE hash IN ?`, part, hashes)
		if err != nil {
			return nil, err
		}
		for _, row := range found {
			if row.Gone {
				row.ID = of[row.ID]
			}
			known[row.ID] = true
		}
	}
	return known, nil
}

// MarkRepeated notes that events were posted again. Their rows are locked in the order of their ids.
func (tx *Tx) MarkRepeated(ids []string) error {
	for part := range slices.Chunk(slices.Sorted(slices.Values(ids)), bulk) {
		_, err := tx.exec(`WITH again AS MATERIALIZED (
				SELECT id FROM events WHERE id IN ? AND NOT repeated ORDER BY `+tx.bytewise("id")+tx.rowLock("")+`)
			UPDATE events SET repeated = true WHERE id IN (SELECT id FROM again)`, part)
		if err != nil {
			return err
		}
	}
	return nil
}

// bytewise makes a column sort as Go sorts strings, whatever the language of the database.
func (tx *Tx) bytewise(column string) string {
	if tx.dialect == SQLite {
		return column
	}
	return column + ` COLLATE "C"`
}

// ContactsNamed returns the contacts that identifiers of a kind (AliasID, AliasExternalID,
// AliasEmail) lead to, by identifier; of merged contacts those that they were merged into.
func (tx *Tx) ContactsNamed(kind string, values []string) (map[string]Contact, error) {
	found := make(map[string]Contact, len(values))
	for part := range slices.Chunk(values, bulk) {
		rows, err := all[Contact](tx, "WHERE "+kind+" IN ?", part)
		if err != nil {
			return nil, err
		}
		for _, c := range rows {
			found[c.identifier(kind)] = c
		}
		if err := tx.addMerged(kind, found, part); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (c *Contact) identifier(kind string) string {
	value := &c.ID
	switch kind {
	case AliasExternalID:
		value = c.ExternalID
	case AliasEmail:
		value = c.Email
	}
	if value == nil {
		return ""
	}
	return *value
}

// LockContacts is LockContact for many, in the order of their ids. It knows no aliases: who is gone
// is missing in the answer.
func (tx *Tx) LockContacts(ids []string) ([]Contact, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	var locked []Contact
	for part := range slices.Chunk(slices.Sorted(slices.Values(ids)), bulk) {
		rows, err := all[Contact](tx, "WHERE id IN ? ORDER BY "+tx.bytewise("id")+tx.rowLock(""), part)
		if err != nil {
			return nil, err
		}
		locked = append(locked, rows...)
	}
	return locked, nil
}

// AddContacts adds contacts, in their order; ErrConflict when an id, external_id or email exists.
// The transaction must then be rolled back.
func (tx *Tx) AddContacts(list []*Contact) error {
	for part := range slices.Chunk(list, bulk) {
		for _, c := range part {
			if c.ID == "" {
				c.ID = NewID("con")
			}
			c.defaults()
		}
		added, err := tx.insertAll(part)
		if err == nil && added < int64(len(part)) {
			err = &ConflictError{Table: "contacts"}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// SaveProfiles is UpdateContact for many whose external_id and email are as they were.
func (tx *Tx) SaveProfiles(list []*Contact) error {
	row := "(?, ?, ?, ?, ?, ?, ?, ?, ?)"
	if tx.dialect == Postgres {
		row = "(?::text, ?::text, ?::text, ?::text, ?::text, ?::text, ?::jsonb, ?::jsonb, ?::timestamptz)"
	}
	for part := range slices.Chunk(list, bulk) {
		var args []any
		for _, c := range part {
			c.defaults()
			args = append(args, c.ID, c.Phone, c.FirstName, c.LastName, c.Country, c.Timezone, c.Fields, c.Consent, c.UpdatedAt)
		}
		_, err := tx.exec(`WITH given (id, phone, first_name, last_name, country, timezone, fields, consent, updated_at) AS (VALUES `+rows(row, len(part))+`)
			UPDATE contacts SET phone = given.phone, first_name = given.first_name, last_name = given.last_name, country = given.country,
				timezone = given.timezone, fields = given.fields, consent = given.consent, updated_at = given.updated_at
			FROM given WHERE contacts.id = given.id`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// EnsureFields declares fields; an existing one keeps its type.
func (tx *Tx) EnsureFields(list []Field) error {
	for part := range slices.Chunk(list, bulk) {
		if _, err := tx.insertAll(part); err != nil {
			return err
		}
	}
	return nil
}

// Listening says who may care for events; see Heard.
type Listening map[listener]bool

// listener is a type of events that anybody, or a contact's enrollment, cares for.
type listener struct{ ContactID, EventType string }

// To is Heard for one of the contacts and types that were asked about.
func (l Listening) To(contactID, eventType string) bool {
	return l[listener{"", eventType}] || l[listener{contactID, eventType}]
}

// Listening is Heard for many contacts and types: whether an enrollment of the contact subscribed
// to the type, or a workflow that takes people in names it.
func (tx *Tx) Listening(contactIDs, types []string) (Listening, error) {
	listening := Listening{}
	if len(contactIDs) == 0 {
		contactIDs = []string{""} // the workflows alone
	}
	for part := range slices.Chunk(contactIDs, bulk) {
		var found []listener
		_, err := tx.scan(&found, `SELECT contact_id, event_type FROM subscriptions WHERE contact_id IN ? AND event_type IN ?
			UNION SELECT '', we.event_type FROM workflow_events we JOIN workflows w ON w.key = we.workflow
			WHERE we.event_type IN ? AND w.version > 0 AND w.status IN ('active', 'paused')`, part, types, types)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			listening[one] = true
		}
	}
	return listening, nil
}

// AppendEvents adds events at the ends of the logs of contacts, which are locked, and queues those
// contacts for the router that have one to route. The caller has numbered the events: Seq and
// RoutedSeq of each contact in logs are what they are to be behind them. ErrConflict when an id
// exists; the transaction must then be rolled back.
func (tx *Tx) AppendEvents(list []LogEntry, logs []*Contact) error {
	if len(list) == 1 {
		return tx.appendOne(list[0])
	}
	for part := range slices.Chunk(list, bulk) {
		if err := tx.insertEvents(part); err != nil {
			return err
		}
	}
	if err := tx.moveLogs(logs); err != nil {
		return err
	}
	lanes := map[string]string{}
	for _, e := range list {
		if _, known := lanes[e.ContactID]; !known && !e.Ignored {
			lanes[e.ContactID] = e.Lane
		}
	}
	waiting := make([]queued, 0, len(lanes))
	for id, lane := range lanes {
		waiting = append(waiting, queued{id, lane})
	}
	slices.SortFunc(waiting, func(a, b queued) int { return strings.Compare(a.contactID, b.contactID) })
	return tx.enqueue(waiting)
}

// appendOne spends fewer statements on what is by far the most frequent.
func (tx *Tx) appendOne(e LogEntry) error {
	write := tx.AppendEvent
	if e.Ignored {
		write = tx.AppendIgnored
	}
	added, err := write(e.Event)
	if err == nil && !added {
		err = &ConflictError{Table: "events"}
	}
	if err != nil || e.Ignored {
		return err
	}
	return tx.Enqueue(e.Lane, e.ContactID)
}

func (tx *Tx) insertEvents(list []LogEntry) error {
	var args, ignored []any
	for _, e := range list {
		args = append(args, e.ID, e.ContactID, e.Seq, e.Type, e.Data, e.OccurredAt, e.AcceptedAt, e.BodyHash, e.Cause, e.Source)
		if e.Ignored {
			ignored = append(ignored, e.ID, e.AcceptedAt)
		}
	}
	n, err := tx.exec("INSERT INTO events ("+eventColumns+") VALUES "+rows("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", len(list))+" ON CONFLICT DO NOTHING", args...)
	if err == nil && n < int64(len(list)) {
		err = &ConflictError{Table: "events"}
	}
	if err != nil || len(ignored) == 0 {
		return err
	}
	_, err = tx.exec(`INSERT INTO verdicts (event_id, workflow, enrollment_id, version, verdict, reason, "values", created_at)
		VALUES `+rows("(?, '', '', 0, 'ignored', '', NULL, ?)", len(ignored)/2)+" ON CONFLICT DO NOTHING", ignored...)
	return err
}

// moveLogs writes where the logs of locked contacts end, and how far the router is.
func (tx *Tx) moveLogs(list []*Contact) error {
	for part := range slices.Chunk(list, bulk) {
		var args []any
		for _, c := range part {
			args = append(args, c.ID, c.Seq, c.RoutedSeq)
		}
		_, err := tx.exec("WITH ends (id, seq, routed_seq) AS (VALUES "+rows("(CAST(? AS text), CAST(? AS bigint), CAST(? AS bigint))", len(part))+`)
			UPDATE contacts SET seq = ends.seq, routed_seq = ends.routed_seq FROM ends WHERE contacts.id = ends.id`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// rows repeats the placeholders of one row n times.
func rows(row string, n int) string {
	return strings.TrimSuffix(strings.Repeat(row+", ", n), ", ")
}
