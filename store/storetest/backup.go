package storetest

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
)

// Dump writes a database, as it is at this moment, to a file; others may go on working on it.
func (s *Server) Dump(ctx context.Context, databaseURL, file string) error {
	return client(ctx, "pg_dump", "--format=custom", "--compress=0", "--file="+file, databaseURL)
}

// Restore makes a database what a dump of it says, and cuts whoever is connected off.
func (s *Server) Restore(ctx context.Context, databaseURL, file string) error {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return fmt.Errorf("read the address of the database: %w", err)
	}
	if err := s.Drop(ctx, databaseURL); err != nil {
		return fmt.Errorf("drop database: %w", err)
	}
	if _, err := s.admin.ExecContext(ctx, "CREATE DATABASE "+strings.TrimPrefix(u.Path, "/")+" TEMPLATE template0"); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return client(ctx, "pg_restore", "--exit-on-error", "--no-owner", "--dbname="+databaseURL, file)
}

// client runs a program that comes with PostgreSQL.
func client(ctx context.Context, name string, args ...string) error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	output, err := exec.CommandContext(ctx, filepath.Join(bin, name), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, output)
	}
	return nil
}
