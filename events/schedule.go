package events

import (
	"errors"
	"fmt"
	"time"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/store"
)

// SetSchedules makes the schedule triggers of a definition those of its workflow, from now on. Call
// it in the transaction that publishes.
func SetSchedules(tx *store.Tx, workflow string, def *definition.Definition, now time.Time) error {
	var list []store.Schedule
	for i := range def.Triggers {
		t := &def.Triggers[i]
		if t.Type != definition.TriggerSchedule {
			continue
		}
		list = append(list, store.Schedule{TriggerID: t.ID, Cron: t.Schedule.Cron, Timezone: scheduleZone(def, t), DoneUntil: now})
	}
	if err := tx.SetSchedules(workflow, list); err != nil {
		return fmt.Errorf("set schedules of %s: %w", workflow, err)
	}
	return nil
}

// scheduleZone is the zone of a schedule trigger, "" for the account's.
func scheduleZone(def *definition.Definition, t *definition.Trigger) string {
	if t.Schedule.Timezone == "" && def.Settings.Timezone != definition.ZoneContact {
		return def.Settings.Timezone
	}
	return t.Schedule.Timezone
}

const (
	// JobSchedule is the kind of job that carries out one firing of a schedule.
	JobSchedule = "schedule"
	// ScheduleRate is how fast: a firing is one event, and the router enrolls at its own pace.
	ScheduleRate = "200/1s"
)

// scheduleParams are the parameters of a JobSchedule: the version whose schedule went off, with its
// hash, and the last contact that was there.
type scheduleParams struct {
	Trigger      string    `json:"trigger"`
	ScheduledFor time.Time `json:"scheduled_for"`
	Missed       int       `json:"missed"`
	Version      int       `json:"version"`
	Hash         string    `json:"hash"`
	Until        string    `json:"until"`
}

type scheduleJob struct{ definitions *Definitions }

func (*scheduleJob) Name() string { return JobSchedule }

// Batch fires the trigger for the next contacts that its filter holds for. Whether each is enrolled
// the router decides in the contact's turn.
func (k *scheduleJob) Batch(tx *store.Tx, b *JobBatch) error {
	var p scheduleParams
	if err := b.Job.Params.Decode(&p); err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	filter, err := k.filter(tx, b.Job.Subject, p)
	if err != nil {
		return err
	}
	found, err := b.find(tx, filter, p.Until)
	if err != nil {
		return err
	}
	for i := range found.Contacts {
		c := &found.Contacts[i]
		err := attempt(tx, c, func(locked *store.Contact) error {
			_, _, err := Fire(tx, Firing{
				Contact: locked, Workflow: b.Job.Subject, Trigger: p.Trigger, Key: instant(p.ScheduledFor),
				Data: ScheduledFor(p.ScheduledFor), Scheduled: p.ScheduledFor, Now: b.Now, Source: "schedule",
			})
			return err
		})
		if store.IsTransient(err) {
			return err
		}
		b.tell(c, CountFired, err)
	}
	return nil
}

// filter is that of the version whose schedule went off. When the workflow takes nobody in any more,
// or its published version has no such schedule, the rest of the contacts are left out.
func (k *scheduleJob) filter(tx *store.Tx, workflow string, p scheduleParams) (*expr.Condition, error) {
	w, err := tx.Workflow(workflow)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &StopError{Reason: "the workflow is not there any more"}
	}
	if err != nil {
		return nil, fmt.Errorf("read workflow %s: %w", workflow, err)
	}
	if !open(w.Status) {
		return nil, &StopError{Reason: fmt.Sprintf("the workflow is %s and takes nobody in", w.Status)}
	}
	current, err := k.definitions.Load(tx, w.Hash)
	if err != nil {
		return nil, err
	}
	if scheduleOf(current, p.Trigger) == nil {
		return nil, &StopError{Reason: fmt.Sprintf("version %d has no schedule %q", w.Version, p.Trigger)}
	}
	def, err := k.definitions.Load(tx, p.Hash)
	if err != nil {
		return nil, err
	}
	schedule := scheduleOf(def, p.Trigger)
	if schedule == nil {
		return nil, fmt.Errorf("version %d of %s has no schedule %q", p.Version, workflow, p.Trigger)
	}
	return schedule.Filter, nil
}

// scheduleOf finds the schedule trigger with this id, nil when there is none.
func scheduleOf(def *definition.Definition, id string) *definition.ScheduleTrigger {
	for i := range def.Triggers {
		if t := &def.Triggers[i]; t.ID == id && t.Type == definition.TriggerSchedule {
			return t.Schedule
		}
	}
	return nil
}
