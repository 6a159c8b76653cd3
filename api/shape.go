package api

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/interpreter/expr"
	"fermata/store"
)

// list is the answer of every list.
type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
}

// listReply shapes a page of rows.
func listReply[Row, Item any](rows []Row, next string, shape func(*Row) Item) reply {
	items := make([]Item, len(rows))
	for i := range rows {
		items[i] = shape(&rows[i])
	}
	return ok(list[Item]{Items: items, Next: text(next)})
}

// pageOf reads limit and cursor of a list.
func pageOf(limit *int, cursor *string) store.Page {
	return store.Page{Limit: or(limit, store.DefaultLimit), Cursor: or(cursor, "")}
}

// partOf is the page of a list that is short enough to be made as a whole: without a limit all of
// it, up to the most of a page. key is what tells its items apart.
func partOf[T any](items []T, limit *int, cursor *string, key func(*T) string) (list[T], error) {
	behind, err := pageOf(limit, cursor).Behind()
	if err != nil {
		return list[T]{}, err
	}
	if behind != "" {
		at := slices.IndexFunc(items, func(item T) bool { return key(&item) == behind })
		if at < 0 {
			return list[T]{}, store.ErrCursor
		}
		items = items[at+1:]
	}
	n := or(limit, store.MaxLimit)
	if len(items) <= n {
		return list[T]{Items: items}, nil
	}
	return list[T]{Items: items[:n], Next: ptr(store.CursorAt(key(&items[n-1])))}, nil
}

// or is *p, or def when p is nil.
func or[T any](p *T, def T) T {
	if p == nil {
		return def
	}
	return *p
}

// text is nil for the empty string.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func ptr[T any](v T) *T { return &v }

// utc is t in UTC; the document promises it for every time.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// raw is a stored JSON value for an answer, nil for none.
func raw(j store.JSON) *json.RawMessage {
	if len(j) == 0 || string(j) == "null" {
		return nil
	}
	m := json.RawMessage(j)
	return &m
}

// rawObject is a stored JSON object, {} for none.
func rawObject(j store.JSON) json.RawMessage {
	if r := raw(j); r != nil {
		return *r
	}
	return json.RawMessage("{}")
}

// decodeObject decodes a JSON object as conditions and templates see it.
func decodeObject(j []byte) (map[string]any, error) {
	if len(j) == 0 {
		return map[string]any{}, nil
	}
	value, err := expr.DecodeJSON(j)
	if err != nil {
		return nil, err
	}
	object, _ := value.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	return object, nil
}

// creating binds the body of a POST that creates and runs fn once per Idempotency-Key.
func creating[In any](s *server, c *gin.Context, fn func(tx *store.Tx, in In) (reply, error)) {
	in, err := bind[In](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.create(c, func(tx *store.Tx) (reply, error) { return fn(tx, in) })
}

// changing binds the body and runs fn in a transaction.
func changing[In any](s *server, c *gin.Context, fn func(tx *store.Tx, in In) (reply, error)) {
	in, err := bind[In](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.write(c, func(tx *store.Tx) (reply, error) { return fn(tx, in) })
}

// removing runs a delete and answers 204.
func removing(s *server, c *gin.Context, fn func(tx *store.Tx) error) {
	s.write(c, func(tx *store.Tx) (reply, error) { return noContent(), fn(tx) })
}

// patched applies the body, a merge patch, to what a resource was made from, checks the whole
// against the schema of its creation and returns it.
func patched[In any](s *server, c *gin.Context, schema string, current In) (In, error) {
	var next In
	patch, err := bodyObject(c)
	if err != nil {
		return next, err
	}
	encoded, err := json.Marshal(current)
	if err != nil {
		return next, err
	}
	value, err := readJSON(encoded)
	if err != nil {
		return next, err
	}
	before, _ := value.(map[string]any)
	merged := mergePatch(before, patch)
	if fields := checkSchema(s.document.schema(schema), merged); len(fields) > 0 {
		return next, invalidFields(fields)
	}
	if encoded, err = json.Marshal(merged); err != nil {
		return next, err
	}
	if err := json.Unmarshal(encoded, &next); err != nil {
		return next, bindError(err)
	}
	return next, nil
}

// audit records what the caller did.
func (s *server) audit(c *gin.Context, tx *store.Tx, action, subject string, detail map[string]any) error {
	who := callerOf(c)
	entry := &store.Audit{At: s.Now().UTC(), Person: who.person, KeyID: who.keyID, Action: action, Subject: subject}
	if detail != nil {
		encoded, err := store.ToJSON(detail)
		if err != nil {
			return err
		}
		entry.Detail = encoded
	}
	return tx.AddAudit(entry)
}
