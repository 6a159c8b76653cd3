package nodes

import (
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes/form"
)

// Ports of an approval.
const (
	PortApproved = "approved"
	PortRejected = "rejected"
)

// Approval asks people and waits for their answer. This build knows its settings
// but cannot run it.
type Approval struct {
	To            []string
	Subject, Body string
	// Timeout is nil when the wait is forever.
	Timeout *calendar.Duration
}

func approvalSpec() Spec {
	return Spec{
		Type: "approval", Title: "Ask for approval", Group: "Messages", Icon: "stamp", Kind: KindWait,
		Description: "Asks people of the team and goes on with their answer.",
		FixedPorts:  []string{PortApproved, PortRejected, PortTimeout}, PortsWhen: map[string]string{PortTimeout: "timeout"},
		Initial: map[string]any{"timeout": "2d"}, Holds: true,
	}.with(form.Object{
		Fields: []form.Field{
			{Key: "to", Type: addresses(ownerWord), Label: "Ask", Required: true, Help: "addresses, or owner"},
			{Key: "subject", Type: form.Liquid{}, Label: "Subject", Required: true},
			{Key: "body", Type: form.Liquid{Lines: true, Empty: true}, Label: "Text"},
			{Key: "timeout", Type: form.Duration{}, Label: "At most", Placeholder: "2d"},
			{Key: "forever", Type: form.Always{}, Label: "Without end"},
		},
		OneOf: [][]string{{"timeout", "forever"}},
	}, func(v *form.Values, _ *Report) Settings {
		return &Approval{To: v.Texts("to"), Subject: v.Text("subject"), Body: v.Text("body"), Timeout: v.DurationAt("timeout")}
	})
}

// Ports are approved and rejected, then timeout unless the wait is forever.
func (a *Approval) Ports() []string {
	if a.Timeout == nil {
		return []string{PortApproved, PortRejected}
	}
	return []string{PortApproved, PortRejected, PortTimeout}
}

// Due is the entry plus the timeout.
func (a *Approval) Due(in DueInput) DueResult {
	if a.Timeout == nil {
		return DueResult{Forever: true}
	}
	return dueAt(a.Timeout.From(in.entered(), in.location()))
}

// Longest is the timeout; a wait without one may take for ever.
func (a *Approval) Longest() time.Duration {
	if a.Timeout == nil {
		return forever
	}
	return a.Timeout.Approx()
}

// Summary quotes the subject, unrendered.
func (a *Approval) Summary() string { return "Approval: " + quoted(a.Subject) }
