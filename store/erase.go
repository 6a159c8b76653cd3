package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// metaSuppressionKey is where the store keeps the key that erased addresses are hashed with. It is
// made once and never changes: whoever asked to be forgotten and not to be written to stays so.
const metaSuppressionKey = "suppression_key"

// hiddenPrefix marks an address that is kept as its hash only.
const hiddenPrefix = "hmac:"

// hide returns what stands for an erased address, "" when nobody was ever erased and make is false.
func (tx *Tx) hide(address string, make bool) (string, error) {
	key, err := tx.Meta(metaSuppressionKey)
	if err != nil || key == "" && !make {
		return "", err
	}
	if key == "" {
		fresh := [32]byte{}
		_, _ = rand.Read(fresh[:]) // never fails, see crypto/rand
		if _, err := tx.insertNew(&meta{Key: metaSuppressionKey, Value: hex.EncodeToString(fresh[:])}); err != nil {
			return "", err
		}
		if key, err = tx.Meta(metaSuppressionKey); err != nil {
			return "", err
		}
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(normalAddress(address)))
	return hiddenPrefix + hex.EncodeToString(mac.Sum(nil)), nil
}

// HideSuppressions keeps the suppressions of these addresses, and forgets the addresses: from then
// on a keyed hash stands for each.
func (tx *Tx) HideSuppressions(addresses []string) error {
	for _, address := range addresses {
		rows, err := all[Suppression](tx, "WHERE address = ?", normalAddress(address))
		if err != nil {
			return err
		}
		for _, row := range rows {
			if strings.Contains(row.Reason, " ") { // somebody's own words
				row.Reason = "manual"
			}
			if row.Address, err = tx.hide(address, true); err != nil {
				return err
			}
			if _, err := tx.insertNew(&row); err != nil {
				return err
			}
			if err := tx.remove("DELETE FROM suppressions WHERE address = ? AND channel = ?", normalAddress(address), row.Channel); err != nil {
				return err
			}
		}
	}
	return nil
}

// hiddenSuppression finds the suppression of an address that was erased.
func (tx *Tx) hiddenSuppression(address, channel string) (*Suppression, error) {
	hidden, err := tx.hide(address, false)
	if err != nil {
		return nil, err
	}
	if hidden == "" {
		return nil, ErrNotFound
	}
	return first[Suppression](tx, "address = ? AND channel = ?", hidden, channel)
}

// Erasure is what is known of a contact that is to be erased. IDs are its own and those of the
// contacts that were merged into it.
type Erasure struct {
	IDs []string
	// Addresses are the mail addresses and phone numbers, Names the external ids.
	Addresses, Names []string
}

// ErasureOf collects what the store knows a contact by.
func (tx *Tx) ErasureOf(c *Contact) (Erasure, error) {
	out := Erasure{IDs: []string{c.ID}}
	add := func(list *[]string, value *string) {
		if value != nil && *value != "" {
			*list = append(*list, *value)
		}
	}
	add(&out.Addresses, c.Email)
	add(&out.Addresses, c.Phone)
	add(&out.Names, c.ExternalID)
	aliases, err := all[ContactAlias](tx, "WHERE contact_id = ? ORDER BY kind, value", c.ID)
	for i := range aliases {
		switch aliases[i].Kind {
		case AliasID:
			out.IDs = append(out.IDs, aliases[i].Value)
		case AliasEmail:
			out.Addresses = append(out.Addresses, aliases[i].Value)
		case AliasExternalID:
			out.Names = append(out.Names, aliases[i].Value)
		}
	}
	return out, err
}

// shortestNeedle is the least that a name must have to be looked for in texts of others.
const shortestNeedle = 6

// needles are the texts by which rows are found that do not say which contact they are about.
func (e Erasure) needles() []string {
	list := append([]string{}, e.IDs...)
	for _, name := range append(append([]string{}, e.Addresses...), e.Names...) {
		if len(name) >= shortestNeedle {
			list = append(list, name)
		}
	}
	return list
}

// ownErasures forget what the rows of a contact say about it and keep the rows: event ids stay
// unique for ever and figures stay true. A reason that holds a space is a person's own words.
var ownErasures = []string{
	`UPDATE verdicts SET "values" = NULL WHERE event_id IN (SELECT id FROM events WHERE contact_id IN ?)`,
	`UPDATE enrollments SET trigger_data = NULL, event_data = NULL, vars = NULL, key = '', trouble = '', hold = '',
		reason = CASE WHEN reason LIKE '% %' THEN 'operator' ELSE reason END WHERE contact_id IN ?`,
	`UPDATE steps SET "values" = NULL, result = NULL, input = NULL, error = '', reason = CASE WHEN reason LIKE '% %' THEN 'operator' ELSE reason END
		WHERE enrollment_id IN (SELECT id FROM enrollments WHERE contact_id IN ?)`,
	`UPDATE failures SET message = '' WHERE enrollment_id IN (SELECT id FROM enrollments WHERE contact_id IN ?)`,
	`UPDATE effects SET result = NULL, undo = NULL, undone = NULL, error = ''
		WHERE enrollment_id IN (SELECT id FROM enrollments WHERE contact_id IN ?)`,
	`UPDATE dispatches SET error = '' WHERE enrollment_id IN (SELECT id FROM enrollments WHERE contact_id IN ?)`,
	"DELETE FROM mail_hits WHERE send_id IN (SELECT id FROM sends WHERE contact_id IN ?)",
	"UPDATE sends SET to_address = '', subject = '', error = '' WHERE contact_id IN ?",
	"DELETE FROM asks WHERE enrollment_id IN (SELECT id FROM enrollments WHERE contact_id IN ?)",
	"UPDATE audits SET detail = NULL WHERE subject IN ?",
	"UPDATE job_errors SET field = '', message = '' WHERE subject IN ?",
	"DELETE FROM subscriptions WHERE contact_id IN ?",
	"DELETE FROM contact_queue WHERE contact_id IN ?",
	"DELETE FROM contacts WHERE id IN ?",
}

// eraseEvents forgets what a contact's events say. Of one about a mail that we sent, what figures count
// by stays: which mail, whether it bounced for good, and whether a machine was it.
func (tx *Tx) eraseEvents(contacts []string) error {
	object, machine := "json_object", "json(CASE WHEN %s THEN 'true' ELSE 'false' END)"
	if tx.dialect == Postgres {
		object, machine = "jsonb_build_object", "%s"
	}
	machine = fmt.Sprintf(machine, "COALESCE(CAST(data ->> 'machine' AS text), 'false') IN ('true', '1')")
	_, err := tx.exec(`UPDATE events SET body_hash = '', data = CASE
			WHEN type IN ('email.opened', 'email.clicked', 'email.bounced') AND data ->> 'send_id' IN (SELECT id FROM sends WHERE contact_id IN ?)
			THEN `+object+`('send_id', data ->> 'send_id', 'bounce', CASE WHEN data ->> 'bounce' = 'hard' THEN 'hard' END, 'machine', `+machine+`)
			END WHERE contact_id IN ?`, contacts, contacts)
	return err
}

// foundErasures do the same where only the text itself tells; a job that still runs keeps what it
// needs, and drops it at its end. A remembered answer that is gone is answered anew.
func (tx *Tx) foundErasures() []string {
	inText := func(column string) string { return "instr(CAST(" + column + " AS text), ?) > 0" }
	inBytes := inText
	if tx.dialect == Postgres {
		inText = func(column string) string { return "position(?::text in " + column + "::text) > 0" }
		inBytes = func(column string) string { return "position(convert_to(?, 'UTF8') in " + column + ") > 0" }
	}
	return []string{
		"UPDATE audits SET detail = NULL WHERE " + inText("detail"),
		"UPDATE job_errors SET field = '', message = '' WHERE " + inText("message"),
		"UPDATE alarms SET note = '' WHERE " + inText("note"),
		"UPDATE jobs SET params = NULL WHERE ended_at IS NOT NULL AND " + inText("params"),
		"UPDATE jobs SET error = '' WHERE " + inText("error"),
		"DELETE FROM idempotency_keys WHERE " + inBytes("response"),
		"DELETE FROM idempotency_keys WHERE " + inText("route"),
	}
}

// EraseContact removes a contact, locked by tx, with its tags, courses, deals and tasks, and erases
// what other rows say about it; suppressions stay as hashes. *InUseError lists its active
// enrollments: end them first.
func (tx *Tx) EraseContact(e Erasure) error {
	users, err := tx.users("enrollment", "SELECT id FROM enrollments WHERE contact_id IN ? AND active ORDER BY id", e.IDs)
	if err != nil {
		return err
	}
	if len(users) > 0 {
		return &InUseError{Users: users}
	}
	if err := tx.HideSuppressions(e.Addresses); err != nil {
		return err
	}
	if err := tx.eraseEvents(e.IDs); err != nil {
		return err
	}
	for _, sql := range ownErasures {
		if _, err := tx.exec(sql, e.IDs); err != nil {
			return err
		}
	}
	for _, sql := range tx.foundErasures() {
		for _, needle := range e.needles() {
			if _, err := tx.exec(sql, needle); err != nil {
				return err
			}
		}
	}
	return nil
}

// EffectKeys lists the keys of the effects that the enrollments of some contacts had outside.
func (tx *Tx) EffectKeys(contacts []string) ([]string, error) {
	keys := []string{}
	_, err := tx.scan(&keys, "SELECT f.key FROM effects f JOIN enrollments e ON e.id = f.enrollment_id WHERE e.contact_id IN ? ORDER BY f.key", contacts)
	return keys, err
}

// Suppression returns the suppression of an address on a channel, or ErrNotFound. It finds that of
// an erased address as well.
func (tx *Tx) Suppression(address, channel string) (*Suppression, error) {
	found, err := first[Suppression](tx, "address = ? AND channel = ?", normalAddress(address), channel)
	if errors.Is(err, ErrNotFound) {
		return tx.hiddenSuppression(address, channel)
	}
	return found, err
}

// DeleteSuppression removes a suppression, also that of an erased address.
func (tx *Tx) DeleteSuppression(address, channel string) error {
	found, err := tx.Suppression(address, channel)
	if err != nil {
		return err
	}
	return tx.remove("DELETE FROM suppressions WHERE address = ? AND channel = ?", found.Address, channel)
}

// IsHidden reports whether a suppression's address is known by its hash only.
func (s *Suppression) IsHidden() bool { return strings.HasPrefix(s.Address, hiddenPrefix) }
