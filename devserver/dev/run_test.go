package dev_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"fermata/devserver/dev"
	"fermata/devserver/engine"
	"fermata/devserver/ports"
)

// serve stands in for the product: it serves extra until ctx ends.
func serve(ctx context.Context, s dev.Settings, extra http.Handler, ready func()) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.HTTPAddr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: extra, ReadHeaderTimeout: time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	ready()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// full is the program with a server in it, attached the one without.
func full() dev.Program {
	return dev.Program{
		EngineVersion: engine.Version,
		Engine: func(ctx context.Context, o dev.EngineOptions) (dev.Engine, error) {
			return engine.Start(ctx, engine.Options{Dir: o.Dir, Addr: o.Addr, Namespace: o.Namespace, Notice: o.Notice})
		},
		Serve: serve,
	}
}

func attached() dev.Program { return dev.Program{Serve: serve} }

func settings(t *testing.T) dev.Settings {
	t.Helper()
	s, _, err := dev.Parse([]string{
		"--http-addr=127.0.0.1:0", "--data-dir=" + filepath.Join(t.TempDir(), "data"), "--temporal-addr=127.0.0.1:0",
		"--temporal-ui-addr=127.0.0.1:0", "--smtp-url=smtp://127.0.0.1:0",
	}, io.Discard)
	require.NoError(t, err)
	return s
}

// screen collects what a program prints.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// after is the word that follows name on the screen.
func (s *screen) after(t *testing.T, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(s.String(), "  "+name)
	require.True(t, ok, "%s is not in %s", name, s)
	return strings.Fields(rest)[0]
}

// run starts a program, waits for its banner and returns a function that stops it.
func run(t *testing.T, s dev.Settings, p dev.Program) (*screen, func() error) {
	t.Helper()
	out := &screen{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- dev.Run(ctx, s, p, out) }()
	require.Eventually(t, func() bool {
		select {
		case err := <-ended:
			t.Errorf("ended before the banner: %v", err)
			return true
		default:
			return strings.Contains(out.String(), "Ctrl-C")
		}
	}, 60*time.Second, 10*time.Millisecond)
	stop := sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = stop() })
	return out, stop
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, res.Body.Close()) }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(body)
}

func TestEverythingIsWhereTheBannerSays(t *testing.T) {
	t.Parallel()
	s := settings(t)
	out, stop := run(t, s, full())
	code, body := get(t, out.after(t, "Page and API")+"/dev/mail")
	require.Equal(t, http.StatusOK, code)
	require.JSONEq(t, `{"items": [], "next": null}`, body)
	code, _ = get(t, out.after(t, "Temporal Web UI")+"/api/v1/namespaces/default")
	require.Equal(t, http.StatusOK, code)
	require.True(t, ports.Taken(t.Context(), strings.TrimPrefix(out.after(t, "Mail sink"), "smtp://")))
	require.Equal(t, "dev-key", out.after(t, "API key"))
	link := out.after(t, "Open ")
	require.Regexp(t, "^"+out.after(t, "Page and API")+"/sign-in#code=[A-Z2-7]{52}$", link)

	err := dev.Run(t.Context(), s, full(), io.Discard)
	require.ErrorContains(t, err, "FERMATA_DATA_DIR")

	require.NoError(t, stop())
	for _, name := range []string{"Page and API", "Temporal Web UI", "Mail sink"} {
		_, addr, _ := strings.Cut(out.after(t, name), "://")
		require.False(t, ports.Taken(t.Context(), addr), name)
	}
	out, again := run(t, s, full())
	require.NotEqual(t, link, out.after(t, "Open "), "each start has a code of its own")
	require.NoError(t, again())
}

func TestOnlyTemporal(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Only = "temporal"
	out, stop := run(t, s, full())
	require.NotContains(t, out.String(), "Mail sink")
	require.NotContains(t, out.String(), "Page and API")
	c, err := client.Dial(client.Options{HostPort: strings.Fields(out.after(t, "Temporal    "))[0]})
	require.NoError(t, err)
	c.Close()
	require.NoError(t, stop())
	require.NoFileExists(t, filepath.Join(s.DataDir, "mail.db"))
}

func TestTemporalThatAnswersIsJoinedAndPrepared(t *testing.T) {
	t.Parallel()
	e, err := engine.Start(t.Context(), engine.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Stop()) })
	s := settings(t)
	s.TemporalAddr, s.TemporalNamespace = e.Addr(), "other"
	out, stop := run(t, s, attached())
	require.Contains(t, out.String(), "not ours, joined, namespace other")
	require.NotContains(t, out.String(), "Warning")
	c, err := client.Dial(client.Options{HostPort: e.Addr(), Namespace: "other"})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	ns, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "other"})
	require.NoError(t, err)
	require.Equal(t, 90*24*time.Hour, ns.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
	n, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: `FermataContact = "x"`})
	require.NoError(t, err)
	require.Zero(t, n.GetCount())
	require.NoError(t, stop())
	require.True(t, ports.Taken(t.Context(), e.Addr()))
}

func TestWithoutServerNothingIsStarted(t *testing.T) {
	t.Parallel()
	s := settings(t)
	err := dev.Run(t.Context(), s, attached(), io.Discard)
	require.ErrorContains(t, err, "run make dev again")
}

func TestWhatListensMustBeATemporal(t *testing.T) {
	t.Parallel()
	s := settings(t)
	out, _ := run(t, s, full())
	other := settings(t)
	other.TemporalAddr = strings.TrimPrefix(out.after(t, "Page and API"), "http://")
	require.ErrorContains(t, dev.Run(t.Context(), other, full(), io.Discard), "is no Temporal")
}

func TestSettingsThatCannotBeReadAreNamed(t *testing.T) {
	t.Parallel()
	_, _, err := dev.Parse([]string{"--only", "api"}, io.Discard)
	require.ErrorContains(t, err, "--only")
	require.NotContains(t, err.Error(), "\n")
	_, _, err = dev.Parse([]string{"--what"}, io.Discard)
	require.ErrorContains(t, err, "--what")
	var help bytes.Buffer
	_, done, err := dev.Parse([]string{"--help"}, &help)
	require.NoError(t, err)
	require.True(t, done)
	require.Contains(t, help.String(), "FERMATA_TEMPORAL_ADDR")
	_, _, err = dev.Parse([]string{"--hourly-cost=much"}, io.Discard)
	require.ErrorContains(t, err, "FERMATA_HOURLY_COST")
}

func TestDefaultsAreThoseOfDevelopment(t *testing.T) {
	t.Parallel()
	s, _, err := dev.Parse([]string{"--only=temporal", "--temporal-addr=127.0.0.1:1"}, io.Discard)
	require.NoError(t, err)
	require.Equal(t, "temporal", s.Only)
	require.Equal(t, "127.0.0.1:1", s.TemporalAddr)
	require.Equal(t, "127.0.0.1:8080", s.HTTPAddr)
	require.Equal(t, ".fermata", s.DataDir)
	require.Equal(t, "dev-key", s.APIKey)
	require.Empty(t, s.SMTPURL)
	require.True(t, s.AllowPrivate)
	require.True(t, s.Dev)
}

// It changes the environment, so it runs alone.
func TestEnvironmentWins(t *testing.T) {
	t.Setenv("FERMATA_ALLOW_PRIVATE_TARGETS", "false")
	t.Setenv("FERMATA_SMTP_URL", "smtp://127.0.0.1:25")
	t.Setenv("FERMATA_CURRENCY", "EUR")
	s, _, err := dev.Parse(nil, io.Discard)
	require.NoError(t, err)
	require.False(t, s.AllowPrivate)
	require.Equal(t, "smtp://127.0.0.1:25", s.SMTPURL)
	require.Equal(t, "EUR", s.Currency)
}
