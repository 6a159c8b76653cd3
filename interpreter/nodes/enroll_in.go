package nodes

import (
	"strings"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// EnrollInWorkflow asks for an enrollment of the same contact elsewhere.
type EnrollInWorkflow struct {
	actionPorts
	Workflow string
	// Data becomes `trigger` there; its strings are Liquid.
	Data map[string]any
}

var workflowField = form.Field{
	Key: "workflow", Type: form.Liquid{Ref: form.RefWorkflow, Kind: "workflow"}, Label: "Workflow", Required: true,
}

func enrollInSpec() Spec {
	return action(Spec{
		Type: "enroll_in", Title: "Enroll in workflow", Group: "Workflows", Icon: "log-in", Kind: KindStore,
		Description: "Starts another workflow for the contact and goes on without waiting.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{workflowField, dataField},
	}, func(v *form.Values, _ *Report) Settings {
		return &EnrollInWorkflow{Workflow: v.Text("workflow"), Data: v.RawMap("data")}
	})
}

var dataField = form.Field{Key: "data", Type: form.Map{Of: form.Value{Null: true}, Max: 200}, Label: "Data", Widget: "json", Help: "becomes trigger there"}

// Plan renders key and data.
func (n *EnrollInWorkflow) Plan(s *expr.Scope, in PlanInput) (EnrollIn, *Failure) {
	r := render(s, in)
	return done(r, EnrollIn{Workflow: r.workflow(n.Workflow), Data: r.object(n.Data)})
}

// workflow renders the key of a workflow, which is spelled in small letters.
func (r *renderer) workflow(src string) string { return strings.ToLower(r.required("workflow", src)) }

// object renders a map; it is never nil.
func (r *renderer) object(m map[string]any) map[string]any {
	out, _ := r.value(m).(map[string]any)
	if out == nil {
		return map[string]any{}
	}
	return out
}

// Summary names the workflow.
func (n *EnrollInWorkflow) Summary() string { return "Enroll in " + n.Workflow }
