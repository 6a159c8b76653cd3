package activities

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"fermata/activities/names"
	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/links"
	"fermata/store"
)

// mailTimeout is how long handing a mail over may take.
const mailTimeout = 20 * time.Second

const (
	maxAttachment  = 10 << 20
	maxAttachments = 15 << 20
)

// Email sends the mail of an email node.
func (a *Activities) Email(ctx context.Context, in names.SendInput) (names.SendResult, error) {
	return a.outward(ctx, in, (*turn).packEmail)
}

// Notify sends a mail to the people who run the workflow.
func (a *Activities) Notify(ctx context.Context, in names.SendInput) (names.SendResult, error) {
	return a.outward(ctx, in, (*turn).packNotice)
}

func (t *turn) packEmail(c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error) {
	planner, ok := node.Settings.(interpreter.MailPlanner)
	if !ok {
		return nil, nil, fmt.Errorf("type %s plans no mail", node.Type)
	}
	scope, err := t.scope()
	if err != nil {
		return nil, nil, err
	}
	send, err := t.send(c)
	if err != nil {
		return nil, nil, err
	}
	wayOut := ""
	if t.a.Links != nil {
		wayOut = t.a.Links.Unsubscribe(send.ID)
		scope = scope.With(expr.UnsubscribeURL, wayOut)
	}
	in := nodes.PlanInput{Strict: node.Strict, Owner: t.def.Settings.Owner}
	var failure *nodes.Failure
	if in.Template, failure, err = t.template(node, scope); err != nil || failure != nil {
		return nil, failure, err
	}
	plan, failure := planner.Plan(scope, in)
	if failure != nil {
		return nil, failure, nil
	}
	if reason, err := t.refused(plan.Class, plan.To); err != nil || reason != "" {
		return &parcel{suppressed: reason}, nil, err
	}
	message := Message{
		ID: send.MessageID, From: plan.From, To: plan.To, Cc: plan.Cc, ReplyTo: plan.ReplyTo,
		Subject: plan.Subject, Text: plan.Text, HTML: plan.HTML,
	}
	if plan.Track && t.a.Links != nil {
		message.HTML = links.Rewrite(plan.HTML, t.a.Links.Open(send.ID), func(target string) (string, bool) {
			return t.a.Links.Click(send.ID, target)
		})
	}
	if message.From == "" {
		message.From = t.a.MailFrom
	}
	if plan.Class == nodes.ClassMarketing && wayOut != "" {
		// RFC 8058: mail programs show a button that posts to the address.
		message.Headers = map[string]string{"List-Unsubscribe": "<" + wayOut + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
	}
	if message.Attachments, failure, err = t.attachments(plan.Attachments); err != nil || failure != nil {
		return nil, failure, err
	}
	return t.mailParcel(message, send, plan.Class, plan.Template), nil, nil
}

func (t *turn) packNotice(c interpreter.Command, node *definition.Node) (*parcel, *nodes.Failure, error) {
	plan, failure, err := plan[nodes.Notice](t, node)
	if err != nil || failure != nil {
		return nil, failure, err
	}
	return t.handOver(Message{
		ID: t.messageID(c), From: t.a.MailFrom, To: plan.To,
		Subject: plan.Subject, Text: plan.Text, HTML: plan.HTML,
	}, nodes.ClassTransactional), nil, nil
}

// handOver wraps a mail that goes to a server and leaves nothing but its step.
func (t *turn) handOver(m Message, class string) *parcel {
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
			Channel: "email", MessageID: id, CreatedAt: t.now,
		}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read send: %w", err)
	}
	return found, nil
}

// mailParcel wraps a mail to the contact: the row in sends is written with the claim,
// the event email.sent with the record.
func (t *turn) mailParcel(m Message, send *store.Send, class, template string) *parcel {
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

// refused says why a mail may not go to this contact: only marketing needs consent.
func (t *turn) refused(class string, to []string) (string, error) {
	if class != nodes.ClassMarketing {
		return "", nil
	}
	account, err := events.Account(t.tx)
	if err != nil {
		return "", fmt.Errorf("read account: %w", err)
	}
	state, err := events.ConsentState(t.contact, "email", account)
	if err != nil {
		return "", fmt.Errorf("read consent: %w", err)
	}
	if state != "subscribed" {
		return "unsubscribed", nil
	}
	for _, address := range to {
		parsed, err := mail.ParseAddress(address)
		if err != nil {
			continue
		}
		switch _, err := t.tx.Suppression(strings.ToLower(parsed.Address), "email"); {
		case err == nil:
			return "suppressed", nil
		case !errors.Is(err, store.ErrNotFound):
			return "", fmt.Errorf("read suppressions: %w", err)
		}
	}
	return "", nil
}

// template reads the stored template that a mail names; nil when it names none, or
// one that is gone.
func (t *turn) template(node *definition.Node, scope *expr.Scope) (*nodes.TemplateSource, *nodes.Failure, error) {
	named, ok := node.Settings.(interpreter.TemplateNamer)
	if !ok {
		return nil, nil, nil
	}
	key, failure := named.TemplateKey(scope)
	if failure != nil || key == "" {
		return nil, failure, nil
	}
	template, err := t.tx.EmailTemplate(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read template: %w", err)
	}
	return &nodes.TemplateSource{Subject: template.Subject, HTML: template.HTML, Text: template.Text, Class: template.Class}, nil, nil
}

func (t *turn) attachments(files []string) ([]Attachment, *nodes.Failure, error) {
	var list []Attachment
	total := 0
	for _, name := range files {
		file, err := t.tx.File(name)
		if errors.Is(err, store.ErrNotFound) {
			return nil, missing("file", name), nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read file: %w", err)
		}
		total += len(file.Data)
		if len(file.Data) > maxAttachment || total > maxAttachments {
			return nil, &nodes.Failure{Code: "attachments_too_large", Message: "a file may have 10 MiB, a mail 15 MiB of them"}, nil
		}
		list = append(list, Attachment{Name: file.Name, ContentType: file.ContentType, Data: file.Data})
	}
	return list, nil, nil
}

// messageID is the same for every attempt of one visit, so that a mail that was
// sent twice can be recognised as one.
func (t *turn) messageID(c interpreter.Command) string {
	domain := "fermata.invalid"
	if address, err := mail.ParseAddress(t.a.MailFrom); err == nil {
		if at := strings.LastIndexByte(address.Address, '@'); at >= 0 {
			domain = address.Address[at+1:]
		}
	}
	return events.MessageIDPrefix(effectKey(t.e.ID, c)) + "@" + domain
}
