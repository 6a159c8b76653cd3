package rehearse

import (
	"fmt"
	"time"

	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

// look decides a waiting step at the present virtual time, or parks it.
func (s *stage) look(c interpreter.Command, node *definition.Node) (*interpreter.Occurrence, error) {
	if s.open != nil && s.open.Status == "held" {
		return held(c), nil
	}
	if node.Type == "hold" {
		return s.hold(c, node.Type), nil
	}
	if !node.Spec.Available {
		return s.hold(c, codeNotAvailable), nil
	}
	if node.Spec.Action() { // its message waited for the end of the quiet hours
		return &interpreter.Occurrence{Kind: interpreter.Standing, Node: c.Node, Visit: c.Visit}, nil
	}
	entered := s.now
	if s.open != nil {
		entered = s.open.At
	}
	finder, ok := node.Settings.(interpreter.DueFinder)
	if !ok {
		return nil, fmt.Errorf("type %s has no due instant", node.Type)
	}
	scope := s.world.scope(s.now)
	due := finder.Due(nodes.DueInput{
		Now: entered, Entered: entered, Anchor: s.in.Trigger.OccurredAt, Scope: scope, Location: scope.Location,
		InCycle: s.in.Definition.InCycle(c.Node), Seed: fmt.Sprintf("rehearsal/%s/%d", c.Node, c.Visit),
	})
	w, err := s.awaits(c, node)
	if err != nil {
		return nil, err
	}
	if w != nil {
		if o, err := s.take(c, w); err != nil || o != nil {
			return o, err
		}
	}
	switch {
	case due.Failure != nil:
		return s.hold(c, due.Failure.Code), nil //nolint:nilerr // a failed wait is held, which is no error of the rehearsal
	case due.Exit:
		if s.open == nil {
			s.park(c, "waiting", "", due.At)
		}
		return s.end("exited", interpreter.OutcomeNeutral, "past"), nil
	case !due.Forever && !due.At.After(s.now):
		s.since = len(s.world.log)
		return s.leave(c, Step{Status: "done", Port: node.MainPort(), DueAt: due.At}), nil
	}
	if s.open == nil {
		s.park(c, "waiting", "", due.At)
	}
	s.open.DueAt = due.At
	o := interpreter.Occurrence{Kind: interpreter.Parked, Node: c.Node, Visit: c.Visit}
	if !due.Forever {
		o.Due = due.At.UnixMilli()
		s.due = due.At
	}
	return &o, nil
}

// awaits is the wait for events that a node is; nil for every other.
func (s *stage) awaits(c interpreter.Command, node *definition.Node) (*nodes.WaitEvent, error) {
	switch settings := node.Settings.(type) {
	case *nodes.WaitEvent:
		return settings, nil
	case *nodes.Approval:
		return settings.Awaits(nodes.Question{Workflow: s.in.Definition.Key, Node: c.Node})
	}
	return nil, nil
}

// ask sends the question of an approval, and waits for an answer among the rehearsal's events.
func (s *stage) ask(c interpreter.Command, node *definition.Node, a *nodes.Approval, in nodes.PlanInput) (*interpreter.Occurrence, error) {
	notice, failure := a.Plan(s.world.scope(s.now), in)
	if failure != nil {
		s.open = &Step{Node: c.Node, Visit: c.Visit, Type: node.Type, Reason: failure.Code, Effect: map[string]any{"error": failure.Message}}
		return &interpreter.Occurrence{Kind: interpreter.Failed, Node: c.Node, Visit: c.Visit, Code: failure.Code}, nil //nolint:nilerr // who cannot be asked is an outcome, no error of the rehearsal
	}
	s.park(c, "waiting", "", s.now)
	s.open.Effect = map[string]any{"kind": "mail", "to": notice.To, "subject": notice.Subject, "text": notice.Text}
	return s.look(c, node)
}

// quiet holds a message back, or drops it, in the workflow's quiet hours; nil when it may go.
func (s *stage) quiet(c interpreter.Command, node *definition.Node, class string) *interpreter.Occurrence {
	hours := s.in.Definition.Settings.QuietHours
	end, quiet := hours.End(node, class, s.now, s.world.location())
	switch {
	case !quiet:
		return nil
	case hours.Drops():
		return s.leave(c, Step{Status: "dropped", Port: node.MainPort(), Reason: definition.ReasonQuietHours})
	}
	s.park(c, "waiting", definition.ReasonQuietHours, end)
	s.due = end
	return &interpreter.Occurrence{Kind: interpreter.Parked, Node: c.Node, Visit: c.Visit, Due: end.UnixMilli()}
}

// hold parks a step until an operator acts; in a rehearsal nobody does, but exits
// still count.
func (s *stage) hold(c interpreter.Command, reason string) *interpreter.Occurrence {
	s.held = reason
	why := reason
	switch {
	case s.open != nil && s.open.Reason != "":
		why = s.open.Reason
	case s.in.Definition.Nodes[c.Node].Type == reason:
		why = ""
	}
	s.park(c, "held", why, time.Time{})
	return held(c)
}

func held(c interpreter.Command) *interpreter.Occurrence {
	return &interpreter.Occurrence{Kind: interpreter.Parked, Node: c.Node, Visit: c.Visit, Status: "held"}
}

// sleep moves the virtual clock to the next thing that happens: an injected event
// or the due instant.
func (s *stage) sleep(c interpreter.Command) (*interpreter.Occurrence, error) {
	woken := &interpreter.Occurrence{Kind: interpreter.Woken, Node: c.Node, Visit: c.Visit}
	if next, known := s.next(c); known && !s.in.Until.IsZero() && !next.Before(s.in.Until) {
		reason := s.open.Reason
		if s.open.Status == "held" {
			reason = s.held
		}
		s.now = s.in.Until
		s.stop(s.open.Status, reason)
		return nil, nil
	}
	if len(s.queue) > 0 && (c.Due == 0 || !s.queue[0].at.After(s.due)) {
		next := s.queue[0]
		s.queue = s.queue[1:]
		if next.at.After(s.now) {
			s.now = next.at
		}
		ended, err := s.happen(next.event)
		if err != nil || ended != nil {
			return ended, err
		}
		return woken, nil
	}
	if c.Due == 0 {
		s.stop(s.open.Status, s.held)
		return nil, nil
	}
	if s.due.After(s.now) {
		s.now = s.due
	}
	return woken, nil
}

// next is when the next thing happens, if one is known.
func (s *stage) next(c interpreter.Command) (at time.Time, known bool) {
	if len(s.queue) > 0 {
		at, known = s.queue[0].at, true
	}
	if c.Due != 0 && (!known || s.due.Before(at)) {
		at, known = s.due, true
	}
	return at, known
}

// happen writes an event into the contact's log and lets the exits see it, then the triggers.
func (s *stage) happen(event expr.Event) (*interpreter.Occurrence, error) {
	event.AcceptedAt = s.now
	if event.OccurredAt.IsZero() {
		event.OccurredAt = s.now
	}
	s.world.happen(event)
	for _, exit := range s.in.Definition.Exits {
		if exit.Event != event.Type {
			continue
		}
		holds, _, err := exit.Where.Eval(s.world.scope(s.now).WithEvent(event))
		if err != nil {
			return nil, fmt.Errorf("evaluate exit %s: %w", exit.ID, err)
		}
		if holds {
			outcome := exit.Outcome
			if outcome == "" {
				outcome = interpreter.OutcomeNeutral
			}
			return s.end("exited", outcome, exit.ID), nil
		}
	}
	taken, err := s.update(event)
	if taken {
		s.used[len(s.world.log)-1] = true
	}
	return nil, err
}

// take leaves a wait for events by the earliest one in the log that it waits for; nil
// when there is none. An event advances the passage once.
func (s *stage) take(c interpreter.Command, w *nodes.WaitEvent) (*interpreter.Occurrence, error) {
	from := s.since
	if w.Since == nodes.SinceEnrollment {
		from = 1
	}
	for i := from; i < len(s.world.log); i++ {
		event := s.world.log[i]
		if s.used[i] {
			continue
		}
		for _, awaited := range w.Events {
			if awaited.Event != event.Type {
				continue
			}
			holds, values, err := awaited.Where.Eval(s.world.scope(s.now).WithEvent(event))
			if err != nil {
				return nil, fmt.Errorf("evaluate event %s: %w", awaited.ID, err)
			}
			if holds {
				s.used[i], s.since = true, i+1
				if !s.in.Definition.Nodes[c.Node].Spec.Asks {
					s.world.event, s.replaced = event, true
				}
				return s.leave(c, Step{Status: "done", Port: awaited.ID, Values: values}), nil
			}
		}
	}
	return nil, nil
}
