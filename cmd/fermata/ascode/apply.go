package ascode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"

	"fermata/interpreter/definition"
)

// ApplyOptions say how far apply goes.
type ApplyOptions struct {
	// DryRun changes nothing.
	DryRun bool
	// NoPublish saves drafts only.
	NoPublish bool
	// CreateMissing lets the server create pipelines, stages and courses that are missing.
	CreateMissing bool
}

// Applied is what became of one file, or in a dry run would.
type Applied struct {
	File     string `json:"file"`
	Key      string `json:"key"`
	Draft    string `json:"draft"`     // created, saved, same, FAILED, not done
	Publish  string `json:"publish"`   // published, same, FAILED, not done, - for none
	Version  int    `json:"version"`   // published afterwards, 0 for none
	InFlight string `json:"in_flight"` // what the plan says of the people inside
	Inside   int    `json:"inside"`
	// People is what the server foresees for them, in a dry run that changes the published version.
	People *People `json:"people,omitempty"`
	Error  string  `json:"error,omitempty"`

	file  *File
	state *state
	plan  Compared
}

// Apply brings the server to what the files say: first all of them are judged, and when one has
// errors nothing is done; then all drafts are saved, each only if nobody has changed it meanwhile;
// then they are published, with the plan beside each. At the first refusal it stops, and says what
// was done and what was not.
func Apply(ctx context.Context, c *Client, paths []string, o ApplyOptions, out Output) error {
	files, err := readable(paths, out)
	if err != nil {
		return err
	}
	if err := o.judge(ctx, c, files, out); err != nil {
		return err
	}
	rows := make([]*Applied, len(files))
	for i, f := range files {
		rows[i] = &Applied{File: f.Path, Key: f.Key, Draft: wordNotDone, Publish: wordNotDone, InFlight: f.Plan.describe(), file: f}
		if rows[i].state, err = fetch(ctx, c, f); err != nil {
			return err
		}
		if rows[i].plan, err = compare(ctx, c, f, rows[i].state); err != nil {
			return err
		}
		rows[i].Version, rows[i].Inside = rows[i].state.Version, rows[i].state.Active
	}
	failed := o.carryOut(ctx, c, rows)
	if err := out.applied(rows, o.DryRun); err != nil {
		return err
	}
	if _, away := errors.AsType[*UnreachableError](failed); away {
		return failed
	}
	if failed != nil {
		return &ExitError{Code: ExitProblems, Message: failed.Error()}
	}
	return nil
}

// judge refuses to begin when a file has errors.
func (o ApplyOptions) judge(ctx context.Context, c *Client, files []*File, out Output) error {
	checked, err := check(ctx, c, files)
	if err != nil {
		return err
	}
	broken := 0
	for _, one := range checked {
		stops := false
		for _, p := range one.Problems {
			made := o.CreateMissing && p.Code == definition.CodeMissing && p.Fix != nil
			stops = stops || p.Severity == definition.SeverityError && !made && !o.NoPublish
		}
		if stops {
			broken++
			Output{W: out.W}.problems(one.File, one.Problems)
		}
	}
	if broken > 0 {
		return &ExitError{Code: ExitProblems, Message: fmt.Sprintf("%d of %d files have errors; nothing was done", broken, len(files))}
	}
	return nil
}

// carryOut saves all drafts, then publishes: a workflow may name another one of the same folder.
func (o ApplyOptions) carryOut(ctx context.Context, c *Client, rows []*Applied) error {
	for _, row := range rows {
		if err := row.save(ctx, c, o.DryRun); err != nil {
			row.Draft, row.Error = wordFailed, err.Error()
			return fmt.Errorf("save %s: %w", row.Key, err)
		}
	}
	for _, row := range rows {
		if o.NoPublish {
			row.Publish = wordNone
			continue
		}
		if err := o.publish(ctx, c, row); err != nil {
			row.Publish, row.Error = wordFailed, err.Error()
			return fmt.Errorf("publish %s: %w", row.Key, err)
		}
	}
	return nil
}

func (row *Applied) save(ctx context.Context, c *Client, dryRun bool) error {
	put := call{method: "PUT", path: workflowPath(row.Key, ""), kind: row.file.Kind, body: row.file.Body, header: map[string]string{}}
	word := wordSaved
	switch row.plan.Draft {
	case wordSame:
		row.Draft = wordSame
		return nil
	case wordNew:
		word = wordCreated
		put.header["If-None-Match"] = "*"
	default:
		put.header["If-Match"] = strconv.Quote(row.state.Draft.ETag)
		if err := row.keepLayout(&put); err != nil {
			return err
		}
	}
	if !dryRun {
		if err := c.do(ctx, put); err != nil {
			return err
		}
	}
	row.Draft = word
	return nil
}

// keepLayout sends the positions along that people gave the cards, when the file has none: a file
// without layout says nothing about them.
func (row *Applied) keepLayout(put *call) error {
	positions, laidOut := row.state.draft["layout"].(map[string]any)
	if _, own := row.file.Def.Raw["layout"]; own || !laidOut {
		return nil
	}
	kept := map[string]any{}
	for id, at := range positions {
		if row.file.Def.Nodes[id] != nil {
			kept[id] = at
		}
	}
	var document, layout yaml.Node
	if err := yaml.Unmarshal(row.file.Body, &document); err != nil || len(document.Content) == 0 {
		return fmt.Errorf("read %s again: %w", row.File, err)
	}
	if err := layout.Encode(kept); err != nil {
		return fmt.Errorf("write layout: %w", err)
	}
	root := document.Content[0]
	root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "layout"}, &layout)
	var b bytes.Buffer
	if err := yaml.NewEncoder(&b).Encode(&document); err != nil {
		return fmt.Errorf("write %s with its layout: %w", row.File, err)
	}
	put.body, put.kind = b.Bytes(), typeYAML
	return nil
}

func (o ApplyOptions) publish(ctx context.Context, c *Client, row *Applied) error {
	if row.plan.Publish == wordSame {
		row.Publish = wordSame
		return nil
	}
	if o.DryRun {
		return row.foresee(ctx, c)
	}
	plan := row.file.plan()
	body, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("write plan: %w", err)
	}
	path := workflowPath(row.Key, "/publish")
	if o.CreateMissing {
		path += "?create_missing=true"
	}
	var answer struct {
		Version int  `json:"version"`
		Changed bool `json:"changed"`
	}
	if err := c.do(ctx, call{method: "POST", path: path, kind: typeJSON, body: body, out: &answer}); err != nil {
		return err
	}
	row.Version, row.Publish = answer.Version, wordSame
	if answer.Changed {
		row.Publish = wordPublished
	}
	return nil
}

// applied tells what was done, and what was not.
func (o Output) applied(rows []*Applied, dryRun bool) error {
	if dryRun {
		o.line("dry run: nothing was done; this would be")
	}
	table := [][]string{{"WORKFLOW", "DRAFT", "PUBLISH", "VERSION", "INSIDE", "PLAN", "ERROR"}}
	for _, row := range rows {
		version := wordNone
		if row.Version > 0 {
			version = strconv.Itoa(row.Version)
		}
		table = append(table, []string{row.Key, row.Draft, row.Publish, version, strconv.Itoa(row.Inside), row.InFlight, row.Error})
	}
	o.table(table)
	for _, row := range rows {
		if row.People != nil {
			o.line("%s: %s", row.Key, row.People)
		}
	}
	return o.encode(map[string]any{"dry_run": dryRun, "items": rows})
}
