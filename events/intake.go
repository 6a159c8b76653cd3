package events

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fermata/store"
)

// acceptTries bounds how often a request is carried out again after it met another one that made
// the same contact or event, or lost a deadlock.
const acceptTries = 32

// transientTime is how long a request is tried again while the store is busy or out of reach. It
// is a little more than PostgreSQL takes to find a deadlock.
const transientTime = 1500 * time.Millisecond

// Intake accepts events. Nudge, when set, is called after each commit so that a router in this
// process looks at once; Count, when set, with how many events were new. Now defaults to time.Now.
type Intake struct {
	Store *store.Store
	Now   func() time.Time
	Nudge func()
	Count func(accepted int)
}

// Accepted tells a client what became of one of its events. A duplicate was accepted before: its
// first body counts, and this one changed nothing.
type Accepted struct {
	ID        string
	Duplicate bool
	Warnings  []Warning
}

// Accept stores events, all or none of them, and returns once they are durable: per event the
// contact is found or made and updated, the event gets the contact's next number, and the
// contact is queued for the router, in one transaction. Field errors mean that nothing was
// stored; an error means that nothing may be answered as accepted.
func (in *Intake) Accept(ctx context.Context, list []Incoming) ([]Accepted, []FieldError, error) {
	b := &batch{list: list, ids: make([]string, len(list)), now: in.now()}
	for i, item := range list {
		// Made once: when an answer of the database was lost, the next try finds its own rows.
		if b.ids[i] = item.ID; item.ID == "" {
			b.ids[i] = store.NewID("evt")
		}
	}
	began := time.Now()
	for try := 1; ; try++ {
		err := in.Store.Write(ctx, b.run)
		if err == nil {
			if b.stored && in.Nudge != nil {
				in.Nudge()
			}
			if in.Count != nil {
				in.Count(b.fresh())
			}
			return b.accepted, nil, nil
		}
		if wrong, ok := invalidFields(err); ok {
			return nil, wrong, nil
		}
		if ctx.Err() != nil || !again(err, try, time.Since(began)) {
			return nil, nil, gaveUp(err)
		}
	}
}

func (in *Intake) now() time.Time {
	now := time.Now
	if in.Now != nil {
		now = in.Now
	}
	return now().UTC().Truncate(time.Microsecond)
}

// gaveUp is the error of a request that met others until its time was over. That is nothing that
// its sender could mend: the same request will go through a little later.
func gaveUp(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("accept events: %s: %w", err.Error(), store.ErrBusy)
	}
	return fmt.Errorf("accept events: %w", err)
}

// again says whether to carry out a request once more. One that met another request for the same
// contact or event will find it done. A store in trouble gets a moment: after that the client
// is told, and keeps the event.
func again(err error, try int, spent time.Duration) bool {
	if errors.Is(err, store.ErrConflict) {
		return try < acceptTries
	}
	return store.IsTransient(err) && try < acceptTries && spent < transientTime
}

// batch carries out one request in one transaction. ids are those that its events get.
type batch struct {
	tx       *store.Tx
	list     []Incoming
	ids      []string
	now      time.Time
	accepted []Accepted
	stored   bool
}

// fresh counts the events that were not accepted before.
func (b *batch) fresh() int {
	n := 0
	for _, one := range b.accepted {
		if !one.Duplicate {
			n++
		}
	}
	return n
}

func (b *batch) run(tx *store.Tx) error {
	b.tx, b.accepted, b.stored = tx, make([]Accepted, len(b.list)), false
	fresh, err := b.known()
	if err != nil {
		return err
	}
	if len(fresh) > 1 {
		if err := b.lock(fresh); err != nil {
			return err
		}
	}
	for _, i := range fresh {
		if err := b.accept(i); err != nil {
			return err
		}
	}
	return b.repeated()
}

// repeated notes which events were posted again, in one order, so that two requests never wait for
// each other.
func (b *batch) repeated() error {
	again := map[string]bool{}
	for _, a := range b.accepted {
		if a.Duplicate {
			again[a.ID] = true
		}
	}
	for _, id := range sortedKeys(again) {
		if err := b.tx.MarkRepeated(id); err != nil {
			return fmt.Errorf("note repeated event %s: %w", id, err)
		}
	}
	return nil
}

// known answers for the events that were accepted before, or stand earlier in the same request,
// and returns the others. A duplicate's contact is not looked at: the first body counts.
func (b *batch) known() (fresh []int, err error) {
	seen := map[string]bool{}
	for i, id := range b.ids {
		b.accepted[i].ID = id
		if seen[id] {
			b.accepted[i].Duplicate = true
			continue
		}
		seen[id] = true
		_, err := b.tx.Event(id)
		switch {
		case err == nil:
			b.accepted[i].Duplicate = b.list[i].ID != ""
		case errors.Is(err, store.ErrNotFound):
			fresh = append(fresh, i)
		default:
			return nil, fmt.Errorf("look up event %s: %w", id, err)
		}
	}
	return fresh, nil
}

// lock takes the locks of all contacts in one order, so that two batches never wait for each
// other: those that exist by id, then new ones by what identifies them. Unknown ids are all
// reported together.
func (b *batch) lock(fresh []int) error {
	existing, missing := map[string]bool{}, map[string]int{}
	var wrong []FieldError
	for _, i := range fresh {
		contact := b.list[i].Contact
		found, err := find(b.tx, contact)
		if fields, ok := invalidFields(err); ok {
			wrong = append(wrong, fields...)
			continue
		}
		if err != nil {
			return fmt.Errorf("find contact: %w", err)
		}
		if found != nil {
			existing[found.ID] = true
		} else if _, known := missing[identity(contact)]; !known {
			missing[identity(contact)] = i
		}
	}
	if len(wrong) > 0 {
		return &InvalidError{Fields: wrong}
	}
	for _, id := range sortedKeys(existing) {
		if _, err := b.tx.LockContact(id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("lock contact %s: %w", id, err)
		}
	}
	return b.make(missing)
}

// make makes the contacts that nobody knew, in the order of their identities. One that somebody
// else has made meanwhile cannot be locked any more without breaking the order: the request begins
// again and finds it.
func (b *batch) make(missing map[string]int) error {
	made := map[string]bool{}
	for _, key := range sortedKeys(missing) {
		i := missing[key]
		contact := b.list[i].Contact
		found, err := find(b.tx, contact)
		if err != nil {
			return fmt.Errorf("find contact: %w", err)
		}
		if found != nil && made[found.ID] {
			continue // two items of the request name one person in two ways
		}
		if found != nil {
			return fmt.Errorf("make contact: %w", store.ErrConflict)
		}
		c, err := create(b.tx, contact, b.now)
		if errors.Is(err, errIdentityMoved) {
			return fmt.Errorf("make contact: %w", store.ErrConflict)
		}
		if err != nil {
			return err
		}
		made[c.ID] = true
		if _, err := applyInput(b.tx, c, contact, true, b.now, b.source(i), nil); err != nil {
			return err
		}
	}
	return nil
}

func identity(in ContactInput) string {
	return strings.Join([]string{in.ExternalID.Value, in.Email.Value}, "\x00")
}

func (b *batch) source(i int) string {
	if source := b.list[i].Source; source != "" {
		return source
	}
	return "api"
}

func (b *batch) accept(i int) error {
	item := b.list[i]
	who, err := Upsert(b.tx, item.Contact, b.now, b.source(i), nil)
	if err != nil {
		return err
	}
	draft := Draft{ID: b.ids[i], Contact: who.Contact, Type: item.Type, Data: item.Data, Now: b.now, Source: b.source(i)}
	if item.OccurredAt != nil {
		draft.OccurredAt = *item.OccurredAt
	}
	_, added, err := appendNew(b.tx, draft)
	if err != nil {
		return err
	}
	if !added {
		// Somebody stored this id a moment ago. Nothing of this try may stay, not even what it
		// did to the contact; the next one answers duplicate.
		return fmt.Errorf("accept event %s: %w", item.ID, store.ErrConflict)
	}
	if err := RecordCourse(b.tx, who.Contact, item.Type, item.Data, b.now); err != nil {
		return err
	}
	b.stored = true
	b.accepted[i].Warnings = who.Warnings
	return nil
}
