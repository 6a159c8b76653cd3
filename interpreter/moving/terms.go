package moving

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fermata/interpreter/definition"
)

// What becomes of those who stand at a node that the new version does not have.
const (
	// MissingStay: they stay on the version that they run, for good.
	MissingStay = "stay"
	// MissingExit: they exit.
	MissingExit = "exit"
	// MissingNext: they go on at the next node ahead of them that is still there.
	MissingNext = "next"
)

// What becomes of the time that somebody has waited already.
const (
	// RetimeCredit: it counts. The new wait ends when it would have ended, had it been
	// the wait from the beginning; at once when that has passed.
	RetimeCredit = "credit"
	// RetimeRestart: the new wait begins now.
	RetimeRestart = "restart"
	// RetimeKeep: the instant at which the old wait ends stands.
	RetimeKeep = "keep"
)

// Terms are what a publication says about those who are inside.
type Terms struct {
	// Map gives nodes of the old version others in the new one. A node that it does not
	// name is itself.
	Map map[string]string
	// OnMissing is MissingStay (also when empty), MissingExit or MissingNext.
	OnMissing string
	// Retime is RetimeCredit (also when empty), RetimeRestart or RetimeKeep.
	Retime string
}

// Fault is one thing wrong with terms. Pointer is a JSON pointer into the body of a
// publication: /map/<id>.
type Fault struct{ Pointer, Message, Hint string }

// Check reports the entries of the map that name nodes which are not there, by id.
func (t Terms) Check(old, next *definition.Definition) []Fault {
	var faults []Fault
	for _, from := range slices.Sorted(maps.Keys(t.Map)) {
		to := t.Map[from]
		switch {
		case old.Nodes[from] == nil:
			faults = append(faults, Fault{
				Pointer: "/map/" + escape(from), Message: fmt.Sprintf("the version before has no node %q", from), Hint: "one of " + list(old),
			})
		case next.Nodes[to] == nil:
			faults = append(faults, Fault{
				Pointer: "/map/" + escape(from), Message: fmt.Sprintf("the new version has no node %q", to), Hint: "one of " + list(next),
			})
		}
	}
	return faults
}

// Then are the terms of two moves in a row, for somebody whom the second finds before
// the first was carried out: whom the first sends to b, and the second from b to c, goes
// to c. What is asked for missing nodes and waits is the word of the second.
func (t Terms) Then(second Terms) Terms {
	both := map[string]string{}
	for from, to := range second.Map {
		both[from] = to
	}
	for from, mid := range t.Map {
		to, again := second.Map[mid]
		if !again {
			to = mid
		}
		both[from] = to
	}
	return Terms{Map: both, OnMissing: second.OnMissing, Retime: second.Retime}
}

// at is the node of the new version that stands for one of the old, "" when there is none.
// A mapped node counts whatever its type is: somebody has said so. One that only bears the
// same id must be of the same type.
func (t Terms) at(old, next *definition.Definition, id string) string {
	if to := t.Map[id]; next.Nodes[to] != nil {
		return to
	}
	before, after := old.Nodes[id], next.Nodes[id]
	if before == nil || after == nil || before.Type != after.Type {
		return ""
	}
	return id
}

func list(d *definition.Definition) string {
	return strings.Join(slices.Sorted(maps.Keys(d.Nodes)), ", ")
}

func escape(id string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(id) }
