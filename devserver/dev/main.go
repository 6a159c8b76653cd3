package dev

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Main is the main function of a development program; it returns the exit code. The first SIGINT or
// SIGTERM stops everything in order, the second ends the process at once.
func Main(p Program) int {
	s, done, err := Parse(os.Args[1:], os.Stdout)
	if done {
		return 0
	}
	if err != nil {
		return report(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	if err := Run(ctx, s, p, os.Stdout); err != nil {
		return report(err)
	}
	fmt.Println("Stopped.")
	return 0
}

func report(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, "fermata-dev:", err)
	return 1
}
