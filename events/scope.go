package events

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fermata/interpreter/expr"
	"fermata/store"
)

// ScopeOptions say whose eyes a scope looks through. Zone is the definition's timezone setting.
// Without Enrollment, `trigger` is Trigger, or else the event. Event, when given, is the candidate
// and replaces the enrollment's own `event`.
type ScopeOptions struct {
	Now        time.Time
	Zone       string
	Enrollment *store.Enrollment
	Event      *expr.Event
	Trigger    map[string]any
}

// NewScope reads what conditions and templates about a contact can see: the roots contact,
// trigger, event, deal, enrollment, vars and account, with facts that are read through tx as they
// are asked for. The scope is valid as long as tx is.
func NewScope(tx *store.Tx, c *store.Contact, o ScopeOptions) (*expr.Scope, error) {
	return newView(tx, c).scope(o)
}

// view is what all scopes of one contact in one transaction share. It reads when the first scope
// is made: a definition without conditions costs nothing.
type view struct {
	tx      *store.Tx
	c       *store.Contact
	account *store.Account
	deals   []store.Deal
	contact map[string]any
	// asOf, when set, knows the facts of an instant in the past.
	asOf func(at time.Time) expr.Facts
}

func newView(tx *store.Tx, c *store.Contact) *view { return &view{tx: tx, c: c} }

func (v *view) load() error {
	if v.contact != nil {
		return nil
	}
	if v.account == nil {
		account, err := Account(v.tx)
		if err != nil {
			return err
		}
		v.account = account
	}
	shape, err := v.shape(v.account)
	if err != nil {
		return err
	}
	v.contact = shape
	return nil
}

// Account reads the settings of the installation; before they are saved, or when their row is gone,
// it has the documented defaults.
func Account(tx *store.Tx) (*store.Account, error) {
	account, err := tx.Account()
	if errors.Is(err, store.ErrNotFound) {
		return &store.Account{Timezone: "UTC", Currency: "USD", DefaultConsent: Subscribed}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read account: %w", err)
	}
	return account, nil
}

// shape is the contact whose tags, courses and deals are read when something looks at them. A read
// that fails spoils the transaction, so that nothing decided on an empty list can commit.
func (v *view) shape(account *store.Account) (map[string]any, error) {
	shape, err := ownShape(v.c, account)
	if err != nil {
		return nil, err
	}
	shape["tags"] = expr.NewLazy(func() any {
		tags, err := v.tx.ContactTags(v.c.ID)
		v.spoil(err)
		return tagList(tags)
	})
	shape["courses"] = expr.NewLazy(func() any {
		courses, err := v.tx.ContactCourses(v.c.ID)
		v.spoil(err)
		return courseList(courses)
	})
	shape["deals"] = expr.NewLazy(func() any { return dealList(v.allDeals()) })
	return shape, nil
}

// allDeals reads the contact's deals, newest first, once.
func (v *view) allDeals() []store.Deal {
	if v.deals == nil {
		deals, err := v.tx.DealsOfContact(v.c.ID, "")
		v.spoil(err)
		v.deals = append([]store.Deal{}, deals...)
	}
	return v.deals
}

func (v *view) spoil(err error) {
	if err != nil {
		v.tx.Spoil(fmt.Errorf("read contact %s: %w", v.c.ID, err))
	}
}

func (v *view) facts(at time.Time) expr.Facts {
	if v.asOf != nil {
		return v.asOf(at)
	}
	return Facts(v.tx, v.c.ID)
}

func (v *view) scope(o ScopeOptions) (*expr.Scope, error) {
	if err := v.load(); err != nil {
		return nil, err
	}
	roots := map[string]any{
		"contact": v.contact, "account": accountRoot(v.account), "vars": map[string]any{}, "enrollment": map[string]any{},
	}
	scope := &expr.Scope{
		Now: o.Now, Location: Zone(o.Zone, v.c, v.account), Started: o.Now, Roots: roots,
		Facts: v.facts(o.Now),
	}
	trigger, event := o.Trigger, map[string]any(nil)
	if o.Event != nil {
		event = expr.EventRoot(*o.Event)
	}
	if o.Enrollment != nil {
		scope.Started = o.Enrollment.StartedAt
		own, err := enrollmentRoots(v.tx, o.Enrollment, roots)
		if err != nil {
			return nil, fmt.Errorf("read enrollment %s: %w", o.Enrollment.ID, err)
		}
		trigger = expr.EventRoot(own.trigger)
		if event == nil {
			event = expr.EventRoot(own.event)
		}
	}
	if trigger == nil {
		trigger = event
	}
	if event == nil {
		event = trigger
	}
	roots["trigger"], roots["event"] = orEmpty(trigger), orEmpty(event)
	roots["deal"] = expr.NewLazy(func() any {
		deal, err := v.deal(event, trigger)
		v.spoil(err)
		if deal == nil {
			return nil
		}
		return dealRoot(*deal)
	})
	return scope, nil
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// deal picks the deal that a condition means: the one that the event or the trigger names, else
// the contact's newest open deal, else the newest one.
func (v *view) deal(roots ...map[string]any) (*store.Deal, error) {
	for _, root := range roots {
		id, _ := root["deal_id"].(string)
		if id == "" {
			continue
		}
		deal, err := v.tx.Deal(id)
		if err == nil && deal.ContactID == v.c.ID {
			return deal, nil
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("read deal %s: %w", id, err)
		}
	}
	return newestDeal(v.allDeals()), nil
}

// newestDeal picks from deals, newest first, the first open one, else the first.
func newestDeal(deals []store.Deal) *store.Deal {
	for i := range deals {
		if deals[i].Status == "open" {
			return &deals[i]
		}
	}
	if len(deals) > 0 {
		return &deals[0]
	}
	return nil
}

// dealAt picks from deals, newest first, one at a stage, else newestDeal.
func dealAt(deals []store.Deal, stage string) *store.Deal {
	for i := range deals {
		if strings.EqualFold(deals[i].Stage, stage) {
			return &deals[i]
		}
	}
	return newestDeal(deals)
}

type ownEvents struct{ trigger, event expr.Event }

// enrollmentRoots fills in enrollment and vars and returns the two events that it keeps.
func enrollmentRoots(tx *store.Tx, e *store.Enrollment, roots map[string]any) (ownEvents, error) {
	var own ownEvents
	vars, err := decodeObject(e.Vars)
	if err != nil {
		return own, err
	}
	roots["vars"] = vars
	roots["enrollment"] = map[string]any{
		"id": e.ID, "started_at": instant(e.StartedAt), "key": blank(e.Key), "parent": blank(e.ParentID), "workflow": e.Workflow,
	}
	triggerData, err := decodeObject(e.TriggerData)
	if err != nil {
		return own, err
	}
	eventData, err := decodeObject(e.EventData)
	if err != nil {
		return own, err
	}
	own.event = expr.Event{ID: e.EventID, Type: e.EventType, Data: eventData}
	if e.EventAt != nil {
		own.event.OccurredAt = *e.EventAt
	}
	own.trigger = expr.Event{ID: e.TriggerEventID, Data: triggerData, OccurredAt: e.StartedAt}
	return own, triggerOrigin(tx, e, &own)
}

// triggerOrigin fills in what the enrollment row does not hold of the event that enrolled.
func triggerOrigin(tx *store.Tx, e *store.Enrollment, own *ownEvents) error {
	switch e.TriggerEventID {
	case "":
		return nil
	case e.EventID:
		own.trigger.Type, own.trigger.OccurredAt = own.event.Type, own.event.OccurredAt
		return nil
	}
	event, err := tx.Event(e.TriggerEventID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read event %s: %w", e.TriggerEventID, err)
	}
	own.trigger.Type, own.trigger.OccurredAt, own.trigger.AcceptedAt = event.Type, event.OccurredAt, event.AcceptedAt
	return nil
}

// Facts returns what only the store knows about one contact, read through tx.
func Facts(tx *store.Tx, contact string) expr.Facts { return &facts{tx: tx, contact: contact} }

// DecodeEvent turns a stored event into what conditions see.
func DecodeEvent(e *store.Event) (expr.Event, error) {
	data, err := decodeObject(e.Data)
	if err != nil {
		return expr.Event{}, fmt.Errorf("read data of event %s: %w", e.ID, err)
	}
	return expr.Event{ID: e.ID, Type: e.Type, Data: data, OccurredAt: e.OccurredAt, AcceptedAt: e.AcceptedAt}, nil
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
