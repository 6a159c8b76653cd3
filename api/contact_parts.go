package api

import (
	"errors"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

const (
	courseEnrolled   = "enrolled"
	courseCompleted  = "completed"
	courseUnenrolled = "unenrolled"
)

// TagContact adds a tag; adding it again changes nothing and reports nothing.
func (s *server) TagContact(c *gin.Context, id, tag string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		contact, err := tx.LockContact(id)
		if err != nil {
			return reply{}, err
		}
		if err := events.AddTag(tx, contact, tag, s.now()); err != nil {
			return reply{}, err
		}
		tx.AfterCommit(s.nudge)
		return contactReply(tx, contact.ID)
	})
}

// UntagContact removes a tag; 404 when the contact does not have it.
func (s *server) UntagContact(c *gin.Context, id, tag string) {
	removing(s, c, func(tx *store.Tx) error {
		contact, err := tx.LockContact(id)
		if err != nil {
			return err
		}
		removed, spelled, err := tx.RemoveContactTag(contact.ID, tag)
		if err != nil {
			return err
		}
		if !removed {
			return failure(kindNotFound, "the contact does not have this tag")
		}
		return s.emit(tx, contact, events.TypeTagRemoved, map[string]any{"tag": spelled})
	})
}

// ReleaseContactQueue lets the router try again at the event that stopped a contact's queue.
func (s *server) ReleaseContactQueue(c *gin.Context, id string) {
	removing(s, c, func(tx *store.Tx) error {
		contact, err := tx.LockContact(id)
		if err != nil {
			return err
		}
		tx.AfterCommit(s.nudge)
		err = events.ReleaseQueue(tx, contact.ID, callerOf(c).person, "", s.now())
		if errors.Is(err, store.ErrNotFound) {
			return failure(kindState, "the queue of this contact has not stopped")
		}
		return err
	})
}

// emit writes one of the platform's own events about a locked contact.
func (s *server) emit(tx *store.Tx, contact *store.Contact, kind string, data map[string]any) error {
	_, err := events.Append(tx, events.Draft{Contact: contact, Type: kind, Data: data, Now: s.now()})
	tx.AfterCommit(s.nudge)
	return err
}

// courseEvent names what a change of a contact's place in a course is reported as, "" for none.
func courseEvent(before, after *store.ContactCourse) string {
	switch {
	case after.Status == courseUnenrolled:
		return events.TypeCourseUnenrolled
	case after.Status == courseCompleted && (before == nil || before.Status != courseCompleted):
		return events.TypeCourseCompleted
	case before == nil || before.Status == courseUnenrolled:
		return events.TypeCourseEnrolled
	case before.Progress != after.Progress:
		return events.TypeCourseProgressed
	}
	return ""
}

// GetContactCourse answers a contact's place in a course; 404 for who has none.
func (s *server) GetContactCourse(c *gin.Context, id, course string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		contact, err := tx.Contact(id)
		if err != nil {
			return reply{}, err
		}
		place, err := tx.ContactCourse(contact.ID, course)
		if err != nil {
			return reply{}, err
		}
		return ok(shapePlace(place)), nil
	})
}

func shapePlace(p *store.ContactCourse) gen.ContactCourse {
	return gen.ContactCourse{Course: p.Course, Status: gen.ContactCourseStatus(p.Status), Progress: p.Progress}
}

// PutContactCourse enrolls a contact in a course, or records progress or completion.
func (s *server) PutContactCourse(c *gin.Context, id, course string) {
	changing(s, c, func(tx *store.Tx, in gen.ContactCourseInput) (reply, error) {
		contact, key, before, err := lockCourse(tx, id, course)
		if err != nil {
			return reply{}, err
		}
		now := s.now()
		after := &store.ContactCourse{ContactID: contact.ID, Course: key, Status: courseEnrolled, CreatedAt: now, UpdatedAt: now}
		if before != nil {
			after.CreatedAt, after.Progress = before.CreatedAt, before.Progress
			if before.Status == courseCompleted {
				after.Status = courseCompleted
			}
		}
		after.Status = string(or(in.Status, gen.ContactCourseInputStatus(after.Status)))
		if after.Status == courseCompleted && in.Progress == nil {
			after.Progress = 100
		}
		after.Progress = or(in.Progress, after.Progress)
		if err := s.saveCourse(tx, contact, before, after); err != nil {
			return reply{}, err
		}
		return ok(shapePlace(after)), nil
	})
}

func (s *server) saveCourse(tx *store.Tx, contact *store.Contact, before, after *store.ContactCourse) error {
	if err := tx.SetContactCourse(after); err != nil {
		return err
	}
	kind := courseEvent(before, after)
	if kind == "" {
		return nil
	}
	return s.emit(tx, contact, kind, map[string]any{"course": after.Course, "progress": after.Progress})
}

// lockCourse locks the contact and reads its place in a course that must exist, nil for none, with
// the course's key as it is spelled.
func lockCourse(tx *store.Tx, id, course string) (*store.Contact, string, *store.ContactCourse, error) {
	contact, err := tx.LockContact(id)
	if err != nil {
		return nil, "", nil, err
	}
	known, err := tx.Course(course)
	if err != nil {
		return nil, "", nil, err
	}
	place, err := tx.ContactCourse(contact.ID, known.Key)
	if errors.Is(err, store.ErrNotFound) {
		return contact, known.Key, nil, nil
	}
	return contact, known.Key, place, err
}

// DeleteContactCourse takes a contact out of a course; the record stays as unenrolled.
func (s *server) DeleteContactCourse(c *gin.Context, id, course string) {
	removing(s, c, func(tx *store.Tx) error {
		contact, _, before, err := lockCourse(tx, id, course)
		if err != nil {
			return err
		}
		if before == nil || before.Status == courseUnenrolled {
			return failure(kindNotFound, "the contact is not in this course")
		}
		after := *before
		after.Status, after.UpdatedAt = courseUnenrolled, s.now()
		return s.saveCourse(tx, contact, before, &after)
	})
}
