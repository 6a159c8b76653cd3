package api

import (
	"errors"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/store"
)

func shapeTask(t *store.Task) gen.Task {
	return gen.Task{
		Id: t.ID, Title: t.Title, Body: t.Body, Assignee: t.Assignee, DueAt: utc(t.DueAt), Status: gen.TaskStatus(t.Status),
		Contact: t.ContactID, Enrollment: t.EnrollmentID, Node: text(t.Node), CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(),
	}
}

// fillTask puts what a request says into a task; its contact may be named as in a deal.
func (s *server) fillTask(tx *store.Tx, t *store.Task, in gen.TaskInput) error {
	t.Title, t.Body, t.Assignee = in.Title, or(in.Body, ""), or(in.Assignee, "")
	t.DueAt, t.ContactID, t.Status = utc(in.DueAt), nil, string(or(in.Status, "open"))
	if in.Contact == nil {
		return nil
	}
	id, err := s.contactOf(tx, *in.Contact)
	t.ContactID = &id
	return err
}

// contactMissing names the field when a row refers to a contact that does not exist.
func contactMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return invalid("/contact", "there is no such contact", "the id, mail address or external id of one")
	}
	return err
}

func (s *server) CreateTask(c *gin.Context, _ gen.CreateTaskParams) {
	creating(s, c, func(tx *store.Tx, in gen.TaskInput) (reply, error) {
		t := &store.Task{ID: store.NewID("task")}
		if err := s.fillTask(tx, t, in); err != nil {
			return reply{}, err
		}
		if err := tx.CreateTask(t); err != nil {
			return reply{}, contactMissing(err)
		}
		return created(location("tasks", t.ID), shapeTask(t)), nil
	})
}

func (s *server) ListTasks(c *gin.Context, params gen.ListTasksParams) {
	filter := store.TaskFilter{Status: string(or(params.Status, "")), Contact: or(params.Contact, ""), Assignee: or(params.Assignee, "")}
	s.read(c, func(tx *store.Tx) (reply, error) {
		var err error
		if filter.Contact, err = contactID(tx, filter.Contact); err != nil {
			return reply{}, err
		}
		rows, next, err := tx.ListTasks(filter, pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeTask), err
	})
}

func (s *server) GetTask(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		t, err := tx.Task(id)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeTask(t)), nil
	})
}

func (s *server) PatchTask(c *gin.Context, id string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		t, err := tx.Task(id)
		if err != nil {
			return reply{}, err
		}
		current := gen.TaskInput{
			Title: t.Title, Body: text(t.Body), Assignee: text(t.Assignee), DueAt: utc(t.DueAt),
			Status: ptr(gen.TaskInputStatus(t.Status)),
		}
		if t.ContactID != nil {
			current.Contact = ptr(asNamed(*t.ContactID))
		}
		next, err := patched(s, c, "TaskInput", current)
		if err != nil {
			return reply{}, err
		}
		if err := s.fillTask(tx, t, next); err != nil {
			return reply{}, err
		}
		if err := tx.UpdateTask(t); err != nil {
			return reply{}, contactMissing(err)
		}
		return ok(shapeTask(t)), nil
	})
}

func (s *server) DeleteTask(c *gin.Context, id string) {
	removing(s, c, func(tx *store.Tx) error { return tx.DeleteTask(id) })
}
