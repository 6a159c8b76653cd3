package store

import (
	"fmt"
	"time"
)

// Gap is a time of which the store knows nothing: it came back from a backup of the one instant, and
// what ran until the other is not in it.
type Gap struct {
	ID        string `gorm:"primaryKey"`
	FromAt    time.Time
	ToAt      time.Time
	Person    string // who noted it
	CreatedAt time.Time
}

// Holds reports whether an instant lies within the gap, its ends included.
func (g *Gap) Holds(at time.Time) bool { return !at.Before(g.FromAt) && !at.After(g.ToAt) }

// AddGap notes a gap and sets its id.
func (tx *Tx) AddGap(g *Gap) error {
	g.ID, g.CreatedAt = NewID("gap"), wallClock()
	_, err := tx.insertNew(g)
	return err
}

// Gaps lists the gaps that have been noted, the earliest first.
func (tx *Tx) Gaps() ([]Gap, error) { return all[Gap](tx, "ORDER BY from_at, id") }

// DoubtEffect makes unknown an effect that the caller has just claimed, or that failed: it may have been
// carried out in a time of which the store knows nothing. It counts a copy.
func (tx *Tx) DoubtEffect(ref EffectRef, message string) error {
	n, err := tx.exec("UPDATE effects SET state = 'unknown', error = ?, copies = copies + 1, lease_until = NULL, updated_at = ? WHERE "+
		effectKey+" AND state IN ('claimed', 'failed')", ref.args(message, wallClock())...)
	if err == nil && n == 0 {
		err = fmt.Errorf("doubt effect of %s: it is neither claimed nor failed", ref.Node)
	}
	return err
}

// Held is what a gap concerns: active enrollments, and those of them whose wait ended in it.
type Held struct{ Active, Due int }

// HeldBy counts what a gap concerns, tests left out.
func (tx *Tx) HeldBy(g *Gap) (h Held, err error) {
	if _, err = tx.scan(&h.Active, "SELECT count(*) FROM enrollments WHERE active AND NOT test"); err != nil {
		return h, err
	}
	_, err = tx.scan(&h.Due, "SELECT count(*) FROM enrollments WHERE active AND NOT test AND due_at <= ?", g.ToAt)
	return h, err
}
