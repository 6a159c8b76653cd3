package alarms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fermata/events"
	"fermata/store"
)

const (
	// roundName is the round that looks for trouble.
	roundName = "alarms"
	// defaultEvery is how often it is made.
	defaultEvery = time.Minute
	// roundLease is how long a round may take.
	roundLease = 2 * time.Minute
	// pollsPerRound is how often a process asks whether the round is due.
	pollsPerRound = 4
	// lastNotice is the place of the all-clear in the order of notices, behind every reminder.
	lastNotice = 1_000_000
)

// errRoundLost: another process has the round; nothing of this one counts.
var errRoundLost = errors.New("the round was claimed by another process")

// Evaluator makes the rounds. Any number may run in parallel: one of them makes each round.
type Evaluator struct {
	Store       *store.Store
	Definitions *events.Definitions
	Now         func() time.Time // default: time.Now
	Log         *slog.Logger     // default: slog.Default
	Every       time.Duration    // between two rounds; default 1m
	// BaseURL is where the page is reached, for links in notices.
	BaseURL string
	// Queued, when set, is called after a round has left notices.
	Queued func()

	drifts drifts
}

// Run makes rounds until ctx ends.
func (e *Evaluator) Run(ctx context.Context) error {
	tick := time.NewTicker(max(e.every()/pollsPerRound, 10*time.Millisecond))
	defer tick.Stop()
	for {
		if _, err := e.Tick(ctx); err != nil && ctx.Err() == nil {
			e.log().ErrorContext(ctx, "look for trouble", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (e *Evaluator) every() time.Duration {
	if e.Every <= 0 {
		return defaultEvery
	}
	return e.Every
}

func (e *Evaluator) log() *slog.Logger {
	if e.Log == nil {
		return slog.Default()
	}
	return e.Log
}

func (e *Evaluator) now() time.Time {
	if e.Now == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return e.Now().UTC().Truncate(time.Microsecond)
}

// Tick makes a round when one is due and nobody else makes it, and reports whether it did.
func (e *Evaluator) Tick(ctx context.Context) (bool, error) {
	now := e.now()
	var token string
	err := e.Store.Write(ctx, func(tx *store.Tx) (err error) {
		token, err = tx.ClaimRound(roundName, now, roundLease)
		return err
	})
	if err != nil || token == "" {
		return false, err
	}
	err = e.round(ctx, now, token)
	if errors.Is(err, errRoundLost) {
		return false, nil
	}
	if err == nil {
		return true, nil
	}
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return false, errors.Join(err, e.Store.Write(whole, func(tx *store.Tx) error {
		_, err := tx.EndRound(roundName, token, now.Add(e.every()))
		return err
	}))
}

// round looks at everything, then writes what follows from it in one transaction with the end of the
// claim.
func (e *Evaluator) round(ctx context.Context, now time.Time, token string) error {
	var l *look
	var sums []sum
	err := e.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if l, err = e.look(tx, now); err != nil {
			return err
		}
		if err := l.all(); err != nil {
			return err
		}
		sums, err = l.sums()
		return err
	})
	if err != nil {
		return err
	}
	queued := 0
	err = e.Store.Write(ctx, func(tx *store.Tx) error {
		held, err := tx.EndRound(roundName, token, now.Add(e.every()))
		if err == nil && !held {
			return errRoundLost
		}
		if err != nil {
			return fmt.Errorf("end round: %w", err)
		}
		w := &writer{look: l, tx: tx, base: e.BaseURL}
		l.tx = tx
		if w.channels, err = tx.EnabledAlarmChannels(); err != nil {
			return fmt.Errorf("read channels: %w", err)
		}
		if err := w.alarms(); err != nil {
			return err
		}
		err = w.summaries(sums)
		queued = w.queued
		return err
	})
	if err == nil && queued > 0 && e.Queued != nil {
		e.Queued()
	}
	return err
}

func (e *Evaluator) look(tx *store.Tx, now time.Time) (*look, error) {
	l := &look{tx: tx, now: now, definitions: e.Definitions, open: map[subject]*store.Alarm{}, drifts: &e.drifts}
	account, err := events.Account(tx)
	if err != nil {
		return nil, err
	}
	l.zone = events.Zone("", nil, account)
	if l.book, err = readBook(tx); err != nil {
		return nil, err
	}
	if l.workflows, err = tx.OpenWorkflows(); err != nil {
		return nil, fmt.Errorf("read workflows: %w", err)
	}
	open, err := tx.OpenAlarms()
	if err != nil {
		return nil, fmt.Errorf("read alarms: %w", err)
	}
	for i := range open {
		l.open[subject{open[i].Kind, open[i].Workflow}] = &open[i]
	}
	return l, nil
}

// writer writes what follows from a round.
type writer struct {
	*look
	tx       *store.Tx
	base     string
	channels []store.AlarmChannel
	queued   int
}

// alarms begins, goes on with and ends alarms.
func (w *writer) alarms() error {
	seen := map[subject]*finding{}
	for i := range w.found {
		f := &w.found[i]
		seen[f.subject()] = f
		if w.open[f.subject()] == nil && f.level == firing {
			if err := w.begin(f); err != nil {
				return err
			}
		}
	}
	for s, a := range w.open {
		var err error
		if f := seen[s]; f != nil && f.level > calm {
			err = w.goOn(a, f)
		} else {
			err = w.calm(a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin opens an alarm and tells of it.
func (w *writer) begin(f *finding) error {
	named, err := w.changes(f)
	if err != nil {
		return err
	}
	a := &store.Alarm{
		Kind: f.kind, Workflow: f.workflow, Summary: f.summary, BeganAt: f.began(w.now), OpenedAt: w.now, SeenAt: w.now,
		RemindAt: w.now.Add(time.Duration(w.book.of(f.workflow).RemindEvery)),
	}
	if len(named) > 0 && !f.afterwards {
		if later := after(f.at, named[0].At); len(later) > 0 {
			a.BeganAt = (&finding{at: later}).began(w.now)
		}
	}
	if a.Measured, err = store.ToJSON(f.measured); err != nil {
		return err
	}
	if a.Changes, err = store.ToJSON(named); err != nil {
		return err
	}
	err = w.tx.CreateAlarm(a)
	if errors.Is(err, store.ErrConflict) {
		return nil // it was opened meanwhile; the next round goes on with it
	}
	if err != nil {
		return fmt.Errorf("open alarm: %w", err)
	}
	return w.tell(a, noticeOpened, 0)
}

// goOn notes that trouble is still there, and reminds of it when nobody has acknowledged it.
func (w *writer) goOn(a *store.Alarm, f *finding) (err error) {
	a.Summary, a.CalmSince = f.summary, nil
	if f.level == firing {
		a.SeenAt = w.now
	}
	if a.Measured, err = store.ToJSON(f.measured); err != nil {
		return err
	}
	remind := f.level == firing && a.AcknowledgedAt == nil && !w.now.Before(a.RemindAt)
	if remind {
		a.Reminders++
		a.RemindAt = w.now.Add(time.Duration(w.book.of(a.Workflow).RemindEvery))
	}
	if err := w.tx.SaveAlarm(a); err != nil {
		return fmt.Errorf("save alarm: %w", err)
	}
	if !remind {
		return nil
	}
	return w.tell(a, noticeReminder, a.Reminders)
}

// calm notes that trouble is gone, and ends the alarm once it has been for long enough.
func (w *writer) calm(a *store.Alarm) error {
	if a.CalmSince == nil {
		a.CalmSince = &w.now
	}
	if over := w.now.Sub(*a.CalmSince) >= time.Duration(w.book.of(a.Workflow).ClearAfter); over {
		a.EndedAt = &w.now
	}
	if err := w.tx.SaveAlarm(a); err != nil {
		return fmt.Errorf("save alarm: %w", err)
	}
	if a.EndedAt == nil {
		return nil
	}
	if err := w.tx.CancelNotices(a.ID, noticeReminder, w.now); err != nil {
		return fmt.Errorf("cancel reminders: %w", err)
	}
	return w.tell(a, noticeEnded, lastNotice)
}
