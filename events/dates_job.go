package events

import (
	"errors"
	"fmt"

	"fermata/store"
)

// JobDatePlans is the kind of job that looks at every contact for a date rule that has come into
// force, and clears the plans away of one that has ended.
const JobDatePlans = "date_plans"

// dateLook is how many contacts, or plans, one batch of such a job takes.
const dateLook = 200

type dateJobParams struct {
	Rule string `json:"rule"`
}

type dateJob struct{}

func (dateJob) Name() string { return JobDatePlans }

func (dateJob) Batch(tx *store.Tx, b *JobBatch) error {
	var p dateJobParams
	if err := b.Job.Params.Decode(&p); err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	rule, err := tx.DateRule(p.Rule)
	if errors.Is(err, store.ErrNotFound) {
		b.Finished = true
		return nil
	}
	if err != nil {
		return err
	}
	if rule.Until != nil {
		n, err := tx.ClearDateRule(rule.ID, dateLook)
		b.Finished = n < dateLook
		return err
	}
	contacts, err := tx.ContactsBetween(b.Job.Cursor, "", dateLook)
	if err != nil {
		return err
	}
	for i := range contacts {
		b.Job.Cursor = contacts[i].ID
		if err := planFirst(tx, rule, contacts[i].ID, b); err != nil {
			return err
		}
	}
	b.Done = len(contacts)
	if b.Finished = len(contacts) < dateLook; b.Finished {
		return tx.FinishDateRule(rule.ID)
	}
	return nil
}

// planFirst plans a contact that has not changed since the rule came into force: then counts, and
// not now, whether a date has passed. Whoever has changed since was planned by that change.
func planFirst(tx *store.Tx, rule *store.DateRule, contact string, b *JobBatch) error {
	c, err := tx.LockContact(contact)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v := newView(tx, c)
	dates, err := v.dates(rule, b.Now)
	if err != nil {
		return err
	}
	for _, deal := range sortedKeys(dates) {
		at, ok := dates[deal].next(rule.Since)
		if !ok {
			continue
		}
		b.Count("planned", 1)
		if err := tx.AddDatePlan(&store.DatePlan{RuleID: rule.ID, ContactID: c.ID, DealID: deal, DueAt: &at}); err != nil {
			return err
		}
	}
	return nil
}
