package interpreter

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fermata/interpreter/definition"
)

// Phase says how far the machine has come with the node at which it stands.
type Phase string

// The phases.
const (
	// PhaseNew: the enrollment has not entered its first node.
	PhaseNew Phase = ""
	// PhaseEntering: the node was reached and its commands are being carried out.
	PhaseEntering Phase = "entering"
	// PhaseFailed: the step failed for good and its error policy is being carried out.
	PhaseFailed Phase = "failed"
	// PhaseParked: the node waits.
	PhaseParked Phase = "parked"
	// PhaseOpen: the passage left by an open port and must be finished.
	PhaseOpen Phase = "open"
	// PhaseDone: the enrollment has ended.
	PhaseDone Phase = "done"
)

// snapshotSchema is the version of the encoding below.
const snapshotSchema = 1

// Snapshot is the machine's whole state in under 4 KiB. It travels across
// continue-as-new and is what `begin` returns when it rebuilds a lost run.
type Snapshot struct {
	Schema int    `json:"s"`
	Node   string `json:"n,omitempty"`
	Visit  int    `json:"v,omitempty"`
	Phase  Phase  `json:"p,omitempty"`
	// Port is the open port by which the passage left (PhaseOpen).
	Port string `json:"o,omitempty"`
	// Code is the code of the failure (PhaseFailed).
	Code string `json:"e,omitempty"`
	// Due is when the parked node falls due, Unix milliseconds, 0 = without end.
	Due int64 `json:"d,omitempty"`
	// Visits counts the visits of every node, in the order of sorted node ids:
	// numbers separated by commas, nothing for 0, trailing zeros cut.
	Visits string `json:"c,omitempty"`
}

// NewSnapshot is the state of an enrollment that stands at the given visit of a
// node, with the number of visits that each node has had.
func NewSnapshot(d *definition.Definition, node string, visit int, phase Phase, due int64, visits map[string]int) Snapshot {
	return Snapshot{
		Schema: snapshotSchema, Node: node, Visit: visit, Phase: phase, Due: due,
		Visits: encodeVisits(nodeIDs(d), visits),
	}
}

// check reports a snapshot at which no machine of the definition can stand.
func (s Snapshot) check(d *definition.Definition) error {
	if s.Schema != snapshotSchema {
		return fmt.Errorf("snapshot schema %d is not known to this build (newest: %d)", s.Schema, snapshotSchema)
	}
	switch s.Phase {
	case PhaseNew, PhaseDone:
		if s.Node == "" {
			return nil
		}
	case PhaseEntering, PhaseFailed, PhaseParked, PhaseOpen:
	default:
		return fmt.Errorf("snapshot has the phase %q, which this build does not know", s.Phase)
	}
	if d.Nodes[s.Node] == nil {
		return fmt.Errorf("snapshot stands at node %q, which the definition does not have", s.Node)
	}
	if s.Visit < 1 {
		return fmt.Errorf("snapshot stands at visit %d of node %q", s.Visit, s.Node)
	}
	return nil
}

func nodeIDs(d *definition.Definition) []string {
	return slices.Sorted(maps.Keys(d.Nodes))
}

func encodeVisits(ids []string, visits map[string]int) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		if n := visits[id]; n > 0 {
			b.WriteString(strconv.Itoa(n))
		}
	}
	return strings.TrimRight(b.String(), ",")
}

func decodeVisits(ids []string, encoded string) (map[string]int, error) {
	visits := map[string]int{}
	if encoded == "" {
		return visits, nil
	}
	parts := strings.Split(encoded, ",")
	if len(parts) > len(ids) {
		return nil, fmt.Errorf("snapshot counts visits of %d nodes, the definition has %d", len(parts), len(ids))
	}
	for i, part := range parts {
		if part == "" {
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("snapshot has the visit count %q", part)
		}
		visits[ids[i]] = n
	}
	return visits, nil
}
