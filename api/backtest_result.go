package api

import (
	"encoding/json"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// shapeResult shows what a backtest has counted, with the contacts as they are now. Those that are
// gone are left out.
func shapeResult(tx *store.Tx, r *events.BacktestResult) (*gen.BacktestResult, error) {
	known, err := tx.Contacts(sampledContacts(r))
	if err != nil {
		return nil, err
	}
	people := func(ids []string) []gen.ContactRef {
		list := []gen.ContactRef{}
		for _, id := range ids {
			if c, there := known[id]; there {
				list = append(list, gen.ContactRef{Id: c.ID, Email: c.Email})
			}
		}
		return list
	}
	out := &gen.BacktestResult{
		Events: r.Events, Contacts: r.Contacts, Entered: r.Entered, EnteredContacts: r.EnteredContacts, Notes: r.Notes,
		Samples: []gen.BacktestSample{}, Refused: []gen.BacktestRefusal{}, Rules: []gen.BacktestRule{}, Overlaps: []gen.BacktestOverlap{},
		Ends: shapeEnds(r.Ends), Inside: shapeCounts(r.Inside), Effects: shapeCounts(r.Effects), Branches: shapeBranches(r.Branches),
		Sends:     gen.BacktestSends{Total: r.Sends.Total, Suppressed: r.Sends.Suppressed, ByDay: shapeCounts(r.Sends.ByDay), ByNode: shapeCounts(r.Sends.ByNode)},
		ElapsedMs: r.Took.Milliseconds(), EventsPerS: float32(r.PerSecond),
		Actual: gen.BacktestActual{
			Enrolled: r.Actual.Enrolled, Versions: shapeCounts(r.Actual.Versions), Ends: shapeEnds(r.Actual.Ends),
			Both: r.Actual.Both, OnlyBacktest: r.Actual.OnlyBacktest, OnlyActual: r.Actual.OnlyActual,
		},
	}
	for _, one := range r.Samples {
		for _, contact := range people([]string{one.Contact}) {
			out.Samples = append(out.Samples, gen.BacktestSample{
				Contact: contact, Event: one.Event, At: one.At.UTC(), Status: one.Status, Outcome: text(one.Outcome), Reason: text(one.Reason),
				Node: one.Node, Sends: one.Sends,
			})
		}
	}
	for _, one := range r.Refused {
		out.Refused = append(out.Refused, gen.BacktestRefusal{Verdict: one.Verdict, Reason: text(one.Reason), Count: one.Count, Samples: people(one.Samples)})
	}
	for _, one := range r.Overlaps {
		out.Overlaps = append(out.Overlaps, gen.BacktestOverlap{Workflow: one.Workflow, Count: one.Count, Samples: people(one.Samples)})
	}
	for _, one := range r.Rules {
		expected, err := json.Marshal(one.Expected)
		if err != nil {
			return nil, err
		}
		out.Rules = append(out.Rules, gen.BacktestRule{
			Path: one.Path, Field: one.Field, Op: one.Op, Expected: ptr(json.RawMessage(expected)), Suppress: one.Reason == events.ReasonSuppressed, Count: one.Count,
		})
	}
	return out, nil
}

func sampledContacts(r *events.BacktestResult) []string {
	var ids []string
	for _, one := range r.Samples {
		ids = append(ids, one.Contact)
	}
	for _, one := range r.Refused {
		ids = append(ids, one.Samples...)
	}
	for _, one := range r.Overlaps {
		ids = append(ids, one.Samples...)
	}
	return ids
}

func shapeEnds(list []events.BacktestEnd) []gen.BacktestEnd {
	shown := make([]gen.BacktestEnd, len(list))
	for i, one := range list {
		shown[i] = gen.BacktestEnd{Status: one.Status, Outcome: text(one.Outcome), Reason: text(one.Reason), Count: one.Count}
	}
	return shown
}

func shapeCounts(list []events.BacktestCount) []gen.NamedCount {
	shown := make([]gen.NamedCount, len(list))
	for i, one := range list {
		shown[i] = gen.NamedCount{Name: one.Name, Count: one.Count}
	}
	return shown
}

func shapeBranches(list []events.BacktestBranch) []gen.BacktestBranch {
	shown := make([]gen.BacktestBranch, len(list))
	for i, one := range list {
		shown[i] = gen.BacktestBranch{Node: one.Node, Ports: make([]gen.PortShare, len(one.Ports))}
		for n, port := range one.Ports {
			shown[i].Ports[n] = gen.PortShare{Port: port.Port, Count: port.Count, Share: float32(port.Share)}
		}
	}
	return shown
}
