package nodes

import (
	"encoding/json"
	"maps"
	"unicode/utf8"
)

// givenMax bounds a text in what a step was given, in bytes.
const givenMax = 4 << 10

// Given is what a step was given when it was carried out, for people: the rendered settings. Secrets
// stand in it by their names (secret:name), long texts are cut.
type Given map[string]any

// with adds what is not empty.
func (g Given) with(key string, value any) Given {
	switch v := value.(type) {
	case string:
		if v == "" {
			return g
		}
		value = cut(v)
	case []string:
		if len(v) == 0 {
			return g
		}
	case map[string]string:
		if len(v) == 0 {
			return g
		}
	case map[string]any:
		if len(v) == 0 {
			return g
		}
	case bool:
		if !v {
			return g
		}
	case nil:
		return g
	}
	g[key] = value
	return g
}

// cut shortens a text at a letter's end, and says so.
func cut(text string) string {
	if len(text) <= givenMax {
		return text
	}
	end := givenMax
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// Given is who gets the mail, and what it says in a line; the send shows the rest.
func (m Mail) Given() Given {
	return Given{}.with("to", m.To).with("cc", m.Cc).with("from", m.From).with("reply_to", m.ReplyTo).with("subject", m.Subject).
		with("template", m.Template).with("class", m.Class).with("attachments", m.Attachments)
}

// Given is the call as it is made; a body that is JSON stands in it as JSON.
func (c Call) Given() Given {
	g := Given{}.with("method", c.Method).with("url", c.URL).with("headers", maps.Clone(c.Headers)).with("sign", c.SignSecret)
	var body any
	if len(c.Body) <= givenMax && json.Unmarshal(c.Body, &body) == nil {
		return g.with("body", body)
	}
	return g.with("body", string(c.Body))
}

// Given is the message.
func (m SlackMessage) Given() Given { return Given{}.with("webhook", m.Webhook).with("text", m.Text) }

// Given is the mail to the team.
func (n Notice) Given() Given {
	return Given{}.with("to", n.To).with("subject", n.Subject).with("text", n.Text)
}

// Given is the tags.
func (c TagChange) Given() Given { return Given{}.with("add", c.Add).with("remove", c.Remove) }

// Given is the field with its value.
func (c FieldChange) Given() Given {
	g := Given{"field": c.Field}.with("value", c.Value).with("clear", c.Clear)
	if c.Increment != nil {
		g["increment"] = *c.Increment
	}
	return g
}

// Given is what is wanted of a deal.
func (c DealChange) Given() Given {
	return Given{}.with("pipeline", c.Pipeline).with("stage", c.Stage).with("title", c.Title).with("value", c.Value).
		with("currency", c.Currency).with("owner", c.Owner).with("round_robin", c.RoundRobin).with("deal", c.Deal).
		with("create", c.Create).with("only_forward", c.OnlyForward)
}

// Given is the course.
func (c CourseChange) Given() Given { return Given{}.with("course", c.Course) }

// Given is the task.
func (t Task) Given() Given {
	g := Given{}.with("title", t.Title).with("body", t.Body).with("assignee", t.Assignee)
	if t.Due != nil {
		g["due"] = t.Due.String()
	}
	return g
}

// Given is where the contact is to be enrolled, and with what.
func (e EnrollIn) Given() Given {
	return Given{}.with("workflow", e.Workflow).with("data", e.Data)
}

// Given is the event.
func (e Emission) Given() Given { return Given{}.with("event", e.Event).with("data", e.Data) }

// Given is the workflow whose enrollments end.
func (r RemoveFrom) Given() Given {
	return Given{}.with("workflow", r.Workflow).with("correlate", r.Correlate)
}

// Given is the workflow that is undone.
func (u Undo) Given() Given {
	return Given{}.with("workflow", u.Workflow).with("correlate", u.Correlate)
}

// Given is the channel.
func (u Unsubscribe) Given() Given { return Given{}.with("channel", u.Channel) }
