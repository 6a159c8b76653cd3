package moving

import (
	"slices"
	"time"

	"fermata/interpreter/nodes"
)

// Open is a wait that is open in the old version.
type Open struct {
	// Entered is when the step was entered.
	Entered time.Time
	// Due is when it would end, nil for never.
	Due *time.Time
}

// Wait is the settings of a node that waits.
type Wait interface {
	nodes.Settings
	nodes.Waiter
}

// Timing is when a wait ends in the new version.
type Timing struct {
	// Fires: it ends now.
	Fires bool
	// Due is when it ends; zero with Forever, Exit and Failure. It is never before now.
	Due time.Time
	// Planned is when it would have ended, were it always there: Due, or before now.
	Planned time.Time
	// Forever: no instant ends it.
	Forever bool
	// Exit: its moment has passed and the new node asks to end the enrollment then.
	Exit bool
	// Failure: the new node has no instant for this contact, and holds it.
	Failure *nodes.Failure
}

// Entered is the instant from which a carried wait counts.
func Entered(retime string, entered, now time.Time) time.Time {
	if retime == RetimeRestart {
		return now
	}
	return entered
}

// Keeps reports whether a wait that is carried ends when it would have ended without the
// move. One that had no instant has nothing to keep, and one that no instant ends keeps none.
func Keeps(retime string, open Open, settings nodes.Settings) bool {
	if retime != RetimeKeep || open.Due == nil {
		return false
	}
	_, forEvents := settings.(*nodes.WaitEvent)
	_, forAnswer := settings.(*nodes.Approval)
	return !forEvents && !forAnswer || slices.Contains(settings.Ports(), nodes.PortTimeout)
}

// Retime says when an open wait ends at the node of the new version. In is what that node
// is asked with, apart from the entry; pauses are left out of account. A wait for events
// may end before, by an event of the log.
func Retime(retime string, open Open, w Wait, in nodes.DueInput, now time.Time) Timing {
	if Keeps(retime, open, w) {
		return at(*open.Due, now)
	}
	in.Entered = Entered(retime, open.Entered, now)
	in.Now = in.Entered
	switch result := w.Due(in); {
	case result.Failure != nil:
		return Timing{Failure: result.Failure}
	case result.Exit:
		return Timing{Exit: true}
	case result.Forever:
		return Timing{Forever: true}
	default:
		return at(result.At, now)
	}
}

func at(due, now time.Time) Timing {
	if !due.After(now) {
		return Timing{Fires: true, Due: now, Planned: due}
	}
	return Timing{Due: due, Planned: due}
}
