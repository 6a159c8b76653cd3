package events

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"fermata/store"
)

// Status of a contact in a course.
const (
	courseEnrolled   = "enrolled"
	courseCompleted  = "completed"
	courseUnenrolled = "unenrolled"
)

// courseStatus maps the course events that a client may post to the status that they report.
var courseStatus = map[string]string{
	TypeCourseEnrolled:   courseEnrolled,
	TypeCourseProgressed: courseEnrolled,
	TypeCourseCompleted:  courseCompleted,
	TypeCourseUnenrolled: courseUnenrolled,
}

// RecordCourse brings a contact's course record up to what a posted or emitted course event
// reports; another type changes nothing. A course that nobody described yet is made; progress
// after the completion does not undo it.
func RecordCourse(tx *store.Tx, c *store.Contact, eventType string, data map[string]any, now time.Time) error {
	status, reports := courseStatus[eventType]
	if !reports {
		return nil
	}
	key, _ := data["course"].(string)
	key = strings.TrimSpace(key)
	record, err := tx.ContactCourse(c.ID, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		course, err := tx.EnsureCourse(key, key)
		if err != nil {
			return fmt.Errorf("make course %s: %w", key, err)
		}
		record = &store.ContactCourse{ContactID: c.ID, Course: course.Key, CreatedAt: now}
	case err != nil:
		return fmt.Errorf("read course %s of contact %s: %w", key, c.ID, err)
	}
	if eventType != TypeCourseProgressed || record.Status != courseCompleted {
		record.Status = status
	}
	if progress, ok := progressOf(data["progress"]); ok {
		record.Progress = progress
	} else if status == courseCompleted {
		record.Progress = 100
	}
	record.UpdatedAt = now
	if err := tx.SetContactCourse(record); err != nil {
		return fmt.Errorf("record course %s of contact %s: %w", key, c.ID, err)
	}
	return nil
}

// progressOf reads a progress of 0 to 100 from a number or a numeric string.
func progressOf(value any) (float64, bool) {
	var progress float64
	switch v := value.(type) {
	case int64:
		progress = float64(v)
	case int:
		progress = float64(v)
	case float64:
		progress = v
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return 0, false
		}
		progress = parsed
	default:
		return 0, false
	}
	return progress, !math.IsNaN(progress) && progress >= 0 && progress <= 100
}
