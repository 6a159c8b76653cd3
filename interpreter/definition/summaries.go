package definition

import (
	"fmt"
	"strings"

	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes"
)

// Summaries say in one line what each part of a definition does, by id, for the cards of a drawing.
// They hold what the author wrote, unrendered. A part whose settings are incomplete has none.
type Summaries struct{ Nodes, Triggers, Exits map[string]string }

// Summaries writes the one-line summaries of a definition.
func (d *Definition) Summaries() Summaries {
	s := Summaries{Nodes: map[string]string{}, Triggers: map[string]string{}, Exits: map[string]string{}}
	for id, n := range d.Nodes {
		if n != nil && n.Settings != nil && n.complete {
			s.Nodes[id] = n.Summary()
		}
	}
	for i := range d.Triggers {
		t := &d.Triggers[i]
		if line := t.Summary(); t.ID != "" && line != "" {
			s.Triggers[t.ID] = line
		}
	}
	for _, e := range d.Exits {
		if e.ID != "" && e.Event != "" {
			s.Exits[e.ID] = fmt.Sprintf("On %s%s: end with outcome %s", e.Event, sometimes(e.Where.Always()), e.Outcome)
		}
	}
	return s
}

// sometimes marks an event that a condition narrows.
func sometimes(always bool) string {
	if always {
		return ""
	}
	return ", on a condition"
}

// Summary says in one line what the trigger waits for; it is empty while that is not known.
func (t *Trigger) Summary() string {
	switch {
	case t.Type == TriggerManual:
		return "By hand"
	case t.Type == TriggerWebhook:
		return "When its address is called"
	case t.Type == TriggerEvent && t.Event != "":
		return "On " + t.Event + sometimes(t.Where.Always())
	case t.Date != nil && t.Date.Field != "":
		return t.Date.Words()
	case t.Schedule != nil && t.Schedule.Cron != "":
		return t.Schedule.summary()
	case t.Inactivity != nil && len(t.Inactivity.Without) > 0:
		return "Without " + strings.Join(t.Inactivity.Without, " and ") + " for " + nodes.LengthWords(t.Inactivity.For)
	}
	return ""
}

// Words say when the trigger fires: "3 days before contact.renewal at 09:00, every year".
func (t *DateTrigger) Words() string {
	what := "On " + t.Field
	switch t.Offset.Sign() {
	case 1:
		what = nodes.LengthWords(t.Offset) + " after " + t.Field
	case -1:
		what = nodes.LengthWords(t.Offset.Negate()) + " before " + t.Field
	}
	if t.At != nil {
		what += " at " + t.At.String()
	}
	if t.Yearly {
		what += ", every year"
	}
	return what
}

// Words say when the schedule goes off: "Every Monday at 09:00".
func (t *ScheduleTrigger) Words() string {
	c, err := calendar.ParseCron(t.Cron)
	if err != nil {
		return "On the schedule " + t.Cron
	}
	return nodes.CronWords(c)
}

func (t *ScheduleTrigger) summary() string {
	what := t.Words()
	if t.Timezone != "" {
		what += " (" + t.Timezone + ")"
	}
	if !t.Filter.Always() {
		what += ", some contacts"
	}
	return what
}
