package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"fermata/store"
)

const (
	// jobTries is how often a batch may fail for a reason of its own before the job ends.
	jobTries = 5
	// jobBurst is how much time without work a rate lets a job make up for.
	jobBurst = time.Second
	// jobPiece is how much of its rate a job carries out in one transaction at most.
	jobPiece = 500 * time.Millisecond
	// jobBatch is the most pieces in one transaction, whatever the rate.
	jobBatch = 25
)

// Jobs carries out long work batch by batch, each in one transaction with the cursor that says how
// far the job is: a process that dies neither repeats nor loses a piece. Any number may run in
// parallel; they share the jobs by lease and token. It needs the store alone.
type Jobs struct {
	Store *store.Store
	Kinds []JobKind
	Now   func() time.Time // default: time.Now
	Log   *slog.Logger     // default: slog.Default
	Lease time.Duration    // how long a claim on a job lasts; default 30s
	Poll  time.Duration    // how often it looks without a nudge; default 1s
	// Wrote, when set, is called after each batch: it may have left events or starts.
	Wrote func()
	// Backoff says how long a job rests after its n-th failure (from 1); default doubles from 1s to 1m.
	Backoff func(n int) time.Duration

	once  sync.Once
	pump  *pump[jobClaim]
	names []string
	kinds map[string]JobKind
}

type jobClaim struct{ id, token string }

func (r *Jobs) setup() {
	r.once.Do(func() {
		if r.Now == nil {
			r.Now = time.Now
		}
		if r.Log == nil {
			r.Log = slog.Default()
		}
		if r.Backoff == nil {
			r.Backoff = func(n int) time.Duration { return backoff(n-1, time.Second, time.Minute) }
		}
		r.Lease = orDefault(r.Lease, defaultLease)
		r.kinds = map[string]JobKind{}
		for _, kind := range r.Kinds {
			r.names = append(r.names, kind.Name())
			r.kinds[kind.Name()] = kind
		}
		r.pump = &pump[jobClaim]{
			name: "jobs", workers: 2, poll: orDefault(r.Poll, defaultPoll),
			nudges: make(chan struct{}, 1), log: r.Log, claim: r.claim, work: r.step,
		}
	})
}

// Run works until ctx ends; it finishes the batches in hand.
func (r *Jobs) Run(ctx context.Context) error {
	r.setup()
	r.pump.run(ctx)
	return nil
}

// Nudge makes a waiting runner look at once.
func (r *Jobs) Nudge() {
	r.setup()
	nudge(r.pump.nudges)
}

// Drain carries out every batch that is allowed now.
func (r *Jobs) Drain(ctx context.Context) error {
	r.setup()
	return r.pump.drain(ctx)
}

func (r *Jobs) claim(ctx context.Context, n int) (claims []jobClaim, err error) {
	token := store.NewID("claim")
	err = r.Store.Write(ctx, func(tx *store.Tx) error {
		ids, err := tx.ClaimJobs(r.names, n, token, r.Lease)
		claims = make([]jobClaim, len(ids))
		for i, id := range ids {
			claims[i] = jobClaim{id: id, token: token}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	return claims, nil
}

// step carries out one batch and gives the job back, ready again when its rate allows.
func (r *Jobs) step(ctx context.Context, claim jobClaim) {
	whole := context.WithoutCancel(ctx)
	rest, err := r.batch(whole, claim)
	switch {
	case err == nil:
		r.again(rest)
		if r.Wrote != nil {
			r.Wrote()
		}
	case errors.Is(err, errJobLost):
		r.Log.InfoContext(whole, "job canceled or claimed by another runner", slog.String("job", claim.id))
	default:
		r.fail(whole, claim, err)
	}
}

// again looks at the queue once a job may go on; the poll is for other processes.
func (r *Jobs) again(rest time.Duration) {
	if rest <= 0 {
		r.Nudge()
		return
	}
	if rest < r.pump.poll {
		time.AfterFunc(rest, r.Nudge)
	}
}

// batch carries out one batch and returns how long the job rests before the next.
func (r *Jobs) batch(ctx context.Context, claim jobClaim) (rest time.Duration, err error) {
	looked, err := r.look(ctx, claim)
	if err != nil {
		return 0, err
	}
	err = r.Store.Write(ctx, func(tx *store.Tx) error {
		j, err := tx.Job(claim.id)
		if errors.Is(err, store.ErrNotFound) || err == nil && (j.Token != claim.token || !j.Open()) {
			return errJobLost
		}
		if err != nil {
			return fmt.Errorf("read job: %w", err)
		}
		rate, err := ParseJobRate(j.Rate)
		if err != nil {
			return err
		}
		if looked != nil && looked.cursor != j.Cursor {
			return errJobLost
		}
		interval := rate.Interval()
		b := &JobBatch{Job: j, Now: r.now(), Max: min(jobBatch, max(1, int(jobPiece/interval))), counts: map[string]int{}}
		if looked != nil {
			b.Looked = looked.found
		}
		if j.Tries > 0 {
			b.Max = 1 // the pieces before a bad one get through
		}
		before := j.Errors
		if err := r.guarded(tx, b); err != nil {
			return err
		}
		j.Errors += len(b.errors)
		if err := tx.AddJobErrors(j.ID, before, b.errors); err != nil {
			return fmt.Errorf("write errors of job: %w", err)
		}
		if err := b.close(); err != nil {
			return err
		}
		now := tx.Now()
		earliest := now.Add(-jobBurst)
		if j.NotBefore.Before(earliest) {
			j.NotBefore = earliest
		}
		j.NotBefore = j.NotBefore.Add(time.Duration(b.Spent) * interval)
		if earliest := now.Add(b.Rest); b.Rest > 0 && j.NotBefore.Before(earliest) {
			j.NotBefore = earliest
		}
		rest = j.NotBefore.Sub(now)
		return advance(tx, j)
	})
	return rest, err
}

// sight is what a JobLooker found for the batch behind a cursor.
type sight struct {
	cursor string
	found  any
}

// look lets a kind look before its batch; nil when it does not.
func (r *Jobs) look(ctx context.Context, claim jobClaim) (out *sight, err error) {
	err = r.Store.Read(ctx, func(tx *store.Tx) (err error) {
		j, err := tx.Job(claim.id)
		if errors.Is(err, store.ErrNotFound) || err == nil && (j.Token != claim.token || !j.Open()) {
			return nil // the batch finds out and says so
		}
		if err != nil {
			return fmt.Errorf("read job: %w", err)
		}
		kind, looks := r.kinds[j.Kind].(JobLooker)
		if !looks {
			return nil
		}
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			}
		}()
		found, err := kind.Look(tx, j)
		out = &sight{cursor: j.Cursor, found: found}
		return err
	})
	return out, err
}

// advance is the last statement of a batch: from here on a cancel waits for the commit, and before
// it a cancel takes the batch back.
func advance(tx *store.Tx, j *store.Job) error {
	held, err := tx.AdvanceJob(j)
	if err == nil && !held {
		return errJobLost
	}
	if err != nil {
		return fmt.Errorf("record batch: %w", err)
	}
	return nil
}

// guarded runs the kind; a panic in it is an error of this job and no end of the runner.
func (r *Jobs) guarded(tx *store.Tx, b *JobBatch) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return r.kinds[b.Job.Kind].Batch(tx, b)
}

func (r *Jobs) now() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

// fail lets a job rest after an error. Only an error of the job itself counts as a try; after
// jobTries in a row the job ends as failed, and shows the error.
func (r *Jobs) fail(ctx context.Context, claim jobClaim, cause error) {
	rest, rests := errors.AsType[*RestError](cause)
	if rests {
		r.Log.WarnContext(ctx, "job rests", slog.String("job", claim.id), slog.String("reason", rest.Reason))
	} else {
		r.Log.ErrorContext(ctx, "carry out job", slog.String("job", claim.id), slog.Any("error", cause))
	}
	err := r.Store.Write(ctx, func(tx *store.Tx) error {
		j, err := tx.Job(claim.id)
		if err != nil || j.Token != claim.token {
			return err
		}
		stop, stopped := errors.AsType[*StopError](cause)
		own := !store.IsTransient(cause)
		switch {
		case stopped:
			_, err = tx.EndJob(j.ID, store.JobCanceled, stop.Reason, r.now())
		case rests:
			_, err = tx.RetryJob(j.ID, j.Token, rest.Reason, false, tx.Now().Add(rest.For))
		case own && j.Tries+1 >= jobTries:
			_, err = tx.EndJob(j.ID, store.JobFailed, brief(cause), r.now())
		default:
			_, err = tx.RetryJob(j.ID, j.Token, brief(cause), own, tx.Now().Add(r.Backoff(j.Tries+1)))
		}
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		r.Log.ErrorContext(ctx, "record failed job", slog.String("job", claim.id), slog.Any("error", err))
	}
}

// brief is the first line of an error, without the stack of a panic.
func brief(err error) string {
	const most = 500
	message := err.Error()
	for i, r := range message {
		if r == '\n' || i >= most {
			return message[:i]
		}
	}
	return message
}

// JobKinds are the kinds of work that this build carries out.
func JobKinds(definitions *Definitions) []JobKind {
	return []JobKind{
		&enrollJob{definitions: definitions}, &backtestJob{definitions: definitions}, &scheduleJob{definitions: definitions},
		dateJob{},
		importJob{},
		leaveJob{},
		&migrateJob{definitions: definitions},
		&operateJob{operator: &Operator{Definitions: definitions}},
		releaseQueuesJob{},
	}
}
