package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fermata/interpreter/calendar"
	"fermata/store"
)

// Scheduler fires schedule triggers. Any number may run in parallel: each instant of a trigger is
// one row, and who inserts it queues the job that does the rest. Instants that nobody was there to
// fire are left out but for the newest, and counted. It needs the store alone.
type Scheduler struct {
	Store *store.Store
	Now   func() time.Time // default: time.Now
	Log   *slog.Logger     // default: slog.Default
	Poll  time.Duration    // how often it looks at the clock; default 1s
	// Queued, when set, is called after a firing has queued its job.
	Queued func()
}

// Run fires until ctx ends.
func (s *Scheduler) Run(ctx context.Context) error {
	tick := time.NewTicker(orDefault(s.Poll, defaultPoll))
	defer tick.Stop()
	for {
		if _, err := s.Tick(ctx); err != nil && ctx.Err() == nil {
			s.log().ErrorContext(ctx, "fire schedules", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *Scheduler) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

func (s *Scheduler) now() time.Time {
	if s.Now == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return s.Now().UTC().Truncate(time.Microsecond)
}

// Tick fires everything that is due now and returns how many triggers went off. A schedule that
// cannot be fired holds back no other one.
func (s *Scheduler) Tick(ctx context.Context) (fired int, err error) {
	now := s.now()
	var due []store.Schedule
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Schedules()
		if err != nil || len(list) == 0 {
			return err
		}
		account, err := Account(tx)
		if err != nil {
			return err
		}
		for i := range list {
			newest, err := newestPlanned(&list[i], account, now)
			if err != nil {
				s.log().ErrorContext(ctx, "read schedule", slog.String("workflow", list[i].Workflow), slog.Any("error", err))
			} else if newest.count > 0 {
				due = append(due, list[i])
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read schedules: %w", err)
	}
	var failed []error
	for i := range due {
		did, err := s.fire(ctx, &due[i], now)
		if did {
			fired++
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("schedule %s of %s: %w", due[i].TriggerID, due[i].Workflow, err))
		}
	}
	if fired > 0 && s.Queued != nil {
		s.Queued()
	}
	return fired, errors.Join(failed...)
}

// planned is the newest instant that a schedule has to fire, and how many there are up to it.
type planned struct {
	at    time.Time
	count int
}

func newestPlanned(row *store.Schedule, account *store.Account, now time.Time) (planned, error) {
	cron, err := calendar.ParseCron(row.Cron)
	if err != nil {
		return planned{}, fmt.Errorf("schedule %s: %w", row.TriggerID, err)
	}
	at, count, _ := cron.Newest(row.DoneUntil, now, Zone(row.Timezone, nil, account))
	return planned{at: at, count: count}, nil
}

// fire queues the job of the newest instant, unless somebody else has. Whether the workflow takes
// people in, and by which version, is read in the transaction that decides.
func (s *Scheduler) fire(ctx context.Context, row *store.Schedule, now time.Time) (fired bool, err error) {
	var firing store.Firing
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		fired = false
		locked, err := tx.LockSchedule(row.Workflow, row.TriggerID)
		if errors.Is(err, store.ErrNotFound) {
			return nil // another version has been published meanwhile
		}
		if err != nil {
			return err
		}
		account, err := Account(tx)
		if err != nil {
			return err
		}
		newest, err := newestPlanned(locked, account, now)
		if err != nil || newest.count == 0 {
			return err
		}
		if err := tx.MoveSchedule(row.Workflow, row.TriggerID, newest.at); err != nil {
			return err
		}
		w, err := tx.Workflow(row.Workflow)
		if err != nil || !open(w.Status) {
			return err
		}
		firing = store.Firing{
			Workflow: w.Key, TriggerID: row.TriggerID, ScheduledFor: newest.at, Version: w.Version, Missed: newest.count - 1, CreatedAt: now,
		}
		fired, err = s.queue(tx, &firing, w)
		return err
	})
	if err != nil {
		return false, err
	}
	if fired && firing.Missed > 0 {
		s.log().WarnContext(ctx, "schedule was not fired in time; only the newest instant is", slog.String("workflow", firing.Workflow),
			slog.String("trigger", firing.TriggerID), slog.Int("left_out", firing.Missed))
	}
	return fired, nil
}

// queue keeps the firing and queues its job; false when that instant has been fired before.
func (s *Scheduler) queue(tx *store.Tx, f *store.Firing, w *store.Workflow) (bool, error) {
	added, err := tx.AddFiring(f)
	if err != nil || !added {
		return false, err
	}
	total, last, err := tx.ContactsNow()
	if err != nil {
		return false, err
	}
	job, err := StartJob(tx, NewJob{
		Kind: JobSchedule, Subject: w.Key, Person: "schedule", Rate: ScheduleRate, Total: &total, Now: f.CreatedAt,
		Params: scheduleParams{Trigger: f.TriggerID, ScheduledFor: f.ScheduledFor, Missed: f.Missed, Version: w.Version, Hash: w.Hash, Until: last},
	})
	if err != nil {
		return false, err
	}
	f.JobID = job.ID
	return true, tx.SetFiringJob(f)
}
