package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"fermata/api/forms"
	"fermata/api/gen"
	"fermata/interpreter/definition"
	"fermata/store"
)

// Statuses of a workflow.
const (
	statusDraft    = "draft"
	statusActive   = "active"
	statusPaused   = "paused"
	statusStopped  = "stopped"
	statusArchived = "archived"
)

// shapeWorkflow answers a workflow with its draft and the problems of the draft.
func (s *server) shapeWorkflow(tx *store.Tx, w *store.Workflow) (gen.Workflow, error) {
	def, problems, err := s.judged(tx, w.Key, w.Draft)
	if err != nil {
		return gen.Workflow{}, err
	}
	inside, err := tx.CountEnrollments(store.EnrollmentFilter{Workflow: w.Key, Active: ptr(true), Test: ptr(false)})
	if err != nil {
		return gen.Workflow{}, err
	}
	shown := gen.Workflow{
		Key: w.Key, Name: w.Name, Status: gen.WorkflowStatus(w.Status), Hash: text(w.Hash), Active: inside,
		UpdatedAt: w.UpdatedAt.UTC(), Owner: w.Owner, Folder: w.Folder,
		Draft: gen.Draft{
			Definition: w.Draft, Etag: w.DraftETag, UpdatedAt: w.DraftUpdatedAt.UTC(), Problems: shownProblems(problems),
			Summaries: shownSummaries(def),
		},
	}
	if w.Version > 0 {
		shown.Version = &w.Version
	}
	shown.Paused, err = shownPause(tx, w.Key)
	return shown, err
}

func (s *server) workflowReply(tx *store.Tx, w *store.Workflow) (reply, error) {
	shown, err := s.shapeWorkflow(tx, w)
	r := ok(shown)
	r.header = map[string]string{"ETag": quoted(w.DraftETag)}
	return r, err
}

// savedWorkflow is workflowReply with the draft's problems beside it.
func (s *server) savedWorkflow(tx *store.Tx, w *store.Workflow, status int) (reply, error) {
	r, err := s.workflowReply(tx, w)
	if err != nil {
		return reply{}, err
	}
	shown, _ := r.body.(gen.Workflow)
	r.status = status
	r.body = gen.WorkflowSaved{
		Key: shown.Key, Name: shown.Name, Status: shown.Status, Version: shown.Version, Hash: shown.Hash, Draft: shown.Draft,
		Active: shown.Active, UpdatedAt: shown.UpdatedAt, Owner: shown.Owner, Folder: shown.Folder, Paused: shown.Paused, Problems: shown.Draft.Problems,
	}
	if status == http.StatusCreated {
		r.header["Location"] = location("workflows", w.Key)
	}
	return r, nil
}

// setDraft puts a definition into a workflow's draft; name, owner and folder are the draft's.
func (s *server) setDraft(w *store.Workflow, d draft) {
	w.Draft, w.DraftETag, w.DraftUpdatedAt = d.document, etagOf(d.document), s.now()
	w.Name, w.Owner, w.Folder = firstText(d.def.Name, w.Key), d.def.Settings.Owner, d.def.Settings.Folder
}

// wrongKey says what is wrong with the key of a definition, nil for nothing.
func wrongKey(key string) error {
	if !workflowKey.MatchString(key) {
		return invalid("/key", "is not the key of a workflow", "lower-case letters, digits and -, at most 63, like post-purchase")
	}
	return nil
}

// otherKey refuses a definition of another workflow than the one in the path.
func otherKey(d draft, key string) error {
	if d.def.Key != "" && d.def.Key != key {
		return invalid("/key", fmt.Sprintf("is not the key in the path, %s", key), "a workflow keeps its key")
	}
	return nil
}

func (s *server) CreateWorkflow(c *gin.Context, _ gen.CreateWorkflowParams) {
	d, err := readDraft(c)
	if err == nil {
		err = wrongKey(d.def.Key)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	s.create(c, func(tx *store.Tx) (reply, error) { return s.newWorkflow(c, tx, d.def.Key, d) })
}

func (s *server) newWorkflow(c *gin.Context, tx *store.Tx, key string, d draft) (reply, error) {
	now := s.now()
	w := &store.Workflow{Key: key, Status: statusDraft, CreatedAt: now, UpdatedAt: now}
	s.setDraft(w, d)
	if err := tx.CreateWorkflow(w); err != nil {
		return reply{}, taken(err, "workflow", key)
	}
	if err := s.audit(c, tx, "workflow.create", key, nil); err != nil {
		return reply{}, err
	}
	return s.savedWorkflow(tx, w, http.StatusCreated)
}

func (s *server) ListWorkflows(c *gin.Context, params gen.ListWorkflowsParams) {
	filter := store.WorkflowFilter{Status: string(or(params.Status, "")), Owner: or(params.Owner, ""), Folder: or(params.Folder, "")}
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListWorkflows(filter, pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		items := make([]gen.Workflow, len(rows))
		for i := range rows {
			if items[i], err = s.shapeWorkflow(tx, &rows[i]); err != nil {
				return reply{}, err
			}
		}
		return ok(list[gen.Workflow]{Items: items, Next: text(next)}), nil
	})
}

func (s *server) GetWorkflow(c *gin.Context, key string) {
	if !wantsYAML(c) {
		s.read(c, func(tx *store.Tx) (reply, error) {
			w, err := tx.Workflow(key)
			if err != nil {
				return reply{}, err
			}
			r, err := s.workflowReply(tx, w)
			if err != nil {
				return reply{}, err
			}
			shown, _ := r.body.(gen.Workflow)
			shown.Hooks, err = s.workflowHooks(c, tx, w)
			r.body = shown
			return r, err
		})
		return
	}
	var w *store.Workflow
	err := s.readStore(c.Request.Context(), func(tx *store.Tx) (err error) {
		w, err = tx.Workflow(key)
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("ETag", quoted(w.DraftETag))
	s.sendYAML(c, w.Draft)
}

// PutWorkflow creates a workflow or replaces its draft. If-Match guards against overwriting what
// somebody else saved, If-None-Match: * creates only.
func (s *server) PutWorkflow(c *gin.Context, key string, params gen.PutWorkflowParams) {
	d, err := readDraft(c)
	if err == nil {
		err = wrongKey(key)
	}
	if err == nil {
		err = otherKey(d, key)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	s.write(c, func(tx *store.Tx) (reply, error) {
		w, err := tx.LockWorkflow(key)
		if errors.Is(err, store.ErrNotFound) {
			if params.IfMatch != nil {
				return reply{}, failure(kindPrecondition, "there is no workflow %q", key)
			}
			return s.newWorkflow(c, tx, key, d)
		}
		if err != nil {
			return reply{}, err
		}
		return s.replaceDraft(c, tx, w, d, params)
	})
}

func (s *server) replaceDraft(c *gin.Context, tx *store.Tx, w *store.Workflow, d draft, params gen.PutWorkflowParams) (reply, error) {
	switch {
	case params.IfNoneMatch != nil && matches(*params.IfNoneMatch, w.DraftETag):
		return reply{}, failure(kindPrecondition, "the workflow exists")
	case params.IfMatch != nil && !matches(*params.IfMatch, w.DraftETag):
		return reply{}, failure(kindPrecondition, "the draft was changed; its etag is now %s", w.DraftETag)
	case w.Status == statusArchived:
		return reply{}, failure(kindState, "the workflow is archived; start it first")
	}
	s.setDraft(w, d)
	if err := tx.SaveWorkflow(w); err != nil {
		return reply{}, err
	}
	if err := s.audit(c, tx, "workflow.draft", w.Key, map[string]any{"etag": w.DraftETag}); err != nil {
		return reply{}, err
	}
	return s.savedWorkflow(tx, w, http.StatusOK)
}

func (s *server) GetSchema(c *gin.Context) {
	s.send(c, ok(json.RawMessage(definition.JSONSchema())))
}

func (s *server) ListNodes(c *gin.Context, params gen.ListNodesParams) {
	items, err := forms.Nodes()
	if err != nil {
		s.fail(c, err)
		return
	}
	page, err := partOf(items, params.Limit, params.Cursor, func(n *gen.NodeSpec) string { return n.Type })
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, ok(page))
}
