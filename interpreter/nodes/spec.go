package nodes

import (
	"slices"

	"fermata/interpreter/nodes/form"
)

// Kind says how the machine drives a node.
type Kind string

// The kinds of node.
const (
	// KindStore is an effect on our own store.
	KindStore Kind = "store"
	// KindOutward is an effect outside: mail, an HTTP call, a message.
	KindOutward Kind = "outward"
	// KindDecide chooses a port without waiting: branch, split.
	KindDecide Kind = "decide"
	// KindWait parks the enrollment until an instant, an event or an operator.
	KindWait Kind = "wait"
	// KindEnd ends the enrollment.
	KindEnd Kind = "end"
)

// Ports with a fixed meaning.
const (
	PortNext    = "next"
	PortOK      = "ok"
	PortError   = "error"
	PortElse    = "else"
	PortTimeout = "timeout"
)

// Classes of mail and messages.
const (
	ClassMarketing     = "marketing"
	ClassTransactional = "transactional"
)

// Report collects the problems of one node's settings; see form.Report.
type Report = form.Report

// Settings are the decoded `with` of one node, a pointer to the exported struct of
// its type (*Email, *Wait, …).
type Settings interface {
	// Ports lists all ports, the main or first one first.
	Ports() []string
	// Summary is one line for cards and for timers and activities in Temporal. It
	// holds nothing rendered and no address.
	Summary() string
}

// Spec describes one type of node.
type Spec struct {
	// Type is the name in a definition: "email".
	Type string
	// Title, Group, Icon and Description are what a palette shows. Icon is the name
	// of a lucide icon.
	Title, Group, Icon, Description string
	Kind                            Kind
	// Schema is the JSON Schema (draft 2020-12) of `with`; x-ui holds the hints for
	// the inspector.
	Schema map[string]any
	// MainPort is "next", "ok", or "" for a type that must be wired by a map.
	MainPort string
	// FixedPorts are the ports that every node of the type has, unless PortsWhen says more.
	FixedPorts []string
	// PortsFrom says which ports the author names; they stand before the fixed ones.
	// "branches[].id" are the ids of the entries of a list in `with`, "ports{}" the
	// sorted keys of an object in it; empty: none.
	PortsFrom string
	// PortsWhen gives a fixed port that is not always there the key of `with` on which
	// it depends: it is there when the key is given.
	PortsWhen map[string]string
	// Initial is the `with` of a new node as far as its ports need one.
	Initial map[string]any
	// Holds is true for a type that always stops the passage for a while, so that a
	// cycle through it cannot spin.
	Holds bool
	// Message is true for a type that writes to the contact: quiet hours hold it back.
	Message bool
	// Asks is true for a type that waits for the answer to a question, which it sends before: an effect
	// outside, and then a wait.
	Asks bool
	// Available is false for a type that this build knows but cannot run.
	Available bool
	// Decode reads `with`. It reports every problem to r (paths relative to `with`)
	// and always returns settings, as complete as they could be read.
	Decode func(with map[string]any, r *Report) Settings
}

// Action reports whether the type is an action: only those carry an error policy.
func (s Spec) Action() bool { return s.Kind == KindStore || s.Kind == KindOutward }

// Outward reports whether a step of the type has an effect outside, with a row in the ledger.
func (s Spec) Outward() bool { return s.Kind == KindOutward || s.Asks }

// specs is the one list of node types, in the order of the palette.
var specs = []Spec{
	waitSpec(), waitUntilSpec(), waitEventSpec(), windowSpec(), holdSpec(),
	branchSpec(), splitSpec(), endSpec(),
	emailSpec(), smsSpec(), slackSpec(), notifySpec(), webhookSpec(), approvalSpec(),
	tagAddSpec(), tagRemoveSpec(), fieldSetSpec(), unsubscribeSpec(),
	dealCreateSpec(), dealMoveSpec(), dealAssignSpec(),
	courseEnrollSpec(), courseUnenrollSpec(), taskCreateSpec(),
	enrollInSpec(), removeFromSpec(), undoSpec(), emitSpec(),
}

// names and byType index the list.
var names, byType = func() ([]string, map[string]Spec) {
	list, index := make([]string, len(specs)), map[string]Spec{}
	for i, s := range specs {
		list[i], index[s.Type] = s.Type, s
	}
	return list, index
}()

// All lists every node type, in the order of the palette. The schemas are shared and
// must not be changed.
func All() []Spec { return slices.Clone(specs) }

// Lookup finds the spec of a type.
func Lookup(typ string) (Spec, bool) {
	s, ok := byType[typ]
	return s, ok
}

// Types lists the names of all types, in the order of the palette.
func Types() []string { return slices.Clone(names) }
