package activities

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"fermata/events"
	"fermata/interpreter"
	"fermata/interpreter/nodes"
)

// changeTags adds or removes tags; a tag that is there (or gone) already is done
// without an event.
func (t *turn) changeTags(c interpreter.Command, p nodes.TagChange) (done, *nodes.Failure, error) {
	if failure, err := t.tagLimit(p.Add); err != nil || failure != nil {
		return done{}, failure, err
	}
	added, removed := []string{}, []string{}
	for _, name := range p.Add {
		fresh, spelled, err := t.tx.AddContactTag(t.contact.ID, name)
		if err != nil {
			return done{}, nil, fmt.Errorf("add tag: %w", err)
		}
		if fresh {
			added = append(added, spelled)
		}
	}
	for _, name := range p.Remove {
		gone, spelled, err := t.tx.RemoveContactTag(t.contact.ID, name)
		if err != nil {
			return done{}, nil, fmt.Errorf("remove tag: %w", err)
		}
		if gone {
			removed = append(removed, spelled)
		}
	}
	for _, tag := range added {
		if err := t.emitNth(c, "tag.added", tag, map[string]any{"tag": tag}); err != nil {
			return done{}, nil, err
		}
	}
	for _, tag := range removed {
		if err := t.emitNth(c, "tag.removed", tag, map[string]any{"tag": tag}); err != nil {
			return done{}, nil, err
		}
	}
	return done{
		result: map[string]any{"added": added, "removed": removed},
		undo:   map[string]any{"remove": added, "add": removed},
	}, nil, nil
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
	before, standard, err := t.fieldValue(p.Field)
	if err != nil {
		return done{}, nil, err
	}
	value := p.Value
	switch {
	case p.Clear:
		value = nil
	case p.Increment != nil:
		number, ok := asNumber(before)
		if !ok {
			return done{}, &nodes.Failure{Code: nodes.CodeBadValue, Message: fmt.Sprintf("field %s holds %v, which is not a number", p.Field, before)}, nil
		}
		sum := number + *p.Increment
		if math.IsInf(sum, 0) {
			return done{}, &nodes.Failure{Code: nodes.CodeBadValue, Message: fmt.Sprintf("field %s would be beyond every number", p.Field)}, nil
		}
		value = sum
	}
	raw := map[string]any{"id": t.contact.ID}
	if standard {
		raw[p.Field] = value
	} else {
		raw["fields"] = map[string]any{p.Field: value}
	}
	input, faults := events.ParseContact(raw, "")
	if len(faults) > 0 {
		return done{}, &nodes.Failure{Code: nodes.CodeBadValue, Message: faults[0].Message}, nil
	}
	cause, err := t.cause(c)
	if err != nil {
		return done{}, nil, err
	}
	result, err := events.UpdateContact(t.tx, t.contact, input, t.now, "workflow", cause)
	var refused *events.InvalidError
	if errors.As(err, &refused) {
		return done{}, &nodes.Failure{Code: nodes.CodeBadValue, Message: refused.Fields[0].Message}, nil
	}
	if err != nil {
		return done{}, nil, fmt.Errorf("update contact: %w", err)
	}
	t.contact = result.Contact
	t.wrote(events.TypeContactUpdated)
	return done{
		result: map[string]any{"field": p.Field, "from": before, "to": value},
		undo:   map[string]any{"field": p.Field, "value": before},
	}, nil, nil
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

// asNumber reads a number or a numeric string; nothing counts as 0.
func asNumber(v any) (float64, bool) {
	switch n := v.(type) {
	case nil:
		return 0, true
	case int64:
		return float64(n), true
	case float64:
		return n, true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case string:
		f, err := strconv.ParseFloat(n, 64)
		// "NaN" and "inf" are read, too, and JSON can say neither.
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return 0, false
}

// changeCourse enrolls the contact in a course or takes access back.
func (t *turn) changeCourse(c interpreter.Command, p nodes.CourseChange) (done, *nodes.Failure, error) {
	before, failure, err := t.course(p.Course)
	if err != nil || failure != nil {
		return done{}, failure, err
	}
	undo := map[string]any{"course": p.Course, "status": before.Status, "progress": before.Progress}
	enrolled := before.Status == "enrolled" || before.Status == "completed"
	if enrolled == p.Enroll {
		return done{result: map[string]any{"course": p.Course, "status": before.Status, "changed": false}, undo: undo}, nil, nil
	}
	after := before
	after.Status = "unenrolled"
	if p.Enroll {
		after.Status = "enrolled"
	}
	after.UpdatedAt = t.now
	if err := t.tx.SetContactCourse(&after); err != nil {
		return done{}, nil, fmt.Errorf("set course: %w", err)
	}
	if p.Enroll {
		if err := t.emit(c, "course.enrolled", map[string]any{"course": p.Course, "progress": after.Progress}); err != nil {
			return done{}, nil, err
		}
	}
	return done{result: map[string]any{"course": p.Course, "status": after.Status, "changed": true}, undo: undo}, nil, nil
}
