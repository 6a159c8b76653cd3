package chaos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"fermata/e2e/harness"
)

// intake posts the requests of a plan, each until it is answered with 202, and notes
// what the answers said.
type intake struct {
	url    string
	client *http.Client

	mu       sync.Mutex
	accepted map[string]bool
	fresh    map[string]int // how often an id was called new
	took     []time.Duration
	refused  map[string]int // why a request was made again
	wrong    []string       // answers that no retry can mend
}

func newIntake(url string) *intake {
	return &intake{
		url: url, accepted: map[string]bool{}, fresh: map[string]int{}, refused: map[string]int{},
		client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders}},
	}
}

// senders is how many requests are under way at a time, at most.
const senders = 24

// send posts everything at its time and returns when all of it is accepted, or ctx ends.
func (in *intake) send(ctx context.Context, p *plan) {
	work := make(chan post)
	var hands sync.WaitGroup
	for range senders {
		hands.Go(func() {
			for one := range work {
				in.insist(ctx, p, one)
			}
		})
	}
	began := time.Now()
	for _, one := range p.posts {
		select {
		case <-time.After(one.at - time.Since(began)):
			work <- one
		case <-ctx.Done():
		}
	}
	close(work)
	hands.Wait()
	in.client.CloseIdleConnections()
}

// insist posts one request until it is accepted.
func (in *intake) insist(ctx context.Context, p *plan, one post) {
	list := make([]event, len(one.items))
	for i, k := range one.items {
		list[i] = p.events[k]
	}
	body, err := json.Marshal(map[string]any{"events": list})
	if err != nil {
		in.note(func() { in.wrong = append(in.wrong, err.Error()) })
		return
	}
	for wait := 50 * time.Millisecond; ctx.Err() == nil; wait = min(2*wait, time.Second) {
		if in.once(ctx, body) {
			return
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// once posts a request and reports whether it need not be made again.
func (in *intake) once(ctx context.Context, body []byte) bool {
	began := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, in.url+"/v1/events", bytes.NewReader(body))
	if err != nil {
		in.note(func() { in.wrong = append(in.wrong, err.Error()) })
		return true
	}
	request.Header.Set("Authorization", "Bearer "+harness.Key)
	request.Header.Set("Content-Type", "application/json")
	response, err := in.client.Do(request)
	if err != nil {
		in.note(func() { in.refused["connection"]++ })
		return false
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	switch {
	case response.StatusCode == http.StatusAccepted && err == nil:
		in.accept(raw, time.Since(began))
		return true
	case err != nil, response.StatusCode >= 500, response.StatusCode == http.StatusTooManyRequests:
		in.note(func() { in.refused[fmt.Sprint(response.StatusCode)]++ })
		return false
	}
	in.note(func() { in.wrong = append(in.wrong, fmt.Sprintf("%d %s", response.StatusCode, raw)) })
	return true
}

func (in *intake) note(fn func()) {
	in.mu.Lock()
	defer in.mu.Unlock()
	fn()
}

func (in *intake) accept(raw []byte, took time.Duration) {
	var answer struct {
		Events []struct {
			ID        string `json:"id"`
			Duplicate bool   `json:"duplicate"`
		} `json:"events"`
	}
	err := json.Unmarshal(raw, &answer)
	in.note(func() {
		if err != nil {
			in.wrong = append(in.wrong, err.Error())
		}
		in.took = append(in.took, took)
		for _, e := range answer.Events {
			in.accepted[e.ID] = true
			if !e.Duplicate {
				in.fresh[e.ID]++
			}
		}
	})
}

// percentile is the time that a share of the accepted requests took at most.
func (in *intake) percentile(share float64) time.Duration {
	in.mu.Lock()
	defer in.mu.Unlock()
	return percentile(in.took, share)
}

func percentile(list []time.Duration, share float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}
