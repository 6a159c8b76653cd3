package store

import "time"

// Hook is the secret address of one inbound webhook. The token is known to whoever calls it; the
// store can find it by its hash, and show it again to who holds the key that it is sealed with.
type Hook struct {
	Workflow  string `gorm:"primaryKey"`
	TriggerID string `gorm:"primaryKey"`
	TokenHash []byte // SHA-256
	Cipher    []byte
	Nonce     []byte
	CreatedAt time.Time
	UpdatedAt time.Time // when the token was made
}

// HookSeal is what the token of a hook is sealed as; no secret can have this name.
func HookSeal(workflow, trigger string) string { return "hook:" + workflow + "/" + trigger }

// PutHook makes a hook, or gives it a new token; the old one is unknown from then on.
func (tx *Tx) PutHook(h *Hook) error { return tx.upsert(h, "workflow", "trigger_id") }

// Hook returns the hook of a trigger.
func (tx *Tx) Hook(workflow, trigger string) (*Hook, error) {
	return first[Hook](tx, "workflow = ? AND trigger_id = ?", workflow, trigger)
}

// HookByHash finds a hook by the hash of its token.
func (tx *Tx) HookByHash(hash []byte) (*Hook, error) { return first[Hook](tx, "token_hash = ?", hash) }

// Hooks lists the hooks of a workflow, by trigger.
func (tx *Tx) Hooks(workflow string) ([]Hook, error) {
	return all[Hook](tx, "WHERE workflow = ? ORDER BY trigger_id", workflow)
}

// AllHooks lists the hooks of all workflows.
func (tx *Tx) AllHooks() ([]Hook, error) { return all[Hook](tx, "ORDER BY workflow, trigger_id") }
