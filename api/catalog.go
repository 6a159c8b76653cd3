package api

import (
	"errors"
	"fmt"
	"strings"

	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

// catalog answers the validator from the store. The validator asks yes or no, so the first error
// is kept aside and must be looked at afterwards.
type catalog struct {
	tx          *store.Tx
	definitions *events.Definitions
	self        string // the key of the workflow that is judged
	sms         bool   // there is a gateway for text messages
	err         error
}

var (
	_ definition.Catalog              = (*catalog)(nil)
	_ definition.StageCatalog         = (*catalog)(nil)
	_ definition.TemplateClassCatalog = (*catalog)(nil)
	_ definition.TemplateUseCatalog   = (*catalog)(nil)
	_ definition.GatewayCatalog       = (*catalog)(nil)
)

// found turns the error of a look-up into an answer.
func (c *catalog) found(err error) bool {
	if err != nil && !errors.Is(err, store.ErrNotFound) && c.err == nil {
		c.err = err
	}
	return err == nil
}

// HasGateway implements definition.GatewayCatalog; text messages are the only channel that needs one.
func (c *catalog) HasGateway(string) bool { return c.sms }

func (c *catalog) HasTemplate(key string) bool {
	_, err := c.tx.EmailTemplate(key)
	return c.found(err)
}

func (c *catalog) HasPipeline(key string) bool {
	_, err := c.tx.Pipeline(key)
	return c.found(err)
}

func (c *catalog) HasStage(pipeline, stage string) bool {
	p, err := c.tx.Pipeline(pipeline)
	if !c.found(err) {
		return false
	}
	_, there := p.Stage(stage)
	return there
}

// Stages lists the stages of a pipeline, none when there is no such pipeline.
func (c *catalog) Stages(pipeline string) []definition.Stage {
	p, err := c.tx.Pipeline(pipeline)
	if !c.found(err) {
		return nil
	}
	stages := make([]definition.Stage, len(p.Stages))
	for i, stage := range p.Stages {
		stages[i] = definition.Stage{Key: stage.Key, Name: stage.Name, Kind: stage.Kind}
	}
	return stages
}

func (c *catalog) HasCourse(key string) bool {
	_, err := c.tx.Course(key)
	return c.found(err)
}

func (c *catalog) HasSegment(key string) bool {
	_, err := c.tx.Segment(key)
	return c.found(err)
}

func (c *catalog) HasSecret(name string) bool {
	_, err := c.tx.Secret(name)
	return c.found(err)
}

func (c *catalog) Workflow(key string) (exists, active bool) {
	w, err := c.tx.Workflow(strings.ToLower(key))
	if !c.found(err) {
		return false, false
	}
	return w.Status != statusArchived, w.Status == statusActive || w.Status == statusPaused
}

func (c *catalog) HasFile(name string) bool {
	there, err := c.tx.HasFile(name)
	return c.found(err) && there
}

func (c *catalog) EventSeen(kind string) bool {
	seen, err := c.tx.EventTypeSeen(kind)
	return c.found(err) && seen
}

func (c *catalog) TemplateText(key string) (html string, exists bool) {
	t, err := c.tx.EmailTemplate(key)
	if !c.found(err) {
		return "", false
	}
	return firstText(t.HTML, t.Text), true
}

func (c *catalog) TemplateClass(key string) string {
	t, err := c.tx.EmailTemplate(key)
	if !c.found(err) {
		return ""
	}
	return t.Class
}

// TemplateUsers lists the other workflows that send the template to who the event enrolls.
func (c *catalog) TemplateUsers(template, event string) []string {
	triggers, err := c.tx.EventWorkflows(event)
	if !c.found(err) {
		return nil
	}
	var users []string
	for _, t := range triggers {
		if t.Workflow == c.self {
			continue
		}
		def, err := c.definitions.Load(c.tx, t.Hash)
		if c.found(err) && names(def, useTemplate, template) {
			users = append(users, t.Workflow)
		}
	}
	return users
}

// Kinds of reference, as definition.Reference names them.
const (
	useTemplate = "template"
	usePipeline = "pipeline"
	useCourse   = "course"
	useSegment  = "segment"
	useFile     = "file"
	useSecret   = "secret"
)

// unused refuses with in-use when a workflow names the thing: in its draft, in its published
// version, or in a version that people are still inside of.
func (s *server) unused(tx *store.Tx, kind, name string) error {
	users, err := channelUsers(tx, kind, name)
	if err != nil {
		return err
	}
	for cursor := ""; ; {
		rows, next, err := tx.ListWorkflows(store.WorkflowFilter{}, store.Page{Limit: store.MaxLimit, Cursor: cursor})
		if err != nil {
			return err
		}
		for i := range rows {
			where, err := s.usedBy(tx, &rows[i], kind, name)
			if err != nil {
				return err
			}
			users = append(users, where...)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if len(users) > 0 {
		return &store.InUseError{Users: users}
	}
	return nil
}

func (s *server) usedBy(tx *store.Tx, w *store.Workflow, kind, name string) ([]string, error) {
	var users []string
	if draft, _ := definition.Parse(w.Draft, false); w.Status != statusArchived && names(draft, kind, name) {
		users = append(users, "workflow "+w.Key+" (draft)")
	}
	versions, err := tx.Versions(w.Key)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		def, err := s.Definitions.Load(tx, v.Hash)
		if err != nil {
			return nil, err
		}
		if !names(def, kind, name) {
			continue
		}
		live := v.Number == w.Version && w.Status != statusArchived
		if !live {
			inside, err := tx.CountEnrollments(store.EnrollmentFilter{Workflow: w.Key, Version: v.Number, Active: ptr(true)})
			if err != nil {
				return nil, err
			}
			live = inside > 0
		}
		if live {
			users = append(users, fmt.Sprintf("workflow %s (version %d)", w.Key, v.Number))
		}
	}
	return users, nil
}

// names reports whether a definition refers to the thing.
func names(def *definition.Definition, kind, name string) bool {
	if def == nil {
		return false
	}
	for _, r := range def.References() {
		if r.Kind == kind && strings.EqualFold(r.Key, name) {
			return true
		}
	}
	return false
}
