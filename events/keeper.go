package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"fermata/interpreter/calendar"
	"fermata/store"
)

const (
	// keepRound is the round that deletes what is old enough.
	keepRound = "retention"
	// keepEvery is how often it is made, keepLease how long one batch may take.
	keepEvery = time.Hour
	keepLease = 2 * time.Minute
	// keepPause is the rest between two batches: everybody else comes first.
	keepPause = 50 * time.Millisecond
	// Batches: a transaction has to be short, also where the store has one writer.
	keepEvents      = 200
	keepEnrollments = 50
	keepShort       = 200
	// keepSlack is what a day with a change of clocks, and other zones, may add to a bound in days.
	keepSlack = 36 * time.Hour
)

// errKeptElsewhere: another process has the round.
var errKeptElsewhere = errors.New("the round was claimed by another process")

// Keeper deletes what is older than the installation wants to keep, and what nobody needs any more: a
// round now and then, by one process at a time, in short transactions with a rest between. Each of them
// leaves the store whole, so a round may stop anywhere; the next one goes on.
type Keeper struct {
	Store *store.Store
	Now   func() time.Time // default: time.Now
	Log   *slog.Logger     // default: slog.Default
	Every time.Duration    // between two rounds; default 1h
	Pause time.Duration    // between two batches; default 50ms
	// Events is how long events are kept, Steps how long what happened in an enrollment after its end;
	// a zero value is 400 days.
	Events, Steps calendar.Duration
	// Count, when set, is told of what a batch has deleted, by table.
	Count func(table string, n int64)

	longest longest
}

// Run makes rounds until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	const asks = 12 // how often in a round's time a process asks whether it is due
	tick := time.NewTicker(max(orDefault(k.Every, keepEvery)/asks, 10*time.Millisecond))
	defer tick.Stop()
	for {
		if _, err := k.Round(ctx); err != nil && ctx.Err() == nil {
			k.log().ErrorContext(ctx, "delete what is old", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep is one round in progress.
type sweep struct {
	*Keeper
	token   string
	now     time.Time
	goals   store.Goals
	deleted map[string]int64
	batches int
}

// Round makes a round when one is due and nobody else makes it, and returns what it deleted, by table;
// nil when it made none.
func (k *Keeper) Round(ctx context.Context) (map[string]int64, error) {
	s := &sweep{Keeper: k, now: k.now(), goals: Goals(NewDefinitions(rollDefinitions)), deleted: map[string]int64{}}
	err := k.Store.Write(ctx, func(tx *store.Tx) (err error) {
		s.token, err = tx.ClaimRound(keepRound, s.now, keepLease)
		return err
	})
	if err != nil || s.token == "" {
		return nil, err
	}
	began := time.Now()
	failed := s.all(ctx)
	s.report(ctx, time.Since(began))
	if errors.Is(failed, errKeptElsewhere) {
		return s.deleted, nil
	}
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return s.deleted, errors.Join(failed, k.Store.Write(whole, func(tx *store.Tx) error {
		next := s.now.Add(orDefault(k.Every, keepEvery))
		if ctx.Err() != nil {
			next = s.now // stopped in the middle: whoever comes next goes on
		}
		_, err := tx.EndRound(keepRound, s.token, next)
		return err
	}))
}

func (s *sweep) all(ctx context.Context) error {
	var far calendar.Duration
	if err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		far, err = s.longest.read(tx)
		return err
	}); err != nil {
		return fmt.Errorf("read what looks back: %w", err)
	}
	steps, log := s.before(s.Steps, far), s.before(s.Events, far)
	if err := s.figures(ctx, steps); err != nil {
		return err
	}
	if err := s.walk(ctx, func(tx *store.Tx, from store.Place) (*store.Place, error) {
		swept, next, err := tx.SweepEnrollments(steps, from, keepEnrollments)
		for table, n := range swept {
			s.note(tx, table, n)
		}
		return next, err
	}); err != nil {
		return fmt.Errorf("delete enrollments: %w", err)
	}
	if err := s.walk(ctx, func(tx *store.Tx, from store.Place) (*store.Place, error) {
		n, next, err := tx.SweepEvents(log, s.goals, from, keepEvents)
		s.note(tx, "events", n)
		return next, err
	}); err != nil {
		return fmt.Errorf("delete events: %w", err)
	}
	return s.short(ctx, steps, log)
}

// before is the instant that a time of keeping reaches back to. Never less is kept than what is in
// force looks back to.
func (s *sweep) before(keep, far calendar.Duration) time.Time {
	if keep.IsZero() {
		keep = calendar.Duration{Days: 400}
	}
	own := keep.Before(s.now, time.UTC)
	if far.IsZero() {
		return own
	}
	if needed := far.Before(s.now, time.UTC).Add(-keepSlack); needed.Before(own) {
		return needed
	}
	return own
}

// figures lets roll-ups speak for days whose enrollments may go, one day in a transaction.
func (s *sweep) figures(ctx context.Context, before time.Time) error {
	var days []store.FigureBuild
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		days, err = tx.DaysToPrune(before)
		return err
	})
	if err != nil {
		return fmt.Errorf("list days of figures: %w", err)
	}
	for _, day := range days {
		err := s.batch(ctx, func(tx *store.Tx) error {
			_, err := tx.PruneFigures(day, s.goals, before, s.now)
			return err
		})
		if errors.Is(err, store.ErrConflict) {
			continue // cut anew meanwhile: in the next round
		}
		if err != nil {
			return fmt.Errorf("roll up %s: %w", day.StartsAt, err)
		}
	}
	return nil
}

// short deletes what does not live long.
func (s *sweep) short(ctx context.Context, steps, log time.Time) error {
	for _, row := range []struct {
		kind   string
		before time.Time
	}{
		{store.ShortFailures, steps},
		{store.ShortFirings, log},
		{store.ShortAlarms, log},
		{store.ShortBacktests, s.now.Add(-keepJobs)},
		{store.ShortJobs, s.now.Add(-keepJobs)},
		{store.ShortNotices, s.now.Add(-keepNotices)},
		{store.ShortIdempotency, s.now.Add(-keepIdempotency)},
		{store.ShortSessions, s.now.Add(-keepSessions)},
		{store.ShortWorkers, s.now.Add(-keepWorkers)},
	} {
		err := s.walk(ctx, func(tx *store.Tx, _ store.Place) (*store.Place, error) {
			n, err := tx.Expire(row.kind, row.before, keepShort)
			s.note(tx, row.kind, n)
			if n < keepShort {
				return nil, err
			}
			return &store.Place{}, err
		})
		if err != nil {
			return fmt.Errorf("delete %s: %w", row.kind, err)
		}
	}
	return nil
}

// walk carries out batches from the beginning of a table to the end, resting between them.
func (s *sweep) walk(ctx context.Context, each func(tx *store.Tx, from store.Place) (*store.Place, error)) error {
	next := &store.Place{}
	for next != nil {
		from := *next
		err := s.batch(ctx, func(tx *store.Tx) (err error) {
			next, err = each(tx, from)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// batch is one transaction of the round: it stands as long as the claim does.
func (s *sweep) batch(ctx context.Context, do func(tx *store.Tx) error) error {
	if s.batches > 0 {
		rest := time.NewTimer(orDefault(s.Pause, keepPause))
		defer rest.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-rest.C:
		}
	}
	s.batches++
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		held, err := tx.ExtendRound(keepRound, s.token, keepLease)
		if err == nil && !held {
			err = errKeptElsewhere
		}
		if err != nil {
			return err
		}
		return do(tx)
	})
}

// note counts rows once their deletion is durable.
func (s *sweep) note(tx *store.Tx, table string, n int64) {
	if n == 0 {
		return
	}
	tx.AfterCommit(func() {
		s.deleted[table] += n
		if s.Count != nil {
			s.Count(table, n)
		}
	})
}

func (s *sweep) report(ctx context.Context, took time.Duration) {
	parts := []any{slog.Duration("took", took.Round(time.Millisecond)), slog.Int("batches", s.batches)}
	for _, table := range slices.Sorted(maps.Keys(s.deleted)) {
		parts = append(parts, slog.Int64(table, s.deleted[table]))
	}
	if len(s.deleted) == 0 {
		s.log().DebugContext(ctx, "nothing is old enough to be deleted", parts...)
		return
	}
	s.log().InfoContext(ctx, "deleted what is old", parts...)
}

func (k *Keeper) log() *slog.Logger {
	if k.Log == nil {
		return slog.Default()
	}
	return k.Log
}

func (k *Keeper) now() time.Time {
	if k.Now == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return k.Now().UTC().Truncate(time.Microsecond)
}
