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

// PostMailReports takes what became of mails. Each report is a transaction of its own, and the same
// one again is nothing, so that a request that failed half-way can be repeated as it is.
func (s *server) PostMailReports(c *gin.Context) {
	value, _ := c.Get(ctxBody)
	list, batch, wrong := events.ParseMailReports(value)
	if len(wrong) > 0 {
		s.fail(c, invalidRequest(wrong))
		return
	}
	body := gen.MailReportsAccepted{Reports: make([]gen.AcceptedMailReport, len(list))}
	for i, report := range list {
		var done events.Reported
		err := s.writeStore(c.Request.Context(), func(tx *store.Tx) (err error) {
			if done, err = events.ReportMail(tx, report, sourceReport, s.now()); err != nil || done.Duplicate {
				return err
			}
			tx.AfterCommit(s.nudge)
			if !done.Unsubscribed {
				return nil
			}
			return s.audit(c, tx, "contact.consent", done.Contact, map[string]any{
				channelEmail: map[string]any{"state": events.Unsubscribed, "source": sourceReport},
			})
		})
		item := &body.Reports[i]
		if p := asProblem(err); err != nil && batch && p.kind == kindValidation {
			item.Error = &p.fields[0]
			continue
		}
		if err != nil {
			s.fail(c, err)
			return
		}
		item.Event, item.Duplicate = ptr(done.Event), done.Duplicate
		if !done.Duplicate {
			body.Accepted++
		}
	}
	s.send(c, reply{status: http.StatusAccepted, body: body})
}
