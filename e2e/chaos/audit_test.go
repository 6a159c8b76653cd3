package chaos_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fermata/events"
	"fermata/interpreter/definition"
)

// audit compares everything that is in the store, in Temporal and outside with what
// should be there, and collects what is not.
type audit struct {
	*stage
	*rows
	definitions map[string]*definition.Definition
	before      map[string]*definition.Definition // what passages ran until they were moved, if they were
	deviations  map[string][]string
	checks      map[string]int // how much was looked at, by name
}

// The kinds of deviations.
const (
	lost    = "lost"
	doubled = "doubled"
	stuck   = "stuck"
	order   = "out of order"
	verdict = "verdict"
	path    = "path"
)

func newAudit(s *stage, definitions map[string]*definition.Definition) *audit {
	return &audit{stage: s, rows: s.load(), definitions: definitions, deviations: map[string][]string{}, checks: map[string]int{}}
}

// wrong notes a deviation.
func (a *audit) wrong(kind, format string, values ...any) {
	a.deviations[kind] = append(a.deviations[kind], fmt.Sprintf(format, values...))
}

// all runs every check that holds for any scenario.
func (a *audit) all() {
	a.logs()
	a.passages()
	a.effectsInStore()
	a.mails()
	a.calls()
	a.runs()
}

// accepted checks that what was answered with 202 is in the log, once and as it was
// sent, and that nothing else is.
func (a *audit) accepted(p *plan, in *intake) {
	sent := map[string]event{}
	for _, e := range p.events {
		sent[e.ID] = e
		if !in.accepted[e.ID] {
			a.wrong(stuck, "event %s was never accepted", e.ID)
		}
	}
	for id := range in.accepted {
		row := a.byID[id]
		if row == nil {
			a.wrong(lost, "event %s was accepted and is not in the log", id)
			continue
		}
		e, c := sent[id], a.contacts[row.contact]
		if c == nil || row.typ != e.Type || c.email != e.Contact["email"] || fmt.Sprint(row.data["plan"]) != fmt.Sprint(e.Data["plan"]) {
			a.wrong(lost, "event %s is not what was sent", id)
		}
	}
	for _, row := range a.events {
		if _, ours := sent[row.id]; row.source == "api" && !ours {
			a.wrong(doubled, "event %s (%s) was never sent", row.id, row.typ)
		}
	}
	for id, n := range in.fresh {
		if n > 1 {
			a.wrong(doubled, "event %s was called new %d times", id, n)
		}
	}
	for _, text := range in.wrong {
		a.wrong(verdict, "answer: %s", text)
	}
	a.checks["events accepted"] = len(in.accepted)
}

// logs checks the contacts' logs: no gap, all of it routed, every event with a verdict,
// enrollments in the order of the log.
func (a *audit) logs() {
	if a.stopped > 0 {
		a.wrong(stuck, "%d contacts are stopped", a.stopped)
	}
	if a.strays > 0 {
		a.wrong(stuck, "%d subscriptions of enrollments that have ended", a.strays)
	}
	for _, c := range a.contacts {
		if c.seq != int64(len(c.log)) || c.routed != c.seq {
			a.wrong(lost, "contact %s: number %d, routed to %d, %d events", c.id, c.seq, c.routed, len(c.log))
		}
		for i, e := range c.log {
			if e.seq != int64(i+1) {
				a.wrong(order, "contact %s: event %s has number %d at place %d", c.id, e.id, e.seq, i+1)
			}
			if len(a.verdicts[e.id]) == 0 {
				a.wrong(lost, "event %s (%s, %s) has no verdict", e.id, e.typ, e.contact)
			}
		}
		a.routedInOrder(c)
	}
	a.checks["events in the log"] = len(a.events)
}

// routedInOrder checks that the router went through a log from its beginning to its end.
func (a *audit) routedInOrder(c *contactRow) {
	before := c.log[0]
	for _, e := range c.log {
		for _, v := range a.verdicts[e.id] {
			if v.verdict != events.VerdictEnrolled && v.verdict != events.VerdictReentry {
				continue
			}
			for _, earlier := range a.verdicts[before.id] {
				if earlier.verdict == events.VerdictEnrolled && earlier.at.After(v.at) {
					a.wrong(order, "contact %s: event %d was routed after event %d", c.id, before.seq, e.seq)
				}
			}
			before = e
		}
	}
}

// passages checks every enrollment: none beside another of its key, its steps along
// the graph, no step behind its end, nothing parked that could go on.
func (a *audit) passages() {
	last := map[string]*enrollmentRow{}
	for _, e := range a.enrollments {
		place := e.workflow + " " + e.contact + " " + e.key
		if before := last[place]; before != nil && (before.ended == nil || before.ended.After(e.started)) {
			a.wrong(doubled, "%s: %s began while %s was active", place, e.id, before.id)
		}
		last[place] = e
		a.way(e)
		switch {
		case e.status == "failed" || e.active && e.status != "waiting":
			a.wrong(stuck, "enrollment %s of %s is %s at %s: %s", e.id, e.workflow, e.status, e.node, e.reason)
		case e.active && e.due != nil:
			a.wrong(stuck, "enrollment %s of %s waits at %s since it was due at %s", e.id, e.workflow, e.node, e.due)
		}
	}
	a.checks["enrollments"] = len(a.enrollments)
}

// way follows the steps of an enrollment through the graph.
func (a *audit) way(e *enrollmentRow) {
	def := a.definitions[e.workflow]
	if earlier := a.before[e.workflow]; earlier != nil {
		def = earlier
	}
	next, used := def.Start, map[string]bool{}
	for i, step := range e.steps {
		a.checks["steps"]++
		if step.moved {
			def = a.definitions[e.workflow]
		}
		if step.node != next || step.seq != i+1 {
			a.wrong(path, "enrollment %s of %s: step %d is %s, not %s", e.id, e.workflow, step.seq, step.place(), next)
			return
		}
		if step.decided != "" && used[step.decided] {
			a.wrong(doubled, "enrollment %s went on twice with event %s", e.id, step.decided)
		}
		used[step.decided] = true
		if step.left == nil {
			if !e.active || i != len(e.steps)-1 {
				a.wrong(path, "enrollment %s of %s (%s): step %s is still open", e.id, e.workflow, e.status, step.place())
			}
			return
		}
		if e.ended != nil && step.entered.After(*e.ended) {
			a.wrong(path, "enrollment %s of %s: step %s began after the end", e.id, e.workflow, step.place())
		}
		next, _ = def.Nodes[step.node].Target(step.port)
	}
	switch {
	case e.status == "completed" && next != "":
		a.wrong(lost, "enrollment %s of %s is completed, and %s has no step", e.id, e.workflow, next)
	case e.active:
		a.wrong(stuck, "enrollment %s of %s stands between two steps, before %s", e.id, e.workflow, next)
	}
}

// verdictOn is the verdict of a workflow on an event, as a set.
func (a *audit) verdictOn(event, workflow string) map[string]string {
	set := map[string]string{}
	for _, v := range a.verdicts[event] {
		if v.workflow == workflow {
			set[v.verdict] = v.enrollment
		}
	}
	return set
}

// report lists the deviations, a few of each kind, and is empty when there are none.
func (a *audit) report() string {
	const most = 12
	var text strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(a.deviations)) {
		list := a.deviations[kind]
		fmt.Fprintf(&text, "%s: %d\n", kind, len(list))
		for _, line := range list[:min(most, len(list))] {
			fmt.Fprintf(&text, "  %s\n", line)
		}
	}
	return text.String()
}
