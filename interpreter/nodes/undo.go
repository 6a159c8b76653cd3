package nodes

import "fermata/interpreter/nodes/form"

// Undo takes back what another workflow did. This build knows its settings but
// cannot run it.
type Undo struct {
	actionPorts
	Workflow, Correlate string
}

func undoSpec() Spec {
	return action(Spec{
		Type: "undo", Title: "Undo workflow", Group: "Workflows", Icon: "undo-2", Kind: KindStore,
		Description: "Takes back what another workflow did for the contact.",
	}).with(form.Object{
		Fields: []form.Field{workflowField, correlateField},
	}, func(v *form.Values, _ *Report) Settings {
		return &Undo{Workflow: v.Text("workflow"), Correlate: v.Text("correlate")}
	})
}

// Summary names the workflow.
func (n *Undo) Summary() string { return "Undo " + n.Workflow }
