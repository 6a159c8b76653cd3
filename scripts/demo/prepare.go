package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// sinkPlace stands in examples/setup.json where the address of a sink belongs.
const sinkPlace = "http://127.0.0.1:0"

// prepare creates what the examples need. What is there already stays as it is; the
// secrets are written anew, because the sink has another address in every run.
func prepare(ctx context.Context, c *client, sinkURL string) error {
	raw, err := example("setup.json")
	if err != nil {
		return err
	}
	var setup struct {
		Pipelines, Courses []map[string]any
		Secrets            map[string]string
	}
	if err := json.Unmarshal(raw, &setup); err != nil {
		return fmt.Errorf("read examples/setup.json: %w", err)
	}
	for path, all := range map[string][]map[string]any{"/v1/pipelines": setup.Pipelines, "/v1/courses": setup.Courses} {
		for _, one := range all {
			if err := create(ctx, c, path, one); err != nil {
				return err
			}
		}
	}
	for name, value := range setup.Secrets {
		body := map[string]string{"value": strings.Replace(value, sinkPlace, sinkURL, 1)}
		if err := c.do(ctx, http.MethodPut, "/v1/secrets/"+url.PathEscape(name), body, nil); err != nil {
			return err
		}
	}
	return nil
}

// create makes a resource unless its key is there. A pipeline that somebody has made
// with fewer stages gets those of the example.
func create(ctx context.Context, c *client, path string, resource map[string]any) error {
	err := c.do(ctx, http.MethodPost, path, resource, nil)
	if status(err) != http.StatusConflict {
		return err
	}
	if stages, has := resource["stages"].([]any); has {
		return addStages(ctx, c, fmt.Sprintf("%s/%v", path, resource["key"]), stages)
	}
	return nil
}

func addStages(ctx context.Context, c *client, path string, wanted []any) error {
	var there struct{ Stages []any }
	if err := c.do(ctx, http.MethodGet, path, nil, &there); err != nil {
		return err
	}
	known := map[any]bool{}
	for _, s := range there.Stages {
		known[key(s)] = true
	}
	all := there.Stages
	for _, s := range wanted {
		if !known[key(s)] {
			all = append(all, s)
		}
	}
	if len(all) == len(there.Stages) {
		return nil
	}
	return c.do(ctx, http.MethodPatch, path, map[string]any{"stages": all}, nil)
}

func key(stage any) any {
	object, _ := stage.(map[string]any)
	return object["key"]
}

// publish puts an example in place as a draft and publishes it; unchanged, it keeps
// its version.
func publish(ctx context.Context, c *client, workflow string) error {
	definition, err := example(workflow + ".yaml")
	if err != nil {
		return err
	}
	path := "/v1/workflows/" + workflow
	if err := c.do(ctx, http.MethodPut, path, definition, nil); err != nil {
		return err
	}
	var answer struct {
		Version int
		Changed bool
	}
	if err := c.do(ctx, http.MethodPost, path+"/publish", map[string]any{}, &answer); err != nil {
		return err
	}
	note := "unchanged"
	if answer.Changed {
		note = "published"
	}
	fmt.Printf("%-14s version %d %s\n", workflow, answer.Version, note)
	return nil
}

// buy posts the purchase.
func buy(ctx context.Context, c *client, o order) error {
	event := map[string]any{
		"id": "demo-" + o.id, "type": "purchase.completed",
		"contact": map[string]any{"email": o.email, "first_name": "Ana"},
		"data": map[string]any{
			"order_id": o.id, "product": "program-a", "product_name": "Program A", "amount": 497, "currency": "USD",
		},
	}
	var answer struct{ Accepted int }
	if err := c.do(ctx, http.MethodPost, "/v1/events", event, &answer); err != nil {
		return err
	}
	if answer.Accepted != 1 {
		return fmt.Errorf("post purchase: %d events accepted instead of 1", answer.Accepted)
	}
	fmt.Printf("\n%s buys Program A for 497 USD, order %s: accepted\n", o.email, o.id)
	return nil
}
