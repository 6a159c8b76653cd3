package nodes

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// UnsubscribeContact takes the contact off a channel.
type UnsubscribeContact struct {
	actionPorts
	// Channel is email or sms.
	Channel string
}

func unsubscribeSpec() Spec {
	return action(Spec{
		Type: "unsubscribe", Title: "Unsubscribe", Group: "Contact", Icon: "mail-x", Kind: KindStore,
		Description: "Takes the contact off marketing messages.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{{Key: "channel", Type: choice("email", "sms"), Label: "Channel", Default: "email"}},
	}, func(v *form.Values, _ *Report) Settings {
		return &UnsubscribeContact{Channel: v.TextOr("channel", "email")}
	})
}

// Plan names the channel.
func (n *UnsubscribeContact) Plan(*expr.Scope, PlanInput) (Unsubscribe, *Failure) {
	return Unsubscribe{Channel: n.Channel}, nil
}

// Summary names the channel.
func (n *UnsubscribeContact) Summary() string { return "Unsubscribe from " + n.Channel }
