package ascode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"gopkg.in/yaml.v3"

	"fermata/api/gen"
	"fermata/interpreter/definition"
)

// Rehearser runs a definition in virtual time, without an installation.
type Rehearser func(ctx context.Context, def *definition.Definition, req gen.RehearseRequest) (*gen.RehearseResult, error)

// Rehearse rehearses a definition file here, or the draft of a workflow on the server, and shows
// every step. request names a file of the API's request, or is empty.
func Rehearse(ctx context.Context, c *Client, subject, request string, run Rehearser, out Output) error {
	req, err := readRequest(request)
	if err != nil {
		return err
	}
	var result *gen.RehearseResult
	if _, missing := os.Stat(subject); missing == nil {
		files, err := readable([]string{subject}, out)
		if err != nil {
			return err
		}
		if len(files) != 1 || definition.HasErrors(files[0].Problems) {
			out.problems(subject, files[0].Problems)
			return &ExitError{Code: ExitProblems, Message: subject + " is not one definition without errors"}
		}
		if result, err = run(ctx, files[0].Def, req); err != nil {
			return &ExitError{Code: ExitProblems, Message: err.Error()}
		}
	} else {
		if c == nil {
			return fmt.Errorf("rehearse %s: there is no such file; for a workflow on a server set FERMATA_URL or --server", subject)
		}
		body, err := json.Marshal(req)
		if err != nil {
			return fmt.Errorf("write request: %w", err)
		}
		result = &gen.RehearseResult{}
		err = c.do(ctx, call{method: "POST", path: workflowPath(subject, "/rehearse"), kind: typeJSON, body: body, out: result})
		if refused, ok := errors.AsType[*RefusedError](err); ok {
			return &ExitError{Code: ExitProblems, Message: refused.Error()}
		}
		if err != nil {
			return err
		}
	}
	out.rehearsed(result)
	return out.encode(result)
}

// readRequest reads the request of a rehearsal from a YAML or JSON file.
func readRequest(name string) (req gen.RehearseRequest, err error) {
	if name == "" {
		return req, nil
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return req, fmt.Errorf("read %s: %w", name, err)
	}
	var value map[string]any
	if err := yaml.Unmarshal(raw, &value); err != nil {
		return req, fmt.Errorf("read %s: %w", name, err)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return req, fmt.Errorf("read %s: %w", name, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&req); err != nil {
		return req, fmt.Errorf("read %s: %w", name, err)
	}
	return req, nil
}

func (o Output) rehearsed(r *gen.RehearseResult) {
	table := [][]string{{"AT", "NODE", "TYPE", "STATUS", "PORT", "EFFECT"}}
	for _, s := range r.Steps {
		port, effect := wordNone, ""
		if s.Port != nil {
			port = *s.Port
		}
		if s.Effect != nil {
			effect = brief(*s.Effect)
		}
		table = append(table, []string{s.At.UTC().Format(time.RFC3339), s.Node, s.Type, s.Status, port, effect})
	}
	o.table(table)
	end := r.Status
	if r.Outcome != nil {
		end += ", outcome " + *r.Outcome
	}
	if r.Reason != nil {
		end += " (" + *r.Reason + ")"
	}
	o.line("%s; rehearsed in %d ms", end, r.ElapsedMs)
}
