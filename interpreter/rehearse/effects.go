package rehearse

import (
	"fmt"
	"maps"
	"time"

	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

// effect plans an action with the production code, keeps the plan as what would
// have happened, and changes the rehearsed contact accordingly.
func (s *stage) effect(c interpreter.Command, node *definition.Node) (*interpreter.Occurrence, error) {
	s.lacks = nil
	scope := s.world.scope(s.now)
	in := nodes.PlanInput{Strict: node.Strict, Owner: s.in.Definition.Settings.Owner}
	failure := s.template(node, &in)
	if failure != nil {
		return s.conclude(c, node, nil, failure), nil
	}
	var shown any
	switch p := node.Settings.(type) {
	case *nodes.Approval:
		return s.ask(c, node, p, in)
	case interpreter.MailPlanner:
		var mail nodes.Mail
		scope = scope.With(expr.UnsubscribeURL, nodes.SampleUnsubscribeURL)
		if mail, failure = p.Plan(scope, in); failure == nil {
			if o := s.quiet(c, node, mail.Class); o != nil {
				return o, nil
			}
		}
		shown = map[string]any{"kind": "mail", "to": mail.To, "cc": mail.Cc, "from": mail.From, "subject": mail.Subject, "text": mail.Text, "html": mail.HTML, "class": mail.Class, "attachments": mail.Attachments}
	case interpreter.NoticePlanner:
		var notice nodes.Notice
		notice, failure = p.Plan(scope, in)
		shown = map[string]any{"kind": "mail", "to": notice.To, "subject": notice.Subject, "text": notice.Text}
	case interpreter.CallPlanner:
		return s.call(c, node, p, in)
	case interpreter.EmitPlanner:
		return s.emit(c, node, p, in)
	case interpreter.TextPlanner:
		var text nodes.TextMessage
		if text, failure = p.Plan(scope, in); failure == nil {
			if o := s.quiet(c, node, text.Class); o != nil {
				return o, nil
			}
		}
		shown = map[string]any{"kind": "sms", "to": text.To, "text": text.Text, "class": text.Class}
	case interpreter.SlackPlanner:
		var message nodes.SlackMessage
		message, failure = p.Plan(scope, in)
		shown = map[string]any{"kind": "slack", "webhook": message.Webhook, "text": message.Text}
	default:
		shown, failure = s.change(node, in)
	}
	return s.conclude(c, node, shown, failure), nil
}

// template looks up the stored template that a mail names. One that does not exist
// yet is empty here.
func (s *stage) template(node *definition.Node, in *nodes.PlanInput) *nodes.Failure {
	named, ok := node.Settings.(interpreter.TemplateNamer)
	if !ok {
		return nil
	}
	key, failure := named.TemplateKey(s.world.scope(s.now))
	if failure != nil || key == "" {
		return failure
	}
	if s.in.Template != nil {
		in.Template = s.in.Template(key)
		s.lacksUnless(in.Template != nil, "template "+key)
	}
	if in.Template == nil {
		in.Template = &nodes.TemplateSource{}
	}
	return nil
}

// conclude leaves an action by its main port, or reports its failure.
func (s *stage) conclude(c interpreter.Command, node *definition.Node, shown any, failure *nodes.Failure) *interpreter.Occurrence {
	if failure != nil {
		shown = map[string]any{"error": failure.Message}
	}
	if effect, ok := shown.(map[string]any); ok && s.lacks != nil {
		effect["missing"] = s.lacks
	}
	switch {
	case failure == nil:
		return s.leave(c, Step{Status: "done", Port: node.Spec.MainPort, Effect: shown})
	case failure.Code == nodes.CodeNoAddress, failure.Code == nodes.CodeNoPhone:
		return s.leave(c, Step{Status: "suppressed", Port: node.Spec.MainPort, Reason: failure.Code})
	}
	s.open = &Step{Node: c.Node, Visit: c.Visit, Type: node.Type, Reason: failure.Code, Effect: shown}
	return &interpreter.Occurrence{Kind: interpreter.Failed, Node: c.Node, Visit: c.Visit, Code: failure.Code}
}

// call answers a call from its stub.
func (s *stage) call(c interpreter.Command, node *definition.Node, p interpreter.CallPlanner, in nodes.PlanInput) (*interpreter.Occurrence, error) {
	plan, failure := p.Plan(s.world.scope(s.now), in)
	stub := s.in.Stubs[c.Node]
	if stub.Status == 0 {
		stub.Status = 200
	}
	shown := map[string]any{
		"kind": "call", "method": plan.Method, "url": plan.URL, "headers": plan.Headers, "body": string(plan.Body), "status": stub.Status,
	}
	if failure == nil && (stub.Status < 200 || stub.Status > 299) {
		failure = &nodes.Failure{Code: fmt.Sprintf("http_%d", stub.Status), Message: fmt.Sprintf("the stub answers %d", stub.Status)}
	}
	if failure == nil && plan.SaveAs != "" && stub.Body != nil {
		s.world.vars[plan.SaveAs] = stub.Body
	}
	return s.conclude(c, node, shown, failure), nil
}

// emit writes an event into the rehearsal's log, where exits and waits see it.
func (s *stage) emit(c interpreter.Command, node *definition.Node, p interpreter.EmitPlanner, in nodes.PlanInput) (*interpreter.Occurrence, error) {
	plan, failure := p.Plan(s.world.scope(s.now), in)
	o := s.conclude(c, node, map[string]any{"kind": "event", "type": plan.Event, "data": plan.Data}, failure)
	if failure == nil {
		if ended, err := s.happen(expr.Event{Type: plan.Event, Data: plan.Data}); err != nil || ended != nil {
			return ended, err
		}
	}
	return o, nil
}

// change carries out an effect on our own store in the rehearsal's world.
func (s *stage) change(node *definition.Node, in nodes.PlanInput) (any, *nodes.Failure) {
	scope := s.world.scope(s.now)
	switch p := node.Settings.(type) {
	case interpreter.TagPlanner:
		plan, failure := p.Plan(scope, in)
		if failure == nil {
			s.world.changeTags(plan)
		}
		return map[string]any{"kind": "tag", "add": plan.Add, "remove": plan.Remove}, failure
	case interpreter.FieldPlanner:
		plan, failure := p.Plan(scope, in)
		if failure != nil {
			return nil, failure
		}
		return s.world.changeField(plan)
	case interpreter.CoursePlanner:
		plan, failure := p.Plan(scope, in)
		if failure == nil {
			s.world.changeCourse(plan)
			s.lacksUnless(s.in.Course == nil || s.in.Course(plan.Course), "course "+plan.Course)
		}
		return map[string]any{"kind": "course", "course": plan.Course, "enroll": plan.Enroll}, failure
	case interpreter.DealPlanner:
		plan, failure := p.Plan(scope, in)
		if failure != nil {
			return nil, failure
		}
		return s.changeDeal(plan)
	case interpreter.TaskPlanner:
		plan, failure := p.Plan(scope, in)
		shown := map[string]any{"kind": "task", "title": plan.Title, "body": plan.Body, "assignee": plan.Assignee}
		if plan.Due != nil {
			shown["due_at"] = plan.Due.From(s.now, s.world.location()).UTC().Format(time.RFC3339)
		}
		return shown, failure
	case interpreter.EnrollPlanner:
		plan, failure := p.Plan(scope, in)
		return map[string]any{"kind": "enroll_in", "workflow": plan.Workflow, "data": plan.Data}, failure
	case interpreter.RemovePlanner:
		plan, failure := p.Plan(scope, in)
		return map[string]any{"kind": "remove_from", "workflow": plan.Workflow, "correlate": plan.Correlate}, failure
	case interpreter.UndoPlanner:
		plan, failure := p.Plan(scope, in)
		return map[string]any{"kind": "undo", "workflow": plan.Workflow, "correlate": plan.Correlate}, failure
	case interpreter.UnsubscribePlanner:
		plan, failure := p.Plan(scope, in)
		return map[string]any{"kind": "unsubscribe", "channel": plan.Channel}, failure
	}
	return nil, &nodes.Failure{Code: codeNotAvailable, Message: "type " + node.Type + " cannot be rehearsed"}
}

func (w *world) changeTags(p nodes.TagChange) {
	for _, tag := range p.Add {
		if w.tagged(tag) < 0 {
			w.contact["tags"] = append(w.contact["tags"].([]any), tag)
		}
	}
	for _, tag := range p.Remove {
		if i := w.tagged(tag); i >= 0 {
			tags := w.contact["tags"].([]any)
			w.contact["tags"] = append(append([]any{}, tags[:i]...), tags[i+1:]...)
		}
	}
}

func (w *world) changeField(p nodes.FieldChange) (any, *nodes.Failure) {
	target := w.contact["fields"].(map[string]any)
	if _, standard := w.contact[p.Field]; standard {
		target = w.contact
	}
	before := target[p.Field]
	value, failure := p.Result(before)
	if failure != nil {
		return nil, failure
	}
	target[p.Field] = value
	return map[string]any{"kind": "field", "field": p.Field, "from": before, "to": value}, nil
}

func (w *world) changeCourse(p nodes.CourseChange) {
	status := "unenrolled"
	if p.Enroll {
		status = "enrolled"
	}
	if record := w.course(p.Course); record != nil {
		record["status"] = status
		return
	}
	w.contact["courses"] = append(w.contact["courses"].([]any), map[string]any{"course": p.Course, "status": status, "progress": int64(0)})
}

func (s *stage) changeDeal(p nodes.DealChange) (any, *nodes.Failure) {
	w := s.world
	stage, kind := s.stageOf(p)
	deal := w.dealOf(p)
	if p.Op == nodes.DealCreateOp || (deal == nil && p.Create) {
		w.deals++
		deal = map[string]any{
			"id": fmt.Sprintf("rehearsed-%d", w.deals), "title": p.Title, "pipeline": p.Pipeline, "stage": stage, "status": kind,
			"value": p.Value, "currency": p.Currency, "owner": p.Owner,
		}
		w.contact["deals"] = append(w.contact["deals"].([]any), deal)
		w.own = append(w.own, deal)
		return map[string]any{"kind": "deal", "deal": maps.Clone(deal), "created": true}, nil
	}
	if deal == nil {
		return nil, &nodes.Failure{Code: "no_deal", Message: "the contact has no deal in pipeline " + p.Pipeline}
	}
	switch {
	case p.Op == nodes.DealAssignOp:
		deal["owner"] = p.Owner
		if len(p.RoundRobin) > 0 {
			deal["owner"] = p.RoundRobin[0]
		}
	case p.OnlyForward && s.backward(deal, p.Pipeline, stage):
	default:
		deal["pipeline"], deal["stage"], deal["status"] = p.Pipeline, stage, kind
		w.own = append(w.own, deal)
	}
	return map[string]any{"kind": "deal", "deal": maps.Clone(deal), "created": false}, nil
}

// backward reports whether a stage stands before the one that a deal is in.
func (s *stage) backward(deal map[string]any, pipeline, to string) bool {
	from, _ := deal["stage"].(string)
	if s.in.Position == nil || !sameKey(deal["pipeline"], pipeline) {
		return false
	}
	return s.in.Position(pipeline, to) < s.in.Position(pipeline, from)
}

// stageOf is the key and kind of the stage that a change of a deal names. What the
// installation does not have is taken as it is named, as an open stage.
func (s *stage) stageOf(p nodes.DealChange) (key, kind string) {
	if s.in.Stage == nil {
		return p.Stage, "open"
	}
	if key, kind, found := s.in.Stage(p.Pipeline, p.Stage); found {
		return key, kind
	}
	if _, _, found := s.in.Stage(p.Pipeline, ""); found {
		s.lacksUnless(false, "stage "+p.Pipeline+"/"+p.Stage)
	} else {
		s.lacksUnless(false, "pipeline "+p.Pipeline)
	}
	return p.Stage, "open"
}

// lacksUnless notes what the installation does not have for the effect at hand.
func (s *stage) lacksUnless(there bool, what string) {
	if !there {
		s.lacks = append(s.lacks, what)
	}
}
