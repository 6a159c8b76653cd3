package events

import (
	"encoding/json"
	"fmt"
	"time"

	"fermata/store"
)

const (
	// maxDepth is the longest chain of events causing enrollments causing events.
	maxDepth = 10
	// loopWindow is the time within which one chain may not enroll a contact in one workflow twice.
	loopWindow = time.Minute
)

// Cause says which step made an event, so that chains can be followed and cut. Depth counts the
// events on the way here: 1 for an event made by an enrollment that nobody's event but a client's
// started. Chain lists every enrollment on the way.
type Cause struct {
	Enrollment string `json:"enrollment,omitempty"`
	Workflow   string `json:"workflow,omitempty"`
	Node       string `json:"node,omitempty"`
	Visit      int    `json:"visit,omitempty"`
	Depth      int    `json:"depth"`
	Chain      []Link `json:"chain,omitempty"`
}

// Link is one enrollment of a chain: who entered which workflow, and when.
type Link struct {
	Workflow string    `json:"workflow"`
	Contact  string    `json:"contact"`
	At       time.Time `json:"at"`
}

// ParseCause reads the cause stored with an event or an enrollment; no bytes are no cause.
func ParseCause(raw []byte) (*Cause, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var c Cause
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("read cause: %w", err)
	}
	return &c, nil
}

// ByStep returns the cause of an event that a step makes in an enrollment which was itself
// enrolled through c: one deeper, along the same chain. A nil c is an enrollment that began
// the chain without being recorded in it.
func (c *Cause) ByStep(enrollment, workflow, node string, visit int) *Cause {
	next := &Cause{Enrollment: enrollment, Workflow: workflow, Node: node, Visit: visit, Depth: 1}
	if c != nil {
		next.Depth = c.Depth + 1
		next.Chain = c.Chain
	}
	return next
}

// Enters returns the cause that an enrollment carries which the event with cause c started.
func (c *Cause) Enters(workflow, contact string, at time.Time) *Cause {
	next := &Cause{}
	if c != nil {
		*next = *c
	}
	next.Chain = make([]Link, 0, len(next.Chain)+1)
	if c != nil {
		next.Chain = append(next.Chain, c.Chain...)
	}
	next.Chain = append(next.Chain, Link{Workflow: workflow, Contact: contact, At: at.UTC()})
	return next
}

// Loops reports whether enrolling the contact in the workflow at an instant would continue a
// loop: a chain deeper than 10, or one that enrolled the same contact there within a minute.
// The instant is the acceptance of the event that asks, so that a delayed router changes nothing.
func (c *Cause) Loops(workflow, contact string, at time.Time) bool {
	if c == nil {
		return false
	}
	if c.Depth > maxDepth {
		return true
	}
	for _, link := range c.Chain {
		if link.Workflow == workflow && link.Contact == contact && at.Sub(link.At) < loopWindow {
			return true
		}
	}
	return false
}

// CauseOf returns the cause of an event that a step of this enrollment makes.
func CauseOf(e *store.Enrollment, node string, visit int) (*Cause, error) {
	cause, err := ParseCause(e.Cause)
	if err != nil {
		return nil, fmt.Errorf("enrollment %s: %w", e.ID, err)
	}
	return cause.ByStep(e.ID, e.Workflow, node, visit), nil
}
