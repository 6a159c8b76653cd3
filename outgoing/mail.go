package outgoing

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/links"
	"fermata/store"
)

const (
	maxAttachment  = 10 << 20
	maxAttachments = 15 << 20
)

// Reasons of Refused.
const (
	ReasonUnsubscribed = "unsubscribed"
	ReasonSuppressed   = "suppressed"
)

// Message is one mail as it goes out: addresses and texts are final.
type Message struct {
	ID          string // Message-ID without angle brackets
	From        string
	To, Cc      []string
	ReplyTo     string
	Subject     string
	Text, HTML  string
	Headers     map[string]string
	Attachments []Attachment
}

// Attachment is one file of a mail.
type Attachment struct {
	Name, ContentType string
	Data              []byte
}

// Secrets opens what the store keeps sealed.
type Secrets interface {
	Open(name string, cipher, nonce []byte) (string, error)
}

// Desk makes mails and calls from what one transaction reads.
type Desk struct {
	Tx *store.Tx
	// Links makes the addresses in mails; nil: a mail has none of ours.
	Links *links.Signer
	// MailFrom is the sender of mails that name none: Name <address>.
	MailFrom string
	// Secrets opens the secrets that calls name.
	Secrets Secrets
}

// Mail renders the mail of a send: in.Template is read here, and the contact's way out is put in.
// A *nodes.Failure is final.
func (d Desk) Mail(settings nodes.Settings, scope *expr.Scope, in nodes.PlanInput, send string) (nodes.Mail, *nodes.Failure, error) {
	planner, ok := settings.(interpreter.MailPlanner)
	if !ok {
		return nodes.Mail{}, nil, fmt.Errorf("plan mail: %T plans none", settings)
	}
	if d.Links != nil {
		scope = scope.With(expr.UnsubscribeURL, d.Links.Unsubscribe(send))
	}
	var failure *nodes.Failure
	var err error
	if in.Template, failure, err = d.template(settings, scope); err != nil || failure != nil {
		return nodes.Mail{}, failure, err
	}
	plan, failure := planner.Plan(scope, in)
	return plan, failure, nil
}

// template reads the stored template that a mail names; nil when it names none, or one that is gone.
func (d Desk) template(settings nodes.Settings, scope *expr.Scope) (*nodes.TemplateSource, *nodes.Failure, error) {
	named, ok := settings.(interpreter.TemplateNamer)
	if !ok {
		return nil, nil, nil
	}
	key, failure := named.TemplateKey(scope)
	if failure != nil || key == "" {
		return nil, failure, nil
	}
	template, err := d.Tx.EmailTemplate(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read template: %w", err)
	}
	return &nodes.TemplateSource{Subject: template.Subject, HTML: template.HTML, Text: template.Text, Class: template.Class}, nil, nil
}

// Message makes the mail that goes out of a plan: sender, attachments, the headers of marketing mail
// and, when the plan asks for it, links that are noticed.
func (d Desk) Message(plan nodes.Mail, send, messageID string) (Message, *nodes.Failure, error) {
	message := Message{
		ID: messageID, From: plan.From, To: plan.To, Cc: plan.Cc, ReplyTo: plan.ReplyTo,
		Subject: plan.Subject, Text: plan.Text, HTML: plan.HTML,
	}
	if message.From == "" {
		message.From = d.MailFrom
	}
	if d.Links != nil && plan.Track {
		message.HTML = links.Rewrite(plan.HTML, d.Links.Open(send), func(target string) (string, bool) {
			return d.Links.Click(send, target)
		})
	}
	if d.Links != nil && plan.Class == nodes.ClassMarketing {
		// RFC 8058: mail programs show a button that posts to the address.
		message.Headers = map[string]string{
			"List-Unsubscribe": "<" + d.Links.Unsubscribe(send) + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		}
	}
	var failure *nodes.Failure
	var err error
	message.Attachments, failure, err = d.attachments(plan.Attachments)
	return message, failure, err
}

func (d Desk) attachments(files []string) ([]Attachment, *nodes.Failure, error) {
	var list []Attachment
	total := 0
	for _, name := range files {
		file, err := d.Tx.File(name)
		if errors.Is(err, store.ErrNotFound) {
			return nil, Missing("file", name), nil
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

// Refused says why a mail may not go to this contact, "" when it may: only marketing needs consent.
func (d Desk) Refused(c *store.Contact, class string, to []string) (string, error) {
	if class != nodes.ClassMarketing {
		return "", nil
	}
	var bare []string
	for _, address := range to {
		if parsed, err := mail.ParseAddress(address); err == nil {
			bare = append(bare, parsed.Address)
		}
	}
	return d.refused(c, "email", bare)
}

// refused says why marketing may not go to this contact by a channel, at these addresses.
func (d Desk) refused(c *store.Contact, channel string, to []string) (string, error) {
	account, err := events.Account(d.Tx)
	if err != nil {
		return "", fmt.Errorf("read account: %w", err)
	}
	state, err := events.ConsentState(c, channel, account)
	if err != nil {
		return "", fmt.Errorf("read consent: %w", err)
	}
	if state != events.Subscribed {
		return ReasonUnsubscribed, nil
	}
	for _, address := range to {
		switch _, err := d.Tx.Suppression(strings.ToLower(address), channel); {
		case err == nil:
			return ReasonSuppressed, nil
		case !errors.Is(err, store.ErrNotFound):
			return "", fmt.Errorf("read suppressions: %w", err)
		}
	}
	return "", nil
}

// Domain is the part behind the @ of a sender, for the ids of mails.
func Domain(sender string) string {
	if address, err := mail.ParseAddress(sender); err == nil {
		if at := strings.LastIndexByte(address.Address, '@'); at >= 0 {
			return address.Address[at+1:]
		}
	}
	return "fermata.invalid"
}
