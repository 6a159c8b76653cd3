package nodes

import (
	"fmt"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// DealAssign gives the contact's deal to a person.
type DealAssign struct {
	actionPorts
	// Owner is one person; RoundRobin are several who take turns.
	Pipeline, Owner, Deal string
	RoundRobin            []string
	Create                bool
}

func dealAssignSpec() Spec {
	return action(Spec{
		Type: "deal_assign", Title: "Assign deal", Group: "Sales", Icon: "user-check", Kind: KindStore,
		Description: "Gives the contact's deal to one person, or to several in turn.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			pipelineField,
			{Key: "owner", Type: form.Liquid{Kind: "person"}, Label: "Owner"},
			{Key: "round_robin", Type: form.List{Of: form.Liquid{Kind: "person"}, Min: 1}, Label: "In turn", Widget: "people"},
			dealField, createField,
		},
		OneOf: [][]string{{"owner", "round_robin"}},
	}, func(v *form.Values, _ *Report) Settings {
		return &DealAssign{
			Pipeline: v.Text("pipeline"), Owner: v.Text("owner"), Deal: v.Text("deal"),
			RoundRobin: v.Texts("round_robin"), Create: v.Bool("create", false),
		}
	})
}

// Plan renders the assignment; exactly one of Owner and RoundRobin is set.
func (n *DealAssign) Plan(s *expr.Scope, in PlanInput) (DealChange, *Failure) {
	r := render(s, in)
	c := DealChange{
		Op: DealAssignOp, Pipeline: r.required("pipeline", n.Pipeline), Owner: r.trimmed(n.Owner),
		RoundRobin: r.names(n.RoundRobin), Deal: r.trimmed(n.Deal), Create: n.Create,
	}
	if c.Owner == "" && len(c.RoundRobin) == 0 {
		r.fail(CodeMissingValue, "the owner is empty")
	}
	return done(r, c)
}

// Summary names the pipeline and how many people take turns, no person.
func (n *DealAssign) Summary() string {
	if len(n.RoundRobin) > 0 {
		return fmt.Sprintf("Assign deal in %s, %d in turn", n.Pipeline, len(n.RoundRobin))
	}
	return "Assign deal in " + n.Pipeline
}
