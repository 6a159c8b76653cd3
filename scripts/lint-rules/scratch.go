package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// foreign are the modules out of which plants import.
var foreign = []string{
	"go.temporal.io/sdk", "go.temporal.io/server", "gorm.io/gorm", "github.com/gin-gonic/gin", "cel.dev/cel-go",
	"github.com/temporalio/ui-server/v2",
}

// scratch is the module that is written; the first error ends all writing.
type scratch struct {
	dir  string
	want map[string]expectation
	err  error
}

// write creates the scratch module and returns what is expected of each file. Every plant stands in
// a folder of its own, so that planted imports form no cycle.
func write(dir string) (map[string]expectation, error) {
	s := &scratch{dir: dir, want: map[string]expectation{}}
	for i, p := range plants {
		s.plant(i, p.folder, fmt.Sprintf("import _ %q\n", p.imports), p.folder+" imports "+p.imports, p.refused)
		s.stub(p.imports)
	}
	for i, c := range calls {
		body := fmt.Sprintf("import %q\n\nvar _ = %s\n", c.imports, c.call)
		s.plant(len(plants)+i, c.folder, body, c.folder+" calls "+c.call, c.refused)
	}
	mod := "module fermata\n\ngo 1.26\n"
	for _, m := range foreign {
		version := "v0.0.0"
		if strings.HasSuffix(m, "/v2") {
			version = "v2.0.0"
		}
		mod += fmt.Sprintf("\nrequire %s %s\n\nreplace %s => ./stubs/%s\n", m, version, m, m)
		s.file("stubs/"+m+"/go.mod", "module "+m+"\n\ngo 1.26\n")
	}
	s.file("go.mod", mod)
	return s.want, s.err
}

func (s *scratch) plant(i int, folder, body, what string, refused bool) {
	name := fmt.Sprintf("p%02d/%s/plant.go", i, folder)
	s.file(name, "package "+path.Base(folder)+"\n\n"+body)
	s.want[name] = expectation{what: what, refused: refused}
}

// stub writes an empty package in the place of one that is imported; the standard library has its own.
func (s *scratch) stub(imports string) {
	own, isOwn := strings.CutPrefix(imports, "fermata/")
	isForeign := slices.ContainsFunc(foreign, func(m string) bool { return imports == m || strings.HasPrefix(imports, m+"/") })
	switch {
	case isOwn:
		s.file(own+"/stub.go", "package "+path.Base(own)+"\n")
	case isForeign:
		s.file("stubs/"+imports+"/stub.go", "package stub\n")
	}
}

func (s *scratch) file(name, text string) {
	if s.err != nil {
		return
	}
	full := filepath.Join(s.dir, filepath.FromSlash(name))
	if s.err = os.MkdirAll(filepath.Dir(full), 0o700); s.err == nil {
		s.err = os.WriteFile(full, []byte(text), 0o600)
	}
}

// lint returns the files with a finding of depguard or forbidigo.
func lint(linter, config, dir string) (map[string]bool, error) {
	cmd := exec.CommandContext(context.Background(), linter, "run", "--config", config, "--enable-only", "depguard,forbidigo",
		"--output.json.path", "stdout", "--path-mode", "abs", "--show-stats=false", "--issues-exit-code", "0", "--max-same-issues", "0", "--max-issues-per-linter", "0", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("lint scratch module: %w: %s%s", err, messages.String(), out.String())
	}
	var report struct {
		Issues []struct {
			FromLinter, Text string
			Pos              struct{ Filename string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	if len(report.Issues) == 0 {
		return nil, errors.New("lint scratch module: nothing was found at all")
	}
	found := map[string]bool{}
	for _, issue := range report.Issues {
		if issue.FromLinter != "depguard" && issue.FromLinter != "forbidigo" {
			return nil, fmt.Errorf("lint scratch module: %s: %s", issue.Pos.Filename, issue.Text)
		}
		name, err := filepath.Rel(dir, issue.Pos.Filename)
		if err != nil {
			return nil, fmt.Errorf("read findings: %w", err)
		}
		found[filepath.ToSlash(name)] = true
	}
	return found, nil
}
