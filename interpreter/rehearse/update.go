package rehearse

import (
	"fmt"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
)

// update makes an event the new trigger of the passage, as on_repeat: update asks for:
// open waits count from it anew, and no wait for events sees it. It reports whether
// the event was one. `event` follows as long as no wait has replaced it.
func (s *stage) update(event expr.Event) (bool, error) {
	settings := s.in.Definition.Settings
	if settings.OnRepeat != definition.RepeatUpdate || !s.sameKey(settings.Correlate, event) {
		return false, nil
	}
	fires, err := s.fires(event)
	if err != nil || !fires {
		return false, err
	}
	s.in.Trigger, s.world.in.Trigger = event, event
	if !s.replaced {
		s.world.event = event
	}
	return true, nil
}

// fires reports whether a trigger of the definition takes the event.
func (s *stage) fires(event expr.Event) (bool, error) {
	scope := s.world.scope(s.now).WithEvent(event).With("trigger", expr.EventRoot(event))
	for _, trigger := range s.in.Definition.Triggers {
		if trigger.Type != definition.TriggerEvent || trigger.Event != event.Type {
			continue
		}
		holds, _, err := trigger.Where.Eval(scope)
		if err != nil {
			return false, fmt.Errorf("evaluate trigger %s: %w", trigger.ID, err)
		}
		if holds {
			return true, nil
		}
	}
	return false, nil
}

// sameKey reports whether the event is about the passage at hand, and not about
// another one of the same contact.
func (s *stage) sameKey(correlate string, event expr.Event) bool {
	if correlate == "" {
		return true
	}
	scope := s.world.scope(s.now)
	own, _ := scope.Lookup(correlate)
	its, found := scope.With("trigger", expr.EventRoot(event)).Lookup(correlate)
	return found && expr.Text(own) == expr.Text(its)
}
