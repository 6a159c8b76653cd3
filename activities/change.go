package activities

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"fermata/interpreter/expr"
	"fermata/store"
)

// Kinds of things that an effect changes on our own store. The first part of change.Thing.
const (
	thingTag      = "tag"      // tag:name, true while the contact has it
	thingField    = "field"    // field:key
	thingCourse   = "course"   // course:key, true while the contact has access
	thingDeal     = "deal"     // deal:id, the deal itself: nil while there is none
	thingStage    = "stage"    // stage:id of a deal
	thingOwner    = "owner"    // owner:id of a deal
	thingTask     = "task"     // task:id
	thingConsent  = "consent"  // consent:channel
	thingEvent    = "event"    // event:type, reported to the contact's log
	thingWorkflow = "workflow" // workflow:key, asked to enroll in
	thingPassage  = "passage"  // passage:id, an enrollment that was ended
	thingUndo     = "undo"     // undo:workflow
)

// change is one thing that an effect changed, or found as it wanted it: then From is To.
// The ledger keeps it, so that it can be taken back.
type change struct {
	Thing string `json:"thing"`
	From  any    `json:"from"`
	To    any    `json:"to"`
	// By is what a number was raised by.
	By *float64 `json:"by,omitempty"`
	// Was is more of the former state than From tells: the status in a course.
	Was string `json:"was,omitempty"`
}

func thing(kind, name string) string { return kind + ":" + name }

// split returns the kind and the name of a thing.
func (c change) split() (kind, name string) {
	kind, name, _ = strings.Cut(c.Thing, ":")
	return kind, name
}

// kept reports whether the effect found the thing as it wanted it.
func (c change) kept() bool { return c.By == nil && sameValue(c.From, c.To) }

func encodeChanges(changes []change) (store.JSON, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	return encode(changes)
}

// decodeChanges reads what the ledger keeps. Numbers keep their precision.
func decodeChanges(raw store.JSON) ([]change, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var rows []struct {
		change
		From json.RawMessage `json:"from"`
		To   json.RawMessage `json:"to"`
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	changes := make([]change, len(rows))
	for i, row := range rows {
		changes[i] = row.change
		for _, part := range []struct {
			raw  json.RawMessage
			into *any
		}{{row.From, &changes[i].From}, {row.To, &changes[i].To}} {
			var err error
			if *part.into, err = expr.DecodeJSON(part.raw); err != nil {
				return nil, fmt.Errorf("read changes: %w", err)
			}
		}
	}
	return changes, nil
}

// sameValue compares what JSON makes of two values.
func sameValue(a, b any) bool {
	left, errLeft := json.Marshal(a)
	right, errRight := json.Marshal(b)
	return errLeft == nil && errRight == nil && bytes.Equal(left, right)
}
