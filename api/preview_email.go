package api

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

// mailRequest is the part of a request that names a mail.
type mailRequest struct {
	with     *json.RawMessage
	template *string
	from     seenFrom
}

// shownMail is a mail as it would go out, with everything that is to be said about it.
type shownMail struct {
	stage    *stage
	desk     outgoing.Desk
	plan     nodes.Mail
	message  outgoing.Message
	problems []gen.PreviewProblem
}

// PreviewEmail renders a mail by the code that sends it.
func (s *server) PreviewEmail(c *gin.Context) {
	in, err := bind[gen.EmailPreviewRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		shown, err := s.showMail(tx, mailRequest{in.With, in.Template, seenFrom{in.Contact, in.Workflow, in.Trigger, in.Event}})
		if err != nil {
			return reply{}, err
		}
		answer := shapeMail(shown, s.previewWayOut())
		answer.Consent, err = mailConsent(shown)
		return ok(answer), err
	})
}

// showMail renders a mail. What is wrong with it stands in its problems; as much of it as can be
// rendered is rendered.
func (s *server) showMail(tx *store.Tx, in mailRequest) (*shownMail, error) {
	if (in.with == nil) == (in.template == nil) {
		return nil, invalid("/with", "exactly one of with and template must be given", "")
	}
	if in.template != nil {
		encoded, err := json.Marshal(map[string]any{"template": *in.template})
		if err != nil {
			return nil, err
		}
		in.with = ptr(json.RawMessage(encoded))
	}
	settings, with, problems, err := readSettings("email", in.with)
	if err != nil {
		return nil, err
	}
	st, err := s.stage(tx, in.from)
	if err != nil {
		return nil, err
	}
	shown := &shownMail{stage: st, problems: problems}
	shown.desk = outgoing.Desk{Tx: tx, Links: s.Links, MailFrom: s.MailFrom}
	scope := s.mailScope(st)
	// Mistakes that the settings' own check has found are not told twice.
	for _, gap := range gapProblems(outgoing.Gaps(with, scope), "") {
		if gap.Severity != severityError || !failed(problems) {
			shown.problems = append(shown.problems, gap)
		}
	}
	if err := shown.templateGaps(tx, settings, s); err != nil {
		return nil, err
	}
	plan := nodes.PlanInput{Owner: st.settings.Owner, Unaddressed: true}
	var failure *nodes.Failure
	if shown.plan, failure, err = shown.desk.Mail(settings, scope, plan, previewSend); err != nil {
		return nil, err
	}
	if failure == nil {
		untracked := shown.plan
		untracked.Track = false
		shown.message, failure, err = shown.desk.Message(untracked, previewSend, "")
	}
	shown.fails(failure)
	return shown, err
}

// fails notes why a mail cannot be made, unless that has been said.
func (m *shownMail) fails(f *nodes.Failure) {
	if f == nil || f.Code == nodes.CodeTemplate && failed(m.problems) {
		return
	}
	at := map[string]string{nodes.CodeNoTemplate: "/template", nodes.CodeBadAddress: "/to", "missing_reference": "/attachments", "attachments_too_large": "/attachments"}[f.Code]
	m.problems = append(m.problems, previewError(at, f.Message, ""))
}

// templateGaps lists what is missing in the texts of the stored template that the mail names.
func (m *shownMail) templateGaps(tx *store.Tx, settings nodes.Settings, s *server) error {
	mail, isMail := settings.(*nodes.Email)
	if !isMail || mail.Template == "" {
		return nil
	}
	// A key that cannot be rendered, and a template that is not there, are told by the plan.
	key, _ := mail.TemplateKey(m.stage.scope)
	template, err := tx.EmailTemplate(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	texts := map[string]any{"subject": template.Subject, "html": template.HTML, "text": template.Text}
	if mail.Subject != "" {
		delete(texts, "subject") // the node has its own
	}
	for _, p := range gapProblems(outgoing.Gaps(texts, s.mailScope(m.stage)), "") {
		p.Message = "in the " + strings.TrimPrefix(p.Path, "/") + " of the template: " + p.Message
		p.Path = "/template"
		m.problems = append(m.problems, p)
	}
	return nil
}

func shapeMail(m *shownMail, wayOut string) gen.EmailPreview {
	mail := m.message
	answer := gen.EmailPreview{
		From: mail.From, To: append([]string{}, mail.To...), Cc: append([]string{}, mail.Cc...), ReplyTo: mail.ReplyTo,
		Subject: mail.Subject, Preheader: m.plan.Preheader, Html: mail.HTML, Text: mail.Text, Attachments: []gen.PreviewAttachment{},
		Links: outgoing.Links(mail.HTML), Class: m.plan.Class, Template: m.plan.Template, Track: m.plan.Track, Problems: m.problems,
		Unsubscribe: strings.Contains(mail.HTML, wayOut) || strings.Contains(mail.Text, wayOut),
	}
	for _, file := range mail.Attachments {
		answer.Attachments = append(answer.Attachments, gen.PreviewAttachment{Name: file.Name, ContentType: file.ContentType, Size: len(file.Data)})
	}
	return answer
}

// refusals are the words for what outgoing.Desk.Refused answers.
var refusals = map[string]string{
	outgoing.ReasonUnsubscribed: "The contact is not subscribed: marketing mail to it is suppressed.",
	outgoing.ReasonSuppressed:   "The address is on the list of suppressions: marketing mail to it is suppressed.",
}

// mailConsent says whether the mail would be sent to this contact now, by the rule of a real step.
func mailConsent(m *shownMail) (gen.PreviewConsent, error) {
	switch {
	case m.plan.Class == "":
		return gen.PreviewConsent{Why: "The mail cannot be rendered."}, nil
	case m.stage.contact == nil && (len(m.plan.To) == 0 || m.plan.Class == nodes.ClassMarketing):
		return gen.PreviewConsent{Why: "It depends on the contact: choose one."}, nil
	case len(m.plan.To) == 0:
		return gen.PreviewConsent{Why: "The contact has no mail address: the step is suppressed."}, nil
	case m.plan.Class != nodes.ClassMarketing:
		return gen.PreviewConsent{Sends: true, Why: "Transactional mail is sent whatever the consent."}, nil
	}
	reason, err := m.desk.Refused(m.stage.contact, m.plan.Class, m.plan.To)
	if err != nil {
		return gen.PreviewConsent{}, err
	}
	if reason != "" {
		return gen.PreviewConsent{Why: firstText(refusals[reason], reason)}, nil
	}
	return gen.PreviewConsent{Sends: true, Why: "The contact is subscribed."}, nil
}
