package nodes

import (
	"fmt"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// Ports of an approval. They are the answers, too.
const (
	PortApproved = "approved"
	PortRejected = "rejected"
)

// EventDecided reports the answer to an approval, in the log of the contact whom it is about. Its
// data is {workflow, enrollment, node, visit, decision: approved|rejected, by}.
const EventDecided = "workflow.decided"

// Approval asks people by mail and waits for the first answer.
type Approval struct {
	To            []string
	Subject, Body string
	// Timeout is nil when the wait is forever.
	Timeout *calendar.Duration
}

func approvalSpec() Spec {
	return Spec{
		Type: "approval", Title: "Ask for approval", Group: "Messages", Icon: "stamp", Kind: KindWait,
		Description: "Asks people of the team by mail, and goes on with the first answer.",
		FixedPorts:  []string{PortApproved, PortRejected, PortTimeout}, PortsWhen: map[string]string{PortTimeout: "timeout"},
		Initial: map[string]any{"timeout": "2d"}, Holds: true, Asks: true, Available: true,
	}.with(form.Object{
		Fields: []form.Field{
			{Key: "to", Type: addresses(ownerWord), Label: "Ask", Required: true, Help: "addresses, or owner; each gets a mail with a link of its own, and the first answer counts"},
			{Key: "subject", Type: form.Liquid{}, Label: "Subject", Required: true},
			{Key: "body", Type: form.Liquid{Lines: true, Empty: true}, Label: "Text", Help: "stands in the mail and on the page with the two buttons"},
			{Key: "timeout", Type: form.Duration{}, Label: "At most", Placeholder: "2d"},
			{Key: "forever", Type: form.Always{}, Label: "Without end"},
		},
		OneOf: [][]string{{"timeout", "forever"}},
	}, func(v *form.Values, _ *Report) Settings {
		return &Approval{To: v.Texts("to"), Subject: v.Text("subject"), Body: v.Text("body"), Timeout: v.DurationAt("timeout")}
	})
}

// Plan renders what is asked. It fails with no_address when nobody is left to ask.
func (a *Approval) Plan(s *expr.Scope, in PlanInput) (Notice, *Failure) {
	return planNotice(s, in, a.To, a.Subject, a.Body, "there is nobody to ask")
}

// Asking is the mail to one of those who are asked: the notice with the address of the page on which
// the question is answered.
func (n Notice) Asking(address string) Notice {
	n.Text += "\n\nApprove or reject on this page:\n" + address + "\n\nOpening it decides nothing. Who has this link can answer: do not pass it on."
	n.HTML = textToHTML(n.Text)
	return n
}

// Question says which answers are meant: those to one visit of an enrollment, or with Enrollment
// empty, those to a node of a workflow, whoever passes it; then what an answer does not say is not asked.
type Question struct {
	Workflow, Enrollment, Node string
	Visit                      int
}

// Awaits is the wait for the answer to a question.
func (a *Approval) Awaits(q Question) (*WaitEvent, error) {
	w := &WaitEvent{Timeout: a.Timeout, Since: SinceStep}
	for _, port := range []string{PortApproved, PortRejected} {
		where, issues := expr.ParseCondition(map[string]any{"all": append(q.rules(), is("decision", port))})
		if len(issues) > 0 {
			return nil, fmt.Errorf("make the condition of an answer: %s", issues[0].Message)
		}
		w.Events = append(w.Events, AwaitedEvent{ID: port, Event: EventDecided, Where: where})
	}
	return w, nil
}

func (q Question) rules() []any {
	if q.Enrollment != "" {
		return []any{is("enrollment", q.Enrollment), is("node", q.Node), is("visit", q.Visit)}
	}
	or := func(key, value string) any {
		return map[string]any{"any": []any{map[string]any{"field": "event." + key, "op": "missing"}, is(key, value)}}
	}
	return []any{or("workflow", q.Workflow), or("node", q.Node)}
}

func is(key string, value any) any {
	return map[string]any{"field": "event." + key, "op": "eq", "value": value}
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
