package interpreter

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

// Planner is what the settings of an action can do: render themselves, in a scope,
// into a plan that is carried out without further decisions. The type of the plan
// says which effect it is.
type Planner[P any] interface {
	Plan(s *expr.Scope, in nodes.PlanInput) (P, *nodes.Failure)
}

// The effects, by what they plan.
type (
	// MailPlanner plans the effect of email.
	MailPlanner = Planner[nodes.Mail]
	// CallPlanner plans the effect of webhook.
	CallPlanner = Planner[nodes.Call]
	// TextPlanner plans the effect of sms.
	TextPlanner = Planner[nodes.TextMessage]
	// SlackPlanner plans the effect of slack.
	SlackPlanner = Planner[nodes.SlackMessage]
	// NoticePlanner plans the effect of notify.
	NoticePlanner = Planner[nodes.Notice]
	// TagPlanner plans the effect of tag_add, tag_remove.
	TagPlanner = Planner[nodes.TagChange]
	// FieldPlanner plans the effect of field_set.
	FieldPlanner = Planner[nodes.FieldChange]
	// DealPlanner plans the effect of deal_create, deal_move, deal_assign.
	DealPlanner = Planner[nodes.DealChange]
	// CoursePlanner plans the effect of course_enroll, course_unenroll.
	CoursePlanner = Planner[nodes.CourseChange]
	// TaskPlanner plans the effect of task_create.
	TaskPlanner = Planner[nodes.Task]
	// EnrollPlanner plans the effect of enroll_in.
	EnrollPlanner = Planner[nodes.EnrollIn]
	// RemovePlanner plans the effect of remove_from.
	RemovePlanner = Planner[nodes.RemoveFrom]
	// UndoPlanner plans the effect of undo.
	UndoPlanner = Planner[nodes.Undo]
	// EmitPlanner plans the effect of emit.
	EmitPlanner = Planner[nodes.Emission]
	// UnsubscribePlanner plans the effect of unsubscribe.
	UnsubscribePlanner = Planner[nodes.Unsubscribe]
)

// DueFinder is a waiting node whose end is an instant.
type DueFinder interface {
	Due(in nodes.DueInput) nodes.DueResult
}

// Decider is a node that chooses its port by conditions.
type Decider interface {
	Decide(s *expr.Scope) (port string, values []expr.Value, err error)
}

// Picker is a node that chooses its port by a stable share.
type Picker interface {
	Pick(workflow, node, contact string) string
}

// TemplateNamer is a mail node that may name a stored template; the key is empty for
// a mail that brings its own content.
type TemplateNamer interface {
	TemplateKey(s *expr.Scope) (key string, failure *nodes.Failure)
}
