package store

import (
	"errors"
	"time"
)

// Alarm is trouble of one kind with one workflow, or with the account as a whole, from when it was
// seen until it is over. There is at most one open alarm of a kind and workflow.
type Alarm struct {
	ID       string `gorm:"primaryKey"`
	Kind     string
	Workflow string // "" for the account
	Summary  string // in words, as of SeenAt; it names no person
	Measured JSON   // the figures behind the summary
	Changes  JSON   // what was changed nearby, the likeliest first
	BeganAt  time.Time
	OpenedAt time.Time
	SeenAt   time.Time // when the trouble was last seen
	// CalmSince is since when it has not been seen; nil while it is.
	CalmSince      *time.Time
	EndedAt        *time.Time
	RemindAt       time.Time // no reminder before this instant
	Reminders      int
	AcknowledgedAt *time.Time
	AcknowledgedBy string
	Note           string
}

// Open reports whether the alarm is not over.
func (a *Alarm) Open() bool { return a.EndedAt == nil }

// AlarmFilter selects alarms; empty fields select all.
type AlarmFilter struct {
	Kind, Workflow string
	Open           *bool
}

// CreateAlarm adds an open alarm; ErrConflict when there is one of the kind and workflow.
func (tx *Tx) CreateAlarm(a *Alarm) error {
	if a.ID == "" {
		a.ID = NewID("alarm")
	}
	return tx.insert(a)
}

// Alarm returns one alarm.
func (tx *Tx) Alarm(id string) (*Alarm, error) { return first[Alarm](tx, "id = ?", id) }

// OpenAlarms lists the alarms that are not over.
func (tx *Tx) OpenAlarms() ([]Alarm, error) {
	return all[Alarm](tx, "WHERE ended_at IS NULL ORDER BY id")
}

// ListAlarms lists alarms, newest first.
func (tx *Tx) ListAlarms(f AlarmFilter, page Page) ([]Alarm, string, error) {
	q := newestFirst(page)
	q.equal("kind", f.Kind)
	q.equal("workflow", f.Workflow)
	if f.Open != nil && *f.Open {
		q.and("ended_at IS NULL")
	} else if f.Open != nil {
		q.and("ended_at IS NOT NULL")
	}
	return listByID(tx, q, func(a *Alarm) string { return a.ID })
}

// CountAlarms counts the open alarms by kind.
func (tx *Tx) CountAlarms() (map[string]int, error) {
	var rows []struct {
		Kind string
		N    int
	}
	if _, err := tx.scan(&rows, "SELECT kind, count(*) AS n FROM alarms WHERE ended_at IS NULL GROUP BY kind"); err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, row := range rows {
		counts[row.Kind] = row.N
	}
	return counts, nil
}

// SaveAlarm writes what was seen of an alarm. What a person said about it stays as it is.
func (tx *Tx) SaveAlarm(a *Alarm) error {
	return tx.update(a, "AcknowledgedAt", "AcknowledgedBy", "Note")
}

// AcknowledgeAlarm notes that a person knows of an open alarm; false when it is over. The first word
// stands until another note is given.
func (tx *Tx) AcknowledgeAlarm(id, person, note string, at time.Time) (bool, error) {
	n, err := tx.exec(`UPDATE alarms SET acknowledged_at = COALESCE(acknowledged_at, ?), acknowledged_by = ?, note = ?
		WHERE id = ? AND ended_at IS NULL`, at, person, note, id)
	return n > 0, err
}

// alarmSettings is a row of alarm_settings.
type alarmSettings struct {
	Workflow  string `gorm:"primaryKey"`
	Settings  JSON
	UpdatedAt time.Time
}

// TableName is GORM's way to ask for the table.
func (alarmSettings) TableName() string { return "alarm_settings" }

// AlarmSettings returns what was set for a workflow, or for the account under ""; nil for nothing.
func (tx *Tx) AlarmSettings(workflow string) (JSON, error) {
	row, err := first[alarmSettings](tx, "workflow = ?", workflow)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return row.Settings, nil
}

// AllAlarmSettings returns everything that was set, by workflow; "" is the account.
func (tx *Tx) AllAlarmSettings() (map[string]JSON, error) {
	rows, err := all[alarmSettings](tx, "")
	if err != nil {
		return nil, err
	}
	set := map[string]JSON{}
	for _, row := range rows {
		set[row.Workflow] = row.Settings
	}
	return set, nil
}

// SaveAlarmSettings keeps the settings of a workflow, or of the account under "".
func (tx *Tx) SaveAlarmSettings(workflow string, settings JSON) error {
	return tx.upsert(&alarmSettings{Workflow: workflow, Settings: settings, UpdatedAt: wallClock()}, "workflow")
}

// AlarmChannel is where alarms are told.
type AlarmChannel struct {
	ID   string `gorm:"primaryKey"`
	Name string
	Type string // mail | slack | webhook
	// Target holds {to: […]} of mail, {url} of the others; a url may be secret:name.
	Target    JSON
	Sign      string // secret:name that calls are signed with, or ""
	Kinds     JSON   // list of kinds; empty = all
	Workflows JSON   // list of keys; empty = all
	Enabled   bool
	Error     string     // of the last notice that could not be handed over, "" after one that was
	ErrorAt   *time.Time // when that was
	SentAt    *time.Time // when the last notice was handed over
	CreatedAt time.Time
	UpdatedAt time.Time
}

// CreateAlarmChannel adds a channel.
func (tx *Tx) CreateAlarmChannel(c *AlarmChannel) error {
	if c.ID == "" {
		c.ID = NewID("chan")
	}
	return tx.insert(c)
}

// AlarmChannel returns one channel.
func (tx *Tx) AlarmChannel(id string) (*AlarmChannel, error) {
	return first[AlarmChannel](tx, "id = ?", id)
}

// ListAlarmChannels lists channels, newest first.
func (tx *Tx) ListAlarmChannels(page Page) ([]AlarmChannel, string, error) {
	return listByID(tx, newestFirst(page), func(c *AlarmChannel) string { return c.ID })
}

// EnabledAlarmChannels lists the channels that are told of alarms.
func (tx *Tx) EnabledAlarmChannels() ([]AlarmChannel, error) {
	return all[AlarmChannel](tx, "WHERE enabled ORDER BY id")
}

// UpdateAlarmChannel writes what people decide about a channel.
func (tx *Tx) UpdateAlarmChannel(c *AlarmChannel) error {
	return tx.update(c, "Error", "ErrorAt", "SentAt")
}

// NoteAlarmChannel notes how the last notice on a channel went; message is "" when it was handed over.
func (tx *Tx) NoteAlarmChannel(id, message string, at time.Time) error {
	set := "sent_at = ?, error = '', error_at = NULL"
	args := []any{at, id}
	if message != "" {
		set, args = "error_at = ?, error = ?", []any{at, message, id}
	}
	_, err := tx.exec("UPDATE alarm_channels SET "+set+" WHERE id = ?", args...)
	return err
}

// DeleteAlarmChannel removes a channel and what is still to be said on it.
func (tx *Tx) DeleteAlarmChannel(id string) error {
	return tx.remove("DELETE FROM alarm_channels WHERE id = ?", id)
}
