package events

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/store"
)

const (
	// explainEvents is how many of the newest events an explanation shows.
	explainEvents = 10
	// explainPassages is how many of the newest enrollments it looks back at.
	explainPassages = 20
)

// Explanation says why a contact is in a workflow, why it still is, and why it is not (again).
// Sentences are for people, everything else for programs.
type Explanation struct {
	Workflow *store.Workflow
	Contact  *store.Contact
	Inside   []Inside          // active enrollments, newest first
	Last     *store.Enrollment // the newest that has ended, nil without one
	Reasons  []Reason          // why nothing (more) began
}

// Inside is one active enrollment: why it began and why it goes on.
type Inside struct {
	Enrollment *store.Enrollment
	Event      *store.Event // that enrolled; nil by hand, or when the log no longer has it
	Values     store.JSON   // what the trigger saw
	Step       *store.Step  // where it stands; nil between two steps
	Awaits     []nodes.AwaitedEvent
	Error      string // what keeps its run from starting, waking or going on
	MovesTo    int    // the version that it was sent to and has not reached; 0 for none
	Began      string // a sentence
	Stands     string // a code: starting, running, waiting, held, paused
	Stays      string // a sentence
}

// Reason is one thing that keeps a contact out, or that has let an event pass.
type Reason struct {
	Code     string // see the constants
	Sentence string
	Until    *time.Time // the end of a cooldown, or when a trigger fires next
	Key      string     // correlation key that it is about
	Type     string     // event type, or type of trigger, that it is about
	Trigger  string     // id of the trigger that it is about
	Event    *store.Event
	Verdict  *store.Verdict // on Event, nil when there is none yet
	Values   []expr.Value
}

// Codes of a Reason.
const (
	WhyNotPublished = "not_published" // there is no version that could run
	WhyStopped      = "stopped"       // the workflow takes nobody in
	WhyPaused       = "paused"        // it takes people in, and they wait at the start
	WhyActive       = "active"        // an enrollment of this key is active
	WhyOnce         = "once"          // there was one, and another is never to be
	WhyCooldown     = "cooldown"      // the last start is too recent
	WhySuppressed   = "suppressed"    // the suppress condition holds now
	WhyCorrelation  = "correlation"   // one enrollment for each value of a path
	WhyNoEvent      = "no_event"      // no event of this type was ever accepted for the contact
	WhyOtherTrigger = "other_trigger" // how a trigger stands to the contact that no event of it fires
	WhyEvent        = "event"         // what became of an event
	WhyQueueStopped = "queue_stopped" // an event of the contact cannot be routed
	WhyMayEnter     = "may_enter"     // nothing is in the way
)

// Explain answers for one contact and one workflow from the rows of the store, at an instant.
func Explain(tx *store.Tx, definitions *Definitions, w *store.Workflow, c *store.Contact, now time.Time) (*Explanation, error) {
	x := &explainer{
		tx: tx, definitions: definitions, now: now, v: newView(tx, c),
		out: &Explanation{Workflow: w, Contact: c},
	}
	if err := x.v.load(); err != nil {
		return nil, err
	}
	x.say = teller{zone: Zone(ZoneOfContact, c, x.v.account)}
	return x.out, x.explain()
}

type explainer struct {
	tx          *store.Tx
	definitions *Definitions
	now         time.Time
	v           *view
	say         teller
	def         *definition.Definition // of the published version, nil without one
	out         *Explanation
}

func (x *explainer) explain() error {
	w := x.out.Workflow
	if w.Version > 0 {
		def, err := x.definitions.Load(x.tx, w.Hash)
		if err != nil {
			return err
		}
		x.def = def
	}
	passages, _, err := x.tx.ListEnrollments(store.EnrollmentFilter{Workflow: w.Key, Contact: x.out.Contact.ID}, store.Page{Limit: explainPassages})
	if err != nil {
		return fmt.Errorf("read enrollments: %w", err)
	}
	for i := range passages {
		if !passages[i].Active && x.out.Last == nil {
			x.out.Last = &passages[i]
		}
	}
	active, err := x.tx.ActiveEnrollments(x.out.Contact.ID)
	if err != nil {
		return fmt.Errorf("read active enrollments: %w", err)
	}
	for i := len(active) - 1; i >= 0 && len(x.out.Inside) < explainPassages; i-- {
		if active[i].Workflow != w.Key {
			continue
		}
		if err := x.inside(&active[i]); err != nil {
			return err
		}
	}
	return x.reasons(passages)
}

// inside explains one active enrollment.
func (x *explainer) inside(e *store.Enrollment) error {
	in := Inside{Enrollment: e}
	if err := x.trigger(&in); err != nil {
		return err
	}
	steps, err := x.tx.Steps(e.ID)
	if err != nil {
		return fmt.Errorf("read steps of %s: %w", e.ID, err)
	}
	for i := range steps {
		if steps[i].LeftAt == nil {
			in.Step = &steps[i]
		}
	}
	if err := NewDues(x.tx, x.definitions, x.now).Mend(e, in.Step, x.out.Contact); err != nil {
		return err
	}
	def, err := x.definitions.Load(x.tx, e.Hash)
	if err != nil {
		return err
	}
	if in.Step != nil && def.Nodes[in.Step.Node] != nil {
		switch settings := def.Nodes[in.Step.Node].Settings.(type) {
		case *nodes.WaitEvent:
			in.Awaits = settings.Events
		case *nodes.Approval:
			wait, err := settings.Awaits(nodes.Question{Enrollment: e.ID, Node: in.Step.Node, Visit: in.Step.Visit})
			if err != nil {
				return err
			}
			in.Awaits = wait.Events
		}
	}
	calls, err := x.tx.Dispatches(e.ID)
	if err != nil {
		return fmt.Errorf("read calls of %s: %w", e.ID, err)
	}
	starting := false
	for _, call := range calls {
		starting = starting || call.Kind == store.DispatchStart
		if call.Error != "" {
			in.Error = call.Error
		}
	}
	if e.MoveID != "" {
		move, err := x.tx.Move(e.MoveID)
		if err != nil {
			return fmt.Errorf("read move of %s: %w", e.ID, err)
		}
		in.MovesTo = move.Version
	}
	in.Stands = e.Status
	if e.Status == store.StatusWaiting && !e.Test && x.out.Workflow.Status == store.WorkflowPaused {
		in.Stands = store.StatusPaused
	}
	if starting && in.Step == nil && e.Status == store.StatusRunning {
		in.Stands = "starting"
	}
	if in.Error == "" {
		in.Error = e.WedgeCause()
	}
	in.Began, in.Stays = x.say.began(&in), x.say.stays(&in, x.now)
	x.out.Inside = append(x.out.Inside, in)
	return nil
}

// trigger finds the event that enrolled and what its trigger saw.
func (x *explainer) trigger(in *Inside) error {
	id := in.Enrollment.TriggerEventID
	if id == "" {
		return nil
	}
	event, err := x.tx.Event(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read event %s: %w", id, err)
	}
	in.Event = event
	verdicts, err := x.tx.Verdicts(id)
	if err != nil {
		return fmt.Errorf("read verdicts of %s: %w", id, err)
	}
	for _, v := range verdicts[id] {
		if v.EnrollmentID == in.Enrollment.ID {
			in.Values = v.Values
		}
	}
	return nil
}

// reasons collects what is in the way of a next enrollment, and what became of the newest events.
func (x *explainer) reasons(passages []store.Enrollment) error {
	if x.def == nil {
		x.why(Reason{Code: WhyNotPublished, Sentence: "The workflow has never been published, so nobody can enter it; a test can run its draft."})
		return nil
	}
	if err := x.closed(); err != nil {
		return err
	}
	if err := x.reentry(passages); err != nil {
		return err
	}
	if err := x.suppressed(); err != nil {
		return err
	}
	blocked := len(x.out.Reasons) > 0
	if err := x.triggers(); err != nil {
		return err
	}
	if err := x.events(); err != nil {
		return err
	}
	if !blocked && len(x.out.Inside) == 0 {
		x.why(Reason{Code: WhyMayEnter, Sentence: "Nothing is in the way: " + x.nextWords()})
	}
	return nil
}

func (x *explainer) why(r Reason) { x.out.Reasons = append(x.out.Reasons, r) }

// closed says whether the workflow takes people in, and whether the contact's queue stands still.
func (x *explainer) closed() error {
	switch w := x.out.Workflow; {
	case !open(w.Status):
		x.why(Reason{Code: WhyStopped, Sentence: fmt.Sprintf("The workflow is %s and takes nobody in.", w.Status)})
	case w.Status == store.WorkflowPaused:
		x.why(Reason{Code: WhyPaused, Sentence: "The workflow is paused: it takes people in, and they wait at its start."})
	}
	stopped, err := x.tx.StoppedContact(x.out.Contact.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read queue of contact: %w", err)
	}
	x.why(Reason{Code: WhyQueueStopped, Sentence: fmt.Sprintf("The contact's events wait: one of them failed %d times, and somebody must look at it. %s", stopped.Tries, stopped.Error)})
	return nil
}

// reentry says for every correlation key that the contact had here whether it may have another
// passage.
func (x *explainer) reentry(passages []store.Enrollment) error {
	settings := x.def.Settings
	if settings.Correlate != "" {
		x.why(Reason{Code: WhyCorrelation, Type: settings.Correlate, Sentence: fmt.Sprintf(
			"There is one enrollment for each value of %s; %d are active.", settings.Correlate, len(x.out.Inside))})
	}
	seen := map[string]bool{}
	for i := range passages {
		e := &passages[i]
		if e.Test || seen[e.Key] {
			continue
		}
		seen[e.Key] = true
		last, err := x.tx.LastEnrollment(e.Workflow, e.ContactID, e.Key)
		if err != nil {
			return fmt.Errorf("read last enrollment: %w", err)
		}
		switch {
		case e.Active:
			x.why(Reason{Code: WhyActive, Key: e.Key, Sentence: repeatWords[settings.OnRepeat]})
		case settings.Reentry == definition.ReentryOnce:
			x.why(Reason{Code: WhyOnce, Key: e.Key, Sentence: fmt.Sprintf("The contact was here before, on %s, and may enter once only.", x.say.day(last.StartedAt))})
		case settings.Reentry == definition.ReentryCooldown:
			until := settings.Cooldown.From(last.StartedAt, Zone(settings.Timezone, x.out.Contact, x.v.account)).UTC()
			if x.now.Before(until) {
				x.why(Reason{Code: WhyCooldown, Key: e.Key, Until: &until, Sentence: fmt.Sprintf(
					"The contact was enrolled on %s and may not be again until %s.", x.say.day(last.StartedAt), x.say.day(until))})
			}
		}
	}
	return nil
}

// suppressed evaluates the suppress condition as it would be now, with the newest event of a
// trigger as the one that asks.
func (x *explainer) suppressed() error {
	if x.def.Settings.Suppress == nil {
		return nil
	}
	in := EnrollInput{Contact: x.out.Contact, Workflow: x.out.Workflow, Def: x.def, Now: x.now}
	newest, err := x.tx.NewestEvents(x.out.Contact.ID, x.def.TriggerEvents(), 1)
	if err != nil {
		return fmt.Errorf("read newest event: %w", err)
	}
	if len(newest) > 0 {
		decoded, err := DecodeEvent(&newest[0])
		if err != nil {
			return err
		}
		in.Event, in.Data = &newest[0], decoded.Data
	}
	holds, values, err := suppress(x.v, in)
	if err != nil {
		return fmt.Errorf("evaluate suppress: %w", err)
	}
	if holds {
		x.why(Reason{Code: WhySuppressed, Values: values, Sentence: "The workflow's suppress condition holds for the contact now."})
	}
	return nil
}

// newest are the newest events that the workflow names, and those that asked for it by its key: of
// triggers that fire by themselves, and of other workflows.
func (x *explainer) newest() ([]store.Event, error) {
	named, err := x.tx.NewestEvents(x.out.Contact.ID, x.def.EventTypes(), explainEvents)
	if err != nil {
		return nil, fmt.Errorf("read newest events: %w", err)
	}
	asked, err := x.tx.NewestJudged(x.out.Contact.ID, x.out.Workflow.Key, []string{TypeEnrollRequested, TypeTriggered}, explainEvents)
	if err != nil {
		return nil, fmt.Errorf("read newest requests: %w", err)
	}
	list := append(named, asked...)
	slices.SortFunc(list, func(a, b store.Event) int { return cmp.Compare(b.Seq, a.Seq) })
	return list[:min(len(list), explainEvents)], nil
}

// events says what became of the newest events.
func (x *explainer) events() error {
	newest, err := x.newest()
	if err != nil {
		return err
	}
	ids := make([]string, len(newest))
	for i := range newest {
		ids[i] = newest[i].ID
	}
	verdicts, err := x.tx.Verdicts(ids...)
	if err != nil {
		return fmt.Errorf("read verdicts: %w", err)
	}
	for i := range newest {
		r := Reason{Code: WhyEvent, Type: newest[i].Type, Event: &newest[i]}
		for _, v := range store.PerWorkflow(verdicts[newest[i].ID]) {
			if v.Workflow == x.out.Workflow.Key || v.Workflow == "" {
				r.Verdict = &v
			}
		}
		r.Sentence = x.say.event(r, newest[i].Seq > x.out.Contact.RoutedSeq)
		x.why(r)
	}
	return nil
}
