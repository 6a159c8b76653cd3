package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Program is one of the built programs as a process of its own that somebody watches:
// whenever it ends it is started again, as on any machine that is run well.
type Program struct {
	// Name is what it is called in reports, and the name of its log.
	Name string
	path string
	args []string
	env  []string
	log  string

	mu      sync.Mutex
	cmd     *exec.Cmd
	rest    time.Duration
	kills   int
	deaths  int
	closing bool
	gate    chan struct{} // closed when a program that was halted may start again, nil when none was
	ended   chan struct{}
}

// ownDeathRest is how long a program that ended by itself rests before it is started again.
const ownDeathRest = 300 * time.Millisecond

// StartProgram starts bin/<binary> with args and watches it until the test ends. Its
// output goes to <name>.log in dir. Settings in env are "NAME=value" and win.
func StartProgram(t testing.TB, dir, name, binary string, env []string, args ...string) *Program {
	t.Helper()
	p := &Program{
		Name: name, path: filepath.Join(Root(), "bin", binary), args: args, env: append(os.Environ(), env...),
		log: filepath.Join(dir, name+".log"), rest: ownDeathRest, ended: make(chan struct{}),
	}
	require.FileExists(t, p.path, "run make build first")
	require.NoError(t, p.start())
	go p.watch()
	t.Cleanup(p.Close)
	return p
}

func (p *Program) start() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open log of %s: %w", p.Name, err)
	}
	defer func() { _ = log.Close() }()
	p.mu.Lock()
	cmd := exec.Command(p.path, p.args...)
	cmd.Env = p.env
	p.mu.Unlock()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := startPinned(cmd); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = cmd
	return nil
}

// watch starts the program again whenever it ends, until Close.
func (p *Program) watch() {
	defer close(p.ended)
	for {
		_ = p.current().Wait()
		rest, over := p.after()
		if over {
			return
		}
		<-time.After(rest)
		if gate := p.halted(); gate != nil {
			<-gate
		}
		if p.over() || p.start() != nil {
			return
		}
	}
}

func (p *Program) current() *exec.Cmd {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd
}

func (p *Program) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing
}

// after says how long to rest after an end, and whether it was the last one.
func (p *Program) after() (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rest := p.rest
	p.rest = ownDeathRest
	if p.kills--; p.kills < 0 {
		p.kills, p.deaths = 0, p.deaths+1
	}
	return rest, p.closing
}

// Kill ends the program with SIGKILL; it is started again after rest.
func (p *Program) Kill(rest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd.Process.Signal(syscall.SIGKILL) == nil {
		p.rest = rest
		p.kills++
	}
}

// Replace ends the program with SIGTERM, as an operator does who brings another build, and reports
// whether that build has been started in its place within patience.
func (p *Program) Replace(path string, patience time.Duration) bool {
	p.mu.Lock()
	before := p.cmd
	p.path, p.rest = path, 0
	p.kills++
	_ = before.Process.Signal(syscall.SIGTERM)
	p.mu.Unlock()
	for began := time.Now(); p.current() == before; <-time.After(50 * time.Millisecond) {
		if time.Since(began) > patience {
			return false
		}
	}
	return true
}

// Halt ends the program with SIGKILL and keeps it from being started again until Go.
func (p *Program) Halt() {
	p.mu.Lock()
	if p.gate == nil {
		p.gate = make(chan struct{})
	}
	p.mu.Unlock()
	p.Kill(0)
}

// Go starts a program again that was halted.
func (p *Program) Go() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gate != nil {
		close(p.gate)
		p.gate = nil
	}
}

func (p *Program) halted() chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gate
}

// Freeze stops the program with SIGSTOP: it keeps its connections and answers nothing.
func (p *Program) Freeze() { _ = p.current().Process.Signal(syscall.SIGSTOP) }

// Thaw lets a frozen program go on.
func (p *Program) Thaw() { _ = p.current().Process.Signal(syscall.SIGCONT) }

// Set changes settings of the program ("NAME=value") from its next start on.
func (p *Program) Set(env ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.env = append(append([]string{}, p.env...), env...)
}

// Deaths is how often the program ended although nobody killed it.
func (p *Program) Deaths() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deaths
}

// Close ends the program for good.
func (p *Program) Close() {
	p.mu.Lock()
	p.closing = true
	_ = p.cmd.Process.Kill()
	p.mu.Unlock()
	p.Go()
	for {
		select {
		case <-p.ended:
			return
		case <-time.After(50 * time.Millisecond):
			_ = p.current().Process.Kill() // it may have been started just now
		}
	}
}

// Log is everything that the program wrote.
func (p *Program) Log() string {
	raw, _ := os.ReadFile(p.log)
	return string(raw)
}
