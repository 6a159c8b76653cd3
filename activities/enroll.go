package activities

import (
	"encoding/json"
	"errors"
	"fmt"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

// course reads the contact's record of a course; one without a record is an empty
// one, a course that does not exist is a final failure.
func (t *turn) course(key string) (store.ContactCourse, *nodes.Failure, error) {
	course, err := t.tx.Course(key)
	if errors.Is(err, store.ErrNotFound) {
		return store.ContactCourse{}, outgoing.Missing("course", key), nil
	} else if err != nil {
		return store.ContactCourse{}, nil, fmt.Errorf("read course: %w", err)
	}
	record, err := t.tx.ContactCourse(t.contact.ID, course.Key)
	if errors.Is(err, store.ErrNotFound) {
		return store.ContactCourse{ContactID: t.contact.ID, Course: course.Key, CreatedAt: t.now, UpdatedAt: t.now}, nil, nil
	}
	if err != nil {
		return store.ContactCourse{}, nil, fmt.Errorf("read course of contact: %w", err)
	}
	return *record, nil, nil
}

// createTask writes a task for a person.
func (t *turn) createTask(c interpreter.Command, p nodes.Task) (done, *nodes.Failure, error) {
	task := &store.Task{
		ID: store.NewID("task"), Title: p.Title, Body: p.Body, Assignee: p.Assignee, Status: "open",
		ContactID: &t.contact.ID, EnrollmentID: &t.e.ID, Node: c.Node, CreatedAt: t.now, UpdatedAt: t.now,
	}
	if p.Due != nil {
		zone, err := t.zone()
		if err != nil {
			return done{}, nil, err
		}
		due := p.Due.From(t.now, zone).UTC()
		task.DueAt = &due
	}
	if err := t.tx.CreateTask(task); err != nil {
		return done{}, nil, fmt.Errorf("create task: %w", err)
	}
	return done{result: map[string]any{"task": task.ID}, changes: []change{{Thing: thing(thingTask, task.ID), To: true}}}, nil, nil
}

// enrollIn asks for an enrollment in another workflow. It does not wait for it. When the router has to
// come to earlier events first, it writes the answer into this step's result when it has decided.
func (t *turn) enrollIn(c interpreter.Command, p nodes.EnrollIn) (done, *nodes.Failure, error) {
	if _, err := t.tx.Workflow(p.Workflow); errors.Is(err, store.ErrNotFound) {
		return done{}, outgoing.Missing("workflow", p.Workflow), nil
	} else if err != nil {
		return done{}, nil, fmt.Errorf("read workflow: %w", err)
	}
	data := p.Data
	if data == nil {
		data = map[string]any{}
	}
	wish, err := t.draft(c, events.TypeEnrollRequested, "")
	if err != nil {
		return done{}, nil, err
	}
	asked, err := events.AskToEnroll(t.tx, t.a.Definitions, wish, t.e.Workflow, p.Workflow, data)
	if err != nil {
		return done{}, nil, fmt.Errorf("ask to enroll: %w", err)
	}
	t.wrote(events.TypeEnrollRequested)
	result := map[string]any{"workflow": p.Workflow}
	if asked != nil {
		asked.Into(result)
		t.changed()
	}
	return done{result: result, changes: []change{{Thing: thing(thingWorkflow, p.Workflow), To: true}}}, nil, nil
}

// emitEvent reports an event about the contact, as if a client had posted it.
func (t *turn) emitEvent(c interpreter.Command, p nodes.Emission) (done, *nodes.Failure, error) {
	if wrong := events.CheckData(p.Event, p.Data); len(wrong) > 0 {
		return done{}, &nodes.Failure{Code: nodes.CodeBadValue, Message: "data" + wrong[0].Pointer + " " + wrong[0].Message}, nil
	}
	if err := t.emit(c, p.Event, p.Data); err != nil {
		return done{}, nil, err
	}
	if err := events.RecordCourse(t.tx, t.contact, p.Event, p.Data, t.now); err != nil {
		return done{}, nil, fmt.Errorf("record course: %w", err)
	}
	return done{
		result:  map[string]any{"event": t.eventID(c, p.Event, ""), "type": p.Event},
		changes: []change{{Thing: thing(thingEvent, p.Event), To: true}},
	}, nil, nil
}

// removeFrom ends the contact's enrollments in another workflow, at once.
func (t *turn) removeFrom(c interpreter.Command, p nodes.RemoveFrom) (done, *nodes.Failure, error) {
	active, err := t.tx.ActiveEnrollments(t.contact.ID)
	if err != nil {
		return done{}, nil, fmt.Errorf("read enrollments: %w", err)
	}
	removed, ended := []string{}, []change(nil)
	for i := range active {
		other := &active[i]
		if other.Workflow != p.Workflow || other.ID == t.e.ID || (p.Correlate != "" && other.Key != p.Correlate) {
			continue
		}
		if err := t.endOther(other, "removed"); err != nil {
			return done{}, nil, err
		}
		removed = append(removed, other.ID)
		ended = append(ended, change{Thing: thing(thingPassage, other.ID), From: true, To: false})
	}
	return done{result: map[string]any{"workflow": p.Workflow, "removed": removed}, changes: ended}, nil, nil
}

// endOther ends another enrollment of the contact, at once.
func (t *turn) endOther(other *store.Enrollment, reason string) error {
	how := events.Ending{Status: store.StatusExited, Outcome: interpreter.OutcomeNeutral, Reason: reason, Now: t.now, Wake: true}
	// With the turn's own contact: its log number must stay true for what the turn writes next.
	if err := events.EndWith(t.tx, t.contact, other, how); err != nil {
		return fmt.Errorf("end enrollment: %w", err)
	}
	t.wrote(events.TypeWorkflowCompleted)
	return nil
}

// unsubscribe takes the contact off a channel.
func (t *turn) unsubscribe(c interpreter.Command, p nodes.Unsubscribe) (done, *nodes.Failure, error) {
	consent := map[string]map[string]any{}
	if err := decode(t.contact.Consent, &consent); err != nil {
		return done{}, nil, fmt.Errorf("read consent: %w", err)
	}
	before := consent[p.Channel]
	if before["state"] == events.Unsubscribed {
		return done{result: map[string]any{"channel": p.Channel, "changed": false}}, nil, nil
	}
	cause, err := t.cause(c)
	if err != nil {
		return done{}, nil, err
	}
	off := events.Consent{State: events.Unsubscribed, Source: "workflow:" + t.e.Workflow}
	result, err := events.SetConsent(t.tx, t.contact, p.Channel, off, t.now, cause)
	if err != nil {
		return done{}, nil, fmt.Errorf("set consent: %w", err)
	}
	t.contact = result.Contact
	t.wrote(events.TypeContactUpdated)
	err = t.emit(c, p.Channel+".unsubscribed", map[string]any{
		"workflow": t.e.Workflow, "enrollment": t.e.ID, "node": c.Node,
	})
	if err != nil {
		return done{}, nil, err
	}
	return done{
		result:  map[string]any{"channel": p.Channel, "changed": true},
		changes: []change{{Thing: thing(thingConsent, p.Channel), From: before["state"], To: events.Unsubscribed}},
	}, nil, nil
}

// end closes this run's own enrollment.
func (t *turn) end(status, outcome, reason string) error {
	err := events.EndWith(t.tx, t.contact, t.e, events.Ending{Status: status, Outcome: outcome, Reason: reason, Now: t.now})
	if err != nil {
		return fmt.Errorf("end enrollment: %w", err)
	}
	t.dirty = false
	t.tx.AfterCommit(t.a.Nudge)
	return nil
}

func decode(raw store.JSON, into any) error {
	if len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, into)
}
