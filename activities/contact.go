package activities

import (
	"errors"
	"fmt"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// changeTags adds or removes tags; a tag that is there (or gone) already is done
// without an event.
func (t *turn) changeTags(c interpreter.Command, p nodes.TagChange) (done, *nodes.Failure, error) {
	if failure, err := t.tagLimit(p.Add); err != nil || failure != nil {
		return done{}, failure, err
	}
	added, removed, changes := []string{}, []string{}, []change{}
	for _, name := range p.Add {
		tag, err := t.setTag(c, name, true)
		if err != nil {
			return done{}, nil, err
		}
		if changes = append(changes, tag); !tag.kept() {
			_, spelled := tag.split()
			added = append(added, spelled)
		}
	}
	for _, name := range p.Remove {
		tag, err := t.setTag(c, name, false)
		if err != nil {
			return done{}, nil, err
		}
		if changes = append(changes, tag); !tag.kept() {
			_, spelled := tag.split()
			removed = append(removed, spelled)
		}
	}
	return done{result: map[string]any{"added": added, "removed": removed}, changes: changes}, nil, nil
}

// setTag gives the contact a tag or takes it away, with its event when that changed
// something.
func (t *turn) setTag(c interpreter.Command, name string, has bool) (change, error) {
	set, typ := t.tx.AddContactTag, "tag.added"
	if !has {
		set, typ = t.tx.RemoveContactTag, "tag.removed"
	}
	changed, spelled, err := set(t.contact.ID, name)
	if err != nil {
		return change{}, fmt.Errorf("set tag: %w", err)
	}
	if changed {
		err = t.emitNth(c, typ, spelled, map[string]any{"tag": spelled})
	}
	return change{Thing: thing(thingTag, spelled), From: has != changed, To: has}, err
}

// tagLimit refuses tags beyond what a contact may have, before any is added.
func (t *turn) tagLimit(add []string) (*nodes.Failure, error) {
	if len(add) == 0 {
		return nil, nil
	}
	count, err := t.tx.CountContactTags(t.contact.ID)
	if err != nil {
		return nil, fmt.Errorf("count tags: %w", err)
	}
	if count+len(add) <= events.MaxContactTags {
		return nil, nil
	}
	for _, name := range add {
		there, err := t.tx.HasContactTag(t.contact.ID, name)
		if err != nil {
			return nil, fmt.Errorf("read tag: %w", err)
		}
		if !there {
			count++
		}
	}
	if count > events.MaxContactTags {
		return &nodes.Failure{Code: nodes.CodeBadValue, Message: fmt.Sprintf("a contact may have %d tags", events.MaxContactTags)}, nil
	}
	return nil, nil
}

// changeField sets, clears or increments one field of the contact.
func (t *turn) changeField(c interpreter.Command, p nodes.FieldChange) (done, *nodes.Failure, error) {
	before, _, err := t.fieldValue(p.Field)
	if err != nil {
		return done{}, nil, err
	}
	value, failure := p.Result(before)
	if failure != nil {
		return done{}, failure, nil
	}
	changed, failure, err := t.setField(c, p.Field, value)
	if err != nil || failure != nil {
		return done{}, failure, err
	}
	if !changed.kept() {
		changed.By = p.Increment
	}
	return done{
		result: map[string]any{"field": p.Field, "from": before, "to": value}, changes: []change{changed},
	}, nil, nil
}

// setField writes one field of the contact; nil clears it.
func (t *turn) setField(c interpreter.Command, field string, value any) (change, *nodes.Failure, error) {
	before, standard, err := t.fieldValue(field)
	if err != nil {
		return change{}, nil, err
	}
	raw := map[string]any{"id": t.contact.ID}
	if standard {
		raw[field] = value
	} else {
		raw["fields"] = map[string]any{field: value}
	}
	input, faults := events.ParseContact(raw, "")
	if len(faults) > 0 {
		return change{}, &nodes.Failure{Code: nodes.CodeBadValue, Message: faults[0].Message}, nil
	}
	cause, err := t.cause(c)
	if err != nil {
		return change{}, nil, err
	}
	result, err := events.UpdateContact(t.tx, t.contact, input, t.now, "workflow", cause)
	var refused *events.InvalidError
	if errors.As(err, &refused) {
		return change{}, &nodes.Failure{Code: nodes.CodeBadValue, Message: refused.Fields[0].Message}, nil
	}
	if err != nil {
		return change{}, nil, fmt.Errorf("update contact: %w", err)
	}
	t.contact = result.Contact
	t.wrote(events.TypeContactUpdated)
	t.changed()
	made := change{Thing: thing(thingField, field), From: before, To: before}
	for _, name := range []string{field, "fields." + field} {
		if to, ok := result.Changed[name]; ok {
			made.From, made.To = to.From, to.To
		}
	}
	return made, nil, nil
}

// standardFields are the attributes of a contact that are not custom fields.
var standardFields = map[string]bool{
	"external_id": true, "email": true, "phone": true, "first_name": true,
	"last_name": true, "country": true, "timezone": true,
}

func (t *turn) fieldValue(field string) (value any, standard bool, err error) {
	scope, err := t.scope()
	if err != nil {
		return nil, false, err
	}
	standard = standardFields[field]
	path := "contact.fields." + field
	if standard {
		path = "contact." + field
	}
	value, _ = scope.Lookup(path)
	return value, standard, nil
}

// changeCourse enrolls the contact in a course or takes access back.
func (t *turn) changeCourse(c interpreter.Command, p nodes.CourseChange) (done, *nodes.Failure, error) {
	before, failure, err := t.course(p.Course)
	if err != nil || failure != nil {
		return done{}, failure, err
	}
	changed := change{
		Thing: thing(thingCourse, before.Course), From: hasAccess(before.Status), To: p.Enroll, Was: before.Status,
	}
	if changed.kept() {
		return done{
			result: map[string]any{"course": before.Course, "status": before.Status, "changed": false}, changes: []change{changed},
		}, nil, nil
	}
	status := courseUnenrolled
	if p.Enroll {
		status = courseEnrolled
	}
	if err := t.setCourse(c, before, status); err != nil {
		return done{}, nil, err
	}
	return done{
		result: map[string]any{"course": before.Course, "status": status, "changed": true}, changes: []change{changed},
	}, nil, nil
}

// Status of a contact in a course.
const (
	courseEnrolled   = "enrolled"
	courseCompleted  = "completed"
	courseUnenrolled = "unenrolled"
)

func hasAccess(status string) bool { return status == courseEnrolled || status == courseCompleted }

// setCourse writes the contact's status in a course; what has been learned stays.
func (t *turn) setCourse(c interpreter.Command, record store.ContactCourse, status string) error {
	record.Status, record.UpdatedAt = status, t.now
	if err := t.tx.SetContactCourse(&record); err != nil {
		return fmt.Errorf("set course: %w", err)
	}
	typ := events.TypeCourseEnrolled
	if !hasAccess(status) {
		typ = events.TypeCourseUnenrolled
	}
	return t.emit(c, typ, map[string]any{"course": record.Course, "progress": record.Progress})
}
