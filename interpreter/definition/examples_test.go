package definition_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
)

const examples = "../../examples"

// catalog is an installation in memory.
type catalog struct {
	pipelines map[string][]definition.Stage
	courses   []string
	secrets   []string
	workflows map[string]bool
	templates map[string]string
	classes   map[string]string
	users     map[string][]string
	senders   []string
	segments  []string
	files     []string
	events    []string
}

func (c *catalog) HasTemplate(key string) bool { _, ok := c.templates[key]; return ok }
func (c *catalog) HasPipeline(key string) bool { _, ok := c.pipelines[key]; return ok }
func (c *catalog) HasCourse(key string) bool   { return slices.Contains(c.courses, key) }
func (c *catalog) HasSegment(key string) bool  { return slices.Contains(c.segments, key) }
func (c *catalog) HasSecret(name string) bool  { return slices.Contains(c.secrets, name) }
func (c *catalog) HasFile(name string) bool    { return slices.Contains(c.files, name) }
func (c *catalog) HasSender(from string) bool  { return slices.Contains(c.senders, from) }
func (c *catalog) EventSeen(event string) bool { return slices.Contains(c.events, event) }

func (c *catalog) HasStage(pipeline, stage string) bool {
	return slices.ContainsFunc(c.pipelines[pipeline], func(s definition.Stage) bool { return s.Key == stage })
}

func (c *catalog) Workflow(key string) (exists, active bool) {
	active, exists = c.workflows[key]
	return exists, active
}

func (c *catalog) TemplateText(key string) (string, bool) {
	text, ok := c.templates[key]
	return text, ok
}

func (c *catalog) Stages(pipeline string) []definition.Stage { return c.pipelines[pipeline] }
func (c *catalog) TemplateClass(key string) string           { return c.classes[key] }
func (c *catalog) TemplateUsers(template, event string) []string {
	return c.users[template+" "+event]
}

// setup is the installation that examples/setup.json describes, with all examples
// published.
func setup(t *testing.T) *catalog {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(examples, "setup.json"))
	require.NoError(t, err)
	var content struct {
		Pipelines []struct {
			Key    string
			Stages []definition.Stage
		}
		Courses []struct{ Key string }
		Secrets map[string]string
	}
	require.NoError(t, json.Unmarshal(raw, &content))
	c := &catalog{pipelines: map[string][]definition.Stage{}, workflows: map[string]bool{}, templates: map[string]string{}}
	for _, p := range content.Pipelines {
		c.pipelines[p.Key] = p.Stages
	}
	for _, course := range content.Courses {
		c.courses = append(c.courses, course.Key)
	}
	for name := range content.Secrets {
		c.secrets = append(c.secrets, name)
	}
	for _, path := range exampleFiles(t) {
		c.workflows[strings.TrimSuffix(filepath.Base(path), ".yaml")] = true
	}
	return c
}

func exampleFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(examples, "*.yaml"))
	require.NoError(t, err)
	require.Len(t, files, 5)
	return files
}

func read(t *testing.T, path string) *definition.Definition {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	d, problems := definition.Parse(data, true)
	require.Empty(t, problems)
	require.NotNil(t, d)
	return d
}

func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	c := setup(t)
	for _, path := range exampleFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			d := read(t, path)
			for _, p := range d.Validate(c) {
				if p.Code == definition.CodeNotAvailable && d.Nodes[p.Node].Type == "wait_event" {
					continue
				}
				require.NotEqual(t, definition.SeverityError, p.Severity, p.String())
			}
		})
	}
}

func TestExampleIsReadCompletely(t *testing.T) {
	t.Parallel()
	d := read(t, filepath.Join(examples, "agency-onboarding.yaml"))
	require.Equal(t, "agency-onboarding", d.Key)
	require.Equal(t, definition.ReentryAfterExit, d.Settings.Reentry)
	require.InDelta(t, 90, d.Settings.ManualMinutes, 0)
	require.Equal(t, []string{"welcome", "kickoff", "assets", "day7", "strategy", "day14", "draft", "day21", "route", "done"}, d.Order)
	require.Equal(t, []string{"contract.signed"}, d.TriggerEvents())
	require.Equal(t, "failed", d.Exits[0].Outcome)
	kickoff := d.Nodes["kickoff"]
	require.Equal(t, map[string]string{"ok": "assets", "error": "assets"}, kickoff.Next)
	require.True(t, kickoff.ErrorWired())
	require.Equal(t, "5m0s", kickoff.RetryMax.String())
	require.Equal(t, "24h0m0s", d.Nodes["welcome"].RetryMax.String())
	require.Equal(t, "POST to a secret address", kickoff.Summary())
	require.Equal(t, "Wait until day 7 at 09:00, Mon–Fri", d.Nodes["day7"].Summary())
	target, wired := d.Nodes["route"].Target("next")
	require.True(t, wired)
	require.Equal(t, "done", target)
	require.False(t, d.InCycle("welcome"))
}
