package api

import (
	"context"
	"errors"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/outgoing"
	"fermata/store"
)

const (
	// testMailWait is how long handing a test mail over may take.
	testMailWait = 20 * time.Second
	testSubject  = "[Test] "
	// testHeader marks a mail that no workflow has sent.
	testHeader = "X-Fermata-Test"
)

// SendTestEmail sends the rendering of a mail to one address. It is no send of a workflow: it has no
// row in sends, no ledger and no tracking, and asks for nobody's consent.
func (s *server) SendTestEmail(c *gin.Context) {
	if s.Mailer == nil {
		s.fail(c, failure(kindNotAvailable, "test mails are not available in this build"))
		return
	}
	in, err := bind[gen.EmailTestRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	to, valid := events.NormalizeEmail(in.To)
	if !valid {
		s.fail(c, invalid("/to", "is not a mail address", "name@example.com"))
		return
	}
	message, err := s.testMail(c.Request.Context(), mailRequest{in.With, in.Template, seenFrom{in.Contact, in.Workflow, in.Trigger, in.Event}}, to)
	if err == nil {
		err = s.mayReachOut(c)
	}
	if err == nil {
		err = s.auditReach(c, "preview.email.send", in.Workflow, map[string]any{"message_id": message.ID, "template": or(in.Template, "")})
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), testMailWait)
	defer cancel()
	if err := s.Mailer.Send(ctx, message); err != nil {
		_, said := reasonOf(err)
		s.fail(c, failure(kindNotAccepted, "%s", said))
		return
	}
	s.send(c, ok(gen.EmailTestResult{MessageId: message.ID, To: to, Subject: message.Subject}))
}

// testMail renders a mail for one address. Mistakes that would fail a step are refused.
func (s *server) testMail(ctx context.Context, in mailRequest, to string) (outgoing.Message, error) {
	var shown *shownMail
	err := s.readStore(ctx, func(tx *store.Tx) (err error) {
		shown, err = s.showMail(tx, in)
		return err
	})
	if err != nil {
		return outgoing.Message{}, err
	}
	if failed(shown.problems) {
		return outgoing.Message{}, refusedPreview(shown.problems)
	}
	message := shown.message
	message.ID = store.NewID("test") + "@" + outgoing.Domain(s.MailFrom)
	message.To, message.Cc = []string{to}, nil
	message.Subject = testSubject + message.Subject
	// Its way out leads nowhere, so mail programs must not offer a button for it.
	message.Headers = map[string]string{testHeader: "true"}
	return message, nil
}

// refusedPreview answers what cannot be carried out with everything that is wrong in its settings.
func refusedPreview(problems []gen.PreviewProblem) error {
	var fields []gen.FieldError
	for _, p := range problems {
		if p.Severity == severityError {
			fields = append(fields, gen.FieldError{Pointer: "/with" + p.Path, Message: p.Message, Hint: p.Hint})
		}
	}
	return invalidFields(fields)
}

// auditReach records, before it happens, that somebody reached outside from a preview.
func (s *server) auditReach(c *gin.Context, action string, workflow *string, detail map[string]any) error {
	return s.writeStore(c.Request.Context(), func(tx *store.Tx) error {
		return s.audit(c, tx, action, or(workflow, ""), detail)
	})
}

// reasonOf is the code of an error from outside and what the other side said.
func reasonOf(err error) (code, said string) {
	var told interface{ Reason() (code, said string) }
	if errors.As(err, &told) {
		code, said = told.Reason()
		return code, firstText(said, code)
	}
	return "failed", err.Error()
}
