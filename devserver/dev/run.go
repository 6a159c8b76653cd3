package dev

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"fermata/devserver/datadir"
	"fermata/devserver/mailsink"
	"fermata/devserver/ports"
	"fermata/devserver/register"
	"fermata/devserver/ui"
)

// LaunchedEnv carries the moment at which `make dev` was called (Unix, milliseconds) to the program
// that it built, so that the time printed includes the build.
const LaunchedEnv = "FERMATA_DEV_LAUNCHED"

// joinLimit bounds the preparation of a Temporal that was there before us.
const joinLimit = 20 * time.Second

// Engine is a Temporal server of our own.
type Engine interface {
	Addr() string
	Stop() error
}

// EngineOptions is what an engine is told.
type EngineOptions struct {
	Dir, Addr, Namespace string
	// Postgres is the database to use instead of a file, "" for the file.
	Postgres string
	// TimeSkipping lets clients ask for skipped time in their runs.
	TimeSkipping bool
	// Faults is the share of the engine's own reads and writes that fail.
	Faults float64
	Notice func(string)
}

// Program is what differs between the programs that are built on this package.
type Program struct {
	// Engine starts a Temporal server; nil in a program that was compiled without one.
	Engine func(context.Context, EngineOptions) (Engine, error)
	// EngineVersion is shown in the banner.
	EngineVersion string
	// Serve runs the product until ctx ends. It binds s.HTTPAddr, serves extra under /dev, and calls
	// ready once, when everything answers. All addresses in s are final.
	Serve func(ctx context.Context, s Settings, extra http.Handler, ready func()) error
}

// Run starts everything, writes the banner to out, and returns when ctx has ended and all parts
// have stopped. Errors before the banner are one line each and name what the user can change.
func Run(ctx context.Context, s Settings, p Program, out io.Writer) (err error) {
	began := time.Now()
	dir, err := datadir.Open(s.DataDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	temporal, mail, err := settle(ctx, &s, p)
	if err != nil {
		return err
	}
	s.SignInCode = rand.Text() + rand.Text() // 256 bits
	b := banner{settings: &s, program: p, embedded: temporal.Embed, sink: mail.Embed}

	stop, err := startTemporal(ctx, &s, p, temporal, dir, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	b.temporalTook = time.Since(began)
	web, err := ui.Start(ctx, ui.Options{Addr: s.TemporalUIAddr, Temporal: s.TemporalAddr, Namespace: s.TemporalNamespace})
	if err != nil {
		return err
	}
	defer web.Stop()

	ready := func() {
		b.took, b.launched = time.Since(began), launched()
		b.write(out)
	}
	if s.Only != "" {
		ready()
		<-ctx.Done()
		return nil
	}
	var extra http.Handler
	if mail.Embed {
		sink, err := mailsink.Start(ctx, mailsink.Options{Addr: mail.Addr, File: dir.Path("mail.db")})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, sink.Stop()) }()
		s.SMTPURL, extra = "smtp://"+sink.Addr(), sink.Handler()
		if s.SMSURL == "" {
			s.SMSURL = "http://" + s.HTTPAddr + "/dev/sms"
		}
	}
	return p.Serve(ctx, s, extra, ready)
}

// settle decides about every address before anything starts and writes the final ones into s.
func settle(ctx context.Context, s *Settings, p Program) (temporal, mail ports.Choice, err error) {
	if temporal, err = ports.Temporal(ctx, s.TemporalAddr, register.Probe); err != nil {
		return temporal, mail, err
	}
	if temporal.Embed && p.Engine == nil {
		return temporal, mail, fmt.Errorf("no Temporal answers at %s, and this program was built without one: run make dev again", temporal.Addr)
	}
	s.TemporalAddr = temporal.Addr
	if s.TemporalUIAddr, err = ports.Own(ctx, "FERMATA_TEMPORAL_UI_ADDR", s.TemporalUIAddr); err != nil || s.Only != "" {
		return temporal, mail, err
	}
	if mail, err = ports.SMTP(ctx, s.SMTPURL); err != nil {
		return temporal, mail, err
	}
	s.HTTPAddr, err = ports.Own(ctx, "FERMATA_HTTP_ADDR", s.HTTPAddr)
	return temporal, mail, err
}

// startTemporal starts the embedded server, or prepares the one that was found.
func startTemporal(ctx context.Context, s *Settings, p Program, c ports.Choice, dir *datadir.Dir, out io.Writer) (stop func() error, err error) {
	notice := func(text string) { _, _ = fmt.Fprintln(out, text) }
	if !c.Embed {
		limited, cancel := context.WithTimeout(ctx, joinLimit)
		defer cancel()
		if err := register.Join(limited, c.Addr, s.TemporalNamespace); err != nil {
			// Somebody else's Temporal may forbid it; runs are only harder to read without.
			notice("Warning: " + err.Error())
		}
		return func() error { return nil }, nil
	}
	e, err := p.Engine(ctx, EngineOptions{
		Dir: dir.Path("temporal"), Addr: c.Addr, Namespace: s.TemporalNamespace, Postgres: s.TemporalDatabase,
		TimeSkipping: s.TimeSkipping, Faults: s.TemporalFaults, Notice: notice,
	})
	if err != nil {
		return nil, err
	}
	s.TemporalAddr = e.Addr()
	return e.Stop, nil
}

// launched is the moment at which `make dev` was called, or zero.
func launched() time.Time {
	ms, err := strconv.ParseInt(os.Getenv(LaunchedEnv), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
