package definition

import (
	"maps"
	"reflect"
	"slices"

	"fermata/interpreter/nodes/form"
)

// What a Change does.
const (
	ChangeAdd     = "add"
	ChangeRemove  = "remove"
	ChangeReplace = "replace"
)

// Change is one difference between two documents. From is nil for an addition, To for a removal.
type Change struct {
	Op string `json:"op"`
	// Path is a JSON pointer; lists and plain values change as a whole.
	Path string `json:"path"`
	// Node is the id of the node that it is about, or empty.
	Node     string `json:"node,omitempty"`
	From, To any    `json:"-"`
}

// Changes lists what differs between two decoded documents, in the order of keys, layout left aside:
// where boxes stand changes nothing that they do.
func Changes(from, to map[string]any) []Change {
	from, to = maps.Clone(from), maps.Clone(to)
	delete(from, "layout")
	delete(to, "layout")
	return compare(nil, "", from, to)
}

func compare(list []Change, pointer string, from, to any) []Change {
	before, wasObject := from.(map[string]any)
	after, isObject := to.(map[string]any)
	if !wasObject || !isObject {
		if reflect.DeepEqual(from, to) {
			return list
		}
		return append(list, Change{Op: ChangeReplace, Path: pointer, Node: nodeOf(pointer), From: from, To: to})
	}
	keys := maps.Clone(before)
	maps.Copy(keys, after)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		at := form.Join(pointer, key)
		a, was := before[key]
		b, is := after[key]
		switch {
		case !was:
			list = append(list, Change{Op: ChangeAdd, Path: at, Node: nodeOf(at), To: b})
		case !is:
			list = append(list, Change{Op: ChangeRemove, Path: at, Node: nodeOf(at), From: a})
		default:
			list = compare(list, at, a, b)
		}
	}
	return list
}
