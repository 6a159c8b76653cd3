package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// client calls the REST API.
type client struct {
	base, key string
	http      *http.Client
}

func newClient(base, key string) *client {
	return &client{base: base, key: key, http: &http.Client{Timeout: 15 * time.Second}}
}

// refusal is an answer outside of 2xx: a problem document.
type refusal struct {
	Status int `json:"status"`
	Title  string
	Detail string
	Errors []struct{ Pointer, Message string }
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("%d %s", r.Status, r.Title)
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	for _, e := range r.Errors {
		text += fmt.Sprintf("; %s %s", e.Pointer, e.Message)
	}
	return text
}

// do makes a call. The body is YAML when it is bytes and JSON otherwise; out, when
// it is not nil, receives the answer. The error of an answer is a *refusal.
func (c *client) do(ctx context.Context, method, path string, body, out any) error {
	kind, raw, err := encode(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s %s: read answer: %w", method, path, err)
	}
	if res.StatusCode/100 != 2 {
		problem := &refusal{}
		if json.Unmarshal(answer, problem) != nil {
			problem.Detail = strings.TrimSpace(string(answer))
		}
		problem.Status = res.StatusCode
		return fmt.Errorf("%s %s: %w", method, path, problem)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: read answer: %w", method, path, err)
	}
	return nil
}

func encode(body any) (kind string, raw []byte, err error) {
	switch b := body.(type) {
	case nil:
		return "", nil, nil
	case []byte:
		return "application/yaml", b, nil
	default:
		raw, err = json.Marshal(b)
		if err != nil {
			return "", nil, fmt.Errorf("encode body: %w", err)
		}
		return "application/json", raw, nil
	}
}

// status is the HTTP status of a refusal, 0 for any other error.
func status(err error) int {
	var r *refusal
	if errors.As(err, &r) {
		return r.Status
	}
	return 0
}

// answers checks that a Fermata with this key is there.
func (c *client) answers(ctx context.Context) error {
	err := c.do(ctx, http.MethodGet, "/v1/account", nil, nil)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing answers at %s: run `make dev` in another terminal first, or set FERMATA_HTTP_ADDR", c.base)
	case status(err) == http.StatusUnauthorized:
		return fmt.Errorf("%s does not accept the key: set FERMATA_API_KEY", c.base)
	default:
		return fmt.Errorf("what answers at %s is not a Fermata that works: %w", c.base, err)
	}
}

// list reads one page of a list.
func list[T any](ctx context.Context, c *client, path string, query url.Values) ([]T, error) {
	var page struct{ Items []T }
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	err := c.do(ctx, http.MethodGet, path, nil, &page)
	return page.Items, err
}

// enrollment is what the demo reads of one.
type enrollment struct {
	ID, Workflow, Status, Node, Key string
	Reason                          string
	TemporalURL                     string     `json:"temporal_url"`
	DueAt                           *time.Time `json:"due_at"`
	Steps                           []struct {
		Node, Status string
		Error        *string
	}
}

// step is the status of a node's last visit, "" when there was none.
func (e *enrollment) step(node string) string {
	found := ""
	for _, s := range e.Steps {
		if s.Node == node {
			found = s.Status
		}
	}
	return found
}

// follow waits until the contact's enrollment in a workflow has one of the statuses,
// and returns it with its steps.
func (c *client) follow(ctx context.Context, workflow, contact string, until ...string) (*enrollment, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		e, err := c.enrollment(ctx, workflow, contact)
		if err != nil {
			return nil, err
		}
		if e != nil && slices.Contains(until, e.Status) {
			return e, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s of %s is not %s within %s: %s/v1/events?contact=%s tells why",
				workflow, contact, strings.Join(until, " or "), patience, c.base, contact)
		case <-tick.C:
		}
	}
}

// enrollment is the contact's newest enrollment in a workflow, nil for none.
func (c *client) enrollment(ctx context.Context, workflow, contact string) (*enrollment, error) {
	found, err := list[enrollment](ctx, c, "/v1/enrollments", url.Values{"workflow": {workflow}, "contact": {contact}})
	// Until the event has been taken in, nobody knows the contact.
	if status(err) == http.StatusUnprocessableEntity || status(err) == http.StatusNotFound {
		return nil, nil
	}
	if err != nil || len(found) == 0 {
		return nil, err
	}
	e := &enrollment{}
	return e, c.do(ctx, http.MethodGet, "/v1/enrollments/"+found[0].ID, nil, e)
}
