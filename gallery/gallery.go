// Package gallery holds the workflows that an operator can start from: each a
// definition with blanks, the copy of its mails, and what it needs on the
// installation. It is for the API, which installs them.
//
// It knows no store and no HTTP: it checks answers and writes documents; who calls
// it creates what is missing. Answers are put into the parsed document, never into
// text, so that none of them can become a key, a step or a merge field.
package gallery

import (
	"bytes"
	"embed"
	"fmt"
	"sync"

	"gopkg.in/yaml.v3"
)

//go:embed templates/*.yaml
var templateFiles embed.FS

//go:embed files/*
var sampleFiles embed.FS

// order is the gallery as people see it.
var order = []string{
	"welcome", "lead-magnet", "post-purchase", "course-onboarding", "agency-onboarding", "order-status", "abandoned-cart", "refund",
	"appointment-reminders", "review-request", "birthday", "failed-payment", "trial-end", "re-engagement", "list-hygiene",
}

// Template is one workflow of the gallery.
type Template struct {
	Key         string  `yaml:"-"`
	Name        string  `yaml:"name"`
	Category    string  `yaml:"category"`
	Description string  `yaml:"description"`
	Blanks      []Blank `yaml:"blanks"`
	// Minutes are saved by each passage, as the definition's manual_minutes says.
	Minutes float64 `yaml:"-"`

	Needed     yaml.Node `yaml:"needs"`
	Definition yaml.Node `yaml:"definition"`
}

// Blank is a question to the operator. Every blank has an answer without one: its
// default, which may be empty when it is not required.
type Blank struct {
	Key   string `yaml:"key"`
	Label string `yaml:"label"`
	Help  string `yaml:"help"`
	// Kind says what an answer must be; see the constants.
	Kind     string   `yaml:"kind"`
	Default  any      `yaml:"default"`
	Required bool     `yaml:"required"`
	Options  []Option `yaml:"options"`
	// Min and Max bound a number.
	Min *float64 `yaml:"min"`
	Max *float64 `yaml:"max"`

	// Off are the steps that are switched off while the blank is empty.
	Off []string `yaml:"off"`
	// Empty stands in the document where an empty answer would make it unreadable.
	Empty string `yaml:"when_empty"`
}

// Option is one answer to a choice.
type Option struct {
	Value string `yaml:"value"`
	Label string `yaml:"label"`
}

// Kinds of blanks.
const (
	KindText     = "text"
	KindEmail    = "email"
	KindURL      = "url"
	KindNumber   = "number"
	KindDuration = "duration"
	KindTime     = "time"
	KindEvent    = "event"
	KindSecret   = "secret"
	KindFile     = "file"
	KindPipeline = "pipeline"
	KindStage    = "stage"
	KindCourse   = "course"
	KindTag      = "tag"
	KindTemplate = "template"
	KindWorkflow = "workflow"
	KindChoice   = "choice"
)

// Need is something that the workflow uses and the installation must have.
type Need struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Name string `json:"name"`
	// Stages are those of a pipeline.
	Stages []Stage `json:"stages"`
	// Subject, HTML, Text and Class are those of a mail template.
	Subject string `json:"subject"`
	HTML    string `json:"html"`
	Text    string `json:"text"`
	Class   string `json:"class"`
	// Type is that of a contact field.
	Type string `json:"type"`
	// Sample is the name of the file that is shipped, ContentType its type. It is made
	// only under its own name: nobody gets it in the place of a file that is missing.
	Sample      string `json:"sample"`
	ContentType string `json:"content_type"`
	// Template and Answers make another workflow.
	Template string         `json:"template"`
	Answers  map[string]any `json:"answers"`
	// Blank is the blank whose answer is the key, or empty.
	Blank string `json:"-"`
}

// Kinds of needs.
const (
	NeedPipeline      = "pipeline"
	NeedCourse        = "course"
	NeedEmailTemplate = "email_template"
	NeedFile          = "file"
	NeedField         = "field"
	NeedWorkflow      = "workflow"
)

// Stage is a stage of a pipeline; Kind is open, won or lost.
type Stage struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Kind string `json:"kind"`
	// Fresh is a stage for a new pipeline only: the workflow does not use it.
	Fresh bool `json:"fresh"`
}

// Templates are all of them, in the order of the gallery.
func Templates() []*Template { return loaded() }

// Find is the template of this key, nil for none.
func Find(key string) *Template {
	for _, t := range loaded() {
		if t.Key == key {
			return t
		}
	}
	return nil
}

// Sample is the content of a shipped file.
func Sample(name string) ([]byte, error) {
	data, err := sampleFiles.ReadFile("files/" + name)
	if err != nil {
		return nil, fmt.Errorf("read sample: %w", err)
	}
	return data, nil
}

// loaded panics when a file of this package is wrong, which its tests would have shown.
var loaded = sync.OnceValue(func() []*Template {
	list := make([]*Template, len(order))
	for i, key := range order {
		t, err := load(key)
		if err != nil {
			panic(err)
		}
		list[i] = t
	}
	return list
})

func load(key string) (*Template, error) {
	raw, err := templateFiles.ReadFile("templates/" + key + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	t := &Template{}
	if err := decoder.Decode(t); err != nil {
		return nil, fmt.Errorf("read template %s: %w", key, err)
	}
	t.Key = key
	var settings struct {
		Settings struct {
			Minutes float64 `yaml:"manual_minutes"`
		} `yaml:"settings"`
	}
	if err := t.Definition.Decode(&settings); err != nil {
		return nil, fmt.Errorf("read settings of template %s: %w", key, err)
	}
	t.Minutes = settings.Settings.Minutes
	return t, nil
}
