package events

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"fermata/store"
)

// ReasonErased is the reason of enrollments that end because their contact was erased.
const ReasonErased = "erased"

// reasonUnsubscribed is the reason of the suppression that a no leaves behind when its contact goes.
const reasonUnsubscribed = "unsubscribed"

// Erased says what other systems may still hold of a contact that was erased: mail to its addresses
// (phone numbers among them), and mail whose Message-ID begins with one of Messages.
type Erased struct {
	Addresses []string
	Messages  []string
}

// Erase forgets a contact, which tx has locked: active enrollments end as exited, everything that
// says something about the person goes, rows that figures are made from stay. That it must not be
// written to stays as a hash of its address.
func Erase(tx *store.Tx, c *store.Contact, now time.Time) (Erased, error) {
	if _, err := endAll(tx, c, ReasonErased, now); err != nil {
		return Erased{}, err
	}
	what, err := tx.ErasureOf(c)
	if err != nil {
		return Erased{}, fmt.Errorf("read identifiers of contact %s: %w", c.ID, err)
	}
	if err := keepRefusals(tx, c, what, now); err != nil {
		return Erased{}, err
	}
	keys, err := tx.EffectKeys(what.IDs)
	if err != nil {
		return Erased{}, fmt.Errorf("read effects of contact %s: %w", c.ID, err)
	}
	if err := tx.EraseContact(what); err != nil {
		return Erased{}, fmt.Errorf("erase contact %s: %w", c.ID, err)
	}
	out := Erased{Addresses: what.Addresses}
	for _, key := range keys {
		out.Messages = append(out.Messages, MessageIDPrefix(key))
	}
	return out, nil
}

// MessageIDPrefix is what the Message-ID of a mail holds before its @; key is that of its effect.
func MessageIDPrefix(key string) string {
	sum := sha256.Sum256([]byte(key))
	return fmt.Sprintf("%x", sum[:16])
}

// keepRefusals makes the no of a contact outlive it, for every address that it was known by.
func keepRefusals(tx *store.Tx, c *store.Contact, what store.Erasure, now time.Time) error {
	recorded, err := consentOf(c)
	if err != nil {
		return err
	}
	for channel, isOne := range map[string]func(string) bool{
		"email": func(address string) bool { return strings.Contains(address, "@") },
		"sms":   func(address string) bool { return !strings.Contains(address, "@") },
	} {
		if recorded[channel].State != Unsubscribed {
			continue
		}
		for _, address := range what.Addresses {
			if !isOne(address) {
				continue
			}
			_, err := tx.Suppression(address, channel)
			if errors.Is(err, store.ErrNotFound) {
				err = tx.PutSuppression(&store.Suppression{Address: address, Channel: channel, Reason: reasonUnsubscribed, CreatedAt: now})
			}
			if err != nil {
				return fmt.Errorf("keep refusal of contact %s: %w", c.ID, err)
			}
		}
	}
	return nil
}

// liftRefusal removes what an erased contact's no left behind, when the same person says yes.
func liftRefusal(tx *store.Tx, c *store.Contact, channel string) error {
	address := text(c.Email)
	if channel == "sms" {
		address = text(c.Phone)
	}
	if address == "" {
		return nil
	}
	found, err := tx.Suppression(address, channel)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!found.IsHidden() || found.Reason != reasonUnsubscribed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read suppression: %w", err)
	}
	return tx.DeleteSuppression(address, channel)
}
