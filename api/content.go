package api

import (
	"encoding/json"
	"fmt"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/interpreter/expr"
	"fermata/store"
)

func templateInput(t *store.EmailTemplate) gen.EmailTemplateInput {
	return gen.EmailTemplateInput{
		Key: t.Key, Name: text(t.Name), Subject: t.Subject, Html: text(t.HTML), Text: text(t.Text), Class: ptr(gen.MessageClass(t.Class)),
	}
}

func shapeTemplate(t *store.EmailTemplate) gen.EmailTemplate {
	return gen.EmailTemplate{
		Key: t.Key, Name: t.Name, Subject: t.Subject, Html: t.HTML, Text: t.Text, Class: gen.MessageClass(t.Class),
		CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(),
	}
}

// fillTemplate sets what a request may say of a template. Subject and bodies must be valid Liquid
// and there must be a body: a template that cannot be sent is refused here, not when it is due.
func fillTemplate(t *store.EmailTemplate, in gen.EmailTemplateInput) error {
	t.Name, t.Subject, t.HTML, t.Text = or(in.Name, in.Key), in.Subject, or(in.Html, ""), or(in.Text, "")
	t.Class = string(or(in.Class, "marketing"))
	if t.HTML == "" && t.Text == "" {
		return invalid("/html", "a template needs html or text", "")
	}
	var fields []gen.FieldError
	for _, part := range []struct{ pointer, source string }{{"/subject", t.Subject}, {"/html", t.HTML}, {"/text", t.Text}} {
		if err := expr.CheckTemplate(part.source); err != nil {
			fields = append(fields, gen.FieldError{Pointer: part.pointer, Message: err.Error(), Hint: "check the Liquid tags"})
		}
	}
	if len(fields) > 0 {
		return invalidFields(fields)
	}
	return nil
}

func (s *server) CreateEmailTemplate(c *gin.Context, _ gen.CreateEmailTemplateParams) {
	creating(s, c, func(tx *store.Tx, in gen.EmailTemplateInput) (reply, error) {
		t := &store.EmailTemplate{Key: in.Key}
		if err := fillTemplate(t, in); err != nil {
			return reply{}, err
		}
		if err := tx.CreateEmailTemplate(t); err != nil {
			return reply{}, taken(err, "mail template", in.Key)
		}
		return created(location("email-templates", t.Key), shapeTemplate(t)), s.audit(c, tx, "email_template.create", t.Key, nil)
	})
}

func (s *server) ListEmailTemplates(c *gin.Context, params gen.ListEmailTemplatesParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListEmailTemplates(pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeTemplate), err
	})
}

func (s *server) GetEmailTemplate(c *gin.Context, key string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		t, err := tx.EmailTemplate(key)
		if err != nil {
			return reply{}, err
		}
		return templateReply(t)
	})
}

// PatchEmailTemplate changes a template. If-Match guards against overwriting what somebody else saved.
func (s *server) PatchEmailTemplate(c *gin.Context, key string, params gen.PatchEmailTemplateParams) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		t, err := tx.LockEmailTemplate(key)
		if err != nil {
			return reply{}, err
		}
		if err := unmoved(t, params.IfMatch); err != nil {
			return reply{}, err
		}
		next, err := patched(s, c, "EmailTemplateInput", templateInput(t))
		if err != nil {
			return reply{}, err
		}
		if err := fillTemplate(t, next); err != nil {
			return reply{}, err
		}
		if err := tx.UpdateEmailTemplate(t); err != nil {
			return reply{}, err
		}
		if err := s.audit(c, tx, "email_template.update", t.Key, nil); err != nil {
			return reply{}, err
		}
		return templateReply(t)
	})
}

// templateReply answers a template with the etag of what it says.
func templateReply(t *store.EmailTemplate) (reply, error) {
	etag, err := templateETag(t)
	r := ok(shapeTemplate(t))
	r.header = map[string]string{"ETag": quoted(etag)}
	return r, err
}

func templateETag(t *store.EmailTemplate) (string, error) {
	document, err := json.Marshal(templateInput(t))
	if err != nil {
		return "", fmt.Errorf("encode template %s: %w", t.Key, err)
	}
	return etagOf(document), nil
}

// unmoved refuses a change of a template that is not as the caller has seen it.
func unmoved(t *store.EmailTemplate, seen *string) error {
	if seen == nil {
		return nil
	}
	etag, err := templateETag(t)
	if err == nil && !matches(*seen, etag) {
		err = failure(kindPrecondition, "the template was changed; its etag is now %s", etag)
	}
	return err
}

func (s *server) DeleteEmailTemplate(c *gin.Context, key string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := s.unused(tx, useTemplate, key); err != nil {
			return err
		}
		if err := tx.DeleteEmailTemplate(key); err != nil {
			return err
		}
		return s.audit(c, tx, "email_template.delete", key, nil)
	})
}

func shapeSegment(g *store.Segment) gen.Segment {
	return gen.Segment{Key: g.Key, Name: g.Name, Filter: rawObject(g.Filter), CreatedAt: g.CreatedAt.UTC(), UpdatedAt: g.UpdatedAt.UTC()}
}

// fillSegment checks the filter: a condition without event and trigger.
func fillSegment(g *store.Segment, in gen.SegmentInput) error {
	if _, _, err := readFilter(in.Filter, "/filter"); err != nil {
		return err
	}
	g.Name, g.Filter = in.Name, store.JSON(in.Filter)
	return nil
}

func (s *server) CreateSegment(c *gin.Context, _ gen.CreateSegmentParams) {
	creating(s, c, func(tx *store.Tx, in gen.SegmentInput) (reply, error) {
		g := &store.Segment{Key: in.Key}
		if err := fillSegment(g, in); err != nil {
			return reply{}, err
		}
		if err := tx.CreateSegment(g); err != nil {
			return reply{}, taken(err, "segment", in.Key)
		}
		return created(location("segments", g.Key), shapeSegment(g)), nil
	})
}

func (s *server) ListSegments(c *gin.Context, params gen.ListSegmentsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListSegments(pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeSegment), err
	})
}

func (s *server) GetSegment(c *gin.Context, key string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		g, err := tx.Segment(key)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeSegment(g)), nil
	})
}

// PatchSegment changes name and filter. A filter is replaced as a whole: merging two conditions
// would make one that nobody wrote.
func (s *server) PatchSegment(c *gin.Context, key string) {
	changing(s, c, func(tx *store.Tx, in gen.SegmentPatch) (reply, error) {
		g, err := tx.Segment(key)
		if err != nil {
			return reply{}, err
		}
		next := gen.SegmentInput{Key: g.Key, Name: or(in.Name, g.Name), Filter: or(in.Filter, rawObject(g.Filter))}
		if err := fillSegment(g, next); err != nil {
			return reply{}, err
		}
		if err := tx.UpdateSegment(g); err != nil {
			return reply{}, err
		}
		return ok(shapeSegment(g)), s.audit(c, tx, "segment.update", g.Key, nil)
	})
}

func (s *server) DeleteSegment(c *gin.Context, key string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := s.unused(tx, useSegment, key); err != nil {
			return err
		}
		if err := tx.DeleteSegment(key); err != nil {
			return err
		}
		return s.audit(c, tx, "segment.delete", key, nil)
	})
}
