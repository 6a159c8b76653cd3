package events

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/interpreter/rehearse"
	"fermata/store"
)

const (
	// tallySamples is how many contacts stand for a count.
	tallySamples = 10
	// tallyRules is how many different rules are counted that kept people out.
	tallyRules = 100
)

// tallied is what a backtest counts. It knows contacts by their ids, and nothing of them.
type tallied struct {
	Events, Contacts, Entered, EnteredContacts int
	Both, OnlyBacktest, OnlyActual             int
	Took                                       time.Duration
	Samples                                    []tallySample
	Refused                                    map[string]*tallyGroup // by "verdict reason"
	Rules                                      map[string]int         // by a rule as JSON
	Ends                                       map[string]int         // by "status outcome reason"
	Inside                                     map[string]int         // by node
	Ports                                      map[string]int         // by "node port"
	Sends                                      map[string]int         // by day
	SendNodes                                  map[string]int
	Suppressed                                 int
	Effects                                    map[string]int // by kind
	Overlaps                                   map[string]*tallyGroup
	Lived                                      int
	LivedVersions                              map[string]int
	LivedEnds                                  map[string]int
}

type tallyGroup struct {
	N       int
	Samples []string // ids of contacts
}

type tallySample struct {
	Contact, Event          string
	At                      time.Time
	Status, Outcome, Reason string
	Node                    string
	Sends                   int
}

func newTally() *tallied {
	return &tallied{
		Refused: map[string]*tallyGroup{}, Rules: map[string]int{}, Ends: map[string]int{}, Inside: map[string]int{}, Ports: map[string]int{},
		Sends: map[string]int{}, SendNodes: map[string]int{}, Effects: map[string]int{}, Overlaps: map[string]*tallyGroup{},
		LivedVersions: map[string]int{}, LivedEnds: map[string]int{},
	}
}

func (g *tallyGroup) note(contact string) {
	g.N++
	if len(g.Samples) < tallySamples && !slices.Contains(g.Samples, contact) {
		g.Samples = append(g.Samples, contact)
	}
}

func note(groups map[string]*tallyGroup, key, contact string) {
	if groups[key] == nil {
		groups[key] = &tallyGroup{}
	}
	groups[key].note(contact)
}

// refuse counts an event that would not have enrolled, and the first rule that was false.
func (t *tallied) refuse(contact, verdict, reason string, values []expr.Value) {
	note(t.Refused, verdict+" "+reason, contact)
	for _, v := range values {
		if v.Result != (reason == ReasonSuppressed) {
			continue
		}
		raw, err := json.Marshal(BacktestRule{Path: v.Path, Field: v.Field, Op: v.Op, Expected: v.Expected, Reason: reason})
		if _, known := t.Rules[string(raw)]; err == nil && (known || len(t.Rules) < tallyRules) {
			t.Rules[string(raw)]++
		}
		return
	}
}

// passage counts what an enrollment would have done.
func (t *tallied) passage(contact, event string, r rehearse.Result, subscribed bool, location *time.Location) {
	t.Entered++
	sample := tallySample{Contact: contact, Event: event, At: r.Start, Status: r.Status, Outcome: r.Outcome, Reason: r.Reason}
	for _, s := range r.Steps {
		sample.Node = s.Node
		if s.Port != "" {
			t.Ports[s.Node+" "+s.Port]++
		}
		effect, ok := s.Effect.(map[string]any)
		if !ok || s.Status != "done" {
			continue
		}
		kind, _ := effect["kind"].(string)
		if s.Type != "email" {
			t.Effects[kind]++
			continue
		}
		if class, _ := effect["class"].(string); class == nodes.ClassMarketing && !subscribed {
			t.Suppressed++
			continue
		}
		sample.Sends++
		t.Sends[s.At.In(location).Format(time.DateOnly)]++
		t.SendNodes[s.Node]++
	}
	if inside(r) {
		t.Inside[sample.Node]++
	} else {
		t.Ends[strings.Join([]string{r.Status, r.Outcome, r.Reason}, " ")]++
	}
	if len(t.Samples) < tallySamples {
		t.Samples = append(t.Samples, sample)
	}
}

func (t *tallied) overlap(contact, workflow string) { note(t.Overlaps, workflow, contact) }

// lived counts an enrollment that really was.
func (t *tallied) lived(e *store.Enrollment) {
	t.Lived++
	version, err := json.Marshal(e.Version)
	if err == nil {
		t.LivedVersions[string(version)]++
	}
	if e.EndedAt == nil {
		t.LivedEnds["inside  "]++
		return
	}
	t.LivedEnds[strings.Join([]string{e.Status, e.Outcome, e.Reason}, " ")]++
}

// add takes over what another tally has counted.
func (t *tallied) add(o *tallied) {
	t.Events, t.Contacts, t.Took = t.Events+o.Events, t.Contacts+o.Contacts, t.Took+o.Took
	t.Entered, t.EnteredContacts = t.Entered+o.Entered, t.EnteredContacts+o.EnteredContacts
	t.Both, t.OnlyBacktest, t.OnlyActual = t.Both+o.Both, t.OnlyBacktest+o.OnlyBacktest, t.OnlyActual+o.OnlyActual
	t.Suppressed, t.Lived = t.Suppressed+o.Suppressed, t.Lived+o.Lived
	t.Samples = append(t.Samples, o.Samples...)
	t.Samples = t.Samples[:min(len(t.Samples), tallySamples)]
	for _, pair := range []struct{ into, from map[string]*tallyGroup }{{t.Refused, o.Refused}, {t.Overlaps, o.Overlaps}} {
		for key, group := range pair.from {
			if pair.into[key] == nil {
				pair.into[key] = &tallyGroup{}
			}
			into := pair.into[key]
			into.N += group.N
			into.Samples = append(into.Samples, group.Samples...)
			into.Samples = into.Samples[:min(len(into.Samples), tallySamples)]
		}
	}
	for _, pair := range []struct{ into, from map[string]int }{
		{t.Rules, o.Rules},
		{t.Ends, o.Ends},
		{t.Inside, o.Inside},
		{t.Ports, o.Ports},
		{t.Sends, o.Sends},
		{t.SendNodes, o.SendNodes},
		{t.Effects, o.Effects},
		{t.LivedVersions, o.LivedVersions},
		{t.LivedEnds, o.LivedEnds},
	} {
		for key, n := range pair.from {
			pair.into[key] += n
		}
	}
}

// ends lists what is counted by "status outcome reason".
func ends(counted map[string]int) []BacktestEnd {
	return sortedBy(counted, func(key string, n int) BacktestEnd {
		parts := strings.SplitN(key, " ", 3)
		return BacktestEnd{Status: parts[0], Outcome: parts[1], Reason: parts[2], Count: n}
	}, func(a, b BacktestEnd) int { return most(a.Count, b.Count) })
}

func counts(counted map[string]int) []BacktestCount {
	return sortedBy(counted, func(key string, n int) BacktestCount { return BacktestCount{Name: key, Count: n} },
		func(a, b BacktestCount) int { return most(a.Count, b.Count) })
}

// byDay lists counts by day, in the order of the days.
func byDay(counted map[string]int) []BacktestCount {
	list := counts(counted)
	slices.SortFunc(list, func(a, b BacktestCount) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
