package definition

import "fermata/interpreter/nodes"

// EventTypes lists every event type that the definition names, in triggers, exits and
// waits, each once: what the event log has a word about for this workflow.
func (d *Definition) EventTypes() []string {
	types := d.TriggerEvents()
	seen := map[string]bool{}
	for _, t := range types {
		seen[t] = true
	}
	add := func(event string) {
		if event != "" && !seen[event] {
			seen[event] = true
			types = append(types, event)
		}
	}
	for _, exit := range d.Exits {
		add(exit.Event)
	}
	for _, id := range d.Order {
		if wait, ok := d.Nodes[id].Settings.(*nodes.WaitEvent); ok {
			for _, awaited := range wait.Events {
				add(awaited.Event)
			}
		}
	}
	return types
}
