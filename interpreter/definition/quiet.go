package definition

import (
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/nodes"
)

// Reasons of a message that is held back, dropped or suppressed at the moment of sending.
const (
	ReasonQuietHours   = "quiet_hours"   // it is held back, or dropped, in quiet hours
	ReasonSendRate     = "send_rate"     // it waits for its turn under send_rate
	ReasonFrequencyCap = "frequency_cap" // suppressed: the contact has had its share of marketing mails
)

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
