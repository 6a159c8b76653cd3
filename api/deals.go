package api

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

func shapeDeal(d *store.Deal) gen.Deal {
	return gen.Deal{
		Id: d.ID, Title: d.Title, Pipeline: d.Pipeline, Stage: d.Stage, Status: gen.DealStatus(d.Status),
		Value: d.Value, Currency: text(d.Currency), Owner: text(d.Owner), Contact: d.ContactID,
		CreatedAt: ptr(d.CreatedAt.UTC()), UpdatedAt: ptr(d.UpdatedAt.UTC()),
	}
}

// place puts a deal into a stage of a pipeline: the one that is named, else the first one of the status
// that is asked for, else the first one. The status of a deal is that of its stage.
func place(deal *store.Deal, p *store.Pipeline, stage, status string) error {
	keys, named := make([]string, len(p.Stages)), p.Position(stage)
	for i, one := range p.Stages {
		keys[i] = one.Key
		if stage != "" && i != named || stage == "" && status != "" && one.Kind != status {
			continue
		}
		if status != "" && one.Kind != status {
			return invalid("/status", fmt.Sprintf("is not that of the stage %s, which is %s", one.Key, one.Kind), "leave one of them out")
		}
		deal.Pipeline, deal.Stage, deal.Status = p.Key, one.Key, one.Kind
		return nil
	}
	if stage == "" {
		return invalid("/status", fmt.Sprintf("the pipeline has no stage that is %s", status), "")
	}
	return invalid("/stage", "the pipeline has no such stage", didYouMean(stage, keys))
}

// pipelineOf reads the pipeline that a deal names.
func pipelineOf(tx *store.Tx, key string) (*store.Pipeline, error) {
	p, err := tx.Pipeline(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, invalid("/pipeline", "there is no such pipeline", "POST /v1/pipelines makes one")
	}
	return p, err
}

// dealEvents reports what became of a deal: made or moved, and won or lost when that is new.
func dealEvents(tx *store.Tx, contact *store.Contact, before, after *store.Deal, now time.Time) error {
	var types []string
	from := ""
	switch {
	case before == nil:
		types = append(types, events.TypeDealCreated)
	case before.Stage != after.Stage || before.Pipeline != after.Pipeline:
		types = append(types, events.TypeDealStageChanged)
		from = before.Stage
	}
	if before == nil || before.Status != after.Status {
		switch after.Status {
		case stageWon:
			types = append(types, events.TypeDealWon)
		case stageLost:
			types = append(types, events.TypeDealLost)
		}
	}
	for _, kind := range types {
		if _, err := events.Append(tx, events.Draft{Contact: contact, Type: kind, Data: events.DealData(after, from), Now: now}); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) CreateDeal(c *gin.Context, _ gen.CreateDealParams) {
	creating(s, c, func(tx *store.Tx, in gen.DealInput) (reply, error) {
		now := s.now()
		id, err := s.contactOf(tx, in.Contact)
		if err != nil {
			return reply{}, err
		}
		contact, err := tx.LockContact(id)
		if err != nil {
			return reply{}, contactMissing(err)
		}
		pipeline, err := pipelineOf(tx, in.Pipeline)
		if err != nil {
			return reply{}, err
		}
		deal := &store.Deal{
			ID: store.NewID("deal"), Title: or(in.Title, pipeline.Name), Value: in.Value,
			Currency: or(in.Currency, ""), Owner: or(in.Owner, ""), ContactID: contact.ID, CreatedAt: now, UpdatedAt: now,
		}
		if err := place(deal, pipeline, or(in.Stage, ""), string(or(in.Status, ""))); err != nil {
			return reply{}, err
		}
		if err := tx.CreateDeal(deal); err != nil {
			return reply{}, err
		}
		if err := dealEvents(tx, contact, nil, deal, now); err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		return created(location("deals", deal.ID), shapeDeal(deal)), nil
	})
}

func (s *server) ListDeals(c *gin.Context, params gen.ListDealsParams) {
	filter := store.DealFilter{
		Contact: or(params.Contact, ""), Pipeline: or(params.Pipeline, ""), Stage: or(params.Stage, ""),
		Status: string(or(params.Status, "")), Owner: or(params.Owner, ""),
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		var err error
		if filter.Contact, err = contactID(tx, filter.Contact); err != nil {
			return reply{}, err
		}
		rows, next, err := tx.ListDeals(filter, pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeDeal), err
	})
}

func (s *server) GetDeal(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		deal, err := tx.Deal(id)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeDeal(deal)), nil
	})
}

// PatchDeal changes a deal; a new pipeline without a stage begins at its first one, and another status
// without a stage leads to the first one of it.
func (s *server) PatchDeal(c *gin.Context, id string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		deal, contact, err := lockDeal(tx, id)
		if err != nil {
			return reply{}, err
		}
		before := *deal
		current := gen.DealInput{
			Title: &deal.Title, Pipeline: deal.Pipeline, Stage: &deal.Stage, Value: deal.Value,
			Currency: text(deal.Currency), Owner: text(deal.Owner), Contact: asNamed(deal.ContactID),
		}
		next, err := patched(s, c, "DealInput", current)
		if err != nil {
			return reply{}, err
		}
		patch, err := bodyObject(c)
		if err != nil {
			return reply{}, err
		}
		status := string(or(next.Status, ""))
		if _, given := patch["stage"]; !given && (!strings.EqualFold(next.Pipeline, before.Pipeline) || status != "" && status != before.Status) {
			next.Stage = nil
		}
		pipeline, err := pipelineOf(tx, next.Pipeline)
		if err != nil {
			return reply{}, err
		}
		if err := place(deal, pipeline, or(next.Stage, ""), status); err != nil {
			return reply{}, err
		}
		deal.Title, deal.Value = or(next.Title, deal.Title), next.Value
		deal.Currency, deal.Owner = or(next.Currency, ""), or(next.Owner, "")
		if err := tx.UpdateDeal(deal); err != nil {
			return reply{}, err
		}
		if err := dealEvents(tx, contact, &before, deal, s.now()); err != nil {
			return reply{}, err
		}
		if err := events.FollowDates(tx, contact, s.now()); err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		return ok(shapeDeal(deal)), nil
	})
}

// lockDeal reads a deal under the lock of its contact.
func lockDeal(tx *store.Tx, id string) (*store.Deal, *store.Contact, error) {
	deal, err := tx.Deal(id)
	if err != nil {
		return nil, nil, err
	}
	contact, err := tx.LockContact(deal.ContactID)
	if err != nil {
		return nil, nil, err
	}
	deal, err = tx.Deal(id)
	return deal, contact, err
}

func (s *server) DeleteDeal(c *gin.Context, id string) {
	removing(s, c, func(tx *store.Tx) error {
		_, contact, err := lockDeal(tx, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteDeal(id); err != nil {
			return err
		}
		return events.FollowDates(tx, contact, s.now())
	})
}
