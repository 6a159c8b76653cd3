package chaos_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// plannedBy marks the place in the machine where it looks ahead.
const plannedBy = "\tahead := m.ahead()\n\tvar batch []Command\n"

// otherPlan is what each later version of the machine does differently: it looks less far ahead, so
// that runs on it take more and smaller turns. Only the number that a run carries tells which.
const otherPlan = "\tif m.version > 1 {\n\t\tlimit = min(limit, m.version-1)\n\t}\n"

// laterVersions stands for interpreter/versions.go in a later build, whose number the linker sets.
const laterVersions = `package interpreter

import "strconv"

var newest = "1"

var Current, _ = strconv.Atoi(newest)

func Supported(version int) bool { return version >= 1 && version <= Current }
`

// buildReleases builds so many later releases of bin/fermata, beside what the test does first, and
// returns what waits for one of them, from 0 on, and says where it is: release 0 knows version 2 of
// the machine, release 1 version 3, too, and so on.
func buildReleases(t *testing.T, n int) func(i int) (string, error) {
	t.Helper()
	dir, root := t.TempDir(), harness.Root()
	machine := filepath.Join(root, "interpreter", "machine.go")
	raw, err := os.ReadFile(machine)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(raw), plannedBy), "the machine plans elsewhere now")
	changed := strings.Replace(string(raw), plannedBy, otherPlan+plannedBy, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "machine.go"), []byte(changed), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "versions.go"), []byte(laterVersions), 0o600))
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		machine: filepath.Join(dir, "machine.go"), filepath.Join(root, "interpreter", "versions.go"): filepath.Join(dir, "versions.go"),
	}})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, overlay, 0o600))
	path := func(i int) string { return filepath.Join(dir, fmt.Sprintf("fermata-%d", i+2)) }
	done := make(chan error, n)
	go func() {
		for i := range n {
			build := exec.CommandContext(t.Context(), "go", "build", "-overlay", file, "-o", path(i),
				"-ldflags", fmt.Sprintf("-X fermata/interpreter.newest=%d", i+2), "./cmd/fermata")
			build.Dir = root
			output, err := build.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("build release %d: %w: %s", i, err, output)
			}
			done <- err
		}
	}()
	return func(i int) (string, error) { return path(i), <-done }
}

// command runs a command of a build with the settings of the stage.
func (s *stage) command(build string, args ...string) (string, error) {
	command := exec.CommandContext(s.Context(), build, args...)
	command.Env = append(append(os.Environ(), s.base()...), "FERMATA_DATABASE_URL="+s.database, "FERMATA_TEMPORAL_ADDR="+s.engine)
	output, err := command.CombinedOutput()
	return string(output), err
}

// release brings another build as an operator does: migrate, the gate over all open runs, one part
// after the other, and then its version of the machine for whoever starts or is moved.
func (s *stage) release(build string, machine int) {
	s.Helper()
	for _, step := range []string{"migrate", "replay"} {
		output, err := s.command(build, step)
		require.NoError(s, err, output)
	}
	for _, name := range append([]string{"api", "relay"}, workers...) {
		require.True(s, s.programs[name].Replace(build, patience), "%s ends: %s", name, s.programs[name].Log())
		s.ready()
	}
	// A worker that was killed counts as alive for a minute.
	var output string
	require.True(s, until(3*time.Minute, func() (done bool) {
		var err error
		output, err = s.command(build, "activate")
		return err == nil
	}), "activate: %s", output)
	require.Contains(s, output, fmt.Sprintf("interpreter version %d is active", machine))
}
