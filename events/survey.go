package events

import (
	"fmt"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// surveyPage is how many of the people inside are read at a time.
const surveyPage = 500

// Survey looks at everybody inside a workflow, tests left out, and says what a publish would do with
// each. It locks nothing: it says what would happen now.
type Survey struct {
	Workflow    string
	Definitions *Definitions
	Now         time.Time
	// Leave: everybody leaves.
	Leave bool
	// Next is the content that they are moved to, nil when they are not; Hash and Version are its own.
	Next    *definition.Definition
	Hash    string
	Version int
	Terms   moving.Terms

	account *store.Account
	// pauses of the workflow, one that goes on as if it ended now; known says that they were read.
	pauses []calendar.Pause
	known  bool
	// paused is the pause that goes on, nil for none.
	paused  *store.Pause
	pending map[string]moving.Terms // of the moves that people are on already, with Terms behind them
}

// Prospect is what would become of one enrollment.
type Prospect struct {
	Class moving.Class
	Way   moving.Way
	// Node is where it would stand, "" outside the workflow.
	Node string
	// Due is when its open wait would end, nil for never or none.
	Due *time.Time
	// Fires: the change ends its wait, and it goes on at once. While the workflow is paused nobody goes
	// on: AtResume says who would when it is resumed, and no instant ends their wait (Due is nil).
	Fires, AtResume bool
	// Moves: it runs an earlier version and would be moved, in whatever way.
	Moves bool
}

// Each calls fn for everybody inside, in the order in which they came.
func (s *Survey) Each(tx *store.Tx, fn func(p *store.Inside, f Prospect) error) error {
	for filter := (store.InsideFilter{Workflow: s.Workflow}); ; {
		people, err := tx.PeopleInside(filter, surveyPage)
		if err != nil {
			return fmt.Errorf("read who is inside %s: %w", s.Workflow, err)
		}
		for i := range people {
			f, err := s.look(tx, &people[i])
			if err != nil {
				return fmt.Errorf("look at enrollment %s: %w", people[i].Enrollment.ID, err)
			}
			if err := fn(&people[i], f); err != nil {
				return err
			}
		}
		if len(people) < surveyPage {
			return nil
		}
		filter.After = people[len(people)-1].Enrollment.ID
	}
}

func (s *Survey) look(tx *store.Tx, p *store.Inside) (Prospect, error) {
	e := &p.Enrollment
	switch {
	case s.Leave:
		return Prospect{Class: moving.Same, Way: moving.Exit}, nil
	case s.Next == nil || e.Version >= s.Version || p.Contact == nil:
		return Prospect{Class: moving.Same, Way: moving.Stay, Node: e.Node, Due: e.DueAt}, nil
	case e.Hash == s.Hash:
		return Prospect{Class: moving.Same, Way: moving.Carry, Node: e.Node, Due: e.DueAt, Moves: true}, nil
	}
	return s.move(tx, p)
}

// move says what the move of one enrollment would come to.
func (s *Survey) move(tx *store.Tx, p *store.Inside) (Prospect, error) {
	e := &p.Enrollment
	if err := s.readPauses(tx); err != nil {
		return Prospect{}, err
	}
	old, err := s.Definitions.Load(tx, e.Hash)
	if err != nil {
		return Prospect{}, err
	}
	terms, err := s.terms(tx, e.MoveID)
	if err != nil {
		return Prospect{}, err
	}
	where, err := findPlace(tx, p, old)
	if err != nil {
		return Prospect{}, err
	}
	course := moving.Plot(old, s.Next, where.Place, terms)
	f := Prospect{Class: course.Class, Way: course.Way, Node: course.Node, Moves: course.Way != moving.Stay}
	switch course.Way {
	case moving.Stay, moving.Later:
		f.Node, f.Due = e.Node, e.DueAt
	case moving.Enter:
		f.Fires = where.Place.Stand == moving.Resting && goesOn(s.Next.Nodes[course.Node])
	case moving.Carry:
		err = s.retime(tx, p, &f)
	case moving.Exit, moving.Finish:
	}
	f.Fires = f.Fires && e.Hold == "" // whom a person holds stays held
	if f.Fires && s.paused != nil {
		f.Fires, f.AtResume, f.Due = false, true, nil
	}
	return f, err
}

// Paused is the pause of the workflow that goes on, nil for none.
func (s *Survey) Paused(tx *store.Tx) (*store.Pause, error) {
	err := s.readPauses(tx)
	return s.paused, err
}

// readPauses reads the pauses of the workflow, once.
func (s *Survey) readPauses(tx *store.Tx) error {
	if s.known {
		return nil
	}
	rows, err := tx.PausesSince(s.Workflow, time.Time{})
	if err != nil {
		return fmt.Errorf("read pauses of %s: %w", s.Workflow, err)
	}
	s.known = true
	for i := range rows {
		if rows[i].EndedAt == nil {
			s.paused = &rows[i]
		}
		s.pauses = append(s.pauses, AsPause(&rows[i], s.Now))
	}
	return nil
}

// findPlace is FindPlace that reads the steps only of somebody who stands at none.
func findPlace(tx *store.Tx, p *store.Inside, def *definition.Definition) (Whereabouts, error) {
	if p.Step != nil {
		return FindPlace(tx, &p.Enrollment, def, []store.Step{*p.Step})
	}
	steps, err := tx.Steps(p.Enrollment.ID)
	if err != nil {
		return Whereabouts{}, fmt.Errorf("read steps: %w", err)
	}
	return FindPlace(tx, &p.Enrollment, def, steps)
}

// terms are those of the survey, behind those of a move that somebody is on already.
func (s *Survey) terms(tx *store.Tx, pending string) (moving.Terms, error) {
	if pending == "" {
		return s.Terms, nil
	}
	if known, ok := s.pending[pending]; ok {
		return known, nil
	}
	m, err := tx.Move(pending)
	if err != nil {
		return moving.Terms{}, fmt.Errorf("read move %s: %w", pending, err)
	}
	first, err := Terms(m)
	if err != nil {
		return moving.Terms{}, err
	}
	if s.pending == nil {
		s.pending = map[string]moving.Terms{}
	}
	s.pending[pending] = first.Then(s.Terms)
	return s.pending[pending], nil
}

// goesOn reports whether whoever enters a node does not stay there.
func goesOn(n *definition.Node) bool { return n.Disabled || n.Spec.Kind != nodes.KindWait }

// retime says when a wait ends that is carried over.
func (s *Survey) retime(tx *store.Tx, p *store.Inside, f *Prospect) error {
	e, node := &p.Enrollment, s.Next.Nodes[f.Node]
	waiter, waits := node.Settings.(moving.Wait)
	if !waits || p.Step == nil || p.Step.Status != "waiting" || node.Spec.Action() {
		f.Due = e.DueAt
		return nil
	}
	v := newView(tx, p.Contact)
	v.account = s.account
	scope, err := v.scope(ScopeOptions{Now: s.Now, Zone: s.Next.Settings.Timezone, Enrollment: e})
	if err != nil {
		return err
	}
	s.account = v.account
	in := nodes.DueInput{
		Now: s.Now, Anchor: e.AnchorAt.Add(calendar.Frozen(e.StartedAt, s.pauses)), Scope: scope, Location: scope.Location,
		InCycle: s.Next.InCycle(f.Node), Seed: e.ID + "/" + f.Node + "/" + fmt.Sprint(e.Visit),
	}
	timing := moving.Retime(s.Terms.Retime, moving.Open{Entered: p.Step.EnteredAt, Due: p.Step.DueAt}, waiter, in, s.Now)
	if timing.Exit {
		f.Way, f.Node = moving.Exit, ""
	} else if timing.Failure == nil && !timing.Forever { // else no instant ends it
		f.Due, f.Fires = s.pace(p, f.Node, waiter, in, timing)
	}
	return nil
}

// pace reckons with the pauses of the workflow, as the run does when its wait is over: until when it
// waits, and whether the change is what ends its wait now.
func (s *Survey) pace(p *store.Inside, node string, waiter moving.Wait, in nodes.DueInput, t moving.Timing) (due *time.Time, fires bool) {
	pauses, kind := s.pauses, s.Next.Nodes[node].Type
	if Dated(kind) {
		pauses = Unfrozen(pauses)
	}
	share := nodes.Fraction(SpreadSeed(p.Enrollment.ID, node))
	entered := moving.Entered(s.Terms.Retime, p.Step.EnteredAt, s.Now)
	paced := calendar.Pace(t.Planned, entered, pauses, share)
	if paced.Overdue && kind == "window" { // it opens again
		in.Now, in.Entered = paced.Fire, paced.Fire
		paced.Fire = waiter.Due(in).At
	}
	if paced.Fire.Before(s.Now) {
		paced.Fire = s.Now
	}
	return &paced.Fire, !paced.Fire.After(s.Now) && !s.overdue(p.Step.DueAt)
}

// overdue reports whether an open wait is over without the change: clocks that stand still keep it from
// falling due during a pause.
func (s *Survey) overdue(due *time.Time) bool {
	now := s.Now
	if s.paused != nil && s.paused.Clocks == store.ClocksFreeze {
		now = s.paused.StartedAt
	}
	return due != nil && !due.After(now)
}
