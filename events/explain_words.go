package events

import (
	"fmt"
	"strings"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// teller writes instants for people: in the zone of the contact that they are about, and naming it.
type teller struct{ zone *time.Location }

func (say teller) day(t time.Time) string { return Spoken(t, say.zone) }

// Spoken writes an instant for people, to the second, as a zone's clocks show it, with the zone's name.
func Spoken(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04:05 ") + zone.String()
}

func (say teller) since(t *time.Time) string {
	if t == nil {
		return ""
	}
	return " since " + say.day(*t)
}

// repeatWords say what a trigger does that fires while an enrollment is active.
var repeatWords = map[string]string{
	definition.RepeatIgnore:  "The contact is inside: a trigger that fires meanwhile is ignored.",
	definition.RepeatRestart: "The contact is inside: a trigger that fires meanwhile ends this enrollment and starts another.",
	definition.RepeatUpdate:  "The contact is inside: a trigger that fires meanwhile gives this enrollment its data.",
}

// verdictWords say what a verdict means, as the end of a sentence about an event.
var verdictWords = map[string]string{
	VerdictEnrolled: "enrolled the contact",
	VerdictPaused:   "enrolled the contact, which waits at the start because the workflow is paused",
	VerdictAdvanced: "moved an enrollment on",
	VerdictExited:   "ended an enrollment",
	VerdictPassed:   "was offered to a wait that another event or its time ended",
	VerdictLoop:     "did not enroll: workflows were starting each other in a circle",
	VerdictIgnored:  "meant nothing to any workflow when it came",
	VerdictCapped:   "enrolled the contact, which waits at the start because the workflow is full",
}

// reasonWords say more than their verdict.
var reasonWords = map[string]string{
	ReasonActive:             "did not enroll: the contact was inside already",
	ReasonOnce:               "did not enroll: the contact was here before and may enter once only",
	ReasonCooldown:           "did not enroll: the last start was too recent",
	ReasonSuppressed:         "did not enroll: the suppress condition held",
	ReasonCorrelationMissing: "did not enroll: it has no value for the correlation path",
	ReasonNotActive:          "did not enroll: the workflow took nobody in",
	ReasonUndone:             "did not enroll: the step that asked was undone before",
	ReasonNotEnrolled:        "is named by an exit or a wait only, and the contact was not inside",
	ReasonNoOpenWait:         "came while no wait for it was open; a later one may take it",
}

// event says what became of an event in the workflow.
func (say teller) event(r Reason, unrouted bool) string {
	what := fmt.Sprintf("Event %s of %s ", r.Type, say.day(r.Event.AcceptedAt))
	switch r.Type {
	case TypeEnrollRequested:
		what = fmt.Sprintf("The request of another workflow of %s ", say.day(r.Event.AcceptedAt))
	case TypeTriggered:
		what = fmt.Sprintf("The firing of a trigger of %s ", say.day(r.Event.AcceptedAt))
	}
	switch {
	case r.Verdict == nil && unrouted:
		return what + "is accepted and waits for its turn."
	case r.Verdict == nil:
		return what + "was offered to an open wait, which has not looked at it yet."
	case r.Verdict.Verdict == VerdictFiltered && reasonWords[r.Verdict.Reason] == "":
		return what + "did not meet the conditions."
	}
	if words := reasonWords[r.Verdict.Reason]; words != "" {
		return what + words + "."
	}
	return what + verdictWords[r.Verdict.Verdict] + "."
}

// began says why an enrollment began.
func (say teller) began(in *Inside) string {
	e := in.Enrollment
	what := fmt.Sprintf("Enrolled on %s in version %d", say.day(e.StartedAt), e.Version)
	if e.Test {
		what = fmt.Sprintf("Enrolled as a test on %s", say.day(e.StartedAt))
	}
	if e.Key != "" {
		what += " under the key " + e.Key
	}
	switch {
	case in.Event != nil && in.Event.Type == TypeEnrollRequested:
		return what + " by another workflow."
	case in.Event != nil && in.Event.Type == TypeTriggered:
		return fmt.Sprintf("%s by trigger %s.", what, e.TriggerID)
	case in.Event != nil:
		return fmt.Sprintf("%s by trigger %s, which event %s of %s met.", what, e.TriggerID, in.Event.Type, say.day(in.Event.AcceptedAt))
	case e.TriggerEventID != "":
		return what + " by an event that the log no longer holds."
	}
	return what + " by hand."
}

// stays says why an enrollment is where it is, and until when.
func (say teller) stays(in *Inside, now time.Time) string {
	e := in.Enrollment
	calls := ""
	switch cause := e.WedgeCause(); {
	case cause != "":
		calls = fmt.Sprintf(" Its run cannot go on by itself%s: %s. Mend the cause, then retry.", say.since(e.WedgedAt), strings.TrimRight(cause, ". "))
	case in.Error != "":
		calls = " Its run cannot be reached at the moment; it is tried again."
	}
	if in.MovesTo > 0 {
		calls += fmt.Sprintf(" It has been sent to version %d and goes there when the step at hand allows.", in.MovesTo)
	}
	switch {
	case in.Stands == "starting":
		return "It has been accepted and starts in a moment." + calls
	case e.Hold != "":
		return fmt.Sprintf("Somebody holds it at %s: %s. It goes on when it is released.", in.place(), e.Hold) + calls
	case in.Stands == store.StatusPaused:
		return fmt.Sprintf("It stands still at %s because the workflow is paused.", in.place()) + calls
	case in.Step == nil && e.Reason == ReasonCapped:
		return "It waits at its start because the workflow is full: its max_active or per_day lets in no more now." + calls
	case in.Step == nil:
		return fmt.Sprintf("It is on its way to node %s.", e.Node) + calls
	}
	return say.at(in, now) + calls
}

// waitWords say why a message waits that is ready to go.
var waitWords = map[string]string{
	definition.ReasonQuietHours: ", because of the quiet hours",
	definition.ReasonSendRate:   ", for its turn under the sending rate",
}

// place names where the enrollment stands by the name that people gave the step.
func (in *Inside) place() string {
	if in.Step != nil && in.Step.Title != "" {
		return "“" + in.Step.Title + "”"
	}
	return "node " + in.Enrollment.Node
}

func tries(attempts int) string {
	if attempts == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", attempts)
}

// at says what the enrollment does at its open step.
func (say teller) at(in *Inside, now time.Time) string {
	e, step := in.Enrollment, in.Step
	where := in.place() + " since " + say.day(step.EnteredAt)
	until := ""
	if e.DueAt != nil {
		until = fmt.Sprintf(", until %s", say.day(*e.DueAt))
		if e.DueAt.Before(now) {
			until = fmt.Sprintf(", and has been due since %s", say.day(*e.DueAt))
		}
	}
	switch {
	case e.Status == store.StatusHeld && step.Type == "hold":
		return "It is held at " + where + " until somebody releases it."
	case e.Status == store.StatusHeld && step.Reason == nodes.CodeNoDate:
		return "It is held at " + where + " because there is no date to wait for, and goes on when there is one."
	case e.Status == store.StatusHeld:
		return fmt.Sprintf("It is held at %s because %s, after %s: somebody must retry, skip or exit it.", where, meansOf(step.Reason), tries(step.Attempts))
	case step.Type == "approval" && e.Status == store.StatusWaiting:
		if until == "" {
			until = ", without end"
		}
		return fmt.Sprintf("It waits at %s for the answer of somebody who was asked by mail%s.", where, until)
	case len(in.Awaits) > 0:
		types := make([]string, len(in.Awaits))
		for i, awaited := range in.Awaits {
			types[i] = awaited.Event
		}
		if until == "" {
			until = ", without end"
		}
		return fmt.Sprintf("It waits at %s for %s%s.", where, strings.Join(types, " or "), until)
	case e.Status == store.StatusWaiting:
		return "It waits at " + where + until + waitWords[step.Reason] + "."
	case step.Error != "":
		return fmt.Sprintf("It tries %s again after %s, because %s.", where, tries(step.Attempts), meansOf(step.Reason))
	}
	return "It is at work at " + where + "."
}
