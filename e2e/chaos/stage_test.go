package chaos_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"fermata/e2e/harness"
	"fermata/store/storetest"
)

// stage is the whole program as separate processes on one PostgreSQL, with a link
// between every two of them, and the two servers at the other end of mails and calls.
type stage struct {
	*testing.T
	dir      string
	days     string // how many days the workflows of TestThreeWeeks wait
	postgres *storetest.Server
	database string // URL of our store, without a link
	engine   string // address of Temporal, without a link
	engines  string // URL of Temporal's first database, without a link
	db       *sql.DB
	faults   *faults // of our store
	links    []*link
	programs map[string]*harness.Program
	probes   map[string]string // where a program says that it is ready
	smtp     *harness.SMTP
	http     *harness.HTTP
	api      *harness.System
	temporal client.Client
}

const (
	patience  = 90 * time.Second
	namespace = "default"
)

// workers are the processes that carry enrollments.
var workers = []string{"worker1", "worker2"}

// setStage starts everything, Temporal with flags of its own, and waits until it is ready.
func setStage(t *testing.T, flags ...string) *stage {
	t.Helper()
	s := &stage{
		T: t, dir: t.TempDir(), programs: map[string]*harness.Program{}, probes: map[string]string{},
		smtp: harness.StartSMTP(t), http: harness.StartHTTP(t),
	}
	var err error
	s.postgres, err = storetest.StartServer(t.Context(), storetest.Options{Durable: true, TCP: harness.SteadyAddr(t)})
	require.NoError(t, err)
	t.Cleanup(s.postgres.Stop)
	s.database, err = s.postgres.Database(t.Context())
	require.NoError(t, err)
	s.db, err = sql.Open("pgx", s.database)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.db.Close() })
	s.engine = s.startEngine(flags)
	output, err := s.command(filepath.Join(harness.Root(), "bin", "fermata"), "migrate")
	require.NoError(t, err, output)
	s.startParts(s.engine)
	return s
}

// through is a database URL by way of a new link.
func (s *stage) through(l func(name, upstream string) string, name, database string) string {
	u, err := url.Parse(database)
	require.NoError(s, err)
	u.Host = l(name, u.Host)
	return u.String()
}

// startEngine starts Temporal and returns its address.
func (s *stage) startEngine(flags []string) string {
	addr := harness.SteadyAddr(s.T)
	proxies := newProxies()
	dial := func(name, upstream string) string {
		l := newLink(s.T, proxies, name, upstream)
		s.links = append(s.links, l)
		return l.addr()
	}
	s.engines = harness.TemporalDatabase(s.T, s.postgres)
	database := s.through(dial, "engine-store", s.engines)
	s.programs["engine"] = harness.StartProgram(s.T, s.dir, "engine", "fermata-dev", []string{
		"FERMATA_DATA_DIR=" + filepath.Join(s.dir, "engine"), "FERMATA_TEMPORAL_ADDR=" + addr,
		"FERMATA_TEMPORAL_UI_ADDR=" + harness.SteadyAddr(s.T), "FERMATA_TEMPORAL_DATABASE_URL=" + database,
	}, append([]string{"--only", "temporal"}, flags...)...)
	var err error
	s.temporal, err = client.NewLazyClient(client.Options{HostPort: addr, Namespace: namespace, Logger: quiet{}})
	require.NoError(s, err)
	s.Cleanup(s.temporal.Close)
	require.True(s, until(patience, s.engineAnswers), "Temporal answers: %s", s.programs["engine"].Log())
	return addr
}

func (s *stage) engineAnswers() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if _, err := s.temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return false
	}
	_, err := s.openRuns(ctx)
	return err == nil
}

func (s *stage) base() []string {
	return []string{
		"FERMATA_DATA_DIR=" + s.dir, "FERMATA_API_KEY=" + harness.Key, "FERMATA_SECRET_KEY=chaos-secret-key-0123456789",
		"FERMATA_ALLOW_PRIVATE_TARGETS=true", "FERMATA_MAIL_FROM=Fermata <fermata@sink.test>", "FERMATA_LOG=warn",
		"FERMATA_TEMPORAL_NAMESPACE=" + namespace,
	}
}

// startParts starts api, relay and workers, each with links of its own.
func (s *stage) startParts(engine string) {
	store, err := url.Parse(s.database)
	require.NoError(s, err)
	s.faults = newFaults(s.T, store.Host)
	store.Host = s.faults.addr
	proxies := newProxies()
	dial := func(name, upstream string) string {
		l := newLink(s.T, proxies, name, upstream)
		s.links = append(s.links, l)
		return l.addr()
	}
	calls := map[string][]string{"api": {"api"}, "relay": {"relay"}}
	for _, name := range workers {
		calls[name] = []string{"worker", "--no-relay"}
	}
	for _, name := range append([]string{"api", "relay"}, workers...) {
		addr := harness.SteadyAddr(s.T)
		env := append(s.base(), "FERMATA_DATABASE_URL="+s.through(dial, name+"-store", store.String()),
			"FERMATA_TEMPORAL_ADDR="+dial(name+"-engine", engine))
		if name == "api" {
			env = append(env, "FERMATA_HTTP_ADDR="+addr)
			s.api = &harness.System{T: s.T, URL: "http://" + addr, SMTP: s.smtp, HTTP: s.http}
		} else {
			env = append(env, "FERMATA_METRICS_ADDR="+addr, "FERMATA_SMTP_URL=smtp://"+dial(name+"-mail", s.smtp.Addr))
		}
		s.programs[name] = harness.StartProgram(s.T, s.dir, name, "fermata", env, calls[name]...)
		s.probes[name] = "http://" + addr + "/readyz"
	}
	s.ready()
}

// ready waits until every part says that it is ready.
func (s *stage) ready() {
	s.Helper()
	for name, probe := range s.probes {
		require.True(s, until(patience, func() bool { return answers(probe) }), "%s is ready: %s", name, s.programs[name].Log())
	}
}

func answers(probe string) bool {
	c := http.Client{Timeout: 3 * time.Second}
	response, err := c.Get(probe)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// withFaults lets so many in a hundred of the reads and writes of our store fail, and of Temporal's own
// from its next start on.
func (s *stage) withFaults(share int, seed uint64) {
	s.Helper()
	s.faults.let(share, seed)
	s.programs["engine"].Set("FERMATA_TEMPORAL_FAULTS=" + strconv.FormatFloat(float64(share)/100, 'f', -1, 64))
	s.programs["engine"].Kill(0)
}

// quiet drops what the Temporal client has to say: under fire that is a lot.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
