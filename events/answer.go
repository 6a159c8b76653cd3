package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fermata/interpreter/nodes"
	"fermata/store"
)

// Standing is what has become of the question of an approval.
type Standing string

// The standings.
const (
	// QuestionOpen: the first answer counts.
	QuestionOpen Standing = "open"
	// QuestionDecided: somebody has answered.
	QuestionDecided Standing = "decided"
	// QuestionExpired: nobody answered in time.
	QuestionExpired Standing = "expired"
	// QuestionSettled: an operator went on without an answer.
	QuestionSettled Standing = "settled"
	// QuestionMoved: the enrollment was moved away from the step, where it may be asked anew.
	QuestionMoved Standing = "moved"
	// QuestionEnded: the enrollment ended before anybody answered.
	QuestionEnded Standing = "ended"
)

// Question is what one person was asked, and how it stands.
type Question struct {
	Standing Standing
	// Subject and Text are what is asked, Workflow the name of the workflow that asks.
	Subject, Text, Workflow string
	// DueAt is when an open question ends by itself, nil for never.
	DueAt *time.Time
	// Decision is approved or rejected, By the address of who decided At, when it is decided. Counted is
	// false when the enrollment had gone on another way before it was looked at.
	Decision, By string
	At           time.Time
	Counted      bool
}

// ReadQuestion returns the question that an ask put; store.ErrNotFound when it is gone. It changes
// nothing.
func ReadQuestion(tx *store.Tx, id string) (*Question, error) {
	ask, err := tx.Ask(id)
	if err != nil {
		return nil, fmt.Errorf("read question %s: %w", id, err)
	}
	e, err := tx.Enrollment(ask.EnrollmentID)
	if err != nil {
		return nil, fmt.Errorf("read enrollment %s: %w", ask.EnrollmentID, err)
	}
	return question(tx, ask, e)
}

// Answer decides a question, nodes.PortApproved or nodes.PortRejected, unless it is not open any more,
// and returns how it stands then. The first decision wins: it becomes an event of the contact, which
// the run finds in the log like every other. An exit that is in the log already comes before it.
// store.ErrNotFound when the question is gone.
func Answer(tx *store.Tx, definitions *Definitions, id, decision string, now time.Time) (*Question, error) {
	ask, err := tx.Ask(id)
	if err != nil {
		return nil, fmt.Errorf("read question %s: %w", id, err)
	}
	e, c, err := tx.LockEnrollmentContact(ask.EnrollmentID)
	if err != nil {
		return nil, fmt.Errorf("lock enrollment %s: %w", ask.EnrollmentID, err)
	}
	def, err := definitions.Load(tx, e.Hash)
	if err != nil {
		return nil, err
	}
	if _, err := CheckExits(tx, e, def, c, now); err != nil {
		return nil, fmt.Errorf("check exits: %w", err)
	}
	q, err := question(tx, ask, e)
	if err != nil || q.Standing != QuestionOpen {
		return q, err
	}
	first, err := tx.DecideAsk(ask, decision, now)
	if err != nil {
		return nil, fmt.Errorf("decide question %s: %w", id, err)
	}
	if first {
		if err := report(tx, ask, e, c, decision, now); err != nil {
			return nil, err
		}
	}
	return question(tx, ask, e)
}

// report writes a decision into the contact's log, and into the audit under the name of who decided.
func report(tx *store.Tx, ask *store.Ask, e *store.Enrollment, c *store.Contact, decision string, now time.Time) error {
	if _, err := Append(tx, decided(ask, e, c, decision, now)); err != nil {
		return fmt.Errorf("report decision: %w", err)
	}
	detail, err := store.ToJSON(map[string]any{"node": ask.Node, "visit": ask.Visit, "decision": decision})
	if err != nil {
		return err
	}
	return tx.AddAudit(&store.Audit{At: now, Person: ask.Address, Action: "enrollment.answer", Subject: "enrollment:" + e.ID, Detail: detail})
}

// decided is the event of a decision; a question has one for ever.
func decided(ask *store.Ask, e *store.Enrollment, c *store.Contact, decision string, now time.Time) Draft {
	return Draft{
		ID:      derivedID(fmt.Sprintf("decided\x00%s\x00%s\x00%d", ask.EnrollmentID, ask.Node, ask.Visit)),
		Contact: c, Type: TypeWorkflowDecided, Now: now,
		Data: map[string]any{
			"workflow": e.Workflow, "enrollment": e.ID, "node": ask.Node, "visit": ask.Visit, "decision": decision, "by": ask.Address,
		},
	}
}

// question reads how an ask stands.
func question(tx *store.Tx, ask *store.Ask, e *store.Enrollment) (*Question, error) {
	q := &Question{Workflow: e.Workflow}
	if w, err := tx.Workflow(e.Workflow); err == nil {
		q.Workflow = w.Name
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read workflow %s: %w", e.Workflow, err)
	}
	step, err := tx.Step(ask.EnrollmentID, ask.Node, ask.Visit)
	if err != nil {
		return nil, fmt.Errorf("read step: %w", err)
	}
	var given struct{ Subject, Text string }
	if len(step.Input) > 0 {
		if err := json.Unmarshal(step.Input, &given); err != nil {
			return nil, fmt.Errorf("read what was asked: %w", err)
		}
	}
	q.Subject, q.Text = given.Subject, given.Text
	all, err := tx.Asks(store.EffectRef{EnrollmentID: ask.EnrollmentID, Node: ask.Node, Visit: ask.Visit})
	if err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	q.Standing = standing(step, e)
	for i := range all {
		if all[i].Decision == "" {
			continue
		}
		q.Standing, q.Decision, q.By = QuestionDecided, all[i].Decision, all[i].Address
		if all[i].DecidedAt != nil {
			q.At = *all[i].DecidedAt
		}
		q.Counted = e.Active && step.LeftAt == nil || step.DecidedEventID != "" && step.Port == q.Decision
	}
	if q.Standing == QuestionOpen {
		q.DueAt = step.DueAt
	}
	return q, nil
}

// standing is how a question stands that nobody has answered.
func standing(step *store.Step, e *store.Enrollment) Standing {
	switch {
	case step.LeftAt == nil && e.Active && step.Type == "approval":
		return QuestionOpen
	case step.Reason == ReasonMoved || step.Type != "approval":
		return QuestionMoved
	case step.Status == "done" && step.Port == nodes.PortTimeout:
		return QuestionExpired
	case step.Status == "skipped":
		return QuestionSettled
	}
	return QuestionEnded
}
