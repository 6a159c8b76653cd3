package activities

import (
	"errors"
	"fmt"

	"fermata/events"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// current is the state of a thing now; reason says why that cannot be told.
func (u *undoing) current(ch change) (now any, reason string, err error) {
	kind, name := ch.split()
	switch kind {
	case thingTag:
		now, err = u.tx.HasContactTag(u.contact.ID, name)
	case thingField:
		var standard bool
		if now, standard, err = u.fieldValue(name); standard && now == "" {
			now = nil // nobody knows it
		}
	case thingCourse:
		record, failure, err := u.course(name)
		return hasAccess(record.Status), unless(failure, reasonGone), err
	case thingTask:
		task, err := u.tx.Task(name)
		if errors.Is(err, store.ErrNotFound) {
			return nil, "", nil
		}
		return err == nil && task.Status == "open", "", err
	case thingDeal, thingStage, thingOwner:
		return u.currentDeal(kind, name)
	default:
		return nil, reasonNotRecorded, nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", ch.Thing, err)
	}
	return now, "", nil
}

func (u *undoing) currentDeal(kind, id string) (now any, reason string, err error) {
	deal, err := u.dealByID(id)
	switch {
	case err != nil:
		return nil, "", err
	case deal == nil && kind == thingDeal:
		return nil, "", nil
	case deal == nil:
		return nil, reasonGone, nil
	case kind == thingDeal:
		return dealState(deal), "", nil
	case kind == thingStage:
		return stageState(deal), "", nil
	}
	return deal.Owner, "", nil
}

// set puts a thing back to what it was before a change; reason says why it cannot be.
func (u *undoing) set(ch change) (reason string, err error) {
	kind, name := ch.split()
	switch kind {
	case thingTag:
		return u.setTagBack(name, ch.From == true)
	case thingField:
		_, failure, err := u.setField(u.c, name, ch.From)
		return unless(failure, reasonRefused), err
	case thingCourse:
		record, _, err := u.course(name)
		if err != nil {
			return "", err
		}
		status := courseUnenrolled
		if ch.From == true {
			status = ch.Was
		}
		return "", u.setCourse(u.c, record, status)
	case thingTask:
		return "", u.tx.DeleteTask(name)
	case thingDeal:
		if err := u.tx.DeleteDeal(name); err != nil {
			return "", fmt.Errorf("delete deal: %w", err)
		}
		return "", events.FollowDates(u.tx, u.contact, u.now)
	}
	deal, err := u.dealByID(name)
	if err != nil {
		return "", err
	}
	if kind == thingOwner {
		owner, _ := ch.From.(string)
		return "", u.setOwner(deal, owner)
	}
	return u.setStageBack(deal, ch)
}

func (u *undoing) setTagBack(name string, has bool) (reason string, err error) {
	if has {
		if failure, err := u.tagLimit([]string{name}); err != nil || failure != nil {
			return reasonRefused, err
		}
	}
	_, err = u.setTag(u.c, name, has)
	return "", err
}

func (u *undoing) setStageBack(deal *store.Deal, ch change) (reason string, err error) {
	before, _ := ch.From.(map[string]any)
	key, _ := before["pipeline"].(string)
	pipeline, err := u.tx.Pipeline(key)
	if errors.Is(err, store.ErrNotFound) {
		return reasonGone, nil
	}
	if err != nil {
		return "", fmt.Errorf("read pipeline: %w", err)
	}
	wanted, _ := before["stage"].(string)
	stage, failure := stageOf(pipeline, wanted)
	if reason := unless(failure, reasonGone); reason != "" || wanted == "" {
		return reasonGone, nil
	}
	return "", u.setStage(u.c, deal, pipeline, stage)
}

// unless is a reason where something failed for good, else "".
func unless(failure *nodes.Failure, reason string) string {
	if failure == nil {
		return ""
	}
	return reason
}
