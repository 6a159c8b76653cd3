package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// OperateEnrollments carries out an order for many enrollments by a job, or counts what it would do.
func (s *server) OperateEnrollments(c *gin.Context, params gen.OperateEnrollmentsParams) {
	in, err := bind[gen.BatchRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	order, err := orderOf(in)
	if err != nil {
		s.fail(c, err)
		return
	}
	work := &massOrder{order: order, rate: or(in.Rate, ""), dryRun: or(in.DryRun, false) || or(params.DryRun, false)}
	work.find = func(tx *store.Tx) (err error) {
		f := in.Filter
		work.selected = events.Selection{
			IDs: or(f.Ids, nil), Workflow: or(f.Workflow, ""), Status: string(or(f.Status, "")), Node: or(f.Node, ""),
			Version: or(f.Version, 0), Test: f.Test, Wedged: f.Wedged, Fingerprint: or(f.Fingerprint, ""),
			Active: f.Active, Success: f.Success, Step: or(f.Step, ""), StepStatus: string(or(f.StepStatus, "")), StepPort: or(f.StepPort, ""),
		}
		return resolveSelection(tx, &work.selected, given{Contact: f.Contact, StartedFrom: f.StartedFrom, StartedTo: f.StartedTo, At: "/filter/"})
	}
	s.operateMany(c, work)
}

// ordersOf says to which actions a value belongs.
var ordersOf = map[string][]string{
	"reason": {events.ActionExit, events.ActionHold}, "outcome": {events.ActionExit}, "port": {events.ActionSkip, events.ActionRelease},
	"node": {events.ActionMove},
}

func orderOf(in gen.BatchRequest) (events.Order, error) {
	order := events.Order{Action: string(in.Action), Reason: or(in.Reason, ""), Outcome: string(or(in.Outcome, "")), Port: or(in.Port, ""), Node: or(in.Node, "")}
	given := map[string]string{"reason": order.Reason, "outcome": order.Outcome, "port": order.Port, "node": order.Node}
	for _, name := range []string{"reason", "outcome", "port", "node"} {
		if given[name] != "" && !slices.Contains(ordersOf[name], order.Action) {
			return order, invalid("/"+name, fmt.Sprintf("has no meaning for the action %s", order.Action), "remove it")
		}
	}
	if order.Action == events.ActionMove && order.Node == "" {
		return order, invalid("/node", "is needed to move", "the id of a node of the version that they run")
	}
	return order, checkRate(in.Rate)
}

func checkRate(rate *string) error {
	if rate == nil {
		return nil
	}
	if _, err := events.ParseJobRate(*rate); err != nil {
		return invalid("/rate", "is not a rate of at most 10000 a second", "a count per duration: 100/1m")
	}
	return nil
}

// massOrder is an order for many enrollments. find says which, as a transaction sees it.
type massOrder struct {
	order    events.Order
	selected events.Selection
	rate     string
	dryRun   bool
	find     func(tx *store.Tx) error
	// preview adds to what was counted; nil: nothing.
	preview func(tx *store.Tx, p *events.OperatePreview) error
	// ready says why a job would be in vain; nil: it is not asked.
	ready func(tx *store.Tx) error
	// detail is added to the audit.
	detail map[string]any
}

func (s *server) operateMany(c *gin.Context, work *massOrder) {
	if s.Operator == nil {
		s.fail(c, failure(kindNotAvailable, "operator controls are not available in this build"))
		return
	}
	if work.dryRun {
		s.previewMany(c, work)
		return
	}
	s.create(c, func(tx *store.Tx) (reply, error) {
		if err := work.find(tx); err != nil {
			return reply{}, err
		}
		if work.ready != nil {
			if err := work.ready(tx); err != nil {
				return reply{}, err
			}
		}
		until, err := tx.NewestEnrollment()
		if err != nil {
			return reply{}, err
		}
		total, err := tx.CountEnrollments(work.selected.Filter())
		if err != nil {
			return reply{}, err
		}
		job, err := events.StartJob(tx, events.NewJob{
			Kind: events.JobOperate, Subject: work.selected.Workflow, Rate: work.rate, Person: callerOf(c).person, Total: &total, Now: s.now(),
			Params: events.OperateParams{Order: work.order, Filter: work.selected, Until: until},
		})
		if err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		detail := map[string]any{"job": job.ID, "action": work.order.Action, "filter": work.selected, "matched": total}
		for key, value := range work.detail {
			detail[key] = value
		}
		if err := s.audit(c, tx, "enrollments."+work.order.Action, work.selected.Workflow, detail); err != nil {
			return reply{}, err
		}
		return accepted(job)
	})
}

// previewMany counts what an order would do.
func (s *server) previewMany(c *gin.Context, work *massOrder) {
	deadline := time.Now().Add(previewWork)
	ctx, cancel := context.WithTimeout(c.Request.Context(), previewWork+readWork)
	defer cancel()
	var r reply
	err := s.readStoreWithin(ctx, previewWork+readWork, func(tx *store.Tx) error {
		if err := work.find(tx); err != nil {
			return err
		}
		p, err := s.Operator.Preview(tx, work.order, work.selected, func() bool { return time.Now().After(deadline) })
		if err != nil {
			return err
		}
		if work.preview != nil {
			if err := work.preview(tx, p); err != nil {
				return err
			}
		}
		r, err = s.shapePreview(tx, work.order.Action, p)
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, r)
}

func (s *server) shapePreview(tx *store.Tx, action string, p *events.OperatePreview) (reply, error) {
	shown := gen.BatchPreview{
		Action: action, Matched: p.Matched, Examined: p.Examined, Complete: p.Complete, Allowed: p.Allowed, Refused: p.Refused,
		Reasons: []gen.BatchReason{},
	}
	for _, r := range p.Reasons {
		samples := r.Samples
		if samples == nil {
			samples = []string{}
		}
		shown.Reasons = append(shown.Reasons, gen.BatchReason{Message: r.Message, Hint: r.Hint, Count: r.Count, Samples: samples})
	}
	var err error
	shown.Samples, err = s.shapeEnrollments(tx, p.Samples)
	return ok(shown), err
}
