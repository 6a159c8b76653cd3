package store

import "time"

// Course is something that contacts learn.
type Course struct {
	Key       string `gorm:"primaryKey"`
	Name      string
	CreatedAt time.Time
}

// ContactCourse is a contact's place in a course.
type ContactCourse struct {
	ContactID string  `gorm:"primaryKey"`
	Course    string  `gorm:"primaryKey"`
	Status    string  // enrolled | completed | unenrolled
	Progress  float64 // per cent
	CreatedAt time.Time
	UpdatedAt time.Time
}

// CreateCourse adds a course; ErrConflict when the key exists.
func (tx *Tx) CreateCourse(c *Course) error { return insertKeyed(tx, c.Key, c) }

// EnsureCourse returns the course, which it makes with this spelling when it is new.
func (tx *Tx) EnsureCourse(key, name string) (*Course, error) {
	course, err := tx.Course(key)
	if err == nil || !isNotFound(err) {
		return course, err
	}
	fresh := &Course{Key: key, Name: name}
	added, err := tx.insertNew(fresh)
	if err != nil || added {
		return fresh, err
	}
	return tx.Course(key)
}

// Course returns one course, in any spelling of its key.
func (tx *Tx) Course(key string) (*Course, error) { return keyed[Course](tx, key) }

// ListCourses lists courses by key.
func (tx *Tx) ListCourses(page Page) ([]Course, string, error) {
	return listByID(tx, byKey(page, "key"), func(c *Course) string { return c.Key })
}

// UpdateCourse writes the name.
func (tx *Tx) UpdateCourse(c *Course) error { return tx.update(c) }

// DeleteCourse removes a course that no contact was ever in.
func (tx *Tx) DeleteCourse(key string) error {
	course, err := tx.Course(key)
	if err != nil {
		return err
	}
	users, err := tx.users("contact", "SELECT contact_id FROM contact_courses WHERE course = ? ORDER BY contact_id", course.Key)
	if err != nil {
		return err
	}
	return tx.removeUnused("courses", course.Key, users)
}

// SetContactCourse writes a contact's place in a course; ErrNotFound when the contact or the course
// does not exist.
func (tx *Tx) SetContactCourse(cc *ContactCourse) error {
	err := tx.upsert(cc, "contact_id", "course")
	if isForeignKey(err) {
		return ErrNotFound
	}
	return err
}

// ContactCourse returns a contact's place in one course, in any spelling of its key.
func (tx *Tx) ContactCourse(contactID, course string) (*ContactCourse, error) {
	return first[ContactCourse](tx, `contact_id = ? AND lower(course) = lower(?)
		ORDER BY CASE WHEN course = ? THEN 0 ELSE 1 END, course LIMIT 1`, contactID, course, course)
}

// ContactCourses lists a contact's courses by key.
func (tx *Tx) ContactCourses(contactID string) ([]ContactCourse, error) {
	return all[ContactCourse](tx, "WHERE contact_id = ? ORDER BY course", contactID)
}
