package events

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/store"
)

// JobOperate is the kind of job that carries out an order for many enrollments.
const JobOperate = "operate"

// Words in the counts of a JobOperate, beside CountMatched and CountFailed.
const (
	CountDone    = "done"
	CountRefused = "refused"  // its state did not allow it; the errors say why
	CountMovedOn = "moved_on" // it was no longer what the filter selects when its turn came
)

// Selection is a filter of enrollments, with the names of GET /v1/enrollments. Contact is an id.
// Fingerprint selects those that wait for a person because of one group of failures.
type Selection struct {
	IDs         []string `json:"ids,omitempty"`
	Workflow    string   `json:"workflow,omitempty"`
	Contact     string   `json:"contact,omitempty"`
	Status      string   `json:"status,omitempty"`
	Node        string   `json:"node,omitempty"`
	Version     int      `json:"version,omitempty"`
	Test        *bool    `json:"test,omitempty"`
	Wedged      *bool    `json:"wedged,omitempty"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	// Whom a figure counts.
	Active      *bool     `json:"active,omitempty"`
	Success     *bool     `json:"success,omitempty"`
	StartedFrom time.Time `json:"started_from,omitzero"`
	StartedTo   time.Time `json:"started_to,omitzero"`
	Step        string    `json:"step,omitempty"`
	StepStatus  string    `json:"step_status,omitempty"`
	StepPort    string    `json:"step_port,omitempty"`
}

// Matching is what the list of enrollments shows for these fields.
func (s *Selection) Matching() store.EnrollmentFilter {
	return store.EnrollmentFilter{
		Workflow: s.Workflow, Contact: s.Contact, Status: s.Status, Node: s.Node, Version: s.Version, Test: s.Test, Wedged: s.Wedged, IDs: s.IDs,
		Active: s.Active, Success: s.Success, StartedFrom: s.StartedFrom, StartedTo: s.StartedTo, Step: s.Step, StepKind: s.StepStatus, StepPort: s.StepPort,
	}
}

// named reports whether the fields say themselves whether those who have ended are meant: by name, by
// status, or by what a figure counts.
func (s *Selection) named() bool {
	return s.IDs != nil || s.Status != "" || s.Active != nil || s.Success != nil ||
		!s.StartedFrom.IsZero() || !s.StartedTo.IsZero() || s.Step != "" || s.StepStatus != "" || s.StepPort != ""
}

// Filter is the selection for the store: Matching, but an order means nobody who has ended unless the
// fields say so.
func (s *Selection) Filter() store.EnrollmentFilter {
	f := s.Matching()
	active := true
	if !s.named() {
		f.Active = &active
	}
	switch KindOfFailure(s.Fingerprint) {
	case FailureWedged:
		real := false
		f.Wedged, f.Active, f.Test = &active, &active, &real
	case FailureStep:
		f.Failure = s.Fingerprint
	}
	return f
}

// keeps reports whether a row that the store has selected is meant; the store does not know how
// wedged ones are grouped.
func (s *Selection) keeps(e *store.Enrollment) bool {
	return KindOfFailure(s.Fingerprint) != FailureWedged || wedgeFingerprint(e) == s.Fingerprint
}

// OperateParams are the parameters of a JobOperate. Until is the last enrollment that it looks at:
// those who come later are not meant.
type OperateParams struct {
	Order  Order     `json:"order"`
	Filter Selection `json:"filter"`
	Until  string    `json:"until"`
}

type operateJob struct{ operator *Operator }

func (*operateJob) Name() string { return JobOperate }

// Batch carries out the order for the next enrollments. Each is looked at once, so that one that fails
// again after a retry is not tried for ever.
func (k *operateJob) Batch(tx *store.Tx, b *JobBatch) error {
	var p OperateParams
	if err := b.Job.Params.Decode(&p); err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	if p.Order.Action == ActionMove {
		if err := awaitMovers(tx); err != nil {
			return err
		}
	}
	list, err := tx.WalkEnrollments(p.Filter.Filter(), b.Job.Cursor, p.Until, b.Max)
	if err != nil {
		return fmt.Errorf("find enrollments: %w", err)
	}
	if b.Finished = len(list) < b.Max; len(list) > 0 {
		b.Job.Cursor = list[len(list)-1].ID
	}
	list = slices.DeleteFunc(list, func(e store.Enrollment) bool { return !p.Filter.keeps(&e) })
	if err := k.each(tx, b, &p, list); err != nil {
		return err
	}
	if b.Finished { // some may have come to be selected, or not any more, meanwhile
		total := b.Job.Done + b.Done
		b.Job.Total = &total
	}
	return nil
}

// each locks the contacts first. From then on nobody moves, so what is selected now stays so.
func (k *operateJob) each(tx *store.Tx, b *JobBatch, p *OperateParams, list []store.Enrollment) error {
	if len(list) == 0 {
		return nil
	}
	var people, ids []string
	for i := range list {
		ids = append(ids, list[i].ID)
		if !slices.Contains(people, list[i].ContactID) {
			people = append(people, list[i].ContactID)
		}
	}
	if _, err := tx.LockContacts(people); err != nil {
		return fmt.Errorf("lock contacts: %w", err)
	}
	still, err := tx.MatchEnrollments(p.Filter.Filter(), ids)
	if err != nil {
		return fmt.Errorf("look again: %w", err)
	}
	operator := *k.operator
	operator.Now = func() time.Time { return b.Now }
	for _, id := range ids {
		b.Done++
		if !still[id] {
			b.Count(CountMovedOn, 1)
			continue
		}
		err := tx.Attempt(func() error { return operator.carryOut(tx, id, p.Order, b.Job.Person, b.Job.ID) })
		if store.IsTransient(err) {
			return err
		}
		b.operated(id, err)
	}
	return nil
}

// operated notes what became of one enrollment.
func (b *JobBatch) operated(id string, err error) {
	b.Count(CountMatched, 1)
	refused, is := errors.AsType[*RefusedError](err)
	switch {
	case err == nil:
		b.Spent++
		b.Count(CountDone, 1)
	case is:
		b.Count(CountRefused, 1)
		b.Fail(store.JobError{Subject: id, Message: refused.Message})
	default:
		b.Count(CountFailed, 1)
		b.Fail(store.JobError{Subject: id, Message: brief(err)})
	}
}

// JobReleaseQueues is the kind of job that lets the router try again at the events that stopped the
// queues of contacts.
const JobReleaseQueues = "release_queues"

// ReleaseQueuesParams are the parameters of a JobReleaseQueues.
type ReleaseQueuesParams struct {
	Fingerprint string `json:"fingerprint"`
}

type releaseQueuesJob struct{}

func (releaseQueuesJob) Name() string { return JobReleaseQueues }

func (releaseQueuesJob) Batch(tx *store.Tx, b *JobBatch) error {
	var p ReleaseQueuesParams
	if err := b.Job.Params.Decode(&p); err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	stopped, err := stoppedOf(tx, p.Fingerprint, b.Job.Cursor)
	if err != nil {
		return err
	}
	b.Finished = len(stopped) <= b.Max
	stopped = stopped[:min(len(stopped), b.Max)]
	ids := make([]string, len(stopped))
	for i := range stopped {
		ids[i] = stopped[i].ContactID
	}
	if _, err := tx.LockContacts(ids); err != nil {
		return fmt.Errorf("lock contacts: %w", err)
	}
	for _, id := range ids {
		b.Job.Cursor = id
		b.Done, b.Spent = b.Done+1, b.Spent+1
		err := ReleaseQueue(tx, id, b.Job.Person, b.Job.ID, b.Now)
		if errors.Is(err, store.ErrNotFound) {
			b.Count(CountMovedOn, 1)
			continue
		}
		if err != nil {
			return err
		}
		b.Count(CountDone, 1)
	}
	if b.Finished {
		total := b.Job.Done + b.Done
		b.Job.Total = &total
	}
	return nil
}

// ReleaseQueue lets the router try again at the event that stopped the queue of a contact, which is
// locked. store.ErrNotFound when it has not stopped. Job is the job that asks for it, if any.
func ReleaseQueue(tx *store.Tx, contact, person, job string, now time.Time) error {
	if err := tx.RestartContact(contact); err != nil {
		return err
	}
	entry := &store.Audit{At: now, Person: person, Action: "contact.queue.release", Subject: contact}
	if job != "" {
		detail, err := store.ToJSON(map[string]any{"job": job})
		if err != nil {
			return err
		}
		entry.Detail = detail
	}
	return tx.AddAudit(entry)
}

// stoppedOf lists the queues of a group that have stopped, by contact and behind one.
func stoppedOf(tx *store.Tx, fingerprint, behind string) ([]store.QueuedContact, error) {
	list, err := tx.StoppedContacts()
	if err != nil {
		return nil, fmt.Errorf("read stopped queues: %w", err)
	}
	list = slices.DeleteFunc(list, func(q store.QueuedContact) bool {
		return q.ContactID <= behind || queueFingerprint(&q) != fingerprint
	})
	slices.SortFunc(list, func(a, b store.QueuedContact) int { return strings.Compare(a.ContactID, b.ContactID) })
	return list, nil
}
