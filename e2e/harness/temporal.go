package harness

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Root is the folder of the repository.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Temporal is a Temporal server on a SQLite file, as a process that can be killed.
type Temporal struct {
	Addr string
	ui   string // the address of its Web UI
	dir  string
	args []string
	env  []string
	cmd  *exec.Cmd
}

// StartTemporalOn starts a server that keeps everything in a PostgreSQL database and
// in the one beside it whose name ends in _visibility; both must exist.
func StartTemporalOn(t testing.TB, database string) *Temporal {
	t.Helper()
	s := &Temporal{Addr: SteadyAddr(t), ui: SteadyAddr(t), dir: t.TempDir(), env: []string{"FERMATA_TEMPORAL_DATABASE_URL=" + database}}
	require.NoError(t, s.Start())
	t.Cleanup(s.Kill)
	return s
}

// StartTemporal starts a server of its own for one test. It needs bin/fermata-dev,
// which `make build` leaves there.
func StartTemporal(t testing.TB, args ...string) *Temporal {
	t.Helper()
	dir := t.TempDir()
	s := &Temporal{Addr: SteadyAddr(t), ui: SteadyAddr(t), dir: dir, args: args}
	require.NoError(t, s.Start())
	t.Cleanup(s.Kill)
	return s
}

var shared struct {
	sync.Once
	server *Temporal
	err    error
}

// SharedTemporal is one server for all tests of a process; tests keep apart by
// namespaces of their own making or by workflow ids.
func SharedTemporal(t testing.TB) *Temporal {
	t.Helper()
	shared.Do(func() {
		dir, err := os.MkdirTemp("", "fermata-temporal-")
		if err != nil {
			shared.err = err
			return
		}
		shared.server = &Temporal{Addr: SteadyAddr(t), ui: SteadyAddr(t), dir: dir}
		shared.err = shared.server.Start()
	})
	require.NoError(t, shared.err)
	return shared.server
}

// StopShared stops the shared server; call it at the end of TestMain.
func StopShared() {
	if shared.server != nil {
		shared.server.Kill()
		_ = os.RemoveAll(shared.server.dir)
	}
}

// Start starts the process and waits until it answers.
func (s *Temporal) Start() error {
	program := filepath.Join(Root(), "bin", "fermata-dev")
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("%s is missing: run make build first", program)
	}
	s.cmd = exec.Command(program, append([]string{"--only", "temporal"}, s.args...)...)
	s.cmd.Env = append(os.Environ(), "FERMATA_DATA_DIR="+s.dir, "FERMATA_TEMPORAL_ADDR="+s.Addr, "FERMATA_TEMPORAL_UI_ADDR="+s.ui)
	s.cmd.Env = append(s.cmd.Env, s.env...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	output, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	s.cmd.Stderr = s.cmd.Stdout
	if err := startPinned(s.cmd); err != nil {
		return err
	}
	return s.await(output)
}

// startPatience is how long a server may take until it answers.
const startPatience = 90 * time.Second

// await waits for the banner, which the program writes once the namespace and its
// search attributes can be used, and drops what follows.
func (s *Temporal) await(output io.Reader) error {
	ready, lines := make(chan bool, 2), &lastLines{}
	go func() {
		scanner := bufio.NewScanner(output)
		for scanner.Scan() {
			_, _ = lines.Write(scanner.Bytes())
			if strings.Contains(scanner.Text(), "Ctrl-C") {
				ready <- true
				break
			}
		}
		ready <- false
		_, _ = io.Copy(io.Discard, output)
	}()
	select {
	case up := <-ready:
		if up {
			return nil
		}
		return fmt.Errorf("the Temporal server did not come up:\n%s", lines)
	case <-time.After(startPatience):
		return fmt.Errorf("the Temporal server did not come up within %s:\n%s", startPatience, lines)
	}
}

// Kill ends the process with SIGKILL; Start brings it back on the same files.
func (s *Temporal) Kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_, _ = s.cmd.Process.Wait()
	}
}

// FreeAddr is a loopback address that nobody listens on now. Whoever is stopped and started again
// needs a SteadyAddr.
func FreeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// SteadyAddr is a loopback address that nobody listens on and that stays free while its
// owner is down: its port is none of those that the system gives to outgoing connections.
func SteadyAddr(t testing.TB) string {
	t.Helper()
	const lowest, highest = 20000, 32000
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(highest-lowest)))
		if err == nil {
			defer func() { _ = l.Close() }()
			return l.Addr().String()
		}
	}
	require.FailNow(t, "no port is free")
	return ""
}

// Forget ends the process and removes everything that it kept.
func (s *Temporal) Forget() error {
	s.Kill()
	return os.RemoveAll(s.dir)
}
