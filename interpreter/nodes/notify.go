package nodes

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// ownerWord in `to` means the owner of the contact's deal, else of the workflow.
const ownerWord = "owner"

// Notify sends a mail to the people who run the workflow.
type Notify struct {
	actionPorts
	To            []string
	Subject, Body string
}

func notifySpec() Spec {
	return action(Spec{
		Type: "notify", Title: "Notify the team", Group: "Messages", Icon: "bell", Kind: KindOutward,
		Description: "Sends a mail to people of the team, or to the owner.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			{Key: "to", Type: addresses(ownerWord), Label: "To", Required: true, Help: "addresses, or owner"},
			{Key: "subject", Type: form.Liquid{}, Label: "Subject", Required: true},
			{Key: "body", Type: form.Liquid{Lines: true, Empty: true}, Label: "Text"},
		},
	}, func(v *form.Values, _ *Report) Settings {
		return &Notify{To: v.Texts("to"), Subject: v.Text("subject"), Body: v.Text("body")}
	})
}

// Plan renders the notice. It fails with no_address when nobody is left to tell.
func (n *Notify) Plan(s *expr.Scope, in PlanInput) (Notice, *Failure) {
	return planNotice(s, in, n.To, n.Subject, n.Body, "there is nobody to notify")
}

// planNotice renders a mail to people of the team. It fails with no_address, saying nobody, when none
// of them is left.
func planNotice(s *expr.Scope, in PlanInput, people []string, subject, body, nobody string) (Notice, *Failure) {
	r := render(s, in)
	notice := Notice{Subject: r.line(subject), Text: r.text(body)}
	for _, to := range people {
		if to == ownerWord {
			notice.To = append(notice.To, r.checked(ownerOf(s, in))...)
			continue
		}
		notice.To = append(notice.To, r.addresses([]string{to})...)
	}
	if len(notice.To) == 0 {
		r.fail(CodeNoAddress, "%s", nobody)
	}
	if notice.Text == "" {
		notice.Text = notice.Subject
	}
	notice.HTML = textToHTML(notice.Text)
	return done(r, notice)
}

func ownerOf(s *expr.Scope, in PlanInput) string {
	if owner, _ := s.Lookup("deal.owner"); owner != nil {
		if owner, ok := owner.(string); ok && owner != "" {
			return owner
		}
	}
	return in.Owner
}

// Summary quotes the subject, unrendered.
func (n *Notify) Summary() string { return "Notify: " + quoted(n.Subject) }
