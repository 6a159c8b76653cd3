package events

import (
	"fmt"
	"time"

	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/store"
)

// Ending says how an enrollment ends. Wake asks that its Temporal run be told, which whoever is
// not that run needs.
type Ending struct {
	Status  string // completed, exited, failed
	Outcome string // success, neutral, failed
	Reason  string
	Now     time.Time
	Wake    bool
}

// End makes the end of an enrollment a fact of the store: from the commit on, nothing that it
// intends can commit. It frees the contact's slot, ends subscriptions, closes open steps as
// `exited`, writes workflow.completed, and for an exit wakes the Temporal run so that it closes. Who
// ends before the first step has ended at no node.
// The caller holds the contact's lock; an enrollment that has ended already stays as it is.
func End(tx *store.Tx, e *store.Enrollment, status, outcome, reason string, now time.Time) error {
	contact, err := tx.LockContact(e.ContactID)
	if err != nil {
		return fmt.Errorf("lock contact %s: %w", e.ContactID, err)
	}
	return end(tx, contact, e, Ending{Status: status, Outcome: outcome, Reason: reason, Now: now, Wake: status == store.StatusExited})
}

// EndWith is End for a caller that has the locked contact in hand and knows whether a wake is due.
func EndWith(tx *store.Tx, c *store.Contact, e *store.Enrollment, how Ending) error {
	return end(tx, c, e, how)
}

func end(tx *store.Tx, c *store.Contact, e *store.Enrollment, how Ending) error {
	if !e.Active {
		return nil
	}
	steps, err := tx.Steps(e.ID)
	if err != nil {
		return fmt.Errorf("read steps of %s: %w", e.ID, err)
	}
	ended, node := how.Now, e.Node
	if len(steps) == 0 {
		e.Node = "" // it has come to no node, and no node has lost it
	}
	e.Status, e.Outcome, e.Reason = how.Status, how.Outcome, how.Reason
	e.Active, e.EndedAt, e.DueAt = false, &ended, nil
	e.Epoch++
	if err := tx.SaveEnrollment(e); err != nil {
		return fmt.Errorf("end enrollment %s: %w", e.ID, err)
	}
	if err := closeSteps(tx, e, steps, how); err != nil {
		return err
	}
	if how.Status == store.StatusFailed && how.Reason != interpreter.ReasonStepFailed {
		if err := RecordFailure(tx, e, node, e.Visit, "", how.Reason, "", how.Now); err != nil {
			return err
		}
	}
	if err := tx.DropSubscriptions(e.ID, ""); err != nil {
		return fmt.Errorf("drop subscriptions of %s: %w", e.ID, err)
	}
	cause, err := CauseOf(e, node, e.Visit)
	if err != nil {
		return err
	}
	_, err = Append(tx, Draft{
		Contact: c, Type: TypeWorkflowCompleted, Now: how.Now, Cause: cause,
		Data: map[string]any{"workflow": e.Workflow, "enrollment": e.ID, "outcome": e.Outcome},
	})
	if err != nil || !how.Wake {
		return err
	}
	return wake(tx, e)
}

// closeSteps ends the steps that the enrollment leaves open.
func closeSteps(tx *store.Tx, e *store.Enrollment, steps []store.Step, how Ending) error {
	for i := range steps {
		step := &steps[i]
		if step.LeftAt != nil {
			continue
		}
		if err := PassOver(tx, e, step, how.Now); err != nil {
			return err
		}
		left := how.Now
		step.Status, step.Reason, step.LeftAt = "exited", how.Reason, &left
		if err := tx.SaveStep(step); err != nil {
			return fmt.Errorf("close step %s of %s: %w", step.Node, e.ID, err)
		}
	}
	return nil
}

// Reading is what an open wait for events keeps in its step's result: Log is the number of the last
// event of the contact's log that was offered to it.
type Reading struct {
	Log int64 `json:"log"`
}

// PassOver gives the verdict `passed` to what an open wait subscribed to and has not been offered,
// when it is left by anything but its events and its time. Other steps have nothing to pass over.
func PassOver(tx *store.Tx, e *store.Enrollment, step *store.Step, now time.Time) error {
	return passOver(tx, e, step, now, nil)
}

func passOver(tx *store.Tx, e *store.Enrollment, step *store.Step, now time.Time, except []string) error {
	if step.Type != "wait_event" && step.Type != "approval" {
		return nil
	}
	read, err := reading(e, step)
	if err != nil {
		return err
	}
	if err := tx.PassAwaited(e, read, now, except...); err != nil {
		return fmt.Errorf("pass over events of %s: %w", e.ID, err)
	}
	return nil
}

// reading is how far a wait for events has read the log.
func reading(e *store.Enrollment, step *store.Step) (int64, error) {
	read := Reading{Log: max(e.StartSeq, e.WaitSeq)}
	if err := step.Result.Decode(&read); err != nil {
		return 0, fmt.Errorf("read cursor of step %s of %s: %w", step.Node, e.ID, err)
	}
	return read.Log, nil
}

// CheckExits ends an enrollment when its contact's log holds an event that its definition exits
// on and that the router has not come to yet. Every transaction of a run calls it before it
// decides or claims anything: what is in the log when a step is decided wins. The contact is
// locked. It reports whether the enrollment ended; the caller's run then closes by itself.
func CheckExits(tx *store.Tx, e *store.Enrollment, def *definition.Definition, c *store.Contact, now time.Time) (ended bool, err error) {
	after := max(e.StartSeq, e.CursorSeq, c.RoutedSeq)
	if !e.Active || len(def.Exits) == 0 || c.Seq <= after {
		return false, nil
	}
	v := newView(tx, c)
	for {
		list, err := tx.EventsAfter(c.ID, after, exitTypes(def), exitPage)
		if err != nil {
			return false, fmt.Errorf("read log of contact %s: %w", c.ID, err)
		}
		for i := range list {
			after = list[i].Seq
			matched, err := matchExit(v, e, def, &list[i], now)
			if err != nil {
				return false, err
			}
			if matched.exit == nil {
				continue
			}
			return true, matched.apply(v, e, &list[i], now, false)
		}
		if len(list) < exitPage {
			return false, nil
		}
	}
}

// exitPage is how many events of the log CheckExits reads at a time.
const exitPage = 100

func exitTypes(def *definition.Definition) []string {
	types, seen := make([]string, 0, len(def.Exits)), map[string]bool{}
	for _, exit := range def.Exits {
		if !seen[exit.Event] {
			seen[exit.Event] = true
			types = append(types, exit.Event)
		}
	}
	return types
}
