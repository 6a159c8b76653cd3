package nodes

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// CourseEnroll enrolls the contact in a course.
type CourseEnroll struct {
	actionPorts
	Course string
}

// CourseUnenroll takes the contact out of a course.
type CourseUnenroll struct {
	actionPorts
	Course string
}

var courseFields = form.Object{Fields: []form.Field{
	{Key: "course", Type: form.Liquid{Ref: form.RefCourse, Kind: "course"}, Label: "Course", Required: true},
}}

func courseEnrollSpec() Spec {
	return action(Spec{
		Type: "course_enroll", Title: "Enroll in course", Group: "Courses", Icon: "graduation-cap", Kind: KindStore,
		Description: "Gives the contact access to a course.", Available: true,
	}).with(courseFields, func(v *form.Values, _ *Report) Settings { return &CourseEnroll{Course: v.Text("course")} })
}

func courseUnenrollSpec() Spec {
	return action(Spec{
		Type: "course_unenroll", Title: "Remove from course", Group: "Courses", Icon: "book-x", Kind: KindStore,
		Description: "Takes the contact's access to a course away.", Available: true,
	}).with(courseFields, func(v *form.Values, _ *Report) Settings { return &CourseUnenroll{Course: v.Text("course")} })
}

// Plan renders the course.
func (n *CourseEnroll) Plan(s *expr.Scope, in PlanInput) (CourseChange, *Failure) {
	r := render(s, in)
	return done(r, CourseChange{Course: r.required("course", n.Course), Enroll: true})
}

// Plan renders the course.
func (n *CourseUnenroll) Plan(s *expr.Scope, in PlanInput) (CourseChange, *Failure) {
	r := render(s, in)
	return done(r, CourseChange{Course: r.required("course", n.Course)})
}

// Summary names the course.
func (n *CourseEnroll) Summary() string { return "Enroll in course " + n.Course }

// Summary names the course.
func (n *CourseUnenroll) Summary() string { return "Remove from course " + n.Course }
