package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"fermata/cmd/fermata/app"
	"fermata/cmd/fermata/ascode"
	"fermata/interpreter/definition"
)

// remote says which server a command speaks to. The key is the setting FERMATA_API_KEY.
type remote struct {
	Server string `env:"FERMATA_URL" help:"Address of the server, like https://fermata.example."`
	JSON   bool   `name:"json" help:"Print one JSON document instead of text."`
}

func (r remote) output() ascode.Output { return ascode.Output{W: os.Stdout, JSON: r.JSON} }

// client is nil when no server is named.
func (r remote) client(s *app.Settings) *ascode.Client {
	if r.Server == "" {
		return nil
	}
	return &ascode.Client{Server: r.Server, Key: s.APIKey}
}

func (r remote) needed(s *app.Settings) (*ascode.Client, error) {
	if r.Server == "" {
		return nil, errors.New("which server? set FERMATA_URL or --server")
	}
	return r.client(s), nil
}

type checkFiles struct {
	Paths   []string `arg:"" help:"Definition files, or folders of .yaml files." type:"existingpath"`
	Offline bool     `help:"Do not ask the server, even when FERMATA_URL is set."`
	remote
}

// Run checks files, without any connection unless a server is named.
func (c checkFiles) Run(ctx context.Context, s *app.Settings) error {
	client := c.client(s)
	if c.Offline {
		client = nil
	}
	return ascode.Validate(ctx, client, c.Paths, c.output())
}

type diffFiles struct {
	Paths []string `arg:"" help:"Definition files, or folders of .yaml files." type:"existingpath"`
	remote
}

// Run compares files with a server.
func (d diffFiles) Run(ctx context.Context, s *app.Settings) error {
	client, err := d.needed(s)
	if err != nil {
		return err
	}
	return ascode.Diff(ctx, client, d.Paths, d.output())
}

type applyFiles struct {
	Paths         []string `arg:"" help:"Definition files, or folders of .yaml files." type:"existingpath"`
	DryRun        bool     `help:"Show what would be done, and do nothing."`
	NoPublish     bool     `help:"Save drafts only."`
	CreateMissing bool     `help:"Let the server create pipelines, stages and courses that are missing."`
	remote
}

// Run brings a server to what files say.
func (a applyFiles) Run(ctx context.Context, s *app.Settings) error {
	client, err := a.needed(s)
	if err != nil {
		return err
	}
	o := ascode.ApplyOptions{DryRun: a.DryRun, NoPublish: a.NoPublish, CreateMissing: a.CreateMissing}
	return ascode.Apply(ctx, client, a.Paths, o, a.output())
}

type rehearsal struct {
	Subject string `arg:"" help:"A definition file, or the key of a workflow whose draft the server rehearses."`
	Request string `help:"A file with contact, trigger, events, stubs and start_at." type:"existingfile"`
	remote
}

// Run rehearses a file here, or a draft on the server.
func (r rehearsal) Run(ctx context.Context, s *app.Settings) error {
	return ascode.Rehearse(ctx, r.client(s), r.Subject, r.Request, app.Rehearse, r.output())
}

type schema struct{}

// Run prints the JSON Schema of definitions.
func (schema) Run() error {
	_, err := fmt.Println(string(definition.JSONSchema()))
	return err
}
