package nodes

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// RemoveFromWorkflow ends enrollments of the same contact elsewhere.
type RemoveFromWorkflow struct {
	actionPorts
	Workflow string
	// Correlate is Liquid for one correlation key, or empty for all.
	Correlate string
}

var correlateField = form.Field{
	Key: "correlate", Type: form.Liquid{}, Label: "Correlation key", Placeholder: "{{ trigger.order_id }}", Help: "all keys unless given",
}

func removeFromSpec() Spec {
	return action(Spec{
		Type: "remove_from", Title: "Remove from workflow", Group: "Workflows", Icon: "log-out", Kind: KindStore,
		Description: "Ends the contact's passages through another workflow.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{workflowField, correlateField},
	}, func(v *form.Values, _ *Report) Settings {
		return &RemoveFromWorkflow{Workflow: v.Text("workflow"), Correlate: v.Text("correlate")}
	})
}

// Plan renders key and correlation.
func (n *RemoveFromWorkflow) Plan(s *expr.Scope, in PlanInput) (RemoveFrom, *Failure) {
	r := render(s, in)
	workflow, correlate := r.passages(n.Workflow, n.Correlate)
	return done(r, RemoveFrom{Workflow: workflow, Correlate: correlate})
}

// passages renders which enrollments a node is about. A correlation that comes out
// empty fails: it must not turn into all of them.
func (r *renderer) passages(workflow, correlate string) (key, one string) {
	key = r.workflow(workflow)
	if correlate != "" {
		one = r.required("correlate", correlate)
	}
	return key, one
}

// Summary names the workflow.
func (n *RemoveFromWorkflow) Summary() string { return "Remove from " + n.Workflow }
