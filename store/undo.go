package store

import (
	"strings"
	"time"
)

// Undoable is a row of the ledger as an undo looks at it.
type Undoable struct {
	Effect     `gorm:"embedded"`
	Workflow   string
	StepResult JSON // of the step that made it
}

// TakenBackBy is the id of the enrollment whose undo took an effect back, or a part of it; "" for none.
func (e *Effect) TakenBackBy() string {
	var things []struct{ Reason string }
	if err := e.Undone.Decode(&things); err != nil {
		return ""
	}
	for _, thing := range things {
		if thing.Reason == "" {
			by, _, _ := strings.Cut(e.UndoneBy, ".")
			return by
		}
	}
	return ""
}

// made is a query over the ledger of some enrollments: at is when an effect was made, and never before an
// earlier one of its enrollment, whatever the clocks of the processes that made them.
const made = `SELECT f.*, e.workflow, s.seq, s.result AS step_result,
	max(f.created_at) OVER (PARTITION BY f.enrollment_id ORDER BY s.seq, f.copy) AS at
	FROM effects f JOIN enrollments e ON e.id = f.enrollment_id
	LEFT JOIN steps s ON s.enrollment_id = f.enrollment_id AND s.node = f.node AND s.visit = f.visit`

const newestMade = " ORDER BY m.at DESC, m.enrollment_id DESC, m.seq DESC, m.copy DESC LIMIT ?"

func (tx *Tx) undoables(where, and string, args ...any) ([]Undoable, error) {
	rows := []Undoable{}
	_, err := tx.scan(&rows, "SELECT "+columns[Effect]("m.")+", m.workflow, m.step_result FROM ("+made+" WHERE "+where+") m WHERE "+and, args...)
	return rows, err
}

// ToUndo lists what some enrollments did, or may have done, and an undo has not dealt with yet, the
// newest first; of one kind, or of all when it is "".
func (tx *Tx) ToUndo(enrollments []string, by, kind string, limit int) ([]Undoable, error) {
	if len(enrollments) == 0 {
		return nil, nil
	}
	return tx.undoables("f.enrollment_id IN ?", "m.undone_by <> ? AND m.state <> 'failed' AND (? = '' OR m.kind = ?)"+newestMade,
		enrollments, by, kind, kind, limit)
}

// UndoneBy lists what an undo has dealt with, the newest effect first.
func (tx *Tx) UndoneBy(enrollments []string, by string, limit int) ([]Undoable, error) {
	if len(enrollments) == 0 {
		return nil, nil
	}
	return tx.undoables("f.enrollment_id IN ?", "m.undone_by = ?"+newestMade, enrollments, by, limit)
}

// LaterEffects lists, in order of their making, the effects on our own store that a contact's
// enrollments but some had since an instant, as far as they still stand.
func (tx *Tx) LaterEffects(contactID string, but []string, since time.Time, limit int) ([]Undoable, error) {
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return nil, err
	}
	return tx.undoables("e.contact_id IN ? AND f.enrollment_id NOT IN ? AND f.created_at >= ?",
		"m.state = 'done' AND m.undo IS NOT NULL ORDER BY m.at, m.enrollment_id, m.seq LIMIT ?", ids, but, since, limit)
}

// SetUndone notes what an undo did about an effect: still is what of it stands, undone what it says of it.
func (tx *Tx) SetUndone(ref EffectRef, by string, undone, still JSON) error {
	return tx.remove("UPDATE effects SET undone_by = ?, undone = ?, undo = ? WHERE "+effectKey,
		ref.args(by, undone, still)...)
}

// SetUndo replaces what taking an effect back needs.
func (tx *Tx) SetUndo(ref EffectRef, undo JSON) error {
	return tx.remove("UPDATE effects SET undo = ? WHERE "+effectKey, ref.args(undo)...)
}

// PassagesOf lists the ids of a contact's enrollments in a workflow, under one key or, when it is "",
// under all; of tests, or of all others. Those of contacts merged into it are among them.
func (tx *Tx) PassagesOf(contactID, workflow, key string, test bool) ([]string, error) {
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return nil, err
	}
	var found []string
	_, err = tx.scan(&found, `SELECT id FROM enrollments WHERE contact_id IN ? AND workflow = ? AND (? = '' OR key = ?)
		AND test = ? ORDER BY id`, ids, workflow, key, key, test)
	return found, err
}

// EnrolledBy lists the ids of a contact's enrollments that steps of some enrollments asked for.
func (tx *Tx) EnrolledBy(contactID string, parents []string) ([]string, error) {
	if len(parents) == 0 {
		return nil, nil
	}
	ids, err := tx.ContactIDs(contactID)
	if err != nil {
		return nil, err
	}
	var found []string
	_, err = tx.scan(&found, "SELECT id FROM enrollments WHERE contact_id IN ? AND parent_id IN ? ORDER BY id", ids, parents)
	return found, err
}

// ActiveAmong lists those of some enrollments that have not ended.
func (tx *Tx) ActiveAmong(ids []string, limit int) ([]string, error) {
	var found []string
	if len(ids) == 0 {
		return nil, nil
	}
	_, err := tx.scan(&found, "SELECT id FROM enrollments WHERE id IN ? AND active ORDER BY id LIMIT ?", ids, limit)
	return found, err
}
