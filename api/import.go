package api

import (
	"mime"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

const mediaCSV = "text/csv"

// ImportContacts queues a job that imports a file of contacts, or says what it would do.
func (s *server) ImportContacts(c *gin.Context, params gen.ImportContactsParams) {
	_, parameters, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if charset := parameters["charset"]; err != nil || charset != "" && !strings.EqualFold(charset, "utf-8") {
		s.fail(c, failure(kindMediaType, "send Content-Type: text/csv; charset=utf-8"))
		return
	}
	file, wrong := events.ReadImport(rawBody(c))
	if len(wrong) > 0 {
		s.fail(c, invalidRequest(wrong))
		return
	}
	if or(params.DryRun, false) {
		s.previewImport(c, file)
		return
	}
	s.create(c, func(tx *store.Tx) (reply, error) {
		job, err := events.StartImport(tx, file, callerOf(c).person, s.now())
		if err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		if err := s.audit(c, tx, "contact.import", job.ID, map[string]any{"rows": file.Rows, "columns": file.Columns}); err != nil {
			return reply{}, err
		}
		return accepted(job)
	})
}

func (s *server) previewImport(c *gin.Context, file *events.ImportFile) {
	deadline := time.Now().Add(previewWork)
	preview, err := events.PreviewImport(c.Request.Context(), s.Store, file, func() bool { return time.Now().After(deadline) })
	if err != nil {
		s.fail(c, err)
		return
	}
	shown := gen.ImportPreview{
		Total: file.Rows, Examined: preview.Examined, Complete: preview.Complete, Counts: preview.Counts,
		Errors: make([]gen.JobError, len(preview.Errors)),
	}
	for i := range preview.Errors {
		shown.Errors[i] = shapeJobError(&preview.Errors[i])
	}
	s.send(c, ok(shown))
}
