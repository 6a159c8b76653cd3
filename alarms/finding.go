package alarms

import (
	"cmp"
	"slices"
	"time"

	"fermata/store"
)

// level says how bad something is now.
type level int

const (
	calm      level = iota // nothing is wrong
	lingering              // not bad enough to begin an alarm, too bad to end one
	firing                 // bad enough
)

// finding is what a round has seen of one kind of trouble in one workflow.
type finding struct {
	kind, workflow string
	level          level
	// summary says what is seen, in words and without a person.
	summary  string
	measured map[string]any
	// at are instants of the trouble, for finding what came before; the earliest is when it began.
	at []time.Time
	// afterwards: what caused it may also have come after the first instant.
	afterwards bool
}

// subject is what at most one alarm can be open for.
type subject struct{ kind, workflow string }

func (f *finding) subject() subject { return subject{f.kind, f.workflow} }

// began is the earliest instant of the trouble, now when none is known.
func (f *finding) began(now time.Time) time.Time {
	if len(f.at) == 0 {
		return now
	}
	return slices.MinFunc(f.at, time.Time.Compare)
}

// byWorkflow sorts troubles into their workflows, and lists the workflows in order.
func byWorkflow(list []store.Trouble) (map[string][]store.Trouble, []string) {
	sorted := map[string][]store.Trouble{}
	for _, t := range list {
		sorted[t.Workflow] = append(sorted[t.Workflow], t)
	}
	keys := make([]string, 0, len(sorted))
	for key := range sorted {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return sorted, keys
}

func instants(list []store.Trouble) []time.Time {
	at := make([]time.Time, len(list))
	for i, t := range list {
		at[i] = t.At.UTC()
	}
	return at
}

// worst is the node and reason that most of the troubles share.
func worst(list []store.Trouble) (node, reason string, n int) {
	type place struct{ node, reason string }
	counts := map[place]int{}
	for _, t := range list {
		counts[place{t.Node, t.Reason}]++
	}
	places := make([]place, 0, len(counts))
	for p := range counts {
		places = append(places, p)
	}
	if len(places) == 0 {
		return "", "", 0
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.node, b.node), cmp.Compare(a.reason, b.reason))
	})
	return places[0].node, places[0].reason, counts[places[0]]
}
