package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// MaxFileSize is the most bytes that a File may hold.
const MaxFileSize = 10 << 20

// EmailTemplate is a named mail.
type EmailTemplate struct {
	Key       string `gorm:"primaryKey"`
	Name      string
	Subject   string
	HTML      string `gorm:"column:html"`
	Text      string
	Class     string // marketing | transactional
	CreatedAt time.Time
	UpdatedAt time.Time
}

// CreateEmailTemplate adds a template; ErrConflict when the key exists.
func (tx *Tx) CreateEmailTemplate(t *EmailTemplate) error { return insertKeyed(tx, t.Key, t) }

// EmailTemplate returns one template, in any spelling of its key.
func (tx *Tx) EmailTemplate(key string) (*EmailTemplate, error) {
	return keyed[EmailTemplate](tx, key)
}

// LockEmailTemplate finds a template and keeps others from changing it until the transaction ends.
func (tx *Tx) LockEmailTemplate(key string) (*EmailTemplate, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	t, err := tx.EmailTemplate(key)
	if err != nil {
		return nil, err
	}
	return first[EmailTemplate](tx, "key = ?"+tx.rowLock(""), t.Key)
}

// ListEmailTemplates lists templates by key.
func (tx *Tx) ListEmailTemplates(page Page) ([]EmailTemplate, string, error) {
	return listByID(tx, byKey(page, "key"), func(t *EmailTemplate) string { return t.Key })
}

// UpdateEmailTemplate writes all columns.
func (tx *Tx) UpdateEmailTemplate(t *EmailTemplate) error { return tx.update(t) }

// DeleteEmailTemplate removes a template. Which definitions name it is for the caller to know.
func (tx *Tx) DeleteEmailTemplate(key string) error {
	t, err := tx.EmailTemplate(key)
	if err != nil {
		return err
	}
	return tx.removeUnused("email_templates", t.Key, nil)
}

// File is an attachment.
type File struct {
	Name        string `gorm:"primaryKey"`
	ContentType string
	Size        int64  // bytes
	SHA256      string `gorm:"column:sha256"` // hex
	Data        []byte
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// PutFile adds or replaces a file and sets Size and SHA256. More than MaxFileSize is an error.
func (tx *Tx) PutFile(f *File) error {
	if len(f.Data) > MaxFileSize {
		return fmt.Errorf("%w: file of %d bytes, at most %d", ErrUnstorable, len(f.Data), MaxFileSize)
	}
	if f.Data == nil {
		f.Data = []byte{}
	}
	sum := sha256.Sum256(f.Data)
	f.Size, f.SHA256 = int64(len(f.Data)), hex.EncodeToString(sum[:])
	f.UpdatedAt = wallClock()
	return tx.upsert(f, "name")
}

// File returns one file with its data.
func (tx *Tx) File(name string) (*File, error) { return first[File](tx, "name = ?", name) }

// HasFile reports whether a file exists, without reading its data.
func (tx *Tx) HasFile(name string) (bool, error) {
	var one int
	return tx.scan(&one, "SELECT 1 FROM files WHERE name = ?", name)
}

// ListFiles lists files by name, without their data.
func (tx *Tx) ListFiles(page Page) ([]File, string, error) {
	position, err := page.position(1)
	if err != nil {
		return nil, "", err
	}
	q := byKey(page, "name")
	if position != nil {
		q.and("name > ?", position[0])
	}
	rows := []File{}
	_, err = tx.scan(&rows, "SELECT name, content_type, size, sha256, created_at, updated_at FROM files"+
		q.clause()+" ORDER BY name LIMIT ?", append(q.args, page.limit()+1)...)
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, page.limit(), func(f *File) []string { return []string{f.Name} })
	return rows, next, nil
}

// DeleteFile removes a file.
func (tx *Tx) DeleteFile(name string) error {
	return tx.remove("DELETE FROM files WHERE name = ?", name)
}

// Segment is a named filter over contacts.
type Segment struct {
	Key       string `gorm:"primaryKey"`
	Name      string
	Filter    JSON
	CreatedAt time.Time
	UpdatedAt time.Time
}

// CreateSegment adds a segment; ErrConflict when the key exists.
func (tx *Tx) CreateSegment(s *Segment) error { return insertKeyed(tx, s.Key, s) }

// Segment returns one segment, in any spelling of its key.
func (tx *Tx) Segment(key string) (*Segment, error) { return keyed[Segment](tx, key) }

// ListSegments lists segments by key.
func (tx *Tx) ListSegments(page Page) ([]Segment, string, error) {
	return listByID(tx, byKey(page, "key"), func(s *Segment) string { return s.Key })
}

// UpdateSegment writes all columns.
func (tx *Tx) UpdateSegment(s *Segment) error { return tx.update(s) }

// DeleteSegment removes a segment. Which definitions name it is for the caller to know.
func (tx *Tx) DeleteSegment(key string) error {
	s, err := tx.Segment(key)
	if err != nil {
		return err
	}
	return tx.removeUnused("segments", s.Key, nil)
}
