package api

import (
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/store"
)

// taken turns a conflict on a new row into a problem that names the key.
func taken(err error, what, key string) error {
	if errors.Is(err, store.ErrConflict) {
		return failure(kindKeyExists, "there is a %s %q already", what, key)
	}
	return err
}

func shapeTag(t *store.Tag) gen.Tag {
	return gen.Tag{Key: t.Key, Name: t.Name, CreatedAt: t.CreatedAt.UTC()}
}

// CreateTag makes a tag that no contact has yet.
func (s *server) CreateTag(c *gin.Context, _ gen.CreateTagParams) {
	creating(s, c, func(tx *store.Tx, in gen.TagInput) (reply, error) {
		if in.Name == nil {
			in.Name = in.Key
		}
		if in.Name == nil {
			return reply{}, invalid("/name", "must be given", "")
		}
		name := strings.TrimSpace(*in.Name)
		tag := &store.Tag{Key: strings.ToLower(name), Name: name}
		if err := tx.CreateTag(tag); err != nil {
			return reply{}, taken(err, "tag", name)
		}
		return created(location("tags", tag.Key), shapeTag(tag)), nil
	})
}

func (s *server) ListTags(c *gin.Context, params gen.ListTagsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListTags(pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeTag), err
	})
}

func (s *server) GetTag(c *gin.Context, key string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		tag, err := tx.Tag(key)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeTag(tag)), nil
	})
}

func (s *server) DeleteTag(c *gin.Context, key string) {
	removing(s, c, func(tx *store.Tx) error { return tx.DeleteTag(key) })
}

func shapeField(f *store.Field) gen.Field {
	return gen.Field{Key: f.Key, Type: gen.FieldType(f.Type), CreatedAt: f.CreatedAt.UTC()}
}

func (s *server) CreateField(c *gin.Context, _ gen.CreateFieldParams) {
	creating(s, c, func(tx *store.Tx, in gen.FieldInput) (reply, error) {
		field := &store.Field{Key: in.Key, Type: string(or(in.Type, "text"))}
		if err := tx.CreateField(field); err != nil {
			return reply{}, taken(err, "field", in.Key)
		}
		return created(location("fields", field.Key), shapeField(field)), nil
	})
}

func (s *server) ListFields(c *gin.Context, params gen.ListFieldsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListFields(pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeField), err
	})
}

func (s *server) GetField(c *gin.Context, key string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		field, err := tx.Field(key)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeField(field)), nil
	})
}

func (s *server) PatchField(c *gin.Context, key string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		field, err := tx.Field(key)
		if err != nil {
			return reply{}, err
		}
		next, err := patched(s, c, "FieldInput", gen.FieldInput{Key: field.Key, Type: ptr(gen.FieldType(field.Type))})
		if err != nil {
			return reply{}, err
		}
		field.Type = string(or(next.Type, "text"))
		if err := tx.UpdateField(field); err != nil {
			return reply{}, err
		}
		return ok(shapeField(field)), s.audit(c, tx, "field.update", field.Key, map[string]any{"type": field.Type})
	})
}

func (s *server) DeleteField(c *gin.Context, key string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := tx.DeleteField(key); err != nil {
			return err
		}
		return s.audit(c, tx, "field.delete", key, nil)
	})
}

func shapeCourse(course *store.Course) gen.Course {
	return gen.Course{Key: course.Key, Name: course.Name, CreatedAt: course.CreatedAt.UTC()}
}

func (s *server) CreateCourse(c *gin.Context, _ gen.CreateCourseParams) {
	creating(s, c, func(tx *store.Tx, in gen.CourseInput) (reply, error) {
		course := &store.Course{Key: in.Key, Name: in.Name}
		if err := tx.CreateCourse(course); err != nil {
			return reply{}, taken(err, "course", in.Key)
		}
		return created(location("courses", course.Key), shapeCourse(course)), nil
	})
}

func (s *server) ListCourses(c *gin.Context, params gen.ListCoursesParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListCourses(pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeCourse), err
	})
}

func (s *server) GetCourse(c *gin.Context, key string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		course, err := tx.Course(key)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeCourse(course)), nil
	})
}

func (s *server) PatchCourse(c *gin.Context, key string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		course, err := tx.Course(key)
		if err != nil {
			return reply{}, err
		}
		next, err := patched(s, c, "CourseInput", gen.CourseInput{Key: course.Key, Name: course.Name})
		if err != nil {
			return reply{}, err
		}
		course.Name = next.Name
		return ok(shapeCourse(course)), tx.UpdateCourse(course)
	})
}

func (s *server) DeleteCourse(c *gin.Context, key string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := s.unused(tx, useCourse, key); err != nil {
			return err
		}
		return tx.DeleteCourse(key)
	})
}
