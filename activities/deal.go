package activities

import (
	"errors"
	"fmt"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

// codeNoDeal: there is no deal to act on and the step may not create one.
const codeNoDeal = "no_deal"

// changeDeal creates, moves or assigns a deal of the contact.
func (t *turn) changeDeal(c interpreter.Command, p nodes.DealChange) (done, *nodes.Failure, error) {
	pipeline, err := t.tx.Pipeline(p.Pipeline)
	if errors.Is(err, store.ErrNotFound) {
		return done{}, outgoing.Missing("pipeline", p.Pipeline), nil
	}
	if err != nil {
		return done{}, nil, fmt.Errorf("read pipeline: %w", err)
	}
	p.Pipeline = pipeline.Key // in the spelling that is kept
	stage, failure := stageOf(pipeline, p.Stage)
	if failure != nil {
		return done{}, failure, nil
	}
	owner, err := t.dealOwner(c, p)
	if err != nil {
		return done{}, nil, err
	}
	if p.Op == nodes.DealCreateOp {
		return t.createDeal(c, p, stage, owner)
	}
	deal, err := t.findDeal(p)
	if err != nil {
		return done{}, nil, err
	}
	switch {
	case deal == nil && p.Create:
		return t.createDeal(c, p, stage, owner)
	case deal == nil:
		return done{}, &nodes.Failure{Code: codeNoDeal, Message: "the contact has no deal in pipeline " + p.Pipeline}, nil
	}
	if p.Op == nodes.DealAssignOp {
		return t.assignDeal(c, deal, owner)
	}
	return t.moveDeal(c, deal, pipeline, stage, p.OnlyForward)
}

// stageOf finds a stage by key; an empty key is the first stage.
func stageOf(p *store.Pipeline, key string) (store.Stage, *nodes.Failure) {
	if stage, found := p.Stage(key); found {
		return stage, nil
	}
	return store.Stage{}, outgoing.Missing("stage in pipeline "+p.Key, key)
}

// dealOwner is the owner that the step gives: fixed, or the next of its round.
func (t *turn) dealOwner(c interpreter.Command, p nodes.DealChange) (string, error) {
	if len(p.RoundRobin) == 0 {
		return p.Owner, nil
	}
	n, err := t.tx.NextRoundRobin(t.e.Workflow+"/"+c.Node, len(p.RoundRobin))
	if err != nil {
		return "", fmt.Errorf("take turn: %w", err)
	}
	return p.RoundRobin[n], nil
}

// findDeal finds the deal that a step means: the one that it names, the event's,
// the one that this enrollment created or moved, the newest open one of the
// pipeline, and for a move the newest one.
func (t *turn) findDeal(p nodes.DealChange) (*store.Deal, error) {
	named := p.Deal
	if named == "" {
		scope, err := t.scope()
		if err != nil {
			return nil, err
		}
		if id, ok := scope.Lookup("event.deal_id"); ok {
			named, _ = id.(string)
		}
	}
	if named != "" {
		if deal, err := t.dealByID(named); err != nil || deal != nil {
			return deal, err
		}
		if p.Deal != "" {
			return nil, nil
		}
	}
	if deal, err := t.ownDeal(p.Pipeline); err != nil || deal != nil {
		return deal, err
	}
	deals, err := t.tx.DealsOfContact(t.contact.ID, p.Pipeline)
	if err != nil {
		return nil, fmt.Errorf("read deals: %w", err)
	}
	for i := range deals {
		if deals[i].Status == "open" {
			return &deals[i], nil
		}
	}
	if p.Op == nodes.DealMoveOp && len(deals) > 0 {
		return &deals[0], nil
	}
	return nil, nil
}

func (t *turn) dealByID(id string) (*store.Deal, error) {
	deal, err := t.tx.Deal(id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && deal.ContactID != t.contact.ID) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read deal: %w", err)
	}
	return deal, nil
}

// ownDeal is the deal of the pipeline that this enrollment created or moved last.
func (t *turn) ownDeal(pipeline string) (*store.Deal, error) {
	effects, err := t.tx.Effects(t.e.ID)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	for i := len(effects) - 1; i >= 0; i-- {
		switch effects[i].Kind {
		case "deal_create", "deal_move", "deal_assign":
		default:
			continue
		}
		var result struct {
			Deal    string `json:"deal"`
			Created bool   `json:"created"`
		}
		if err := decode(effects[i].Result, &result); err != nil || result.Deal == "" {
			continue
		}
		if effects[i].Kind == "deal_assign" && !result.Created {
			continue // it found a deal, and neither made nor moved it
		}
		deal, err := t.dealByID(result.Deal)
		if err != nil {
			return nil, err
		}
		if deal != nil && deal.Pipeline == pipeline {
			return deal, nil
		}
	}
	return nil, nil
}

func (t *turn) createDeal(c interpreter.Command, p nodes.DealChange, stage store.Stage, owner string) (done, *nodes.Failure, error) {
	value, failure := dealValue(p.Value)
	if failure != nil {
		return done{}, failure, nil
	}
	title := p.Title
	if title == "" {
		title = t.def.Name
	}
	currency := p.Currency
	if currency == "" {
		account, err := events.Account(t.tx)
		if err != nil {
			return done{}, nil, fmt.Errorf("read account: %w", err)
		}
		currency = account.Currency
	}
	deal := &store.Deal{
		ID: store.NewID("deal"), Title: title, Pipeline: p.Pipeline, Stage: stage.Key, Status: stage.Kind,
		Value: value, Currency: currency, Owner: owner, ContactID: t.contact.ID, CreatedAt: t.now, UpdatedAt: t.now,
	}
	if err := t.tx.CreateDeal(deal); err != nil {
		return done{}, nil, fmt.Errorf("create deal: %w", err)
	}
	if err := t.emit(c, "deal.created", events.DealData(deal, "")); err != nil {
		return done{}, nil, err
	}
	if err := t.emitDealEnd(c, deal, ""); err != nil {
		return done{}, nil, err
	}
	return done{
		result: map[string]any{"deal": deal.ID, "stage": deal.Stage, "owner": deal.Owner, "created": true},
		// The snapshot tells whether somebody has changed the deal since.
		changes: []change{{Thing: thing(thingDeal, deal.ID), To: dealState(deal)}},
	}, nil, nil
}

func (t *turn) assignDeal(c interpreter.Command, deal *store.Deal, owner string) (done, *nodes.Failure, error) {
	before := deal.Owner
	if err := t.setOwner(deal, owner); err != nil {
		return done{}, nil, err
	}
	return done{
		result:  map[string]any{"deal": deal.ID, "owner": owner, "created": false},
		changes: []change{{Thing: thing(thingOwner, deal.ID), From: before, To: owner}},
	}, nil, nil
}

func (t *turn) setOwner(deal *store.Deal, owner string) error {
	if deal.Owner == owner {
		return nil
	}
	deal.Owner, deal.UpdatedAt = owner, t.now
	if err := t.tx.UpdateDeal(deal); err != nil {
		return fmt.Errorf("assign deal: %w", err)
	}
	return nil
}

func (t *turn) moveDeal(c interpreter.Command, deal *store.Deal, p *store.Pipeline, stage store.Stage, onlyForward bool) (done, *nodes.Failure, error) {
	from := stageState(deal)
	changed := change{Thing: thing(thingStage, deal.ID), From: from, To: map[string]any{"pipeline": p.Key, "stage": stage.Key}}
	unchanged := map[string]any{"deal": deal.ID, "stage": deal.Stage, "changed": false}
	switch {
	case changed.kept():
		return done{result: unchanged, changes: []change{changed}}, nil, nil
	case onlyForward && deal.Pipeline == p.Key && p.Position(stage.Key) < p.Position(deal.Stage):
		return done{result: unchanged}, nil, nil
	}
	before := deal.Stage
	if err := t.setStage(c, deal, p, stage); err != nil {
		return done{}, nil, err
	}
	return done{
		result:  map[string]any{"deal": deal.ID, "stage": deal.Stage, "from": before, "changed": true},
		changes: []change{changed},
	}, nil, nil
}

// setStage moves a deal to another stage, with the events of that.
func (t *turn) setStage(c interpreter.Command, deal *store.Deal, p *store.Pipeline, stage store.Stage) error {
	before := *deal
	deal.Pipeline, deal.Stage, deal.Status, deal.UpdatedAt = p.Key, stage.Key, stage.Kind, t.now
	if err := t.tx.UpdateDeal(deal); err != nil {
		return fmt.Errorf("move deal: %w", err)
	}
	if err := t.emit(c, "deal.stage_changed", events.DealData(deal, before.Stage)); err != nil {
		return err
	}
	if before.Status == deal.Status {
		return nil
	}
	return t.emitDealEnd(c, deal, before.Stage)
}

// stageState and dealState are what the ledger keeps of a deal.
func stageState(d *store.Deal) map[string]any {
	return map[string]any{"pipeline": d.Pipeline, "stage": d.Stage}
}

func dealState(d *store.Deal) map[string]any {
	state := map[string]any{
		"pipeline": d.Pipeline, "stage": d.Stage, "title": d.Title, "currency": d.Currency, "owner": d.Owner,
	}
	if d.Value != nil {
		state["value"] = *d.Value
	}
	return state
}

func (t *turn) emitDealEnd(c interpreter.Command, deal *store.Deal, from string) error {
	switch deal.Status {
	case "won":
		return t.emit(c, "deal.won", events.DealData(deal, from))
	case "lost":
		return t.emit(c, "deal.lost", events.DealData(deal, from))
	}
	return nil
}

func dealValue(v any) (*float64, *nodes.Failure) {
	if v == nil {
		return nil, nil
	}
	number, ok := nodes.AsNumber(v)
	if !ok {
		return nil, &nodes.Failure{Code: nodes.CodeBadValue, Message: fmt.Sprintf("deal value %v is not a number", v)}
	}
	return &number, nil
}
