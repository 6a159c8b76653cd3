package api

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/gallery"
	"fermata/interpreter/definition"
	"fermata/store"
)

// installation is one install in the making.
type installation struct {
	s      *server
	c      *gin.Context
	tx     *store.Tx
	result gen.InstallResult
}

// install makes what a template needs and its draft. Without a key the draft gets the first free
// one; store.ErrConflict when the given one is taken.
func (i *installation) install(t *gallery.Template, given map[string]any, key, name string) (*store.Workflow, error) {
	answers, faults := t.Answer(given)
	if len(faults) > 0 {
		return nil, faulty(faults)
	}
	if err := i.secrets(t, answers); err != nil {
		return nil, err
	}
	needs, err := t.Needs(answers)
	if err != nil {
		return nil, err
	}
	for _, need := range needs {
		if err := i.provide(need); err != nil {
			return nil, err
		}
	}
	return i.draft(t, answers, key, name)
}

// maxKeys bounds the search for a free key.
const maxKeys = 1000

func (i *installation) draft(t *gallery.Template, answers gallery.Answered, key, name string) (*store.Workflow, error) {
	if key != "" {
		return i.create(t, answers, key, name)
	}
	for n := 1; n <= maxKeys; n++ {
		key := t.Key
		if n > 1 {
			key = fmt.Sprintf("%s-%d", t.Key, n)
		}
		w, err := i.create(t, answers, key, name)
		if !errors.Is(err, store.ErrConflict) {
			return w, err
		}
	}
	return nil, failure(kindKeyExists, "%d workflows have keys like %s; give another one", maxKeys, t.Key)
}

// create makes the draft; store.ErrConflict when the key is taken.
func (i *installation) create(t *gallery.Template, answers gallery.Answered, key, name string) (*store.Workflow, error) {
	document, err := t.Document(key, name, answers)
	if err != nil {
		return nil, err
	}
	def, problems := definition.Parse(document, false)
	if def == nil {
		return nil, invalidDefinition(problems)
	}
	now := i.s.now()
	w := &store.Workflow{Key: key, Status: statusDraft, CreatedAt: now, UpdatedAt: now}
	i.s.setDraft(w, draft{def: def, document: document, problems: problems})
	if err := i.tx.CreateWorkflow(w); err != nil {
		return nil, err
	}
	return w, i.s.audit(i.c, i.tx, "workflow.create", key, map[string]any{"template": t.Key})
}

func (i *installation) made(kind, key, name string) {
	i.result.Created = append(i.result.Created, thing(kind, key, name))
}

// found notes what was there before, once; two templates of one install may need the same.
func (i *installation) found(kind, key, name string) {
	same := func(one gen.GalleryThing) bool { return string(one.Kind) == kind && one.Key == key }
	if !slices.ContainsFunc(i.result.Created, same) && !slices.ContainsFunc(i.result.Existing, same) {
		i.result.Existing = append(i.result.Existing, thing(kind, key, name))
	}
}

// note says of something that was asked to be created whether it was there: a conflict is no error.
func (i *installation) note(err error, kind, key, name string) error {
	switch {
	case err == nil:
		i.made(kind, key, name)
	case errors.Is(err, store.ErrConflict):
		i.found(kind, key, name)
	default:
		return err
	}
	return nil
}

// secretRefused answers a caller who may not store the value of a secret.
func secretRefused(blank string) error {
	p := invalid("/answers/"+blank, "storing the value of a secret takes the scope admin", "name a stored one, secret:"+blank+", or leave it empty")
	p.kind = kindForbidden
	return p
}

// secrets stores the values that were given for secrets.
func (i *installation) secrets(t *gallery.Template, answers gallery.Answered) error {
	has := i.s.catalog(i.tx, t.Key)
	values, faults := t.Secrets(answers, has.HasSecret)
	if has.err != nil {
		return has.err
	}
	if len(faults) > 0 {
		return faulty(faults)
	}
	for _, one := range values {
		if !callerOf(i.c).may(scopeAdmin) {
			return secretRefused(one.Blank)
		}
		if i.s.SecretBox == nil {
			return failure(kindNotAvailable, "no key to encrypt secrets with is set")
		}
		if _, err := i.s.putSecret(i.c, i.tx, one.Name, one.Value); err != nil {
			return err
		}
		i.made("secret", one.Name, "")
	}
	return nil
}

// provide makes what is needed unless it is there.
func (i *installation) provide(need gallery.Need) error {
	switch need.Kind {
	case gallery.NeedPipeline:
		return i.pipeline(need)
	case gallery.NeedCourse:
		return i.note(i.tx.CreateCourse(&store.Course{Key: need.Key, Name: need.Name}), need.Kind, need.Key, need.Name)
	case gallery.NeedField:
		return i.note(i.tx.CreateField(&store.Field{Key: need.Key, Type: need.Type}), need.Kind, need.Key, need.Name)
	case gallery.NeedEmailTemplate:
		t := &store.EmailTemplate{Key: need.Key}
		in := gen.EmailTemplateInput{
			Key: need.Key, Name: &need.Name, Subject: need.Subject, Html: &need.HTML, Text: &need.Text, Class: ptr(gen.MessageClass(need.Class)),
		}
		if err := fillTemplate(t, in); err != nil {
			return fmt.Errorf("make mail template %s: %w", need.Key, err)
		}
		return i.note(i.tx.CreateEmailTemplate(t), need.Kind, need.Key, need.Name)
	case gallery.NeedFile:
		return i.file(need)
	case gallery.NeedWorkflow:
		return i.workflow(need)
	}
	return fmt.Errorf("install template: unknown need %s", need.Kind)
}

// pipeline makes the pipeline, or adds the stages that the workflow needs of one that is there.
func (i *installation) pipeline(need gallery.Need) error {
	var all, needed []store.Stage
	for _, one := range need.Stages {
		stage := store.Stage{Key: one.Key, Name: one.Name, Kind: one.Kind}
		all = append(all, stage)
		if !one.Fresh {
			needed = append(needed, stage)
		}
	}
	err := i.tx.CreatePipeline(&store.Pipeline{Key: need.Key, Name: need.Name, Stages: all})
	if err == nil {
		i.made(need.Kind, need.Key, need.Name)
	}
	if !errors.Is(err, store.ErrConflict) {
		return err
	}
	there, added, err := addStages(i.tx, need.Key, needed)
	if err != nil {
		return err
	}
	i.found(need.Kind, need.Key, there.Name)
	for _, stage := range added {
		i.made("stage", need.Key+"/"+stage.Key, stage.Name)
	}
	return nil
}

// file makes a shipped file. One of the operator's own must be there.
func (i *installation) file(need gallery.Need) error {
	exists, err := i.tx.HasFile(need.Key)
	if err != nil {
		return err
	}
	if exists {
		i.found(need.Kind, need.Key, "")
		return nil
	}
	if need.Key != need.Sample {
		return invalid("/answers/"+need.Blank, "there is no file of this name", "upload it first, or leave it out to get "+need.Sample)
	}
	data, err := gallery.Sample(need.Sample)
	if err != nil {
		return err
	}
	i.made(need.Kind, need.Key, "")
	return i.tx.PutFile(&store.File{Name: need.Key, ContentType: need.ContentType, Data: data, CreatedAt: i.s.now()})
}

// workflow makes the draft of another template, and what that one needs.
func (i *installation) workflow(need gallery.Need) error {
	w, err := i.tx.Workflow(need.Key)
	if err == nil {
		i.found(need.Kind, need.Key, w.Name)
		return nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	t := gallery.Find(need.Template)
	if t == nil {
		return fmt.Errorf("install template: there is no template %s", need.Template)
	}
	// Somebody else may have been quicker.
	_, err = i.install(t, need.Answers, need.Key, need.Name)
	return i.note(err, need.Kind, need.Key, need.Name)
}
