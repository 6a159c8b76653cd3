package interpreter

import (
	"fmt"
	"maps"

	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
)

// maxBatch bounds the commands that one transaction carries out.
const maxBatch = 25

// Machine carries one enrollment through one definition.
type Machine struct {
	def     *definition.Definition
	ids     []string
	version int
	at      position
	phase   Phase
	due     int64
	// code is the code of the failure in PhaseFailed.
	code string
	// first is true until the first run of the enrollment has begun.
	first  bool
	visits map[string]int
}

// position is a visit to a node; an empty node means that the passage left by
// the open port.
type position struct {
	node  string
	visit int
	port  string
	main  bool
}

// New makes a machine of the given version. A nil snapshot starts at the
// definition's start node.
func New(d *definition.Definition, version int, s *Snapshot) (*Machine, error) {
	if !Supported(version) {
		return nil, fmt.Errorf("interpreter version %d is not known to this build (newest: %d)", version, Current)
	}
	m := &Machine{def: d, ids: nodeIDs(d), version: version, visits: map[string]int{}, first: s == nil}
	if s == nil {
		return m, nil
	}
	if err := m.restore(*s); err != nil {
		return nil, err
	}
	return m, nil
}

// Snapshot returns the machine's state.
func (m *Machine) Snapshot() Snapshot {
	return Snapshot{
		Schema: snapshotSchema, Node: m.at.node, Visit: m.at.visit, Phase: m.phase,
		Port: m.at.port, Code: m.code, Due: m.due, Visits: encodeVisits(m.ids, m.visits),
	}
}

func (m *Machine) restore(s Snapshot) error {
	if err := s.check(m.def); err != nil {
		return err
	}
	visits, err := decodeVisits(m.ids, s.Visits)
	if err != nil {
		return err
	}
	m.visits, m.phase, m.due, m.code = visits, s.Phase, s.Due, s.Code
	m.at = position{node: s.Node, visit: s.Visit, port: s.Port}
	m.at.main = s.Phase == PhaseOpen && m.def.Nodes[s.Node].Spec.MainPort == s.Port
	return nil
}

// Step folds occurrences into the enrollment, in order, and returns what the
// driver must do next: either commands that are all local, to be carried out
// together, or one that is not. It performs no I/O, and the same occurrences
// always give the same commands. An occurrence that does not fit the machine's
// state is an error: it means that history and code disagree.
func (m *Machine) Step(occurrences ...Occurrence) ([]Command, error) {
	if len(occurrences) == 0 {
		return nil, fmt.Errorf("fold occurrences: there is none")
	}
	var commands []Command
	for _, o := range occurrences {
		next, err := m.fold(o)
		if err != nil {
			return nil, fmt.Errorf("fold %s at %s/%d: %w", o.Kind, o.Node, o.Visit, err)
		}
		commands = next
	}
	if commands == nil {
		commands = m.plan()
	}
	return commands, nil
}

// fold returns the commands that the occurrence itself asks for, or nil when the
// machine should plan on from where it stands.
func (m *Machine) fold(o Occurrence) ([]Command, error) {
	switch o.Kind {
	case Started:
		return m.start(), nil
	case Resumed:
		if o.Resume == nil {
			return nil, fmt.Errorf("no snapshot to resume from")
		}
		if err := m.restore(*o.Resume); err != nil {
			return nil, err
		}
		m.first = false
		return m.start(), nil
	case Ended:
		m.first, m.phase, m.due, m.code = false, PhaseDone, 0, ""
		return []Command{{Kind: Stop}}, nil
	case Begun, Left, Parked, Failed, Woken, Standing:
		if m.phase == PhaseNew || m.phase == PhaseOpen || m.phase == PhaseDone {
			return nil, fmt.Errorf("the machine is in phase %q", m.phase)
		}
		return m.foldStep(o)
	case Moved:
		return nil, fmt.Errorf("an enrollment that was moved goes on with another machine")
	}
	return nil, fmt.Errorf("unknown occurrence")
}

func (m *Machine) foldStep(o Occurrence) ([]Command, error) {
	if o.Kind == Begun {
		if m.phase != PhaseEntering {
			return nil, fmt.Errorf("the machine is in phase %q", m.phase)
		}
		return nil, nil
	}
	if o.Node != m.at.node || o.Visit != m.at.visit {
		return nil, fmt.Errorf("the machine stands at %s/%d", m.at.node, m.at.visit)
	}
	node := m.def.Nodes[m.at.node]
	switch o.Kind {
	case Left:
		m.leave(node, o.Port)
		return nil, nil
	case Parked:
		m.phase, m.due, m.code = PhaseParked, o.Due, ""
		return []Command{{Kind: Sleep, Node: o.Node, Visit: o.Visit, Due: o.Due}}, nil
	case Woken:
		return []Command{{Kind: Arrive, Node: o.Node, Visit: o.Visit}}, nil
	case Standing:
		m.phase, m.due, m.code = PhaseEntering, 0, ""
		return nil, nil
	case Failed:
		m.phase, m.due, m.code = PhaseFailed, 0, o.Code
		return m.onError(node), nil
	case Started, Resumed, Begun, Ended, Moved:
	}
	return nil, fmt.Errorf("not an occurrence of a step")
}

// start answers what a run does first.
func (m *Machine) start() []Command {
	switch {
	case m.first:
		m.first = false
		m.enter(m.def.Start, m.visits)
		return append([]Command{{Kind: Begin}}, m.localPlan(maxBatch-1)...)
	case m.phase == PhaseFailed:
		return m.onError(m.def.Nodes[m.at.node])
	case m.phase == PhaseParked:
		return []Command{{Kind: Arrive, Node: m.at.node, Visit: m.at.visit}}
	case m.phase == PhaseDone:
		return []Command{{Kind: Stop}}
	case m.phase == PhaseNew:
		m.enter(m.def.Start, m.visits)
	}
	return nil
}

func (m *Machine) enter(node string, visits map[string]int) {
	visits[node]++
	m.at = position{node: node, visit: visits[node]}
	m.phase, m.due, m.code = PhaseEntering, 0, ""
}

func (m *Machine) leave(node *definition.Node, port string) {
	target, wired := node.Target(port)
	if wired {
		m.enter(target, m.visits)
		return
	}
	m.at.port, m.at.main = port, port == node.Spec.MainPort
	m.phase, m.due, m.code = PhaseOpen, 0, ""
}

// onError applies the node's error policy to a step that failed for good.
func (m *Machine) onError(node *definition.Node) []Command {
	settle := Command{Kind: Settle, Node: m.at.node, Visit: m.at.visit, Code: m.code}
	switch {
	case node.ErrorWired():
		settle.Port = "error"
	case node.OnError == "continue":
		settle.Port = node.Spec.MainPort
	case node.OnError == "fail":
		return []Command{settle, {
			Kind: Finish, Node: m.at.node, Visit: m.at.visit,
			Status: StatusFailed, Outcome: OutcomeFailed, Code: ReasonStepFailed,
		}}
	default:
		return []Command{{Kind: Hold, Node: m.at.node, Visit: m.at.visit, Code: ReasonStepFailed}}
	}
	ahead := m.ahead()
	ahead.leave(node, settle.Port)
	return append([]Command{settle}, ahead.localPlan(maxBatch-1)...)
}

// plan returns what must be done from where the machine stands.
func (m *Machine) plan() []Command {
	if batch := m.localPlan(maxBatch); len(batch) > 0 {
		return batch
	}
	return []Command{{Kind: Send, Node: m.at.node, Visit: m.at.visit}}
}

// localPlan looks ahead along the main ports and returns the commands on our own
// store that can be carried out together: it ends before the first effect outside,
// and after the first command whose outcome chooses the way.
func (m *Machine) localPlan(limit int) []Command {
	ahead := m.ahead()
	var batch []Command
	for len(batch) < limit {
		command, more := ahead.command()
		if command.Kind == Send {
			return batch
		}
		batch = append(batch, command)
		if !more {
			return batch
		}
		ahead.leave(ahead.def.Nodes[ahead.at.node], command.Port)
	}
	return batch
}

// ahead is a copy of the machine that may walk on without changing it.
func (m *Machine) ahead() *Machine {
	c := *m
	c.visits = maps.Clone(m.visits)
	return &c
}

// command is the command of the place where the machine stands; more is true
// when its expected port (Command.Port) leads on without asking anybody.
func (m *Machine) command() (c Command, more bool) {
	node := m.def.Nodes[m.at.node]
	c = Command{Node: m.at.node, Visit: m.at.visit}
	if m.phase == PhaseOpen {
		c.Kind, c.Status, c.Outcome, c.Code = Finish, StatusCompleted, OutcomeNeutral, ReasonOpenPort
		if m.at.main {
			c.Outcome, c.Code = OutcomeSuccess, ""
		}
		return c, false
	}
	if m.at.visit > node.MaxVisits {
		c.Kind, c.Status, c.Outcome, c.Code = Finish, StatusFailed, OutcomeFailed, ReasonRunaway
		return c, false
	}
	if node.Disabled {
		c.Kind, c.Port = Skip, node.MainPort()
		return c, true
	}
	switch node.Spec.Kind {
	case nodes.KindStore:
		c.Kind, c.Port = Act, node.Spec.MainPort
		return c, true
	case nodes.KindOutward:
		c.Kind = Send
	case nodes.KindDecide:
		c.Kind = Decide
	case nodes.KindWait:
		c.Kind = Park
		if node.Spec.Asks {
			c.Kind = Send // it parks when the question is out
		}
	case nodes.KindEnd:
		c.Kind, c.Status, c.Outcome = Finish, StatusCompleted, endOutcome(node)
	}
	return c, false
}

func endOutcome(node *definition.Node) string {
	if end, ok := node.Settings.(*nodes.End); ok && end.Outcome != "" {
		return end.Outcome
	}
	return OutcomeSuccess
}
