package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fermata/interpreter/expr"
	"fermata/store"
)

// JobEnroll is the kind of job that enrolls by hand everybody whom a filter holds for.
const JobEnroll = "enroll"

// jobLook is how many contacts a batch looks at, at most.
const jobLook = 500

// Words in the counts of jobs, beside verdicts.
const (
	CountMatched = "matched" // its filter holds for the contact
	CountFailed  = "failed"
	CountFired   = "fired" // a trigger went off; the verdict is with the contact's event
)

// EnrollParams are the parameters of a JobEnroll. Until is the last contact that it looks at: those
// who come later are not meant.
type EnrollParams struct {
	ByHand
	Data   json.RawMessage `json:"data,omitempty"`
	Filter json.RawMessage `json:"filter"`
	Until  string          `json:"until"`
}

type enrollJob struct{ definitions *Definitions }

func (*enrollJob) Name() string { return JobEnroll }

func (k *enrollJob) Batch(tx *store.Tx, b *JobBatch) error {
	var p EnrollParams
	if err := b.Job.Params.Decode(&p); err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	var err error
	if p.ByHand.Data, err = decodeObject(store.JSON(p.Data)); err != nil {
		return fmt.Errorf("read data: %w", err)
	}
	entry, err := p.Open(tx, k.definitions)
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return &StopError{Reason: refused.Message}
	}
	if errors.Is(err, store.ErrNotFound) {
		return &StopError{Reason: "the workflow is not there any more"}
	}
	if err != nil {
		return err
	}
	filter, err := storedFilter(p.Filter)
	if err != nil {
		return err
	}
	found, err := b.find(tx, filter, p.Until)
	if err != nil {
		return err
	}
	return entry.EnrollFound(found.Contacts, b.Now, func(c *store.Contact, r EnrollResult, failed error) {
		b.tell(c, r.Verdict, failed)
	})
}

// tell notes what became of one contact.
func (b *JobBatch) tell(c *store.Contact, word string, failed error) {
	if failed != nil {
		word = CountFailed
		b.Fail(store.JobError{Subject: c.ID, Message: brief(failed)})
	}
	b.Count(word, 1)
}

func storedFilter(encoded json.RawMessage) (*expr.Condition, error) {
	raw, err := expr.DecodeJSON(encoded)
	if err != nil {
		return nil, fmt.Errorf("read filter: %w", err)
	}
	filter, wrong := ParseFilter(raw, "/filter")
	if len(wrong) > 0 {
		return nil, &InvalidError{Fields: wrong}
	}
	return filter, nil
}

// find walks on from the job's cursor to the next matching contacts, and notes how far it came.
func (b *JobBatch) find(tx *store.Tx, filter *expr.Condition, until string) (Found, error) {
	finder, err := NewFinder(tx, filter, b.Now)
	if err != nil {
		return Found{}, err
	}
	found, err := finder.Next(Walk{After: b.Job.Cursor, Until: until, Look: jobLook, Most: b.Max})
	if err != nil {
		return Found{}, err
	}
	b.Job.Cursor, b.Finished = found.At, found.End
	b.Done, b.Spent = found.Looked, len(found.Contacts)
	if b.Finished { // contacts may have gone meanwhile
		total := b.Job.Done + b.Done
		b.Job.Total = &total
	}
	if len(found.Contacts) > 0 {
		b.Count(CountMatched, len(found.Contacts))
	}
	return found, nil
}

// EnrollFound enrolls contacts that were found in the order of their ids, each under its lock, and
// tells what became of it. An error of one contact is told as well, and the others go on; one of the
// store ends it all.
func (h *HandEntry) EnrollFound(contacts []store.Contact, now time.Time, tell func(c *store.Contact, r EnrollResult, failed error)) error {
	for i := range contacts {
		var result EnrollResult
		err := attempt(h.tx, &contacts[i], func(locked *store.Contact) (err error) {
			result, err = h.Enroll(locked, now)
			return err
		})
		if store.IsTransient(err) {
			return err
		}
		tell(&contacts[i], result, err)
	}
	return nil
}

// attempt locks one contact of several and acts on it; an error takes back what was written for that
// one. A transient error spoils them all.
func attempt(tx *store.Tx, c *store.Contact, act func(locked *store.Contact) error) error {
	err := tx.Attempt(func() error {
		locked, err := tx.LockContact(c.ID)
		if err != nil {
			return err
		}
		return act(locked)
	})
	if errors.Is(err, store.ErrNotFound) {
		return errors.New("the contact is not there any more")
	}
	return err
}
