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

// CountMatched is the word in a job's counts for contacts that its filter holds for.
const (
	CountMatched = "matched"
	CountFailed  = "failed"
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
	found, err := b.find(tx, p.Filter, p.Until)
	if err != nil {
		return err
	}
	return entry.EnrollFound(found.Contacts, b.Now, func(c *store.Contact, r EnrollResult, failed error) {
		if failed != nil {
			b.Count(CountFailed, 1)
			b.Fail(store.JobError{Subject: c.ID, Message: brief(failed)})
			return
		}
		b.Count(r.Verdict, 1)
	})
}

// find walks on from the job's cursor to the next matching contacts, and notes how far it came.
func (b *JobBatch) find(tx *store.Tx, rawFilter json.RawMessage, until string) (Found, error) {
	raw, err := expr.DecodeJSON(rawFilter)
	if err != nil {
		return Found{}, fmt.Errorf("read filter: %w", err)
	}
	filter, wrong := ParseFilter(raw, "/filter")
	if len(wrong) > 0 {
		return Found{}, &InvalidError{Fields: wrong}
	}
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
		c := &contacts[i]
		var result EnrollResult
		err := h.tx.Attempt(func() error {
			locked, err := h.tx.LockContact(c.ID)
			if err != nil {
				return err
			}
			result, err = h.Enroll(locked, now)
			return err
		})
		switch {
		case errors.Is(err, store.ErrNotFound):
			err = errors.New("the contact is not there any more")
		case store.IsTransient(err):
			return err
		}
		tell(c, result, err)
	}
	return nil
}
