package gallery_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/gallery"
	"fermata/interpreter/definition"
	"fermata/interpreter/rehearse"
)

// tested runs the tests that a template ships, on what its install leaves.
func tested(w installed) rehearse.Report {
	return rehearse.Tests(w.definition, rehearse.Input{
		Start: time.Date(2026, 3, 4, 16, 30, 0, 0, time.UTC), Location: time.UTC, Account: object{"name": "Studio", "currency": "USD"},
		Template: w.mail, Stage: w.stage, Course: w.course,
	}, nil)
}

func said(problems []definition.Problem) (list []string) {
	for _, p := range problems {
		list = append(list, fmt.Sprintf("%s: %s (%s)", p.Path, p.Message, p.Hint))
	}
	return list
}

// untested says how many ways out of its steps the tests that a template ships leave out, of how many,
// and why. TestRehearsalsGoEverywhere takes all of them.
var untested = map[string]struct {
	ways, of int
	why      string
}{
	"welcome": {0, 10, ""}, "lead-magnet": {0, 10, ""}, "post-purchase": {0, 7, ""}, "course-onboarding": {0, 13, ""},
	"agency-onboarding": {0, 16, ""}, "refund": {0, 9, ""}, "birthday": {0, 4, ""}, "failed-payment": {0, 13, ""},
	"order-status":          {4, 16, "when an order is late is a blank, so nothing can arrive after it in every install"},
	"abandoned-cart":        {2, 13, "when the first reminder goes is a blank, so is when somebody can come back after the last"},
	"appointment-reminders": {5, 18, "how soon is soon is a blank; three tests are enough"},
	"review-request":        {13, 20, "when it asks is a blank, so is when an answer can come"},
	"trial-end":             {2, 13, "it asks what happened before the passage"},
	"re-engagement":         {5, 14, "the other signs of life lead to the same step"},
	"list-hygiene":          {1, 8, "a reply leads where a click does"},
}

// TestShippedTestsPass: every template brings one to three tests, which say how much of it they take.
func TestShippedTestsPass(t *testing.T) {
	t.Parallel()
	for _, template := range gallery.Templates() {
		w := install(t, template.Key, nil)
		report := tested(w)
		require.NotEmpty(t, report.Tests, template.Key)
		require.LessOrEqual(t, len(report.Tests), 3, template.Key)
		require.Empty(t, said(report.Problems()), template.Key)
		expected, c := untested[template.Key], report.Coverage
		require.Equal(t, []int{expected.ways, expected.of}, []int{c.Ports - c.Taken, c.Ports}, "%s: ways that no test takes: %v", template.Key, c.Missing)
		require.Equal(t, expected.ways > 0, expected.why != "", template.Key)
	}
}

// others are answers to the kinds of blanks that differ from every default, small and large.
var others = map[string][]any{
	gallery.KindText:     {"x", "Something else, longer than before"},
	gallery.KindEmail:    {"team@example.com"},
	gallery.KindURL:      {"https://example.com/page?a=b"},
	gallery.KindDuration: {"1s", "90m", "45d", "260w"},
	gallery.KindTime:     {"00:00", "23:59"},
	gallery.KindEvent:    {"something.else"},
	gallery.KindSecret:   {"https://hooks.example.com/T1"},
	gallery.KindFile:     {"another.pdf"},
	gallery.KindPipeline: {"another-pipeline"},
	gallery.KindStage:    {"another-stage"},
	gallery.KindCourse:   {"another-course"},
	gallery.KindTag:      {"another tag"},
	gallery.KindTemplate: {"another-template"},
	gallery.KindWorkflow: {"another-workflow"},
}

// answersTo are answers to one blank: of its kind, at its bounds, each of its options, and none.
func answersTo(b *gallery.Blank) []any {
	list := append([]any{}, others[b.Kind]...)
	for _, o := range b.Options {
		list = append(list, o.Value)
	}
	if b.Kind == gallery.KindNumber {
		for _, bound := range []*float64{b.Min, b.Max} {
			if bound != nil {
				list = append(list, *bound)
			}
		}
		if b.Max == nil {
			list = append(list, 1e6)
		}
	}
	if !b.Required && b.Kind != gallery.KindNumber {
		list = append(list, "")
	}
	return list
}

// TestShippedTestsPassWhateverIsAnswered: each blank with other answers, alone and all together.
func TestShippedTestsPassWhateverIsAnswered(t *testing.T) {
	t.Parallel()
	for _, template := range gallery.Templates() {
		t.Run(template.Key, func(t *testing.T) {
			t.Parallel()
			rounds := []object{}
			for i := range template.Blanks {
				b := &template.Blanks[i]
				answers := answersTo(b)
				require.NotEmpty(t, answers, "%s has other answers", b.Key)
				for _, answer := range answers {
					rounds = append(rounds, object{b.Key: answer})
				}
			}
			for _, answers := range append(rounds, together(template)...) {
				report := tested(install(t, template.Key, answers))
				require.Empty(t, said(report.Problems()), "with %v", answers)
			}
		})
	}
}

// together answers all blanks at once: with the first of their other answers, and with the last.
func together(template *gallery.Template) []object {
	first, last := object{}, object{}
	for i := range template.Blanks {
		b := &template.Blanks[i]
		answers := answersTo(b)
		first[b.Key], last[b.Key] = answers[0], answers[len(answers)-1]
	}
	mixed := object{}
	maps.Copy(mixed, first)
	for i := range template.Blanks {
		if i%2 == 1 {
			mixed[template.Blanks[i].Key] = last[template.Blanks[i].Key]
		}
	}
	return []object{first, last, mixed}
}
