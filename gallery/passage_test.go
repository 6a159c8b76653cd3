package gallery_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/gallery"
	"fermata/interpreter/calendar"
	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/interpreter/rehearse"
)

type object = map[string]any

// event is something that happens so long after the start.
type event struct {
	at, kind string
	data     object
}

// passage is one rehearsal of a template: who comes in by what, what happens
// meanwhile, and the story that must come of it.
type passage struct {
	name, template string
	answers        object
	contact        object // on top of Ana in New York
	trigger        event  // at is not used
	occurred       string // when the trigger happened; default the start
	start          string
	events         []event
	story          string // one line for each step, see tell
}

const (
	zone      = "America/New_York"
	wednesday = "2026-03-04T16:30:00Z" // 11:30 in New York; summer time begins on the Sunday after
)

// installed is a template as an install without a store leaves it.
type installed struct {
	definition *definition.Definition
	needs      []gallery.Need
}

func install(t *testing.T, key string, given object) installed {
	t.Helper()
	template := gallery.Find(key)
	require.NotNil(t, template, key)
	answers, faults := template.Answer(given)
	require.Empty(t, faults)
	secrets, faults := template.Secrets(answers, func(string) bool { return false })
	require.Empty(t, faults)
	require.LessOrEqual(t, len(secrets), 1)
	document, err := template.Document(key, template.Name, answers)
	require.NoError(t, err)
	def, problems := definition.Parse(document, false)
	require.Empty(t, problems)
	require.Empty(t, def.Validate(nil), key)
	needs, err := template.Needs(answers)
	require.NoError(t, err)
	return installed{definition: def, needs: needs}
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}

// run carries the contact through; what no trigger takes in is a failure.
func (p passage) run(t *testing.T) (installed, rehearse.Result) {
	t.Helper()
	w := install(t, p.template, p.answers)
	if p.start == "" {
		p.start = wednesday
	}
	in := rehearse.Input{
		Definition: w.definition, Contact: p.person(), Start: instant(t, p.start), Location: time.UTC, Account: object{"name": "Studio", "currency": "USD"},
		Trigger:  p.trigger.happened(t),
		Template: w.mail, Stage: w.stage, Course: w.course,
	}
	if p.occurred != "" {
		in.Trigger.OccurredAt = instant(t, p.occurred)
	}
	for _, e := range p.events {
		at, err := calendar.ParseDuration(e.at)
		require.NoError(t, err)
		in.Events = append(in.Events, rehearse.Injection{At: at, Event: e.happened(t)})
	}
	require.True(t, takes(t, w.definition, in.Trigger), "the trigger takes the contact in")
	result, err := rehearse.Run(in)
	require.NoError(t, err)
	return w, result
}

// happened is the event with its data as they come out of JSON.
func (e event) happened(t *testing.T) expr.Event {
	t.Helper()
	raw, err := json.Marshal(e.data)
	require.NoError(t, err)
	value, err := expr.DecodeJSON(raw)
	require.NoError(t, err)
	data, _ := value.(object)
	return expr.Event{Type: e.kind, Data: data}
}

func (p passage) person() object {
	contact := object{
		"id": "con_ana", "email": "ana@example.com", "first_name": "Ana", "last_name": nil, "phone": nil, "timezone": zone,
		"subscribed": true, "fields": object{},
	}
	maps.Copy(contact, p.contact)
	return contact
}

// takes reports whether one of the triggers takes an event; those by hand, date and
// inactivity have no event.
func takes(t *testing.T, d *definition.Definition, e expr.Event) bool {
	t.Helper()
	for _, trigger := range d.Triggers {
		switch {
		case e.Type == "" && trigger.Type != definition.TriggerEvent:
			return true
		case trigger.Type != definition.TriggerEvent || trigger.Event != e.Type:
			continue
		}
		holds, _, err := trigger.Where.Eval((&expr.Scope{}).WithEvent(e))
		require.NoError(t, err)
		if holds {
			return true
		}
	}
	return false
}

func (w installed) need(kind, key string) *gallery.Need {
	for i := range w.needs {
		if w.needs[i].Kind == kind && w.needs[i].Key == key {
			return &w.needs[i]
		}
	}
	return nil
}

func (w installed) mail(key string) *nodes.TemplateSource {
	need := w.need(gallery.NeedEmailTemplate, key)
	if need == nil {
		return nil
	}
	return &nodes.TemplateSource{Subject: need.Subject, HTML: need.HTML, Text: need.Text, Class: need.Class}
}

func (w installed) course(key string) bool { return w.need(gallery.NeedCourse, key) != nil }

func (w installed) stage(pipeline, stage string) (key, kind string, found bool) {
	need := w.need(gallery.NeedPipeline, pipeline)
	if need == nil {
		return "", "", false
	}
	for _, s := range need.Stages {
		if stage == "" || s.Key == stage {
			return s.Key, s.Kind, true
		}
	}
	return "", "", false
}

// tell writes one line for each step, `node Mon 2 Jan 15:04 port: effect` in the
// contact's time, and one for the end. The ports next and the status done go unsaid.
func tell(t *testing.T, r rehearse.Result, contact object) []string {
	t.Helper()
	name, _ := contact["timezone"].(string)
	location, ok := calendar.Zone(name)
	require.True(t, ok)
	story := make([]string, 0, len(r.Steps)+1)
	for _, step := range r.Steps {
		line := step.Node + " " + step.At.In(location).Format("Mon 2 Jan 15:04")
		if step.Port != "" && step.Port != "next" {
			line += " " + step.Port
		}
		if step.Status != "done" {
			line += " " + strings.TrimSpace(step.Status+" "+step.Reason)
		}
		if step.Effect != nil {
			line += ": " + effect(t, step.Effect)
		}
		story = append(story, line)
	}
	end := []string{r.Status}
	for _, word := range []string{r.Outcome, r.Reason} {
		if word != "" {
			end = append(end, word)
		}
	}
	return append(story, strings.Join(end, " "))
}

// effect is the heart of an effect. Nothing may be missing on the installation.
func effect(t *testing.T, shown any) string {
	t.Helper()
	raw, err := json.Marshal(shown)
	require.NoError(t, err)
	var e struct {
		Kind, Subject, Text, Title, Course, Workflow, Correlate, Channel, Class string
		Enroll                                                                  bool
		To, Add, Remove, Attachments, Missing                                   []string
		Data, Deal                                                              object
	}
	require.NoError(t, json.Unmarshal(raw, &e), string(raw))
	require.Empty(t, e.Missing)
	switch e.Kind {
	case "mail":
		line := e.Subject
		if len(e.Attachments) > 0 {
			line += " with " + strings.Join(e.Attachments, ", ")
		}
		if to := strings.Join(e.To, ", "); to != "ana@example.com" {
			line += " to " + to
		}
		return line
	case "tag":
		if len(e.Remove) > 0 {
			return "without " + strings.Join(e.Remove, ", ")
		}
		return strings.Join(e.Add, ", ")
	case "course":
		return fmt.Sprintf("%s enrolled %v", e.Course, e.Enroll)
	case "deal":
		return strings.TrimSpace(fmt.Sprintf("%v %v %v", e.Deal["pipeline"], e.Deal["stage"], e.Deal["owner"]))
	case "enroll_in":
		return fmt.Sprintf("%s %v", e.Workflow, e.Data)
	case "remove_from":
		return e.Workflow + " " + e.Correlate
	case "task":
		return e.Title
	case "slack":
		return e.Text
	case "unsubscribe":
		return e.Channel
	}
	return string(raw)
}

// lines are those of a story, without its indentation.
func lines(story string) []string {
	list := strings.Split(strings.TrimSpace(story), "\n")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// passages are the rehearsals of all templates.
func passages() []passage {
	var all []passage
	for _, some := range []func() []passage{
		agencyOnboarding, courseOnboarding, welcome, leadMagnet, postPurchase, refund, abandonedCart,
		orderStatus, reviewRequest, appointmentReminders, birthday, failedPayment, trialEnd, reEngagement, listHygiene,
	} {
		all = append(all, some()...)
	}
	return all
}

func TestRehearsals(t *testing.T) {
	t.Parallel()
	for _, p := range passages() {
		t.Run(p.template+"/"+p.name, func(t *testing.T) {
			t.Parallel()
			_, result := p.run(t)
			require.Equal(t, lines(p.story), tell(t, result, p.person()))
		})
	}
}

// elsewhere are the ways that no rehearsal can go, and what tests them.
var elsewhere = map[string]string{
	"trial-end step keep":          "TestTrialOfSomebodyActive: it asks what happened before the passage",
	"trial-end port active/active": "TestTrialOfSomebodyActive",
	"post-purchase exit refunded":  "nothing waits: it ends between two tries of an action",
}

// TestRehearsalsGoEverywhere: every step, every way out of a decision or a wait for
// events, and every exit of every template is in a rehearsal.
func TestRehearsalsGoEverywhere(t *testing.T) {
	t.Parallel()
	gone := map[string]bool{}
	for _, p := range passages() {
		w, result := p.run(t)
		for _, step := range result.Steps {
			if step.Status == "exited" {
				gone[w.definition.Key+" exit "+step.Reason] = true
			}
			gone[w.definition.Key+" step "+step.Node] = true
			gone[w.definition.Key+" port "+step.Node+"/"+step.Port] = true
		}
	}
	for _, template := range gallery.Templates() {
		w := install(t, template.Key, nil)
		ways := []string{}
		for _, exit := range w.definition.Exits {
			ways = append(ways, " exit "+exit.ID)
		}
		for _, id := range w.definition.Order {
			ways = append(ways, " step "+id)
			node := w.definition.Nodes[id]
			if node.MainPort() != "" {
				continue
			}
			for _, port := range node.Settings.Ports() {
				ways = append(ways, " port "+id+"/"+port)
			}
		}
		for _, way := range ways {
			name := template.Key + way
			require.NotEqual(t, gone[name], elsewhere[name] != "", "%s: in a rehearsal, or in the list of those that cannot be", name)
		}
	}
}
