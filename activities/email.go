package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

// mailTimeout is how long handing a mail over may take.
const mailTimeout = 20 * time.Second

// Email sends the mail of an email node.
func (a *Activities) Email(ctx context.Context, in names.SendInput) (names.SendResult, error) {
	return a.outward(ctx, in, (*turn).packEmail)
}

// Notify sends a mail to the people who run the workflow.
func (a *Activities) Notify(ctx context.Context, in names.SendInput) (names.SendResult, error) {
	return a.outward(ctx, in, (*turn).packNotice)
}

func (t *turn) packEmail(c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error) {
	scope, err := t.scope()
	if err != nil {
		return nil, nil, err
	}
	send, err := t.send(c)
	if err != nil {
		return nil, nil, err
	}
	desk := t.desk()
	in := nodes.PlanInput{Strict: node.Strict, Owner: t.def.Settings.Owner}
	plan, failure, err := desk.Mail(node.Settings, scope, in, send.ID)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	if reason, err := desk.Refused(t.contact, plan.Class, plan.To); err != nil || reason != "" {
		return &parcel{suppressed: reason, given: plan.Given()}, nil, err
	}
	message, failure, err := desk.Message(plan, send.ID, send.MessageID)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	p := t.mailParcel(message, send, plan.Class, plan.Template)
	p.given = plan.Given()
	return p, nil, nil
}

func (t *turn) packNotice(c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error) {
	plan, failure, err := plan[nodes.Notice](t, node)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	p := t.handOver(outgoing.Message{
		ID: t.messageID(c), From: t.a.MailFrom, To: plan.To,
		Subject: plan.Subject, Text: plan.Text, HTML: plan.HTML,
	}, nodes.ClassTransactional)
	p.given = plan.Given()
	return p, nil, nil
}

// handOver wraps a mail that goes to a server and leaves nothing but its step.
func (t *turn) handOver(m outgoing.Message, class string) *parcel {
	mailer := t.a.Mailer
	if t.e.Test && t.e.Sends != "real" {
		mailer = t.a.Sink
	}
	return &parcel{
		destination: mailer.Addr(), class: class, timeout: mailTimeout,
		do: func(ctx context.Context) (reply, error) {
			return reply{result: map[string]any{"message_id": m.ID, "to": m.To, "subject": m.Subject}}, mailer.Send(ctx, m)
		},
	}
}

// send is the row of the mail of a visit: the one that an earlier attempt has written, so that the
// addresses in the mail stay good, else a new one.
func (t *turn) send(c interpreter.Command) (*store.Send, error) {
	id := t.messageID(c)
	found, err := t.tx.SendByMessageID(id)
	if errors.Is(err, store.ErrNotFound) {
		return &store.Send{
			ID: store.NewID("send"), ContactID: t.contact.ID, EnrollmentID: t.e.ID, Workflow: t.e.Workflow, Node: c.Node, Visit: c.Visit,
			Channel: t.channel(c), MessageID: id, CreatedAt: t.now,
		}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read send: %w", err)
	}
	return found, nil
}

// mailParcel wraps a mail to the contact: the row in sends is written with the claim,
// the event email.sent with the record.
func (t *turn) mailParcel(m outgoing.Message, send *store.Send, class, template string) *parcel {
	p := t.handOver(m, class)
	hand, bounced := p.do, false
	p.do = func(ctx context.Context) (reply, error) {
		r, err := hand(ctx)
		r.result["send"] = send.ID
		var refused *SendError
		bounced = errors.As(err, &refused) && refused.NoSuchAddress && len(m.To)+len(m.Cc) == 1
		return r, err
	}
	p.claimed = func(t *turn, _ interpreter.Command) error {
		if send.State != "" {
			return nil // an earlier attempt has written it
		}
		send.Class, send.Template, send.Subject = class, template, m.Subject
		send.ToAddress, send.State = strings.Join(m.To, ", "), store.SendClaimed
		if err := t.tx.CreateSend(send); err != nil {
			return fmt.Errorf("create send: %w", err)
		}
		return nil
	}
	p.recorded = func(t *turn, c interpreter.Command, _ reply) error {
		return t.emit(c, "email.sent", events.SendData(send))
	}
	p.settled = func(t *turn, state, text string) error {
		if err := settleSend(t, m.ID, state, text); err != nil || !bounced {
			return err
		}
		t.wrote(events.TypeEmailBounced)
		return events.Bounced(t.tx, send, t.contact, t.now)
	}
	return p
}

// settleSend notes in the list of sends what became of a mail.
func settleSend(t *turn, messageID, state, text string) error {
	send, err := t.tx.SendByMessageID(messageID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read send: %w", err)
	}
	send.State, send.Error = state, text
	if state == "done" {
		at := t.now
		send.State, send.SentAt = "sent", &at
	}
	if err := t.tx.SaveSend(send); err != nil {
		return fmt.Errorf("save send: %w", err)
	}
	return nil
}

// messageID is the same for every attempt of one visit, so that a mail that was
// sent twice can be recognised as one.
func (t *turn) messageID(c interpreter.Command) string {
	return events.MessageIDPrefix(effectKey(t.e.ID, c)) + "@" + outgoing.Domain(t.a.MailFrom)
}

// desk makes what goes out of what this turn reads.
func (t *turn) desk() outgoing.Desk {
	return outgoing.Desk{Tx: t.tx, Links: t.a.Links, MailFrom: t.a.MailFrom, Secrets: t.a.Secrets}
}
