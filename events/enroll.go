package events

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/store"
)

// Verdicts of an event on a workflow.
const (
	VerdictEnrolled = "enrolled"
	VerdictAdvanced = "advanced"
	VerdictExited   = "exited"
	VerdictFiltered = "filtered"
	VerdictPassed   = "passed"
	VerdictReentry  = "reentry"
	VerdictPaused   = "paused"
	VerdictCapped   = "capped"
	VerdictLoop     = "loop"
	VerdictIgnored  = "ignored"
	// VerdictDuplicate stands beside the others on an event that was posted again under its id.
	VerdictDuplicate = "duplicate"
)

// Reasons beside a verdict.
const (
	ReasonCorrelationMissing = "correlation_missing" // filtered: the correlation path has no value
	ReasonSuppressed         = "suppressed"          // filtered: the suppress condition holds
	ReasonNotActive          = "not_active"          // filtered: the asked-for workflow takes nobody in
	ReasonNotEnrolled        = "not_enrolled"        // filtered: named as an exit or wait, contact not inside
	ReasonNoOpenWait         = "no_open_wait"        // filtered: named by a wait that is not open; a later one may take it
	ReasonActive             = "active"              // reentry: an enrollment of this key is active
	ReasonOnce               = "once"                // reentry: there was one before
	ReasonCooldown           = "cooldown"            // reentry: the last start is too recent
	ReasonUndone             = "undone"              // filtered: the step that asked has been undone meanwhile
	ReasonRestarted          = "restarted"           // the exit of an enrollment that a new one replaces
)

// EnrollInput describes a wish to enroll. Contact is locked by the transaction. Event is nil for
// an enrollment by hand. Data becomes `trigger`; Anchor is what "day N" counts from (zero: when
// the event occurred, else Now). Waits and Sends are the modes of a test.
type EnrollInput struct {
	Contact   *store.Contact
	Workflow  *store.Workflow
	Def       *definition.Definition
	Hash      string
	Version   int
	TriggerID string
	Data      map[string]any
	Event     *store.Event
	Anchor    time.Time
	Now       time.Time
	Parent    string
	Cause     *Cause
	Test      bool
	Waits     string
	Sends     string
}

// EnrollResult says what became of the wish. Enrollment is the new one (enrolled, paused), the
// one whose trigger data was replaced (advanced), or the one in the way (reentry), else nil.
type EnrollResult struct {
	Verdict    string
	Reason     string
	Values     []expr.Value
	Enrollment *store.Enrollment
}

// Entered reports whether a new enrollment was made.
func (r EnrollResult) Entered() bool { return slices.Contains(EntryVerdicts, r.Verdict) }

// EntryVerdicts are the verdicts of those for whom a new enrollment was made.
var EntryVerdicts = []string{VerdictEnrolled, VerdictPaused, VerdictCapped}

// Enroll is the one function that makes enrollments: it decides loop, suppression, correlation
// and re-entry, writes the row with its exit subscriptions, and queues the start. The caller has
// checked that the workflow takes people in; a paused one does, and they wait at its start. Two
// callers cannot both enroll: they queue on the contact's lock, and a unique index stands behind.
func Enroll(tx *store.Tx, in EnrollInput) (EnrollResult, error) {
	return enroll(newView(tx, in.Contact), in)
}

func enroll(v *view, in EnrollInput) (EnrollResult, error) {
	at := in.Now
	if in.Event != nil {
		at = in.Event.AcceptedAt
	}
	if in.Cause.Loops(in.Workflow.Key, in.Contact.ID, at) {
		return EnrollResult{Verdict: VerdictLoop}, nil
	}
	suppressed, values, err := suppress(v, in)
	if err != nil {
		return EnrollResult{}, fmt.Errorf("evaluate suppress of %s: %w", in.Workflow.Key, err)
	}
	if suppressed {
		return EnrollResult{Verdict: VerdictFiltered, Reason: ReasonSuppressed, Values: values}, nil
	}
	key, ok := CorrelationKey(in.Def.Settings.Correlate, in.Data)
	if !ok {
		return EnrollResult{Verdict: VerdictFiltered, Reason: ReasonCorrelationMissing}, nil
	}
	if !in.Test {
		if refused, err := reenter(v, in, key); err != nil || refused != nil {
			return orZero(refused), err
		}
	}
	return insert(v.tx, in, key)
}

func orZero(r *EnrollResult) EnrollResult {
	if r == nil {
		return EnrollResult{}
	}
	return *r
}

// suppress evaluates the settings' condition; it sees the contact, and the data as trigger and event.
func suppress(v *view, in EnrollInput) (bool, []expr.Value, error) {
	condition := in.Def.Settings.Suppress
	if condition == nil {
		return false, nil, nil
	}
	event := expr.Event{Data: in.Data, OccurredAt: in.Now, AcceptedAt: in.Now}
	if in.Event != nil {
		event.ID, event.Type = in.Event.ID, in.Event.Type
		event.OccurredAt, event.AcceptedAt = in.Event.OccurredAt, in.Event.AcceptedAt
	}
	scope, err := v.scope(ScopeOptions{Now: in.Now, Zone: in.Def.Settings.Timezone, Event: &event})
	if err != nil {
		return false, nil, err
	}
	return condition.Eval(scope)
}

// reenter applies on_repeat and re-entry. Nil means that a new enrollment may begin. An update is no
// re-entry, so it asks neither `once` nor the cooldown; a restart is one, and when they refuse it
// the old enrollment goes on.
func reenter(v *view, in EnrollInput, key string) (*EnrollResult, error) {
	tx, settings := v.tx, in.Def.Settings
	last, err := tx.LastEnrollment(in.Workflow.Key, in.Contact.ID, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read last enrollment in %s: %w", in.Workflow.Key, err)
	}
	active, err := activeEnrollment(tx, in, key)
	if err != nil {
		return nil, err
	}
	verdict, reason, err := reenters(settings, active != nil, last.StartedAt, in.Now, func() (*time.Location, error) {
		if err := v.load(); err != nil {
			return nil, err
		}
		return Zone(settings.Timezone, in.Contact, v.account), nil
	})
	switch {
	case err != nil:
		return nil, err
	case verdict == VerdictAdvanced:
		return update(tx, in, active)
	case verdict == VerdictReentry && reason == ReasonActive:
		return &EnrollResult{Verdict: verdict, Reason: reason, Enrollment: active}, nil
	case verdict == VerdictReentry:
		return &EnrollResult{Verdict: verdict, Reason: reason, Enrollment: last}, nil
	}
	if active != nil {
		if err := end(tx, in.Contact, active, Ending{Status: store.StatusExited, Outcome: "neutral", Reason: ReasonRestarted, Now: in.Now, Wake: true}); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// reenters says what a wish to enroll means for somebody who was here before, last at an instant, and
// is still active or not: VerdictAdvanced when it updates the active enrollment, VerdictReentry with
// the reason when it is refused, VerdictEnrolled when a new one begins, for which an active one ends.
func reenters(settings definition.Settings, active bool, last, now time.Time, zone func() (*time.Location, error)) (verdict, reason string, err error) {
	if active {
		switch settings.OnRepeat {
		case definition.RepeatUpdate:
			return VerdictAdvanced, "", nil
		case definition.RepeatRestart:
		default:
			return VerdictReentry, ReasonActive, nil
		}
	}
	switch settings.Reentry {
	case definition.ReentryOnce:
		return VerdictReentry, ReasonOnce, nil
	case definition.ReentryCooldown:
		location, err := zone()
		if err != nil {
			return "", "", err
		}
		if now.Before(settings.Cooldown.From(last, location)) {
			return VerdictReentry, ReasonCooldown, nil
		}
	}
	return VerdictEnrolled, "", nil
}

func activeEnrollment(tx *store.Tx, in EnrollInput, key string) (*store.Enrollment, error) {
	active, err := tx.ActiveEnrollments(in.Contact.ID)
	if err != nil {
		return nil, fmt.Errorf("read active enrollments of contact %s: %w", in.Contact.ID, err)
	}
	for i := range active {
		if e := active[i]; !e.Test && e.Workflow == in.Workflow.Key && e.Key == key {
			locked, err := tx.LockEnrollment(e.ID)
			if err != nil {
				return nil, fmt.Errorf("lock enrollment %s: %w", e.ID, err)
			}
			return locked, nil
		}
	}
	return nil, nil
}

// update makes the wish the new trigger of a running enrollment and wakes it, so that its waits
// re-time. `event` follows as long as no wait has replaced it.
func update(tx *store.Tx, in EnrollInput, e *store.Enrollment) (*EnrollResult, error) {
	data, err := encodeJSON(orEmpty(in.Data))
	if err != nil {
		return nil, err
	}
	follows := e.EventID == e.TriggerEventID
	e.TriggerID, e.TriggerData, e.AnchorAt = in.TriggerID, store.JSON(data), anchor(in)
	setTrigger(e, in.Event, follows)
	if err := tx.SaveEnrollment(e); err != nil {
		return nil, fmt.Errorf("update enrollment %s: %w", e.ID, err)
	}
	if err := wake(tx, e); err != nil {
		return nil, err
	}
	return &EnrollResult{Verdict: VerdictAdvanced, Enrollment: e}, nil
}

// setTrigger notes which event enrolled, nil for none, and makes it `event`, too, if it is to be.
func setTrigger(e *store.Enrollment, event *store.Event, asEvent bool) {
	e.TriggerEventID = ""
	if event != nil {
		e.TriggerEventID = event.ID
	}
	if !asEvent {
		return
	}
	e.EventID, e.EventType, e.EventData, e.EventAt = e.TriggerEventID, "", e.TriggerData, nil
	if event != nil {
		occurred := event.OccurredAt
		e.EventType, e.EventAt = event.Type, &occurred
	}
}

// MayBecomeTrigger reports whether an event of this type that the router has not come to yet may
// become the new trigger of a running enrollment: then it is not for the waits of that enrollment,
// and only the router can tell.
func MayBecomeTrigger(tx *store.Tx, definitions *Definitions, e *store.Enrollment, eventType string) (bool, error) {
	if e.Test {
		return false, nil
	}
	w, err := tx.Workflow(e.Workflow)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read workflow %s: %w", e.Workflow, err)
	}
	if !open(w.Status) || w.Version == 0 {
		return false, nil
	}
	def, err := definitions.Load(tx, w.Hash)
	if err != nil || def.Settings.OnRepeat != definition.RepeatUpdate {
		return false, err
	}
	return slices.Contains(def.TriggerEvents(), eventType), nil
}

func wake(tx *store.Tx, e *store.Enrollment) error {
	if _, err := tx.SetWake(e.ID); err != nil {
		return fmt.Errorf("wake enrollment %s: %w", e.ID, err)
	}
	e.WakePending = true
	return nil
}

func anchor(in EnrollInput) time.Time {
	switch {
	case !in.Anchor.IsZero():
		return in.Anchor
	case in.Event != nil:
		return in.Event.OccurredAt
	}
	return in.Now
}

// insert writes the enrollment, its exit subscriptions and its start.
func insert(tx *store.Tx, in EnrollInput, key string) (EnrollResult, error) {
	e, err := newEnrollment(tx, in, key)
	if err != nil {
		return EnrollResult{}, err
	}
	if err := admitOrQueue(tx, in, e); err != nil {
		return EnrollResult{}, err
	}
	err = tx.InsertEnrollment(e)
	if errors.Is(err, store.ErrConflict) {
		return EnrollResult{Verdict: VerdictReentry, Reason: ReasonActive}, nil
	}
	if err != nil {
		return EnrollResult{}, fmt.Errorf("insert enrollment in %s: %w", in.Workflow.Key, err)
	}
	if err := subscribeExits(tx, e, in.Def, in.Now); err != nil {
		return EnrollResult{}, err
	}
	if err := tx.AddDispatch(store.DispatchStart, e.ID); err != nil {
		return EnrollResult{}, fmt.Errorf("queue start of %s: %w", e.ID, err)
	}
	result := EnrollResult{Verdict: VerdictEnrolled, Enrollment: e}
	switch {
	case e.Status == store.StatusPaused:
		result.Verdict = VerdictPaused
	case e.AdmittedAt == nil:
		result.Verdict = VerdictCapped
	}
	return result, nil
}

// subscribeExits asks the router for every event on which the definition exits.
func subscribeExits(tx *store.Tx, e *store.Enrollment, def *definition.Definition, now time.Time) error {
	subscriptions := make([]store.Subscription, 0, len(def.Exits))
	for _, exit := range def.Exits {
		subscriptions = append(subscriptions, store.Subscription{
			EnrollmentID: e.ID, ContactID: e.ContactID, Kind: store.SubscriptionExit,
			EventType: exit.Event, RuleID: exit.ID, CreatedAt: now,
		})
	}
	if err := tx.AddSubscriptions(subscriptions); err != nil {
		return fmt.Errorf("subscribe exits of %s: %w", e.ID, err)
	}
	return nil
}

func newEnrollment(tx *store.Tx, in EnrollInput, key string) (*store.Enrollment, error) {
	data, err := encodeJSON(orEmpty(in.Data))
	if err != nil {
		return nil, err
	}
	cause, err := store.ToJSON(in.Cause.Enters(in.Workflow.Key, in.Contact.ID, in.Now))
	if err != nil {
		return nil, err
	}
	interpreter, err := activeInterpreter(tx)
	if err != nil {
		return nil, err
	}
	e := &store.Enrollment{
		ID: store.NewID("enr"), Workflow: in.Workflow.Key, Version: in.Version, Hash: in.Hash,
		ContactID: in.Contact.ID, Key: key, Status: store.StatusRunning, Active: true, Node: in.Def.Start,
		StartedAt: in.Now, Test: in.Test, Waits: in.Waits, Sends: in.Sends, TriggerID: in.TriggerID,
		TriggerData: store.JSON(data), AnchorAt: anchor(in),
		Vars: store.JSON("{}"), ParentID: in.Parent, Cause: cause, Interpreter: interpreter,
		StartSeq: in.Contact.Seq, CreatedAt: in.Now,
	}
	if !in.Test && in.Workflow.Status == store.WorkflowPaused {
		e.Status = store.StatusPaused
	}
	if setTrigger(e, in.Event, true); in.Event != nil {
		e.StartSeq = in.Event.Seq
	}
	e.CursorSeq, e.WaitSeq = e.StartSeq, e.StartSeq
	return e, nil
}
