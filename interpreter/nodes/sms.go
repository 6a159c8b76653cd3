package nodes

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

const (
	// CodeNoPhone says that there is no number to send a text message to.
	CodeNoPhone = "no_phone"
	// GatewaySMS is the key of the gateway that text messages need.
	GatewaySMS = "sms"
	// maxText is the longest text message, in characters: ten parts.
	maxText = 1530
	// ownPhone is where a text message goes unless the node says otherwise.
	ownPhone = "{{ contact.phone }}"
)

// SMS sends a text message.
type SMS struct {
	actionPorts
	Text, To, Class string
}

// TextMessage is a text message ready to be sent. To is a number of digits, with a leading + when
// it was given.
type TextMessage struct{ To, Text, Class string }

func smsSpec() Spec {
	return action(Spec{
		Type: "sms", Title: "Send SMS", Group: "Messages", Icon: "smartphone", Kind: KindOutward, Message: true,
		Description: "Sends a text message to the contact's phone.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			{Key: "text", Type: form.Liquid{Lines: true}, Label: "Text", Required: true},
			{Key: "to", Type: form.Liquid{}, Label: "To", Help: "the contact's phone unless given", Default: ownPhone},
			{Key: "class", Type: choice(ClassMarketing, ClassTransactional), Label: "Class", Default: ClassMarketing},
		},
	}, func(v *form.Values, r *Report) Settings {
		r.Refer(form.RefGateway, GatewaySMS, v.Path)
		return &SMS{Text: v.Text("text"), To: v.TextOr("to", ownPhone), Class: v.TextOr("class", ClassMarketing)}
	})
}

// Plan renders the message. It fails with no_phone when there is no number.
func (n *SMS) Plan(s *expr.Scope, in PlanInput) (TextMessage, *Failure) {
	r := render(s, in)
	m := TextMessage{Text: r.required("text", n.Text), Class: n.Class}
	to := r.trimmed(n.To)
	m.To = PhoneNumber(to)
	switch {
	case to == "" && !in.Unaddressed:
		r.fail(CodeNoPhone, "there is no number to send to")
	case to != "" && m.To == "":
		r.fail(CodeBadAddress, "%s is not a phone number", quoted(to))
	case utf8.RuneCountInString(m.Text) > maxText:
		r.fail(CodeBadValue, "the text is longer than %d characters", maxText)
	}
	return done(r, m)
}

var (
	phoneFiller = strings.NewReplacer(" ", "", "\u00a0", "", "-", "", ".", "", "/", "", "(", "", ")", "")
	phone       = regexp.MustCompile(`^\+?[0-9]{3,20}$`)
)

// PhoneNumber is a number without what people write between its digits; "" when it is none.
func PhoneNumber(written string) string {
	if number := phoneFiller.Replace(strings.TrimSpace(written)); phone.MatchString(number) {
		return number
	}
	return ""
}

// Given is the message.
func (m TextMessage) Given() Given {
	return Given{}.with("to", m.To).with("text", m.Text).with("class", m.Class)
}

// Summary quotes the text, unrendered.
func (n *SMS) Summary() string { return "SMS: " + quoted(n.Text) }
