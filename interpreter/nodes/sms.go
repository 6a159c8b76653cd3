package nodes

import "fermata/interpreter/nodes/form"

// SMS sends a text message. This build knows its settings but cannot send it.
type SMS struct {
	actionPorts
	Text, To, Class string
}

func smsSpec() Spec {
	return action(Spec{
		Type: "sms", Title: "Send SMS", Group: "Messages", Icon: "smartphone", Kind: KindOutward, Message: true,
		Description: "Sends a text message to the contact's phone.",
	}).with(form.Object{
		Fields: []form.Field{
			{Key: "text", Type: form.Liquid{Lines: true}, Label: "Text", Required: true},
			{Key: "to", Type: form.Liquid{}, Label: "To", Help: "the contact's phone unless given", Default: "{{ contact.phone }}"},
			{Key: "class", Type: choice(ClassMarketing, ClassTransactional), Label: "Class", Default: ClassMarketing},
		},
	}, func(v *form.Values, _ *Report) Settings {
		return &SMS{Text: v.Text("text"), To: v.Text("to"), Class: v.TextOr("class", ClassMarketing)}
	})
}

// Summary quotes the text, unrendered.
func (n *SMS) Summary() string { return "SMS: " + quoted(n.Text) }
