package events

import (
	"errors"
	"fmt"

	"fermata/interpreter/definition"
	"fermata/store"
)

// Asked is what became of a step's wish to enroll its contact in another workflow. Enrollment is
// empty when there is none to name.
type Asked struct{ Verdict, Reason, Enrollment string }

// Into writes the answer into the result of the step that asked.
func (a Asked) Into(result map[string]any) {
	result["verdict"] = a.Verdict
	if a.Reason != "" {
		result["reason"] = a.Reason
	}
	if a.Enrollment != "" {
		result["enrollment"] = a.Enrollment
	}
}

// AskToEnroll writes the wish of a step of the workflow from that the contact be enrolled in another one. With
// nothing of the contact's log on its way before it, the wish is carried out at once, so that the step
// ends with the answer; else, and when a workflow asks for itself, which is to end first, nil is
// returned and the router answers the step later.
func AskToEnroll(tx *store.Tx, definitions *Definitions, in Draft, from, workflow string, data map[string]any) (*Asked, error) {
	atOnce := from != workflow && in.Contact.RoutedSeq == in.Contact.Seq
	in.Type, in.Data = TypeEnrollRequested, map[string]any{"workflow": workflow, "data": data}
	event, err := Append(tx, in)
	if err != nil || !atOnce || event.Seq != in.Contact.RoutedSeq+1 {
		return nil, err
	}
	p := &pass{tx: tx, c: in.Contact, event: event, definitions: definitions, now: in.Now}
	asked, _, err := p.asked()
	if err != nil {
		return nil, err
	}
	in.Contact.RoutedSeq = event.Seq
	if err := tx.SetRouted(in.Contact.ID, event.Seq); err != nil {
		return nil, fmt.Errorf("move cursor: %w", err)
	}
	return &asked, nil
}

// enrollRequested carries out what a step of another enrollment asked for, and tells that step
// what became of it.
func (p *pass) enrollRequested() error {
	asked, cause, err := p.asked()
	if err != nil {
		return err
	}
	return p.report(cause, asked)
}

// asked carries out what a step asked for.
func (p *pass) asked() (Asked, *Cause, error) {
	candidate, err := p.candidate()
	if err != nil {
		return Asked{}, nil, err
	}
	key, _ := candidate.Data["workflow"].(string)
	data, _ := candidate.Data["data"].(map[string]any)
	cause, err := ParseCause(p.event.Cause)
	if err != nil {
		return Asked{}, nil, err
	}
	result, version, err := p.enrollIn(key, data, cause)
	if err != nil {
		return Asked{}, nil, fmt.Errorf("enroll in %q: %w", key, err)
	}
	row := verdictRow{workflow: key, version: version, verdict: result.Verdict, reason: result.Reason, values: result.Values}
	if result.Entered() || result.Verdict == VerdictAdvanced {
		row.enrollment, p.dispatched = result.Enrollment.ID, true
	}
	return Asked{Verdict: row.verdict, Reason: row.reason, Enrollment: row.enrollment}, cause, putVerdict(p.tx, p.event, row, p.now)
}

func (p *pass) enrollIn(key string, data map[string]any, cause *Cause) (EnrollResult, int, error) {
	workflow, def, err := p.opened(key)
	if err != nil {
		return EnrollResult{}, 0, err
	}
	if undone, err := p.undone(cause); err != nil || undone {
		return EnrollResult{Verdict: VerdictFiltered, Reason: ReasonUndone}, workflow.Version, err
	}
	if def == nil {
		return EnrollResult{Verdict: VerdictFiltered, Reason: ReasonNotActive}, workflow.Version, nil
	}
	in := EnrollInput{
		Contact: p.c, Workflow: workflow, Def: def, Hash: workflow.Hash, Version: workflow.Version,
		Data: data, Event: p.event, Now: p.now, Cause: cause,
	}
	if cause != nil {
		in.Parent = cause.Enrollment
		if err := p.inherit(&in); err != nil {
			return EnrollResult{}, workflow.Version, err
		}
	}
	result, err := enroll(p.view(), in)
	return result, workflow.Version, err
}

// inherit makes what a test enrolls a test in the same modes, so that it is not counted and sends no
// more than the test itself.
func (p *pass) inherit(in *EnrollInput) error {
	parent, err := p.tx.Enrollment(in.Parent)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read enrollment %s: %w", in.Parent, err)
	}
	in.Test, in.Waits, in.Sends = parent.Test, parent.Waits, parent.Sends
	return nil
}

// undone reports whether the step that asks has been undone before its turn came.
func (p *pass) undone(cause *Cause) (bool, error) {
	if cause == nil {
		return false, nil
	}
	asked, err := p.tx.Effect(store.EffectRef{EnrollmentID: cause.Enrollment, Node: cause.Node, Visit: cause.Visit})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read ledger of %s: %w", cause.Enrollment, err)
	}
	return asked.UndoneBy != "", nil
}

// opened returns a workflow with the definition of the version that takes people in as this
// transaction sees it. The definition is nil when it takes nobody in, or is not there at all.
func (p *pass) opened(key string) (*store.Workflow, *definition.Definition, error) {
	workflow, err := p.tx.Workflow(key)
	if errors.Is(err, store.ErrNotFound) {
		return &store.Workflow{Key: key}, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read workflow %s: %w", key, err)
	}
	if !open(workflow.Status) || workflow.Version == 0 {
		return workflow, nil, nil
	}
	def, err := p.definitions.Load(p.tx, workflow.Hash)
	return workflow, def, err
}

// report merges the answer into the result of the step that asked.
func (p *pass) report(cause *Cause, asked Asked) error {
	if cause == nil || cause.Enrollment == "" {
		return nil
	}
	step, err := p.tx.Step(cause.Enrollment, cause.Node, cause.Visit)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read step %s of %s: %w", cause.Node, cause.Enrollment, err)
	}
	result, err := decodeObject(step.Result)
	if err != nil {
		return fmt.Errorf("read result of step %s: %w", cause.Node, err)
	}
	asked.Into(result)
	encoded, err := encodeJSON(result)
	if err != nil {
		return err
	}
	step.Result = store.JSON(encoded)
	if err := p.tx.SaveStep(step); err != nil {
		return fmt.Errorf("report to step %s of %s: %w", cause.Node, cause.Enrollment, err)
	}
	return nil
}
