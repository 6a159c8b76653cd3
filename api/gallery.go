package api

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/gallery"
	"fermata/store"
)

// shapeGallery shows a template as it comes without answers.
func shapeGallery(t *gallery.Template) (gen.GalleryTemplate, error) {
	shown := gen.GalleryTemplate{
		Key: t.Key, Name: t.Name, Description: t.Description, Category: t.Category, Minutes: t.Minutes,
		Needs: []gen.GalleryThing{}, Blanks: make([]gen.GalleryBlank, len(t.Blanks)),
	}
	answers, faults := t.Answer(nil)
	if len(faults) > 0 {
		return shown, fmt.Errorf("default of %s in template %s %s", faults[0].Blank, t.Key, faults[0].Message)
	}
	needs, err := t.Needs(answers)
	if err != nil {
		return shown, err
	}
	for _, need := range needs {
		shown.Needs = append(shown.Needs, thing(need.Kind, need.Key, need.Name))
	}
	for i, blank := range t.Blanks {
		if shown.Blanks[i], err = shapeBlank(blank); err != nil {
			return shown, err
		}
	}
	shown.Definition, err = t.Document(t.Key, t.Name, answers)
	return shown, err
}

func shapeBlank(b gallery.Blank) (gen.GalleryBlank, error) {
	value, err := json.Marshal(b.Default)
	if err != nil {
		return gen.GalleryBlank{}, fmt.Errorf("encode default of %s: %w", b.Key, err)
	}
	shown := gen.GalleryBlank{
		Key: b.Key, Label: b.Label, Help: b.Help, Kind: gen.GalleryBlankKind(b.Kind), Default: (*gen.Any)(&value), Required: b.Required,
		Min: b.Min, Max: b.Max,
	}
	if len(b.Options) > 0 {
		options := make([]gen.GalleryOption, len(b.Options))
		for i, o := range b.Options {
			options[i] = gen.GalleryOption{Value: o.Value, Label: o.Label}
		}
		shown.Options = &options
	}
	return shown, nil
}

func thing(kind, key, name string) gen.GalleryThing {
	return gen.GalleryThing{Kind: gen.GalleryThingKind(kind), Key: key, Name: firstText(name, key)}
}

// ListTemplates answers the gallery.
func (s *server) ListTemplates(c *gin.Context, params gen.ListTemplatesParams) {
	items := []gen.GalleryTemplate{}
	for _, t := range gallery.Templates() {
		shown, err := shapeGallery(t)
		if err != nil {
			s.fail(c, err)
			return
		}
		items = append(items, shown)
	}
	page, err := partOf(items, params.Limit, params.Cursor, func(t *gen.GalleryTemplate) string { return t.Key })
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, ok(page))
}

// GetTemplate answers one template.
func (s *server) GetTemplate(c *gin.Context, key string) {
	t := gallery.Find(key)
	if t == nil {
		s.fail(c, store.ErrNotFound)
		return
	}
	shown, err := shapeGallery(t)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, ok(shown))
}

// InstallTemplate creates what a template needs and its draft, in one transaction. A dry run does
// all of it and rolls back, so that it says exactly what would be created.
func (s *server) InstallTemplate(c *gin.Context, key string, _ gen.InstallTemplateParams) {
	t := gallery.Find(key)
	if t == nil {
		s.fail(c, store.ErrNotFound)
		return
	}
	in, err := bind[gen.InstallRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	if !or(in.DryRun, false) {
		s.create(c, func(tx *store.Tx) (reply, error) { return s.installed(c, tx, t, in) })
		return
	}
	var r reply
	err = s.writeStore(c.Request.Context(), func(tx *store.Tx) (err error) {
		if r, err = s.installed(c, tx, t, in); err == nil {
			err = errDryRun
		}
		return err
	})
	if !errors.Is(err, errDryRun) {
		s.fail(c, err)
		return
	}
	s.send(c, ok(r.body))
}

func (s *server) installed(c *gin.Context, tx *store.Tx, t *gallery.Template, in gen.InstallRequest) (reply, error) {
	given := map[string]any{}
	if in.Answers != nil {
		var err error
		if given, err = decodeObject(*in.Answers); err != nil {
			return reply{}, err
		}
	}
	i := &installation{s: s, c: c, tx: tx, result: gen.InstallResult{
		Created: []gen.GalleryThing{}, Existing: []gen.GalleryThing{}, Problems: []gen.DefinitionProblem{},
	}}
	w, err := i.install(t, given, or(in.Key, ""), or(in.Name, t.Name))
	if err != nil {
		return reply{}, taken(err, "workflow", or(in.Key, t.Key))
	}
	_, problems, err := s.judged(tx, w.Key, w.Draft)
	if err != nil {
		return reply{}, err
	}
	i.result.Workflow, i.result.Problems = w.Key, shownProblems(problems)
	err = s.audit(c, tx, "template.install", t.Key, map[string]any{"workflow": w.Key, "created": i.result.Created})
	return created(location("workflows", w.Key), i.result), err
}

// faulty answers what is wrong with answers.
func faulty(faults []gallery.Fault) error {
	fields := make([]gen.FieldError, len(faults))
	for i, f := range faults {
		fields[i] = gen.FieldError{Pointer: "/answers/" + f.Blank, Message: f.Message, Hint: f.Hint}
	}
	return invalidFields(fields)
}
