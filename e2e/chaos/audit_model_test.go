package chaos_test

import (
	"fmt"

	"fermata/events"
)

// trigger says which event enrolls in a workflow of the scenario, and under which key.
type trigger struct{ event, key string }

var triggers = map[string]trigger{
	"chaos-order":   {"order.created", "order_id"},
	"chaos-trial":   {"trial.started", "trial"},
	"chaos-counter": {"counter.bumped", "n"},
	"chaos-letter":  {"letter.asked", "n"},
	"chaos-welcome": {"form.submitted", ""},
}

// model compares verdicts and ends with what follows from the log alone: whatever died
// meanwhile, the order of acceptance decides.
func (a *audit) model() {
	byTrigger := map[string]*enrollmentRow{}
	for _, e := range a.enrollments {
		if e.trigger != "" {
			byTrigger[e.workflow+" "+e.trigger] = e
		}
	}
	for _, c := range a.contacts {
		for workflow, t := range triggers {
			a.entries(c, workflow, t, byTrigger)
		}
	}
	for _, e := range a.enrollments {
		switch e.workflow {
		case "chaos-order":
			a.orderEnd(e)
		case "chaos-trial":
			a.trialEnd(e)
		case "chaos-welcome", "chaos-nurture", "chaos-counter", "chaos-letter":
			if e.status != "completed" {
				a.wrong(stuck, "enrollment %s of %s is %s at %s", e.id, e.workflow, e.status, e.node)
			}
		}
		a.waits(e)
	}
}

// entries checks the verdicts of the events that enroll: the first of a key enrolls,
// every further one is a re-entry; without a key it depends on the moment, but verdict
// and enrollment must agree.
func (a *audit) entries(c *contactRow, workflow string, t trigger, byTrigger map[string]*enrollmentRow) {
	seen := map[string]bool{}
	for _, e := range c.log {
		if e.typ != t.event {
			continue
		}
		a.checks["verdicts that the log decides"]++
		set := a.verdictOn(e.id, workflow)
		key := fmt.Sprint(e.data[t.key])
		want := events.VerdictEnrolled
		if t.key == "" && byTrigger[workflow+" "+e.id] == nil || t.key != "" && seen[key] {
			want = events.VerdictReentry
		}
		seen[key] = true
		enrollment, is := set[want]
		made := byTrigger[workflow+" "+e.id]
		switch {
		case !is || len(set) != 1:
			a.wrong(verdict, "event %s (%s) of %s: %v, not %s", e.id, e.typ, c.id, set, want)
		case want == events.VerdictEnrolled && (made == nil || made.id != enrollment):
			a.wrong(lost, "event %s enrolled %s, which is not there", e.id, enrollment)
		case want == events.VerdictReentry && t.key == "":
			a.inTheWay(e, workflow)
		}
	}
}

// inTheWay checks that an enrollment was active when another was refused.
func (a *audit) inTheWay(refused *eventRow, workflow string) {
	for _, e := range a.enrollments {
		if e.workflow == workflow && e.contact == refused.contact && e.startSeq < refused.seq &&
			(e.ended == nil || e.ended.After(refused.accepted.Add(-slack))) {
			return
		}
	}
	a.wrong(lost, "event %s was refused although nothing was in its way", refused.id)
}

// first is the earliest event of a type behind an enrollment's start with its value
// under a key; nil when there is none.
func (a *audit) first(e *enrollmentRow, typ, key string) *eventRow {
	for _, event := range a.contacts[e.contact].log {
		if event.typ == typ && event.seq > e.startSeq && (key == "" || fmt.Sprint(event.data[key]) == fmt.Sprint(e.data[key])) {
			return event
		}
	}
	return nil
}

// orderEnd checks how the passage of an order ended.
func (a *audit) orderEnd(e *enrollmentRow) {
	fulfilled, delivered := a.first(e, "order.fulfilled", "order_id"), a.first(e, "order.delivered", "order_id")
	canceled := a.first(e, "order.canceled", "order_id")
	a.decided(e, "fulfilled", fulfilled)
	a.decided(e, "delivered", delivered)
	if canceled != nil {
		// An exit that stands in the log before the last event that the passage needs wins.
		may := fulfilled != nil && delivered != nil && canceled.seq > delivered.seq
		a.exit(e, canceled, "canceled", may)
		return
	}
	want, node := "completed", "done"
	if fulfilled == nil {
		want, node = "waiting", "fulfilled"
	} else if delivered == nil {
		want, node = "waiting", "delivered"
	}
	if e.status != want || e.node != node {
		a.wrong(stuck, "enrollment %s of an order is %s at %s, not %s at %s", e.id, e.status, e.node, want, node)
	}
	if want == "waiting" {
		a.checks["waiting for an event that never came"]++
	}
}

// decided checks that a wait was ended by the earliest event that it waits for.
func (a *audit) decided(e *enrollmentRow, node string, want *eventRow) {
	for _, step := range e.steps {
		if step.node == node && step.decided != "" && (want == nil || step.decided != want.id) {
			a.wrong(order, "enrollment %s: %s was decided by %s, not by the earliest", e.id, node, step.decided)
		}
	}
}

// exit checks an enrollment whose exit event is in the log: it has exited by it, or,
// where that may be, it was complete before.
func (a *audit) exit(e *enrollmentRow, event *eventRow, rule string, mayComplete bool) {
	_, exited := a.verdictOn(event.id, e.workflow)[events.VerdictExited]
	switch {
	case e.status == "exited" && e.reason == rule && exited:
		a.checks["exits"]++
	case e.status == "completed" && mayComplete && !exited:
	default:
		a.wrong(lost, "enrollment %s of %s is %s (%s); its exit %s has the verdicts %v", e.id, e.workflow, e.status, e.reason, event.id, a.verdicts[event.id])
	}
}

func (a *audit) trialEnd(e *enrollmentRow) {
	if ended := a.first(e, "trial.ended", "trial"); ended != nil {
		a.exit(e, ended, "ended", true)
		return
	}
	if e.status != "completed" {
		a.wrong(stuck, "enrollment %s of a trial is %s at %s", e.id, e.status, e.node)
	}
}

// waits checks that a timeout was taken only while no event that the wait would have
// taken was in the log, and each event that advanced has its verdict.
func (a *audit) waits(e *enrollmentRow) {
	for _, step := range e.steps {
		if step.decided != "" {
			if a.verdictOn(step.decided, e.workflow)[events.VerdictAdvanced] != e.id && !a.advanced(step.decided, e.id) {
				a.wrong(verdict, "event %s advanced %s and has no such verdict", step.decided, e.id)
			}
		}
		if step.node != "look" || step.port != "timeout" {
			continue
		}
		a.checks["timeouts"]++
		if seen := a.first(e, "page.viewed", ""); seen != nil && seen.accepted.Before(step.left.Add(-slack)) && seen.accepted.After(step.entered.Add(slack)) {
			a.wrong(lost, "enrollment %s timed out although event %s was in the log", e.id, seen.id)
		}
	}
}

func (a *audit) advanced(event, enrollment string) bool {
	for _, v := range a.verdicts[event] {
		if v.verdict == events.VerdictAdvanced && v.enrollment == enrollment {
			return true
		}
	}
	return false
}
