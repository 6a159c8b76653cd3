package store

import "time"

// Task is something that a person is asked to do.
type Task struct {
	ID           string `gorm:"primaryKey"`
	Title        string
	Body         string
	Assignee     string
	DueAt        *time.Time
	Status       string // open | done
	ContactID    *string
	EnrollmentID *string
	Node         string
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// TaskFilter selects tasks; empty fields select all.
type TaskFilter struct{ Status, Contact, Assignee, Enrollment string }

// CreateTask adds a task; ErrNotFound when its contact does not exist.
func (tx *Tx) CreateTask(t *Task) error {
	if t.ID == "" {
		t.ID = NewID("task")
	}
	err := tx.insert(t)
	if isForeignKey(err) {
		return ErrNotFound
	}
	return err
}

// Task returns one task.
func (tx *Tx) Task(id string) (*Task, error) { return first[Task](tx, "id = ?", id) }

// UpdateTask writes all columns.
func (tx *Tx) UpdateTask(t *Task) error {
	err := tx.update(t)
	if isForeignKey(err) {
		return ErrNotFound
	}
	return err
}

// DeleteTask removes a task.
func (tx *Tx) DeleteTask(id string) error { return tx.remove("DELETE FROM tasks WHERE id = ?", id) }

// ListTasks lists tasks, newest first.
func (tx *Tx) ListTasks(f TaskFilter, page Page) ([]Task, string, error) {
	q := newestFirst(page)
	q.equal("status", f.Status)
	q.equal("contact_id", f.Contact)
	q.equal("assignee", f.Assignee)
	q.equal("enrollment_id", f.Enrollment)
	return listByID(tx, q, func(t *Task) string { return t.ID })
}
