package gallery

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
)

const (
	maxText = 500
	maxURL  = 2000
)

var (
	resourceKey = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)
	workflowKey = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	secretName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,62}$`)
)

// secretPrefix marks an answer that names a stored secret.
const secretPrefix = "secret:"

// Fault is what is wrong with one answer.
type Fault struct{ Blank, Message, Hint string }

// Answered are the answers to all blanks of a template, defaults included.
type Answered map[string]any

// empty reports a blank that was left, or is by default, without an answer.
func (a Answered) empty(blank string) bool { return a[blank] == nil || a[blank] == "" }

// Answer checks answers and adds the defaults; null and absent mean the default. With
// faults there are no answers.
func (t *Template) Answer(given map[string]any) (Answered, []Fault) {
	answers, faults := Answered{}, []Fault{}
	for i := range t.Blanks {
		blank := &t.Blanks[i]
		value := given[blank.Key]
		if value == nil {
			value = blank.Default
		}
		checked, fault := blank.check(value)
		if fault != nil {
			fault.Blank = blank.Key
			faults = append(faults, *fault)
			continue
		}
		answers[blank.Key] = checked
	}
	for _, key := range sortedKeys(given) {
		if t.blank(key) == nil {
			faults = append(faults, Fault{Blank: key, Message: "is no blank of this template", Hint: t.hint()})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return answers, nil
}

func (t *Template) blank(key string) *Blank {
	for i := range t.Blanks {
		if t.Blanks[i].Key == key {
			return &t.Blanks[i]
		}
	}
	return nil
}

func (t *Template) hint() string {
	keys := make([]string, len(t.Blanks))
	for i, blank := range t.Blanks {
		keys[i] = blank.Key
	}
	if len(keys) == 0 {
		return "it has none"
	}
	return "one of " + strings.Join(keys, ", ")
}

func wrong(message, hint string) *Fault { return &Fault{Message: message, Hint: hint} }

// check returns the value that stands for an answer.
func (b *Blank) check(value any) (any, *Fault) {
	if b.Kind == KindNumber {
		return b.number(value)
	}
	s, isText := value.(string)
	if value != nil && !isText {
		return nil, wrong("must be a text", "")
	}
	s = strings.TrimSpace(s)
	if s == "" {
		if b.Required {
			return nil, wrong("needs an answer", b.Help)
		}
		return "", nil
	}
	if fault := printable(s); fault != nil {
		return nil, fault
	}
	return s, b.text(s)
}

// printable refuses what would mean more than itself in a mail: an answer is one line
// of literal text.
func printable(s string) *Fault {
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return wrong("must be one line of text", "")
	case strings.Contains(s, "{{") || strings.Contains(s, "{%"):
		return wrong("holds a merge field, and answers are taken as they stand", "add merge fields to the step after installing")
	}
	return nil
}

// text checks an answer that is not empty.
func (b *Blank) text(s string) *Fault {
	switch b.Kind {
	case KindText:
		if utf8.RuneCountInString(s) > maxText || strings.HasPrefix(s, secretPrefix) {
			return wrong(fmt.Sprintf("must be a text of at most %d characters", maxText), "")
		}
	case KindEmail:
		if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
			return wrong("is not a mail address", "name@example.com")
		}
	case KindURL:
		return webAddress(s)
	case KindDuration:
		if _, err := calendar.ParseDuration(s); err != nil {
			return wrong("is not a length of time", "a whole number with s, m, h, d or w, like 3d")
		}
	case KindTime:
		if _, err := calendar.ParseTimeOfDay(s); err != nil {
			return wrong("is not a time of day", "like 09:00")
		}
	case KindEvent:
		if nearest, ok := expr.CheckEventType(s); !ok {
			return wrong("is not the name of an event", hintOr(nearest, "like order.created"))
		}
	case KindChoice:
		if !slices.ContainsFunc(b.Options, func(o Option) bool { return o.Value == s }) {
			return wrong("is not one of the choices", b.choices())
		}
	case KindTag:
		if utf8.RuneCountInString(s) > 100 {
			return wrong("must be a tag of at most 100 characters", "")
		}
	case KindSecret:
		return secretAnswer(s)
	case KindWorkflow:
		if !workflowKey.MatchString(s) {
			return wrong("is not the key of a workflow", "lower-case letters, digits and -, at most 63, like onboarding")
		}
	case KindFile:
		if utf8.RuneCountInString(s) > 128 {
			return wrong("is not the name of a file", "")
		}
	default: // pipeline, stage, course, template
		if !resourceKey.MatchString(s) {
			return wrong("is not a key", "lower-case letters, digits, - and _, at most 63, like program-a")
		}
	}
	return nil
}

func hintOr(hint, otherwise string) string {
	if hint == "" {
		return otherwise
	}
	return hint
}

func (b *Blank) choices() string {
	values := make([]string, len(b.Options))
	for i, o := range b.Options {
		values[i] = o.Value
	}
	return "one of " + strings.Join(values, ", ")
}

func webAddress(s string) *Fault {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || len(s) > maxURL || strings.ContainsAny(s, " \"'<>\\{}|") {
		return wrong("is not a web address", "https://…")
	}
	return nil
}

func secretAnswer(s string) *Fault {
	if name, named := strings.CutPrefix(s, secretPrefix); named {
		if !secretName.MatchString(name) {
			return wrong("does not name a secret", "secret:slack_team")
		}
		return nil
	}
	return webAddress(s)
}

func (b *Blank) number(value any) (any, *Fault) {
	var n float64
	switch v := value.(type) {
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	case float64:
		n = v
	default:
		return nil, wrong("must be a number", "")
	}
	if (b.Min != nil && n < *b.Min) || (b.Max != nil && n > *b.Max) {
		return nil, wrong("is out of range", b.bounds())
	}
	return n, nil
}

func (b *Blank) bounds() string {
	switch {
	case b.Max == nil:
		return fmt.Sprintf("at least %v", *b.Min)
	case b.Min == nil:
		return fmt.Sprintf("at most %v", *b.Max)
	}
	return fmt.Sprintf("from %v to %v", *b.Min, *b.Max)
}
