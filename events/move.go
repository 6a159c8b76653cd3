package events

import (
	"errors"
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// ReasonMoved is the reason of a step that was left because its enrollment was moved elsewhere. Such
// a step is `canceled`: it is no end, and what it waited for goes on, or not, at the step behind it.
const ReasonMoved = "moved"

// moversLive is how long after its last word a worker counts as alive.
const moversLive = time.Minute

// CheckMovers refuses to move anybody while a worker lives whose build cannot carry on a run that was
// moved: it would take up the run from its first step, by the old version.
func CheckMovers(tx *store.Tx) error {
	old, err := tx.OldWorker(tx.Now().Add(-moversLive), store.LevelMoves)
	if err != nil {
		return fmt.Errorf("read workers: %w", err)
	}
	if old == "" {
		return nil
	}
	return &RefusedError{
		Message: fmt.Sprintf("nobody can be moved: worker %s runs a build that cannot carry on who was moved", old),
		Hint:    "bring all workers up to date; one that was stopped counts for another minute",
	}
}

// moversRest is how long a job that moves people rests before it looks again for old workers.
const moversRest = 5 * time.Second

// awaitMovers lets a job that moves people rest while CheckMovers refuses: a worker of an older build
// may appear at any time.
func awaitMovers(tx *store.Tx) error {
	err := CheckMovers(tx)
	if refused, is := errors.AsType[*RefusedError](err); is {
		return &RestError{Reason: refused.Message + "; " + refused.Hint, For: moversRest}
	}
	return err
}

// Terms are the terms of a move.
func Terms(m *store.Move) (moving.Terms, error) {
	t := moving.Terms{OnMissing: m.OnMissing, Retime: m.Retime}
	if err := m.Map.Decode(&t.Map); err != nil {
		return t, fmt.Errorf("read map of move %s: %w", m.ID, err)
	}
	return t, nil
}

// MarkMove puts an enrollment on a move that is in the store, and reports whether it is on it now.
// The mark is obeyed at the next safe point; wakeUp asks for that soon, which whoever would leave
// earlier in the new version needs, else it comes when the enrollment wakes by itself. An enrollment
// that has ended is left alone; one that runs the very content of the move only takes its number.
// A move that it is on already and that has not been carried out is carried out together with this
// one. The contact is locked by this call: of several, in the order of their contacts.
func MarkMove(tx *store.Tx, id string, m *store.Move, wakeUp bool) (marked bool, err error) {
	e, err := tx.LockEnrollment(id)
	if err != nil {
		return false, fmt.Errorf("lock enrollment %s: %w", id, err)
	}
	if !e.Active || e.Workflow != m.Workflow {
		return false, nil
	}
	if e.MoveID, err = together(tx, e.MoveID, m); err != nil {
		return false, err
	}
	if e.Hash == m.Hash {
		e.Version, e.MoveID = m.Version, ""
	}
	if err := tx.SetMove(e.ID, e.MoveID, e.Version); err != nil {
		return false, fmt.Errorf("mark enrollment %s: %w", id, err)
	}
	if e.MoveID == "" {
		return false, nil
	}
	if wakeUp {
		err = wake(tx, e)
	}
	return true, err
}

// together is the move that does the work of a pending one and of the one behind it.
func together(tx *store.Tx, pending string, m *store.Move) (string, error) {
	if pending == "" || pending == m.ID {
		return m.ID, nil
	}
	before, err := tx.Move(pending)
	if err != nil {
		return "", fmt.Errorf("read move %s: %w", pending, err)
	}
	if before.LastID == m.ID {
		return pending, nil
	}
	first, err := Terms(before)
	if err != nil {
		return "", err
	}
	second, err := Terms(m)
	if err != nil {
		return "", err
	}
	both := *m
	both.ID, both.LastID = before.ID+"+"+m.ID, m.ID
	if both.Map, err = store.ToJSON(first.Then(second).Map); err != nil {
		return "", err
	}
	if err := tx.AddMove(&both); err != nil {
		return "", fmt.Errorf("add move %s: %w", both.ID, err)
	}
	return both.ID, nil
}

// UnmarkMove takes an enrollment off a move that has not been carried out, and reports whether it
// was on it. Of several, in the order of their contacts.
func UnmarkMove(tx *store.Tx, id string, m *store.Move) (bool, error) {
	e, err := tx.LockEnrollment(id)
	if err != nil {
		return false, fmt.Errorf("lock enrollment %s: %w", id, err)
	}
	if !e.Active || e.MoveID == "" {
		return false, nil
	}
	pending, err := tx.Move(e.MoveID)
	if err != nil {
		return false, fmt.Errorf("read move %s: %w", e.MoveID, err)
	}
	if pending.LastID != m.ID {
		return false, nil
	}
	if err := tx.SetMove(e.ID, "", e.Version); err != nil {
		return false, fmt.Errorf("unmark enrollment %s: %w", id, err)
	}
	return true, nil
}

// Whereabouts is where an enrollment stands, as its rows say.
type Whereabouts struct {
	Place moving.Place
	// Open is the step at which it stands (Resting, Acting), nil when it stands at none.
	Open *store.Step
}

// FindPlace says where an active enrollment stands in the version that it runs. steps are all of its
// steps, in order.
func FindPlace(tx *store.Tx, e *store.Enrollment, def *definition.Definition, steps []store.Step) (Whereabouts, error) {
	for i := range steps {
		if steps[i].LeftAt == nil {
			return atStep(tx, &steps[i])
		}
	}
	if node, pending := Pending(e, steps); pending && !leadsTo(def, steps, node) {
		return Whereabouts{Place: moving.Place{Stand: moving.Coming, Node: node}}, nil
	}
	if len(steps) == 0 {
		return Whereabouts{Place: moving.Place{Stand: moving.Outside}}, nil
	}
	last := steps[len(steps)-1]
	return Whereabouts{Place: moving.Place{Stand: moving.Left, Node: last.Node, Port: last.Port}}, nil
}

// Pending is the node that an enrollment is about to enter and that has no step yet.
func Pending(e *store.Enrollment, steps []store.Step) (node string, pending bool) {
	if e.Visit < 1 {
		return "", false
	}
	for i := range steps {
		if steps[i].Node == e.Node && steps[i].Visit == e.Visit {
			return "", false
		}
	}
	return e.Node, true
}

// leadsTo reports whether the enrollment came to the node by itself: from its start, or by the port
// of its last step.
func leadsTo(def *definition.Definition, steps []store.Step, node string) bool {
	if len(steps) == 0 {
		return node == def.Start
	}
	last := steps[len(steps)-1]
	from := def.Nodes[last.Node]
	if from == nil || last.Reason == ReasonMoved {
		return false
	}
	target, wired := from.Target(last.Port)
	return wired && target == node
}

// atStep tells whether something is under way at an open step.
func atStep(tx *store.Tx, step *store.Step) (Whereabouts, error) {
	at := Whereabouts{Place: moving.Place{Stand: moving.Resting, Node: step.Node}, Open: step}
	spec, _ := nodes.Lookup(step.Type)
	if !spec.Action() && !spec.Asks {
		return at, nil
	}
	if step.Status == "running" {
		at.Place.Stand = moving.Acting
		return at, nil
	}
	effect, err := tx.Effect(store.EffectRef{EnrollmentID: step.EnrollmentID, Node: step.Node, Visit: step.Visit})
	if errors.Is(err, store.ErrNotFound) {
		return at, nil
	}
	if err != nil {
		return at, fmt.Errorf("read effect of step %s: %w", step.Node, err)
	}
	switch {
	case effect.State == store.EffectClaimed && effect.LeaseUntil != nil && effect.LeaseUntil.After(tx.Now()):
		at.Place.Stand = moving.Acting
	case effect.State == store.EffectClaimed, effect.State == store.EffectUnknown:
		at.Place.Doubt = true
	}
	return at, nil
}
