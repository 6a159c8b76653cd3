package api

import (
	"fmt"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

func shapeFailure(g *events.FailureGroup) gen.Failure {
	shown := gen.Failure{
		Fingerprint: g.Fingerprint, Kind: gen.FailureKind(g.Kind), Workflow: text(g.Workflow), Node: text(g.Node), Title: text(g.Title),
		Type: text(g.Type), Code: g.Code, Message: g.Message, Cause: g.Cause, Count: g.Count, Open: g.Open(), States: g.States,
		Versions: g.Versions, FirstSeen: g.First.UTC(), LastSeen: g.Last.UTC(), Examples: g.Examples, Names: []gen.FailureName{},
		Retry: gen.FailureRetry{Count: g.Retry.Count, Helps: gen.FailureRetryHelps(g.Retry.Helps), Advice: g.Retry.Advice},
	}
	if shown.Versions == nil {
		shown.Versions = []int{}
	}
	if shown.Examples == nil {
		shown.Examples = []string{}
	}
	for _, n := range g.Named {
		shown.Names = append(shown.Names, gen.FailureName{Kind: gen.FailureNameKind(n.Kind), Name: n.Name})
	}
	return shown
}

// ListFailures lists groups of failures.
func (s *server) ListFailures(c *gin.Context, params gen.ListFailuresParams) {
	q := events.FailureQuery{Workflow: or(params.Workflow, "")}
	if params.From != nil {
		q.From = params.From.UTC()
	}
	if params.To != nil {
		q.To = params.To.UTC()
	}
	page := pageOf(params.Limit, params.Cursor)
	s.readWithin(c, previewWork, func(tx *store.Tx) (reply, error) {
		behind, err := page.Behind()
		if err != nil {
			return reply{}, err
		}
		groups, err := events.Failures(tx, q)
		if err != nil {
			return reply{}, err
		}
		shown := list[gen.Failure]{Items: []gen.Failure{}}
		for i := range groups {
			g := &groups[i]
			if behind != "" && g.Place() >= behind {
				continue
			}
			if len(shown.Items) == page.Limit {
				shown.Next = text(store.CursorAt(groups[i-1].Place()))
				break
			}
			if err := g.Describe(tx, s.Definitions); err != nil {
				return reply{}, err
			}
			shown.Items = append(shown.Items, shapeFailure(g))
		}
		return ok(shown), nil
	})
}

// failureGroup finds one group by its fingerprint.
func (s *server) failureGroup(tx *store.Tx, fingerprint string) (*events.FailureGroup, error) {
	groups, err := events.Failures(tx, events.FailureQuery{Fingerprint: fingerprint})
	if err != nil {
		return nil, err
	}
	if len(groups) == 0 {
		return nil, failure(kindNotFound, "there are no such failures, or no more")
	}
	return &groups[0], groups[0].Describe(tx, s.Definitions)
}

// GetFailure answers one group with its failures.
func (s *server) GetFailure(c *gin.Context, fingerprint string, params gen.GetFailureParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		group, err := s.failureGroup(tx, fingerprint)
		if err != nil {
			return reply{}, err
		}
		items, next, err := events.FailureItems(tx, fingerprint, pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		shown := gen.FailureDetail{Failure: shapeFailure(group), Next: text(next)}
		shown.Items, err = s.shapeFailureItems(tx, items)
		return ok(shown), err
	})
}

func (s *server) shapeFailureItems(tx *store.Tx, items []events.FailureItem) ([]gen.FailureItem, error) {
	var ids, people []string
	for _, item := range items {
		if item.EnrollmentID != "" {
			ids = append(ids, item.EnrollmentID)
		} else {
			people = append(people, item.ContactID)
		}
	}
	found, err := tx.EnrollmentsByID(ids)
	if err != nil {
		return nil, err
	}
	rows := make([]store.Enrollment, 0, len(ids))
	for _, id := range ids {
		rows = append(rows, found[id])
	}
	enrollments, err := s.shapeEnrollments(tx, rows)
	if err != nil {
		return nil, err
	}
	contacts, err := tx.Contacts(people)
	if err != nil {
		return nil, err
	}
	shown, at := make([]gen.FailureItem, len(items)), 0
	for i, item := range items {
		shown[i] = gen.FailureItem{
			Node: text(item.Node), Visit: item.Visit, State: gen.FailureItemState(item.State), Error: text(item.Error),
			Attempts: item.Attempts, At: item.At, WhyNot: text(item.WhyNot),
		}
		if item.EnrollmentID == "" {
			shown[i].Contact = contactRef(item.ContactID, contacts)
			continue
		}
		shown[i].Enrollment, shown[i].Contact = &enrollments[at], enrollments[at].Contact
		at++
	}
	return shown, nil
}

// RetryFailures retries the enrollments of a group that are held.
func (s *server) RetryFailures(c *gin.Context, fingerprint string, params gen.RetryFailuresParams) {
	s.mendFailures(c, fingerprint, events.ActionRetry, or(params.DryRun, false))
}

// SkipFailures lets the enrollments of a group that are held leave the step.
func (s *server) SkipFailures(c *gin.Context, fingerprint string, params gen.SkipFailuresParams) {
	s.mendFailures(c, fingerprint, events.ActionSkip, or(params.DryRun, false))
}

// mendFailures carries out one order for a group of failures.
func (s *server) mendFailures(c *gin.Context, fingerprint, action string, dryRun bool) {
	in, err := bind[gen.FailureRequest](c)
	if err == nil {
		err = checkRate(in.Rate)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	if events.KindOfFailure(fingerprint) == events.FailureQueue {
		s.mendQueues(c, fingerprint, action, in, dryRun)
		return
	}
	var group *events.FailureGroup
	work := &massOrder{
		order: events.Order{Action: action}, selected: events.Selection{Fingerprint: fingerprint}, rate: or(in.Rate, ""),
		dryRun: dryRun || or(in.DryRun, false), detail: map[string]any{"fingerprint": fingerprint},
	}
	work.find = func(tx *store.Tx) (err error) {
		if group, err = s.failureGroup(tx, fingerprint); err != nil {
			return err
		}
		work.selected.Workflow, work.detail["cause"] = group.Workflow, group.Cause
		return nil
	}
	work.preview = func(_ *store.Tx, p *events.OperatePreview) error {
		group.Others(p)
		return nil
	}
	work.ready = func(*store.Tx) error {
		if group.Retry.Count == 0 {
			return failure(kindState, "nobody of these is held: %s", group.Retry.Advice)
		}
		return nil
	}
	s.operateMany(c, work)
}

// mendQueues lets the router try again at the events that stopped the queues of a group.
func (s *server) mendQueues(c *gin.Context, fingerprint, action string, in gen.FailureRequest, dryRun bool) {
	if action == events.ActionSkip {
		s.fail(c, &events.RefusedError{Message: "the event of a stopped queue cannot be skipped: nothing that was accepted is dropped", Hint: "mend what the message names, then retry"})
		return
	}
	if dryRun || or(in.DryRun, false) {
		s.read(c, func(tx *store.Tx) (reply, error) {
			group, err := s.failureGroup(tx, fingerprint)
			if err != nil {
				return reply{}, err
			}
			return ok(gen.BatchPreview{
				Action: action, Matched: group.Count, Examined: group.Count, Complete: true, Allowed: group.Count,
				Reasons: []gen.BatchReason{}, Samples: []gen.Enrollment{},
			}), nil
		})
		return
	}
	s.create(c, func(tx *store.Tx) (reply, error) {
		group, err := s.failureGroup(tx, fingerprint)
		if err != nil {
			return reply{}, err
		}
		job, err := events.StartJob(tx, events.NewJob{
			Kind: events.JobReleaseQueues, Rate: or(in.Rate, ""), Person: callerOf(c).person, Total: &group.Count, Now: s.now(),
			Params: events.ReleaseQueuesParams{Fingerprint: fingerprint},
		})
		if err != nil {
			return reply{}, fmt.Errorf("start job: %w", err)
		}
		tx.AfterCommit(s.nudge)
		if err := s.audit(c, tx, "contacts.queues.release", fingerprint, map[string]any{"job": job.ID, "matched": group.Count}); err != nil {
			return reply{}, err
		}
		return accepted(job)
	})
}
