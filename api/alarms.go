package api

import (
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/alarms"
	"fermata/api/gen"
	"fermata/store"
)

func shapeAlarm(a *store.Alarm) (gen.Alarm, error) {
	shown := gen.Alarm{
		Id: a.ID, Kind: gen.AlarmKind(a.Kind), Workflow: text(a.Workflow), Open: a.Open(), Summary: a.Summary, Measured: rawObject(a.Measured),
		Changes: []gen.AlarmChange{}, BeganAt: a.BeganAt.UTC(), OpenedAt: a.OpenedAt.UTC(), SeenAt: a.SeenAt.UTC(), CalmSince: utc(a.CalmSince),
		EndedAt: utc(a.EndedAt), Reminders: a.Reminders, AcknowledgedAt: utc(a.AcknowledgedAt), AcknowledgedBy: text(a.AcknowledgedBy), Note: text(a.Note),
	}
	return shown, a.Changes.Decode(&shown.Changes)
}

// ListAlarms lists alarms, newest first.
func (s *server) ListAlarms(c *gin.Context, params gen.ListAlarmsParams) {
	filter := store.AlarmFilter{Kind: string(or(params.Kind, "")), Workflow: or(params.Workflow, ""), Open: params.Open}
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListAlarms(filter, pageOf(params.Limit, params.Cursor))
		if err != nil {
			return reply{}, err
		}
		items := make([]gen.Alarm, len(rows))
		for i := range rows {
			if items[i], err = shapeAlarm(&rows[i]); err != nil {
				return reply{}, err
			}
		}
		return ok(list[gen.Alarm]{Items: items, Next: text(next)}), nil
	})
}

// GetAlarm reads an alarm with what was told about it.
func (s *server) GetAlarm(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		a, err := tx.Alarm(id)
		if err != nil {
			return reply{}, err
		}
		notices, err := tx.Notices(id)
		if err != nil {
			return reply{}, err
		}
		shown := gen.AlarmDetail{Notices: make([]gen.AlarmNotice, len(notices))}
		for i := range notices {
			n := &notices[i]
			shown.Notices[i] = gen.AlarmNotice{
				Id: n.ID, Channel: n.ChannelID, Kind: gen.AlarmNoticeKind(n.Kind), State: gen.AlarmNoticeState(n.State), Tries: n.Tries,
				Error: text(n.Error), CreatedAt: n.CreatedAt.UTC(), DoneAt: utc(n.DoneAt),
			}
		}
		shown.Alarm, err = shapeAlarm(a)
		return ok(shown), err
	})
}

// AcknowledgeAlarm notes that somebody knows of an open alarm.
func (s *server) AcknowledgeAlarm(c *gin.Context, id string) {
	changing(s, c, func(tx *store.Tx, in gen.AcknowledgeRequest) (reply, error) {
		a, err := tx.Alarm(id)
		if err != nil {
			return reply{}, err
		}
		noted, err := tx.AcknowledgeAlarm(id, callerOf(c).person, strings.TrimSpace(or(in.Note, "")), s.now())
		if err == nil && !noted {
			err = failure(kindState, "the alarm is over")
		}
		if err != nil {
			return reply{}, err
		}
		if err := s.audit(c, tx, "alarm.acknowledge", id, map[string]any{"kind": a.Kind, "workflow": a.Workflow}); err != nil {
			return reply{}, err
		}
		if a, err = tx.Alarm(id); err != nil {
			return reply{}, err
		}
		shown, err := shapeAlarm(a)
		return ok(shown), err
	})
}

// GetWatch compares the time since the last publish with as much time before it.
func (s *server) GetWatch(c *gin.Context, key string) {
	s.readWithin(c, storeWork, func(tx *store.Tx) (reply, error) {
		w, err := tx.LastWatch(key)
		if errors.Is(err, store.ErrNotFound) {
			return reply{}, failure(kindNotFound, "the workflow was not published, or there is no such workflow")
		}
		if err != nil {
			return reply{}, err
		}
		var figures alarms.Comparison
		if len(w.Figures) > 0 {
			err = w.Figures.Decode(&figures)
		} else {
			figures, err = alarms.Compare(tx, w, s.now())
		}
		return ok(gen.Watch{
			Workflow: w.Workflow, Version: w.Version, Person: w.Person, StartedAt: w.StartedAt.UTC(), EndsAt: w.EndsAt.UTC(), DoneAt: utc(w.DoneAt),
			Until: figures.Until, Before: shapeCount(figures.Before), After: shapeCount(figures.After), Summary: figures.Summary,
		}), err
	})
}

func shapeCount(n alarms.Count) gen.WatchCount {
	return gen.WatchCount{Entered: n.Entered, Finished: n.Finished, Attempted: n.Attempted, Errors: n.Errors, Late: n.Late}
}

// settingsAnswer is the answer of the settings of alarms: what is in force, and what was set here.
type settingsAnswer struct {
	Settings alarms.Settings `json:"settings"`
	Own      any             `json:"own"`
}

func (s *server) GetAlarmSettings(c *gin.Context) {
	s.read(c, func(tx *store.Tx) (reply, error) { return alarmSettingsReply(tx, "") })
}

// GetWorkflowAlarmSettings reads the settings in force for a workflow.
func (s *server) GetWorkflowAlarmSettings(c *gin.Context, key string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		if _, err := tx.Workflow(key); err != nil {
			return reply{}, err
		}
		return alarmSettingsReply(tx, key)
	})
}

func alarmSettingsReply(tx *store.Tx, workflow string) (reply, error) {
	settings, err := alarms.SettingsOf(tx, workflow)
	if err != nil {
		return reply{}, err
	}
	own, err := tx.AlarmSettings(workflow)
	if err != nil {
		return reply{}, err
	}
	return ok(settingsAnswer{settings, rawObject(own)}), nil
}

func (s *server) PatchAlarmSettings(c *gin.Context) { s.patchAlarmSettings(c, "") }

// PatchWorkflowAlarmSettings overrides the account for one workflow.
func (s *server) PatchWorkflowAlarmSettings(c *gin.Context, key string) {
	s.patchAlarmSettings(c, key)
}

func (s *server) patchAlarmSettings(c *gin.Context, workflow string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		patch, err := bodyObject(c)
		if err != nil {
			return reply{}, err
		}
		if workflow != "" {
			if _, err := tx.LockWorkflow(workflow); err != nil {
				return reply{}, err
			}
		}
		before, err := tx.AlarmSettings(workflow)
		if err != nil {
			return reply{}, err
		}
		own, err := decodeObject(before)
		if err != nil {
			return reply{}, err
		}
		set, err := store.ToJSON(mergePatch(own, patch))
		if err != nil {
			return reply{}, err
		}
		if wrong := alarms.Check(set); len(wrong) > 0 {
			return reply{}, invalidRequest(wrong)
		}
		if err := tx.SaveAlarmSettings(workflow, set); err != nil {
			return reply{}, err
		}
		if err := s.audit(c, tx, "alarm_settings.update", workflow, patch); err != nil {
			return reply{}, err
		}
		return alarmSettingsReply(tx, workflow)
	})
}
