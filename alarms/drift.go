package alarms

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"fermata/store"
)

const (
	// driftEvery is how often a process counts shares anew: they move by the day, and cost more than the rest.
	driftEvery = time.Hour
	// driftBefore is the time that shares are compared with.
	driftBefore = usualWeeks
	// driftNow and driftThen bound how many enrollments are looked at of each of both times, the newest ones.
	driftNow, driftThen = 500, 2000
	// byChance is how many standard errors two shares may lie apart for want of luck: one round in 15,000.
	byChance = 4
)

// drifts remembers what was found until it is counted anew.
type drifts struct {
	at    time.Time
	found []finding
}

// drift looks for active workflows whose people end, or take ways, otherwise than in the weeks before.
func (l *look) drift() error {
	if l.drifts.at.IsZero() || l.now.Sub(l.drifts.at) >= driftEvery || l.now.Before(l.drifts.at) {
		found := []finding{}
		for i := range l.workflows {
			w := &l.workflows[i]
			set := l.book.of(w.Key).Drift
			if w.Status != store.WorkflowActive || !set.On {
				continue
			}
			f, err := l.driftOf(w.Key, set)
			if err != nil {
				return fmt.Errorf("workflow %s: %w", w.Key, err)
			}
			if f != nil {
				found = append(found, *f)
			}
		}
		*l.drifts = drifts{at: l.now, found: found}
	}
	for _, f := range l.drifts.found {
		active := slices.ContainsFunc(l.workflows, func(w store.Workflow) bool { return w.Key == f.workflow && w.Status == store.WorkflowActive })
		if active && l.book.of(f.workflow).Drift.On {
			l.found = append(l.found, f)
		}
	}
	return nil
}

// moved is a share that is another than it was.
type moved struct {
	node, port  string // "" for the share of those who complete
	now, then   share
	level       level
	differently float64 // by how much
}

// share is a part of a whole.
type share struct{ part, whole int }

func (s share) rate() float64 { return float64(s.part) / float64(max(1, s.whole)) }

// driftOf compares one workflow; nil when nothing has moved.
func (l *look) driftOf(key string, set Drift) (*finding, error) {
	from := l.now.Add(-time.Duration(set.Within))
	recent := store.Sample{Workflow: key, From: from, To: l.now, Most: driftNow}
	now, err := l.tx.Shares(recent)
	if err != nil {
		return nil, fmt.Errorf("count shares: %w", err)
	}
	if now.Ended < set.Min {
		return nil, nil
	}
	then, err := l.tx.Shares(store.Sample{Workflow: key, From: from.Add(-driftBefore), To: from, Most: driftThen})
	if err != nil {
		return nil, fmt.Errorf("count shares: %w", err)
	}
	told, err := l.driftTold(key)
	if err != nil {
		return nil, err
	}
	list := compare(now, then, set, told)
	if len(list) == 0 {
		return nil, nil
	}
	most := list[0]
	f := &finding{
		kind: KindDrift, workflow: key, level: most.level,
		measured: map[string]any{"now": most.now.rate(), "before": most.then.rate(), "counted": most.now.whole, "node": most.node, "port": most.port},
		summary:  most.words(set),
	}
	if more := len(list) - 1; more > 0 {
		f.summary += fmt.Sprintf("; %s moved, too", count(more, "other share"))
	}
	if f.at, err = l.driftSince(recent, most); err != nil {
		return nil, fmt.Errorf("read when it moved: %w", err)
	}
	return f, nil
}

// driftTold is what the open alarm of a workflow is about; nil when there is none.
func (l *look) driftTold(key string) (*told, error) {
	a := l.open[subject{KindDrift, key}]
	if a == nil {
		return nil, nil
	}
	var t told
	if err := a.Measured.Decode(&t); err != nil {
		return nil, fmt.Errorf("read what alarm %s measured: %w", a.ID, err)
	}
	return &t, nil
}

// told is what an alarm has measured.
type told struct {
	Node   string  `json:"node"`
	Port   string  `json:"port"`
	Now    float64 `json:"now"`
	Before float64 `json:"before"`
}

// about reports whether a share is the one that an alarm is about, and still moved to the same side.
func (t *told) about(m *moved) bool {
	return t != nil && t.Node == m.node && t.Port == m.port && (t.Now > t.Before) == (m.now.rate() > m.then.rate())
}

// driftSince lists the instants of what has become more.
func (l *look) driftSince(recent store.Sample, m moved) ([]time.Time, error) {
	if m.node != "" {
		return l.tx.TookWay(recent, m.node, m.port)
	}
	return l.tx.EndedAs(recent, m.now.rate() > m.then.rate())
}

// compare lists the shares that have moved, those that moved most first. Of a node's ways it names those
// that are taken more. What an open alarm is about stays listed until half of it is gone.
func compare(now, then store.Shares, set Drift, open *told) []moved {
	var list []moved
	add := func(m moved) {
		if m.level = judge(m.now, m.then, set); m.level == firing || m.level == lingering && open.about(&m) {
			m.differently = math.Abs(m.now.rate() - m.then.rate())
			list = append(list, m)
		}
	}
	add(moved{now: share{now.Completed, now.Ended}, then: share{then.Completed, then.Ended}})
	before, wholes := byWay(then.Ways)
	_, wholesNow := byWay(now.Ways)
	for _, w := range now.Ways {
		m := moved{node: w.Node, port: w.Port, now: share{w.N, wholesNow[w.Node]}, then: share{before[way{w.Node, w.Port}], wholes[w.Node]}}
		if m.now.rate() > m.then.rate() {
			add(m)
		}
	}
	slices.SortStableFunc(list, func(a, b moved) int {
		return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(b.differently, a.differently))
	})
	return list
}

type way struct{ node, port string }

func byWay(list []store.Way) (ways map[way]int, nodes map[string]int) {
	ways, nodes = map[way]int{}, map[string]int{}
	for _, w := range list {
		ways[way{w.Node, w.Port}] = w.N
		nodes[w.Node] += w.N
	}
	return ways, nodes
}

// judge says whether a share has moved: by as much as was set, and further than luck explains; by half of
// both it lingers.
func judge(now, then share, set Drift) level {
	if now.whole < set.Min || then.whole < set.Min {
		return calm
	}
	all := share{now.part + then.part, now.whole + then.whole}.rate()
	spread := math.Sqrt(all * (1 - all) * (1/float64(now.whole) + 1/float64(then.whole)))
	apart := math.Abs(now.rate() - then.rate())
	switch {
	case apart == 0:
		return calm
	case apart >= set.By && apart >= byChance*spread:
		return firing
	case 2*apart >= set.By && 2*apart >= byChance*spread:
		return lingering
	}
	return calm
}

// words say what moved: `34 % of 120 left "shipped" by "timeout" in the last 7 days, 3 % in the 4 weeks before`.
func (m moved) words(set Drift) string {
	what := "of %d who ended completed"
	args := []any{m.now.whole}
	if m.node != "" {
		what = "of %d left %q by %q"
		args = append(args, m.node, m.port)
	}
	return percent(m.now.part, m.now.whole) + " " + fmt.Sprintf(what, args...) +
		fmt.Sprintf(" in the last %s, %s in the 4 weeks before", length(set.Within), percent(m.then.part, m.then.whole))
}
