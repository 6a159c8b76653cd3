package rehearse

import (
	"maps"
	"slices"

	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
)

// Coverage says which ways through a definition its tests take. A node without ports, an end,
// counts as one way with the port "".
type Coverage struct {
	// Ports is how many there are, Taken how many of them some test leaves by.
	Ports, Taken int
	// Missing lists the others, in document order.
	Missing []NodePort
	// Unvisited lists the nodes that no test comes to, in document order.
	Unvisited []string
}

// NodePort is a way out of a node.
type NodePort struct{ Node, Port string }

// cover collects which ways were taken.
type cover struct {
	nodes   []string
	all     []NodePort
	taken   map[NodePort]bool
	visited map[string]bool
}

func newCover(d *definition.Definition) *cover {
	c := &cover{nodes: d.Order, taken: map[NodePort]bool{}, visited: map[string]bool{}}
	for _, id := range d.Order {
		for _, port := range waysOut(d.Nodes[id]) {
			c.all = append(c.all, NodePort{Node: id, Port: port})
		}
	}
	return c
}

// waysOut are the ports that a passage can leave a node by: a port for errors that leads nowhere is
// none, because failures then follow on_error.
func waysOut(n *definition.Node) []string {
	if n == nil || n.Settings == nil {
		return nil
	}
	if n.Disabled {
		return []string{n.MainPort()}
	}
	ports := slices.DeleteFunc(slices.Clone(n.Settings.Ports()), func(port string) bool {
		return port == nodes.PortError && n.Spec.Action() && !n.ErrorWired()
	})
	if len(ports) == 0 {
		return []string{""}
	}
	return ports
}

func (c *cover) take(r Result) {
	for _, s := range r.Steps {
		c.visited[s.Node] = true
		c.taken[NodePort{Node: s.Node, Port: s.Port}] = true
	}
}

func (c *cover) coverage() Coverage {
	out := Coverage{Ports: len(c.all), Missing: []NodePort{}, Unvisited: []string{}}
	for _, id := range c.nodes {
		if !c.visited[id] {
			out.Unvisited = append(out.Unvisited, id)
		}
	}
	for _, way := range c.all {
		if c.taken[way] {
			out.Taken++
		} else {
			out.Missing = append(out.Missing, way)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
