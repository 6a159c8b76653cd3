package alarms

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/definition"
	"fermata/store"
)

const (
	// changesBefore is how long before trouble a change may have caused it.
	changesBefore = 24 * time.Hour
	// silentBefore is the same for silence: what came longer before the last entry did not cause it.
	silentBefore = time.Hour
	// changesNamed is how many changes an alarm names.
	changesNamed = 3
)

// Change is something that a person, or a release, changed near the beginning of trouble.
type Change struct {
	At      time.Time `json:"at"`
	Action  string    `json:"action"`
	Subject string    `json:"subject"`
	Person  string    `json:"person"`
	// Words say it: "the publish of version 4 by Ana, 12 minutes before".
	Words string `json:"words"`
}

// ActionRelease is the audited start of another version of the program.
const ActionRelease = "release"

// noted are the audited actions that can cause trouble.
var noted = []string{
	"workflow.publish", "workflow.rollback", "workflow.start", "workflow.stop", "workflow.pause", "workflow.resume", "workflow.rotate_hook",
	"email_template.create", "email_template.update", "email_template.delete", "segment.update", "segment.delete",
	"pipeline.update", "pipeline.delete", "field.update", "field.delete", "file.put", "file.delete",
	"secret.put", "secret.delete", "api_key.create", "api_key.revoke", "account.update", ActionRelease,
}

// changes finds what was changed near the beginning of a finding, the likeliest first.
func (l *look) changes(f *finding) ([]Change, error) {
	began := f.began(l.now)
	before, until := changesBefore, l.now
	if f.afterwards {
		before = silentBefore
	}
	list, err := l.tx.AuditsOf(noted, began.Add(-before), until, most)
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	list = slices.DeleteFunc(list, func(a store.Audit) bool { return !l.concerns(f, &a) })
	if f.afterwards {
		slices.SortStableFunc(list, func(a, b store.Audit) int {
			return int(a.At.Sub(began).Abs() - b.At.Sub(began).Abs())
		})
	} else { // most of the trouble must have come after it
		list = slices.DeleteFunc(list, func(a store.Audit) bool { return 2*len(after(f.at, a.At)) < max(1, len(f.at)) })
	}
	named := []Change{}
	for i := range list[:min(len(list), changesNamed)] {
		named = append(named, change(&list[i], f))
	}
	return named, nil
}

func after(list []time.Time, t time.Time) []time.Time {
	var later []time.Time
	for _, at := range list {
		if !at.Before(t) {
			later = append(later, at)
		}
	}
	return later
}

// concerns reports whether a change can have to do with a finding.
func (l *look) concerns(f *finding, a *store.Audit) bool {
	family, _, _ := strings.Cut(a.Action, ".")
	switch family {
	case "account", ActionRelease:
		return true
	case "workflow":
		return f.workflow == "" || a.Subject == f.workflow
	case "api_key":
		return f.kind == KindSilence || f.workflow == ""
	}
	return f.workflow == "" || l.uses(f.workflow, family, a.Subject)
}

// references are what definitions call the families of audited actions.
var references = map[string]string{
	"email_template": "template", "segment": "segment", "pipeline": "pipeline", "secret": "secret", "file": "file",
}

// uses reports whether the published version of a workflow names something. A field is named by too
// many things to tell.
func (l *look) uses(workflow, family, key string) bool {
	kind, known := references[family]
	i := slices.IndexFunc(l.workflows, func(w store.Workflow) bool { return w.Key == workflow })
	if !known || i < 0 {
		return family == "field"
	}
	def, err := l.definitions.Load(l.tx, l.workflows[i].Hash)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(def.References(), func(r definition.Reference) bool {
		return r.Kind == kind && strings.EqualFold(r.Key, key)
	})
}

// change puts an audited action into words.
func change(a *store.Audit, f *finding) Change {
	var detail struct {
		Version int    `json:"version"`
		To      any    `json:"to"`
		Name    string `json:"name"`
	}
	_ = a.Detail.Decode(&detail) // details of other shapes have nothing for the words
	verb := func(what string) string {
		_, done, _ := strings.Cut(a.Action, ".")
		done = map[string]string{
			"create": "creation", "update": "change", "delete": "deletion", "put": "change", "revoke": "revocation",
			"start": "start", "stop": "stop", "pause": "pause", "resume": "resumption", "rotate_hook": "new webhook address",
		}[done]
		return "the " + done + " of " + what
	}
	var words string
	family, _, _ := strings.Cut(a.Action, ".")
	switch family {
	case "account":
		words = "the change of the account's settings"
	case ActionRelease:
		words = fmt.Sprintf("the start of release %v", detail.To)
	case "api_key":
		words = verb("the API key " + strings.TrimSpace(detail.Name+" "+a.Subject))
	case "email_template":
		words = verb("the mail template " + a.Subject)
	case "workflow":
		words = verb("workflow " + a.Subject)
		if a.Action == "workflow.publish" || a.Action == "workflow.rollback" {
			words = fmt.Sprintf("the publish of version %d", detail.Version)
			if f.workflow == "" {
				words += " of " + a.Subject
			}
		}
		if a.Action == "workflow.rollback" {
			words += fmt.Sprintf(" (a rollback to %v)", detail.To)
		}
	default:
		words = verb("the " + family + " " + a.Subject)
	}
	if a.Action != ActionRelease {
		words += " by " + a.Person
	}
	return Change{At: a.At.UTC(), Action: a.Action, Subject: a.Subject, Person: a.Person, Words: words + ", " + distance(a.At, f)}
}

// distance says how far a change lies from the trouble.
func distance(at time.Time, f *finding) string {
	if f.afterwards {
		last := f.began(at)
		if at.After(last) {
			return minutes(at.Sub(last)) + " after the last entry"
		}
		return minutes(last.Sub(at)) + " before the last entry"
	}
	later := after(f.at, at)
	if len(later) == 0 {
		return "at the same time"
	}
	return minutes(slices.MinFunc(later, time.Time.Compare).Sub(at)) + " before"
}
