package outgoing

import (
	"fermata/events"
	"fermata/interpreter/nodes"
	"fermata/store"
)

// Text is one text message as it goes out.
type Text struct {
	// Key is the same for every attempt.
	Key      string
	To, Text string
}

// RefusedText says why a text message may not go to this contact, "" when it may: only marketing
// needs consent. A suppression counts as it was written, and as the bare number.
func (d Desk) RefusedText(c *store.Contact, m nodes.TextMessage) (string, error) {
	if m.Class != nodes.ClassMarketing {
		return "", nil
	}
	numbers := []string{m.To}
	if c.Phone != nil && nodes.PhoneNumber(*c.Phone) == m.To {
		numbers = append(numbers, *c.Phone)
	}
	return d.refused(c, events.ChannelSMS, numbers)
}
