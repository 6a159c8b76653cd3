package main

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/devserver/dev"
	"fermata/devserver/loopback"
	"fermata/devserver/ports"
)

func TestNameOfTheMomentIsTheSame(t *testing.T) {
	t.Parallel()
	require.Equal(t, dev.LaunchedEnv, launchedEnv)
}

func TestCompilationReports(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &progress{out: &out, what: "bin/x", began: time.Now(), every: 20 * time.Millisecond}
	script := `echo "go: downloading a v1" >&2; for i in 1 2 3; do echo example.org/p$i >&2; sleep 0.05; done`
	require.NoError(t, p.compile(t.Context(), "sh", "-c", script))
	require.Regexp(t, `building bin/x: 0 s, [123] packages compiled, 1 modules downloaded, now example.org/p[123]\n`, out.String())
	require.Regexp(t, `built bin/x in 0\.\d s \(warm: 3 packages compiled\)\n$`, out.String())
}

func TestColdIsSaid(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &progress{out: &out, what: "bin/x", began: time.Now(), every: time.Hour}
	require.NoError(t, p.compile(t.Context(), "sh", "-c", `for i in $(seq 250); do echo p/$i >&2; done`))
	require.Contains(t, out.String(), "(cold, the next one takes seconds: 250 packages compiled)")
}

func TestFailureShowsWhatTheCompilerSaid(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &progress{out: &out, what: "bin/x", began: time.Now(), every: time.Hour}
	require.Error(t, p.compile(t.Context(), "sh", "-c", `echo a/b >&2; echo "# a/b" >&2; echo "b.go:3:1: undefined: x" >&2; exit 1`))
	require.Equal(t, "# a/b\nb.go:3:1: undefined: x\n", out.String())
}

// It changes the environment, so it runs alone.
func TestServerIsLeftOutWhereOneAnswers(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	t.Setenv("FERMATA_TEMPORAL_ADDR", l.Addr().String())
	got, err := choose(t.Context())
	require.NoError(t, err)
	require.Equal(t, attached, got)

	port, err := loopback.FreePort(t.Context(), "127.0.0.1")
	require.NoError(t, err)
	t.Setenv("FERMATA_TEMPORAL_ADDR", loopback.Join("127.0.0.1", port))
	got, err = choose(t.Context())
	require.NoError(t, err)
	require.Equal(t, full, got)

	t.Setenv("FERMATA_TEMPORAL_ADDR", "")
	if !ports.Taken(t.Context(), ports.DefaultTemporal) {
		held, err := lc.Listen(t.Context(), "tcp", ports.DefaultTemporal)
		require.NoError(t, err)
		t.Cleanup(func() { _ = held.Close() })
	}
	_, err = choose(t.Context())
	require.ErrorContains(t, err, "FERMATA_TEMPORAL_ADDR=127.0.0.1:7233")
}
