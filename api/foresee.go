package api

import (
	"fmt"
	"sort"
	"time"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/interpreter/moving"
	"fermata/store"
)

const (
	// perEntry is how many people a preview shows of each entry of its nodes, maxSamples of all.
	perEntry   = 3
	maxSamples = 300
)

// foreseen is what a publish would do with everybody inside.
type foreseen struct {
	version int // of the workflow that it reckons with
	hash    string
	now     time.Time
	people  gen.InFlight
	moves   int // how many the publish moves, in whatever way
	leaving int // how many the change lets go on at once
	// paused is since when the workflow is paused, nil when it is not; resuming is how many the change
	// lets go on when it is resumed.
	paused   *time.Time
	resuming int
	entries  map[entry]*gen.NodePreview
	samples  []gen.FlightSample
}

// entry is what people have in common whom a preview counts together.
type entry struct {
	node, becomes string
	class         moving.Class
	way           moving.Way
}

// foreseeFlight looks at everybody inside, without a lock.
func (s *server) foreseeFlight(tx *store.Tx, p *publication) (*foreseen, error) {
	if err := s.look(tx, p, false); err != nil {
		return nil, err
	}
	f := &foreseen{
		version: p.version, hash: p.hash, now: s.now(), entries: map[entry]*gen.NodePreview{}, samples: []gen.FlightSample{},
	}
	survey := events.Survey{Workflow: p.key, Definitions: s.Definitions, Now: f.now, Leave: p.flight.way == flightExit && p.changed}
	if p.flight.way == flightMigrate && whole(p.def) {
		if err := s.checkMap(tx, p); err != nil {
			return nil, err
		}
		survey.Next, survey.Hash, survey.Version, survey.Terms = p.def, p.hash, p.version, p.flight.terms
		pause, err := survey.Paused(tx)
		if err != nil {
			return nil, err
		}
		if pause != nil {
			f.paused = utc(&pause.StartedAt)
		}
	}
	return f, survey.Each(tx, f.add)
}

// whole reports whether a definition can be walked: every node is of a type that is known.
func whole(def *definition.Definition) bool {
	if def == nil || def.Nodes[def.Start] == nil {
		return false
	}
	for _, node := range def.Nodes {
		if node.Settings == nil {
			return false
		}
	}
	return true
}

// checkMap refuses a map that names nodes which are not there.
func (s *server) checkMap(tx *store.Tx, p *publication) error {
	if len(p.flight.terms.Map) == 0 {
		return nil
	}
	hashes, err := tx.HashesInside(p.key)
	if err != nil {
		return err
	}
	if p.workflow.Hash != "" {
		hashes = append(hashes, p.workflow.Hash)
	}
	before := &definition.Definition{Nodes: map[string]*definition.Node{}} // of all versions that people run
	for _, hash := range hashes {
		def, err := s.Definitions.Load(tx, hash)
		if err != nil {
			return err
		}
		for id, node := range def.Nodes {
			before.Nodes[id] = node
		}
	}
	faults := p.flight.terms.Check(before, p.def)
	fields := make([]gen.FieldError, len(faults))
	for i, fault := range faults {
		fields[i] = gen.FieldError{Pointer: fault.Pointer, Message: fault.Message, Hint: fault.Hint}
	}
	if len(fields) > 0 {
		return invalidFields(fields)
	}
	return nil
}

// add counts one of the people inside.
func (f *foreseen) add(p *store.Inside, would events.Prospect) error {
	switch would.Way {
	case moving.Exit:
		f.people.Exit++
	case moving.Stay:
		f.people.Stay++
	case moving.Carry, moving.Enter, moving.Later, moving.Finish:
		f.people.Migrate++
	}
	if would.Moves {
		f.moves++
	}
	if would.Fires {
		f.leaving++
	}
	if would.AtResume {
		f.resuming++
	}
	at := entry{p.Enrollment.Node, would.Node, would.Class, would.Way}
	shown := f.entries[at]
	if shown == nil {
		shown = &gen.NodePreview{
			Node: at.node, Becomes: text(at.becomes), Class: ptr(gen.FlightClass(at.class)), Way: ptr(gen.FlightWay(at.way)),
		}
		if f.paused != nil {
			shown.FiresAtResume = new(int)
		}
		f.entries[at] = shown
	}
	if shown.Waiting++; would.Fires {
		shown.FiresNow++
	}
	if would.AtResume {
		*shown.FiresAtResume++
	}
	if shown.Waiting <= perEntry && len(f.samples) < maxSamples {
		sample := flightSample(p, would)
		if f.paused != nil {
			sample.FiresAtResume = &would.AtResume
		}
		f.samples = append(f.samples, sample)
	}
	return nil
}

func flightSample(p *store.Inside, would events.Prospect) gen.FlightSample {
	e := &p.Enrollment
	sample := gen.FlightSample{
		Enrollment: e.ID, Contact: gen.ContactRef{Id: e.ContactID}, Version: e.Version, Node: e.Node, Becomes: text(would.Node),
		Class: gen.FlightClass(would.Class), Way: gen.FlightWay(would.Way),
		DueAt: utc(e.DueAt), BecomesDueAt: utc(would.Due), FiresNow: would.Fires,
	}
	if p.Contact != nil {
		sample.Contact.Email = p.Contact.Email
	}
	return sample
}

// inside is how many people were counted.
func (f *foreseen) inside() int { return f.people.Stay + f.people.Migrate + f.people.Exit }

// about reports whether this was foreseen of the publish that is carried out.
func (f *foreseen) about(p *publication) bool { return f.version == p.version && f.hash == p.hash }

// preview is the answer of a dry run.
func (f *foreseen) preview(p *publication) gen.PublishResult {
	result := p.result()
	result.InFlight, result.Samples = f.people, &f.samples
	nodes := make([]gen.NodePreview, 0, len(f.entries))
	for _, shown := range f.entries {
		nodes = append(nodes, *shown)
	}
	sort.Slice(nodes, func(i, j int) bool {
		a, b := nodes[i], nodes[j]
		if a.Node != b.Node {
			return a.Node < b.Node
		}
		if *a.Way != *b.Way {
			return *a.Way < *b.Way
		}
		return or(a.Becomes, "") < or(b.Becomes, "")
	})
	result.Nodes = &nodes
	if p.flight.way == flightMigrate {
		result.Leaving = f.leaves(p)
	}
	if f.paused != nil {
		result.Note = text(fmt.Sprintf("The workflow is paused: nobody goes on now. %d would go on when it is resumed; overdue: spread lets them go one after the other.", f.resuming))
	}
	return result
}

// leaves says how many the change lets go on at once, and at which pace.
func (f *foreseen) leaves(p *publication) *gen.Leaving {
	l := &gen.Leaving{Count: f.leaving, Limit: mayLeave, Decide: f.leaving > mayLeave && p.flight.spread == ""}
	if f.paused != nil {
		l.AtResume = &f.resuming
	}
	if l.Spread = text(p.flight.pace(f.leaving)); l.Spread == nil || f.leaving == 0 {
		return l
	}
	if pace, err := definition.ParseRate(*l.Spread); err == nil {
		until := f.now.Add(time.Duration(f.leaving-1) * pace.Interval())
		l.Until = &until
	}
	return l
}
