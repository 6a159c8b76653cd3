package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fermata/figures"
	"fermata/store"
)

const (
	// rollEvery is how often the roll-ups are looked at.
	rollEvery = 15 * time.Minute
	// rollAgain is how old the roll-up of a day may be that can still change.
	rollAgain = 20 * time.Hour
	// rollDefinitions is how much of compiled definitions is kept while roll-ups are built.
	rollDefinitions = 64
)

// Roller keeps the daily roll-ups of the figures: it builds every day of the account's zone that has
// ended, and builds it again until nothing in it can change. Each day is one transaction that makes
// the same rows of the same rows, so it may be stopped, repeated and run beside others. What speaks for
// rows that are gone is left alone. It also builds the parts that figures are read from while the rows
// are there (see store.BuildPart).
type Roller struct {
	Store *store.Store
	Now   func() time.Time // default: time.Now
	Log   *slog.Logger     // default: slog.Default
	Every time.Duration    // default 15m
}

// Run builds until ctx ends.
func (r *Roller) Run(ctx context.Context) error {
	tick := time.NewTicker(orDefault(r.Every, rollEvery))
	defer tick.Stop()
	for {
		if _, err := r.Round(ctx); err != nil && ctx.Err() == nil {
			r.log().ErrorContext(ctx, "roll up figures", slog.Any("error", err))
		}
		if _, err := r.Parts(ctx); err != nil && ctx.Err() == nil {
			r.log().ErrorContext(ctx, "build parts of figures", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Round builds the days that need it and returns how many.
func (r *Roller) Round(ctx context.Context) (int, error) {
	return r.build(ctx, func(is *store.FigureBuild, now time.Time) bool {
		return !is.Sealed && now.Sub(is.BuiltAt) >= rollAgain
	})
}

// Rebuild builds every day anew whose rows are there, and returns how many.
func (r *Roller) Rebuild(ctx context.Context) (int, error) {
	return r.build(ctx, func(*store.FigureBuild, time.Time) bool { return true })
}

func (r *Roller) build(ctx context.Context, again func(*store.FigureBuild, time.Time) bool) (built int, err error) {
	now := r.now()
	var days []store.FigureBuild
	err = r.Store.Read(ctx, func(tx *store.Tx) (err error) {
		days, err = r.days(tx, now, again)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read roll-ups: %w", err)
	}
	goals := Goals(NewDefinitions(rollDefinitions))
	for _, day := range days {
		if ctx.Err() != nil {
			return built, ctx.Err()
		}
		err := r.Store.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.RollUp(day, goals, now)
			return err
		})
		if errors.Is(err, store.ErrConflict) {
			continue // somebody else builds it, or its rows are gone by now
		}
		if err != nil {
			return built, fmt.Errorf("roll up %s: %w", day.StartsAt, err)
		}
		built++
	}
	return built, nil
}

// Parts builds the parts of days that have ended, one day of one workflow in a transaction, and returns
// how many it looked at.
func (r *Roller) Parts(ctx context.Context) (built int, err error) {
	now := r.now()
	var due []store.PartDay
	err = r.Store.Snapshot(ctx, func(tx *store.Tx) error {
		first, zone, err := r.first(tx)
		if err != nil || first == nil {
			return err
		}
		start := figures.Midnight(*first, 0, zone)
		due, err = tx.PartsDue(append([]time.Time{start}, figures.Midnights(start, now, zone)...), now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read parts: %w", err)
	}
	for _, day := range due {
		if ctx.Err() != nil {
			return built, ctx.Err()
		}
		err := r.Store.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.BuildPart(day, now)
			return err
		})
		if err != nil {
			return built, fmt.Errorf("build part of %s at %s: %w", day.Workflow, day.StartsAt, err)
		}
		built++
	}
	return built, nil
}

// first is when the first enrollment started, nil for none, and the zone that days are cut in.
func (r *Roller) first(tx *store.Tx) (*time.Time, *time.Location, error) {
	first, err := tx.FirstEnrolled()
	if err != nil || first == nil {
		return nil, nil, err
	}
	account, err := tx.Account()
	if errors.Is(err, store.ErrNotFound) {
		account, err = nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return first, Zone("", nil, account), nil
}

// days lists the days that have ended and are to be built, from the first enrollment on. A day that
// speaks for rows that are gone stays cut as it is, also when the account's zone has changed; others
// end where it begins.
func (r *Roller) days(tx *store.Tx, now time.Time, again func(*store.FigureBuild, time.Time) bool) ([]store.FigureBuild, error) {
	first, zone, err := r.first(tx)
	if err != nil || first == nil {
		return nil, err
	}
	builds, err := tx.FigureBuilds()
	if err != nil {
		return nil, err
	}
	start, known := figures.Midnight(*first, 0, zone), map[time.Time]*store.FigureBuild{}
	for i := range builds {
		known[builds[i].StartsAt.UTC()] = &builds[i]
	}
	var days []store.FigureBuild
	for {
		end := figures.Midnight(start, 1, zone)
		if other := prunedWithin(builds, start, end); other != nil {
			if !other.StartsAt.After(start) {
				if again(other, now) {
					days = append(days, store.FigureBuild{StartsAt: other.StartsAt.UTC(), EndsAt: other.EndsAt.UTC(), Zone: other.Zone})
				}
				start = other.EndsAt.UTC()
				continue
			}
			end = other.StartsAt.UTC()
		}
		if end.After(now) {
			return days, nil
		}
		is := known[start]
		if is == nil || is.Zone != zone.String() || !is.EndsAt.Equal(end) || again(is, now) {
			days = append(days, store.FigureBuild{StartsAt: start, EndsAt: end, Zone: zone.String()})
		}
		start = end
	}
}

// prunedWithin returns the first day that overlaps a stretch and cannot be cut anew; nil for none.
func prunedWithin(builds []store.FigureBuild, start, end time.Time) *store.FigureBuild {
	for i := range builds {
		if b := &builds[i]; b.Pruned && b.EndsAt.After(start) && b.StartsAt.Before(end) {
			return b
		}
	}
	return nil
}

func (r *Roller) log() *slog.Logger {
	if r.Log == nil {
		return slog.Default()
	}
	return r.Log
}

func (r *Roller) now() time.Time {
	if r.Now == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return r.Now().UTC().Truncate(time.Microsecond)
}
