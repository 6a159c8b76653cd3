package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/worker"
)

// Key is the admin key of every system under test.
const Key = "harness-admin-key-0123456789"

// System is the whole program in this process, on real parts.
type System struct {
	T        testing.TB
	App      *app.App
	URL      string
	SMTP     *SMTP
	HTTP     *HTTP
	Temporal *Temporal
	stop     context.CancelFunc
	done     chan error
	options  app.Options
	// About is what a failed test is about: a part of the keys of its workflows. Its State leaves out
	// what does not contain it.
	About   string
	witness *witness
	tail    func() string
}

// Options change what a System runs on.
type Options struct {
	// Database is a store URL; default a SQLite file of its own.
	Database string
	// Temporal is the server; default the shared one.
	Temporal *Temporal
	Worker   worker.Options
	// Parts are what the program runs; default all.
	Parts *app.Parts
	// Log takes what the program logs; default errors on the standard error output.
	Log *slog.Logger
	// Reconcile is how late a step may be before its run is looked at; default the program's.
	Reconcile time.Duration
	// AlarmEvery is how often the program looks for trouble; default the program's.
	AlarmEvery time.Duration
	// Clock is what schedules are fired by, and what the API takes as now; default the real one.
	Clock func() time.Time
	// Change changes the settings of the program before it starts.
	Change func(s *app.Settings)
}

// Start starts API, worker and relay in this process.
func Start(t testing.TB, o Options) *System {
	t.Helper()
	dir := t.TempDir()
	if o.Temporal == nil {
		o.Temporal = SharedTemporal(t)
	}
	if o.Database == "" {
		o.Database = "sqlite:" + filepath.Join(dir, "fermata.db")
	}
	s := &System{T: t, SMTP: StartSMTP(t), HTTP: StartHTTP(t), Temporal: o.Temporal}
	if o.Worker.TaskQueue == "" {
		o.Worker.TaskQueue = fmt.Sprintf("t%07d", queues.Add(1))
	}
	log := o.Log
	if log == nil {
		var err error
		log, err = app.NewLog(level(), nil)
		require.NoError(t, err)
	}
	lines := &lastLines{}
	log, s.tail = lines.keep(log), lines.String
	s.options = app.Options{
		Parts: app.Parts{API: true, Worker: true, Relay: true}, Migrate: true, Reconcile: o.Reconcile, Log: log, Worker: o.Worker,
		Clock: o.Clock, AlarmEvery: o.AlarmEvery,
		Settings: app.Settings{
			HTTPAddr: "127.0.0.1:0", DataDir: dir, DatabaseURL: o.Database, TemporalAddr: o.Temporal.Addr,
			TemporalNamespace: "default", TemporalUIAddr: "127.0.0.1:8233", SMTPURL: s.SMTP.URL(), SMSURL: s.HTTP.URL + "/gateway", SMSToken: "gateway-token", SMSFrom: "Shop", APIKey: Key,
			SecretKey: "harness-secret-key-0123456789", AllowPrivate: true, RetentionEvents: "400d", RetentionSteps: "400d",
			BaseURL: "http://127.0.0.1", MailFrom: "Fermata <fermata@sink.test>", Log: "warn", Timezone: "UTC", Currency: "USD",
			DefaultConsent: "subscribed",
		},
	}
	if o.Parts != nil {
		s.options.Parts = *o.Parts
	}
	if o.Change != nil {
		o.Change(&s.options.Settings)
	}
	s.Run()
	t.Cleanup(s.Stop)
	s.watch(t, nil)
	return s
}

// For is the same system in the hands of another test, which fails in its place.
func (s *System) For(t testing.TB) *System {
	shared := *s
	shared.T, shared.stop = t, nil
	shared.watch(t, s.witness)
	return &shared
}

// queues numbers the task queues of systems that share a Temporal server.
var queues atomic.Int64

// level is the log level of systems under test: FERMATA_TEST_LOG, or errors only.
func level() string {
	if l := os.Getenv("FERMATA_TEST_LOG"); l != "" {
		return l
	}
	return "error"
}

// Run starts the program (again).
func (s *System) Run() {
	s.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	s.options.Ready = func(addr string) { ready <- addr }
	a, err := app.Open(ctx, s.options)
	require.NoError(s.T, err)
	s.App, s.stop, s.done = a, cancel, make(chan error, 1)
	go func() { s.done <- a.Run(ctx) }()
	select {
	case addr := <-ready:
		s.URL = "http://" + addr
	case err := <-s.done:
		require.NoError(s.T, err)
	case <-time.After(60 * time.Second):
		require.FailNow(s.T, "the program did not become ready")
	}
}

// Stop stops the program gracefully.
func (s *System) Stop() {
	if s.stop == nil {
		return
	}
	s.stop()
	if err := <-s.done; err != nil {
		s.T.Log("stop:", err)
	}
	s.stop = nil
}

// CSV is a body that is sent as text/csv.
type CSV string

// Do makes a request with the admin key and returns status and body. Like any careful client it
// repeats what a busy program put off (503), under one Idempotency-Key, for half a minute.
func (s *System) Do(method, path string, body any) (int, []byte) {
	s.T.Helper()
	key := ""
	if method == http.MethodPost {
		key = fmt.Sprintf("call-%d", calls.Add(1))
	}
	status, raw := s.do(method, path, key, body)
	for began := time.Now(); status == http.StatusServiceUnavailable && time.Since(began) < 30*time.Second; {
		s.T.Logf("%s %s was put off: %s", method, path, raw)
		<-time.After(200 * time.Millisecond)
		status, raw = s.do(method, path, key, body)
	}
	return status, raw
}

func (s *System) do(method, path, key string, body any) (int, []byte) {
	s.T.Helper()
	var reader io.Reader
	contentType := "application/json"
	switch b := body.(type) {
	case nil:
	case CSV:
		reader, contentType = strings.NewReader(string(b)), "text/csv"
	case string:
		reader = strings.NewReader(b)
		if !strings.HasPrefix(strings.TrimSpace(b), "{") {
			contentType = "application/yaml"
		}
	default:
		raw, err := json.Marshal(b)
		require.NoError(s.T, err)
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequest(method, s.URL+path, reader)
	require.NoError(s.T, err)
	request.Header.Set("Authorization", "Bearer "+Key)
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if reader != nil {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.T, err)
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(s.T, err)
	return response.StatusCode, raw
}

// calls numbers the requests that are repeated.
var calls atomic.Int64

// Must makes a request that has to succeed and decodes its answer.
func (s *System) Must(method, path string, body any) map[string]any {
	s.T.Helper()
	status, raw := s.Do(method, path, body)
	require.Truef(s.T, status >= 200 && status < 300, "%s %s: %d %s", method, path, status, raw)
	answer := map[string]any{}
	if len(raw) > 0 {
		require.NoErrorf(s.T, json.Unmarshal(raw, &answer), "%s", raw)
	}
	return answer
}

// Setup creates what the example workflows need, with both URLs at the HTTP sink.
func (s *System) Setup() {
	s.T.Helper()
	raw, err := os.ReadFile(filepath.Join(Root(), "examples", "setup.json"))
	require.NoError(s.T, err)
	var setup struct {
		Pipelines, Courses []any
		Secrets            map[string]string
	}
	require.NoError(s.T, json.Unmarshal(raw, &setup))
	for _, p := range setup.Pipelines {
		s.Must("POST", "/v1/pipelines", p)
	}
	for _, c := range setup.Courses {
		s.Must("POST", "/v1/courses", c)
	}
	for name, value := range setup.Secrets {
		s.Must("PUT", "/v1/secrets/"+name, map[string]any{"value": strings.ReplaceAll(value, "http://127.0.0.1:0", s.HTTP.URL)})
	}
}

// Publish posts a definition and publishes it.
func (s *System) Publish(definition string) {
	s.T.Helper()
	answer := s.Must("POST", "/v1/workflows", definition)
	s.Must("POST", fmt.Sprintf("/v1/workflows/%v/publish", answer["key"]), map[string]any{})
}

// Example reads one of the example workflows.
func Example(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(Root(), "examples", name+".yaml"))
	require.NoError(t, err)
	return string(raw)
}

// Items reads all of a list.
func (s *System) Items(path string) []map[string]any {
	s.T.Helper()
	answer := s.Must("GET", path, nil)
	list, _ := answer["items"].([]any)
	items := make([]map[string]any, 0, len(list))
	for _, item := range list {
		items = append(items, item.(map[string]any))
	}
	return items
}
