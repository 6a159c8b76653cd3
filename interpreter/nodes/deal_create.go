package nodes

import (
	"strings"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// DealCreate opens a deal for the contact.
type DealCreate struct {
	actionPorts
	// Stage is empty for the pipeline's first. All texts are Liquid.
	Pipeline, Stage, Title, Currency, Owner string
	// Value is nil, a number, or Liquid that gives one.
	Value any
}

func dealCreateSpec() Spec {
	return action(Spec{
		Type: "deal_create", Title: "Create deal", Group: "Sales", Icon: "circle-dollar-sign", Kind: KindStore,
		Description: "Opens a deal for the contact in a pipeline.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			pipelineField, stageField(false, "the first stage unless given"),
			{Key: "title", Type: form.Liquid{}, Label: "Title"},
			{Key: "value", Type: form.NumberOrLiquid{}, Label: "Value", Placeholder: "{{ trigger.amount }}"},
			{Key: "currency", Type: form.Currency{}, Label: "Currency", Placeholder: "USD"},
			{Key: "owner", Type: form.Liquid{Kind: "person"}, Label: "Owner"},
		},
	}, func(v *form.Values, r *Report) Settings {
		referStage(v, r)
		return &DealCreate{
			Pipeline: v.Text("pipeline"), Stage: v.Text("stage"), Title: v.Text("title"),
			Currency: v.Text("currency"), Owner: v.Text("owner"), Value: v.Any("value"),
		}
	})
}

// Plan renders the deal.
func (n *DealCreate) Plan(s *expr.Scope, in PlanInput) (DealChange, *Failure) {
	r := render(s, in)
	c := DealChange{
		Op: DealCreateOp, Pipeline: r.required("pipeline", n.Pipeline), Stage: r.trimmed(n.Stage),
		Title: r.line(n.Title), Currency: strings.ToUpper(r.trimmed(n.Currency)), Owner: r.trimmed(n.Owner), Create: true,
	}
	if n.Value != nil {
		if value := r.number("value", n.Value); value != nil {
			c.Value = *value
		}
	}
	return done(r, c)
}

// Summary names pipeline and stage.
func (n *DealCreate) Summary() string {
	if n.Stage == "" {
		return "Create a deal in " + n.Pipeline
	}
	return "Create a deal in " + n.Pipeline + ", stage " + n.Stage
}
