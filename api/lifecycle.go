package api

import (
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

// What stopping and archiving do with the people inside.
const flightFinish = "finish"

// fixTarget splits the path of a fix, /v1/pipelines/sales, into its family and its key.
func fixTarget(path string) (family, key string) {
	family, key, _ = strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
	return family, key
}

// departure says whether the people inside leave, and whether they do so in the request's transaction.
type departure struct{ leave, atOnce bool }

// lockFor locks a workflow, and before it those inside who leave at once.
func lockFor(tx *store.Tx, key string, leave bool) (*store.Workflow, departure, error) {
	out := departure{leave: leave}
	if leave {
		var err error
		if out.atOnce, err = lockLeaving(tx, key); err != nil {
			return nil, out, err
		}
	}
	w, err := tx.LockWorkflow(key)
	return w, out, err
}

// StopWorkflow takes no new entries; the people inside finish, or leave at once.
func (s *server) StopWorkflow(c *gin.Context, key string) {
	changing(s, c, func(tx *store.Tx, in gen.StopRequest) (reply, error) {
		w, people, err := lockFor(tx, key, string(or(in.InFlight, flightFinish)) == flightExit)
		if err != nil {
			return reply{}, err
		}
		switch w.Status {
		case statusActive, statusPaused, statusStopped:
		default:
			return reply{}, failure(kindState, "the workflow is %s; only a published one can be stopped", w.Status)
		}
		w.Status = statusStopped
		return s.settle(c, tx, w, "workflow.stop", people)
	})
}

// StartWorkflow opens a stopped or archived workflow again; one without a version stays a draft.
func (s *server) StartWorkflow(c *gin.Context, key string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		w, err := tx.LockWorkflow(key)
		if err != nil {
			return reply{}, err
		}
		switch {
		case w.Status == statusPaused:
			return reply{}, failure(kindState, "the workflow is paused; resume it")
		case w.Status == statusArchived && w.Version == 0:
			w.Status = statusDraft
		case w.Version == 0:
			return reply{}, failure(kindState, "the workflow has no version yet; publish it")
		default:
			paused, err := shownPause(tx, key)
			if err != nil {
				return reply{}, err
			}
			if w.Status != statusActive { // what was planned while it was closed is not made up for
				if err := tx.SkipSchedules(key, s.now()); err != nil {
					return reply{}, err
				}
			}
			if w.Status = statusActive; paused != nil {
				w.Status = statusPaused // it was stopped during a pause, which still goes on
			}
		}
		return s.settle(c, tx, w, "workflow.start", departure{})
	})
}

// settle saves a changed status, ends who is to leave, and answers the workflow; Location names the
// job that ends them.
func (s *server) settle(c *gin.Context, tx *store.Tx, w *store.Workflow, action string, people departure) (reply, error) {
	if err := tx.SaveWorkflow(w); err != nil {
		return reply{}, err
	}
	if err := s.settleDates(c, tx, w); err != nil {
		return reply{}, err
	}
	detail, location := map[string]any{}, ""
	switch reason := strings.TrimPrefix(action, "workflow."); {
	case people.leave && people.atOnce:
		ended, err := s.endInside(tx, w.Key, reason)
		if err != nil {
			return reply{}, err
		}
		detail["exited"] = ended
		tx.AfterCommit(s.nudge)
	case people.leave:
		job, err := s.leave(c, tx, w, reason)
		if err != nil {
			return reply{}, err
		}
		detail["job"], location = job.ID, "/v1/jobs/"+job.ID
	}
	if err := s.audit(c, tx, action, w.Key, detail); err != nil {
		return reply{}, err
	}
	done, err := s.workflowReply(tx, w)
	if err == nil && location != "" {
		done.header["Location"] = location
	}
	return done, err
}

// leave queues the job that ends everybody who is inside now; not who enters when the workflow is
// opened again meanwhile.
func (s *server) leave(c *gin.Context, tx *store.Tx, w *store.Workflow, reason string) (*store.Job, error) {
	inside, err := tx.CountEnrollments(store.EnrollmentFilter{Workflow: w.Key, Active: ptr(true), Test: ptr(false)})
	if err != nil {
		return nil, err
	}
	from, until := events.AfterStragglers(tx), s.now()
	if from.After(until) {
		until = from
	}
	return events.StartJob(tx, events.NewJob{
		Kind: events.JobLeave, Subject: w.Key, NotBefore: from, Person: callerOf(c).person,
		Params: events.LeaveParams{Until: &until, Reason: reason}, Total: &inside, Now: s.now(),
	})
}

// settleDates takes the date triggers of a workflow into force when it takes people in, and out of
// it when it does not.
func (s *server) settleDates(c *gin.Context, tx *store.Tx, w *store.Workflow) error {
	if w.Version == 0 {
		return nil
	}
	def, err := s.Definitions.Load(tx, w.Hash)
	if err != nil {
		return err
	}
	return s.setDates(c, tx, w, def)
}

// setDates is settleDates for a definition that is at hand.
func (s *server) setDates(c *gin.Context, tx *store.Tx, w *store.Workflow, def *definition.Definition) error {
	if w.Status != statusActive && w.Status != statusPaused {
		def = nil
	}
	tx.AfterCommit(s.nudge)
	return events.SetDateRules(tx, w.Key, def, s.now(), callerOf(c).person)
}

// ArchiveWorkflow puts a workflow away. While people are inside, the caller must say what becomes
// of them.
func (s *server) ArchiveWorkflow(c *gin.Context, key string, params gen.ArchiveWorkflowParams) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		w, leaving, err := lockFor(tx, key, string(or(params.InFlight, "")) == flightExit)
		if err != nil {
			return reply{}, err
		}
		if params.InFlight == nil {
			inside, err := tx.CountEnrollments(store.EnrollmentFilter{Workflow: key, Active: ptr(true), Test: ptr(false)})
			if err != nil {
				return reply{}, err
			}
			if inside > 0 {
				p := failure(kindInUse, "%s inside; say what becomes of them with ?in_flight=finish or exit", people(inside))
				p.count = &inside
				return reply{}, p
			}
		}
		w.Status = statusArchived
		done, err := s.settle(c, tx, w, "workflow.archive", leaving)
		if err != nil {
			return reply{}, err
		}
		answer := noContent()
		if job := done.header["Location"]; job != "" {
			answer.header = map[string]string{"Location": job}
		}
		return answer, nil
	})
}

func people(n int) string {
	if n == 1 {
		return "1 contact is"
	}
	return fmt.Sprintf("%d contacts are", n)
}
