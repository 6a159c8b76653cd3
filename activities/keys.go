package activities

import (
	"fmt"
	"time"

	"fermata/events"
	"fermata/interpreter"
)

// effectKey names an effect for the other side (Idempotency-Key) and in the
// ledger: the same for every attempt, different for every visit.
func effectKey(enrollment string, c interpreter.Command) string {
	return fmt.Sprintf("%s.%s.%d", enrollment, c.Node, c.Visit)
}

// zone is the zone in which the enrollment's days are counted.
func (t *turn) zone() (*time.Location, error) {
	account, err := events.Account(t.tx)
	if err != nil {
		return nil, err
	}
	return events.Zone(t.def.Settings.Timezone, t.contact, account), nil
}
