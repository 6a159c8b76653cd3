package events

import (
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/store"
)

// exitMatch is the first exit of a definition that an event meets, or none, with what every
// evaluated rule saw.
type exitMatch struct {
	exit   *definition.Exit
	values []expr.Value
}

// matchExit offers an event to the exits of an enrollment, in the order of the definition.
// Callers offer only events that came after the enrollment's start.
func matchExit(v *view, e *store.Enrollment, def *definition.Definition, event *store.Event, now time.Time) (exitMatch, error) {
	var match exitMatch
	var scope *expr.Scope
	for i := range def.Exits {
		exit := &def.Exits[i]
		if exit.Event != event.Type {
			continue
		}
		if scope == nil {
			candidate, err := DecodeEvent(event)
			if err != nil {
				return match, err
			}
			scope, err = v.scope(ScopeOptions{Now: now, Zone: def.Settings.Timezone, Enrollment: e, Event: &candidate})
			if err != nil {
				return match, err
			}
		}
		holds, values, err := evaluate(exit.Where, scope)
		if err != nil {
			return match, fmt.Errorf("evaluate exit %s of %s: %w", exit.ID, e.Workflow, err)
		}
		match.values = append(match.values, values...)
		if holds {
			match.exit = exit
			return match, nil
		}
	}
	return match, nil
}

// evaluate decides a condition; none at all holds.
func evaluate(c *expr.Condition, scope *expr.Scope) (bool, []expr.Value, error) {
	if c == nil {
		return true, nil, nil
	}
	return c.Eval(scope)
}

// apply ends the enrollment by the matched exit and writes the verdict.
func (m exitMatch) apply(v *view, e *store.Enrollment, event *store.Event, now time.Time, wakeRun bool) error {
	outcome := m.exit.Outcome
	if outcome == "" {
		outcome = "neutral"
	}
	how := Ending{Status: store.StatusExited, Outcome: outcome, Reason: m.exit.ID, Now: now, Wake: wakeRun}
	if err := end(v.tx, v.c, e, how); err != nil {
		return err
	}
	// The end may have noted that its open wait lets the event pass: this word outranks that.
	return settleVerdict(v.tx, event, verdictRow{
		workflow: e.Workflow, version: e.Version, verdict: VerdictExited, reason: m.exit.ID, values: m.values, enrollment: e.ID,
	}, now)
}

type verdictRow struct {
	workflow, verdict, reason, enrollment string
	version                               int
	values                                []expr.Value
}

// putVerdict keeps a verdict unless the same enrollment has given one before.
func putVerdict(tx *store.Tx, event *store.Event, row verdictRow, now time.Time) error {
	return row.write(tx.PutVerdict, event, now)
}

// settleVerdict is putVerdict for a word that outranks one given before.
func settleVerdict(tx *store.Tx, event *store.Event, row verdictRow, now time.Time) error {
	return row.write(tx.SettleVerdict, event, now)
}

func (row verdictRow) write(put func(*store.Verdict) error, event *store.Event, now time.Time) error {
	stored := store.Verdict{
		EventID: event.ID, Workflow: row.workflow, Version: row.version, Verdict: row.verdict,
		Reason: row.reason, EnrollmentID: row.enrollment, CreatedAt: now,
	}
	if len(row.values) > 0 {
		values, err := encodeJSON(row.values)
		if err != nil {
			return err
		}
		stored.Values = store.JSON(values)
	}
	if err := put(&stored); err != nil {
		return fmt.Errorf("write verdict of event %s on %q: %w", event.ID, row.workflow, err)
	}
	return nil
}
