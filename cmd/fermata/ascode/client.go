package ascode

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fermata/api/gen"
)

const (
	typeJSON = "application/json"
	typeYAML = "application/yaml"
	// answerLimit bounds what is read of an answer.
	answerLimit = 16 << 20
)

// Client calls a Fermata server.
type Client struct {
	// Server is its address, like https://fermata.example.
	Server string
	Key    string
	// HTTP makes the calls; default a client with a timeout of a minute.
	HTTP *http.Client
}

// UnreachableError says that the server gave no answer, or did not let the key in.
type UnreachableError struct {
	Server string
	Cause  error
}

// Error implements error.
func (e *UnreachableError) Error() string { return fmt.Sprintf("call %s: %v", e.Server, e.Cause) }

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }

// RefusedError is a problem that the server answered.
type RefusedError struct {
	Status  int
	Problem gen.Problem
}

// Error says everything that the server said.
func (e *RefusedError) Error() string {
	text := e.Problem.Title
	if e.Problem.Detail != nil && *e.Problem.Detail != "" {
		text = *e.Problem.Detail
	}
	parts := []string{text}
	if e.Problem.Errors != nil {
		for _, one := range *e.Problem.Errors {
			line := strings.TrimSpace(one.Pointer + ": " + one.Message)
			if one.Hint != "" {
				line += " (" + one.Hint + ")"
			}
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, "; ")
}

// call is one request. Body is sent as it is; out, when not nil, takes the answer.
type call struct {
	method, path, kind string
	body               []byte
	header             map[string]string
	out                any
}

// do carries out a call. What is no success is a *RefusedError or an *UnreachableError.
func (c *Client) do(ctx context.Context, in call) error {
	request, err := http.NewRequestWithContext(ctx, in.method, strings.TrimRight(c.Server, "/")+in.path, bytes.NewReader(in.body))
	if err != nil {
		return &UnreachableError{Server: c.Server, Cause: err}
	}
	request.Header.Set("Authorization", "Bearer "+c.Key)
	request.Header.Set("Accept", typeJSON)
	if in.kind != "" {
		request.Header.Set("Content-Type", in.kind)
	}
	for name, value := range in.header {
		request.Header.Set(name, value)
	}
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: time.Minute}
	}
	answer, err := client.Do(request)
	if err != nil {
		return &UnreachableError{Server: c.Server, Cause: err}
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return &UnreachableError{Server: c.Server, Cause: err}
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return c.refused(answer.StatusCode, raw)
	}
	if in.out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, in.out); err != nil {
		return &UnreachableError{Server: c.Server, Cause: fmt.Errorf("read answer of %s: %w", in.path, err)}
	}
	return nil
}

func (c *Client) refused(status int, raw []byte) error {
	refused := &RefusedError{Status: status}
	if err := json.Unmarshal(raw, &refused.Problem); err != nil || refused.Problem.Title == "" {
		return &UnreachableError{Server: c.Server, Cause: fmt.Errorf("answered %d, not like a Fermata server", status)}
	}
	if status == http.StatusUnauthorized || status == http.StatusForbidden || status >= http.StatusInternalServerError {
		return &UnreachableError{Server: c.Server, Cause: refused}
	}
	return refused
}

func workflowPath(key, more string) string { return "/v1/workflows/" + url.PathEscape(key) + more }
