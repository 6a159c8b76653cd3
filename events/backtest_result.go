package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// BacktestResult is what a definition would have made of past events, as far as it was looked at.
// Contacts are named by their ids; those that were erased since are left out by whoever shows it.
type BacktestResult struct {
	Events   int // looked at: of a type that the definition names, in the range
	Contacts int // with such an event
	Entered  int // enrollments that would have been
	// EnteredContacts counts the people; one may enter several times.
	EnteredContacts int
	Samples         []BacktestSample
	Refused         []BacktestRefusal
	Rules           []BacktestRule // those that kept events out, the most frequent first
	Ends            []BacktestEnd
	Inside          []BacktestCount // who would still be inside at the end of the range, by node
	Branches        []BacktestBranch
	Sends           BacktestSends
	Effects         []BacktestCount // by kind, mails of email nodes left out
	Overlaps        []BacktestOverlap
	Actual          BacktestActual
	Took            time.Duration // of the looking itself
	PerSecond       float64       // events
	Notes           []string      // what was assumed
}

// BacktestSample is one enrollment that would have been. Node is where it ended, or stays.
type BacktestSample struct {
	Contact, Event                string
	At                            time.Time
	Status, Outcome, Reason, Node string
	Sends                         int
}

// BacktestRefusal counts events that would not have enrolled.
type BacktestRefusal struct {
	Verdict, Reason string
	Count           int
	Samples         []string // ids of contacts
}

// BacktestRule is a rule of a trigger that did not hold, or of suppress that did.
type BacktestRule struct {
	Path, Field, Op string
	Expected        any
	Reason          string `json:",omitempty"` // "suppressed", or "" for a trigger
	Count           int    `json:"-"`
}

// BacktestEnd counts ends.
type BacktestEnd struct {
	Status, Outcome, Reason string
	Count                   int
}

// BacktestCount counts by a name: a node, a day, a kind.
type BacktestCount struct {
	Name  string
	Count int
}

// BacktestBranch says by which ports a node would have been left.
type BacktestBranch struct {
	Node  string
	Ports []BacktestPort
}

// BacktestPort is the share of one port, from 0 to 1.
type BacktestPort struct {
	Port  string
	Count int
	Share float64
}

// BacktestSends counts mails. Suppressed would have been held back, because the contact is not
// subscribed now.
type BacktestSends struct {
	Total, Suppressed int
	ByDay, ByNode     []BacktestCount
}

// BacktestOverlap counts the enrollments during which the contact was in another workflow.
type BacktestOverlap struct {
	Workflow string
	Count    int
	Samples  []string // ids of contacts
}

// BacktestActual is what really happened in the range. Both, OnlyBacktest and OnlyActual count
// contacts.
type BacktestActual struct {
	Enrolled                       int
	Versions                       []BacktestCount
	Ends                           []BacktestEnd
	Both, OnlyBacktest, OnlyActual int
}

// backtestNotes say what a backtest takes for granted.
var backtestNotes = []string{
	"Fields, tags, deals, courses, consent and segments of contacts are as they are now; earlier events and enrollments are as the log and the enrollments tell.",
	"Effects are stubbed: calls answer 200, and what mails and calls would have led to is not known. Opens, clicks and other events are taken as they really came.",
	"Passages are followed to the end of the range; the workflow counts as active throughout, without max_active, per_day, send_rate and frequency_cap.",
	"Of triggers that fire by themselves (date, schedule, inactivity, webhook) only the firings that really were are known. Enrollments by hand are not repeated.",
	"Erased contacts are not in it.",
}

// Backtested is the result of a backtest so far.
func Backtested(row *store.Backtest, def *definition.Definition) (*BacktestResult, error) {
	t := newTally()
	if err := row.Tally.Decode(t); err != nil {
		return nil, fmt.Errorf("read tally of backtest %s: %w", row.ID, err)
	}
	r := &BacktestResult{
		Events: t.Events, Contacts: t.Contacts, Entered: t.Entered, EnteredContacts: t.EnteredContacts, Samples: []BacktestSample{},
		Ends: ends(t.Ends), Inside: counts(t.Inside), Effects: counts(t.Effects), Branches: t.branches(def),
		Sends:  BacktestSends{Suppressed: t.Suppressed, ByDay: byDay(t.Sends), ByNode: counts(t.SendNodes)},
		Actual: BacktestActual{Enrolled: t.Lived, Ends: ends(t.LivedEnds), Both: t.Both, OnlyBacktest: t.OnlyBacktest, OnlyActual: t.OnlyActual},
		Took:   t.Took, Notes: backtestNotes,
	}
	for _, s := range t.Samples {
		r.Samples = append(r.Samples, BacktestSample(s))
	}
	for _, n := range t.Sends {
		r.Sends.Total += n
	}
	if t.Took > 0 {
		r.PerSecond = float64(t.Events) / t.Took.Seconds()
	}
	r.Refused = sortedBy(t.Refused, func(key string, g *tallyGroup) BacktestRefusal {
		verdict, reason, _ := strings.Cut(key, " ")
		return BacktestRefusal{Verdict: verdict, Reason: reason, Count: g.N, Samples: g.Samples}
	}, func(a, b BacktestRefusal) int { return most(a.Count, b.Count) })
	r.Overlaps = sortedBy(t.Overlaps, func(key string, g *tallyGroup) BacktestOverlap {
		return BacktestOverlap{Workflow: key, Count: g.N, Samples: g.Samples}
	}, func(a, b BacktestOverlap) int { return most(a.Count, b.Count) })
	var err error
	r.Rules = sortedBy(t.Rules, func(key string, n int) (rule BacktestRule) {
		if wrong := json.Unmarshal([]byte(key), &rule); wrong != nil {
			err = fmt.Errorf("read rule of backtest %s: %w", row.ID, wrong)
		}
		rule.Count = n
		return rule
	}, func(a, b BacktestRule) int { return most(a.Count, b.Count) })
	r.Actual.Versions = counts(t.LivedVersions)
	return r, err
}

// branches lists the shares of the nodes that can be left by more than one port.
func (t *tallied) branches(def *definition.Definition) []BacktestBranch {
	list := []BacktestBranch{}
	for _, id := range def.Order {
		n := def.Nodes[id]
		ports := n.Settings.Ports()
		if len(ports) < 2 || n.Spec.Action() && !n.ErrorWired() {
			continue
		}
		all := 0
		for _, port := range ports {
			all += t.Ports[id+" "+port]
		}
		branch := BacktestBranch{Node: id}
		for _, port := range ports {
			share := 0.0
			if all > 0 {
				share = float64(t.Ports[id+" "+port]) / float64(all)
			}
			branch.Ports = append(branch.Ports, BacktestPort{Port: port, Count: t.Ports[id+" "+port], Share: share})
		}
		list = append(list, branch)
	}
	return list
}
