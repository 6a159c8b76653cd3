package activities

import (
	"errors"
	"fmt"
	"time"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/nodes"
	"fermata/store"
)

const (
	// ReasonRestored is the reason of an effect that may have been carried out before the store came
	// back from a backup.
	ReasonRestored = "restored"
	// leftOnTime is how far the clock of a run may be behind the instant at which it was woken.
	leftOnTime = 2 * time.Second
	// mostCauses bounds how far back the causes of a passage are followed.
	mostCauses = 32
)

// doubtAfterGap makes unknown the effect at hand, new or failed, when it may have been carried out in a
// gap of the store, and reports whether it did.
func (t *turn) doubtAfterGap(c interpreter.Command, effect *store.Effect) (bool, error) {
	gaps, err := t.tx.Gaps()
	if err != nil {
		return false, fmt.Errorf("read gaps: %w", err)
	}
	for i := range gaps {
		g := &gaps[i]
		if effect.State == store.EffectFailed && effect.UpdatedAt.After(g.ToAt) {
			continue // it was tried since, and is known to have failed
		}
		at, err := (&lookBack{tx: t.tx, gap: g}).reached(t.e, c.Node, c.Visit)
		if err != nil {
			return false, err
		}
		if at.After(g.ToAt) {
			continue
		}
		if err := t.tx.DoubtEffect(t.ref(c), ReasonRestored); err != nil {
			return false, fmt.Errorf("doubt effect: %w", err)
		}
		return true, nil
	}
	return false, nil
}

// lookBack finds out when something would have happened at the earliest had the store not been
// restored: in time that passes without it, everything goes on as planned.
type lookBack struct {
	tx    *store.Tx
	gap   *store.Gap
	depth int
}

// reached is the earliest instant at which a passage can have come to a visit. What is in the backup
// happened when it says. Waits take their length, but begin when they would have; what an event let go
// on went on when the event happened. What a person let go on, that person may have let go before.
func (l *lookBack) reached(e *store.Enrollment, node string, visit int) (time.Time, error) {
	at, err := l.began(e)
	if err != nil {
		return at, err
	}
	steps, err := l.tx.Steps(e.ID)
	if err != nil {
		return at, fmt.Errorf("read steps: %w", err)
	}
	for i := range steps {
		here := steps[i].Node == node && steps[i].Visit == visit
		if at, err = l.after(at, &steps[i], here); err != nil || here {
			return at, err
		}
	}
	return at, nil
}

// after is when a step that was reached at an instant is over; of the step asked for, when it may begin.
func (l *lookBack) after(at time.Time, s *store.Step, here bool) (time.Time, error) {
	spec, known := nodes.Lookup(s.Type)
	rests := known && spec.Kind == nodes.KindWait && !here
	switch {
	case s.LeftAt != nil && !s.LeftAt.After(l.gap.FromAt):
		return *s.LeftAt, nil
	case rests && s.DecidedEventID != "":
		happened, err := l.happened(s.DecidedEventID)
		return latest(at, happened), err
	case s.DueAt == nil:
		return at, nil
	case !s.EnteredAt.After(l.gap.FromAt) && (here || onTime(s)):
		return latest(at, *s.DueAt), nil // it was under way at the backup
	case rests && onTime(s):
		return at.Add(max(0, s.DueAt.Sub(s.EnteredAt))), nil
	}
	return at, nil
}

// onTime reports whether a step was left because its time had come.
func onTime(s *store.Step) bool {
	return s.LeftAt != nil && !s.LeftAt.Before(s.DueAt.Add(-leftOnTime))
}

// began is when a passage can have begun.
func (l *lookBack) began(e *store.Enrollment) (time.Time, error) {
	if !e.CreatedAt.After(l.gap.FromAt) {
		return e.StartedAt, nil
	}
	if e.ParentID != "" {
		at, found, err := l.caused(e.Cause)
		if err != nil || found {
			return at, err
		}
	}
	if e.TriggerEventID == "" {
		return e.StartedAt, nil
	}
	at, err := l.happened(e.TriggerEventID)
	if at.After(e.StartedAt) {
		at = e.StartedAt
	}
	return at, err
}

// happened is when an event happened: one that a step made, when that step was reached; one that comes
// again after the gap and says that it is of that time, then; any other, when it was accepted.
func (l *lookBack) happened(id string) (time.Time, error) {
	event, err := l.tx.Event(id)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil // it was deleted since; nobody can know
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read event: %w", err)
	}
	if !event.AcceptedAt.After(l.gap.FromAt) {
		return event.AcceptedAt, nil
	}
	if at, found, err := l.caused(event.Cause); err != nil || found {
		return at, err
	}
	if l.gap.Holds(event.OccurredAt) {
		return event.OccurredAt, nil
	}
	return event.AcceptedAt, nil
}

// caused is when the step that a cause names was reached; false when it names none.
func (l *lookBack) caused(raw store.JSON) (time.Time, bool, error) {
	cause, err := events.ParseCause(raw)
	if err != nil || cause == nil || cause.Enrollment == "" || cause.Node == "" {
		return time.Time{}, false, err
	}
	if l.depth++; l.depth > mostCauses {
		return time.Time{}, true, nil
	}
	parent, err := l.tx.Enrollment(cause.Enrollment)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read enrollment: %w", err)
	}
	at, err := l.reached(parent, cause.Node, cause.Visit)
	return at, true, err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
