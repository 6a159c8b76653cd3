package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// Kinds of a MailHit.
const (
	HitOpen  = "open"
	HitClick = "click"
)

// MailHit is one request of an address in a mail, until it has been reported as an event.
type MailHit struct {
	ID       string `gorm:"primaryKey"`
	SendID   string
	Kind     string
	URL      string // of a click
	Machine  bool   // the request itself said that nobody was reading
	Recorded bool   // reported; kept for a while, to compare others with it
	At       time.Time
	ReadyAt  time.Time // not looked at before
}

// AddMailHit notes a request. One like it within the same second, or one about a send that is not
// there, is nothing.
func (tx *Tx) AddMailHit(h *MailHit) error {
	h.URL = strings.ToValidUTF8(h.URL, "\uFFFD")
	if h.ID == "" {
		sum := sha256.Sum256([]byte(h.SendID + "\n" + h.Kind + "\n" + h.URL + "\n" + formatInt(h.At.Unix()) + "\n" + map[bool]string{true: "machine"}[h.Machine]))
		h.ID = "hit_" + hex.EncodeToString(sum[:16])
	}
	_, err := tx.exec(`INSERT INTO mail_hits (id, send_id, kind, url, machine, recorded, at, ready_at)
		SELECT `+tx.typed("text", "text", "text", "text", "boolean", "boolean", "timestamptz", "timestamptz")+`
		WHERE EXISTS (SELECT 1 FROM sends WHERE id = ?) ON CONFLICT DO NOTHING`,
		h.ID, h.SendID, h.Kind, h.URL, h.Machine, h.Recorded, h.At, h.ReadyAt, h.SendID)
	return err
}

// typed is a list of parameters in a SELECT, which gives them no types by itself.
func (tx *Tx) typed(types ...string) string {
	list := make([]string, len(types))
	for i, typ := range types {
		list[i] = "?"
		if tx.dialect == Postgres {
			list[i] = "?::" + typ
		}
	}
	return strings.Join(list, ", ")
}

// SendsHit lists up to n sends with hits that are ready at now, those that wait longest first.
func (tx *Tx) SendsHit(now time.Time, n int) ([]string, error) {
	ids := []string{}
	_, err := tx.scan(&ids, `SELECT send_id FROM mail_hits WHERE NOT recorded AND ready_at <= ?
		GROUP BY send_id ORDER BY min(ready_at), send_id LIMIT ?`, now, n)
	return ids, err
}

// MailHits lists the hits of a send, recorded ones too, in order.
func (tx *Tx) MailHits(send string) ([]MailHit, error) {
	return all[MailHit](tx, "WHERE send_id = ? ORDER BY at, id", send)
}

// RecordMailHits notes that hits have been reported.
func (tx *Tx) RecordMailHits(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.exec("UPDATE mail_hits SET recorded = ? WHERE id IN ?", true, ids)
	return err
}

// DelayMailHits puts off the hits of a send that are not recorded.
func (tx *Tx) DelayMailHits(send string, until time.Time) error {
	_, err := tx.exec("UPDATE mail_hits SET ready_at = ? WHERE send_id = ? AND NOT recorded", until, send)
	return err
}

// DropMailHits drops all hits of a send.
func (tx *Tx) DropMailHits(send string) error {
	_, err := tx.exec("DELETE FROM mail_hits WHERE send_id = ?", send)
	return err
}

// ClearMailHits drops what was recorded of requests before an instant.
func (tx *Tx) ClearMailHits(before time.Time) error {
	_, err := tx.exec("DELETE FROM mail_hits WHERE recorded AND at < ?", before)
	return err
}
