package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// mostShown bounds each list of a State, mostSteps the enrollments whose steps it shows.
	mostShown, mostSteps = 30, 8
	// stateTimeout bounds each question that a State asks.
	stateTimeout = 10 * time.Second
	// tailLines is how many lines of what a program logged are kept.
	tailLines = 40
)

// witness says where a system stands when a test of it has failed, once: a test that waits in vain
// says so itself, all the others when they end.
type witness struct {
	told atomic.Bool
	of   *witness // of the system that this test shares
}

// tell logs the state of the system unless that was done.
func (s *System) tell(t testing.TB) {
	if s.witness != nil && s.witness.told.Swap(true) {
		return
	}
	for one := s.witness; one != nil; one = one.of {
		one.told.Store(true)
	}
	t.Log(s.State())
}

// watch lets a test say where the system stands when it has failed. It must be called behind what
// stops the system, so that it is done before.
func (s *System) watch(t testing.TB, of *witness) {
	s.witness = &witness{of: of}
	t.Cleanup(func() {
		if t.Failed() {
			s.tell(t)
		}
	})
}

// State is where the system stands, for people: enrollments, the health of the engine, open jobs, the
// last mails and calls, and the last lines of its log. It is bounded, and never fails: what cannot be
// read is shown as the reason why.
func (s *System) State() string {
	var b strings.Builder
	fmt.Fprintf(&b, "state at %s", time.Now().UTC().Format("15:04:05.000"))
	s.stateOfEnrollments(&b)
	fmt.Fprintf(&b, "\nhealth: %s", s.peek("/v1/health/engine"))
	for _, job := range s.peekItems(&b, "/v1/jobs?limit=100") {
		if job["ended_at"] == nil {
			fmt.Fprintf(&b, "\njob: %v", job)
		}
	}
	var mails, calls []string
	if s.SMTP != nil {
		for _, m := range s.SMTP.Mails() {
			mails = append(mails, fmt.Sprintf("mail: %s to %s: %s", m.At.UTC().Format("15:04:05.000"), m.To, m.Subject))
		}
	}
	if s.HTTP != nil {
		for _, c := range s.HTTP.Calls() {
			calls = append(calls, fmt.Sprintf("call: %s %s %s", c.At.UTC().Format("15:04:05.000"), c.Method, c.Path))
		}
	}
	s.last(&b, mails)
	s.last(&b, calls)
	if s.tail != nil {
		fmt.Fprintf(&b, "\nlog:\n%s", s.tail())
	}
	return b.String()
}

// last writes the last lines of a list that the test is about.
func (s *System) last(b *strings.Builder, lines []string) {
	lines = slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, s.About) })
	if more := len(lines) - mostShown; more > 0 {
		fmt.Fprintf(b, "\n… %d more", more)
		lines = lines[more:]
	}
	for _, line := range lines {
		b.WriteString("\n" + line)
	}
}

// stateOfEnrollments writes who is inside, those first who have not ended, with the steps of some.
func (s *System) stateOfEnrollments(b *strings.Builder) {
	list := slices.DeleteFunc(s.peekItems(b, "/v1/enrollments?limit=500"), func(e map[string]any) bool {
		return !strings.Contains(fmt.Sprint(e["workflow"]), s.About)
	})
	slices.SortStableFunc(list, func(a, b map[string]any) int {
		rank := func(e map[string]any) int {
			if e["ended_at"] == nil {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	fmt.Fprintf(b, "\n%d enrollments", len(list))
	for i, e := range list[:min(len(list), mostShown)] {
		contact, _ := e["contact"].(map[string]any)
		fmt.Fprintf(b, "\n%v %v %v: %v at %v", e["id"], e["workflow"], contact["email"], e["status"], e["node"])
		for _, field := range []string{"reason", "due_at", "wedged", "ended_at"} {
			if e[field] != nil {
				fmt.Fprintf(b, ", %s %v", field, e[field])
			}
		}
		if i < mostSteps {
			s.stateOfSteps(b, fmt.Sprint(e["id"]))
		}
	}
}

func (s *System) stateOfSteps(b *strings.Builder, id string) {
	var e struct{ Steps []map[string]any }
	if err := json.Unmarshal([]byte(s.peek("/v1/enrollments/"+id)), &e); err != nil {
		fmt.Fprintf(b, " (steps: %v)", err)
		return
	}
	for _, step := range e.Steps[max(0, len(e.Steps)-mostShown):] {
		fmt.Fprintf(b, "\n    %v/%v %v", step["node"], step["visit"], step["status"])
		for _, field := range []string{"port", "reason", "error", "attempts", "entered_at", "due_at", "left_at"} {
			if step[field] != nil {
				fmt.Fprintf(b, ", %s %v", field, step[field])
			}
		}
		if effect, found := step["effect"].(map[string]any); found {
			fmt.Fprintf(b, ", effect %v", effect["state"])
		}
	}
}

// peekItems reads a list as far as it can be read.
func (s *System) peekItems(b *strings.Builder, path string) []map[string]any {
	raw := s.peek(path)
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		fmt.Fprintf(b, "\n%s: %s", path, raw)
	}
	return list.Items
}

// peek reads a path, or says why it cannot.
func (s *System) peek(path string) string {
	request, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
	if err != nil {
		return err.Error()
	}
	request.Header.Set("Authorization", "Bearer "+Key)
	answer, err := (&http.Client{Timeout: stateTimeout}).Do(request)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// lastLines keeps the last lines that were written.
type lastLines struct {
	mu    sync.Mutex
	lines []string
}

// Write takes whole lines, as log handlers write them.
func (l *lastLines) Write(raw []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(bytes.TrimRight(raw, "\n")))
	if more := len(l.lines) - tailLines; more > 0 {
		l.lines = slices.Delete(l.lines, 0, more)
	}
	return len(raw), nil
}

func (l *lastLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// keep lets a log keep its last warnings and errors, wherever else they go.
func (l *lastLines) keep(log *slog.Logger) *slog.Logger {
	return slog.New(slog.NewMultiHandler(log.Handler(), slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelWarn})))
}

// end is the last lines of a text.
func end(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
