package api

import (
	"bytes"
	"errors"
	"fmt"
	"sort"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

// What a publish does with the people inside.
const (
	flightStay    = "stay"
	flightMigrate = "migrate"
	flightExit    = "exit"
)

// publication is one publish or rollback in the making.
type publication struct {
	workflow *store.Workflow
	document []byte
	def      *definition.Definition
	problems []definition.Problem
	inFlight string
	dryRun   bool
	action   string
	detail   map[string]any
	tests    *tested
}

// PublishWorkflow makes the draft the next version, in one transaction with everything that
// depends on it: the router reads the new one from the commit on.
func (s *server) PublishWorkflow(c *gin.Context, key string, params gen.PublishWorkflowParams) {
	before := s.testDraft(c.Request.Context(), key)
	creating(s, c, func(tx *store.Tx, in gen.PublishRequest) (reply, error) {
		p := &publication{
			inFlight: string(or(in.InFlight, flightStay)), dryRun: or(params.DryRun, false), action: "workflow.publish",
		}
		if err := s.lockPublication(tx, p, key); err != nil {
			return reply{}, err
		}
		p.document = p.workflow.Draft
		if err := s.judge(tx, p); err != nil {
			return reply{}, err
		}
		if or(params.CreateMissing, false) && !p.dryRun && p.def != nil {
			if err := s.createMissing(c, tx, p); err != nil {
				return reply{}, err
			}
		}
		if err := s.testPublication(c.Request.Context(), tx, p, before); err != nil {
			return reply{}, err
		}
		return s.publish(c, tx, p)
	})
}

// RollbackWorkflow publishes the content of an earlier version under a new number. The draft
// stays what it is. Its tests are not run again: they let it through once, and whoever goes back is in
// a hurry.
func (s *server) RollbackWorkflow(c *gin.Context, key string, params gen.RollbackWorkflowParams) {
	creating(s, c, func(tx *store.Tx, in gen.RollbackRequest) (reply, error) {
		p := &publication{
			inFlight: string(or(in.InFlight, flightStay)), dryRun: or(params.DryRun, false), action: "workflow.rollback",
			detail: map[string]any{"to": in.To},
		}
		if err := s.lockPublication(tx, p, key); err != nil {
			return reply{}, err
		}
		v, err := tx.Version(key, in.To)
		if errors.Is(err, store.ErrNotFound) {
			return reply{}, invalid("/to", "there is no such version", fmt.Sprintf("1 to %d", p.workflow.Version))
		}
		if err != nil {
			return reply{}, err
		}
		p.document = v.Document
		if err := s.judge(tx, p); err != nil {
			return reply{}, err
		}
		return s.publish(c, tx, p)
	})
}

// lockPublication locks the workflow, and before it, when everybody inside is to leave, their
// contacts: contacts are always locked first.
func (s *server) lockPublication(tx *store.Tx, p *publication, key string) error {
	if p.inFlight == flightMigrate {
		return failure(kindNotAvailable, "in_flight: migrate is not available in this build; use stay or exit")
	}
	if p.inFlight == flightExit && !p.dryRun {
		if err := lockInside(tx, key); err != nil {
			return err
		}
	}
	w, err := tx.LockWorkflow(key)
	if err != nil {
		return err
	}
	if w.Status == statusArchived {
		return failure(kindState, "the workflow is archived; start it first")
	}
	p.workflow = w
	return nil
}

func (s *server) judge(tx *store.Tx, p *publication) (err error) {
	p.def, p.problems, err = s.judged(tx, p.workflow.Key, p.document)
	if err == nil && p.def != nil && p.def.Key != p.workflow.Key && !definition.HasErrors(p.problems) {
		return invalid("/key", "is not the key of the workflow", p.workflow.Key)
	}
	return err
}

func (s *server) publish(c *gin.Context, tx *store.Tx, p *publication) (reply, error) {
	failed := p.def == nil || definition.HasErrors(p.problems)
	if failed && !p.dryRun {
		return reply{}, invalidDefinition(p.problems)
	}
	w := p.workflow
	result := gen.PublishResult{Problems: shownProblems(p.problems), Tests: p.tests.shown()}
	var canonical []byte
	if p.def != nil {
		canonical = p.def.Canonical()
		result.Hash = definition.Hash(canonical)
	}
	result.Changed = result.Hash != w.Hash || w.Version == 0
	result.Version = w.Version
	if result.Changed {
		result.Version++
	}
	if err := s.countInFlight(tx, p, &result); err != nil {
		return reply{}, err
	}
	if p.dryRun || !result.Changed {
		return s.published(tx, p, result)
	}
	if err := s.addVersion(c, tx, p, result, canonical); err != nil {
		return reply{}, err
	}
	if p.inFlight == flightExit {
		ended, err := s.endInside(tx, w.Key, "published")
		if err != nil {
			return reply{}, err
		}
		result.InFlight.Exit = ended
	}
	tx.AfterCommit(s.nudge)
	return s.published(tx, p, result)
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

func (s *server) addVersion(c *gin.Context, tx *store.Tx, p *publication, result gen.PublishResult, canonical []byte) error {
	w, now := p.workflow, s.now()
	if err := tx.PutDefinition(result.Hash, canonical); err != nil {
		return err
	}
	version := &store.WorkflowVersion{
		Workflow: w.Key, Number: result.Version, Hash: result.Hash, Document: bytes.Clone(p.document), Person: callerOf(c).person, CreatedAt: now,
	}
	if err := tx.AddVersion(version); err != nil {
		return err
	}
	w.Version, w.Hash = result.Version, result.Hash
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
	detail := map[string]any{"version": result.Version, "hash": result.Hash, "in_flight": p.inFlight}
	for key, value := range p.detail {
		detail[key] = value
	}
	return s.audit(c, tx, p.action, w.Key, detail)
}

// countInFlight says what becomes of the people inside, per node in a dry run. Whoever stays runs
// the version that they started with, so nothing of theirs fires earlier.
func (s *server) countInFlight(tx *store.Tx, p *publication, result *gen.PublishResult) error {
	filter := store.EnrollmentFilter{Workflow: p.workflow.Key, Active: ptr(true), Test: ptr(false)}
	inside, err := tx.CountEnrollments(filter)
	if err != nil {
		return err
	}
	if p.inFlight == flightExit && result.Changed {
		result.InFlight.Exit = inside
	} else {
		result.InFlight.Stay = inside
	}
	if !p.dryRun {
		return nil
	}
	at := map[string]int{}
	err = eachInside(tx, p.workflow.Key, func(e *store.Enrollment) error {
		if !e.Test {
			at[e.Node]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	list := make([]gen.NodePreview, 0, len(at))
	for node, n := range at {
		preview := gen.NodePreview{Node: node, Waiting: n}
		if result.InFlight.Exit == 0 {
			preview.Becomes = ptr(node)
		}
		list = append(list, preview)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Node < list[j].Node })
	result.Nodes = &list
	return nil
}

// eachInside calls fn for every active enrollment of a workflow, tests included.
func eachInside(tx *store.Tx, workflow string, fn func(e *store.Enrollment) error) error {
	for cursor := ""; ; {
		rows, next, err := tx.ListEnrollments(store.EnrollmentFilter{Workflow: workflow, Active: ptr(true)}, store.Page{Limit: store.MaxLimit, Cursor: cursor})
		if err != nil {
			return err
		}
		for i := range rows {
			if err := fn(&rows[i]); err != nil {
				return err
			}
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}

// lockInside locks the contacts of everybody inside, in one order.
func lockInside(tx *store.Tx, workflow string) error {
	seen := map[string]bool{}
	err := eachInside(tx, workflow, func(e *store.Enrollment) error {
		seen[e.ContactID] = true
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(seen))
	for id := range seen {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		if _, err := tx.LockContact(id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// endInside ends every active enrollment of a workflow and returns how many were no tests.
func (s *server) endInside(tx *store.Tx, workflow, reason string) (int, error) {
	var ids []string
	err := eachInside(tx, workflow, func(e *store.Enrollment) error {
		ids = append(ids, e.ID)
		return nil
	})
	if err != nil {
		return 0, err
	}
	ended := 0
	for _, id := range ids {
		e, err := tx.LockEnrollment(id)
		if err != nil {
			return 0, err
		}
		if !e.Active {
			continue
		}
		if err := events.End(tx, e, store.StatusExited, "neutral", reason, s.now()); err != nil {
			return 0, err
		}
		if !e.Test {
			ended++
		}
	}
	return ended, nil
}
