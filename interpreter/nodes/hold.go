package nodes

import "fermata/interpreter/nodes/form"

// Hold parks the enrollment until an operator releases it.
type Hold struct {
	nextPort
	Reason string
}

func holdSpec() Spec {
	return Spec{
		Type: "hold", Title: "Hold", Group: "Timing", Icon: "hand", Kind: KindWait,
		Description: "Parks the contact here until an operator releases it.",
		MainPort:    PortNext, FixedPorts: []string{PortNext}, Holds: true, Available: true,
	}.with(form.Object{
		Fields: []form.Field{{Key: "reason", Type: text(200), Label: "Reason", Help: "shown to the operator"}},
	}, func(v *form.Values, _ *Report) Settings {
		return &Hold{Reason: v.Text("reason")}
	})
}

// Due is never.
func (h *Hold) Due(DueInput) DueResult { return DueResult{Forever: true} }

// Summary gives the reason.
func (h *Hold) Summary() string {
	if h.Reason == "" {
		return "Hold until released"
	}
	return "Hold until released: " + quoted(h.Reason)
}
