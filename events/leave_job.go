package events

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/store"
)

// JobLeave is the kind of job that ends everybody who was inside a workflow when another version was
// published, or when it was stopped or archived.
const JobLeave = "leave"

// LeaveParams are the parameters of a JobLeave: everybody leaves who runs an earlier version than Below,
// unless it is 0, and was enrolled by Until, unless it is nil.
type LeaveParams struct {
	Below  int        `json:"below,omitempty"`
	Until  *time.Time `json:"until,omitempty"`
	Reason string     `json:"reason"`
}

// CountExited is the word for an enrollment that a job has ended.
const CountExited = "exited"

// stragglers is how long after a publish somebody may still be let in by a transaction that read the
// version before it. Work on the people inside begins after it, so that one walk meets everybody.
const stragglers = 3 * time.Second

// AfterStragglers is when work on the people inside may begin at the earliest, if the version that
// everybody else gets is published in tx.
func AfterStragglers(tx *store.Tx) time.Time {
	if !tx.Overlaps() {
		return time.Time{}
	}
	return tx.Now().Add(stragglers)
}

type leaveJob struct{}

func (leaveJob) Name() string { return JobLeave }

func (leaveJob) Batch(tx *store.Tx, b *JobBatch) error {
	var p LeaveParams
	if err := b.Job.Params.Decode(&p); err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	people, err := tx.PeopleInside(store.InsideFilter{Workflow: b.Job.Subject, After: b.Job.Cursor, Below: p.Below, Until: p.Until, Tests: true}, b.Max)
	if err != nil {
		return fmt.Errorf("read who is inside: %w", err)
	}
	if b.Done, b.Spent = len(people), len(people); len(people) > 0 {
		b.Job.Cursor = people[len(people)-1].Enrollment.ID
	}
	byContact(people)
	for i := range people {
		if err := b.piece(tx, people[i].Enrollment.ID, func(id string) error {
			e, c, err := tx.LockEnrollmentContact(id)
			if err != nil || !e.Active {
				return err
			}
			err = end(tx, c, e, Ending{Status: store.StatusExited, Outcome: "neutral", Reason: p.Reason, Now: b.Now, Wake: true})
			if err == nil && !e.Test {
				b.Count(CountExited, 1)
			}
			return err
		}); err != nil {
			return err
		}
	}
	if len(people) == b.Max {
		return nil
	}
	b.finish()
	return b.audit(tx, "workflow.left")
}

// byContact puts people into the order in which contacts are locked.
func byContact(people []store.Inside) {
	slices.SortFunc(people, func(a, b store.Inside) int {
		return strings.Compare(a.Enrollment.ContactID, b.Enrollment.ContactID)
	})
}

// piece acts on one enrollment of several, unless it is gone. An error takes back what was written for
// that one; a transient one spoils the batch.
func (b *JobBatch) piece(tx *store.Tx, id string, act func(id string) error) error {
	err := tx.Attempt(func() error { return act(id) })
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil || store.IsTransient(err) {
		return err
	}
	b.Count(CountFailed, 1)
	b.Fail(store.JobError{Subject: id, Message: brief(err)})
	return nil
}

// Supersede cancels the open jobs of a kind that work on a workflow: a later decision stands.
func Supersede(tx *store.Tx, kind, workflow, reason string, now time.Time) error {
	for _, status := range []string{store.JobQueued, store.JobRunning} {
		jobs, _, err := tx.ListJobs(store.JobFilter{Kind: kind, Subject: workflow, Status: status}, store.Page{Limit: store.MaxLimit})
		if err != nil {
			return fmt.Errorf("read jobs of %s: %w", workflow, err)
		}
		for i := range jobs {
			if _, err := tx.EndJob(jobs[i].ID, store.JobCanceled, reason, now); err != nil {
				return fmt.Errorf("cancel job %s: %w", jobs[i].ID, err)
			}
		}
	}
	return nil
}
