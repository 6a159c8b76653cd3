package events

import (
	"fmt"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// Follows reports whether a wait's due instant may move while it is open: the router wakes waiting
// enrollments when the contact's zone, a field or the trigger changes.
func Follows(node *definition.Node) bool {
	until, ok := node.Settings.(*nodes.WaitUntil)
	return Dated(node.Type) && (!ok || until.Field == "" || until.Follow)
}

// Dues says when open waits end that a pause has met whose clocks stood still. Their runs reckon with it
// when their timers fire, and until then their rows say when that is: nobody is woken for a later instant.
type Dues struct {
	tx          *store.Tx
	definitions *Definitions
	now         time.Time
	account     *store.Account
	frozen      map[string][]store.Pause // by workflow: the pauses that have ended, none when no clocks stood still
}

// NewDues reads from tx at an instant.
func NewDues(tx *store.Tx, definitions *Definitions, now time.Time) *Dues {
	return &Dues{tx: tx, definitions: definitions, now: now, frozen: map[string][]store.Pause{}}
}

// Mend corrects the due instant of an enrollment, and of its open step when that is the given one, as they
// were read; it changes no row. Of a contact that is not given the newest state is read.
func (d *Dues) Mend(e *store.Enrollment, step *store.Step, contact *store.Contact) error {
	if !e.Active || e.Status != store.StatusWaiting || e.DueAt == nil || e.Test {
		return nil
	}
	pauses, err := d.pauses(e)
	if err != nil || len(pauses) == 0 {
		return err
	}
	if step == nil || step.Node != e.Node || step.Visit != e.Visit {
		if step, err = d.tx.Step(e.ID, e.Node, e.Visit); err != nil {
			return fmt.Errorf("read the open step of %s: %w", e.ID, err)
		}
	}
	def, err := d.definitions.Load(d.tx, e.Hash)
	if err != nil {
		return err
	}
	node := def.Nodes[step.Node]
	if node == nil || step.LeftAt != nil || step.PlannedAt == nil {
		return nil
	}
	planned, err := d.planned(e, step, def, node, contact, pauses)
	if err != nil {
		return err
	}
	if Dated(node.Type) {
		pauses = Unfrozen(pauses)
	}
	paced := calendar.Pace(planned, step.EnteredAt, pauses, nodes.Fraction(SpreadSeed(e.ID, step.Node)))
	opensAgain := paced.Overdue && node.Type == "window" // its run looks when
	if opensAgain || !paced.Fire.After(*e.DueAt) {
		return nil
	}
	e.DueAt, step.DueAt = &paced.Fire, &paced.Fire
	return nil
}

// pauses are those of its workflow that have ended since an enrollment started; none unless the clocks
// stood still in one of them.
func (d *Dues) pauses(e *store.Enrollment) ([]calendar.Pause, error) {
	rows, known := d.frozen[e.Workflow]
	if !known {
		var err error
		if rows, err = d.tx.FrozenPauses(e.Workflow); err != nil {
			return nil, fmt.Errorf("read pauses of %s: %w", e.Workflow, err)
		}
		d.frozen[e.Workflow] = rows
	}
	var list []calendar.Pause
	froze := false
	for i := range rows {
		if rows[i].EndedAt.After(e.StartedAt) {
			list = append(list, AsPause(&rows[i], d.now))
			froze = froze || rows[i].Clocks == store.ClocksFreeze
		}
	}
	if !froze {
		return nil, nil
	}
	return list, nil
}

// planned is when a wait would end without any pause but those that its anchor has moved by.
func (d *Dues) planned(
	e *store.Enrollment, step *store.Step, def *definition.Definition, node *definition.Node, contact *store.Contact, pauses []calendar.Pause,
) (time.Time, error) {
	waiter, waits := node.Settings.(nodes.Waiter)
	if step.Kept || !Follows(node) || !waits {
		return *step.PlannedAt, nil
	}
	if contact == nil {
		var err error
		if contact, err = d.tx.Contact(e.ContactID); err != nil {
			return time.Time{}, fmt.Errorf("read contact: %w", err)
		}
	}
	v := newView(d.tx, contact)
	v.account = d.account
	scope, err := v.scope(ScopeOptions{Now: d.now, Zone: def.Settings.Timezone, Enrollment: e})
	if err != nil {
		return time.Time{}, err
	}
	d.account = v.account
	due := waiter.Due(nodes.DueInput{
		Now: step.EnteredAt, Entered: step.EnteredAt, Anchor: e.AnchorAt.Add(calendar.Frozen(e.StartedAt, pauses)), Scope: scope,
		Location: scope.Location, InCycle: def.InCycle(step.Node), Seed: e.ID + "/" + step.Node + "/" + fmt.Sprint(e.Visit),
	})
	if known := due.Failure == nil && !due.Forever && !due.Exit; known {
		return due.At.UTC().Truncate(time.Millisecond), nil
	}
	return *step.PlannedAt, nil
}
