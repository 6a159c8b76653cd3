package chaos_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
)

// rows is everything that an audit reads: the store and what reached the outside.
type rows struct {
	contacts    map[string]*contactRow
	events      []*eventRow // by contact and seq
	byID        map[string]*eventRow
	verdicts    map[string][]verdictRow // by event
	enrollments []*enrollmentRow        // by contact and start
	sends       map[string]sendRow      // by Message-ID
	deals       map[string]int          // by contact and title
	tasks       map[string]int          // by enrollment and node
	tags        map[string]bool         // contact and tag
	stopped     int
	strays      int // subscriptions of enrollments that have ended
}

type contactRow struct {
	id, email   string
	seq, routed int64
	fields      map[string]any
	log         []*eventRow
}

type eventRow struct {
	id, contact, typ, source string
	seq                      int64
	data                     map[string]any
	accepted                 time.Time
}

type verdictRow struct {
	workflow, enrollment, verdict, reason string
	at                                    time.Time
}

type enrollmentRow struct {
	id, workflow, contact, key, status, outcome, reason, node, trigger string
	active                                                             bool
	startSeq                                                           int64
	started                                                            time.Time
	ended, due                                                         *time.Time
	data                                                               map[string]any
	steps                                                              []*stepRow
	effects                                                            map[string]*effectRow // by node and visit
}

type stepRow struct {
	node, typ, status, reason, port, decided string
	visit, seq                               int
	entered                                  time.Time
	left, due                                *time.Time
	result                                   map[string]any
	moved                                    bool // another version carried it on
}

func (s *stepRow) place() string { return fmt.Sprintf("%s/%d", s.node, s.visit) }

type effectRow struct {
	kind, key, state string
	copies           int
}

type sendRow struct{ enrollment, node, class, state string }

// load reads everything.
func (s *stage) load() *rows {
	s.Helper()
	r := &rows{
		contacts: map[string]*contactRow{}, byID: map[string]*eventRow{}, verdicts: map[string][]verdictRow{},
		sends: map[string]sendRow{}, deals: map[string]int{}, tasks: map[string]int{}, tags: map[string]bool{},
	}
	s.each("SELECT id, COALESCE(email, ''), seq, routed_seq, fields FROM contacts", func(scan scanner) {
		c, raw := &contactRow{}, []byte{}
		scan(&c.id, &c.email, &c.seq, &c.routed, &raw)
		c.fields = s.object(raw)
		r.contacts[c.id] = c
	})
	s.each("SELECT id, contact_id, seq, type, data, source, accepted_at FROM events ORDER BY contact_id, seq", func(scan scanner) {
		e, raw := &eventRow{}, []byte{}
		scan(&e.id, &e.contact, &e.seq, &e.typ, &raw, &e.source, &e.accepted)
		e.data = s.object(raw)
		r.events = append(r.events, e)
		r.byID[e.id] = e
		if c := r.contacts[e.contact]; c != nil {
			c.log = append(c.log, e)
		}
	})
	s.each("SELECT event_id, workflow, enrollment_id, verdict, reason, created_at FROM verdicts", func(scan scanner) {
		var id string
		var v verdictRow
		scan(&id, &v.workflow, &v.enrollment, &v.verdict, &v.reason, &v.at)
		r.verdicts[id] = append(r.verdicts[id], v)
	})
	s.loadPassages(r)
	s.loadResults(r)
	return r
}

func (s *stage) loadPassages(r *rows) {
	byID := map[string]*enrollmentRow{}
	s.each(`SELECT id, workflow, contact_id, key, status, outcome, reason, node, trigger_event_id, active, start_seq, started_at, ended_at,
		due_at, trigger_data FROM enrollments ORDER BY contact_id, started_at, id`, func(scan scanner) {
		e, raw := &enrollmentRow{effects: map[string]*effectRow{}}, []byte{}
		scan(&e.id, &e.workflow, &e.contact, &e.key, &e.status, &e.outcome, &e.reason, &e.node, &e.trigger, &e.active, &e.startSeq,
			&e.started, &e.ended, &e.due, &raw)
		e.data = s.object(raw)
		byID[e.id] = e
		r.enrollments = append(r.enrollments, e)
	})
	s.each(`SELECT enrollment_id, node, visit, seq, type, status, reason, port, decided_event_id, entered_at, left_at, due_at, result, moved_at IS NOT NULL
		FROM steps ORDER BY enrollment_id, seq`, func(scan scanner) {
		var id string
		p, raw := &stepRow{}, []byte{}
		scan(&id, &p.node, &p.visit, &p.seq, &p.typ, &p.status, &p.reason, &p.port, &p.decided, &p.entered, &p.left, &p.due, &raw, &p.moved)
		p.result = s.object(raw)
		byID[id].steps = append(byID[id].steps, p)
	})
	s.each("SELECT enrollment_id, node, visit, kind, key, state, copies FROM effects", func(scan scanner) {
		var id, node string
		var visit int
		f := &effectRow{}
		scan(&id, &node, &visit, &f.kind, &f.key, &f.state, &f.copies)
		byID[id].effects[fmt.Sprintf("%s/%d", node, visit)] = f
	})
}

func (s *stage) loadResults(r *rows) {
	s.each("SELECT message_id, enrollment_id, node, class, state FROM sends", func(scan scanner) {
		var id string
		var row sendRow
		scan(&id, &row.enrollment, &row.node, &row.class, &row.state)
		r.sends[id] = row
	})
	s.each("SELECT contact_id, title FROM deals", func(scan scanner) {
		var contact, title string
		scan(&contact, &title)
		r.deals[contact+" "+title]++
	})
	s.each("SELECT COALESCE(enrollment_id, ''), node FROM tasks", func(scan scanner) {
		var enrollment, node string
		scan(&enrollment, &node)
		r.tasks[enrollment+" "+node]++
	})
	s.each("SELECT contact_id, tag FROM contact_tags", func(scan scanner) {
		var contact, tag string
		scan(&contact, &tag)
		r.tags[contact+" "+tag] = true
	})
	s.each(`SELECT (SELECT count(*) FROM contact_queue WHERE stopped),
		(SELECT count(*) FROM subscriptions u JOIN enrollments e ON e.id = u.enrollment_id WHERE NOT e.active)`, func(scan scanner) {
		scan(&r.stopped, &r.strays)
	})
}

// scanner scans the row at hand.
type scanner func(into ...any)

// each calls fn for every row of a query.
func (s *stage) each(query string, fn func(scan scanner)) {
	s.Helper()
	result, err := s.db.QueryContext(s.Context(), query)
	require.NoError(s, err)
	defer func() { _ = result.Close() }()
	for result.Next() {
		fn(func(into ...any) { require.NoError(s, result.Scan(into...)) })
	}
	require.NoError(s, result.Err())
}

func (s *stage) object(raw []byte) map[string]any {
	out := map[string]any{}
	if len(raw) > 0 && string(raw) != "null" {
		require.NoError(s, json.Unmarshal(raw, &out))
	}
	return out
}
