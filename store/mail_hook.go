package store

import (
	"errors"
	"time"
)

// MailHook is the secret address where a mail provider reports what became of mails. As with Hook the
// token is kept as a hash, and sealed. The counts are of all reports since the address of this provider
// was first made.
type MailHook struct {
	Provider    string `gorm:"primaryKey"`
	TokenHash   []byte // SHA-256
	Cipher      []byte
	Nonce       []byte
	UpdatedAt   time.Time // when the token was made
	Accepted    int64     // reports that were new
	Ignored     int64     // reports that mean nothing here
	LastAt      *time.Time
	LastIgnored string // why the last one was ignored
}

// MailHookSeal is what the token of a provider is sealed as; no secret can have this name.
func MailHookSeal(provider string) string { return "mail-hook:" + provider }

// PutMailHook makes the hook of a provider, or gives it a new token; the old one is unknown from then on.
func (tx *Tx) PutMailHook(h *MailHook) error {
	before, err := tx.mailHook("provider = ?", h.Provider)
	switch {
	case err == nil:
		h.Accepted, h.Ignored, h.LastAt, h.LastIgnored = before.Accepted, before.Ignored, before.LastAt, before.LastIgnored
	case !errors.Is(err, ErrNotFound):
		return err
	}
	return tx.upsert(h, "provider")
}

func (tx *Tx) mailHook(where string, value any) (*MailHook, error) {
	return first[MailHook](tx, where, value)
}

// MailHookByHash finds a hook by the hash of its token.
func (tx *Tx) MailHookByHash(hash []byte) (*MailHook, error) {
	return tx.mailHook("token_hash = ?", hash)
}

// MailHooks lists the hooks of all providers.
func (tx *Tx) MailHooks() ([]MailHook, error) { return all[MailHook](tx, "ORDER BY provider") }

// DeleteMailHook removes the hook of a provider; its token is unknown from then on.
func (tx *Tx) DeleteMailHook(provider string) error {
	return tx.remove("DELETE FROM mail_hooks WHERE provider = ?", provider)
}

// CountMailReports adds to the counts of a hook; why is of the last report that was ignored, "" for none.
func (tx *Tx) CountMailReports(provider string, accepted, ignored int, why string, at time.Time) error {
	_, err := tx.exec(`UPDATE mail_hooks SET accepted = accepted + ?, ignored = ignored + ?, last_at = ?,
		last_ignored = CASE WHEN ? = '' THEN last_ignored ELSE ? END WHERE provider = ?`, accepted, ignored, at, why, why, provider)
	return err
}
