// Command mutants breaks the rules that keep the promise, one at a time, in a scratch
// worktree of the last commit, and checks that the test which guards the rule turns
// red. A patch of e2e/mutants says in its second line which: "test: <package> <name>".
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(only []string) error {
	patches, err := filepath.Glob("e2e/mutants/*.patch")
	if err != nil || len(patches) == 0 {
		return errors.Join(errors.New("no patches in e2e/mutants"), err)
	}
	survivors := 0
	for _, patch := range patches {
		name := strings.TrimSuffix(filepath.Base(patch), ".patch")
		if len(only) > 0 && !strings.Contains(" "+strings.Join(only, " ")+" ", " "+name+" ") {
			continue
		}
		began := time.Now()
		verdict, err := try(patch)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Printf("%-20s %s (%s)\n", name, verdict, time.Since(began).Round(time.Second))
		if !strings.HasPrefix(verdict, "red") {
			survivors++
		}
	}
	if survivors > 0 {
		return fmt.Errorf("%d rules can be broken without a test turning red", survivors)
	}
	return nil
}

// try applies a patch in a worktree of its own and runs the test that it names.
func try(patch string) (string, error) {
	raw, err := os.ReadFile(patch)
	if err != nil {
		return "", err
	}
	lines := strings.SplitN(string(raw), "\n", 3)
	if len(lines) < 3 || !strings.HasPrefix(lines[1], "test: ") {
		return "", errors.New("the second line must be: test: <package> <name>")
	}
	target := strings.Fields(strings.TrimPrefix(lines[1], "test: "))
	if len(target) != 2 {
		return "", errors.New("the second line must name a package and a test")
	}
	scratch, err := os.MkdirTemp("", "fermata-mutant-")
	if err != nil {
		return "", err
	}
	defer func() {
		_ = exec.Command("git", "worktree", "remove", "--force", scratch).Run()
		_ = os.RemoveAll(scratch)
	}()
	if err := command(".", "git", "worktree", "add", "--quiet", "--force", "--detach", scratch, "HEAD"); err != nil {
		return "", err
	}
	absolute, err := filepath.Abs(patch)
	if err != nil {
		return "", err
	}
	if err := command(scratch, "git", "apply", absolute); err != nil {
		return "", err
	}
	if err := bring(scratch); err != nil {
		return "", err
	}
	if err := command(scratch, "go", "vet", target[0]); err != nil {
		return "", fmt.Errorf("the patch does not build: %w", err)
	}
	test := exec.Command("go", "test", "-count=1", "-timeout=5m", "-run", "^"+target[1]+"$", target[0])
	test.Dir = scratch
	output, err := test.CombinedOutput()
	switch {
	case err == nil:
		return "GREEN: " + target[1] + " does not see it", nil
	case bytes.Contains(output, []byte("--- FAIL: "+target[1])), bytes.Contains(output, []byte("panic: test timed out")):
		return "red in " + target[1], nil
	}
	return "", fmt.Errorf("%s did not run: %s", target[1], output)
}

// bring gives the worktree the programs that end-to-end tests start as processes.
func bring(scratch string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	return os.Symlink(filepath.Join(here, "bin"), filepath.Join(scratch, "bin"))
}

func command(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir = dir
	if output, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, output)
	}
	return nil
}
