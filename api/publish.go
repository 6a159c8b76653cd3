package api

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/gin-gonic/gin"

	"fermata/alarms"
	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

// publication is one publish or rollback in the making.
type publication struct {
	key    string
	flight flight
	action string
	detail map[string]any
	// find sets the document; the workflow is known by then.
	find func(tx *store.Tx, p *publication) error
	// missing creates what the definition names and is not there; nil for a publish that may not.
	missing func(tx *store.Tx, p *publication) error
	// test adds what the definition's tests say; nil for a publish that does not run them.
	test func(tx *store.Tx, p *publication) error

	workflow  *store.Workflow
	document  []byte
	def       *definition.Definition // nil when the document cannot be parsed
	problems  []definition.Problem
	canonical []byte
	hash      string
	version   int // that the document gets, or has
	changed   bool
	tests     *tested
}

// PublishWorkflow makes the draft the next version, in one transaction with everything that
// depends on it: the router reads the new one from the commit on.
func (s *server) PublishWorkflow(c *gin.Context, key string, params gen.PublishWorkflowParams) {
	in, err := bind[gen.PublishRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	if in.Definition != nil && !or(params.DryRun, false) {
		s.fail(c, invalid("/definition", "only a dry run looks at a definition", "save it as the draft, or add ?dry_run=true"))
		return
	}
	p := publication{key: key, action: "workflow.publish", detail: map[string]any{}}
	p.find = func(_ *store.Tx, p *publication) error {
		p.document = p.workflow.Draft
		if in.Definition != nil {
			p.document = *in.Definition
		}
		return nil
	}
	var before *tested
	if in.Definition == nil {
		before = s.testDraft(c.Request.Context(), key)
	}
	p.test = func(tx *store.Tx, p *publication) error {
		return s.testPublication(c.Request.Context(), tx, p, before)
	}
	if or(params.CreateMissing, false) {
		p.missing = func(tx *store.Tx, p *publication) error { return s.createMissing(c, tx, p) }
	}
	s.publishing(c, p, or(params.DryRun, false), flightRequest{
		way: string(or(in.InFlight, "")), mapping: in.Map, onMissing: string(or(in.OnMissing, "")),
		retime: string(or(in.Retime, "")), spread: in.Spread, rate: in.Rate,
	})
}

// RollbackWorkflow publishes the content of an earlier version under a new number. The draft
// stays what it is. Its tests are not run again: they let it through once, and whoever goes back is in
// a hurry.
func (s *server) RollbackWorkflow(c *gin.Context, key string, params gen.RollbackWorkflowParams) {
	in, err := bind[gen.RollbackRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	p := publication{key: key, action: "workflow.rollback", detail: map[string]any{"to": in.To}}
	p.find = func(tx *store.Tx, p *publication) error {
		v, err := tx.Version(key, in.To)
		if errors.Is(err, store.ErrNotFound) {
			return invalid("/to", "there is no such version", fmt.Sprintf("1 to %d", p.workflow.Version))
		}
		if err == nil {
			p.document = v.Document
		}
		return err
	}
	s.publishing(c, p, or(params.DryRun, false), flightRequest{
		way: string(or(in.InFlight, "")), mapping: in.Map, onMissing: string(or(in.OnMissing, "")),
		retime: string(or(in.Retime, "")), spread: in.Spread, rate: in.Rate,
	})
}

// publishing previews a publish, or carries it out. What becomes of the people inside is looked at
// before that, without a lock; the transaction makes sure that it is still about the same contents.
func (s *server) publishing(c *gin.Context, p publication, dryRun bool, asked flightRequest) {
	flight, err := readFlight(asked)
	if err != nil {
		s.fail(c, err)
		return
	}
	p.flight = flight
	if dryRun {
		s.readWithin(c, storeWork, func(tx *store.Tx) (reply, error) {
			found, err := s.foreseeFlight(tx, &p)
			if err == nil && p.test != nil {
				err = p.test(tx, &p)
			}
			if err != nil {
				return reply{}, err
			}
			return s.published(tx, &p, found.preview(&p))
		})
		return
	}
	var before *foreseen
	var unforeseen error
	if flight.way == flightMigrate {
		seen := p
		unforeseen = s.readStoreWithin(c.Request.Context(), storeWork, func(tx *store.Tx) (err error) {
			before, err = s.foreseeFlight(tx, &seen)
			return err
		})
	}
	s.create(c, func(tx *store.Tx) (reply, error) {
		if unforeseen != nil {
			return reply{}, unforeseen
		}
		return s.publish(c, tx, p, before)
	})
}

// look reads what a publish is about, and judges it. With lock the workflow is locked.
func (s *server) look(tx *store.Tx, p *publication, lock bool) (err error) {
	read := tx.Workflow
	if lock {
		read = tx.LockWorkflow
	}
	if p.workflow, err = read(p.key); err != nil {
		return err
	}
	if p.workflow.Status == statusArchived {
		return failure(kindState, "the workflow is archived; start it first")
	}
	if err := p.find(tx, p); err != nil {
		return err
	}
	if err := s.judge(tx, p); err != nil {
		return err
	}
	w := p.workflow
	if p.def != nil {
		p.canonical = p.def.Canonical()
		p.hash = definition.Hash(p.canonical)
	}
	p.changed, p.version = p.hash != w.Hash || w.Version == 0, w.Version
	if p.changed {
		p.version++
	}
	return nil
}

func (s *server) judge(tx *store.Tx, p *publication) (err error) {
	p.def, p.problems, err = s.judged(tx, p.workflow.Key, p.document)
	if err == nil && p.def != nil && p.def.Key != p.workflow.Key && !definition.HasErrors(p.problems) {
		return invalid("/key", "is not the key of the workflow", p.workflow.Key)
	}
	return err
}

func (s *server) publish(c *gin.Context, tx *store.Tx, p publication, before *foreseen) (reply, error) {
	atOnce := false
	if p.flight.way == flightExit {
		var err error
		if atOnce, err = lockLeaving(tx, p.key); err != nil {
			return reply{}, err
		}
	}
	if err := s.look(tx, &p, true); err != nil {
		return reply{}, err
	}
	if p.missing != nil && p.def != nil {
		if err := p.missing(tx, &p); err != nil {
			return reply{}, err
		}
	}
	if p.test != nil {
		if err := p.test(tx, &p); err != nil {
			return reply{}, err
		}
	}
	if p.def == nil || definition.HasErrors(p.problems) {
		return reply{}, invalidDefinition(p.problems)
	}
	result := p.result()
	if p.changed {
		if err := s.addVersion(c, tx, &p); err != nil {
			return reply{}, err
		}
	}
	if err := s.inFlight(c, tx, &p, before, atOnce, &result); err != nil {
		return reply{}, err
	}
	if err := s.auditPublish(c, tx, &p, result); err != nil {
		return reply{}, err
	}
	tx.AfterCommit(s.nudge)
	return s.published(tx, &p, result)
}

func (p *publication) result() gen.PublishResult {
	return gen.PublishResult{
		Hash: p.hash, Version: p.version, Changed: p.changed, Problems: shownProblems(p.problems), Tests: p.tests.shown(),
	}
}

// auditPublish writes down who published what, with the plan for the people inside and what it came to.
func (s *server) auditPublish(c *gin.Context, tx *store.Tx, p *publication, result gen.PublishResult) error {
	if !p.changed && result.Job == nil {
		return nil
	}
	p.detail["version"], p.detail["hash"], p.detail["in_flight"] = p.version, p.hash, p.flight.way
	p.detail["people"] = result.InFlight
	p.flight.tell(p.detail)
	if result.Leaving != nil {
		p.detail["leaving"] = result.Leaving.Count
	}
	if result.Job != nil {
		p.detail["job"] = *result.Job
	}
	return s.audit(c, tx, p.action, p.key, p.detail)
}

// published answers a publish with the addresses of the webhook triggers, which are not stored
// with the answer.
func (s *server) published(tx *store.Tx, p *publication, result gen.PublishResult) (reply, error) {
	if p.def == nil {
		return ok(result), nil
	}
	hooks, err := s.shapeHooks(tx, p.workflow.Key, p.def)
	if err != nil {
		return reply{}, err
	}
	kept := result
	result.Hooks, kept.Hooks = hooks, withoutAddresses(hooks)
	r := ok(result)
	r.kept = kept
	return r, nil
}

// addVersion makes the document the version that runs, and everything that depends on it with it.
func (s *server) addVersion(c *gin.Context, tx *store.Tx, p *publication) error {
	w, now := p.workflow, s.now()
	if err := tx.PutDefinition(p.hash, p.canonical); err != nil {
		return err
	}
	version := &store.WorkflowVersion{
		Workflow: w.Key, Number: p.version, Hash: p.hash, Document: bytes.Clone(p.document), Person: callerOf(c).person, CreatedAt: now,
	}
	if err := tx.AddVersion(version); err != nil {
		return err
	}
	w.Version, w.Hash = p.version, p.hash
	if w.Status == statusDraft {
		w.Status = statusActive
	}
	if err := tx.SaveWorkflow(w); err != nil {
		return err
	}
	if err := tx.SetWorkflowEvents(w.Key, p.def.EventTypes()); err != nil {
		return err
	}
	if err := s.ensureHooks(tx, w.Key, p.def); err != nil {
		return err
	}
	if err := s.setDates(c, tx, w, p.def); err != nil {
		return err
	}
	if err := events.SetSchedules(tx, w.Key, p.def, now); err != nil {
		return err
	}
	return tx.AddWatch(alarms.NewWatch(w.Key, p.version, version.Person, now))
}
