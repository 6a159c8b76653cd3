package activities

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"fermata/events"
	"fermata/interpreter"
)

// effectKey names an effect for the other side (Idempotency-Key) and in the
// ledger: the same for every attempt, different for every visit.
func effectKey(enrollment string, c interpreter.Command) string {
	return fmt.Sprintf("%s.%s.%d", enrollment, c.Node, c.Visit)
}

// eventID is the id of the n-th kind of event that a step emits: emitting it again
// finds the first one.
func eventID(enrollment string, c interpreter.Command, typ string) string {
	sum := sha256.Sum256([]byte(effectKey(enrollment, c) + "\n" + typ))
	return "evt_" + strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// zone is the zone in which the enrollment's days are counted.
func (t *turn) zone() *time.Location {
	account, err := t.tx.Account()
	if err != nil {
		return time.UTC
	}
	return events.Zone(t.def.Settings.Timezone, t.contact, account)
}
