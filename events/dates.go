package events

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/store"
)

// SetDateRules brings the date rules of a workflow into line with the version that takes people in,
// nil when it takes nobody in. The caller holds the workflow's lock. A trigger that is as it was
// keeps its plans; else its rule ends here, and what fell due until now still fires. A new rule has
// a job that looks at every contact.
func SetDateRules(tx *store.Tx, workflow string, def *definition.Definition, now time.Time, person string) error {
	current, err := tx.DateRules(workflow)
	if err != nil {
		return fmt.Errorf("read date rules of %s: %w", workflow, err)
	}
	wanted := dateRules(workflow, def)
	for i := range current {
		old := &current[i]
		at := slices.IndexFunc(wanted, func(r store.DateRule) bool { return sameRule(&r, old) })
		if at >= 0 {
			wanted = slices.Delete(wanted, at, at+1)
			continue
		}
		if err := endRule(tx, old, now, person); err != nil {
			return err
		}
	}
	for i := range wanted {
		if err := beginRule(tx, &wanted[i], now, person); err != nil {
			return err
		}
	}
	return nil
}

// RestartDateRules makes new plans by every rule that counts in the zone of the contact: the
// account's zone, which stands in where a contact has none, has changed.
func RestartDateRules(tx *store.Tx, now time.Time, person string) error {
	rules, err := tx.DateRules("")
	if err != nil {
		return fmt.Errorf("read date rules: %w", err)
	}
	for i := range rules {
		rule := rules[i]
		if _, fixed := location(rule.Timezone); fixed {
			continue
		}
		if err := endRule(tx, &rule, now, person); err != nil {
			return err
		}
		rule.ID = ""
		if err := beginRule(tx, &rule, now, person); err != nil {
			return err
		}
	}
	return nil
}

func dateRules(workflow string, def *definition.Definition) []store.DateRule {
	var list []store.DateRule
	if def == nil {
		return nil
	}
	for i := range def.Triggers {
		t := &def.Triggers[i]
		if t.Type != definition.TriggerDate {
			continue
		}
		rule := store.DateRule{
			Workflow: workflow, TriggerID: t.ID, Field: t.Date.Field, Shift: t.Date.Offset.String(), Yearly: t.Date.Yearly,
			Timezone: def.Settings.Timezone,
		}
		if t.Date.At != nil {
			rule.AtTime = t.Date.At.String()
		}
		list = append(list, rule)
	}
	return list
}

func sameRule(a, b *store.DateRule) bool {
	return a.TriggerID == b.TriggerID && a.Field == b.Field && a.Shift == b.Shift && a.AtTime == b.AtTime &&
		a.Yearly == b.Yearly && a.Timezone == b.Timezone
}

func beginRule(tx *store.Tx, rule *store.DateRule, now time.Time, person string) error {
	rule.Since, rule.Until, rule.Planned = now, nil, false
	if err := tx.AddDateRule(rule); err != nil {
		return fmt.Errorf("add date rule of %s: %w", rule.Workflow, err)
	}
	return lookAtEverybody(tx, rule, now, person)
}

func endRule(tx *store.Tx, rule *store.DateRule, now time.Time, person string) error {
	if err := tx.EndDateRule(rule.ID, now); err != nil {
		return fmt.Errorf("end date rule of %s: %w", rule.Workflow, err)
	}
	return lookAtEverybody(tx, rule, now, person)
}

// lookAtEverybody queues the job that makes the plans of a rule, or clears them away.
func lookAtEverybody(tx *store.Tx, rule *store.DateRule, now time.Time, person string) error {
	_, err := StartJob(tx, NewJob{Kind: JobDatePlans, Subject: rule.Workflow, Params: dateJobParams{Rule: rule.ID}, Person: person, Now: now})
	return err
}

// triggerOf is the date trigger that the rule was made from.
func triggerOf(rule *store.DateRule) (*definition.DateTrigger, error) {
	t := &definition.DateTrigger{Field: rule.Field, Yearly: rule.Yearly}
	var err error
	if t.Offset, err = calendar.ParseOffset(rule.Shift); err != nil {
		return nil, fmt.Errorf("read date rule %s: %w", rule.ID, err)
	}
	if rule.AtTime == "" {
		return t, nil
	}
	at, err := calendar.ParseTimeOfDay(rule.AtTime)
	if err != nil {
		return nil, fmt.Errorf("read date rule %s: %w", rule.ID, err)
	}
	t.At = &at
	return t, nil
}

func aboutDeals(rule *store.DateRule) bool {
	return strings.HasPrefix(rule.Field, "deal.") || strings.HasPrefix(rule.Field, "deal[")
}

// FollowDates brings the plans of date triggers into line with a contact, locked by tx, or with its
// deals, that have changed otherwise than by an event: Append does it for those.
func FollowDates(tx *store.Tx, c *store.Contact, now time.Time) error {
	return followDates(tx, c, now, func(*store.DateRule) bool { return true })
}

// followEvent is FollowDates for an event that has just been written.
func followEvent(tx *store.Tx, in Draft) error {
	if concerned := followers(in); concerned != nil {
		return followDates(tx, in.Contact, in.Now, concerned)
	}
	return nil
}

// followers says which rules an event may move the plans of; nil is none.
func followers(in Draft) (concerned func(*store.DateRule) bool) {
	switch in.Type {
	case TypeContactCreated:
		return func(*store.DateRule) bool { return true }
	case TypeContactUpdated:
		changed, _ := in.Data["changed"].(map[string]Change)
		return func(rule *store.DateRule) bool { return touches(changed, rule) }
	case TypeDealCreated, TypeDealStageChanged, TypeDealWon, TypeDealLost:
		return aboutDeals
	}
	return nil
}

// touches reports whether a change may move what a rule plans: its field, or the zone.
func touches(changed map[string]Change, rule *store.DateRule) bool {
	if _, moved := changed["timezone"]; moved {
		return true
	}
	parts := strings.FieldsFunc(rule.Field, func(r rune) bool { return strings.ContainsRune(`.[]"'`, r) })
	for name := range changed {
		if slices.Contains(parts, strings.TrimPrefix(name, "fields.")) {
			return true
		}
	}
	return false
}

func followDates(tx *store.Tx, c *store.Contact, now time.Time, concerned func(*store.DateRule) bool) error {
	rules, err := tx.DateRules("")
	if err != nil {
		return fmt.Errorf("read date rules: %w", err)
	}
	v := newView(tx, c)
	for i := range rules {
		if !concerned(&rules[i]) {
			continue
		}
		if err := followRule(v, &rules[i], now); err != nil {
			return fmt.Errorf("plan dates of %s: %w", rules[i].Workflow, err)
		}
	}
	return nil
}

// followRule makes the plans of one rule for one contact what they are to be from now on. One that
// fell due before this fires here: what comes after it does not take it back.
func followRule(v *view, rule *store.DateRule, now time.Time) error {
	dates, err := v.dates(rule, now)
	if err != nil {
		return err
	}
	before, err := v.tx.DatePlans(rule.ID, v.c.ID)
	if err != nil {
		return err
	}
	for _, plan := range before {
		if plan.DueAt != nil && !plan.DueAt.After(now) {
			if err := fireDate(v, rule, plan.DealID, *plan.DueAt, now); err != nil {
				return err
			}
		}
		if _, kept := dates[plan.DealID]; kept {
			continue
		}
		if err := v.tx.DropDatePlan(rule.ID, v.c.ID, plan.DealID); err != nil {
			return err
		}
	}
	for _, deal := range sortedKeys(dates) {
		if err := planDate(v, rule, deal, dates[deal], now); err != nil {
			return err
		}
	}
	return nil
}

// planDate plans the first date after an instant.
func planDate(v *view, rule *store.DateRule, deal string, date plannedDate, after time.Time) error {
	plan := &store.DatePlan{RuleID: rule.ID, ContactID: v.c.ID, DealID: deal}
	if at, ok := date.next(after); ok {
		plan.DueAt = &at
	} else if rule.Planned {
		return v.tx.DropDatePlan(rule.ID, v.c.ID, deal)
	}
	return v.tx.PutDatePlan(plan)
}

// plannedDate is the value of a rule's field with what it takes to plan by it.
type plannedDate struct {
	trigger *definition.DateTrigger
	value   any
	zone    *time.Location
}

func (d plannedDate) next(after time.Time) (time.Time, bool) {
	at, ok := d.trigger.Next(d.value, after, d.zone)
	return at.UTC().Truncate(time.Microsecond), ok
}

// dates reads the rule's field: by deal for a field of deals, else under "".
func (v *view) dates(rule *store.DateRule, now time.Time) (map[string]plannedDate, error) {
	trigger, err := triggerOf(rule)
	if err != nil {
		return nil, err
	}
	scope, err := v.scope(ScopeOptions{Now: now, Zone: rule.Timezone})
	if err != nil {
		return nil, err
	}
	list := map[string]plannedDate{}
	if !aboutDeals(rule) {
		value, _ := scope.Lookup(rule.Field)
		list[""] = plannedDate{trigger: trigger, value: value, zone: scope.Location}
		return list, nil
	}
	deals, err := v.tx.DealsOfContact(v.c.ID, "")
	if err != nil {
		return nil, fmt.Errorf("read deals: %w", err)
	}
	for _, deal := range deals {
		one := expr.Scope{Roots: map[string]any{"deal": dealRoot(deal)}}
		value, _ := one.Lookup(rule.Field)
		list[deal.ID] = plannedDate{trigger: trigger, value: value, zone: scope.Location}
	}
	return list, nil
}

// NextDates are the next n instants at which a date trigger would fire for a contact, in the zone that
// a workflow's setting says, and whether its field, of any deal, holds a date at all.
func NextDates(tx *store.Tx, c *store.Contact, t *definition.DateTrigger, zone string, now time.Time, n int) (list []time.Time, dated bool, err error) {
	rule := &store.DateRule{Field: t.Field, Shift: t.Offset.String(), Yearly: t.Yearly, Timezone: zone}
	if t.At != nil {
		rule.AtTime = t.At.String()
	}
	dates, err := newView(tx, c).dates(rule, now)
	if err != nil {
		return nil, false, err
	}
	for _, date := range dates {
		_, isDate := date.next(time.Time{})
		dated = dated || isDate
		at := now
		for range n {
			next, ok := date.next(at)
			if !ok {
				break
			}
			list, at = append(list, next), next
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return list[:min(n, len(list))], dated, nil
}

// fireDate fires a rule's trigger for a planned instant: at most once for each local date.
func fireDate(v *view, rule *store.DateRule, deal string, due, now time.Time) error {
	if err := v.load(); err != nil {
		return err
	}
	data := ScheduledFor(due)
	if deal != "" {
		data["deal_id"] = deal
	}
	_, _, err := Fire(v.tx, Firing{
		Contact: v.c, Workflow: rule.Workflow, Trigger: rule.TriggerID, Data: data, Scheduled: due, Now: now,
		Key: dateKey(deal, due, Zone(rule.Timezone, v.c, v.account)),
	})
	return err
}

// dateKey is the key of the firing for a planned instant: its local date, and the deal whose date it is.
func dateKey(deal string, due time.Time, zone *time.Location) string {
	key := due.In(zone).Format(time.DateOnly)
	if deal != "" {
		key += "\x00" + deal
	}
	return key
}
