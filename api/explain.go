package api

import (
	"encoding/json"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// ExplainContact answers why a contact is in a workflow, why not, and why it still is.
func (s *server) ExplainContact(c *gin.Context, key string, params gen.ExplainContactParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		w, err := tx.Workflow(key)
		if err != nil {
			return reply{}, err
		}
		contact, err := contactByRef(tx, params.Contact)
		if err != nil {
			return reply{}, err
		}
		x, err := events.Explain(tx, s.Definitions, w, contact, s.now())
		if err != nil {
			return reply{}, err
		}
		shown, err := s.shapeExplanation(tx, x)
		return ok(shown), err
	})
}

func (s *server) shapeExplanation(tx *store.Tx, x *events.Explanation) (gen.Explanation, error) {
	people := map[string]store.Contact{x.Contact.ID: *x.Contact}
	paused := map[string]bool{x.Workflow.Key: x.Workflow.Status == statusPaused}
	shown := gen.Explanation{
		Workflow: x.Workflow.Key, Status: gen.ExplanationStatus(x.Workflow.Status), Contact: contactRef(x.Contact.ID, people),
		Inside: len(x.Inside) > 0, WhyIn: []gen.WhyIn{}, WhyHere: []gen.WhyHere{}, WhyNot: []gen.WhyNot{},
	}
	if x.Workflow.Version > 0 {
		shown.Version = &x.Workflow.Version
	}
	if x.Last != nil {
		shown.Last = ptr(s.shapeEnrollment(x.Last, people, paused))
	}
	for i := range x.Inside {
		in := &x.Inside[i]
		why, err := shapeWhyIn(tx, in, s.shapeEnrollment(in.Enrollment, people, paused))
		if err != nil {
			return shown, err
		}
		shown.WhyIn = append(shown.WhyIn, why)
		shown.WhyHere = append(shown.WhyHere, shapeWhyHere(in))
	}
	for i := range x.Reasons {
		why, err := shapeWhyNot(&x.Reasons[i])
		if err != nil {
			return shown, err
		}
		shown.WhyNot = append(shown.WhyNot, why)
	}
	return shown, nil
}

func shapeWhyIn(tx *store.Tx, in *events.Inside, enrollment gen.Enrollment) (gen.WhyIn, error) {
	values, err := seen(in.Values)
	if err != nil {
		return gen.WhyIn{}, err
	}
	why := gen.WhyIn{
		Sentence: in.Began, Enrollment: enrollment, Trigger: text(in.Enrollment.TriggerID), Values: values,
	}
	if in.Event != nil {
		shown, err := shapeEvents(tx, []store.Event{*in.Event})
		if err != nil {
			return gen.WhyIn{}, err
		}
		why.Event = &shown[0]
	}
	return why, nil
}

func shapeWhyHere(in *events.Inside) gen.WhyHere {
	e := in.Enrollment
	why := gen.WhyHere{
		Sentence: in.Stays, Code: gen.WhyHereCode(in.Stands), Enrollment: e.ID, Node: text(e.Node), DueAt: utc(e.DueAt),
		WaitsFor: []gen.AwaitedEvent{}, Reason: text(e.Reason), Error: text(in.Error),
	}
	for _, awaited := range in.Awaits {
		why.WaitsFor = append(why.WaitsFor, gen.AwaitedEvent{Id: awaited.ID, Event: awaited.Event})
	}
	if step := in.Step; step != nil {
		why.Node, why.Type, why.Title, why.Attempts = &step.Node, text(step.Type), text(step.Title), step.Attempts
		why.Since = utc(&step.EnteredAt)
		if step.Reason != "" {
			why.Reason = &step.Reason
		}
		if step.Error != "" {
			why.Error = &step.Error
		}
	}
	return why
}

func shapeWhyNot(r *events.Reason) (gen.WhyNot, error) {
	why := gen.WhyNot{Code: gen.WhyNotCode(r.Code), Sentence: r.Sentence, Until: utc(r.Until), Key: text(r.Key), Type: text(r.Type), Trigger: text(r.Trigger)}
	var err error
	if why.Values, err = shownValues(r.Values); err != nil {
		return why, err
	}
	if r.Event != nil {
		why.Event, why.At = &r.Event.ID, utc(&r.Event.AcceptedAt)
	}
	if v := r.Verdict; v != nil {
		why.Verdict, why.Reason, why.Enrollment = &v.Verdict, text(v.Reason), text(v.EnrollmentID)
		if len(v.Values) > 0 {
			var values []gen.SeenValue
			if err := json.Unmarshal(v.Values, &values); err != nil {
				return why, err
			}
			why.Values = &values
		}
	}
	return why, nil
}
