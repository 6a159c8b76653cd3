package events

import (
	"errors"
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// JobKind is one kind of long work that a person or a schedule asks for. It must be safe for use by
// several goroutines.
type JobKind interface {
	// Name is the kind as rows name it; it never changes.
	Name() string
	// Batch carries out the next pieces of b.Job, from its cursor on, and records them in b. All of it
	// commits together or not at all, so a batch neither repeats nor loses a piece. It locks contacts
	// in the order of their ids and before anything else. *StopError ends the job.
	Batch(tx *store.Tx, b *JobBatch) error
}

// JobLooker is a JobKind that reads much and writes little: Look does the reading for the next batch,
// in a transaction that keeps nobody waiting, and Batch finds what it returned in b.Looked. It is to
// take no longer than a second or two.
type JobLooker interface {
	JobKind
	Look(tx *store.Tx, j *store.Job) (any, error)
}

// StopError ends a job as canceled, because what it works on is not there any more: its workflow was
// stopped, say. What the batch has written is taken back.
type StopError struct{ Reason string }

// Error implements error.
func (e *StopError) Error() string { return e.Reason }

// RestError puts a job off: it cannot go on now, for a reason that is none of its own, and looks again
// after a time, as often as need be. The job shows the reason until then. What the batch has written
// is taken back.
type RestError struct {
	Reason string
	For    time.Duration
}

// Error implements error.
func (e *RestError) Error() string { return e.Reason }

// JobBatch is one batch of a job in the making. A kind moves Job.Cursor, may set Job.Total, and
// changes nothing else of Job.
type JobBatch struct {
	Job *store.Job
	Now time.Time
	// Max is how many pieces the rate allows now; looking at something without acting is free.
	Max int
	// Looked is what the Look of a JobLooker returned.
	Looked any
	// Done is how many pieces of Job.Total are over with, Spent how many of them count against the rate.
	Done, Spent int
	// Rest is how long the job rests after this batch at least, also when its rate allows more.
	Rest time.Duration
	// Finished says that nothing is left.
	Finished bool

	counts map[string]int
	errors []store.JobError
}

// Count notes n more pieces under a word: a verdict, or what became of a row.
func (b *JobBatch) Count(word string, n int) { b.counts[word] += n }

// Fail notes a piece that failed; the job goes on.
func (b *JobBatch) Fail(e store.JobError) { b.errors = append(b.errors, e) }

// maxJobRate is the most pieces a second that anybody may ask for.
const maxJobRate = 10_000

// DefaultJobRate bounds jobs that name no rate.
const DefaultJobRate = "50/1s"

// ParseJobRate reads how many pieces of a job may be carried out in a time: "100/1m".
func ParseJobRate(s string) (definition.Rate, error) {
	rate, err := definition.ParseRate(s)
	if err != nil {
		return rate, err
	}
	if rate.Interval() < time.Second/maxJobRate {
		return rate, fmt.Errorf("parse rate %q: more than %d a second: %w", s, maxJobRate, definition.ErrRate)
	}
	return rate, nil
}

// NewJob describes long work. Params is what its kind reads; Payload, when there is one, is kept
// until the job ends; Total is nil while nobody knows how many pieces there are. Rate defaults to
// DefaultJobRate. NotBefore (zero: at once) is by the clock of the database.
type NewJob struct {
	Kind, Subject, Rate, Person string
	NotBefore                   time.Time
	Params                      any
	Payload                     []byte
	Total                       *int
	Now                         time.Time
}

// StartJob queues long work in tx. A runner takes it up once tx is durable.
func StartJob(tx *store.Tx, in NewJob) (*store.Job, error) {
	params, err := encodeJSON(in.Params)
	if err != nil {
		return nil, err
	}
	if in.Rate == "" {
		in.Rate = DefaultJobRate
	}
	j := &store.Job{
		Kind: in.Kind, Subject: in.Subject, Params: store.JSON(params), Rate: in.Rate, Total: in.Total, Person: in.Person,
		NotBefore: in.NotBefore, CreatedAt: in.Now,
	}
	if err := tx.CreateJob(j, in.Payload); err != nil {
		return nil, fmt.Errorf("queue job %s: %w", in.Kind, err)
	}
	return j, nil
}

// CancelJob ends an open job: what is done stays, nothing more is done from the commit of tx on.
func CancelJob(tx *store.Tx, id string, now time.Time) (*store.Job, error) {
	ended, err := tx.EndJob(id, store.JobCanceled, "", now)
	if err != nil {
		return nil, fmt.Errorf("cancel job %s: %w", id, err)
	}
	j, err := tx.Job(id)
	if err != nil {
		return nil, err
	}
	if !ended && j.Status != store.JobCanceled {
		return nil, &RefusedError{Message: fmt.Sprintf("the job is %s; only a queued or running one can be canceled", j.Status)}
	}
	return j, nil
}

// errJobLost: somebody else holds the job by now, or it was canceled; the batch is void.
var errJobLost = errors.New("claim on job lost")

// tally is the job's counts with this batch.
func (b *JobBatch) tally() (map[string]int, error) {
	counts := map[string]int{}
	if err := b.Job.Counts.Decode(&counts); err != nil {
		return nil, fmt.Errorf("read counts of job %s: %w", b.Job.ID, err)
	}
	for word, n := range b.counts {
		counts[word] += n
	}
	return counts, nil
}

// finish ends the job with this batch; those who went away meanwhile are no part of the whole.
func (b *JobBatch) finish() {
	total := b.Job.Done + b.Done
	b.Finished, b.Job.Total = true, &total
}

// audit writes down how the job ended, in the name of who started it.
func (b *JobBatch) audit(tx *store.Tx, action string) error {
	counts, err := b.tally()
	if err != nil {
		return err
	}
	detail, err := store.ToJSON(map[string]any{"job": b.Job.ID, "counts": counts, "errors": b.Job.Errors + len(b.errors)})
	if err != nil {
		return err
	}
	return tx.AddAudit(&store.Audit{At: b.Now, Person: b.Job.Person, Action: action, Subject: b.Job.Subject, Detail: detail})
}

// close puts what the batch did into its job, as it stands afterwards.
func (b *JobBatch) close() error {
	j := b.Job
	counts, err := b.tally()
	if err != nil {
		return err
	}
	encoded, err := store.ToJSON(counts)
	if err != nil {
		return err
	}
	j.Counts, j.Done, j.Error = encoded, j.Done+b.Done, ""
	if b.Finished {
		now := b.Now
		j.Status, j.EndedAt = store.JobDone, &now
	}
	return nil
}
