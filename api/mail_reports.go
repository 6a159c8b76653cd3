package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// sourceReport is the source of events that mail reports become.
const sourceReport = "mail report"

// PostMailReports takes what became of mails, all of them in one transaction. The same report again
// is nothing, with or without an Idempotency-Key.
func (s *server) PostMailReports(c *gin.Context, _ gen.PostMailReportsParams) {
	value, _ := c.Get(ctxBody)
	list, batch, wrong := events.ParseMailReports(value)
	if len(wrong) > 0 {
		s.fail(c, invalidRequest(wrong))
		return
	}
	s.create(c, func(tx *store.Tx) (reply, error) {
		body := gen.MailReportsAccepted{Reports: make([]gen.AcceptedMailReport, len(list))}
		for i, report := range list {
			var done events.Reported
			err := tx.Attempt(func() (err error) {
				done, err = s.mailReport(c, tx, report)
				return err
			})
			item := &body.Reports[i]
			if p := asProblem(err); err != nil && batch && p.kind == kindValidation {
				item.Error = &p.fields[0]
				continue
			}
			if err != nil {
				return reply{}, err
			}
			item.Event, item.Duplicate = ptr(done.Event), done.Duplicate
			if !done.Duplicate {
				body.Accepted++
			}
		}
		return reply{status: http.StatusAccepted, body: body}, nil
	})
}

// mailReport takes one report, and notes the consent that a complaint took back.
func (s *server) mailReport(c *gin.Context, tx *store.Tx, report events.MailReport) (events.Reported, error) {
	done, err := events.ReportMail(tx, report, sourceReport, s.now())
	if err != nil || done.Duplicate {
		return done, err
	}
	tx.AfterCommit(s.nudge)
	if !done.Unsubscribed {
		return done, nil
	}
	return done, s.audit(c, tx, "contact.consent", done.Contact, map[string]any{
		channelEmail: map[string]any{"state": events.Unsubscribed, "source": sourceReport},
	})
}
