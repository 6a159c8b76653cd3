// Command fermata is the program: API, worker and relay, together or apart, and the
// commands that go with them. It holds no rules; package app wires the parts.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"fermata/cmd/fermata/app"
	"fermata/cmd/fermata/ascode"
	"fermata/store"
)

// version is the released version, or "dev".
const version = "dev"

type program struct {
	app.Settings `embed:""`

	API     runAPI     `cmd:"" name:"api" help:"Serve the page and the REST API."`
	Worker  runWorker  `cmd:"" help:"Carry enrollments; also routes and dispatches unless --no-relay."`
	Relay   runRelay   `cmd:"" help:"Route events and dispatch to Temporal, nothing else."`
	All     runAll     `cmd:"" help:"Serve, carry, route and dispatch in one process."`
	Migrate migrate    `cmd:"" help:"Bring the database and Temporal's namespace up to date."`
	Check   checkFiles `cmd:"" name:"validate" help:"Check definition files, run their tests and list every problem."`
	Diff    diffFiles  `cmd:"" help:"Show what apply would change; exit code 2 when that is anything."`
	Apply   applyFiles `cmd:"" help:"Bring a server to what definition files say: save drafts and publish them."`
	Try     rehearsal  `cmd:"" name:"rehearse" help:"Run a definition in virtual time and show every step."`
	Schema  schema     `cmd:"" help:"Print the JSON Schema of definitions, for editors."`
	Switch  activate   `cmd:"" name:"activate" help:"Let new enrollments run a version of the interpreter that all living workers know."`
	Replay  replay     `cmd:"" help:"Carry the histories of all open runs through this build, changing nothing; exit code 1 when one does not fit."`
	Gap     restored   `cmd:"" name:"restored" help:"Note that the database came back from a backup: what may have gone out since is unknown, not sent again. Before any worker starts."`
	Doctor  examine    `cmd:"" help:"Check an installation and say how each fault is mended; exit code 1 with warnings, 2 with failures."`
	Version about      `cmd:"" help:"Print the version."`
}

func main() {
	var p program
	parser, err := kong.New(&p, kong.Name("fermata"), kong.UsageOnError(),
		kong.Description("Carries contacts through workflows, over weeks, on Temporal."))
	if err != nil {
		stop(err)
	}
	call, err := parser.Parse(os.Args[1:])
	if err != nil {
		stop(unreadable(err, &p))
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	call.BindTo(ctx, (*context.Context)(nil))
	if err := call.Run(&p.Settings); err != nil {
		cancel()
		stop(err)
	}
}

// stop ends the program with one line, and the exit code that the error asks for.
func stop(err error) {
	code := 1
	if away, ok := errors.AsType[*ascode.UnreachableError](err); ok {
		err, code = away, ascode.ExitUnreachable
	}
	if exit, ok := errors.AsType[*ascode.ExitError](err); ok {
		code = exit.Code
	}
	fmt.Fprintln(os.Stderr, "fermata: "+err.Error())
	os.Exit(code)
}

type runAPI struct{}

// Run serves until ctx ends.
func (runAPI) Run(ctx context.Context, s *app.Settings) error {
	return run(ctx, *s, app.Parts{API: true})
}

type runWorker struct {
	NoRelay bool `help:"Leave routing and dispatching to other processes."`
}

// Run works until ctx ends.
func (w runWorker) Run(ctx context.Context, s *app.Settings) error {
	return run(ctx, *s, app.Parts{Worker: true, Relay: !w.NoRelay})
}

type runRelay struct{}

// Run relays until ctx ends.
func (runRelay) Run(ctx context.Context, s *app.Settings) error {
	return run(ctx, *s, app.Parts{Relay: true})
}

type runAll struct{}

// Run does everything until ctx ends.
func (runAll) Run(ctx context.Context, s *app.Settings) error {
	return run(ctx, *s, app.Parts{API: true, Worker: true, Relay: true})
}

func run(ctx context.Context, s app.Settings, parts app.Parts) error {
	a, err := app.Open(ctx, app.Options{Settings: s, Parts: parts, Release: version})
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

type migrate struct{}

// Run migrates and returns.
func (migrate) Run(ctx context.Context, s *app.Settings) error {
	return app.Migrate(ctx, *s, os.Stdout)
}

type activate struct {
	Number int `arg:"" optional:"" help:"The version; default the newest of this build."`
}

// Run activates and returns.
func (a activate) Run(ctx context.Context, s *app.Settings) error {
	if err := s.Check(); err != nil {
		return err
	}
	db, err := store.Open(ctx, s.Database())
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	return errors.Join(app.Activate(ctx, db, a.Number, time.Now(), os.Stdout), db.Close())
}

type restored struct {
	From time.Time `required:"" help:"When the backup began, as 2026-11-23T04:00:00Z."`
	To   time.Time `help:"When the last process stopped that ran on what is lost; default now."`
}

// Run notes the gap and returns.
func (r restored) Run(ctx context.Context, s *app.Settings) error {
	if err := s.Check(); err != nil {
		return err
	}
	db, err := store.Open(ctx, s.Database())
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	return errors.Join(app.Restored(ctx, db, r.From, r.To, time.Now().UTC(), os.Stdout), db.Close())
}

type replay struct {
	Workflow string `help:"Only runs of this workflow."`
}

// Run replays and returns.
func (r replay) Run(ctx context.Context, s *app.Settings) error {
	return app.ReplayOpen(ctx, *s, r.Workflow, os.Stdout)
}

type examine struct {
	JSON bool `name:"json" help:"Print one JSON document instead of lines."`
}

// Run checks everything and returns.
func (e examine) Run(ctx context.Context, s *app.Settings) error {
	return e.tell(app.Doctor{Settings: *s}.Examine(ctx))
}

func (e examine) tell(r *app.Report) error {
	if err := r.Write(os.Stdout, e.JSON); err != nil || r.ExitCode() == 0 {
		return err
	}
	return &ascode.ExitError{Code: r.ExitCode(), Message: r.Summary()}
}

// unreadable is what a command says of settings that cannot be read; the doctor reports them like any
// other fault.
func unreadable(err error, p *program) error {
	named := app.NamedError(err)
	parse, ok := errors.AsType[*kong.ParseError](err)
	if !ok || parse.Context == nil || parse.Context.Command() != "doctor" || named.Error() == err.Error() {
		return named
	}
	p.Doctor.JSON = slices.Contains(parse.Context.Args, "--json") // the flags were not read either
	return p.Doctor.tell(app.Unreadable(named))
}

type about struct{}

// Run prints the version.
func (about) Run() error {
	fmt.Println("fermata " + version)
	return nil
}
