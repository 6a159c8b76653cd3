package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/sizes"
	"fermata/store"
	"fermata/store/storetest"
)

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		key := withHeader("Idempotency-Key", "order-7")
		first := f.call("POST", "/v1/tasks", object{"title": "Call"}, key)
		require.Equal(t, 201, first.status)
		require.Empty(t, first.header.Get("Idempotent-Replayed"))
		again := f.call("POST", "/v1/tasks", object{"title": "Call"}, key)
		require.Equal(t, first.status, again.status)
		require.JSONEq(t, first.body, again.body)
		require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
		require.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
		require.Len(t, f.must(200, "GET", "/v1/tasks", nil)["items"], 1)

		other := f.must(422, "POST", "/v1/tasks", object{"title": "Write"}, key)
		require.Equal(t, "idempotency-mismatch", other["type"])
		f.must(201, "POST", "/v1/courses", object{"key": "a", "name": "A"}, key)
		foreign, _ := f.issue([]string{scopeEditor}, nil)
		f.must(201, "POST", "/v1/tasks", object{"title": "Write"}, key, withKey(foreign))
		require.Len(t, f.must(200, "GET", "/v1/tasks", nil)["items"], 2, "another API key is another client")

		f.must(422, "POST", "/v1/tasks", object{"title": ""}, withHeader("Idempotency-Key", "refused"))
		f.must(201, "POST", "/v1/tasks", object{"title": "Now right"}, withHeader("Idempotency-Key", "refused"))

		f.clock.Advance(idempotencyKept + time.Second)
		f.must(201, "POST", "/v1/tasks", object{"title": "Write"}, key)
		require.Len(t, f.must(200, "GET", "/v1/tasks", nil)["items"], 4, "after seven days the key is free")
		f.must(422, "POST", "/v1/tasks", object{"title": "x"}, withHeader("Idempotency-Key", ""))
	})
}

// keptKey is how the store knows a client's key: by its hash.
func keptKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "bootstrap " + hex.EncodeToString(sum[:])
}

func TestRepeatedEventsUnderAnIdempotencyKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		key := withHeader("Idempotency-Key", "batch-1")
		batch := object{"events": []object{purchase(), purchase(), purchase(with("id", "own"))}}
		first := f.call("POST", "/v1/events", batch, key)
		require.Equal(t, 202, first.status, first.body)
		again := f.call("POST", "/v1/events", batch, key)
		require.JSONEq(t, first.body, again.body)
		require.Equal(t, "idempotency-mismatch", f.must(422, "POST", "/v1/events", purchase(), key)["type"])
		require.Len(t, f.must(200, "GET", "/v1/events?type=purchase.completed", nil)["items"], 3)

		wrong := purchase(with("contact", object{"id": "ct_none"}))
		f.must(422, "POST", "/v1/events", wrong, withHeader("Idempotency-Key", "fixed"))
		f.must(202, "POST", "/v1/events", purchase(), withHeader("Idempotency-Key", "fixed"))

		// A process that died between accepting and answering leaves the reserved key alone.
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			row, err := tx.Idempotent(keptKey("batch-1"), "POST /v1/events?")
			if err != nil {
				return err
			}
			_, err = reserve(tx, idempotency{key: keptKey("crashed"), route: "POST /v1/events?", hash: row.BodyHash, now: f.clock.Now()}, 3)
			return err
		}))
		retried := f.must(202, "POST", "/v1/events", batch, withHeader("Idempotency-Key", "crashed"))
		require.EqualValues(t, 2, retried["accepted"], "the client's own id is a duplicate")
		require.EqualValues(t, 2, f.must(202, "POST", "/v1/events", batch, withHeader("Idempotency-Key", "crashed"))["accepted"], "the stored answer")
	})
}

// TestConcurrentIdenticalPosts: whatever races, one effect for each key.
func TestConcurrentIdenticalPosts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		f := setup(t, s)
		keys, copies := sizes.Of(6, 1000), sizes.Of(16, 64)
		// A careful client repeats what a busy server put off.
		post := func(url, key, body string) int {
			for {
				r := httptest.NewRequest(http.MethodPost, url, bodyReader(t, body))
				r.Header.Set("Authorization", "Bearer "+adminKey)
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Idempotency-Key", key)
				w := httptest.NewRecorder()
				f.handler.ServeHTTP(w, r)
				if w.Code != http.StatusServiceUnavailable {
					return w.Code
				}
			}
		}
		var mu sync.Mutex
		statuses := map[int]int{}
		var wg sync.WaitGroup
		slots := make(chan struct{}, 256)
		for k := range keys {
			for range copies {
				slots <- struct{}{}
				wg.Go(func() {
					defer func() { <-slots }()
					task := post("/v1/tasks", fmt.Sprint("k", k), fmt.Sprintf(`{"title":"Task %d"}`, k))
					event := post("/v1/events", fmt.Sprint("k", k), fmt.Sprintf(`{"type":"order.created","contact":{"email":"c%d@example.com"}}`, k))
					mu.Lock()
					defer mu.Unlock()
					statuses[task]++
					statuses[event]++
				})
			}
		}
		wg.Wait()
		require.Equal(t, map[int]int{201: keys * copies, 202: keys * copies}, statuses)
		require.Equal(t, keys, f.countAll("/v1/tasks?limit=500"))
		require.Equal(t, keys, f.countAll("/v1/events?limit=500&type=order.created"))
		require.Equal(t, http.StatusUnprocessableEntity, post("/v1/tasks", "k0", `{"title":"Another"}`))
	})
}

// countAll counts the items of all pages of a list.
func (f *fixture) countAll(url string) int {
	f.t.Helper()
	n := 0
	for cursor := ""; ; {
		page := f.must(200, "GET", url+cursor, nil)
		n += len(page["items"].([]any))
		next, more := page["next"].(string)
		if !more {
			return n
		}
		cursor = "&cursor=" + next
	}
}
