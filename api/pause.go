package api

import (
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/calendar"
	"fermata/store"
)

// defaultSpread is over what stretch the overdue go on after a pause, when they are to be spread.
const defaultSpread = "2h"

// PauseWorkflow holds everyone inside where they are. Nobody is told: each run finds out when it
// next asks where it stands.
func (s *server) PauseWorkflow(c *gin.Context, key string, params gen.PauseWorkflowParams) {
	changing(s, c, func(tx *store.Tx, in gen.PauseRequest) (reply, error) {
		w, open, err := lockPaused(tx, key)
		if err != nil {
			return reply{}, err
		}
		clocks := string(or(in.Clocks, store.ClocksRun))
		switch {
		case w.Status != statusActive && w.Status != statusPaused && w.Status != statusStopped:
			return reply{}, failure(kindState, "the workflow is %s; only a published one can be paused", w.Status)
		case open != nil && open.Clocks != clocks:
			return reply{}, failure(kindState, "the workflow is paused already, with clocks: %s; resume it first", open.Clocks)
		}
		if or(params.DryRun, false) || open != nil {
			return s.pauseReply(tx, w)
		}
		now := s.now()
		if err := events.BeginPause(tx, w, &store.Pause{Workflow: key, StartedAt: now, Clocks: clocks, Person: callerOf(c).person}); err != nil {
			return reply{}, err
		}
		if err := s.audit(c, tx, "workflow.pause", key, map[string]any{"clocks": clocks}); err != nil {
			return reply{}, err
		}
		return s.pauseReply(tx, w)
	})
}

// ResumeWorkflow ends a pause and says what becomes of those who fell due while it lasted.
func (s *server) ResumeWorkflow(c *gin.Context, key string, params gen.ResumeWorkflowParams) {
	changing(s, c, func(tx *store.Tx, in gen.ResumeRequest) (reply, error) {
		w, open, err := lockPaused(tx, key)
		if err != nil {
			return reply{}, err
		}
		if open == nil {
			return reply{}, failure(kindState, "the workflow is not paused; it is %s", w.Status)
		}
		now := s.now()
		if err := endOf(open, in, now); err != nil {
			return reply{}, err
		}
		before, err := s.pauseReply(tx, w)
		if err != nil || or(params.DryRun, false) {
			return before, err
		}
		if err := events.EndPause(tx, w, open); err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		if err := s.audit(c, tx, "workflow.resume", key, map[string]any{"overdue": open.Overdue, "over_ms": open.OverMs}); err != nil {
			return reply{}, err
		}
		people := before.body.(gen.Workflow).People
		after, err := s.pauseReply(tx, w)
		if shown, is := after.body.(gen.Workflow); is {
			shown.People = people
			after.body = shown
		}
		return after, err
	})
}

// lockPaused locks a workflow and reads the pause that is going on, nil for none.
func lockPaused(tx *store.Tx, key string) (*store.Workflow, *store.Pause, error) {
	w, err := tx.LockWorkflow(key)
	if err != nil {
		return nil, nil, err
	}
	open, err := events.OpenPause(tx, key)
	return w, open, err
}

// endOf fills in how a pause ends. It never ends before it began, whatever the clock says.
func endOf(p *store.Pause, in gen.ResumeRequest, now time.Time) error {
	if now.Before(p.StartedAt) {
		now = p.StartedAt
	}
	p.EndedAt, p.Overdue = &now, string(or(in.Overdue, store.OverdueRun))
	if p.Overdue != store.OverdueSpread {
		if in.Over != nil {
			return invalid("/over", "has a meaning only beside overdue: spread", "remove over")
		}
		return nil
	}
	over, err := calendar.ParseDuration(or(in.Over, defaultSpread))
	if err != nil {
		return invalid("/over", fmt.Sprintf("%q is not a duration", *in.Over), "a count and a unit, like 2h")
	}
	p.OverMs = over.From(now, time.UTC).Sub(now).Milliseconds()
	return nil
}

// pauseReply answers the workflow with a count of the people inside.
func (s *server) pauseReply(tx *store.Tx, w *store.Workflow) (reply, error) {
	r, err := s.workflowReply(tx, w)
	if err != nil {
		return reply{}, err
	}
	count, err := tx.CountPause(w.Key, s.now())
	if err != nil {
		return reply{}, err
	}
	shown, _ := r.body.(gen.Workflow)
	shown.People = &gen.People{Running: count.Running, Waiting: count.Waiting, Overdue: count.Overdue, Held: count.Held}
	r.body = shown
	return r, nil
}

// shownPause is the pause that is going on, nil for none.
func shownPause(tx *store.Tx, key string) (*gen.Pause, error) {
	open, err := events.OpenPause(tx, key)
	if err != nil || open == nil {
		return nil, err
	}
	return &gen.Pause{Since: open.StartedAt.UTC(), Clocks: gen.PauseClocks(open.Clocks), Person: open.Person, Reason: text(open.Reason)}, nil
}
