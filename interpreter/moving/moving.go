package moving

import (
	"maps"
	"slices"

	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
)

// Stand says what an enrollment does at a node.
type Stand string

// The stands.
const (
	// Outside: it has not entered its first node.
	Outside Stand = "outside"
	// Resting: it stands at a node that waits, or at an action that waits for its hour
	// or is held after a failure: nothing is under way.
	Resting Stand = "resting"
	// Acting: it is in the middle of an action, which is under way or tried again.
	Acting Stand = "acting"
	// Left: it has left a node and not entered the next one.
	Left Stand = "left"
	// Coming: it is about to enter a node to which no port led it: somebody moved it there.
	Coming Stand = "coming"
)

// Place is where an enrollment stands in the version that it runs.
type Place struct {
	Stand Stand
	// Node is where it stands (Resting, Acting), what it left (Left) or enters (Coming).
	Node string
	// Port is the port by which it left.
	Port string
	// Doubt: nobody knows whether the action at which it rests was carried out.
	Doubt bool
}

// Class is how people are counted before a move.
type Class string

// The classes.
const (
	// Same: the node is in the new version under the same id.
	Same Class = "same"
	// Mapped: the node has another id in the new version.
	Mapped Class = "mapped"
	// Deleted: the new version has no such node.
	Deleted Class = "deleted"
	// Busy: in the middle of an action, and moved after it.
	Busy Class = "acting"
)

// Way is what is done with an enrollment.
type Way string

// The ways.
const (
	// Carry: it goes on resting, at Node, and its time goes with it.
	Carry Way = "carry"
	// Enter: it enters Node as if it came there now.
	Enter Way = "enter"
	// Stay: it stays on the version that it runs.
	Stay Way = "stay"
	// Exit: it exits.
	Exit Way = "exit"
	// Later: it is asked again when the action has ended.
	Later Way = "later"
	// Finish: it is complete, because the port by which it left leads nowhere now.
	Finish Way = "finish"
)

// Course is where an enrollment goes.
type Course struct {
	Class Class
	Way   Way
	// Node is a node of the new version, with Carry and Enter.
	Node string
	// Main: the port that leads nowhere is the main one, with Finish. Then the outcome is
	// success, else neutral.
	Main bool
}

// Plot says where an enrollment goes that stands at a place of the old version.
func Plot(old, next *definition.Definition, at Place, t Terms) Course {
	switch at.Stand {
	case Outside:
		return Course{Class: Same, Way: Enter, Node: next.Start}
	case Acting:
		return Course{Class: Busy, Way: Later}
	case Left:
		return t.behind(old, next, at)
	case Coming:
		return t.before(old, next, at.Node)
	case Resting:
	}
	to := t.at(old, next, at.Node)
	var course Course
	switch {
	case to == "":
		course = t.missing(old, next, at.Node)
	case carries(old.Nodes[at.Node], next.Nodes[to]):
		course = Course{Class: classOf(at.Node, to), Way: Carry, Node: to}
	default:
		course = Course{Class: classOf(at.Node, to), Way: Enter, Node: to}
	}
	if at.Doubt && (course.Way == Enter || course.Way == Carry && course.Class == Mapped) {
		// Under another key the effect might be carried out twice.
		return Course{Class: Busy, Way: Later}
	}
	return course
}

// behind is the way of somebody who has left a node. The new version says where its port
// leads; the old one only when the node or the port is not there any more.
func (t Terms) behind(old, next *definition.Definition, at Place) Course {
	if to := t.at(old, next, at.Node); to != "" {
		node := next.Nodes[to]
		if slices.Contains(node.Settings.Ports(), at.Port) {
			if target, wired := node.Target(at.Port); wired {
				return Course{Class: classOf(at.Node, to), Way: Enter, Node: target}
			}
			return Course{Class: classOf(at.Node, to), Way: Finish, Main: at.Port == node.Spec.MainPort}
		}
	}
	before := old.Nodes[at.Node]
	if before == nil {
		return Course{Class: Deleted, Way: Stay}
	}
	target, wired := before.Target(at.Port)
	if !wired {
		return Course{Class: Same, Way: Stay} // it is on its way out
	}
	return t.before(old, next, target)
}

// before is the way of somebody who is about to enter a node.
func (t Terms) before(old, next *definition.Definition, node string) Course {
	if to := t.at(old, next, node); to != "" {
		return Course{Class: classOf(node, to), Way: Enter, Node: to}
	}
	return t.missing(old, next, node)
}

// missing is the way of somebody whose node is not there any more.
func (t Terms) missing(old, next *definition.Definition, node string) Course {
	switch t.OnMissing {
	case MissingExit:
		return Course{Class: Deleted, Way: Exit}
	case MissingNext:
		if to := t.ahead(old, next, node); to != "" {
			return Course{Class: Deleted, Way: Enter, Node: to}
		}
	}
	return Course{Class: Deleted, Way: Stay}
}

// ahead is the nearest node ahead of one, by main ports first, that is still there; "" when
// there is none.
func (t Terms) ahead(old, next *definition.Definition, node string) string {
	seen, open := map[string]bool{node: true}, targets(old.Nodes[node])
	for len(open) > 0 {
		id := open[0]
		open = open[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		if to := t.at(old, next, id); to != "" {
			return to
		}
		open = append(open, targets(old.Nodes[id])...)
	}
	return ""
}

func targets(n *definition.Node) []string {
	if n == nil {
		return nil
	}
	var ids []string
	if id, wired := n.Target(n.MainPort()); wired {
		ids = append(ids, id)
	}
	for _, port := range slices.Sorted(maps.Keys(n.Next)) {
		ids = append(ids, n.Next[port])
	}
	return ids
}

func classOf(from, to string) Class {
	if from == to {
		return Same
	}
	return Mapped
}

// carries reports whether somebody who rests at one node can go on resting at another.
func carries(from, to *definition.Node) bool {
	switch {
	case from == nil || to == nil || to.Disabled:
		return false
	case from.Type == to.Type:
		return true
	}
	return timed(from) && timed(to)
}

// timed reports whether a node waits for something other than a person.
func timed(n *definition.Node) bool {
	return n.Spec.Kind == nodes.KindWait && n.Type != "hold" && !n.Spec.Asks
}
