package definition

import (
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes"
)

// ReasonQuietHours is the reason of a message that quiet hours held back or dropped.
const ReasonQuietHours = "quiet_hours"

// End reports whether a node's message of a class (marketing, transactional) must not go out at an
// instant, and when it may, for a contact in that zone. Nil quiet hours are none.
func (q *QuietHours) End(n *Node, class string, at time.Time, zone *time.Location) (time.Time, bool) {
	if q == nil || !n.Spec.Message || class != nodes.ClassMarketing && !q.All {
		return at, false
	}
	return calendar.QuietEnd(at, q.From, q.To, zone)
}

// Drops reports whether messages are dropped instead of waiting.
func (q *QuietHours) Drops() bool { return q.Then == "drop" }
