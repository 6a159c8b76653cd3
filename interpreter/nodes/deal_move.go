package nodes

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// DealMove moves the contact's deal to a stage.
type DealMove struct {
	actionPorts
	// Deal is empty for the deal that this passage is about. All texts are Liquid.
	Pipeline, Stage, Deal string
	// Create makes a deal when there is none; OnlyForward never moves one back.
	Create, OnlyForward bool
}

func dealMoveSpec() Spec {
	return action(Spec{
		Type: "deal_move", Title: "Move deal", Group: "Sales", Icon: "move-right", Kind: KindStore,
		Description: "Moves the contact's deal to a stage of a pipeline.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			pipelineField, stageField(true, ""), dealField, createField,
			{Key: "only_forward", Type: form.Bool{}, Label: "Only forward", Default: false},
		},
	}, func(v *form.Values, r *Report) Settings {
		referStage(v, r)
		return &DealMove{
			Pipeline: v.Text("pipeline"), Stage: v.Text("stage"), Deal: v.Text("deal"),
			Create: v.Bool("create", false), OnlyForward: v.Bool("only_forward", false),
		}
	})
}

// Plan renders the move.
func (n *DealMove) Plan(s *expr.Scope, in PlanInput) (DealChange, *Failure) {
	r := render(s, in)
	return done(r, DealChange{
		Op: DealMoveOp, Pipeline: r.required("pipeline", n.Pipeline), Stage: r.required("stage", n.Stage),
		Deal: r.trimmed(n.Deal), Create: n.Create, OnlyForward: n.OnlyForward,
	})
}

// Summary names pipeline and stage.
func (n *DealMove) Summary() string { return "Move deal in " + n.Pipeline + " to " + n.Stage }
