package api

import (
	"encoding/json"
	"errors"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
	"fermata/store"
)

// seenFrom says through whose eyes a preview looks. Every part may be left out.
type seenFrom struct {
	contact, workflow *string
	trigger, event    *json.RawMessage
}

// stage is what a preview plays on: the contact and the scope that a step of the workflow would have.
type stage struct {
	tx *store.Tx
	// contact is nil when none was named; a person without any data then stands in the scope.
	contact *store.Contact
	// def is the draft of the workflow, nil without one that can be read.
	def      *definition.Definition
	settings definition.Settings
	account  *store.Account
	scope    *expr.Scope
}

// stage reads what a preview needs. Where the request has no trigger, the newest real event of the
// workflow's triggers stands in: the contact's own, else anybody's.
func (s *server) stage(tx *store.Tx, from seenFrom) (*stage, error) {
	st := &stage{tx: tx, settings: definition.Settings{Timezone: definition.ZoneContact}}
	var err error
	if st.account, err = events.Account(tx); err != nil {
		return nil, err
	}
	if from.contact != nil {
		st.contact, err = contactByRef(tx, *from.contact)
		if errors.Is(err, store.ErrNotFound) {
			return nil, invalid("/contact", "there is no such contact", "its id, mail address or external id")
		}
		if err != nil {
			return nil, err
		}
	}
	if from.workflow != nil {
		if err := st.readWorkflow(*from.workflow); err != nil {
			return nil, err
		}
	}
	return st, s.setScope(st, from)
}

func (st *stage) readWorkflow(key string) error {
	w, err := st.tx.Workflow(key)
	if errors.Is(err, store.ErrNotFound) {
		return invalid("/workflow", "there is no such workflow", "its key")
	}
	if err != nil {
		return err
	}
	if st.def, _ = definition.Parse(w.Draft, false); st.def != nil {
		st.settings = st.def.Settings
	}
	return nil
}

func (s *server) setScope(st *stage, from seenFrom) error {
	options := events.ScopeOptions{Now: s.now(), Zone: st.settings.Timezone}
	trigger, err := givenEvent(from.trigger, "/trigger")
	if err != nil {
		return err
	}
	if trigger == nil {
		if trigger, err = st.sample(); err != nil {
			return err
		}
	}
	if trigger != nil {
		options.Trigger = expr.EventRoot(*trigger)
	}
	if options.Event, err = givenEvent(from.event, "/event"); err != nil {
		return err
	}
	person := st.contact
	if person == nil {
		person = &store.Contact{CreatedAt: options.Now}
	}
	st.scope, err = events.NewScope(st.tx, person, options)
	return err
}

// givenEvent is an event whose data stands in the request, nil for none.
func givenEvent(data *json.RawMessage, pointer string) (*expr.Event, error) {
	if data == nil {
		return nil, nil
	}
	object, err := decodeObject(*data)
	if err != nil {
		return nil, invalid(pointer, "must be an object", "")
	}
	return &expr.Event{ID: "preview", Data: object}, nil
}

// sample is a real event that could have enrolled, nil for none.
func (st *stage) sample() (*expr.Event, error) {
	if st.def == nil {
		return nil, nil
	}
	newest, err := st.newestRow(st.def.TriggerEvents())
	if err != nil || newest == nil {
		return nil, err
	}
	event, err := events.DecodeEvent(newest)
	return &event, err
}

// newestRow is the newest event of one of the types: the contact's own, else anybody's, nil for none.
func (st *stage) newestRow(types []string) (*store.Event, error) {
	if st.contact != nil {
		newest, err := st.tx.NewestEvents(st.contact.ID, types, 1)
		if err != nil || len(newest) > 0 {
			return firstOf(newest), err
		}
	}
	for _, kind := range types {
		newest, err := st.tx.NewestOfType(kind)
		if !errors.Is(err, store.ErrNotFound) {
			return newest, err
		}
	}
	return nil, nil
}

func firstOf(list []store.Event) *store.Event {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// Severities of a problem of a preview.
const (
	severityError   = gen.PreviewProblemSeverityError
	severityWarning = gen.PreviewProblemSeverityWarning
)

func previewError(path, message, hint string) gen.PreviewProblem {
	return gen.PreviewProblem{Severity: severityError, Path: path, Message: message, Hint: hint}
}

// readSettings decodes the `with` of a node. Problems are those of the settings.
func readSettings(typ string, with *json.RawMessage) (nodes.Settings, map[string]any, []gen.PreviewProblem, error) {
	object, err := decodeObject(or(with, json.RawMessage("{}")))
	if err != nil {
		return nil, nil, nil, invalid("/with", "must be an object", "")
	}
	spec, known := nodes.Lookup(typ)
	if !known {
		return nil, nil, nil, invalid("/type", "there is no such node type", "")
	}
	report := &form.Report{}
	settings := spec.Decode(object, report)
	return settings, object, previewProblems(report), nil
}

// previewProblems are the problems that a reader has reported.
func previewProblems(report *form.Report) []gen.PreviewProblem {
	found := []gen.PreviewProblem{}
	for _, p := range report.Problems {
		severity := severityWarning
		if p.Severity == definition.SeverityError {
			severity = severityError
		}
		found = append(found, gen.PreviewProblem{Severity: severity, Path: p.Path, Message: p.Message, Hint: p.Hint})
	}
	return found
}

// failed reports whether one of the problems is an error.
func failed(list []gen.PreviewProblem) bool {
	for _, p := range list {
		if p.Severity == severityError {
			return true
		}
	}
	return false
}
