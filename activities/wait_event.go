package activities

import (
	"fmt"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/store"
)

const (
	// logPage is how many events of the log are read at a time.
	logPage = 100
	// logTurn is how many events one transaction offers to a wait; the rest is read by
	// the next, so that a very long log never makes a transaction too long.
	logTurn = 1000
)

// readout is what a wait found in the log: the first event that it takes, or how far it
// read without one.
type readout struct {
	hit  *found
	last int64
	// more: the log goes on, and the next transaction reads it.
	more bool
	// unrouted: the next event may become the enrollment's new trigger. The router
	// decides, and wakes the run when it has.
	unrouted bool
}

// found is the event that ended a wait.
type found struct {
	event   store.Event
	awaited nodes.AwaitedEvent
	values  []expr.Value
}

// lookForEvent decides a wait for events: the earliest event of the log that it waits
// for wins, also one that came after the due instant, else the timeout. The
// enrollment subscribes before it reads, with the contact locked, so that no event
// falls in between.
func (t *turn) lookForEvent(c interpreter.Command, row *store.Step, w *nodes.WaitEvent) (*interpreter.Occurrence, error) {
	o, read, err := t.tryToLeave(c, row, w)
	if err != nil || o != nil {
		return o, err
	}
	if row.Result, err = encode(events.Reading{Log: read.last}); err != nil {
		return nil, err
	}
	t.e.CursorSeq = max(t.e.CursorSeq, read.last)
	if err := t.putStep(row); err != nil {
		return nil, err
	}
	t.stand(c, row.Status, row.DueAt)
	rest := parked(c, row)
	switch {
	case read.more:
		rest.Due = t.now.UnixMilli()
	case t.isDue(row):
		rest.Due = 0 // no timer helps: the router wakes
	}
	return &rest, nil
}

// isDue reports whether the time of a wait is up.
func (t *turn) isDue(row *store.Step) bool { return row.DueAt != nil && !row.DueAt.After(t.now) }

// tryToLeave is lookForEvent that does not park: nil when the wait goes on, and then how far it read.
func (t *turn) tryToLeave(c interpreter.Command, row *store.Step, w *nodes.WaitEvent) (*interpreter.Occurrence, readout, error) {
	due, err := t.due(c, row)
	if err != nil {
		return nil, readout{}, err
	}
	var paced calendar.Paced
	if !due.Forever {
		if paced, err = t.pace(c, row, due.At.UTC()); err != nil {
			return nil, readout{}, err
		}
	}
	after, err := t.readFrom(row, w)
	if err != nil {
		return nil, readout{}, err
	}
	if row.Seq == 0 {
		if err := t.putStep(row); err != nil {
			return nil, readout{}, err
		}
		if err := t.listen(c, w); err != nil {
			return nil, readout{}, err
		}
	}
	read, err := t.readLog(w, after, paced)
	if err != nil {
		return nil, readout{}, err
	}
	var o *interpreter.Occurrence
	switch {
	case read.hit != nil:
		o, err = t.advanced(c, row, read.hit)
	case t.isDue(row) && !read.more && !read.unrouted:
		if err := t.tx.DropSubscriptions(t.e.ID, store.SubscriptionWait); err != nil {
			return nil, read, fmt.Errorf("drop subscriptions: %w", err)
		}
		row.Result, row.Reason = nil, overdue(paced)
		o, err = t.elapsed(c, row, nodes.PortTimeout)
	}
	return o, read, err
}

// readFrom is the place in the log after which the wait has not looked yet: where it
// stopped reading, or where its events begin to count.
func (t *turn) readFrom(row *store.Step, w *nodes.WaitEvent) (int64, error) {
	if row.Seq > 0 && len(row.Result) > 0 {
		var r events.Reading
		if err := decode(row.Result, &r); err != nil {
			return 0, fmt.Errorf("read cursor: %w", err)
		}
		return r.Log, nil
	}
	if w.Since == nodes.SinceEnrollment {
		return t.e.StartSeq, nil
	}
	return max(t.e.StartSeq, t.e.WaitSeq), nil
}

// listen asks the router for a wake-up at every event that the wait names.
func (t *turn) listen(c interpreter.Command, w *nodes.WaitEvent) error {
	var list []store.Subscription
	seen := map[string]bool{}
	for _, awaited := range w.Events {
		if seen[awaited.Event] {
			continue
		}
		seen[awaited.Event] = true
		list = append(list, store.Subscription{
			EnrollmentID: t.e.ID, ContactID: t.contact.ID, Kind: store.SubscriptionWait, EventType: awaited.Event,
			Node: c.Node, Visit: c.Visit, RuleID: awaited.ID, CreatedAt: t.now,
		})
	}
	if err := t.tx.AddSubscriptions(list); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return nil
}

// readLog offers the contact's events to the wait, in log order. An event that has
// advanced this enrollment before is not offered again, and none that the router may
// yet make its new trigger. When the wait fell due during a pause, what was accepted
// after that came too late: the pause took nobody's timeout away.
func (t *turn) readLog(w *nodes.WaitEvent, after int64, paced calendar.Paced) (readout, error) {
	end := t.contact.Seq
	if end <= after {
		return readout{last: after}, nil
	}
	for offered := 0; ; offered += logPage {
		if offered >= logTurn {
			return readout{last: after, more: true}, nil
		}
		list, err := t.tx.EventsAfter(t.contact.ID, after, awaitedTypes(w), logPage)
		if err != nil {
			return readout{}, fmt.Errorf("read log: %w", err)
		}
		used, err := t.used(list)
		if err != nil {
			return readout{}, err
		}
		for i := range list {
			if unrouted, err := t.unrouted(&list[i]); err != nil || unrouted {
				return readout{last: after, unrouted: true}, err
			}
			after = list[i].Seq
			if used[list[i].ID] {
				continue
			}
			if paced.Overdue && !list[i].AcceptedAt.Before(paced.Due) {
				if err := t.judge(list[i].ID, events.VerdictPassed, nil); err != nil {
					return readout{}, err
				}
				continue
			}
			hit, err := t.offer(w, &list[i])
			if err != nil || hit != nil {
				return readout{hit: hit, last: after}, err
			}
		}
		if len(list) < logPage {
			return readout{last: end}, nil
		}
	}
}

// unrouted reports whether the router has the first word about an event.
func (t *turn) unrouted(event *store.Event) (bool, error) {
	if event.Seq <= t.contact.RoutedSeq {
		return false, nil
	}
	return events.MayBecomeTrigger(t.tx, t.a.Definitions, t.e, event.Type)
}

func awaitedTypes(w *nodes.WaitEvent) []string {
	types := make([]string, len(w.Events))
	for i, awaited := range w.Events {
		types[i] = awaited.Event
	}
	return types
}

// used are those of some events that have advanced this enrollment: they ended a wait,
// or became its trigger.
func (t *turn) used(list []store.Event) (map[string]bool, error) {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	verdicts, err := t.tx.Verdicts(ids...)
	if err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	used := map[string]bool{}
	for id, rows := range verdicts {
		for _, v := range rows {
			used[id] = used[id] || v.EnrollmentID == t.e.ID && v.Verdict == events.VerdictAdvanced
		}
	}
	return used, nil
}

// offer asks whether the wait takes an event. What it lets pass is noted with the
// values that it saw.
func (t *turn) offer(w *nodes.WaitEvent, event *store.Event) (*found, error) {
	candidate, err := events.DecodeEvent(event)
	if err != nil {
		return nil, fmt.Errorf("read event %s: %w", event.ID, err)
	}
	scope, err := t.scope()
	if err != nil {
		return nil, err
	}
	var values []expr.Value
	for _, awaited := range w.Events {
		if awaited.Event != event.Type {
			continue
		}
		holds, saw, err := awaited.Where.Eval(scope.WithEvent(candidate))
		if err != nil {
			return nil, fmt.Errorf("evaluate event %s: %w", awaited.ID, err)
		}
		values = append(values, saw...)
		if holds {
			return &found{event: *event, awaited: awaited, values: values}, nil
		}
	}
	return nil, t.judge(event.ID, events.VerdictFiltered, values)
}

// advanced leaves the wait by the port of the event, which becomes the passage's
// `event` unless it is an answer. Waiting stops at that event's place in the log: what came behind it is for
// the next wait.
func (t *turn) advanced(c interpreter.Command, row *store.Step, hit *found) (*interpreter.Occurrence, error) {
	err := t.judge(hit.event.ID, events.VerdictAdvanced, hit.values)
	if err != nil {
		return nil, err
	}
	// What stands behind it was offered and not taken here; a later wait may take it, and
	// its word outranks this one.
	if err := t.tx.PassAwaited(t.e, hit.event.Seq, t.now); err != nil {
		return nil, fmt.Errorf("pass by events: %w", err)
	}
	if err := t.tx.DropSubscriptions(t.e.ID, store.SubscriptionWait); err != nil {
		return nil, fmt.Errorf("drop subscriptions: %w", err)
	}
	row.DecidedEventID = hit.event.ID
	t.stand(c, "running", nil)
	t.e.WaitSeq = hit.event.Seq
	if t.def.Nodes[c.Node].Spec.Asks {
		row.Result, err = decidedBy(&hit.event)
	} else {
		err = t.becomesEvent(row, hit)
	}
	if err != nil {
		return nil, err
	}
	o, err := t.closeStep(row, "done", hit.awaited.ID)
	return &o, err
}

// becomesEvent makes what a wait for events took the passage's `event`.
func (t *turn) becomesEvent(row *store.Step, hit *found) (err error) {
	if row.Values, err = encode(hit.values); err != nil {
		return err
	}
	if row.Result, err = encode(map[string]any{"event": hit.event.ID, "type": hit.event.Type}); err != nil {
		return err
	}
	at := hit.event.OccurredAt
	t.e.EventID, t.e.EventType, t.e.EventData, t.e.EventAt = hit.event.ID, hit.event.Type, hit.event.Data, &at
	t.changed()
	return nil
}

// judge writes this enrollment's verdict on an event.
func (t *turn) judge(eventID, verdict string, values []expr.Value) error {
	raw, err := encode(values)
	if err != nil {
		return err
	}
	write := t.tx.PutVerdict
	if verdict == events.VerdictAdvanced {
		write = t.tx.SettleVerdict
	}
	err = write(&store.Verdict{
		EventID: eventID, Workflow: t.e.Workflow, Version: t.e.Version, Verdict: verdict,
		Values: raw, EnrollmentID: t.e.ID, CreatedAt: t.now,
	})
	if err != nil {
		return fmt.Errorf("write verdict: %w", err)
	}
	return nil
}
