// Package rehearse runs a definition on the real machine and the real evaluators in
// virtual time, with effects stubbed: 21 days in milliseconds. It is for the API's
// rehearsals, for the tests of a definition, and for every test about time.
//
// It never touches the store or the network and reads no clock: the caller gives
// the start, and every wait moves the virtual clock.
package rehearse

import (
	"errors"
	"fmt"
	"sort"
	"time"

	"fermata/interpreter"
	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

// codeNotAvailable is why a type that this build cannot run is held or fails.
const codeNotAvailable = "not_available"

// maxRounds ends a rehearsal that does not end by itself.
const maxRounds = 20_000

// ErrStopped says that Input.Stop has ended a rehearsal.
var ErrStopped = errors.New("rehearsal stopped")

// Input is one rehearsal.
type Input struct {
	Definition *definition.Definition
	// Contact has the contract's shape of a contact: {id, email, fields, tags, …}.
	Contact map[string]any
	// Trigger is the event that enrolls; its OccurredAt is the anchor of day-N waits.
	// Both its times are Start unless given.
	Trigger expr.Event
	// Events come in while the enrollment runs.
	Events []Injection
	// Stubs are the answers of calls, by node id.
	Stubs map[string]Stub
	Start time.Time
	// Until, when it is not zero, ends the rehearsal: what would happen then or later is
	// not seen, and the passage stays where it is.
	Until time.Time
	// Stop, when set, is asked now and then; true ends the rehearsal with ErrStopped.
	Stop func() bool
	// Location is the account's zone.
	Location *time.Location
	Account  map[string]any
	// Template, Segment, Stage and Course look up what the installation has. What it
	// lacks stops no rehearsal: it is taken as the definition names it (a template is
	// empty, a stage open, nobody is in a segment), and the effect lists it under
	// `missing`. Without a look-up nothing is said to be missing. Stage finds the first
	// stage of a pipeline for "".
	Template func(key string) *nodes.TemplateSource
	Segment  func(key string) (filter any, found bool)
	Stage    func(pipeline, stage string) (key, kind string, found bool)
	Course   func(key string) bool
	// Position is the place of a stage in its pipeline, -1 for one that is not there. Without
	// it no stage stands before another.
	Position func(pipeline, stage string) int
	// Past finds further events of the contact that were accepted since an instant and by
	// the virtual now: those before the start, and those that Events leaves out. EnrolledIn
	// says whether it was in a workflow at an instant. Without them there were none, and
	// it was in none.
	Past       func(eventType string, since, now time.Time) ([]expr.Event, error)
	EnrolledIn func(workflow string, at time.Time) (bool, error)
}

// Injection is an event at a time after the start.
type Injection struct {
	At    calendar.Duration
	Event expr.Event
}

// Stub is the answer of a call; the zero value is 200 with no body.
type Stub struct {
	Status int
	Body   any
}

// Result is what would have happened.
type Result struct {
	// Status is completed, exited, failed, or the state in which the passage stays:
	// waiting, held.
	Status, Outcome, Reason string
	Start, End              time.Time
	Steps                   []Step
}

// Step is one visit of the passage.
type Step struct {
	Node, Type string
	Visit      int
	// At is the simulated time at which the step was left (or is parked since).
	At                   time.Time
	Status, Port, Reason string
	Values               []expr.Value
	// Effect is what would have been sent or changed, nil for none.
	Effect any
	// DueAt is when an open wait ends, zero without end.
	DueAt time.Time
}

// Run carries one contact through a definition.
func Run(in Input) (Result, error) {
	s, err := newStage(in)
	if err != nil {
		return Result{}, err
	}
	machine, err := interpreter.New(in.Definition, interpreter.Current, nil)
	if err != nil {
		return Result{}, err
	}
	occurrences := []interpreter.Occurrence{{Kind: interpreter.Started}}
	for range maxRounds {
		if in.Stop != nil && in.Stop() {
			return Result{}, fmt.Errorf("rehearse: %w", ErrStopped)
		}
		commands, err := machine.Step(occurrences...)
		if err != nil {
			return Result{}, fmt.Errorf("rehearse: %w", err)
		}
		occurrences = occurrences[:0]
		for _, c := range commands {
			if c.Kind == interpreter.Stop {
				return s.result, nil
			}
			o, err := s.carryOut(c)
			if err != nil {
				return Result{}, fmt.Errorf("rehearse %s: %w", c.Node, err)
			}
			if s.stuck {
				return s.result, nil
			}
			if o == nil {
				continue
			}
			occurrences = append(occurrences, *o)
			if o.Kind != interpreter.Begun && (o.Kind != interpreter.Left || o.Port != c.Port) {
				break
			}
		}
	}
	return Result{}, fmt.Errorf("rehearse: no end after %d rounds", maxRounds)
}

// stage is the world of one rehearsal.
type stage struct {
	in    Input
	now   time.Time
	world *world
	queue []pending
	open  *Step
	due   time.Time
	stuck bool
	// held is why the passage is held, which is not always why its step failed.
	held string
	// lacks is what the effect at hand names and the installation does not have.
	lacks  []string
	result Result
	// since is the place in the log after which a wait sees events; used are the
	// places whose events have advanced the passage.
	since int
	used  map[int]bool
	// replaced: a wait has made another event than the trigger `event`.
	replaced bool
}

type pending struct {
	at    time.Time
	event expr.Event
}

func newStage(in Input) (*stage, error) {
	if in.Location == nil {
		in.Location = time.UTC
	}
	if in.Trigger.AcceptedAt.IsZero() {
		in.Trigger.AcceptedAt = in.Start
	}
	if in.Trigger.OccurredAt.IsZero() {
		in.Trigger.OccurredAt = in.Trigger.AcceptedAt
	}
	w := newWorld(in)
	s := &stage{in: in, now: in.Start, world: w, result: Result{Start: in.Start, End: in.Start, Status: "running"}}
	for _, injection := range in.Events {
		s.queue = append(s.queue, pending{at: injection.At.From(in.Start, w.location()), event: injection.Event})
	}
	sort.SliceStable(s.queue, func(i, j int) bool { return s.queue[i].at.Before(s.queue[j].at) })
	w.log = append(w.log, in.Trigger)
	s.used = map[int]bool{}
	s.since = len(w.log)
	return s, nil
}

// carryOut carries out one command of the machine in the rehearsal's world.
func (s *stage) carryOut(c interpreter.Command) (*interpreter.Occurrence, error) {
	node := s.in.Definition.Nodes[c.Node]
	switch c.Kind {
	case interpreter.Begin:
		return &interpreter.Occurrence{Kind: interpreter.Begun}, nil
	case interpreter.Act, interpreter.Send:
		return s.effect(c, node)
	case interpreter.Skip:
		return s.leave(c, Step{Status: "skipped", Port: c.Port, Reason: "disabled"}), nil
	case interpreter.Decide:
		return s.decide(c, node)
	case interpreter.Park, interpreter.Arrive:
		return s.look(c, node)
	case interpreter.Sleep:
		return s.sleep(c)
	case interpreter.Settle:
		s.close(c, Step{Status: "failed", Port: c.Port, Reason: c.Code})
		if c.Port == "" {
			return nil, nil
		}
		return &interpreter.Occurrence{Kind: interpreter.Left, Node: c.Node, Visit: c.Visit, Port: c.Port, Status: "failed"}, nil
	case interpreter.Hold:
		return s.hold(c, c.Code), nil
	case interpreter.Finish:
		if node.Type == "end" && c.Code == "" {
			s.close(c, Step{Status: "done"})
		}
		return s.end(c.Status, c.Outcome, c.Code), nil
	case interpreter.Stop:
	}
	return nil, fmt.Errorf("unknown command %s", c.Kind)
}

func (s *stage) end(status, outcome, reason string) *interpreter.Occurrence {
	if s.open != nil {
		s.open.Status, s.open.Reason, s.open.At = "exited", reason, s.now
		s.result.Steps = append(s.result.Steps, *s.open)
		s.open = nil
	}
	s.result.Status, s.result.Outcome, s.result.Reason, s.result.End = status, outcome, reason, s.now
	return &interpreter.Occurrence{Kind: interpreter.Ended, Status: status, Code: reason}
}

// stop ends the rehearsal while the passage is still open.
func (s *stage) stop(status, reason string) {
	if s.open != nil {
		s.result.Steps = append(s.result.Steps, *s.open)
		s.open = nil
	}
	s.stuck = true
	s.result.Status, s.result.Reason, s.result.End = status, reason, s.now
}

func (s *stage) close(c interpreter.Command, step Step) {
	step.Node, step.Visit, step.At = c.Node, c.Visit, s.now
	step.Type = s.in.Definition.Nodes[c.Node].Type
	if s.open != nil && step.Effect == nil {
		step.Effect = s.open.Effect
	}
	s.open = nil
	s.result.Steps = append(s.result.Steps, step)
}

func (s *stage) leave(c interpreter.Command, step Step) *interpreter.Occurrence {
	s.close(c, step)
	return &interpreter.Occurrence{Kind: interpreter.Left, Node: c.Node, Visit: c.Visit, Port: step.Port, Status: step.Status}
}

func (s *stage) park(c interpreter.Command, status, reason string, due time.Time) {
	var effect any
	if s.open != nil {
		effect = s.open.Effect
	}
	s.open = &Step{
		Node: c.Node, Visit: c.Visit, Type: s.in.Definition.Nodes[c.Node].Type, At: s.now,
		Status: status, Reason: reason, DueAt: due, Effect: effect,
	}
}

func (s *stage) decide(c interpreter.Command, node *definition.Node) (*interpreter.Occurrence, error) {
	switch settings := node.Settings.(type) {
	case interpreter.Decider:
		port, values, err := settings.Decide(s.world.scope(s.now))
		if err != nil {
			return nil, err
		}
		return s.leave(c, Step{Status: "done", Port: port, Values: values}), nil
	case interpreter.Picker:
		id, _ := s.world.contact["id"].(string)
		return s.leave(c, Step{Status: "done", Port: settings.Pick(s.in.Definition.Key, c.Node, id)}), nil
	}
	return nil, fmt.Errorf("type %s does not decide", node.Type)
}
