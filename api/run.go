package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/store"
)

const (
	// storeWait is how long a request waits for the store to take it up before it answers 503.
	storeWait = 1500 * time.Millisecond
	// storeWork is how long a transaction may take once it runs.
	storeWork = 10 * time.Second
	// readWork is how long reading may take.
	readWork = 1900 * time.Millisecond
	// idempotencyKept is how long a repeated Idempotency-Key answers the same.
	idempotencyKept = 7 * 24 * time.Hour
	// expiredAtOnce bounds how many expired keys one request clears away.
	expiredAtOnce = 100_000
)

// reply is what a handler answers.
type reply struct {
	status int
	body   any // encoded as JSON; nil for none
	header map[string]string
	// kept is what is stored for a repeated Idempotency-Key when it must differ from body.
	kept any
}

func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

func created(at string, body any) reply {
	return reply{status: http.StatusCreated, body: body, header: map[string]string{"Location": at}}
}

func noContent() reply { return reply{status: http.StatusNoContent} }

func (s *server) send(c *gin.Context, r reply) {
	for name, value := range r.header {
		c.Header(name, value)
	}
	if r.body == nil {
		c.Status(r.status)
		c.Writer.WriteHeaderNow()
		return
	}
	raw, err := encode(r.body)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Data(r.status, "application/json", raw)
}

// encode writes JSON without escaping <, > and &: nothing here is put into a page as it is.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// readStore runs fn on the store and gives up when it does not answer in time.
func (s *server) readStore(ctx context.Context, fn func(tx *store.Tx) error) error {
	return s.readStoreWithin(ctx, readWork, fn)
}

func (s *server) readStoreWithin(ctx context.Context, limit time.Duration, fn func(tx *store.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return s.Store.Read(ctx, fn)
}

// writeStore runs fn in one transaction. It waits storeWait for the transaction to begin, so that a
// store that is away answers 503 at once, and storeWork for it to end.
func (s *server) writeStore(ctx context.Context, fn func(tx *store.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, storeWork)
	defer cancel()
	waiting := time.AfterFunc(storeWait, cancel)
	defer waiting.Stop()
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		if !waiting.Stop() {
			return context.Canceled
		}
		return fn(tx)
	})
}

// read answers from the store without changing it.
func (s *server) read(c *gin.Context, fn func(tx *store.Tx) (reply, error)) {
	s.readWithin(c, readWork, fn)
}

// readWithin is read for what takes longer than reading rows.
func (s *server) readWithin(c *gin.Context, limit time.Duration, fn func(tx *store.Tx) (reply, error)) {
	var r reply
	err := s.readStoreWithin(c.Request.Context(), limit, func(tx *store.Tx) (err error) {
		r, err = fn(tx)
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, r)
}

// write runs fn in one transaction and answers after it is durable.
func (s *server) write(c *gin.Context, fn func(tx *store.Tx) (reply, error)) {
	var r reply
	err := s.writeStore(c.Request.Context(), func(tx *store.Tx) (err error) {
		r, err = fn(tx)
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, r)
}

// create is write for a POST that creates: with an Idempotency-Key the answer is stored in the
// transaction of the effect, and a repeated call answers it again without doing anything.
func (s *server) create(c *gin.Context, fn func(tx *store.Tx) (reply, error)) {
	key := c.GetHeader("Idempotency-Key")
	if key == "" {
		s.write(c, fn)
		return
	}
	id := s.idempotency(c, key)
	s.write(c, func(tx *store.Tx) (reply, error) { return once(tx, id, fn) })
}

// idempotency is what identifies a repeated call: the API key with the client's key, the route
// with its parameters, and the hash of the body.
type idempotency struct {
	key, route, hash string
	now              time.Time
}

func (s *server) idempotency(c *gin.Context, key string) idempotency {
	owner := "bootstrap"
	if who := callerOf(c); who.keyID != "" {
		owner = who.keyID
	}
	return s.idempotencyOf(c, owner, key, c.Request.Method+" "+c.Request.URL.Path+"?"+c.Request.URL.Query().Encode())
}

// idempotencyOf keeps the client's key as a hash: it may say something about a person.
func (s *server) idempotencyOf(c *gin.Context, owner, key, route string) idempotency {
	body, name := sha256.Sum256(rawBody(c)), sha256.Sum256([]byte(key))
	return idempotency{key: owner + " " + hex.EncodeToString(name[:]), route: route, hash: hex.EncodeToString(body[:]), now: s.Now().UTC()}
}

// once runs fn unless the key has an answer already. The key is reserved first, in the same
// transaction: a concurrent request with the same key waits there for this one to end.
func once(tx *store.Tx, id idempotency, fn func(tx *store.Tx) (reply, error)) (reply, error) {
	row := &store.IdempotencyKey{Key: id.key, Route: id.route, BodyHash: id.hash, Response: []byte{}, CreatedAt: id.now}
	err := tx.PutIdempotent(row)
	if errors.Is(err, store.ErrConflict) {
		earlier, err := tx.Idempotent(id.key, id.route)
		if err != nil {
			return reply{}, err
		}
		if id.now.Sub(earlier.CreatedAt) < idempotencyKept {
			return repeated(earlier, id)
		}
		if err := forget(tx, row, id.now); err != nil {
			return reply{}, err
		}
	} else if err != nil {
		return reply{}, err
	}
	r, err := fn(tx)
	if err != nil {
		return reply{}, err
	}
	return r, keep(tx, row, r)
}

// forget makes room for a key whose days are over.
func forget(tx *store.Tx, row *store.IdempotencyKey, now time.Time) error {
	if _, err := tx.DropIdempotent(now.Add(-idempotencyKept), expiredAtOnce); err != nil {
		return err
	}
	return tx.PutIdempotent(row)
}

// keep stores the answer with its reserved key.
func keep(tx *store.Tx, row *store.IdempotencyKey, r reply) error {
	kept := r.body
	if r.kept != nil {
		kept = r.kept
	}
	var err error
	if row.Response, err = encode(kept); err != nil {
		return err
	}
	if row.Header, err = store.ToJSON(r.header); err != nil {
		return err
	}
	row.Status = r.status
	return tx.FinishIdempotent(row)
}

// repeated answers what was answered before.
func repeated(row *store.IdempotencyKey, id idempotency) (reply, error) {
	if row.BodyHash != id.hash {
		return reply{}, failure(kindIdempotency, "use a new Idempotency-Key for another request")
	}
	header := map[string]string{}
	if err := row.Header.Decode(&header); err != nil {
		return reply{}, err
	}
	if header == nil {
		header = map[string]string{}
	}
	header["Idempotent-Replayed"] = "true"
	return reply{status: row.Status, body: json.RawMessage(row.Response), header: header}, nil
}

func callerOf(c *gin.Context) *caller {
	if who, ok := c.MustGet(ctxCaller).(*caller); ok {
		return who
	}
	return &caller{}
}

func rawBody(c *gin.Context) []byte {
	raw, _ := c.MustGet(ctxRaw).([]byte)
	return raw
}

// bodyObject is the decoded body when it is an object.
func bodyObject(c *gin.Context) (map[string]any, error) {
	value, _ := c.Get(ctxBody)
	object, isObject := value.(map[string]any)
	if !isObject {
		return nil, invalid("", "must be an object", "")
	}
	return object, nil
}

// bind decodes the checked body into a model of the document.
func bind[T any](c *gin.Context) (T, error) {
	var into T
	if err := json.Unmarshal(rawBody(c), &into); err != nil {
		return into, bindError(err)
	}
	return into, nil
}

func bindError(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalid("/"+e.Field, "has another type", "")
	}
	return invalid("", err.Error(), "")
}

// acceptLimit is how long accepting n events may take before the client is told to try again.
func acceptLimit(n int) time.Duration {
	if n > 10 {
		return storeWork
	}
	return readWork
}
