package events

import (
	"errors"
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

// ByHand is an enrollment that a person asks for. Without Version and Hash it is the version that is
// published when a contact's turn comes; Hash is the draft that a test runs. Waits and Sends are the
// modes of a test.
type ByHand struct {
	Workflow string         `json:"workflow"`
	Version  int            `json:"version,omitempty"`
	Hash     string         `json:"hash,omitempty"`
	Data     map[string]any `json:"-"`
	Test     bool           `json:"test,omitempty"`
	Waits    string         `json:"waits,omitempty"`
	Sends    string         `json:"sends,omitempty"`
}

// HandEntry enrolls contacts by hand, as one transaction sees the workflow.
type HandEntry struct {
	tx    *store.Tx
	input EnrollInput
}

// Open finds what is to be run. It fails with *RefusedError when the workflow takes nobody in or the
// version does not exist, and with store.ErrNotFound when there is no such workflow.
func (b ByHand) Open(tx *store.Tx, definitions *Definitions) (*HandEntry, error) {
	w, err := tx.Workflow(b.Workflow)
	if err != nil {
		return nil, err
	}
	if !b.Test {
		if err := takesIn(w); err != nil {
			return nil, err
		}
	}
	in := EnrollInput{Workflow: w, Version: b.Version, Hash: b.Hash, Data: b.Data, Test: b.Test, Waits: b.Waits, Sends: b.Sends}
	if in.Hash == "" {
		if in.Version == 0 {
			in.Version = w.Version
		}
		v, err := tx.Version(w.Key, in.Version)
		if errors.Is(err, store.ErrNotFound) {
			return nil, &RefusedError{Pointer: "/version", Message: "there is no such version", Hint: fmt.Sprintf("1 to %d", w.Version)}
		}
		if err != nil {
			return nil, fmt.Errorf("read version %d of %s: %w", in.Version, w.Key, err)
		}
		in.Hash = v.Hash
	}
	if in.Def, err = definitions.Load(tx, in.Hash); err != nil {
		return nil, err
	}
	for _, t := range in.Def.Triggers {
		if t.Type == definition.TriggerManual {
			in.TriggerID = t.ID
			break
		}
	}
	return &HandEntry{tx: tx, input: in}, nil
}

// takesIn says why a workflow takes nobody in, nil when it does.
func takesIn(w *store.Workflow) error {
	switch {
	case open(w.Status):
		return nil
	case w.Status == store.WorkflowDraft:
		return &RefusedError{Message: "the workflow is not published; test: true runs the draft"}
	}
	return &RefusedError{Message: fmt.Sprintf("the workflow is %s and takes nobody in", w.Status)}
}

// Enroll enrolls one contact, which tx has locked.
func (h *HandEntry) Enroll(c *store.Contact, now time.Time) (EnrollResult, error) {
	in := h.input
	in.Contact, in.Now = c, now
	return Enroll(h.tx, in)
}
