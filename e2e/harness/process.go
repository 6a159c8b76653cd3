package harness

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Process is the development server as its own process: everything in one, so that
// killing it kills API, router, worker and Temporal at once.
type Process struct {
	*System
	Dir  string
	env  []string
	cmd  *exec.Cmd
	smtp *SMTP
}

// StartProcess starts bin/fermata-dev on steady ports and in a folder of its own, with
// mails going to a sink of this process. Settings in env are "NAME=value" and win.
func StartProcess(t testing.TB, env ...string) *Process {
	t.Helper()
	p := &Process{Dir: t.TempDir(), smtp: StartSMTP(t)}
	addr := SteadyAddr(t)
	p.System = &System{T: t, URL: "http://" + addr, SMTP: p.smtp, HTTP: StartHTTP(t), tail: func() string { return end(p.Log()) }}
	p.env = append(os.Environ(),
		"FERMATA_HTTP_ADDR="+addr, "FERMATA_DATA_DIR="+p.Dir, "FERMATA_TEMPORAL_ADDR="+SteadyAddr(t),
		"FERMATA_TEMPORAL_UI_ADDR="+SteadyAddr(t), "FERMATA_SMTP_URL="+p.smtp.URL(), "FERMATA_API_KEY="+Key,
	)
	p.env = append(p.env, env...)
	p.Start()
	t.Cleanup(p.Kill)
	p.watch(t, nil)
	return p
}

// Start starts the process (again) and waits until it is ready.
func (p *Process) Start() {
	p.T.Helper()
	p.cmd = exec.Command(filepath.Join(Root(), "bin", "fermata-dev"))
	p.cmd.Env = p.env
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := os.OpenFile(filepath.Join(p.Dir, "process.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(p.T, err)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	require.NoError(p.T, startPinned(p.cmd))
	_ = log.Close()
	for began := time.Now(); !p.ready(); <-time.After(100 * time.Millisecond) {
		require.Lessf(p.T, time.Since(began), startPatience, "the development server did not become ready:\n%s", end(p.Log()))
	}
}

// startPinned starts a command from a thread that stays: the parent-death signal
// follows the thread that forked.
func startPinned(cmd *exec.Cmd) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		select {}
	}()
	return <-started
}

func (p *Process) ready() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode == http.StatusOK
}

// Kill ends the process with SIGKILL and waits for its end.
func (p *Process) Kill() {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
		_, _ = p.cmd.Process.Wait()
	}
}

// Stop ends the process with SIGTERM, waits for its end and returns how long it took.
func (p *Process) Stop() time.Duration {
	p.T.Helper()
	began := time.Now()
	require.NoError(p.T, p.cmd.Process.Signal(syscall.SIGTERM))
	state, err := p.cmd.Process.Wait()
	require.NoError(p.T, err)
	require.True(p.T, state.Success(), "%s\n%s", state, p.Log())
	return time.Since(began)
}

// Log is everything that the process wrote.
func (p *Process) Log() string {
	raw, _ := os.ReadFile(filepath.Join(p.Dir, "process.log"))
	return string(raw)
}
