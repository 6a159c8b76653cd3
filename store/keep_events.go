package store

import "time"

// figureEvents are the types of events that figures count with the mails that they are about.
var figureEvents = map[string]bool{"email.opened": true, "email.clicked": true, "email.bounced": true}

// The statements of a sweep over events; a test holds them against the indexes.
const (
	selectOldEvents = `SELECT id, contact_id, type, source, seq, occurred_at, accepted_at FROM events
		WHERE accepted_at < ? AND (accepted_at, id) > (?, ?) ORDER BY accepted_at, id LIMIT ?`
	selectRouted = "SELECT id, routed_seq FROM contacts WHERE id IN ?"
	selectMerged = `SELECT value, contact_id FROM contact_aliases WHERE kind = 'id' AND contact_id IN ?
		UNION SELECT b.value, b.contact_id FROM contact_aliases a JOIN contact_aliases b ON b.contact_id = a.contact_id AND b.kind = 'id'
			WHERE a.kind = 'id' AND a.value IN ?`
	selectKeepers = `SELECT contact_id, workflow, version, trigger_event_id, event_id, active, test, start_seq, started_at FROM enrollments
		WHERE contact_id IN ? AND NOT pruned`
)

// oldEvent is what a sweep looks at.
type oldEvent struct {
	ID, ContactID, Type, Source string
	Seq                         int64
	OccurredAt, AcceptedAt      time.Time
}

// keeper is an enrollment that events may have to be kept for.
type keeper struct {
	ContactID, Workflow, TriggerEventID, EventID string
	Version                                      int
	Active, Test                                 bool
	StartSeq                                     int64
	StartedAt                                    time.Time
	goal                                         *Goal
}

// holds reports whether the enrollment still needs an event. own: the event is in the log that the
// enrollment reads; otherwise in that of a contact merged with it, whose numbers say nothing.
func (k *keeper) holds(e *oldEvent, own bool) bool {
	switch {
	case e.ID == k.TriggerEventID || e.ID == k.EventID:
		return k.Active
	case k.Active && (!own || e.Seq >= k.StartSeq):
		return true
	case k.Test:
		return false
	case figureEvents[e.Type]:
		return !own || e.Seq >= k.StartSeq
	}
	return k.goal != nil && k.goal.near(e, k.StartedAt)
}

// near reports whether the impact of an enrollment that started then may count an event.
func (g *Goal) near(e *oldEvent, started time.Time) bool {
	happened := e.AcceptedAt
	if e.OccurredAt.Before(happened) {
		happened = e.OccurredAt
	}
	return e.Type == g.Event && happened.Sub(started).Abs() <= g.Within
}

// SweepEvents deletes, of the at most limit events behind a place that were accepted before an instant,
// those that nothing needs any more, with their verdicts, and returns how many, and the place to go on
// from; nil at the end. What stays:
//
//   - what the router has not come to,
//   - what an active enrollment was started by or may still read: its contact's log from its start on,
//   - opens, clicks and bounces of mails, and the events of goals, that figures count by their rows.
//
// The ids of events that somebody may post or derive again stay known; see Spent.
func (tx *Tx) SweepEvents(before time.Time, goals Goals, after Place, limit int) (n int64, next *Place, err error) {
	old := []oldEvent{}
	_, err = tx.scan(&old, selectOldEvents, before, after.At, after.ID, limit)
	if err != nil || len(old) == 0 {
		return 0, nil, err
	}
	if len(old) == limit {
		next = &Place{At: old[limit-1].AcceptedAt, ID: old[limit-1].ID}
	}
	over, err := tx.unneeded(old, goals)
	if err != nil {
		return 0, nil, err
	}
	if over, err = tx.unheld("events", over); err != nil || len(over) == 0 {
		return 0, next, err
	}
	byID := make(map[string]*oldEvent, len(old))
	for i := range old {
		byID[old[i].ID] = &old[i]
	}
	var hashes []string
	for _, id := range over {
		if e := byID[id]; e.Source != "platform" || !ownID(id, "evt", e.AcceptedAt) {
			hashes = append(hashes, spentHash(id))
		}
	}
	if err := tx.spend(hashes); err != nil {
		return 0, nil, err
	}
	if n, err = tx.deleteBy("events", "id", over); err != nil {
		return 0, nil, err
	}
	_, err = tx.deleteBy("verdicts", "event_id", over)
	return n, next, err
}

// unneeded returns the ids of the events that may go.
func (tx *Tx) unneeded(old []oldEvent, goals Goals) ([]string, error) {
	contacts := map[string]bool{}
	for i := range old {
		contacts[old[i].ContactID] = true
	}
	asked := make([]string, 0, len(contacts))
	for id := range contacts {
		asked = append(asked, id)
	}
	routed, err := tx.routedUntil(asked)
	if err != nil {
		return nil, err
	}
	same, err := tx.mergedWith(asked)
	if err != nil {
		return nil, err
	}
	everybody := []string{}
	for _, id := range asked {
		everybody = append(everybody, same.all(id)...)
	}
	keepers, err := tx.keepers(everybody, goals)
	if err != nil {
		return nil, err
	}
	over := make([]string, 0, len(old))
	for i := range old {
		e := &old[i]
		seq, alive := routed[e.ContactID]
		held := alive && e.Seq > seq
		for _, id := range same.all(e.ContactID) {
			for j := range keepers[id] {
				held = held || keepers[id][j].holds(e, id == e.ContactID)
			}
		}
		if !held {
			over = append(over, e.ID)
		}
	}
	return over, nil
}

// routedUntil returns how far the logs of contacts are routed; who is gone has no queue.
func (tx *Tx) routedUntil(contacts []string) (map[string]int64, error) {
	var list []struct {
		ID        string
		RoutedSeq int64
	}
	_, err := tx.scan(&list, selectRouted, contacts)
	found := make(map[string]int64, len(list))
	for _, c := range list {
		found[c.ID] = c.RoutedSeq
	}
	return found, err
}

// people are contacts that are one person: the id that lives by each of the others, and the others by it.
type people struct {
	into map[string]string
	of   map[string][]string
}

// all are the ids of a person, the asked one among them.
func (p people) all(id string) []string {
	if into := p.into[id]; into != "" {
		id = into
	}
	return append([]string{id}, p.of[id]...)
}

func (tx *Tx) mergedWith(contacts []string) (people, error) {
	same := people{into: map[string]string{}, of: map[string][]string{}}
	var list []struct{ Value, ContactID string }
	_, err := tx.scan(&list, selectMerged, contacts, contacts)
	for _, a := range list {
		same.into[a.Value] = a.ContactID
		same.of[a.ContactID] = append(same.of[a.ContactID], a.Value)
	}
	return same, err
}

// keepers are the enrollments of contacts whose steps are there, by contact.
func (tx *Tx) keepers(contacts []string, goals Goals) (map[string][]keeper, error) {
	var list []keeper
	if _, err := tx.scan(&list, selectKeepers, contacts); err != nil {
		return nil, err
	}
	found, known := map[string][]keeper{}, map[figureKey]*Goal{}
	for _, k := range list {
		version := figureKey{Workflow: k.Workflow, Version: k.Version}
		goal, asked := known[version]
		if !asked {
			var err error
			if goal, err = goals(tx, k.Workflow, k.Version); err != nil {
				return nil, err
			}
			known[version] = goal
		}
		k.goal = goal
		found[k.ContactID] = append(found[k.ContactID], k)
	}
	return found, nil
}
