package nodes

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// UndoWorkflow takes back what another workflow did for the same contact.
type UndoWorkflow struct {
	actionPorts
	Workflow string
	// Correlate is Liquid for one correlation key, or empty for all.
	Correlate string
}

func undoSpec() Spec {
	return action(Spec{
		Type: "undo", Title: "Undo workflow", Group: "Workflows", Icon: "undo-2", Kind: KindStore,
		Description: "Takes back what another workflow, and those that it enrolled in, did for the contact. Mails and calls stay.",
		Available:   true,
	}).with(form.Object{
		Fields: []form.Field{workflowField, correlateField},
	}, func(v *form.Values, _ *Report) Settings {
		return &UndoWorkflow{Workflow: v.Text("workflow"), Correlate: v.Text("correlate")}
	})
}

// Plan renders key and correlation.
func (n *UndoWorkflow) Plan(s *expr.Scope, in PlanInput) (Undo, *Failure) {
	r := render(s, in)
	workflow, correlate := r.passages(n.Workflow, n.Correlate)
	return done(r, Undo{Workflow: workflow, Correlate: correlate})
}

// Summary names the workflow.
func (n *UndoWorkflow) Summary() string { return "Undo " + n.Workflow }
