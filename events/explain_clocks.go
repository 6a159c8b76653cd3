package events

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// explainDeals is how many deals an explanation names for one date trigger.
const explainDeals = 10

// lastFiring says when a schedule last went off and whether that took the contact, as a sentence of
// its own; "" when it never has.
func (x *explainer) lastFiring(t *definition.Trigger) (string, error) {
	last, err := x.tx.LastFiring(x.out.Workflow.Key, t.ID)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read last firing: %w", err)
	}
	what := fmt.Sprintf(" Last it went off on %s, ", x.say.day(last.ScheduledFor))
	fired, err := x.fired(t, instant(last.ScheduledFor))
	if err != nil {
		return "", err
	}
	if fired {
		return what + "for this contact too.", nil
	}
	job, err := x.tx.Job(last.JobID)
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return "", fmt.Errorf("read job of firing: %w", err)
	case err == nil && job.Open():
		return what + "and is still going through the contacts.", nil
	case x.out.Contact.CreatedAt.After(last.CreatedAt):
		return what + "before this contact was there.", nil
	case err == nil && job.Status != store.JobDone:
		return what + "and was ended before it came to this contact.", nil
	}
	return what + "without this contact: its filter did not hold then.", nil
}

// dated says when a date trigger fires for the contact, or for each of its deals, and why not.
func (x *explainer) dated(t *definition.Trigger) error {
	rule, err := x.dateRule(t)
	if err != nil {
		return err
	}
	dates, err := x.v.dates(rule, x.now)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("Trigger %s (%s): ", t.ID, t.Date.Words())
	if len(dates) == 0 {
		x.other(t, Reason{Sentence: what + "the contact has no deal."})
		return nil
	}
	deals := sortedKeys(dates)
	slices.Reverse(deals) // the newest first
	for _, deal := range deals[:min(len(deals), explainDeals)] {
		said, until, err := x.date(t, rule, deal, dates[deal])
		if err != nil {
			return err
		}
		field := t.Date.Field
		if deal != "" {
			field += " of deal " + deal
		}
		x.other(t, Reason{Sentence: what + field + said, Until: until})
	}
	if more := len(deals) - explainDeals; more > 0 {
		x.other(t, Reason{Sentence: fmt.Sprintf("%s%d more deals of the contact are not told of here.", what, more)})
	}
	return nil
}

// dateRule is the rule of a date trigger that is in force; while there is none it is what would be,
// without an id.
func (x *explainer) dateRule(t *definition.Trigger) (*store.DateRule, error) {
	rules, err := x.tx.DateRules(x.out.Workflow.Key)
	if err != nil {
		return nil, fmt.Errorf("read date rules: %w", err)
	}
	for _, rule := range append(rules, dateRules(x.out.Workflow.Key, x.def)...) {
		if rule.TriggerID == t.ID {
			return &rule, nil
		}
	}
	return nil, fmt.Errorf("no rule of date trigger %s", t.ID)
}

// date says, as the end of a sentence that begins with the field, what follows from its value. until
// is when the trigger fires, nil when it does not.
func (x *explainer) date(t *definition.Trigger, rule *store.DateRule, deal string, date plannedDate) (said string, until *time.Time, err error) {
	first, dated := date.next(time.Time{})
	switch {
	case date.value == nil || date.value == "":
		return " is empty.", nil, nil
	case !dated:
		return fmt.Sprintf(" holds %s, which is no date.", quoted(date.value)), nil, nil
	}
	said = fmt.Sprintf(" holds %s. ", shownDate(date.value))
	due, err := x.plannedFor(rule, deal, date)
	if err != nil {
		return "", nil, err
	}
	switch {
	case rule.ID == "":
		return said + "It fires for nobody while the workflow takes nobody in.", nil, nil
	case due != nil && due.After(x.now):
		return said + fmt.Sprintf("It fires on %s.", x.say.day(*due)), due, nil
	case due != nil:
		return said + fmt.Sprintf("It has been due since %s and fires in a moment.", x.say.day(*due)), due, nil
	}
	fired, err := x.fired(t, dateKey(deal, first, date.zone))
	if err != nil {
		return "", nil, err
	}
	if fired {
		return said + fmt.Sprintf("It fired for that on %s, and does once for each date.", x.say.day(first)), nil, nil
	}
	return said + fmt.Sprintf("Its instant %s had passed when the value, or the trigger, came: then it does not fire.", x.say.day(first)), nil, nil
}

// plannedFor is when a rule fires for a date: by its plan, or, while its plans are being made, as the
// plan will be. It is nil when nothing comes.
func (x *explainer) plannedFor(rule *store.DateRule, deal string, date plannedDate) (*time.Time, error) {
	if rule.ID == "" {
		return nil, nil
	}
	plan, err := x.tx.DatePlan(rule.ID, x.out.Contact.ID, deal)
	if err == nil {
		return plan.DueAt, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read date plan: %w", err)
	}
	if rule.Planned {
		return nil, nil
	}
	if at, ok := date.next(rule.Since); ok {
		return &at, nil
	}
	return nil, nil
}

// silent says what an inactivity trigger counts for the contact, and when it fires.
func (x *explainer) silent(t *definition.Trigger) error {
	rule := silenceRule{workflow: x.out.Workflow.Key, zone: x.def.Settings.Timezone, trigger: t}
	current, err := rule.current(x.tx, x.out.Contact)
	if err != nil {
		return err
	}
	names := strings.Join(t.Inactivity.Without, " or ")
	said := []string{fmt.Sprintf("Trigger %s counts from when the contact was made, %s: no %s of it is known that no machine caused.", t.ID, x.say.day(current.from), names)}
	if current.last != nil {
		said[0] = fmt.Sprintf("Trigger %s counts from the last %s that no machine caused: %s on %s.", t.ID, names, current.last.Type, x.say.day(current.from))
	}
	noted, err := x.tx.SilenceSince(rule.workflow, t.ID, x.out.Contact.ID)
	if err != nil {
		return fmt.Errorf("read silence: %w", err)
	}
	if noted == current.since {
		x.other(t, Reason{Sentence: said[0] + " It has fired for this silence, and does again when another one has lasted " + nodes.LengthWords(t.Inactivity.For) + "."})
		return nil
	}
	mails, enough, err := x.mails(t.Inactivity, current.from)
	if err != nil {
		return err
	}
	holds, values, filter, err := x.filter(t.Inactivity.Filter)
	if err != nil {
		return err
	}
	if t.Inactivity.Filter.Always() {
		filter = ""
	}
	clock, until := x.silenceClock(current.due, enough && holds)
	x.other(t, Reason{Sentence: joined(append(said, clock, mails, filter)), Until: until, Values: values})
	return nil
}

// silenceClock says when a silence is long enough; met says that nothing else is missing now.
func (x *explainer) silenceClock(due time.Time, met bool) (said string, until *time.Time) {
	switch {
	case !open(x.out.Workflow.Status):
		return "It fires for nobody while the workflow takes nobody in.", nil
	case due.After(x.now):
		return fmt.Sprintf("It fires on %s at the earliest, unless such an event comes before.", x.say.day(due)), &due
	case met:
		return fmt.Sprintf("The silence has been long enough since %s: it fires at the next look, within minutes.", x.say.day(due)), &due
	}
	return fmt.Sprintf("The silence has been long enough since %s, and something else is missing.", x.say.day(due)), nil
}

// mails says how many of the mails that an inactivity trigger asks for were sent during the silence.
func (x *explainer) mails(t *definition.InactivityTrigger, from time.Time) (said string, enough bool, err error) {
	if t.MinSends == 0 {
		return "", true, nil
	}
	sent, err := x.tx.MailsSince(x.out.Contact.ID, from, t.MinSends)
	if err != nil {
		return "", false, fmt.Errorf("count mails: %w", err)
	}
	more := ""
	if sent == t.MinSends {
		more = " or more" // nobody counts on
	}
	return fmt.Sprintf("It asks for %d mails (min_sends); sent to the contact since then: %d%s.", t.MinSends, sent, more), sent == t.MinSends, nil
}

// joined makes one text of the sentences that say something.
func joined(sentences []string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}

// quotedMost is how much of a value a sentence quotes, in characters.
const quotedMost = 80

// quoted is a value in a sentence.
func quoted(value any) string {
	s, isText := value.(string)
	if !isText {
		return clipped(expr.Text(value))
	}
	return fmt.Sprintf("%q", clipped(s))
}

func clipped(s string) string {
	if runes := []rune(s); len(runes) > quotedMost {
		return string(runes[:quotedMost]) + "…"
	}
	return s
}

// shownDate is a value that is a date, in a sentence, as it is written.
func shownDate(value any) string {
	if at, isTime := value.(time.Time); isTime {
		return at.UTC().Format(time.RFC3339)
	}
	return clipped(expr.Text(value))
}
