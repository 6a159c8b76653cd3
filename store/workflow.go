package store

import "time"

// Status of a Workflow.
const (
	WorkflowDraft    = "draft"
	WorkflowActive   = "active"
	WorkflowPaused   = "paused"
	WorkflowStopped  = "stopped"
	WorkflowArchived = "archived"
)

// Definition is the canonical JSON of one content of a workflow, addressed by its hash.
type Definition struct {
	Hash      string `gorm:"primaryKey"` // hex SHA-256
	Body      []byte
	CreatedAt time.Time
}

// PutDefinition keeps a definition; it does nothing when the hash is there.
func (tx *Tx) PutDefinition(hash string, body []byte) error {
	_, err := tx.insertNew(&Definition{Hash: hash, Body: body})
	return err
}

// Definition returns the canonical JSON with this hash.
func (tx *Tx) Definition(hash string) ([]byte, error) {
	row, err := first[Definition](tx, "hash = ?", hash)
	if err != nil {
		return nil, err
	}
	return row.Body, nil
}

// Workflow is what a user draws: a draft, and the number of the version that runs.
type Workflow struct {
	Key            string `gorm:"primaryKey"`
	Name           string
	Status         string
	Draft          []byte // JSON document with layout
	DraftETag      string `gorm:"column:draft_etag"`
	DraftUpdatedAt time.Time
	Version        int    // the published one; 0 = none
	Hash           string // of the published version
	Owner          string
	Folder         string
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// WorkflowFilter selects workflows; empty fields select all.
type WorkflowFilter struct{ Status, Owner, Folder string }

// CreateWorkflow adds a workflow; ErrConflict when the key exists.
func (tx *Tx) CreateWorkflow(w *Workflow) error {
	if w.DraftUpdatedAt.IsZero() {
		w.DraftUpdatedAt = wallClock()
	}
	return tx.insert(w)
}

// Workflow returns one workflow.
func (tx *Tx) Workflow(key string) (*Workflow, error) { return first[Workflow](tx, "key = ?", key) }

// LockWorkflow takes the row lock and returns the newest state: for publish, pause and the like.
func (tx *Tx) LockWorkflow(key string) (*Workflow, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	return first[Workflow](tx, "key = ?"+tx.rowLock(""), key)
}

// SaveWorkflow writes all columns.
func (tx *Tx) SaveWorkflow(w *Workflow) error { return tx.update(w) }

// ListWorkflows lists workflows by key.
func (tx *Tx) ListWorkflows(f WorkflowFilter, page Page) ([]Workflow, string, error) {
	q := byKey(page, "key")
	q.equal("status", f.Status)
	q.equal("owner", f.Owner)
	q.equal("folder", f.Folder)
	return listByID(tx, q, func(w *Workflow) string { return w.Key })
}

// LiveWorkflows lists all workflows that are not archived, by key.
func (tx *Tx) LiveWorkflows() ([]Workflow, error) {
	return all[Workflow](tx, "WHERE status <> ? ORDER BY key", WorkflowArchived)
}

// DeleteWorkflow removes a workflow that was never published; ErrInUse otherwise.
func (tx *Tx) DeleteWorkflow(key string) error {
	users, err := tx.users("version", "SELECT hash FROM workflow_versions WHERE workflow = ? ORDER BY number", key)
	if err != nil {
		return err
	}
	return tx.removeUnused("workflows", key, users)
}

// WorkflowVersion is one published content. It never changes.
type WorkflowVersion struct {
	Workflow  string `gorm:"primaryKey"`
	Number    int    `gorm:"primaryKey;autoIncrement:false"`
	Hash      string
	Document  []byte // with layout
	Person    string
	CreatedAt time.Time
}

// AddVersion keeps a version; ErrConflict when the number exists.
func (tx *Tx) AddVersion(v *WorkflowVersion) error { return tx.insert(v) }

// Version returns one version.
func (tx *Tx) Version(workflow string, number int) (*WorkflowVersion, error) {
	return first[WorkflowVersion](tx, "workflow = ? AND number = ?", workflow, number)
}

// Versions lists all versions, newest first.
func (tx *Tx) Versions(workflow string) ([]WorkflowVersion, error) {
	return all[WorkflowVersion](tx, "WHERE workflow = ? ORDER BY number DESC", workflow)
}

// ActiveTrigger is a published workflow that has a trigger for an event type.
type ActiveTrigger struct {
	Workflow string
	Version  int
	Hash     string
	Status   string
}

// EventWorkflows lists the workflows whose published version has a trigger for this event type, by
// key. Archived ones are left out; what to do with the others is the caller's to decide by Status.
func (tx *Tx) EventWorkflows(eventType string) ([]ActiveTrigger, error) {
	rows := []ActiveTrigger{}
	_, err := tx.scan(&rows, `SELECT w.key AS workflow, w.version, w.hash, w.status
		FROM workflow_events we JOIN workflows w ON w.key = we.workflow
		WHERE we.event_type = ? AND w.version > 0 AND w.status <> 'archived' ORDER BY w.key`, eventType)
	return rows, err
}

type workflowEvent struct {
	EventType string `gorm:"primaryKey"`
	Workflow  string `gorm:"primaryKey"`
}

// SetWorkflowEvents replaces the event types that a workflow's published triggers name.
func (tx *Tx) SetWorkflowEvents(workflow string, types []string) error {
	if _, err := tx.exec("DELETE FROM workflow_events WHERE workflow = ?", workflow); err != nil {
		return err
	}
	if len(types) == 0 {
		return nil
	}
	rows := make([]workflowEvent, len(types))
	for i, t := range types {
		rows[i] = workflowEvent{EventType: t, Workflow: workflow}
	}
	_, err := tx.insertNew(&rows)
	if isForeignKey(err) {
		return ErrNotFound
	}
	return err
}
