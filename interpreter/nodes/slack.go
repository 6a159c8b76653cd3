package nodes

import (
	"strings"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// Slack posts a text to an incoming webhook of Slack.
type Slack struct {
	actionPorts
	// Webhook is Liquid or `secret:name`.
	Webhook, Text string
}

func slackSpec() Spec {
	return action(Spec{
		Type: "slack", Title: "Slack message", Group: "Messages", Icon: "slack", Kind: KindOutward,
		Description: "Posts a message to a Slack channel.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			{Key: "webhook", Type: urlType{}, Label: "Webhook", Required: true, Placeholder: "secret:slack_team", Help: "address of an incoming webhook; keep it as a secret"},
			{Key: "text", Type: form.Liquid{Lines: true}, Label: "Text", Required: true},
		},
	}, func(v *form.Values, _ *Report) Settings {
		return &Slack{Webhook: v.Text("webhook"), Text: v.Text("text")}
	})
}

// quotes are escaped for HTML but shown as they are by Slack.
var slackQuotes = strings.NewReplacer("&#34;", `"`, "&quot;", `"`, "&#39;", "'")

// Plan renders the message. Values are escaped as Slack asks (& < >), so that no
// contact's name can call a whole channel; the author's own markup stays.
func (n *Slack) Plan(s *expr.Scope, in PlanInput) (SlackMessage, *Failure) {
	r := render(s, in)
	m := SlackMessage{Webhook: r.url(n.Webhook), Text: slackQuotes.Replace(r.html(n.Text))}
	if strings.TrimSpace(m.Text) == "" {
		r.fail(CodeMissingValue, "the text is empty")
	}
	return done(r, m)
}

// Summary quotes the text, unrendered.
func (n *Slack) Summary() string { return "Slack: " + quoted(n.Text) }
