package events

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/expr"
	"fermata/store"
)

// book answers what conditions ask about several contacts. Each kind of thing is read for all of them
// when the first one is asked for it, and once: the number of statements does not grow with theirs.
type book struct {
	tx      *store.Tx
	ids     []string
	account *store.Account
	read    struct {
		contacts map[string]store.Contact
		tags     map[string][]string
		courses  map[string][]store.ContactCourse
		deals    map[string][]store.Deal
		enrolled map[string]map[string]bool // by workflow
		events   map[string]*eventsRead     // by type
		segments map[string]segmentRead
	}
}

// segmentRead is the condition of a segment, if there is one.
type segmentRead struct {
	filter any
	found  bool
}

// eventsRead are the events of one type, by contact, that were accepted at from or later.
type eventsRead struct {
	from  time.Time
	slack time.Duration
	by    map[string][]expr.Event
}

// eventsSlack is how much further back than asked events are read, because what is asked next reaches
// a little further. It doubles each time.
const eventsSlack = 48 * time.Hour

// newBook is the book of some contacts, which may be named more than once.
func newBook(tx *store.Tx, ids []string) *book {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	b := &book{tx: tx, ids: slices.Compact(ids)}
	b.read.enrolled, b.read.events = map[string]map[string]bool{}, map[string]*eventsRead{}
	b.read.segments = map[string]segmentRead{}
	return b
}

// once fills in what was not read yet.
func once[T any](into *map[string]T, read func() (map[string]T, error)) (map[string]T, error) {
	if *into != nil {
		return *into, nil
	}
	found, err := read()
	if err != nil {
		return nil, err
	}
	if found == nil {
		found = map[string]T{}
	}
	*into = found
	return found, nil
}

func (b *book) tags() (map[string][]string, error) {
	return once(&b.read.tags, func() (map[string][]string, error) { return b.tx.TagsOfContacts(b.ids) })
}

func (b *book) courses() (map[string][]store.ContactCourse, error) {
	return once(&b.read.courses, func() (map[string][]store.ContactCourse, error) { return b.tx.CoursesOfContacts(b.ids) })
}

func (b *book) deals() (map[string][]store.Deal, error) {
	return once(&b.read.deals, func() (map[string][]store.Deal, error) { return b.tx.DealsOfContacts(b.ids) })
}

// shape is a contact as conditions see it; nothing of one that is gone. A read that fails spoils the
// transaction.
func (b *book) shape(id string) any {
	shape, err := b.shapeOf(id)
	if err != nil {
		b.spoil(id, err)
	}
	if shape == nil {
		return map[string]any{}
	}
	return shape
}

func (b *book) shapeOf(id string) (map[string]any, error) {
	contacts, err := once(&b.read.contacts, func() (map[string]store.Contact, error) { return b.tx.Contacts(b.ids) })
	if err != nil {
		return nil, err
	}
	c, found := contacts[id]
	if !found {
		return nil, nil
	}
	if b.account == nil {
		if b.account, err = Account(b.tx); err != nil {
			return nil, err
		}
	}
	shape, err := ownShape(&c, b.account)
	if err != nil {
		return nil, err
	}
	shape["tags"] = expr.NewLazy(func() any {
		tags, err := b.tags()
		b.spoil(id, err)
		return tagList(tags[id])
	})
	shape["courses"] = expr.NewLazy(func() any {
		courses, err := b.courses()
		b.spoil(id, err)
		return courseList(courses[id])
	})
	shape["deals"] = expr.NewLazy(func() any {
		deals, err := b.deals()
		b.spoil(id, err)
		return dealList(deals[id])
	})
	return shape, nil
}

func (b *book) spoil(id string, err error) {
	if err != nil {
		b.tx.Spoil(fmt.Errorf("read contact %s: %w", id, err))
	}
}

// bookFacts are the facts of one contact of a book.
type bookFacts struct {
	*book
	contact string
}

// Tagged reports whether the contact carries the tag, in any spelling.
func (f *bookFacts) Tagged(tag string) (bool, error) {
	tags, err := f.tags()
	key := strings.ToLower(strings.TrimSpace(tag))
	return slices.ContainsFunc(tags[f.contact], func(name string) bool { return strings.ToLower(name) == key }), err
}

// EnrolledIn reports whether an enrollment of the contact in the workflow is active; tests do not count.
func (f *bookFacts) EnrolledIn(workflow string) (bool, error) {
	workflow = strings.ToLower(workflow)
	if f.read.enrolled[workflow] == nil {
		found, err := f.tx.AllEnrolledIn(f.ids, workflow)
		if err != nil {
			return false, err
		}
		f.read.enrolled[workflow] = found
	}
	return f.read.enrolled[workflow][f.contact], nil
}

// Course returns how far the contact is in a course, and whether it is in it at all.
func (f *bookFacts) Course(key string) (progress float64, enrolled bool, err error) {
	courses, err := f.courses()
	for _, c := range courses[f.contact] {
		if c.Course == key {
			return c.Progress, c.Status != courseUnenrolled, err
		}
	}
	return 0, false, err
}

// DealStage implements expr.Facts.
func (f *bookFacts) DealStage(pipeline, sought string) (stage string, found bool, err error) {
	deals, err := f.deals()
	own := []store.Deal{}
	for _, d := range deals[f.contact] {
		if pipeline == "" || d.Pipeline == pipeline {
			own = append(own, d)
		}
	}
	if deal := dealAt(own, sought); deal != nil {
		return deal.Stage, true, err
	}
	return "", false, err
}

// Segment returns the condition of a segment.
func (f *bookFacts) Segment(key string) (filter any, found bool, err error) {
	known, asked := f.read.segments[key]
	if !asked {
		if known.filter, known.found, err = (&facts{tx: f.tx}).Segment(key); err != nil {
			return nil, false, err
		}
		f.read.segments[key] = known
	}
	return known.filter, known.found, nil
}

// Events returns the contact's events of one type, in log order, that were accepted since.
func (f *bookFacts) Events(eventType string, since time.Time) ([]expr.Event, error) {
	known := f.read.events[eventType]
	if known == nil || since.Before(known.from) {
		slack := eventsSlack
		if known != nil {
			slack = 2 * known.slack
		}
		var err error
		if known, err = f.eventsFrom(eventType, since, slack); err != nil {
			return nil, err
		}
		f.read.events[eventType] = known
	}
	list := []expr.Event{}
	for _, event := range known.by[f.contact] {
		if !event.AcceptedAt.Before(since) {
			list = append(list, event)
		}
	}
	return list, nil
}

func (b *book) eventsFrom(eventType string, since time.Time, slack time.Duration) (*eventsRead, error) {
	read := &eventsRead{slack: slack, by: map[string][]expr.Event{}}
	if !since.IsZero() {
		read.from = since.Add(-slack)
	}
	rows, err := b.tx.EventsOfContacts(b.ids, eventType, read.from)
	if err != nil {
		return nil, err
	}
	for contact, events := range rows {
		for i := range events {
			event, err := DecodeEvent(&events[i])
			if err != nil {
				return nil, err
			}
			read.by[contact] = append(read.by[contact], event)
		}
	}
	return read, nil
}
