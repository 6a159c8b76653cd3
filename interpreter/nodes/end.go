package nodes

import "fermata/interpreter/nodes/form"

// Outcomes are the outcomes of an enrollment.
var Outcomes = []string{"success", "neutral", "failed"}

// End ends the enrollment.
type End struct {
	// Outcome is success, neutral or failed.
	Outcome string
}

func endSpec() Spec {
	return Spec{
		Type: "end", Title: "End", Group: "Logic", Icon: "flag", Kind: KindEnd,
		Description: "Ends the passage with an outcome.", Available: true,
	}.with(form.Object{
		Fields: []form.Field{{Key: "outcome", Type: form.Choice{Words: Outcomes}, Label: "Outcome", Default: "success"}},
	}, func(v *form.Values, _ *Report) Settings {
		return &End{Outcome: v.TextOr("outcome", "success")}
	})
}

// Ports are none.
func (e *End) Ports() []string { return nil }

// Summary gives the outcome.
func (e *End) Summary() string { return "End: " + e.Outcome }
