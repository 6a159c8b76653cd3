package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

// PostEvents accepts one event or a batch. It answers 202 only after the rows are durable, and
// does not need Temporal for it.
func (s *server) PostEvents(c *gin.Context, _ gen.PostEventsParams) {
	value, _ := c.Get(ctxBody)
	incoming, _, wrong := events.ParseIncoming(value)
	if len(wrong) > 0 {
		s.fail(c, invalidRequest(wrong))
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), acceptLimit(len(incoming)))
	defer cancel()
	key := c.GetHeader("Idempotency-Key")
	if key == "" {
		body, err := s.accept(ctx, incoming)
		s.accepted(c, reply{status: http.StatusAccepted, body: body}, err)
		return
	}
	r, err := s.acceptOnce(ctx, s.idempotency(c, key), incoming)
	s.accepted(c, r, err)
}

func (s *server) accepted(c *gin.Context, r reply, err error) {
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, r)
}

func (s *server) accept(ctx context.Context, incoming []events.Incoming) (gen.EventsAccepted, error) {
	rows, wrong, err := s.Intake.Accept(ctx, incoming)
	if err != nil {
		return gen.EventsAccepted{}, err
	}
	if len(wrong) > 0 {
		return gen.EventsAccepted{}, invalidRequest(wrong)
	}
	body := gen.EventsAccepted{Events: make([]gen.AcceptedEvent, len(rows))}
	for i, row := range rows {
		body.Events[i] = gen.AcceptedEvent{Id: row.ID, Duplicate: row.Duplicate, Warnings: warnings(row.Warnings)}
		if !row.Duplicate {
			body.Accepted++
		}
	}
	return body, nil
}

func warnings(list []events.Warning) *[]gen.Warning {
	if len(list) == 0 {
		return nil
	}
	shown := make([]gen.Warning, len(list))
	for i, w := range list {
		shown[i] = gen.Warning{Code: w.Code, Message: w.Message, Pointer: text(w.Pointer)}
	}
	return &shown
}

// acceptOnce accepts events once per Idempotency-Key. The key is reserved with the ids that the
// events will get, before they are accepted: whoever repeats the request, after a crash or at the
// same time, accepts the same ids, and the second time they are duplicates.
func (s *server) acceptOnce(ctx context.Context, id idempotency, incoming []events.Incoming) (reply, error) {
	var row *store.IdempotencyKey
	err := s.writeStore(ctx, func(tx *store.Tx) (err error) {
		row, err = reserve(tx, id, len(incoming))
		return err
	})
	if err != nil {
		return reply{}, err
	}
	if row.Status != 0 {
		return repeated(row, id)
	}
	var ids []string
	if err := json.Unmarshal(row.Response, &ids); err != nil || len(ids) != len(incoming) {
		return reply{}, failure(kindIdempotency, "use a new Idempotency-Key for another request")
	}
	for i := range incoming {
		if incoming[i].ID == "" {
			incoming[i].ID = ids[i]
		}
	}
	body, err := s.accept(ctx, incoming)
	if err != nil {
		s.release(ctx, row, err)
		return reply{}, err
	}
	r := reply{status: http.StatusAccepted, body: body}
	// The events are durable: without this a repetition answers them as duplicates, no more.
	if err := s.writeStore(ctx, func(tx *store.Tx) error { return keep(tx, row, r) }); err != nil {
		s.Log.Warn("answer was not kept for its Idempotency-Key", "error", err)
	}
	return r, nil
}

// reserve returns the row of the key: a new one with planned event ids, the one of a request that
// has not finished, or the one with its answer.
func reserve(tx *store.Tx, id idempotency, n int) (*store.IdempotencyKey, error) {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = store.NewID("evt")
	}
	planned, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	row := &store.IdempotencyKey{Key: id.key, Route: id.route, BodyHash: id.hash, Response: planned, CreatedAt: id.now}
	if err := tx.PutIdempotent(row); !errors.Is(err, store.ErrConflict) {
		return row, err
	}
	earlier, err := tx.Idempotent(id.key, id.route)
	if err != nil {
		return nil, err
	}
	switch {
	case id.now.Sub(earlier.CreatedAt) >= idempotencyKept:
		return row, forget(tx, row, id.now)
	case earlier.BodyHash == "": // the request failed and was released
		return row, tx.FinishIdempotent(row)
	case earlier.BodyHash != id.hash:
		return nil, failure(kindIdempotency, "use a new Idempotency-Key for another request")
	}
	return earlier, nil
}

// release frees the key of a request that was refused, so that its correction may use it.
func (s *server) release(ctx context.Context, row *store.IdempotencyKey, cause error) {
	if asProblem(cause).status >= http.StatusInternalServerError {
		return // nobody knows whether the events were stored
	}
	row.BodyHash = ""
	if err := s.writeStore(ctx, func(tx *store.Tx) error { return tx.FinishIdempotent(row) }); err != nil {
		s.Log.Warn("Idempotency-Key was not released", "error", err)
	}
}
