package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"fermata/store"
)

// Planner fires date triggers when their plans fall due, however late it looks. It needs the store
// alone. Any number may run in parallel: they share the plans by lease and token.
type Planner struct {
	Store   *store.Store
	Now     func() time.Time // default: time.Now
	Log     *slog.Logger     // default: slog.Default
	Lease   time.Duration    // how long a claim on a plan lasts; default 30s
	Poll    time.Duration    // how often it looks; default 1s
	Workers int              // plans at a time; default 4
	// Fired, when set, is called after a plan has fired: the router has work.
	Fired func()

	once sync.Once
	pump *pump[store.DatePlan]
}

func (p *Planner) setup() {
	p.once.Do(func() {
		if p.Now == nil {
			p.Now = time.Now
		}
		if p.Log == nil {
			p.Log = slog.Default()
		}
		p.Lease = orDefault(p.Lease, defaultLease)
		p.pump = &pump[store.DatePlan]{
			name: "planner", workers: orDefault(p.Workers, 4), poll: orDefault(p.Poll, defaultPoll),
			nudges: make(chan struct{}, 1), log: p.Log, claim: p.claim, work: p.fire,
		}
	})
}

// Run fires until ctx ends.
func (p *Planner) Run(ctx context.Context) error {
	p.setup()
	p.pump.run(ctx)
	return nil
}

// Drain fires everything that is due now.
func (p *Planner) Drain(ctx context.Context) error {
	p.setup()
	return p.pump.drain(ctx)
}

func (p *Planner) now() time.Time { return p.Now().UTC().Truncate(time.Microsecond) }

func (p *Planner) claim(ctx context.Context, n int) (plans []store.DatePlan, err error) {
	err = p.Store.Write(ctx, func(tx *store.Tx) error {
		plans, err = tx.ClaimDatePlans(n, p.now(), p.Lease)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim date plans: %w", err)
	}
	return plans, nil
}

// fire fires one plan. When it cannot, the lease runs out and the plan comes again.
func (p *Planner) fire(ctx context.Context, claim store.DatePlan) {
	err := p.Store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error { return p.carryOut(tx, claim) })
	switch {
	case err != nil:
		p.Log.ErrorContext(ctx, "fire date trigger", slog.String("contact", claim.ContactID), slog.Any("error", err))
	case p.Fired != nil:
		p.Fired()
	}
}

func (p *Planner) carryOut(tx *store.Tx, claim store.DatePlan) error {
	c, err := tx.LockContact(claim.ContactID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lock contact: %w", err)
	}
	plan, err := tx.DatePlan(claim.RuleID, claim.ContactID, claim.DealID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (plan.Token != claim.Token || plan.DueAt == nil) {
		return nil // a change came first, or another planner
	}
	if err != nil {
		return fmt.Errorf("read plan: %w", err)
	}
	rule, err := tx.DateRule(plan.RuleID)
	if err != nil {
		return fmt.Errorf("read rule: %w", err)
	}
	due, v := *plan.DueAt, newView(tx, c)
	if rule.Until != nil && due.After(*rule.Until) {
		return tx.DropDatePlan(rule.ID, c.ID, plan.DealID)
	}
	if err := fireDate(v, rule, plan.DealID, due, p.now()); err != nil {
		return err
	}
	return p.planNext(v, rule, plan.DealID, due)
}

// planNext plans what comes after a date that has fired: the next year, or nothing.
func (p *Planner) planNext(v *view, rule *store.DateRule, deal string, due time.Time) error {
	if !rule.Yearly || rule.Until != nil {
		return v.tx.DropDatePlan(rule.ID, v.c.ID, deal)
	}
	dates, err := v.dates(rule, p.now())
	if err != nil {
		return err
	}
	date, ok := dates[deal]
	if !ok {
		return v.tx.DropDatePlan(rule.ID, v.c.ID, deal)
	}
	return planDate(v, rule, deal, date, due)
}
