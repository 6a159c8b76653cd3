package definition

import (
	"fmt"
	"slices"

	"fermata/interpreter/nodes/form"
)

// availableTriggers are the trigger types that this build runs.
var availableTriggers = []string{TriggerEvent, TriggerManual, TriggerDate, TriggerSchedule, TriggerInactivity, TriggerWebhook}

// notAvailable reports everything that this build knows but cannot run.
func (v *validation) notAvailable() {
	triggers, _ := v.Raw["triggers"].([]any)
	for i, raw := range triggers {
		object, _ := raw.(map[string]any)
		for _, typ := range triggerTypes {
			if _, given := object[typ]; given && !slices.Contains(availableTriggers, typ) {
				v.unavailable(fmt.Sprintf("/triggers/%d/%s", i, typ), "the trigger type "+typ)
			}
		}
	}
	for _, id := range v.Order {
		if n := v.Nodes[id]; n.Settings != nil && !n.Spec.Available {
			v.unavailable(nodePath(id)+"/type", "the node type "+n.Type)
		}
	}
}

func (v *validation) unavailable(path, what string) {
	v.add(SeverityError, CodeNotAvailable, path, what+" is not available in this build", "remove it to publish")
}

func nodePath(id string) string { return form.Join("/nodes", id) }
