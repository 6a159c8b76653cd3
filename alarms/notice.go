package alarms

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"fermata/store"
)

// Kinds of notice.
const (
	noticeOpened   = "opened"
	noticeReminder = "reminder"
	noticeEnded    = "ended"
	noticeSummary  = "summary"
	noticeTest     = "test"
)

// Content is what a notice says: Subject and Text to people, Payload to a webhook.
type Content struct {
	Subject string          `json:"subject"`
	Text    string          `json:"text"`
	Payload json.RawMessage `json:"payload"`
}

// payload is the body of a webhook, in the form that Standard Webhooks recommends.
type payload struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// alarmData is an alarm as a webhook tells it.
type alarmData struct {
	ID             string          `json:"id"`
	Kind           string          `json:"kind"`
	Workflow       *string         `json:"workflow"`
	Summary        string          `json:"summary"`
	Measured       json.RawMessage `json:"measured"`
	Changes        json.RawMessage `json:"changes"`
	BeganAt        time.Time       `json:"began_at"`
	OpenedAt       time.Time       `json:"opened_at"`
	EndedAt        *time.Time      `json:"ended_at"`
	AcknowledgedBy string          `json:"acknowledged_by,omitempty"`
	URL            string          `json:"url,omitempty"`
}

// newContent makes a notice with its payload.
func newContent(subject string, lines []string, kind string, at time.Time, data any) (Content, error) {
	raw, err := json.Marshal(payload{Type: kind, Timestamp: at.UTC(), Data: data})
	if err != nil {
		return Content{}, fmt.Errorf("encode notice: %w", err)
	}
	return Content{Subject: subject, Text: strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n\n") + "\n", Payload: raw}, nil
}

// sentence makes a summary a sentence.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// tell queues a notice about an alarm: the first for every channel that wants it, the all-clear for
// those that were told before.
func (w *writer) tell(a *store.Alarm, kind string, nth int) error {
	content, err := w.alarmContent(a, kind)
	if err != nil {
		return err
	}
	var told []store.Notice
	if kind == noticeEnded {
		if told, err = w.tx.Notices(a.ID); err != nil {
			return fmt.Errorf("read notices: %w", err)
		}
	}
	return w.queue(a.ID, kind, nth, content, func(c *store.AlarmChannel) (bool, error) {
		if kind == noticeEnded {
			return slices.ContainsFunc(told, func(n store.Notice) bool { return n.ChannelID == c.ID && n.State != store.NoticeCanceled }), nil
		}
		return wants(c, a.Kind, a.Workflow)
	})
}

// wants reports whether a channel is told of a kind and workflow.
func wants(c *store.AlarmChannel, kind, workflow string) (bool, error) {
	var kinds, workflows []string
	if err := c.Kinds.Decode(&kinds); err != nil {
		return false, fmt.Errorf("read kinds of channel: %w", err)
	}
	if err := c.Workflows.Decode(&workflows); err != nil {
		return false, fmt.Errorf("read workflows of channel: %w", err)
	}
	return (len(kinds) == 0 || slices.Contains(kinds, kind)) &&
		(len(workflows) == 0 || slices.Contains(workflows, workflow)), nil
}

func (w *writer) queue(about, kind string, nth int, content Content, to func(*store.AlarmChannel) (bool, error)) error {
	raw, err := store.ToJSON(content)
	if err != nil {
		return err
	}
	for i := range w.channels {
		c := &w.channels[i]
		if wanted, err := to(c); err != nil || !wanted {
			if err != nil {
				return err
			}
			continue
		}
		added, err := w.tx.AddNotice(&store.Notice{
			ChannelID: c.ID, Subject: about, Nth: nth, Kind: kind, Content: raw, NotBefore: w.now, CreatedAt: w.now,
		})
		if err != nil {
			return fmt.Errorf("queue notice: %w", err)
		}
		if added {
			w.queued++
		}
	}
	return nil
}

// alarmContent says an alarm in words.
func (w *writer) alarmContent(a *store.Alarm, kind string) (Content, error) {
	title := titles[a.Kind] + ": " + about(a.Workflow)
	var changes []Change
	if err := a.Changes.Decode(&changes); err != nil {
		return Content{}, fmt.Errorf("read changes of alarm: %w", err)
	}
	lines := []string{sentence(a.Summary), said(changes)}
	switch kind {
	case noticeReminder:
		title = "Still: " + title
		lines = append(lines, fmt.Sprintf("It has gone on for %s and nobody has acknowledged it.", span(w.now.Sub(a.OpenedAt))))
	case noticeEnded:
		title = "Over: " + title
		lines = []string{
			fmt.Sprintf("It is over. It was seen for %s, last %s.", span(a.SeenAt.Sub(a.OpenedAt)), moment(a.SeenAt, w.zone)),
			"Last seen: " + a.Summary + ".", said(changes),
		}
	}
	link := w.link(a.Workflow)
	lines = append(lines, "Began: "+moment(a.BeganAt, w.zone)+".", link, "Alarm "+a.ID)
	data := alarmData{
		ID: a.ID, Kind: a.Kind, Summary: a.Summary, Measured: json.RawMessage(a.Measured), Changes: json.RawMessage(a.Changes),
		BeganAt: a.BeganAt.UTC(), OpenedAt: a.OpenedAt.UTC(), EndedAt: a.EndedAt, AcknowledgedBy: a.AcknowledgedBy, URL: link,
	}
	if a.Workflow != "" {
		data.Workflow = &a.Workflow
	}
	return newContent(title, lines, "alarm."+kind, w.now, data)
}

// said puts changes into a sentence, the likeliest first.
func said(changes []Change) string {
	if len(changes) == 0 {
		return "Nothing was changed shortly before."
	}
	words := "Since " + changes[0].Words + "."
	for _, c := range changes[1:] {
		words += " Also nearby: " + c.Words + "."
	}
	return words
}

func (w *writer) link(workflow string) string {
	if w.base == "" || workflow == "" {
		return w.base
	}
	return strings.TrimSuffix(w.base, "/") + "/workflows/" + url.PathEscape(workflow)
}
