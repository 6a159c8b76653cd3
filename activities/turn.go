package activities

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/outgoing"
	"fermata/store"
)

// turn is one transaction of a run: the contact is locked, the enrollment was
// read after that, and its row is written once at the end.
type turn struct {
	a       *Activities
	tx      *store.Tx
	in      names.Passage
	now     time.Time
	e       *store.Enrollment
	contact *store.Contact
	def     *definition.Definition
	// seen is the scope of conditions and templates, nil after every change.
	seen  *expr.Scope
	dirty bool
	// entered is when the step whose effect is being recorded was entered.
	entered time.Time
	// fresh is true once this turn knows that the next visits have no rows: it began
	// the enrollment, or wrote the row of the visit before them.
	fresh bool
	// exits is true when this turn wrote an event that the definition exits on, and
	// nobody has looked at it yet.
	exits bool
	// part tells apart what an effect of many parts does, in the ids of its events.
	part string
	// more is true when an effect needs another transaction.
	more bool
	// attempted and failed count the actions that this turn has decided, for the breaker.
	attempted, failed int
}

// open begins a turn. It returns an occurrence when the enrollment has ended: the
// fence that every transaction of a run must pass.
func (a *Activities) open(tx *store.Tx, in names.Passage, now time.Time) (*turn, *interpreter.Occurrence, error) {
	e, contact, err := tx.LockEnrollmentContact(in.Enrollment)
	if errors.Is(err, store.ErrNotFound) {
		return nil, a.gone(tx, in.Enrollment), nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("lock enrollment: %w", err)
	}
	if e.WakePending {
		if err := tx.ClearWake(e.ID); err != nil {
			return nil, nil, fmt.Errorf("clear wake: %w", err)
		}
		e.WakePending = false
	}
	if ended := fence(e, in.Epoch); ended != nil {
		return nil, ended, nil
	}
	def, err := a.Definitions.Load(tx, in.Hash)
	if err != nil {
		return nil, nil, fmt.Errorf("load definition %s: %w", in.Hash, err)
	}
	exited, err := events.CheckExits(tx, e, def, contact, now)
	if err != nil {
		return nil, nil, fmt.Errorf("check exits: %w", err)
	}
	if exited {
		return nil, ended(e), nil
	}
	return &turn{a: a, tx: tx, in: in, now: now, e: e, contact: contact, def: def}, nil, nil
}

// gone is the end of a run whose contact is not there any more: the enrollment has ended with it.
func (a *Activities) gone(tx *store.Tx, enrollment string) *interpreter.Occurrence {
	if e, err := tx.Enrollment(enrollment); err == nil && !e.Active {
		return ended(e)
	}
	a.Orphan()
	return &interpreter.Occurrence{Kind: interpreter.Ended, Status: interpreter.StatusFailed, Code: "enrollment_missing"}
}

// fence answers `ended` or `moved` for an enrollment whose passage this run no longer is.
func fence(e *store.Enrollment, epoch int) *interpreter.Occurrence {
	switch {
	case !e.Active:
		return ended(e)
	case e.Epoch != epoch:
		return moved(e)
	}
	return nil
}

func ended(e *store.Enrollment) *interpreter.Occurrence {
	return &interpreter.Occurrence{Kind: interpreter.Ended, Status: e.Status, Code: e.Reason}
}

// close writes the enrollment row when the turn changed it, and lets the breaker count.
func (t *turn) close() error {
	if t.dirty {
		if err := t.tx.SaveEnrollment(t.e); err != nil {
			return fmt.Errorf("save enrollment: %w", err)
		}
	}
	return t.countSteps()
}

// stand notes where the enrollment is.
func (t *turn) stand(c interpreter.Command, status string, due *time.Time) {
	e := t.e
	e.Node, e.Visit, e.Status, e.DueAt, e.Reason = c.Node, c.Visit, status, due, ""
	t.dirty = true
}

// scope is what conditions and templates see now.
func (t *turn) scope() (*expr.Scope, error) {
	if t.seen != nil {
		return t.seen, nil
	}
	scope, err := events.NewScope(t.tx, t.contact, events.ScopeOptions{
		Now: t.now, Zone: t.def.Settings.Timezone, Enrollment: t.e,
	})
	if err != nil {
		return nil, fmt.Errorf("build scope: %w", err)
	}
	t.seen = scope
	return scope, nil
}

// changed drops what was read of the contact.
func (t *turn) changed() { t.seen = nil }

// cause is the cause of an event that the given step makes.
func (t *turn) cause(c interpreter.Command) (*events.Cause, error) {
	cause, err := events.ParseCause(t.e.Cause)
	if err != nil {
		return nil, err
	}
	return cause.ByStep(t.e.ID, t.e.Workflow, c.Node, c.Visit), nil
}

// emit writes an event of the platform, caused by the given step.
func (t *turn) emit(c interpreter.Command, typ string, data map[string]any) error {
	return t.emitNth(c, typ, "", data)
}

// emitNth emits one of several events of the same type that a step makes; which
// tells them apart.
func (t *turn) emitNth(c interpreter.Command, typ, which string, data map[string]any) error {
	draft, err := t.draft(c, typ, which)
	if err != nil {
		return err
	}
	draft.Data = data
	if _, err := events.Append(t.tx, draft); err != nil {
		return fmt.Errorf("append event %s: %w", typ, err)
	}
	t.wrote(typ)
	return nil
}

// draft is an event without data that the given step is about to write.
func (t *turn) draft(c interpreter.Command, typ, which string) (events.Draft, error) {
	cause, err := t.cause(c)
	return events.Draft{
		ID: t.eventID(c, typ, which), Contact: t.contact, Type: typ,
		OccurredAt: t.now, Now: t.now, Cause: cause, Source: "workflow",
	}, err
}

// eventID is the id of an event that a step makes, the same whenever it is made again.
func (t *turn) eventID(c interpreter.Command, typ, which string) string {
	key := effectKey(t.e.ID, c) + "\n" + typ + "\n" + which
	if t.part != "" {
		key += "\n" + t.part
	}
	return events.EffectEventID(t.entered, key)
}

// wrote takes notice of an event that this turn wrote to the contact's log.
func (t *turn) wrote(typ string) {
	for i := range t.def.Exits {
		t.exits = t.exits || t.def.Exits[i].Event == typ
	}
	t.tx.AfterCommit(t.a.Nudge)
}

// exited reports whether an event that this turn wrote itself ends the enrollment:
// the next command must find it in the log like any other.
func (t *turn) exited() (bool, error) {
	if !t.exits {
		return false, nil
	}
	t.exits = false
	exited, err := events.CheckExits(t.tx, t.e, t.def, t.contact, t.now)
	if err != nil {
		return false, fmt.Errorf("check exits: %w", err)
	}
	return exited, nil
}

// step returns the row of a visit, nil when the visit has none yet.
func (t *turn) step(c interpreter.Command) (*store.Step, error) {
	if t.fresh {
		return nil, nil
	}
	row, err := t.tx.Step(t.e.ID, c.Node, c.Visit)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read step: %w", err)
	}
	return row, nil
}

// newStep is an open row of a visit that begins now.
func (t *turn) newStep(c interpreter.Command, status string) *store.Step {
	node := t.def.Nodes[c.Node]
	return &store.Step{
		EnrollmentID: t.e.ID, Node: c.Node, Visit: c.Visit, Type: node.Type, Title: node.Title(),
		Status: status, EnteredAt: t.now,
	}
}

// closeStep decides a visit: its status and port are fixed from here on.
func (t *turn) closeStep(row *store.Step, status, port string) (interpreter.Occurrence, error) {
	at := t.now
	if at.Before(row.EnteredAt) {
		at = row.EnteredAt
	}
	row.Status, row.Port, row.LeftAt = status, port, &at
	if err := t.putStep(row); err != nil {
		return interpreter.Occurrence{}, err
	}
	return left(row), nil
}

// putStep inserts or updates the row of a visit.
func (t *turn) putStep(row *store.Step) error {
	row.Error = outgoing.Plain(row.Error)
	if row.Seq > 0 {
		if err := t.tx.SaveStep(row); err != nil {
			return fmt.Errorf("save step: %w", err)
		}
		return t.tally(row)
	}
	if _, inserted, err := t.tx.InsertStep(row); err != nil {
		return fmt.Errorf("insert step: %w", err)
	} else if !inserted {
		return fmt.Errorf("insert step %s/%d: decided meanwhile", row.Node, row.Visit)
	}
	t.fresh = row.LeftAt != nil
	return t.tally(row)
}

func left(row *store.Step) interpreter.Occurrence {
	return interpreter.Occurrence{
		Kind: interpreter.Left, Node: row.Node, Visit: row.Visit, Port: row.Port, Status: row.Status,
	}
}

func closed(row *store.Step) bool { return row != nil && row.LeftAt != nil }

// encode makes the JSON of a value for the store.
func encode(v any) (store.JSON, error) {
	if v == nil {
		return nil, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode value: %w", err)
	}
	return raw, nil
}
