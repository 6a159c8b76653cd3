package activities

import (
	"fmt"
	"strconv"
	"strings"

	"fermata/events"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// Why an effect is not undone.
const (
	reasonSent        = "sent"          // a message that cannot be called back
	reasonCalled      = "called"        // a call; the other side may have acted on it
	reasonUnderWay    = "under_way"     // a message or call whose outcome is not recorded yet
	reasonUnknown     = "unknown"       // a message or call whose outcome nobody knows
	reasonReported    = "reported"      // an event: the log is a record of what was said
	reasonConsent     = "consent"       // only the contact can take an unsubscription back
	reasonEnded       = "ended"         // an enrollment that was ended stays so
	reasonUndoneThere = "was_undo"      // what an undo took back is not done again
	reasonAdvanced    = "advanced"      // a request that gave its data to one who was inside already
	reasonItself      = "itself"        // a request that made the very passage that undoes
	reasonKept        = "kept"          // another passage wanted the same, or something else, since
	reasonChanged     = "changed_since" // somebody has changed it since
	reasonGone        = "gone"          // what it would be set back to does not exist any more
	reasonRefused     = "refused"       // the former value is not possible now
	reasonNotRecorded = "not_recorded"  // the ledger does not say how
)

// outwardWords name what goes outside. A message is sent, a call is called.
var outwardWords = map[string]string{
	"email": "mail", "sms": "text message", "notify": "mail to the team", "approval": "mail that asked for approval", "slack": "Slack message", "webhook": "call",
}

// takeAll takes effects back and marks them.
func (u *undoing) takeAll(rows []store.Undoable) error {
	u.wishes, u.read = nil, false
	for i := range rows {
		if i == 0 || rows[i].CreatedAt.Before(u.since) {
			u.since = rows[i].CreatedAt
		}
	}
	for i := range rows {
		row := &rows[i]
		things, still, err := u.take(row)
		if err != nil {
			return fmt.Errorf("take back %s: %w", row.Key, err)
		}
		said, err := encode(things)
		if err != nil {
			return err
		}
		if err := u.tx.SetUndone(row.Ref(), u.key, said, still); err != nil {
			return fmt.Errorf("mark %s: %w", row.Key, err)
		}
	}
	return nil
}

// take takes back one effect. still is what of it stands and could be taken back later.
func (u *undoing) take(row *store.Undoable) (things []undoneThing, still store.JSON, err error) {
	things = []undoneThing{}
	if spec, _ := nodes.Lookup(row.Kind); spec.Outward() {
		return append(things, undoneThing{What: outwardWords[row.Kind], Reason: outwardReason(row)}), row.Undo, nil
	}
	changes, ok := recorded(row)
	if !ok {
		return append(things, undoneThing{What: row.Kind, Reason: reasonNotRecorded}), row.Undo, nil
	}
	var left []change
	for i := len(changes) - 1; i >= 0; i-- {
		u.part = row.Key + "\n" + strconv.Itoa(row.Copy) + "\n" + strconv.Itoa(i)
		said, err := u.change(row, changes[i])
		if err != nil {
			return nil, nil, err
		}
		if said == nil {
			continue
		}
		if said.What == "" {
			said.What = changes[i].words()
		}
		things = append(things, *said)
		if said.Reason != "" && said.Reason != reasonKept {
			left = append([]change{changes[i]}, left...)
		}
	}
	still, err = encodeChanges(left)
	return things, still, err
}

// recorded are the changes that the ledger keeps of an effect.
func recorded(row *store.Undoable) (changes []change, ok bool) {
	changes, err := decodeChanges(row.Undo)
	return changes, err == nil
}

func outwardReason(row *store.Undoable) string {
	switch {
	case row.State == store.EffectUnknown:
		return reasonUnknown
	case row.State == store.EffectClaimed:
		return reasonUnderWay
	case row.Kind == "webhook":
		return reasonCalled
	}
	return reasonSent
}

// words name a thing for people.
func (c change) words() string {
	kind, name := c.split()
	switch kind {
	case thingStage, thingOwner:
		return kind + " of deal " + name
	case thingPassage:
		return "enrollment " + name
	case thingConsent:
		return "subscription to " + name
	}
	return kind + " " + name
}

// change takes back one change; nil says that there is nothing to take back.
func (u *undoing) change(row *store.Undoable, ch change) (*undoneThing, error) {
	kind, _ := ch.split()
	switch kind {
	case thingEvent:
		return &undoneThing{Reason: reasonReported}, nil
	case thingConsent:
		return &undoneThing{Reason: reasonConsent}, nil
	case thingPassage:
		return &undoneThing{Reason: reasonEnded}, nil
	case thingUndo:
		return &undoneThing{Reason: reasonUndoneThere}, nil
	case thingWorkflow:
		return u.request(row)
	}
	w, err := u.wish(row, ch)
	if err != nil {
		return nil, err
	}
	if w != nil {
		return u.handOn(w, ch)
	}
	now, reason, err := u.current(ch)
	switch {
	case err != nil:
		return nil, err
	case reason != "":
		return &undoneThing{Reason: reason}, nil
	case ch.By != nil:
		// Others may have counted on; what this one added goes.
		before := less(now, ch)
		if sameValue(before, now) {
			return &undoneThing{Reason: reasonChanged}, nil
		}
		ch.From = before
	case ch.kept() || sameValue(now, ch.From):
		return nil, nil
	case !sameValue(now, ch.To):
		return &undoneThing{Reason: reasonChanged}, nil
	}
	reason, err = u.set(ch)
	u.changed()
	return &undoneThing{Reason: reason}, err
}

// request takes back that a passage asked to enroll in a workflow: whom that made is among
// the passages, and what the router has not come to it refuses because of the mark.
func (u *undoing) request(row *store.Undoable) (*undoneThing, error) {
	var said struct{ Verdict, Enrollment string }
	if err := row.StepResult.Decode(&said); err != nil {
		return nil, fmt.Errorf("read result: %w", err)
	}
	switch said.Verdict {
	case "", events.VerdictEnrolled, events.VerdictPaused, events.VerdictCapped:
	case events.VerdictAdvanced:
		return &undoneThing{Reason: reasonAdvanced}, nil
	default:
		return nil, nil
	}
	if said.Enrollment == u.e.ID {
		return &undoneThing{Reason: reasonItself}, nil
	}
	return &undoneThing{}, nil
}

func correlationKey(text string) string { return events.CorrelationValue(strings.TrimSpace(text)) }
