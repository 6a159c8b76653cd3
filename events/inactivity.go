package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

const (
	// silenceBatch is how many contacts are looked at for a trigger in one round.
	silenceBatch = 200
	// silenceLease is how long a claim on a walk lasts.
	silenceLease = time.Minute
	// A walk that has come to its end rests for a part of the silence that it looks for, within bounds.
	silencePart    = 100
	silenceMinRest = time.Second
	silenceMaxRest = 10 * time.Minute
)

// Watcher fires inactivity triggers. For each one it walks over all contacts again and again, a
// bounded number in a round, and looks who has been silent for long enough. What it finds is checked
// again under the contact's lock and fires once for each silence: until there is a new sign of the
// contact. Opens and clicks of machines are none. Any number may run in parallel; they share the
// walks by lease and token. It needs the store alone.
type Watcher struct {
	Store       *store.Store
	Definitions *Definitions
	Now         func() time.Time // default: time.Now
	Log         *slog.Logger     // default: slog.Default
	Poll        time.Duration    // how often it looks; default 1s
	// Fired, when set, is called after a trigger has fired: the router has work.
	Fired func()
}

// Run fires until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	tick := time.NewTicker(orDefault(w.Poll, defaultPoll))
	defer tick.Stop()
	for {
		if _, err := w.Tick(ctx); err != nil && ctx.Err() == nil {
			w.log().ErrorContext(ctx, "look for silent contacts", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (w *Watcher) log() *slog.Logger {
	if w.Log == nil {
		return slog.Default()
	}
	return w.Log
}

func (w *Watcher) now() time.Time {
	if w.Now == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return w.Now().UTC().Truncate(time.Microsecond)
}

// silenceRule is an inactivity trigger of a workflow that takes people in.
type silenceRule struct {
	workflow, hash, zone string
	trigger              *definition.Trigger
}

// Tick looks at the next contacts of every trigger whose walk is due and returns how many times one
// went off. A trigger that cannot be looked after holds back no other one.
func (w *Watcher) Tick(ctx context.Context) (fired int, err error) {
	var rules []silenceRule
	err = w.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rules, err = w.rules(tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read inactivity triggers: %w", err)
	}
	var failed []error
	for i := range rules {
		n, err := w.walk(ctx, &rules[i])
		fired += n
		if err != nil {
			failed = append(failed, fmt.Errorf("inactivity trigger %s of %s: %w", rules[i].trigger.ID, rules[i].workflow, err))
		}
	}
	if fired > 0 && w.Fired != nil {
		w.Fired()
	}
	return fired, errors.Join(failed...)
}

func (w *Watcher) rules(tx *store.Tx) ([]silenceRule, error) {
	workflows, err := tx.OpenWorkflows()
	if err != nil {
		return nil, err
	}
	var rules []silenceRule
	for i := range workflows {
		def, err := w.Definitions.Load(tx, workflows[i].Hash)
		if err != nil {
			w.log().Error("read definition", slog.String("workflow", workflows[i].Key), slog.Any("error", err))
			continue
		}
		for k := range def.Triggers {
			if t := &def.Triggers[k]; t.Type == definition.TriggerInactivity {
				rules = append(rules, silenceRule{workflow: workflows[i].Key, hash: workflows[i].Hash, zone: def.Settings.Timezone, trigger: t})
			}
		}
	}
	return rules, nil
}

// walk looks at the next contacts of one trigger.
func (w *Watcher) walk(ctx context.Context, rule *silenceRule) (fired int, err error) {
	now := w.now()
	var walk *store.SilenceWalk
	err = w.Store.Write(ctx, func(tx *store.Tx) (err error) {
		walk, err = tx.ClaimSilenceWalk(rule.workflow, rule.trigger.ID, now, silenceLease)
		return err
	})
	if err != nil || walk == nil {
		return 0, err
	}
	var silent []string
	ended := false
	err = w.Store.Read(ctx, func(tx *store.Tx) error {
		page, err := tx.ContactsBetween(walk.Position, "", silenceBatch)
		if err != nil {
			return err
		}
		ended = len(page) < silenceBatch
		for i := range page {
			walk.Position = page[i].ID
			found, err := rule.silence(tx, &page[i], now)
			if err != nil {
				return err
			}
			if found != nil {
				silent = append(silent, page[i].ID)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, id := range silent {
		did, err := w.fire(ctx, rule, id, now)
		if store.IsTransient(err) || ctx.Err() != nil {
			return fired, err // the lease runs out, and these contacts come again
		}
		if err != nil {
			w.log().ErrorContext(ctx, "fire inactivity trigger", slog.String("contact", id), slog.Any("error", err))
		}
		if did {
			fired++
		}
	}
	if ended {
		rest := min(max(rule.trigger.Inactivity.For.Approx()/silencePart, silenceMinRest), silenceMaxRest)
		walk.Position, walk.NextAt = "", now.Add(rest)
	}
	return fired, w.Store.Write(ctx, func(tx *store.Tx) error { return tx.MoveSilenceWalk(walk) })
}

// fire fires the trigger for one contact, unless something has changed.
func (w *Watcher) fire(ctx context.Context, rule *silenceRule, id string, now time.Time) (fired bool, err error) {
	err = w.Store.Write(ctx, func(tx *store.Tx) error {
		fired = false
		c, err := tx.LockContact(id)
		if errors.Is(err, store.ErrNotFound) || err == nil && c.ID != id {
			return nil
		}
		if err != nil {
			return fmt.Errorf("lock contact: %w", err)
		}
		current, err := tx.Workflow(rule.workflow)
		if err != nil || !open(current.Status) || current.Hash != rule.hash {
			return err
		}
		found, err := rule.silence(tx, c, now)
		if err != nil || found == nil {
			return err
		}
		if err := tx.PutSilence(&store.Silence{
			Workflow: rule.workflow, TriggerID: rule.trigger.ID, ContactID: id, Since: found.since,
		}); err != nil {
			return fmt.Errorf("note silence: %w", err)
		}
		_, fired, err = Fire(tx, Firing{
			Contact: c, Workflow: rule.workflow, Trigger: rule.trigger.ID, Key: "silence " + found.since,
			Data: ScheduledFor(found.due), Scheduled: found.due, Now: now, Source: "inactivity",
		})
		return err
	})
	return fired, err
}

// silence is one of a contact: what it began with, and when it gets long enough.
type silence struct {
	since string       // id of the last sign, "contact" without one
	last  *store.Event // the last sign, nil without one
	from  time.Time
	due   time.Time
}

// current is the silence that the contact is in, whether it is long enough by now or not.
func (r *silenceRule) current(tx *store.Tx, c *store.Contact) (*silence, error) {
	found := &silence{since: "contact", from: c.CreatedAt}
	last, err := tx.LastSign(c.ID, r.trigger.Inactivity.Without)
	switch {
	case err == nil:
		found.since, found.last, found.from = last.ID, last, last.AcceptedAt
	case !errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("read last sign: %w", err)
	}
	account, err := Account(tx)
	if err != nil {
		return nil, err
	}
	found.due = r.trigger.Inactivity.For.From(found.from, Zone(r.zone, c, account)).UTC()
	return found, nil
}

// silence reports the silence of a contact that the trigger is to fire for, nil when there is none,
// or it has fired for it. Mails count that were sent during the silence: whoever gets none cannot
// answer any.
func (r *silenceRule) silence(tx *store.Tx, c *store.Contact, now time.Time) (*silence, error) {
	t := r.trigger.Inactivity
	found, err := r.current(tx, c)
	if err != nil || found.due.After(now) {
		return nil, err
	}
	fired, err := tx.SilenceSince(r.workflow, r.trigger.ID, c.ID)
	if err != nil || fired == found.since {
		return nil, err
	}
	if t.MinSends > 0 {
		at, err := tx.NthMailSince(c.ID, found.from, t.MinSends)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("count mails: %w", err)
		}
		if at.After(found.due) {
			found.due = at.UTC()
		}
	}
	finder, err := NewFinder(tx, t.Filter, now)
	if err != nil {
		return nil, err
	}
	if holds, err := finder.Matches(c); err != nil || !holds {
		return nil, err
	}
	return found, nil
}
