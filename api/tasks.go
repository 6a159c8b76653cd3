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

func fillTask(t *store.Task, in gen.TaskInput) {
	t.Title, t.Body, t.Assignee = in.Title, or(in.Body, ""), or(in.Assignee, "")
	t.DueAt, t.ContactID, t.Status = utc(in.DueAt), in.Contact, string(or(in.Status, "open"))
}

// ofContact finds the contact of a task, which may be named as in the lists.
func ofContact(tx *store.Tx, in *gen.TaskInput) error {
	if in.Contact == nil {
		return nil
	}
	id, err := contactID(tx, *in.Contact)
	in.Contact = &id
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
		if err := ofContact(tx, &in); err != nil {
			return reply{}, err
		}
		t := &store.Task{ID: store.NewID("task")}
		fillTask(t, in)
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
			Status: ptr(gen.TaskInputStatus(t.Status)), Contact: t.ContactID,
		}
		next, err := patched(s, c, "TaskInput", current)
		if err != nil {
			return reply{}, err
		}
		if err := ofContact(tx, &next); err != nil {
			return reply{}, err
		}
		fillTask(t, next)
		if err := tx.UpdateTask(t); err != nil {
			return reply{}, contactMissing(err)
		}
		return ok(shapeTask(t)), nil
	})
}

func (s *server) DeleteTask(c *gin.Context, id string) {
	removing(s, c, func(tx *store.Tx) error { return tx.DeleteTask(id) })
}
