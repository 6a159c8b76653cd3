package store

import "time"

// Move is what one publication says about those who are inside, once for all of them. Enrollments
// name it while they are on their way (Enrollment.MoveID); it is kept for ever. What the terms mean
// is told in interpreter/moving.
type Move struct {
	ID        string `gorm:"primaryKey"`
	LastID    string // of two moves in a row, made one: the second; else the id itself
	Workflow  string
	Version   int    // to which version
	Hash      string // of its definition
	Map       JSON   // {old node: new node}
	OnMissing string // stay | exit | next
	Retime    string // credit | restart | keep
	Person    string
	CreatedAt time.Time
}

// AddMove keeps a move; it does nothing when the id is there.
func (tx *Tx) AddMove(m *Move) error {
	if m.ID == "" {
		m.ID = NewID("mov")
	}
	if m.LastID == "" {
		m.LastID = m.ID
	}
	if m.CreatedAt.IsZero() {
		m.CreatedAt = wallClock()
	}
	if len(m.Map) == 0 {
		m.Map = JSON("{}")
	}
	_, err := tx.insertNew(m)
	return err
}

// Move returns one move.
func (tx *Tx) Move(id string) (*Move, error) { return first[Move](tx, "id = ?", id) }

// onMove selects the enrollments that are on a move and have not been moved yet.
const onMove = " active AND move_id <> '' AND move_id IN (SELECT m.id FROM moves m WHERE m.last_id = ?)"

// CountMoving counts the active enrollments that are on a move and have not been moved yet.
func (tx *Tx) CountMoving(moveID string) (int, error) {
	var n int
	_, err := tx.scan(&n, "SELECT count(*) FROM enrollments WHERE"+onMove, moveID)
	return n, err
}

// Moving lists, by id and behind after, the active enrollments that are on a move and have not been
// moved yet.
func (tx *Tx) Moving(moveID, after string, limit int) ([]Enrollment, error) {
	return all[Enrollment](tx, "WHERE id > ? AND"+onMove+" ORDER BY id LIMIT ?", after, moveID, limit)
}

// SetMove puts an active enrollment on a move, or off it with "", and writes the number of its
// version. The enrollment must be locked.
func (tx *Tx) SetMove(id, moveID string, version int) error {
	return tx.remove("UPDATE enrollments SET move_id = ?, version = ? WHERE id = ? AND active", moveID, version, id)
}
