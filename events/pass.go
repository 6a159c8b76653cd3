package events

import (
	"fmt"
	"runtime/debug"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// pass is one event on its way through everything that it may concern: exits, waits, triggers,
// in this order and in one transaction, so that one event may end an enrollment and start the
// next one.
type pass struct {
	tx          *store.Tx
	c           *store.Contact
	event       *store.Event
	definitions *Definitions
	now         time.Time

	shared     *view
	decoded    *expr.Event
	verdicts   map[string]bool       // workflows that have a verdict which is no `filtered`
	offered    map[string]bool       // workflows of which a waiting enrollment was woken
	filtered   map[string]verdictRow // workflows that looked at the event and let it pass
	order      []string              // keys of filtered, in the order they were met
	unheard    bool                  // a workflow names the event and nobody in it listens now
	ended      map[string]bool       // enrollments that this event ended
	dispatched bool                  // something was queued for the dispatcher
}

// guarded runs the pass; a panic in it is an error of this event and no end of the router.
func (p *pass) guarded() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	p.verdicts, p.offered = map[string]bool{}, map[string]bool{}
	p.filtered, p.ended = map[string]verdictRow{}, map[string]bool{}
	switch p.event.Type {
	case TypeEnrollRequested:
		return p.enrollRequested()
	case TypeTriggered:
		return p.fired()
	}
	if err := p.subscriptions(); err != nil {
		return err
	}
	if p.event.Type == TypeContactUpdated {
		if err := p.retime(); err != nil {
			return err
		}
	}
	named, err := p.triggers()
	if err != nil {
		return err
	}
	return p.conclude(named)
}

func (p *pass) view() *view {
	if p.shared == nil {
		p.shared = newView(p.tx, p.c)
	}
	return p.shared
}

func (p *pass) candidate() (expr.Event, error) {
	if p.decoded == nil {
		decoded, err := DecodeEvent(p.event)
		if err != nil {
			return expr.Event{}, err
		}
		p.decoded = &decoded
	}
	return *p.decoded, nil
}

// subscriptions offers the event to the exits, then to the waits, of the contact's enrollments.
func (p *pass) subscriptions() error {
	list, err := p.tx.SubscriptionsFor(p.c.ID, p.event.Type)
	if err != nil {
		return fmt.Errorf("read subscriptions: %w", err)
	}
	for _, kind := range []string{store.SubscriptionExit, store.SubscriptionWait} {
		done := map[string]bool{}
		for _, s := range list {
			if s.Kind != kind || done[s.EnrollmentID] || p.ended[s.EnrollmentID] {
				continue
			}
			done[s.EnrollmentID] = true
			if err := p.offer(kind, s.EnrollmentID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *pass) offer(kind, enrollment string) error {
	e, err := p.tx.LockEnrollment(enrollment)
	if err != nil {
		return fmt.Errorf("read enrollment %s: %w", enrollment, err)
	}
	if !e.Active || p.event.Seq <= e.StartSeq {
		return nil // the event that enrolled it, and those before, are not for it
	}
	if kind == store.SubscriptionExit {
		return p.exit(e)
	}
	p.offered[e.Workflow] = true
	p.dispatched = true
	return wake(p.tx, e)
}

func (p *pass) exit(e *store.Enrollment) error {
	def, err := p.definitions.Load(p.tx, e.Hash)
	if err != nil {
		return err
	}
	match, err := matchExit(p.view(), e, def, p.event, p.now)
	if err != nil {
		return err
	}
	if match.exit == nil {
		p.filter(e.Workflow, e.Version, "", match.values)
		return nil
	}
	p.ended[e.ID], p.verdicts[e.Workflow], p.dispatched = true, true, true
	return match.apply(p.view(), e, p.event, p.now, true)
}

// filter notes that a workflow looked at the event and let it pass. The row is written at the
// end, when it is known that nothing else in the workflow took the event.
func (p *pass) filter(workflow string, version int, reason string, values []expr.Value) {
	row, known := p.filtered[workflow]
	if !known {
		p.order = append(p.order, workflow)
		row = verdictRow{workflow: workflow, version: version, verdict: VerdictFiltered}
	}
	if reason != "" {
		row.reason = reason
	}
	row.values = append(row.values, values...)
	p.filtered[workflow] = row
}

// triggers offers the event to every workflow that takes people in and names it. It reports
// whether there was one.
func (p *pass) triggers() (named bool, err error) {
	list, err := p.tx.EventWorkflows(p.event.Type)
	if err != nil {
		return false, fmt.Errorf("read workflows of %s: %w", p.event.Type, err)
	}
	for _, active := range list {
		if !open(active.Status) {
			continue
		}
		named = true
		if err := p.workflow(active); err != nil {
			return named, fmt.Errorf("workflow %s: %w", active.Workflow, err)
		}
	}
	return named, nil
}

func (p *pass) workflow(active store.ActiveTrigger) error {
	def, err := p.definitions.Load(p.tx, active.Hash)
	if err != nil {
		return err
	}
	trigger, values, named, err := p.match(def)
	if err != nil {
		return err
	}
	switch {
	case !named:
		return p.namedElsewhere(active)
	case trigger == nil:
		p.filter(active.Workflow, active.Version, "", values)
		return nil
	}
	candidate, err := p.candidate()
	if err != nil {
		return err
	}
	cause, err := ParseCause(p.event.Cause)
	if err != nil {
		return err
	}
	return p.enroll(EnrollInput{
		Contact: p.c, Def: def, Hash: active.Hash, Version: active.Version, TriggerID: trigger.ID,
		Workflow: &store.Workflow{Key: active.Workflow, Version: active.Version, Hash: active.Hash, Status: active.Status},
		Data:     candidate.Data, Event: p.event, Now: p.now, Cause: cause,
	}, values)
}

// match finds the first trigger of a definition that the event meets; named says whether any
// trigger is about this type of event.
func (p *pass) match(def *definition.Definition) (trigger *definition.Trigger, values []expr.Value, named bool, err error) {
	var scope *expr.Scope
	for i := range def.Triggers {
		t := &def.Triggers[i]
		if t.Type != definition.TriggerEvent || t.Event != p.event.Type {
			continue
		}
		named = true
		if t.Where == nil {
			return t, values, true, nil
		}
		if scope == nil {
			if scope, err = p.scope(def); err != nil {
				return nil, nil, true, err
			}
		}
		holds, saw, err := t.Where.Eval(scope)
		if err != nil {
			return nil, nil, true, fmt.Errorf("evaluate trigger %s: %w", t.ID, err)
		}
		values = append(values, saw...)
		if holds {
			return t, values, true, nil
		}
	}
	return nil, values, named, nil
}

func (p *pass) scope(def *definition.Definition) (*expr.Scope, error) {
	candidate, err := p.candidate()
	if err != nil {
		return nil, err
	}
	return p.view().scope(ScopeOptions{Now: p.now, Zone: def.Settings.Timezone, Event: &candidate})
}

// enroll carries out a met trigger and notes the verdict. values are what the trigger saw.
func (p *pass) enroll(in EnrollInput, values []expr.Value) error {
	result, err := enroll(p.view(), in)
	if err != nil {
		return err
	}
	row := verdictRow{
		workflow: in.Workflow.Key, version: in.Version, verdict: result.Verdict, reason: result.Reason,
		values: append(values, result.Values...),
	}
	if result.Verdict != VerdictReentry && result.Enrollment != nil {
		row.enrollment, p.dispatched = result.Enrollment.ID, true
	}
	p.verdicts[in.Workflow.Key] = true
	return settleVerdict(p.tx, p.event, row, p.now)
}

// namedElsewhere judges a workflow that names the event in an exit or a wait only: outside it the
// event means nothing; inside, the exits have spoken, and a wait that is open or opens later may
// still take it.
func (p *pass) namedElsewhere(active store.ActiveTrigger) error {
	if _, judged := p.filtered[active.Workflow]; judged || p.verdicts[active.Workflow] || p.offered[active.Workflow] {
		return nil
	}
	enrollments, err := p.tx.ActiveEnrollments(p.c.ID)
	if err != nil {
		return fmt.Errorf("read active enrollments: %w", err)
	}
	reason := ReasonNotEnrolled
	for _, e := range enrollments {
		if e.Workflow == active.Workflow && p.event.Seq > e.StartSeq {
			reason = ReasonNoOpenWait
		}
	}
	p.unheard = true
	p.filter(active.Workflow, active.Version, reason, nil)
	return nil
}

// conclude writes `filtered` for each workflow that nothing took the event in, and `ignored` when
// no workflow names it at all.
func (p *pass) conclude(named bool) error {
	ignored := !named && len(p.verdicts)+len(p.offered)+len(p.filtered) == 0
	if ignored || p.unheard {
		if err := p.heedRuns(); err != nil {
			return err
		}
	}
	for _, workflow := range p.order {
		if p.verdicts[workflow] || p.offered[workflow] {
			continue
		}
		if err := putVerdict(p.tx, p.event, p.filtered[workflow], p.now); err != nil {
			return err
		}
	}
	if !ignored || len(p.verdicts) > 0 {
		return nil
	}
	return putVerdict(p.tx, p.event, verdictRow{verdict: VerdictIgnored}, p.now)
}

// heedRuns takes in the verdicts that runs wrote before the router came to the event: a run that
// found it in the log has exited or advanced by it already.
func (p *pass) heedRuns() error {
	before, err := p.tx.Verdicts(p.event.ID)
	if err != nil {
		return fmt.Errorf("read verdicts: %w", err)
	}
	for _, row := range before[p.event.ID] {
		p.verdicts[row.Workflow] = true
	}
	return nil
}

// quietChanges are the fields of a contact that no open wait depends on.
var quietChanges = map[string]bool{
	"external_id": true, "email": true, "phone": true, "first_name": true, "last_name": true, "country": true, "consent": true,
}

// retime wakes the contact's waiting enrollments when its zone or one of its fields changed: open
// waits follow both, and work out themselves whether they are due at another time.
func (p *pass) retime() error {
	candidate, err := p.candidate()
	if err != nil {
		return err
	}
	changed, _ := candidate.Data["changed"].(map[string]any)
	moved := false
	for name := range changed {
		moved = moved || !quietChanges[name]
	}
	if !moved {
		return nil
	}
	active, err := p.tx.ActiveEnrollments(p.c.ID)
	if err != nil {
		return fmt.Errorf("read active enrollments: %w", err)
	}
	for i := range active {
		waits := active[i].Status == store.StatusWaiting && active[i].DueAt != nil
		if !waits && active[i].Reason != nodes.CodeNoDate {
			continue
		}
		if err := wake(p.tx, &active[i]); err != nil {
			return err
		}
		p.dispatched = true
	}
	return nil
}
