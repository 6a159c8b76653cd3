package api

import (
	"slices"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

func shapeJob(j *store.Job) (gen.Job, error) {
	counts := map[string]int{}
	if err := j.Counts.Decode(&counts); err != nil {
		return gen.Job{}, err
	}
	return gen.Job{
		Id: j.ID, Kind: j.Kind, Workflow: text(j.Subject), Status: gen.JobStatus(j.Status), Params: rawObject(j.Params),
		Total: j.Total, Done: j.Done, Counts: counts, Errors: j.Errors, Rate: j.Rate, Error: text(j.Error), Person: j.Person,
		CreatedAt: j.CreatedAt.UTC(), StartedAt: utc(j.StartedAt), EndedAt: utc(j.EndedAt),
	}, nil
}

func shapeJobError(e *store.JobError) gen.JobError {
	shown := gen.JobError{Subject: text(e.Subject), Field: text(e.Field), Message: e.Message}
	if e.Line > 0 {
		shown.Row = &e.Line
	}
	return shown
}

func jobReply(j *store.Job) (reply, error) {
	shown, err := shapeJob(j)
	return ok(shown), err
}

func (s *server) ListJobs(c *gin.Context, params gen.ListJobsParams) {
	filter := store.JobFilter{Kind: or(params.Kind, ""), Status: string(or(params.Status, "")), Subject: or(params.Workflow, "")}
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListJobs(filter, pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		items := make([]gen.Job, len(rows))
		for i := range rows {
			if items[i], err = shapeJob(&rows[i]); err != nil {
				return reply{}, err
			}
		}
		return ok(list[gen.Job]{Items: items, Next: text(next)}), nil
	})
}

func (s *server) GetJob(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		j, err := tx.Job(id)
		if err != nil {
			return reply{}, err
		}
		return jobReply(j)
	})
}

func (s *server) ListJobErrors(c *gin.Context, id string, params gen.ListJobErrorsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		if _, err := tx.Job(id); err != nil {
			return reply{}, err
		}
		rows, next, err := tx.JobErrors(id, pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeJobError), err
	})
}

// publisherJobs are the kinds of jobs that act on workflows, whether or not they name one.
var publisherJobs = []string{events.JobOperate, events.JobReleaseQueues}

// CancelJob ends a job for good. Whoever may edit contacts may cancel an import of contacts, and a
// backtest, which changes nothing; what acts on workflows is a publisher's.
func (s *server) CancelJob(c *gin.Context, id string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		j, err := tx.Job(id)
		if err != nil {
			return reply{}, err
		}
		acts := j.Subject != "" && j.Kind != events.JobBacktest || slices.Contains(publisherJobs, j.Kind)
		if acts && !callerOf(c).may(scopePublisher) {
			return reply{}, failure(kindForbidden, "canceling work on a workflow needs the scope %s", scopePublisher)
		}
		if j, err = events.CancelJob(tx, id, s.now()); err != nil {
			return reply{}, err
		}
		if err := s.audit(c, tx, "job.cancel", id, map[string]any{"kind": j.Kind, "done": j.Done}); err != nil {
			return reply{}, err
		}
		return jobReply(j)
	})
}

// accepted answers a job that was queued just now.
func accepted(j *store.Job) (reply, error) {
	r, err := jobReply(j)
	r.status, r.header = 202, map[string]string{"Location": location("jobs", j.ID)}
	return r, err
}
