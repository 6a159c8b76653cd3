package interpreter_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
)

var rewrite = flag.Bool("rewrite", false, "write what the machine says into the transcripts")

// TestTranscripts runs the scripts of testdata/transcripts; their README says how to
// read and write them.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	entered := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			got := transcribe(t, string(want), entered)
			if *rewrite {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
				return
			}
			require.Equal(t, string(want), got, "run with -rewrite and read what changes")
		})
	}
	for _, spec := range nodes.All() {
		require.True(t, !spec.Available || entered[spec.Type], "no transcript enters a node of type %s", spec.Type)
	}
}

// transcript is one script in play.
type transcript struct {
	testing.TB
	def     *definition.Definition
	machine *interpreter.Machine
	// version is that of the next machine.
	version int
	entered map[string]bool
	out     strings.Builder
}

func transcribe(t testing.TB, script string, entered map[string]bool) string {
	t.Helper()
	head, body, found := strings.Cut(script, "\n---\n")
	require.True(t, found, "a transcript has a definition, a line ---, and a script")
	d, problems := definition.Parse([]byte(head), true)
	require.Empty(t, problems)
	requireValid(t, d)
	s := &transcript{TB: t, def: d, version: 1, entered: entered}
	s.out.WriteString(head + "\n---\n")
	s.begin(nil)
	for line := range strings.Lines(body) {
		switch line = strings.TrimRight(line, "\n"); {
		case strings.HasPrefix(line, "< "), strings.HasPrefix(line, "= "), strings.HasPrefix(line, "! "):
			continue
		case strings.HasPrefix(line, "> "):
			s.say(line)
			s.step(strings.TrimPrefix(line, "> "))
		case strings.HasPrefix(line, "~ "):
			s.say(line)
			s.replace(strings.TrimPrefix(line, "~ "))
		default:
			s.say(line)
		}
	}
	return s.out.String()
}

func (s *transcript) say(line string) { s.out.WriteString(line + "\n") }

// begin makes another machine, unless it is refused.
func (s *transcript) begin(snapshot *interpreter.Snapshot) {
	m, err := interpreter.New(s.def, s.version, snapshot)
	if err != nil {
		s.say("! " + err.Error())
		return
	}
	s.machine = m
}

// replace puts another machine in the place of the present one.
func (s *transcript) replace(how string) {
	switch word, rest, _ := strings.Cut(how, " "); word {
	case "new":
		s.begin(nil)
	case "continue":
		s.begin(s.snapshot(encoded(s, s.machine.Snapshot())))
	case "snapshot":
		s.begin(s.snapshot(rest))
	case "version":
		version, err := strconv.Atoi(rest)
		require.NoError(s, err)
		s.version = version
		s.begin(nil)
	default:
		s.Fatalf("unknown line ~ %s", how)
	}
}

func (s *transcript) snapshot(text string) *interpreter.Snapshot {
	var snapshot interpreter.Snapshot
	require.NoError(s, json.Unmarshal([]byte(text), &snapshot))
	return &snapshot
}

// step tells the machine what happened and writes down what it answers.
func (s *transcript) step(line string) {
	var occurrences []interpreter.Occurrence
	if rest, ok := strings.CutPrefix(line, "resumed "); ok {
		occurrences = append(occurrences, interpreter.Occurrence{Kind: interpreter.Resumed, Resume: s.snapshot(rest)})
	} else {
		for _, part := range strings.Split(line, ", ") {
			occurrences = append(occurrences, s.occurrence(strings.Fields(part)))
		}
	}
	commands, err := s.machine.Step(occurrences...)
	if err != nil {
		s.say("! " + err.Error())
		return
	}
	for _, c := range commands {
		if node := s.def.Nodes[c.Node]; node != nil {
			s.entered[node.Type] = true
		}
		s.say("< " + spelled(c))
	}
	s.say("= " + encoded(s, s.machine.Snapshot()))
}

// occurrence reads: kind [node/visit] [word of the kind] [status].
func (s *transcript) occurrence(words []string) interpreter.Occurrence {
	o := interpreter.Occurrence{Kind: interpreter.OccurrenceKind(words[0])}
	words = words[1:]
	if len(words) > 0 && strings.Contains(words[0], "/") {
		node, visit, _ := strings.Cut(words[0], "/")
		n, err := strconv.Atoi(visit)
		require.NoError(s, err)
		o.Node, o.Visit, words = node, n, words[1:]
	}
	if len(words) == 0 {
		return o
	}
	switch o.Kind {
	case interpreter.Left:
		o.Port, o.Status = strings.Trim(words[0], `"`), "done"
		if len(words) > 1 {
			o.Status = words[1]
		}
	case interpreter.Parked:
		if words[0] == "held" {
			o.Status = words[0]
			break
		}
		due, err := time.Parse(time.RFC3339, words[0])
		require.NoError(s, err)
		o.Due = due.UnixMilli()
	case interpreter.Failed:
		o.Code = words[0]
	case interpreter.Ended:
		o.Status = words[0]
	case interpreter.Started, interpreter.Resumed, interpreter.Begun, interpreter.Woken, interpreter.Standing, interpreter.Moved:
		s.Fatalf("%s takes no %q", o.Kind, words)
	}
	return o
}

// spelled writes every field of a command.
func spelled(c interpreter.Command) string {
	var b strings.Builder
	b.WriteString(string(c.Kind))
	if c.Node != "" {
		fmt.Fprintf(&b, " %s/%d", c.Node, c.Visit)
	}
	if c.Port != "" {
		b.WriteString(" by " + c.Port)
	}
	for _, word := range []string{c.Status, c.Outcome, c.Code} {
		if word != "" {
			b.WriteString(" " + word)
		}
	}
	if c.Due != 0 {
		b.WriteString(" until " + time.UnixMilli(c.Due).UTC().Format(time.RFC3339))
	}
	return b.String()
}
