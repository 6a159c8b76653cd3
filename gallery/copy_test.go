package gallery_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/gallery"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

// data is what the standard events carry; a merge field beyond it would come out
// empty in somebody's mail.
var data = map[string]string{
	"form.submitted":          `{"form": "newsletter", "fields": {}}`,
	"purchase.completed":      `{"order_id": "A-1", "product": "program-a", "product_name": "Program A", "amount": 497, "currency": "USD"}`,
	"purchase.refunded":       `{"order_id": "A-1", "product": "program-a", "product_name": "Program A", "amount": 497, "currency": "USD"}`,
	"payment.failed":          `{"payment_id": "P-1", "order_id": "A-1", "amount": 497, "currency": "USD", "attempt": 1}`,
	"cart.abandoned":          `{"cart_id": "K-1", "amount": 80, "currency": "USD", "items": [], "url": "https://shop.example/K-1"}`,
	"appointment.booked":      `{"appointment_id": "M-1", "calendar": "studio", "start": "2026-03-11T15:00:00Z", "end": "2026-03-11T16:00:00Z"}`,
	"appointment.rescheduled": `{"appointment_id": "M-1", "calendar": "studio", "start": "2026-03-11T15:00:00Z", "end": "2026-03-11T16:00:00Z"}`,
	"appointment.no_show":     `{"appointment_id": "M-1", "calendar": "studio", "start": "2026-03-11T15:00:00Z", "end": "2026-03-11T16:00:00Z"}`,
	"contract.signed":         `{"contract_id": "C-1", "plan": "retainer", "amount": 5000, "currency": "USD", "signed_at": "2026-03-04"}`,
	"order.created":           `{"order_id": "B-1", "amount": 60, "currency": "EUR", "items": []}`,
	"order.fulfilled":         `{"order_id": "B-1", "amount": 60, "currency": "EUR", "items": [], "tracking_url": "https://track.example/1"}`,
	"order.delivered":         `{"order_id": "B-1", "amount": 60, "currency": "EUR", "items": []}`,
	"review.posted":           `{"order_id": "B-1", "rating": 5}`,
}

func decoded(t *testing.T, raw string) object {
	t.Helper()
	value, err := expr.DecodeJSON([]byte(raw))
	require.NoError(t, err)
	return value.(object)
}

// scope holds a contact of whom everything is known, and the given events.
func scope(t *testing.T, trigger, event string) *expr.Scope {
	t.Helper()
	happened := func(kind string) object {
		e := expr.Event{ID: "evt", Type: kind, OccurredAt: instant(t, wednesday)}
		if kind != "" {
			require.NotEmpty(t, data[kind], "%s is a standard event", kind)
			e.Data = decoded(t, data[kind])
		}
		return expr.EventRoot(e)
	}
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	contact := passage{contact: object{"last_name": "Lee", "phone": "+1 212 555 0100", "fields": object{"birthday": "1990-03-04", "trial_ends_on": "2026-03-07"}}}.person()
	return &expr.Scope{Now: instant(t, wednesday), Location: location, Roots: object{
		"contact": contact, "trigger": happened(trigger), "event": happened(event), "account": object{"name": "Studio", "timezone": "UTC", "currency": "USD"},
		"vars": object{}, "enrollment": object{}, expr.UnsubscribeURL: nodes.SampleUnsubscribeURL,
	}}
}

// mentions are the events whose data a step may see: what enrolled, or what a wait took.
func mentions(d *definition.Definition) (triggers, events []string) {
	for _, trigger := range d.Triggers {
		triggers = append(triggers, trigger.Event)
	}
	events = triggers
	for _, id := range d.Order {
		if wait, ok := d.Nodes[id].Settings.(*nodes.WaitEvent); ok {
			for _, awaited := range wait.Events {
				if data[awaited.Event] != "" {
					events = append(events, awaited.Event)
				}
			}
		}
	}
	return triggers, events
}

var filledAnswers = map[string]object{
	gallery.KindURL: {"value": "https://studio.example/page"}, gallery.KindText: {"value": "Some words"}, gallery.KindEmail: {"value": "team@studio.example"},
}

// full are answers to every blank that has none by default.
func full(template *gallery.Template) object {
	answers := object{}
	for _, blank := range template.Blanks {
		if value := filledAnswers[blank.Kind]["value"]; value != nil && blank.Default == "" {
			answers[blank.Key] = value
		}
	}
	return answers
}

func each(t *testing.T, run func(t *testing.T, template *gallery.Template, given object)) {
	t.Helper()
	for _, template := range gallery.Templates() {
		for name, given := range map[string]object{"no answers": {}, "all answers": full(template)} {
			t.Run(template.Key+"/"+name, func(t *testing.T) {
				t.Parallel()
				run(t, template, given)
			})
		}
	}
}

// TestEveryMergeFieldIsReal renders each mail strictly for each trigger: somewhere the
// field must have a value.
func TestEveryMergeFieldIsReal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, template *gallery.Template, given object) {
		w := install(t, template.Key, given)
		triggers, events := mentions(w.definition)
		for _, id := range w.definition.Order {
			for name, source := range texts(w, id) {
				var failures []string
				for _, trigger := range triggers {
					for _, event := range events {
						out, err := expr.Render(source, scope(t, trigger, event), expr.RenderOptions{Strict: true, HTML: name == "html"})
						if err != nil {
							failures = append(failures, err.Error())
							continue
						}
						wellWritten(t, out, id+" "+name)
					}
				}
				require.Less(t, len(failures), len(triggers)*len(events), "%s %s: %v", id, name, failures)
			}
		}
	})
}

// texts are what a step writes for people, by setting.
func texts(w installed, id string) map[string]string {
	raw, _ := w.definition.Raw["nodes"].(object)[id].(object)
	with, _ := raw["with"].(object)
	found := map[string]string{}
	for _, key := range []string{"subject", "body", "title", "text"} {
		if s, ok := with[key].(string); ok {
			found[key] = s
		}
	}
	if key, ok := with["template"].(string); ok {
		need := w.need(gallery.NeedEmailTemplate, key)
		found["subject"], found["html"], found["plain"] = need.Subject, need.HTML, need.Text
	}
	return found
}

var unfinished = regexp.MustCompile(`(?i)<<|>>|\{\{|%\}|lorem|\bTODO\b|  +\S|\n{3}|[ \t]+\n`)

// orphan is a line that goes on from one that was left out.
var orphan = regexp.MustCompile(`(?m)^Or [^:]*$`)

func wellWritten(t *testing.T, text, where string) {
	t.Helper()
	require.NotEmpty(t, strings.TrimSpace(text), where)
	require.Empty(t, unfinished.FindString(text), "%s:\n%s", where, text)
	require.Empty(t, orphan.FindString(text), "%s:\n%s", where, text)
	require.NotContains(t, strings.ReplaceAll(text, "<!", ""), "!", where)
}

func TestMarketingMailsHaveAWayOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, template *gallery.Template, given object) {
		w := install(t, template.Key, given)
		for _, id := range w.definition.Order {
			mail, ok := w.definition.Nodes[id].Settings.(*nodes.Email)
			if !ok {
				continue
			}
			if class := mail.EffectiveClass(w.mail(mail.Template)); class == nodes.ClassMarketing {
				require.Contains(t, mail.Body, "{{ unsubscribe_url }}", id)
				require.NotEmpty(t, w.definition.Exits, "%s has an exit", template.Key)
			}
		}
	})
}

func TestTemplatesAreDescribed(t *testing.T) {
	t.Parallel()
	for _, template := range gallery.Templates() {
		require.NotEmpty(t, template.Category, template.Key)
		require.Greater(t, len(template.Description), 100, template.Key)
		require.Positive(t, template.Minutes, template.Key)
		w := install(t, template.Key, nil)
		require.Equal(t, template.Name, w.definition.Name)
		require.LessOrEqual(t, len(w.definition.Order), 25)
		for _, id := range w.definition.Order {
			raw, _ := w.definition.Raw["nodes"].(object)[id].(object)
			require.NotEmpty(t, raw["name"], "%s %s", template.Key, id)
		}
		for _, blank := range template.Blanks {
			require.NotEmpty(t, blank.Label, "%s %s", template.Key, blank.Key)
			require.NotEmpty(t, blank.Help, "%s %s", template.Key, blank.Key)
			require.True(t, !blank.Required || blank.Default != "", "%s %s has an answer without one", template.Key, blank.Key)
			require.True(t, blank.Empty == "" || len(blank.Off) > 0, "%s %s: what stands for nothing never runs", template.Key, blank.Key)
		}
	}
}

// TestEveryBlankIsUsed changes one answer after the other and sees another document,
// or other needs.
func TestEveryBlankIsUsed(t *testing.T) {
	t.Parallel()
	other := object{
		gallery.KindText: "Something else", gallery.KindEmail: "else@studio.example", gallery.KindURL: "https://else.example", gallery.KindNumber: 2.0,
		gallery.KindDuration: "5h", gallery.KindTime: "07:45", gallery.KindEvent: "something.else", gallery.KindSecret: "https://hooks.example/else",
		gallery.KindChoice: "trigger.signed_at",
	}
	for _, template := range gallery.Templates() {
		before := written(t, template, nil)
		for _, blank := range template.Blanks {
			value := other[blank.Kind]
			if value == nil {
				value = "something-else"
			}
			require.NotEqual(t, before, written(t, template, object{blank.Key: value}), "%s %s", template.Key, blank.Key)
		}
	}
}

func written(t *testing.T, template *gallery.Template, given object) string {
	t.Helper()
	w := install(t, template.Key, given)
	needs, err := json.Marshal(w.needs)
	require.NoError(t, err)
	return fmt.Sprint(string(w.definition.Canonical()), string(needs))
}

// TestNeedsCoverWhatIsUsed: everything that a definition refers to is among its needs;
// events and tags need nobody.
func TestNeedsCoverWhatIsUsed(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{"template": gallery.NeedEmailTemplate, "pipeline": gallery.NeedPipeline, "course": gallery.NeedCourse, "workflow": gallery.NeedWorkflow, "file": gallery.NeedFile}
	each(t, func(t *testing.T, template *gallery.Template, given object) {
		w := install(t, template.Key, given)
		for _, r := range w.definition.References() {
			switch {
			case r.Kind == "stage":
				_, _, found := w.stage(r.Of, r.Key)
				require.True(t, found, "stage %s/%s", r.Of, r.Key)
			case kinds[r.Kind] != "":
				require.NotNil(t, w.need(kinds[r.Kind], r.Key), "%s %s", r.Kind, r.Key)
			default:
				require.Contains(t, []string{"event", "secret"}, r.Kind, r.Key)
			}
		}
		for _, need := range w.needs {
			if need.Sample != "" {
				content, err := gallery.Sample(need.Sample)
				require.NoError(t, err)
				require.NotEmpty(t, content)
			}
			if need.Template != "" {
				other := gallery.Find(need.Template)
				require.NotNil(t, other)
				_, faults := other.Answer(need.Answers)
				require.Empty(t, faults)
			}
		}
	})
}
