// Command launch builds a development program and becomes it. Compiling the Temporal server takes
// minutes on a small machine, so it says every ten seconds how far it is, leaves the server out when
// a Temporal answers at FERMATA_TEMPORAL_ADDR, and stops before compiling when the addresses cannot
// work. It imports nothing beyond the standard library and package ports, so that it is there in a second.
//
//	launch dev [flag …]   build the program that fits and run it with the flags
//	launch build          build bin/fermata-dev
//	launch build attached build bin/fermata-attached
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"fermata/devserver/ports"
)

// launchedEnv is dev.LaunchedEnv, which is not imported because it would pull everything in.
const launchedEnv = "FERMATA_DEV_LAUNCHED"

// target is a program that can be built: the package inside the devserver module, and the file below bin.
type target struct{ pkg, file, what string }

var (
	full     = target{".", "fermata-dev", "with the Temporal server"}
	attached = target{"./attached", "fermata-attached", "without a Temporal server"}
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "make dev:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	began := time.Now()
	// An interrupt ends the compiler too; what the program does with signals is its own affair.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if len(args) == 0 {
		return fmt.Errorf("want dev or build")
	}
	switch args[0] {
	case "build":
		t := full
		if len(args) > 1 && args[1] == "attached" {
			t = attached
		}
		_, err := build(ctx, t, os.Stdout)
		return err
	case "dev":
		t, err := choose(ctx)
		if err != nil {
			return err
		}
		path, err := build(ctx, t, os.Stdout)
		if err != nil {
			return err
		}
		env := append(os.Environ(), launchedEnv+"="+strconv.FormatInt(began.UnixMilli(), 10))
		return syscall.Exec(path, append([]string{t.file}, args[1:]...), env)
	}
	return fmt.Errorf("want dev or build, not %s", args[0])
}

// choose applies the port rules. Whether what listens is a Temporal is left to the program: asking
// takes a client, and a server of our own could not bind that address in any case.
func choose(ctx context.Context) (target, error) {
	c, err := ports.Temporal(ctx, os.Getenv("FERMATA_TEMPORAL_ADDR"), func(context.Context, string) bool { return true })
	if err != nil {
		return target{}, err
	}
	if c.Embed {
		return full, nil
	}
	return attached, nil
}

// build compiles t into bin and returns the absolute path of the program.
func build(ctx context.Context, t target, out *os.File) (string, error) {
	path, err := filepath.Abs(filepath.Join("bin", t.file))
	if err != nil {
		return "", fmt.Errorf("find bin: %w", err)
	}
	p := &progress{out: out, what: filepath.Join("bin", t.file) + " " + t.what, began: time.Now(), every: 10 * time.Second}
	if err := p.compile(ctx, "go", "build", "-C", "devserver", "-v", "-o", path, t.pkg); err != nil {
		return "", fmt.Errorf("build %s: %w", t.file, err)
	}
	return path, nil
}
