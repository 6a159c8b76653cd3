package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

// Reference is the use of something that must exist on the installation.
type Reference struct {
	// Kind is template, pipeline, stage, course, segment, secret, workflow, file,
	// sender or event.
	Kind string
	// Of is the pipeline of a stage.
	Of, Key string
	// Node is the id of the node, or empty; Path is the JSON pointer of the use.
	Node, Path string
	// Target is true where a workflow is acted on, not only asked about.
	Target bool
}

// References lists what the definition uses, in settings and conditions. Names that
// Liquid makes at run time are not among them.
func (d *Definition) References() []Reference {
	var list []Reference
	add := func(kind form.RefKind, of, key, path string, target bool) {
		list = append(list, Reference{Kind: string(kind), Of: of, Key: key, Node: nodeOf(path), Path: path, Target: target})
	}
	for _, r := range d.refs {
		add(r.Kind, r.Of, r.Key, r.Path, r.Target)
	}
	for _, c := range d.conditions {
		used := c.Condition.References()
		for kind, keys := range map[form.RefKind][]string{
			form.RefWorkflow: used.Workflows, form.RefCourse: used.Courses, form.RefPipeline: used.Pipelines,
			form.RefSegment: used.Segments, form.RefEvent: used.Events,
		} {
			for _, key := range keys {
				add(kind, "", key, c.Path, false)
			}
		}
		for _, pipeline := range sortedKeys(used.Stages) {
			for _, stage := range used.Stages[pipeline] {
				add(form.RefStage, pipeline, stage, c.Path, false)
			}
		}
	}
	rank := map[string]int{}
	for _, r := range list {
		rank[r.Path] = d.root.find(r.Path)
	}
	slices.SortStableFunc(list, func(a, b Reference) int {
		return cmp.Or(cmp.Compare(rank[a.Path], rank[b.Path]), cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// references reports what the installation does not have.
func (v *validation) references() {
	for _, r := range v.used {
		if r.Kind == string(form.RefWorkflow) {
			v.target(r)
			continue
		}
		if !v.missing(r) {
			continue
		}
		what := fmt.Sprintf("there is no %s %q", r.Kind, r.Key)
		if r.Kind == string(form.RefStage) {
			what = fmt.Sprintf("the pipeline %q has no stage %q", r.Of, r.Key)
		}
		fix := v.fix(r)
		hint := "create it first"
		if r.Kind == string(form.RefGateway) {
			what, hint = "no gateway for text messages is configured", "set FERMATA_SMS_URL where the program runs, see docs/OPERATING.md"
		}
		if fix != nil {
			hint = fmt.Sprintf("create it: %s %s", fix.Method, fix.Path)
		}
		if r.Kind == string(form.RefSecret) {
			hint += ", with its value filled in"
		}
		if r.Kind == string(form.RefSegment) {
			hint += ", with the filter that says who is in it; as proposed, nobody is"
		}
		v.found = append(v.found, Problem{
			Severity: SeverityError, Code: CodeMissing, Node: r.Node, Path: r.Path, Message: what, Hint: hint, Fix: fix,
		})
	}
}

func (v *validation) missing(r Reference) bool {
	switch form.RefKind(r.Kind) {
	case form.RefTemplate:
		return !v.catalog.HasTemplate(r.Key)
	case form.RefPipeline:
		return !v.catalog.HasPipeline(r.Key)
	case form.RefStage:
		// A missing pipeline has its own problem, whose fix brings the stage.
		return v.catalog.HasPipeline(r.Of) && !v.catalog.HasStage(r.Of, r.Key)
	case form.RefCourse:
		return !v.catalog.HasCourse(r.Key)
	case form.RefSegment:
		return !v.catalog.HasSegment(r.Key)
	case form.RefSecret:
		return !v.catalog.HasSecret(r.Key)
	case form.RefFile:
		return !v.catalog.HasFile(r.Key)
	case form.RefSender:
		c, ok := v.catalog.(SenderCatalog)
		return ok && !c.HasSender(r.Key)
	case form.RefGateway:
		c, ok := v.catalog.(GatewayCatalog)
		return ok && !c.HasGateway(r.Key)
	case form.RefWorkflow, form.RefEvent:
	}
	return false
}

// target reports a workflow that does not exist or takes nobody in. A workflow may
// always name itself.
func (v *validation) target(r Reference) {
	if strings.EqualFold(r.Key, v.Key) {
		return
	}
	exists, active := v.catalog.Workflow(r.Key)
	switch {
	case !exists:
		fix := v.fix(r)
		v.found = append(v.found, Problem{
			Severity: SeverityError, Code: CodeMissing, Node: r.Node, Path: r.Path,
			Message: fmt.Sprintf("there is no workflow %q", r.Key), Hint: "create it, if only as a draft, or correct the key", Fix: fix,
		})
	case !active && r.Target:
		v.warn(CodeInactiveTarget, r.Path, fmt.Sprintf("the workflow %q is not active", r.Key), "publish or start it")
	}
}

// events reports event types that no source has ever sent. What the platform itself
// emits needs no source.
func (v *validation) events() {
	for _, r := range v.used {
		if r.Kind == string(form.RefEvent) && !emitted(r.Key) && !v.catalog.EventSeen(r.Key) {
			v.warn(CodeEventNeverSeen, r.Path, fmt.Sprintf("no source has ever sent %q", r.Key), "check the spelling, or send a test event")
		}
	}
}

func emitted(eventType string) bool {
	family, _, _ := strings.Cut(eventType, ".")
	return nodes.PlatformEvent(eventType) || family == "email" || family == "link"
}
