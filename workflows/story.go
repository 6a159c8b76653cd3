package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"fermata/activities/names"
	"fermata/interpreter"
)

// storyLength is how many of the last steps the Web UI shows.
const storyLength = 20

// title names a node for people: its own name, or its type's summary.
func (p *passage) title(node string) string {
	n := p.def.Nodes[node]
	if n == nil {
		return node
	}
	return node + ": " + n.Summary()
}

// summarize is the one line that stands on the activity of a batch.
func (p *passage) summarize(commands []interpreter.Command) string {
	parts := make([]string, 0, len(commands))
	for _, c := range commands {
		switch c.Kind {
		case interpreter.Begin:
			parts = append(parts, "begin")
		case interpreter.Arrive:
			parts = append(parts, "look: "+c.Node)
		case interpreter.Hold:
			parts = append(parts, "hold: "+c.Node)
		case interpreter.Settle:
			parts = append(parts, "settle: "+c.Node)
		case interpreter.Finish:
			parts = append(parts, "finish: "+c.Outcome)
		case interpreter.Act, interpreter.Skip, interpreter.Decide, interpreter.Park,
			interpreter.Send, interpreter.Sleep, interpreter.Stop:
			parts = append(parts, c.Node)
		}
	}
	const most = 190
	line := strings.Join(parts, " → ")
	if len(line) > most {
		line = line[:most] + "…"
	}
	return line
}

func (p *passage) timerSummary(c interpreter.Command) string {
	next := ""
	if n := p.def.Nodes[c.Node]; n != nil {
		if target, wired := n.Target(n.MainPort()); wired {
			next = " → " + target
		}
	}
	return "Wait until " + time.UnixMilli(c.Due).UTC().Format("Mon 2 Jan 2006 15:04 MST") + next
}

// tell adds occurrences to the story of the last steps.
func (p *passage) tell(occurrences []interpreter.Occurrence) {
	for _, o := range occurrences {
		line := ""
		switch o.Kind {
		case interpreter.Left:
			p.stopTimer()
			p.status = "running"
			line = fmt.Sprintf("`%s` %s → %s", o.Node, o.Status, o.Port)
		case interpreter.Parked:
			p.status = "waiting"
			if o.Status != "" {
				p.status = o.Status
			}
			line = fmt.Sprintf("`%s` %s", o.Node, p.status)
			if o.Due > 0 {
				line += " until " + instant(o.Due)
			}
		case interpreter.Failed:
			line = fmt.Sprintf("`%s` failed: %s", o.Node, o.Code)
		case interpreter.Ended:
			p.status = o.Status
			line = "ended: " + o.Status
			if o.Code != "" {
				line += " (" + o.Code + ")"
			}
		case interpreter.Started, interpreter.Resumed, interpreter.Begun, interpreter.Woken, interpreter.Standing,
			interpreter.Moved:
		}
		if line == "" || (len(p.story) > 0 && p.story[len(p.story)-1] == line) {
			continue
		}
		p.story = append(p.story, line)
	}
	if extra := len(p.story) - storyLength; extra > 0 {
		p.story = p.story[extra:]
	}
}

func instant(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

// statusAttribute is the search attribute that shows the status in lists.
var statusAttribute = temporal.NewSearchAttributeKeyKeyword(names.AttributeStatus)

// describe writes the story where the Web UI shows it, and the status into the
// search attribute when it has changed for longer than a step.
func (p *passage) describe(ctx workflow.Context) error {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** version %d, %s\n\n", p.in.Workflow, p.in.Version, p.status)
	for _, line := range p.story {
		b.WriteString("- " + line + "\n")
	}
	workflow.SetCurrentDetails(ctx, b.String())
	if !p.in.Attributes || p.status == p.published || p.status == "running" {
		return nil
	}
	p.published = p.status
	return workflow.UpsertTypedSearchAttributes(ctx, statusAttribute.ValueSet(p.status))
}

func (p *passage) state() (names.State, error) {
	s := p.machine.Snapshot()
	state := names.State{
		Enrollment: p.in.Enrollment, Workflow: p.in.Workflow, Version: p.in.Version, Hash: p.in.Hash,
		Interpreter: p.in.Interpreter, Machine: s, Status: p.status, Steps: append([]string{}, p.story...),
	}
	if s.Due > 0 {
		state.DueAt = instant(s.Due)
	}
	return state, nil
}
