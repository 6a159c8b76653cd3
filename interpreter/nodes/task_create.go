package nodes

import (
	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// TaskCreate makes a task for a person.
type TaskCreate struct {
	actionPorts
	TaskTitle, Body, Assignee string
	// Due counts from the moment of creation; nil = none.
	Due *calendar.Duration
}

func taskCreateSpec() Spec {
	return action(Spec{
		Type: "task_create", Title: "Create task", Group: "Team", Icon: "list-todo", Kind: KindStore,
		Description: "Makes a task for a person of the team.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			{Key: "title", Type: form.Liquid{}, Label: "Title", Required: true},
			{Key: "body", Type: form.Liquid{Lines: true, Empty: true}, Label: "Text"},
			{Key: "due", Type: form.Duration{}, Label: "Due in", Placeholder: "1d"},
			{Key: "assignee", Type: form.Liquid{Kind: "person"}, Label: "Assignee"},
		},
	}, func(v *form.Values, _ *Report) Settings {
		return &TaskCreate{TaskTitle: v.Text("title"), Body: v.Text("body"), Assignee: v.Text("assignee"), Due: v.DurationAt("due")}
	})
}

// Plan renders the task.
func (n *TaskCreate) Plan(s *expr.Scope, in PlanInput) (Task, *Failure) {
	r := render(s, in)
	t := Task{Title: r.line(n.TaskTitle), Body: r.text(n.Body), Assignee: r.trimmed(n.Assignee), Due: n.Due}
	if t.Title == "" {
		r.fail(CodeMissingValue, "the title is empty")
	}
	return done(r, t)
}

// Summary quotes the title, unrendered.
func (n *TaskCreate) Summary() string { return "Task: " + quoted(n.TaskTitle) }
