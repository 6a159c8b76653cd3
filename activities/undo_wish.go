package activities

import (
	"fmt"

	"fermata/interpreter/nodes"
	"fermata/store"
)

// wishesRead is how many effects of other passages an undo looks at.
const wishesRead = 10_000

// wish is a change that a passage which is not undone made, or found as it wanted it.
type wish struct {
	*change
	of *wished
}

// wished is a row of the ledger with its changes.
type wished struct {
	row     *store.Undoable
	changes []*change
}

// later reads, once in a transaction, what other passages wanted of the contact's things
// since the oldest effect that is taken back together with this one.
func (u *undoing) later() error {
	if u.read {
		return nil
	}
	rows, err := u.tx.LaterEffects(u.contact.ID, u.Passages, u.since, wishesRead)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	for i := range rows {
		changes, ok := recorded(&rows[i])
		if !ok {
			continue
		}
		of := &wished{row: &rows[i]}
		for at := range changes {
			of.changes = append(of.changes, &changes[at])
			u.wishes = append(u.wishes, wish{&changes[at], of})
		}
	}
	u.read = true
	return nil
}

// wish finds the first thing that another passage did about the same thing after an effect.
// Whoever counts on is no reason not to take back a count, and counts from less.
func (u *undoing) wish(row *store.Undoable, ch change) (*wish, error) {
	if err := u.later(); err != nil {
		return nil, err
	}
	kind, name := ch.split()
	for i := range u.wishes {
		w := &u.wishes[i]
		same := w.Thing == ch.Thing
		if kind == thingDeal {
			same = same || w.Thing == thing(thingStage, name) || w.Thing == thing(thingOwner, name)
		}
		switch {
		case !same || w.of.row.CreatedAt.Before(row.CreatedAt):
		case ch.By == nil || w.By == nil:
			return w, nil
		default:
			w.From, w.To = less(w.From, ch), less(w.To, ch)
			if err := u.save(w); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// less is a count without what a change added to it.
func less(count any, ch change) any {
	if sameValue(count, ch.To) {
		return ch.From
	}
	if number, ok := nodes.AsNumber(count); ok && count != nil {
		return nodes.Plus(number, -*ch.By)
	}
	return count
}

func (u *undoing) save(w *wish) error {
	raw, err := encode(w.of.changes)
	if err != nil {
		return err
	}
	if err := u.tx.SetUndo(w.of.row.Ref(), raw); err != nil {
		return fmt.Errorf("hand on to %s: %w", w.of.row.Key, err)
	}
	return nil
}

// handOn takes a change out of the middle: what the later one would set back to is from now
// on what was there before both, and who works on with a deal has made it. The thing itself
// stays as the later one wants it.
func (u *undoing) handOn(w *wish, ch change) (*undoneThing, error) {
	switch {
	case w.Thing != ch.Thing:
		w.of.changes = append([]*change{&ch}, w.of.changes...)
	case ch.By != nil:
		w.From = less(w.From, ch)
	case sameValue(w.From, ch.To):
		w.From, w.Was = ch.From, ch.Was
	}
	if err := u.save(w); err != nil {
		return nil, err
	}
	if ch.kept() || w.Thing == ch.Thing && sameValue(w.To, ch.From) {
		return nil, nil
	}
	return &undoneThing{Reason: reasonKept, By: w.of.row.Workflow}, nil
}
