package chaos_test

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/interpreter/nodes"
)

// ownStore are the node types of the scenario whose effects are on our own store.
var ownStore = map[string]bool{"field_set": true, "tag_add": true, "deal_create": true, "task_create": true, "enroll_in": true}

// effectsInStore checks that each step on our own store has one row in the ledger and
// one effect, and that there is no effect beside them.
func (a *audit) effectsInStore() {
	counted := map[string]int{} // contact and field → increments
	deals, tasks, asked, ended := map[string]int{}, map[string]int{}, map[string]string{}, map[string]int{}
	for _, e := range a.enrollments {
		for _, step := range e.steps {
			effect := e.effects[step.place()]
			if !ownStore[step.typ] {
				continue
			}
			a.checks["effects in the store"]++
			done := step.status == "done"
			if done != (effect != nil && effect.state == "done") {
				a.wrong(lost, "enrollment %s: step %s is %s, its ledger row %v", e.id, step.place(), step.status, effect)
			}
			if !done {
				continue
			}
			switch step.typ {
			case "field_set":
				counted[e.contact+" "+a.counter(e, step)]++
			case "deal_create":
				deals[e.contact+" "+a.title(e)]++
			case "task_create":
				tasks[e.id+" "+step.node]++
			case "tag_add":
				a.tagged(e, step)
			case "enroll_in":
				asked[e.id] = fmt.Sprint(step.result["enrollment"])
			}
		}
		if e.ended != nil {
			ended[e.id] = 1
		}
	}
	for _, c := range a.contacts {
		for name, value := range c.fields {
			a.compare(counted, c.id+" "+name, asInt(value))
		}
	}
	for place, n := range counted {
		if n > 0 {
			a.wrong(lost, "%s: %d increments are missing", place, n)
		}
	}
	a.compareAll("deals", deals, a.deals)
	a.compareAll("tasks", tasks, a.tasks)
	a.compareAll("ends", ended, a.completions())
	a.children(asked)
}

// counter is the field that a step counts in.
func (a *audit) counter(e *enrollmentRow, step *stepRow) string {
	settings, ok := a.definitions[e.workflow].Nodes[step.node].Settings.(*nodes.FieldSet)
	require.True(a, ok, step.node)
	return settings.Field
}

// tagged checks that the contact has the tags of a step.
func (a *audit) tagged(e *enrollmentRow, step *stepRow) {
	settings, ok := a.definitions[e.workflow].Nodes[step.node].Settings.(*nodes.TagAdd)
	require.True(a, ok, step.node)
	for _, tag := range settings.Tags {
		if !a.tags[e.contact+" "+tag] {
			a.wrong(lost, "enrollment %s: contact %s has no tag %s", e.id, e.contact, tag)
		}
	}
}

// title is that of the deal that an enrollment makes.
func (a *audit) title(e *enrollmentRow) string {
	if e.workflow == "chaos-trial" {
		return "Trial " + fmt.Sprint(e.data["trial"])
	}
	return "Form " + fmt.Sprint(e.data["n"])
}

// fieldOf is the value at a place: contact and field.
func (a *audit) fieldOf(place string) any {
	contact, name, _ := strings.Cut(place, " ")
	return a.contacts[contact].fields[name]
}

func asInt(v any) int {
	n, _ := v.(float64)
	return int(n)
}

// compare takes a number off what is expected at a place.
func (a *audit) compare(expected map[string]int, place string, n int) {
	if want := expected[place]; n > want {
		a.wrong(doubled, "%s is %d, not %d", place, n, want)
	}
	expected[place] = max(0, expected[place]-n)
}

func (a *audit) compareAll(what string, expected, found map[string]int) {
	for place, n := range found {
		if n > expected[place] {
			a.wrong(doubled, "%s: %d of %s, not %d", what, n, place, expected[place])
		}
	}
	for place, n := range expected {
		if n > found[place] {
			a.wrong(lost, "%s: %d of %s, not %d", what, found[place], place, n)
		}
	}
}

// completions counts workflow.completed for each enrollment.
func (a *audit) completions() map[string]int {
	found := map[string]int{}
	for _, e := range a.events {
		if e.typ == events.TypeWorkflowCompleted {
			found[fmt.Sprint(e.data["enrollment"])]++
		}
	}
	return found
}

// children checks that each done enroll_in made the enrollment that its result names,
// and no other enrollment of that workflow is there.
func (a *audit) children(asked map[string]string) {
	made := map[string]bool{}
	for parent, child := range asked {
		if made[child] {
			a.wrong(doubled, "enrollment %s was made by two steps", child)
		}
		made[child] = true
		if child == "<nil>" {
			a.wrong(lost, "enrollment %s enrolled nobody", parent)
		}
	}
	for _, e := range a.enrollments {
		if e.workflow == "chaos-nurture" && !made[e.id] {
			a.wrong(doubled, "enrollment %s was asked for by nobody", e.id)
		}
		delete(made, e.id)
	}
	for child := range made {
		a.wrong(lost, "enrollment %s is not there", child)
	}
}

// mails compares the steps that send with what the mail server accepted, by class.
func (a *audit) mails() {
	arrived := map[string]int{}
	for _, m := range a.smtp.Mails() {
		arrived[strings.Trim(m.MessageID, "<>")]++
	}
	byStep := map[string]string{}
	for id, send := range a.sends {
		place := send.enrollment + " " + send.node
		if byStep[place] != "" {
			a.wrong(doubled, "step %s has two sends", place)
		}
		byStep[place] = strings.Trim(id, "<>")
		delete(arrived, "")
	}
	known := map[string]bool{}
	for _, e := range a.enrollments {
		for _, step := range e.steps {
			if step.typ != "email" {
				continue
			}
			id := byStep[e.id+" "+step.node]
			known[id] = true
			a.mail(e, step, arrived[id])
		}
	}
	for id, n := range arrived {
		if !known[id] {
			a.wrong(doubled, "%d mails with the unknown Message-ID %s", n, id)
		}
	}
}

func (a *audit) mail(e *enrollmentRow, step *stepRow, copies int) {
	marketing := a.definitions[e.workflow].Nodes[step.node].Settings.(*nodes.Email).EffectiveClass(nil) == nodes.ClassMarketing
	what := fmt.Sprintf("enrollment %s: step %s is %s, %d mails arrived", e.id, step.place(), step.status, copies)
	effect := e.effects[step.place()]
	name := "mails, transactional"
	if marketing {
		name = "mails, marketing"
	}
	a.checks[name] += copies
	switch {
	case marketing && copies > 1:
		a.wrong(doubled, "marketing: %s", what)
	case !marketing && (effect == nil && copies > 0 || effect != nil && step.status == "done" && copies > effect.copies):
		a.wrong(doubled, "transactional: %s, the ledger shows %v", what, effect)
	case step.status == "done" && copies == 0:
		a.wrong(lost, "%s", what)
	}
	switch {
	case step.status == "unknown":
		a.checks["mails, shown as unknown"]++
		if !marketing {
			a.wrong(lost, "transactional: %s", what)
		}
	case step.status == "done" && copies > 1:
		a.checks["mails, sent again under their key"] += copies - 1
	}
	if effect != nil && effect.state == "claimed" {
		a.wrong(stuck, "%s, its claim was never resolved", what)
	}
}

// calls compares the steps that call with the requests that arrived, by Idempotency-Key.
func (a *audit) calls() {
	arrived, bodies := map[string]int{}, map[string]string{}
	for _, c := range a.http.Calls() {
		key := c.Header.Get("Idempotency-Key")
		arrived[key]++
		if body, again := bodies[key]; again && body != c.Body {
			a.wrong(doubled, "two bodies under the key %s", key)
		}
		bodies[key] = c.Body
	}
	for _, e := range a.enrollments {
		for _, step := range e.steps {
			if step.typ != "webhook" {
				continue
			}
			effect := e.effects[step.place()]
			if effect == nil {
				continue
			}
			n := arrived[effect.key]
			a.checks["calls"] += n
			if step.status == "done" && n == 0 {
				a.wrong(lost, "enrollment %s: the call of %s never arrived", e.id, step.place())
			}
			if step.status != "done" && e.status == "completed" {
				a.wrong(lost, "enrollment %s: step %s is %s", e.id, step.place(), step.status)
			}
			if n > 1 {
				a.checks["calls, made again under their key"] += n - 1
			}
			delete(arrived, effect.key)
		}
	}
	for key, n := range arrived {
		a.wrong(doubled, "%d calls with the unknown key %s", n, key)
	}
}

// runs compares the active enrollments with the runs that Temporal has open.
func (a *audit) runs() {
	open, err := a.openRuns(a.Context())
	if err != nil {
		a.wrong(stuck, "%v", err)
		return
	}
	a.checks["runs open"] = len(open)
	for _, e := range a.enrollments {
		if !e.active {
			continue
		}
		id := events.WorkflowID(e.workflow, e.contact, e.id)
		delete(open, id)
		if is, err := a.runOpen(a.Context(), id); err != nil || !is {
			a.wrong(stuck, "enrollment %s is active and has no open run: %v", id, err)
		}
	}
	for id := range open {
		// Visibility follows with some delay: the run itself has the last word.
		if is, err := a.runOpen(a.Context(), id); err == nil && is {
			a.wrong(stuck, "run %s is open and its enrollment is not active", id)
		}
	}
}
