package system_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// lesson is one shell block of the README's first hour and the answer that the
// README promises.
type lesson struct {
	heading, script, answer string
}

// lessons takes the section "First hour" apart: each sh block is followed by a json
// or text block with its answer.
func lessons(t *testing.T) []lesson {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(harness.Root(), "README.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(raw), "\n## First hour\n")
	require.True(t, found, "README.md has a section First hour")
	section, _, _ = strings.Cut(section, "\n## ")
	var list []lesson
	heading, language, block := "First hour", "", []string{}
	for line := range strings.Lines(section) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case language == "" && strings.HasPrefix(line, "### "):
			heading = strings.TrimPrefix(line, "### ")
		case language == "" && strings.HasPrefix(line, "```"):
			language, block = strings.TrimPrefix(line, "```"), nil
			require.Contains(t, []string{"sh", "json", "text"}, language)
		case line == "```":
			text := strings.Join(block, "\n")
			if language == "sh" {
				list = append(list, lesson{heading: heading, script: text})
			} else {
				require.NotEmpty(t, list, "an answer follows a command")
				require.Empty(t, list[len(list)-1].answer, "one answer for each command")
				list[len(list)-1].answer = text
			}
			language = ""
		case language != "":
			block = append(block, line)
		}
	}
	require.Empty(t, language, "every block of the README is closed")
	return list
}

// pattern is what matches the answer: an ellipsis stands for one id, time or hash.
func pattern(answer string) *regexp.Regexp {
	return regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(answer), "…", `[^\s"]+`) + `$`)
}

// shell is one bash that keeps its variables and functions from block to block.
type shell struct {
	t    *testing.T
	in   io.Writer
	out  *bufio.Reader
	runs int
}

func startShell(t *testing.T, env ...string) *shell {
	t.Helper()
	bash := exec.Command("bash", "--noprofile", "--norc")
	bash.Dir = harness.Root()
	bash.Env = append(os.Environ(), env...)
	in, err := bash.StdinPipe()
	require.NoError(t, err)
	out, err := bash.StdoutPipe()
	require.NoError(t, err)
	bash.Stderr = bash.Stdout
	require.NoError(t, bash.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = bash.Process.Kill()
		_ = bash.Wait()
	})
	return &shell{t: t, in: in, out: bufio.NewReader(out)}
}

// run runs a block and returns what it printed, without the last line's end.
func (s *shell) run(script string) string {
	s.t.Helper()
	s.runs++
	end := fmt.Sprintf("-- end of block %d --", s.runs)
	_, err := fmt.Fprintf(s.in, "%s\necho %q\n", script, end)
	require.NoError(s.t, err)
	var printed strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		require.NoErrorf(s.t, err, "the shell ended in\n%s\n%s", script, printed.String()+line)
		if strings.TrimSpace(line) == end {
			return strings.TrimSuffix(printed.String(), "\n")
		}
		printed.WriteString(line)
	}
}

// changes reports whether a block changes something, so that it may run only once.
func changes(script string) bool {
	return strings.Contains(script, "post /") || strings.Contains(script, "post \"") || strings.Contains(script, "-X ")
}

func (s *shell) learn(l lesson) {
	s.t.Helper()
	want, got := pattern(l.answer), ""
	try := func() bool {
		got = s.run(l.script)
		return want.MatchString(got)
	}
	right := try()
	// What follows from an event comes a moment later: a reader looks again.
	for deadline := time.Now().Add(harness.Patience); !right && !changes(l.script) && time.Now().Before(deadline); {
		s.run("sleep 0.2")
		right = try()
	}
	require.Truef(s.t, right, "README, %s:\n%s\n\npromised:\n%s\n\ngot:\n%s", l.heading, l.script, l.answer, got)
}

func TestFirstHourOfTheReadmeAndTheDemoGoAsPromised(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl", "jq"} {
		_, err := exec.LookPath(program)
		require.NoErrorf(t, err, "the README's first hour needs %s", program)
	}
	// As make dev is started: with its own key, and with its own mail sink.
	p := harness.StartProcess(t, "FERMATA_API_KEY=dev-key", "FERMATA_SMTP_URL=smtp://"+harness.FreeAddr(t))
	s := startShell(t, "FERMATA_URL="+p.URL)
	list := lessons(t)
	require.Greater(t, len(list), 15)
	for _, l := range list {
		s.learn(l)
	}

	addr := strings.TrimPrefix(p.URL, "http://")
	demo := "go run ./scripts/demo 2>&1; echo \"exit $?\""
	for range 2 {
		printed := s.run("FERMATA_HTTP_ADDR=" + addr + " " + demo)
		require.Equalf(t, 6, strings.Count(printed, " ok "), "%s", printed)
		require.Contains(t, printed, "exit 0")
	}
	nobody := s.run("FERMATA_HTTP_ADDR=" + harness.FreeAddr(t) + " " + demo)
	require.Contains(t, nobody, "make dev")
	require.Contains(t, nobody, "exit 1")
}
