package definition

import (
	"slices"

	"fermata/interpreter/nodes"
)

// targets lists the nodes to which a node can lead, in the order of its ports. A
// disabled node is only ever passed by its main port.
func (d *Definition) targets(n *Node) []string {
	var ids []string
	for _, port := range d.wired(n) {
		if id := n.Next[port]; d.Nodes[id] != nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (d *Definition) wired(n *Node) []string {
	if n.Disabled {
		if _, ok := n.Next[n.MainPort()]; ok {
			return []string{n.MainPort()}
		}
		return nil
	}
	return sortedKeys(n.Next)
}

// reachable is the set of nodes that a passage can come to.
func (d *Definition) reachable() map[string]bool {
	seen := map[string]bool{}
	open := []string{d.Start}
	for len(open) > 0 {
		id := open[len(open)-1]
		open = open[:len(open)-1]
		if n := d.Nodes[id]; n != nil && !seen[id] {
			seen[id] = true
			open = append(append(open, d.targets(n)...), n.stray...)
		}
	}
	return seen
}

// Before is the set of nodes that a passage can have visited when it comes to the node: the node
// itself is among them when it stands in a cycle.
func (d *Definition) Before(node string) map[string]bool {
	into := map[string][]string{}
	for id, n := range d.Nodes {
		for _, target := range append(d.targets(n), n.stray...) {
			into[target] = append(into[target], id)
		}
	}
	before, open := map[string]bool{}, []string{node}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		for _, id := range into[at] {
			if !before[id] {
				before[id] = true
				open = append(open, id)
			}
		}
	}
	return before
}

// InCycle reports whether a passage can come back to the node.
func (d *Definition) InCycle(node string) bool {
	start := d.Nodes[node]
	if start == nil {
		return false
	}
	seen := map[string]bool{}
	open := d.targets(start)
	for len(open) > 0 {
		id := open[len(open)-1]
		open = open[:len(open)-1]
		if id == node {
			return true
		}
		if !seen[id] {
			seen[id] = true
			open = append(open, d.targets(d.Nodes[id])...)
		}
	}
	return false
}

// stops reports whether the node always stops a passage for a while.
func stops(n *Node) bool { return n.Spec.Holds && !n.Disabled }

// spinning lists the groups of nodes that form a cycle without a wait, each in
// document order. They are the strongly connected components (Tarjan) of the graph
// without its waits.
func (d *Definition) spinning() [][]string {
	t := &tarjan{d: d, index: map[string]int{}, low: map[string]int{}, on: map[string]bool{}}
	for _, id := range d.Order {
		if _, seen := t.index[id]; !seen && !stops(d.Nodes[id]) {
			t.visit(id)
		}
	}
	rank := map[string]int{}
	for i, id := range d.Order {
		rank[id] = i
	}
	byRank := func(a, b string) int { return rank[a] - rank[b] }
	for _, group := range t.groups {
		slices.SortFunc(group, byRank)
	}
	slices.SortFunc(t.groups, func(a, b []string) int { return byRank(a[0], b[0]) })
	return t.groups
}

// tarjan finds components. Its recursion is as deep as the longest path, which is
// bounded by the number of nodes.
type tarjan struct {
	d          *Definition
	index, low map[string]int
	on         map[string]bool
	stack      []string
	groups     [][]string
}

func (t *tarjan) visit(id string) {
	t.index[id] = len(t.index)
	t.low[id] = t.index[id]
	t.stack, t.on[id] = append(t.stack, id), true
	self := false
	for _, next := range t.d.targets(t.d.Nodes[id]) {
		self = self || next == id
		if stops(t.d.Nodes[next]) {
			continue
		}
		if _, seen := t.index[next]; !seen {
			t.visit(next)
			t.low[id] = min(t.low[id], t.low[next])
		} else if t.on[next] {
			t.low[id] = min(t.low[id], t.index[next])
		}
	}
	if t.low[id] != t.index[id] {
		return
	}
	at := slices.Index(t.stack, id)
	group := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, member := range group {
		t.on[member] = false
	}
	if len(group) > 1 || self {
		t.groups = append(t.groups, group)
	}
}

// quietPort reports a port that may stay open without a word: an open main port ends
// the passage well, an open error port leaves the error to on_error.
func quietPort(n *Node, port string) bool {
	return port == n.Spec.MainPort || port == nodes.PortError && n.Spec.Action()
}
