package api

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/store"
)

func shapeKey(k *store.APIKey) gen.ApiKey {
	scopes := make([]gen.Scope, len(k.Scopes))
	for i, scope := range k.Scopes {
		scopes[i] = gen.Scope(scope)
	}
	return gen.ApiKey{
		Id: k.ID, Name: k.Name, Person: k.Person, Prefix: k.Prefix, Scopes: scopes, CreatedAt: k.CreatedAt.UTC(),
		LastUsedAt: utc(k.LastUsedAt), ExpiresAt: utc(k.ExpiresAt), RevokedAt: utc(k.RevokedAt),
	}
}

func issued(k *store.APIKey, key *string) gen.ApiKeyIssued {
	shown := shapeKey(k)
	return gen.ApiKeyIssued{
		Id: shown.Id, Name: shown.Name, Person: shown.Person, Prefix: shown.Prefix, Scopes: shown.Scopes, CreatedAt: shown.CreatedAt,
		LastUsedAt: shown.LastUsedAt, ExpiresAt: shown.ExpiresAt, RevokedAt: shown.RevokedAt, Key: key,
	}
}

// CreateApiKey issues a key and shows it in this answer alone: neither the key nor an answer that
// holds it is ever stored.
func (s *server) CreateApiKey(c *gin.Context, _ gen.CreateApiKeyParams) {
	creating(s, c, func(tx *store.Tx, in gen.ApiKeyInput) (reply, error) {
		now := s.now()
		key := newKey()
		row := &store.APIKey{ID: store.NewID("key"), Prefix: key[:keyShown], Hash: hashKey(key), CreatedAt: now}
		if err := fillKey(row, in, now); err != nil {
			return reply{}, err
		}
		if err := tx.CreateAPIKey(row); err != nil {
			return reply{}, err
		}
		detail := map[string]any{"name": row.Name, "person": row.Person, "scopes": row.Scopes}
		if err := s.audit(c, tx, "api_key.create", row.ID, detail); err != nil {
			return reply{}, err
		}
		r := created(location("api-keys", row.ID), issued(row, &key))
		r.kept = issued(row, nil)
		return r, nil
	})
}

func (s *server) ListApiKeys(c *gin.Context, params gen.ListApiKeysParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListAPIKeys(pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeKey), err
	})
}

func (s *server) GetApiKey(c *gin.Context, id string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		key, err := tx.APIKey(id)
		if err != nil {
			return reply{}, err
		}
		return ok(shapeKey(key)), nil
	})
}

// PatchApiKey changes what a key may do, and until when; the key itself stays.
func (s *server) PatchApiKey(c *gin.Context, id string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		key, err := tx.APIKey(id)
		if err != nil {
			return reply{}, err
		}
		if key.RevokedAt != nil {
			return reply{}, failure(kindState, "the key was revoked; issue another one")
		}
		shown := shapeKey(key)
		next, err := patched(s, c, "ApiKeyInput", gen.ApiKeyInput{Name: &key.Name, Person: key.Person, Scopes: shown.Scopes, ExpiresAt: shown.ExpiresAt})
		if err != nil {
			return reply{}, err
		}
		if err := fillKey(key, next, s.now()); err != nil {
			return reply{}, err
		}
		if err := tx.UpdateAPIKey(key); err != nil {
			return reply{}, err
		}
		detail := map[string]any{"name": key.Name, "person": key.Person, "scopes": key.Scopes, "expires_at": key.ExpiresAt}
		return ok(shapeKey(key)), s.audit(c, tx, "api_key.update", key.ID, detail)
	})
}

// fillKey puts what a request says into a key. An end that it had before may have passed.
func fillKey(key *store.APIKey, in gen.ApiKeyInput, now time.Time) error {
	end := utc(in.ExpiresAt)
	if end != nil && !end.After(now) && (key.ExpiresAt == nil || !end.Equal(*key.ExpiresAt)) {
		return invalid("/expires_at", "must be in the future", "")
	}
	person := strings.TrimSpace(in.Person)
	key.Name, key.Person, key.ExpiresAt, key.Scopes = or(in.Name, person), person, end, nil
	for _, scope := range in.Scopes {
		if !slices.Contains(key.Scopes, string(scope)) {
			key.Scopes = append(key.Scopes, string(scope))
		}
	}
	return nil
}

func (s *server) RevokeApiKey(c *gin.Context, id string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := tx.RevokeAPIKey(id, s.now()); err != nil {
			return err
		}
		return s.audit(c, tx, "api_key.revoke", id, nil)
	})
}

func shapeAudit(a *store.Audit) gen.AuditEntry {
	detail := raw(a.Detail)
	if detail == nil {
		detail = ptr(json.RawMessage("null"))
	}
	return gen.AuditEntry{Id: a.ID, At: a.At.UTC(), Person: a.Person, Key: text(a.KeyID), Action: a.Action, Subject: a.Subject, Detail: detail}
}

func (s *server) ListAudit(c *gin.Context, params gen.ListAuditParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListAudit(or(params.Subject, ""), pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapeAudit), err
	})
}
