package events

import (
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/interpreter/rehearse"
	"fermata/store"
)

// walk carries the events of some contacts through a definition, as the router and the interpreter
// would have. What it asks of a contact is answered as of now, unless the log or the enrollments
// tell how it was then.
type walk struct {
	tx          *store.Tx
	definitions *Definitions
	def         *definition.Definition
	key         string
	p           backtestParams
	account     *store.Account
	base        rehearse.Input
	heeds       map[string]bool
	tally       *tallied
	events      map[string][]store.Event      // by contact
	enrollments map[string][]store.Enrollment // by contact, in the order of their start

	// Of the contact in hand.
	c        *store.Contact
	v        *view
	log      []store.Event
	others   []store.Enrollment
	history  map[string]*earlier // by correlation key
	passages []*passage
	shape    map[string]any
}

// earlier is what re-entry goes by: the last passage under a key.
type earlier struct {
	start, end time.Time
	open       bool
	passage    *passage // nil for one that really was, before the range
}

func (e *earlier) activeAt(t time.Time) bool { return e != nil && (e.open || e.end.After(t)) }

// passage is one enrollment that would have been.
type passage struct {
	at     int // of the event in the contact's log
	data   map[string]any
	result rehearse.Result
}

func newWalk(tx *store.Tx, definitions *Definitions, def *definition.Definition, key string, p backtestParams) (*walk, error) {
	account, err := Account(tx)
	if err != nil {
		return nil, err
	}
	return &walk{
		tx: tx, definitions: definitions, def: def, key: key, p: p, account: account,
		base: RehearsalBase(tx, account), heeds: heeded(def), tally: newTally(),
	}, nil
}

// awaited are the types of events that waits wait for.
func awaited(def *definition.Definition) map[string]bool {
	types := map[string]bool{}
	for _, n := range def.Nodes {
		switch wait := n.Settings.(type) {
		case *nodes.WaitEvent:
			for _, one := range wait.Events {
				types[one.Event] = true
			}
		case *nodes.Approval:
			types[nodes.EventDecided] = true
		}
	}
	return types
}

// read reads the events and enrollments of contacts, those of whoever was merged into them included.
func (w *walk) read(contacts []store.Contact) error {
	ids := make([]string, len(contacts))
	for i := range contacts {
		ids[i] = contacts[i].ID
	}
	merged, err := w.tx.MergedContacts(ids)
	if err != nil {
		return fmt.Errorf("read merged contacts: %w", err)
	}
	owner := func(id string) string {
		if into, ok := merged[id]; ok {
			return into
		}
		return id
	}
	for id := range merged {
		ids = append(ids, id)
	}
	list, err := w.tx.EventsWithin(ids, append(w.def.EventTypes(), TypeTriggered, TypeEnrollRequested), w.p.From, w.p.To)
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	w.events = map[string][]store.Event{}
	for _, e := range list {
		w.events[owner(e.ContactID)] = append(w.events[owner(e.ContactID)], e)
	}
	passages, err := w.tx.EnrollmentsUntil(ids, w.key, w.p.From, w.p.To)
	if err != nil {
		return fmt.Errorf("read enrollments: %w", err)
	}
	w.enrollments = map[string][]store.Enrollment{}
	for _, e := range passages {
		w.enrollments[owner(e.ContactID)] = append(w.enrollments[owner(e.ContactID)], e)
	}
	return nil
}

// contact carries the events of one contact through the definition and counts what came of it. On an
// error nothing of the contact is counted but its events.
func (w *walk) contact(c *store.Contact) error {
	w.c, w.log, w.history, w.passages, w.others, w.shape = c, w.events[c.ID], map[string]*earlier{}, nil, nil, nil
	w.v = newView(w.tx, c)
	w.v.account = w.account
	w.v.asOf = func(at time.Time) expr.Facts {
		return &factsThen{Facts: Facts(w.tx, c.ID), at: at, enrolledIn: w.enrolledIn}
	}
	real := w.lived()
	if len(w.log) > 0 {
		w.tally.Contacts++
	}
	inOrder(w.log)
	for i := range w.log {
		if err := w.event(i); err != nil {
			return fmt.Errorf("event %s: %w", w.log[i].ID, err)
		}
	}
	w.count(real)
	return nil
}

// lived sorts the contact's real enrollments: those of other workflows, those of this one before the
// range, which re-entry goes by, and those within it, which are returned.
func (w *walk) lived() (within []store.Enrollment) {
	for _, e := range w.enrollments[w.c.ID] {
		switch {
		case e.Workflow != w.key:
			w.others = append(w.others, e)
		case !e.StartedAt.Before(w.p.From):
			within = append(within, e)
		default:
			past := &earlier{start: e.StartedAt, open: e.EndedAt == nil}
			if e.EndedAt != nil {
				past.end = *e.EndedAt
			}
			w.history[e.Key] = past
		}
	}
	return within
}

// enrolledIn answers for an instant: this workflow as it would have been, others as they were.
func (w *walk) enrolledIn(workflow string, at time.Time) (bool, error) {
	if workflow == w.key {
		for _, past := range w.history {
			if past.activeAt(at) {
				return true, nil
			}
		}
		return false, nil
	}
	for i := range w.others {
		if e := &w.others[i]; e.Workflow == workflow && !e.StartedAt.After(at) && (e.EndedAt == nil || e.EndedAt.After(at)) {
			return true, nil
		}
	}
	return false, nil
}

// event offers one event to the triggers.
func (w *walk) event(i int) error {
	e := &w.log[i]
	decoded, err := DecodeEvent(e)
	if err != nil {
		return err
	}
	switch e.Type {
	case TypeTriggered, TypeEnrollRequested:
		if key, _ := decoded.Data["workflow"].(string); key != w.key {
			return nil
		}
		w.tally.Events++
		id, _ := decoded.Data["trigger"].(string)
		data, _ := decoded.Data["data"].(map[string]any)
		if e.Type == TypeTriggered && !fires(w.def, id) {
			w.tally.refuse(w.c.ID, VerdictFiltered, ReasonNotActive, nil)
			return nil
		}
		return w.enter(i, data)
	}
	w.tally.Events++
	p := &pass{tx: w.tx, c: w.c, event: e, definitions: w.definitions, now: e.AcceptedAt, shared: w.v, decoded: &decoded}
	trigger, values, named, err := p.match(w.def)
	switch {
	case err != nil:
		return err
	case trigger != nil:
		return w.enter(i, decoded.Data)
	case named:
		w.tally.refuse(w.c.ID, VerdictFiltered, "", values)
	}
	return nil
}

// enter decides as Enroll does, and begins a passage.
func (w *walk) enter(i int, data map[string]any) error {
	e := &w.log[i]
	cause, err := ParseCause(e.Cause)
	if err != nil {
		return err
	}
	if cause.Loops(w.key, w.c.ID, e.AcceptedAt) {
		w.tally.refuse(w.c.ID, VerdictLoop, "", nil)
		return nil
	}
	suppressed, values, err := suppress(w.v, EnrollInput{Contact: w.c, Def: w.def, Data: data, Event: e, Now: e.AcceptedAt})
	if err != nil {
		return fmt.Errorf("evaluate suppress: %w", err)
	}
	if suppressed {
		w.tally.refuse(w.c.ID, VerdictFiltered, ReasonSuppressed, values)
		return nil
	}
	key, ok := CorrelationKey(w.def.Settings.Correlate, data)
	if !ok {
		w.tally.refuse(w.c.ID, VerdictFiltered, ReasonCorrelationMissing, nil)
		return nil
	}
	past := w.history[key]
	if past != nil {
		verdict, reason, err := reenters(w.def.Settings, past.activeAt(e.AcceptedAt), past.start, e.AcceptedAt, func() (*time.Location, error) {
			return Zone(w.def.Settings.Timezone, w.c, w.account), nil
		})
		if err != nil {
			return err
		}
		if verdict != VerdictEnrolled {
			w.tally.refuse(w.c.ID, verdict, reason, nil)
			return nil
		}
	}
	if past.activeAt(e.AcceptedAt) && past.passage != nil {
		if err := w.restart(past.passage, e.AcceptedAt); err != nil {
			return err
		}
	}
	return w.begin(i, key, data)
}

// restart ends a passage at an instant, because a new one takes its place.
func (w *walk) restart(p *passage, at time.Time) (err error) {
	if p.result, err = w.carry(p, at); err != nil {
		return err
	}
	p.result.Status, p.result.Outcome, p.result.Reason, p.result.End = store.StatusExited, "neutral", ReasonRestarted, at
	return nil
}

func (w *walk) begin(i int, key string, data map[string]any) (err error) {
	p := &passage{at: i, data: orEmpty(data)}
	if p.result, err = w.carry(p, w.p.To); err != nil {
		return err
	}
	w.passages = append(w.passages, p)
	w.history[key] = &earlier{
		start: w.log[i].AcceptedAt, end: p.result.End, open: inside(p.result), passage: p,
	}
	return nil
}

// inside reports whether a passage is still under way at the end of the view.
func inside(r rehearse.Result) bool {
	switch r.Status {
	case store.StatusCompleted, store.StatusExited, store.StatusFailed:
		return false
	}
	return true
}
