package definition

import (
	"strconv"
	"strings"

	"fermata/interpreter/nodes/form"
)

// place remembers where a value stands in its document, so that problems can be
// listed in the order in which a reader meets them. Pointers are not stored: a
// hostile document could make them larger than itself by orders of magnitude.
type place struct {
	at    int
	keys  map[string]*place
	items []*place
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// find is the rank of the value at a JSON pointer, or of its nearest ancestor.
func (p *place) find(pointer string) int {
	if p == nil {
		return 0
	}
	here := p
	for _, step := range strings.Split(pointer, "/")[1:] {
		next := here.child(unescape.Replace(step))
		if next == nil {
			break
		}
		here = next
	}
	return here.at
}

func (p *place) child(step string) *place {
	if next, ok := p.keys[step]; ok {
		return next
	}
	if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(p.items) {
		return p.items[i]
	}
	return nil
}

// document is a decoded document: nil, bool, string, int64, float64, []any and
// map[string]any, with the ranks of its values.
type document struct {
	value any
	root  *place
	// order lists the keys of `nodes` as they stand.
	order    []string
	problems []Problem
	found    int
	count    int
}

func (d *document) report(code, path, message, hint string) {
	if d.found++; d.found > form.MaxProblems {
		return
	}
	d.problems = append(d.problems, Problem{
		Severity: SeverityError, Code: code, Node: nodeOf(path), Path: path, Message: message, Hint: hint,
	})
}

func (d *document) place() *place {
	d.count++
	return &place{at: d.count}
}
