package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// tally is a kind of job that writes one event into one contact's log for each piece.
type tally struct {
	contact string
	pieces  int
	// piece, when set, is asked before each; its error is that of the batch.
	piece func(tx *store.Tx, j *store.Job, n int) error
}

func (*tally) Name() string { return "tally" }

func (k *tally) Batch(tx *store.Tx, b *JobBatch) error {
	from, _ := strconv.Atoi(b.Job.Cursor)
	c, err := tx.LockContact(k.contact)
	if err != nil {
		return err
	}
	to := min(k.pieces, from+b.Max)
	for n := from; n < to; n++ {
		if k.piece != nil {
			if err := k.piece(tx, b.Job, n); err != nil {
				return err
			}
		}
		if n%10 == 7 {
			b.Fail(store.JobError{Line: n, Field: "seven", Message: "does not like sevens"})
			continue
		}
		if _, err := Append(tx, Draft{Contact: c, Type: "piece.done", Data: object{"job": b.Job.ID, "n": n}, Now: b.Now}); err != nil {
			return err
		}
		b.Count("written", 1)
	}
	b.Job.Cursor, b.Finished = strconv.Itoa(to), to == k.pieces
	b.Done, b.Spent = to-from, to-from
	return nil
}

type jobBench struct {
	*bench
	kind *tally
}

func jobSetup(t *testing.T, s *store.Store, pieces int) *jobBench {
	t.Helper()
	b := setup(t, s)
	b.accept(event("type", "person.met"))
	return &jobBench{bench: b, kind: &tally{contact: b.contact("ada@example.com").ID, pieces: pieces}}
}

func (b *jobBench) runner() *Jobs {
	r := &Jobs{
		Store: b.s, Kinds: []JobKind{b.kind}, Now: b.clock.now, Log: slog.New(slog.DiscardHandler),
		Backoff: func(int) time.Duration { return 0 },
	}
	r.setup()
	return r
}

func (b *jobBench) start(rate string) string {
	b.Helper()
	var j *store.Job
	b.write(func(tx *store.Tx) (err error) {
		total := b.kind.pieces
		j, err = StartJob(tx, NewJob{Kind: "tally", Subject: "test", Rate: rate, Person: "ada", Total: &total, Now: b.clock.now()})
		return err
	})
	return j.ID
}

func (b *jobBench) job(id string) *store.Job {
	b.Helper()
	var j *store.Job
	b.read(func(tx *store.Tx) (err error) {
		j, err = tx.Job(id)
		return err
	})
	return j
}

func (b *jobBench) cancel(id string) error {
	return b.s.Write(context.Background(), func(tx *store.Tx) error {
		_, err := CancelJob(tx, id, b.clock.now())
		return err
	})
}

// written counts the events of a job and fails when one is there twice.
func (b *jobBench) written(id string) int {
	b.Helper()
	seen := map[any]bool{}
	for _, e := range b.log("ada@example.com") {
		if e.Type != "piece.done" {
			continue
		}
		data, err := decodeObject(e.Data)
		require.NoError(b, err)
		if data["job"] == id {
			require.False(b, seen[data["n"]], "piece %v is there twice", data["n"])
			seen[data["n"]] = true
		}
	}
	return len(seen)
}

const fast = "10000/1s"

func TestAJobGoesOnBatchByBatchToItsEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := jobSetup(t, s, 60)
		id := b.start(fast)
		require.Equal(t, store.JobQueued, b.job(id).Status)
		require.NoError(t, b.runner().Drain(t.Context()))
		j := b.job(id)
		require.Equal(t, store.JobDone, j.Status)
		require.Equal(t, []int{60, 60, 6}, []int{*j.Total, j.Done, j.Errors})
		require.JSONEq(t, `{"written": 54}`, string(j.Counts))
		require.NotNil(t, j.StartedAt)
		require.NotNil(t, j.EndedAt)
		require.Equal(t, 54, b.written(id))
		b.read(func(tx *store.Tx) error {
			list, next, err := tx.JobErrors(id, store.Page{Limit: 4})
			require.NoError(t, err)
			require.Equal(t, store.JobError{JobID: id, N: 1, Line: 7, Field: "seven", Message: "does not like sevens"}, list[0])
			rest, end, err := tx.JobErrors(id, store.Page{Limit: 4, Cursor: next})
			require.NoError(t, err)
			require.Equal(t, []int{4, 2, 57}, []int{len(list), len(rest), rest[1].Line})
			require.Empty(t, end)
			return nil
		})
	})
}

func TestTwoRunnersShareJobsAndRepeatNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := jobSetup(t, s, 130)
		ids := []string{b.start(fast), b.start(fast), b.start(fast)}
		var runners sync.WaitGroup
		for range 2 {
			runners.Go(func() {
				r := b.runner()
				for !b.ended(ids) {
					if err := r.Drain(context.Background()); err != nil && !store.IsTransient(err) {
						panic(err)
					}
				}
			})
		}
		runners.Wait()
		for _, id := range ids {
			require.Equal(t, store.JobDone, b.job(id).Status)
			require.Equal(t, 117, b.written(id))
		}
	})
}

// ended reports whether all jobs have, without failing the test from another goroutine.
func (b *jobBench) ended(ids []string) bool {
	all := true
	err := b.s.Read(context.Background(), func(tx *store.Tx) error {
		for _, id := range ids {
			j, err := tx.Job(id)
			if err != nil {
				return err
			}
			all = all && !j.Open()
		}
		return nil
	})
	return err == nil && all
}

func TestARunnerThatDiesLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := jobSetup(t, s, 60)
		id := b.start(fast)
		dead := b.runner()
		dead.Lease = time.Nanosecond
		claims, err := dead.claim(t.Context(), 1)
		require.NoError(t, err)
		require.Len(t, claims, 1)

		living := b.runner()
		first, err := living.claim(t.Context(), 1)
		require.NoError(t, err)
		living.step(t.Context(), first[0])
		require.Equal(t, 25, b.job(id).Done)

		dead.step(t.Context(), claims[0]) // was only slow, and comes back
		require.Equal(t, 25, b.job(id).Done)
		require.NoError(t, living.Drain(t.Context()))
		require.Equal(t, 54, b.written(id))
	})
}

func TestACanceledJobDoesNothingMore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := jobSetup(t, s, 60)
		id := b.start("2/1h")
		require.NoError(t, b.runner().Drain(t.Context()))
		require.Equal(t, 1, b.job(id).Done)
		require.NoError(t, b.cancel(id))
		require.NoError(t, b.cancel(id), "twice is once")
		require.NoError(t, b.runner().Drain(t.Context()))
		j := b.job(id)
		require.Equal(t, store.JobCanceled, j.Status)
		require.Equal(t, 1, j.Done)
		require.NotNil(t, j.EndedAt)

		done := b.start(fast)
		require.NoError(t, b.runner().Drain(t.Context()))
		var refused *RefusedError
		require.ErrorAs(t, b.cancel(done), &refused)
		require.ErrorIs(t, b.cancel("job_none"), store.ErrNotFound)
	})
}

// SQLite has one writer, which the batch holds: there a cancel waits for the batch.
func TestACancelDuringABatchTakesTheBatchBack(t *testing.T) {
	t.Parallel()
	b := jobSetup(t, storetest.OpenPostgres(t), 60)
	b.kind.piece = func(_ *store.Tx, j *store.Job, n int) error {
		if n == 30 {
			return b.cancel(j.ID)
		}
		return nil
	}
	id := b.start(fast)
	require.NoError(t, b.runner().Drain(t.Context()))
	j := b.job(id)
	require.Equal(t, store.JobCanceled, j.Status)
	require.Equal(t, 25, j.Done)
	require.Equal(t, 23, b.written(id))
}

func TestABadPieceEndsItsJobAfterAFewTriesAndSaysWhy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := jobSetup(t, s, 60)
		busy := 3
		b.kind.piece = func(_ *store.Tx, _ *store.Job, n int) error {
			switch {
			case n == 12 && busy > 0: // an outage is not the job's fault
				busy--
				return fmt.Errorf("write piece: %w", store.ErrBusy)
			case n == 34:
				panic("piece 34 is bad")
			}
			return nil
		}
		id := b.start(fast)
		require.NoError(t, b.runner().Drain(t.Context()))
		j := b.job(id)
		require.Equal(t, store.JobFailed, j.Status)
		require.Equal(t, "panic: piece 34 is bad", j.Error)
		require.Equal(t, 34, j.Done, "what is before the bad piece got through")
		require.Equal(t, jobTries-1, j.Tries)

		b.kind.piece = func(*store.Tx, *store.Job, int) error { return &StopError{Reason: "the workflow is stopped"} }
		id = b.start(fast)
		require.NoError(t, b.runner().Drain(t.Context()))
		require.Equal(t, []string{store.JobCanceled, "the workflow is stopped"}, []string{b.job(id).Status, b.job(id).Error})
	})
}

// A job that cannot go on for a reason of others rests, as often as need be, says why, and repeats nothing.
func TestAJobThatRestsSaysWhyAndGoesOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := jobSetup(t, s, 5)
		id, rests := b.start("10000/1s"), 0
		b.kind.piece = func(_ *store.Tx, _ *store.Job, n int) error {
			if n < 3 {
				return nil
			}
			if rests++; rests > jobTries+2 {
				return nil
			}
			return &RestError{Reason: "somebody is in the way"}
		}
		r := b.runner()
		claims, err := r.claim(t.Context(), 1)
		require.NoError(t, err)
		r.step(t.Context(), claims[0])
		j := b.job(id)
		require.Equal(t, []any{store.JobRunning, "somebody is in the way", 0, 0}, []any{j.Status, j.Error, j.Tries, j.Done})
		require.Zero(t, b.written(id), "the batch is taken back")
		require.NoError(t, r.Drain(t.Context()))
		j = b.job(id)
		require.Equal(t, []any{store.JobDone, "", 5}, []any{j.Status, j.Error, j.Done})
		require.Equal(t, 5, b.written(id))
	})
}

func TestTheRateBoundsAJob(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rate    string
		batch   int
		resting time.Duration
	}{
		{"100/1m", 1, 600 * time.Millisecond},
		{"20/1s", 10, 500 * time.Millisecond},
		{"", 25, 500 * time.Millisecond},
		{"1/1h", 1, time.Hour},
		{"10000/1s", 25, 2500 * time.Microsecond},
	} {
		t.Run(test.rate, func(t *testing.T) {
			t.Parallel()
			b := jobSetup(t, storetest.Open(t), 60)
			id := b.start(test.rate)
			before := b.job(id)
			r := b.runner()
			claims, err := r.claim(t.Context(), 1)
			require.NoError(t, err)
			r.step(t.Context(), claims[0])
			after := b.job(id)
			require.Equal(t, test.batch, after.Done)
			moved := after.NotBefore.Sub(before.NotBefore)
			require.GreaterOrEqual(t, moved, test.resting)
			require.Less(t, moved, test.resting+30*time.Second, "no more than what the machine was slow by")
		})
	}
	for _, wrong := range []string{"fast", "0/1s", "10", "10001/1s", "1/0s"} {
		_, err := ParseJobRate(wrong)
		require.Error(t, err, wrong)
	}
}

func TestErrorsOfAJobAreCountedAndSomeAreKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := jobSetup(t, s, 1)
		id := b.start(fast)
		b.write(func(tx *store.Tx) error {
			list := make([]store.JobError, 600)
			return errors.Join(tx.AddJobErrors(id, 0, list), tx.AddJobErrors(id, 600, list), tx.AddJobErrors(id, 1200, list))
		})
		kept := 0
		b.read(func(tx *store.Tx) error {
			for cursor := ""; ; {
				list, next, err := tx.JobErrors(id, store.Page{Limit: 500, Cursor: cursor})
				if kept += len(list); err != nil || next == "" {
					return err
				}
				cursor = next
			}
		})
		require.Equal(t, store.MaxJobErrors, kept)
	})
}
