package activities

import (
	"time"

	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/store"
)

// quiet holds a message back, or drops it, in the workflow's quiet hours, in the zone that
// holds for this contact at this moment. Nil means that the message may go.
func (t *turn) quiet(c interpreter.Command, row *store.Step, class string) (*interpreter.Occurrence, error) {
	hours := t.def.Settings.QuietHours
	if hours == nil {
		return nil, nil
	}
	scope, err := t.scope()
	if err != nil {
		return nil, err
	}
	node := t.def.Nodes[c.Node]
	end, quiet := hours.End(node, class, t.now, scope.Location)
	switch {
	case !quiet:
		return nil, nil
	case hours.Drops():
		row.Reason = definition.ReasonQuietHours
		o, err := t.closeStep(row, "dropped", node.MainPort())
		return &o, err
	}
	if end = t.compressed(row, end.UTC().Truncate(time.Millisecond)); !end.After(t.now) {
		return nil, nil
	}
	row.Reason, row.DueAt = definition.ReasonQuietHours, &end
	return t.messageWaits(c, row)
}

// compressed is the end of a wait, which a test with compressed waits brings near.
func (t *turn) compressed(row *store.Step, end time.Time) time.Time {
	if !t.e.Test || t.e.Waits != "compressed" {
		return end
	}
	if soon := row.EnteredAt.Add(compressedWait); end.After(soon) {
		return soon
	}
	return end
}
