package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const adminKey = "test-admin-key"

// testDocument is parsed once for all tests.
var testDocument = sync.OnceValue(func() *document {
	d, err := loadDocument()
	if err != nil {
		panic(err)
	}
	return d
})

// box is a SecretBox that turns every byte round, so that a test can see that it was used.
type box struct{}

func (box) Seal(name string, plain []byte) (cipher, nonce []byte, err error) {
	cipher = make([]byte, len(plain))
	for i, b := range plain {
		cipher[i] = b ^ 0xff
	}
	return cipher, []byte(name), nil
}

func (box) Open(name string, cipher, nonce []byte) (string, error) {
	if string(nonce) != name {
		return "", errors.New("sealed under another name")
	}
	plain, _, err := box{}.Seal(name, cipher)
	return string(plain), err
}

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// fixture is the API on one store.
type fixture struct {
	t       *testing.T
	store   *store.Store
	handler http.Handler
	clock   *clock
	router  *events.Router
}

func setup(t *testing.T, s *store.Store, change ...func(*Config)) *fixture {
	t.Helper()
	f := &fixture{t: t, store: s, clock: &clock{now: time.Now().UTC().Truncate(time.Microsecond)}}
	definitions := events.NewDefinitions(64)
	cfg := Config{
		Store: s, Intake: &events.Intake{Store: s, Now: f.clock.Now}, Definitions: definitions, Now: f.clock.Now,
		Log: slog.New(slog.NewTextHandler(testLog{t}, nil)), BootstrapKey: adminKey, SecretBox: box{},
		Operator:    &events.Operator{Store: s, Definitions: definitions, Now: f.clock.Now},
		TemporalURL: func(e *store.Enrollment) string { return "http://temporal.example/" + e.ID },
	}
	for _, fn := range change {
		fn(&cfg)
	}
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		return tx.SaveAccount(&store.Account{Name: "Test", Timezone: "UTC", Currency: "USD", DefaultConsent: events.Subscribed})
	}))
	handler, err := New(cfg)
	require.NoError(t, err)
	f.handler = handler
	f.router = &events.Router{Store: s, Definitions: definitions, Now: f.clock.Now, Log: cfg.Log}
	return f
}

type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// answer is what a call got.
type answer struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

type option func(*http.Request)

func withHeader(name, value string) option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func withKey(key string) option {
	return func(r *http.Request) {
		r.Header.Del("Authorization")
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
	}
}

func withType(media string) option { return withHeader("Content-Type", media) }

// call makes a request with the admin key and checks that the answer fits the document. A body that
// is a string or bytes is sent as it is, anything else as JSON; nil sends none.
func (f *fixture) call(method, url string, body any, opts ...option) answer {
	f.t.Helper()
	r := httptest.NewRequest(method, url, bodyReader(f.t, body))
	r.Header.Set("Authorization", "Bearer "+adminKey)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, opt := range opts {
		opt(r)
	}
	w := httptest.NewRecorder()
	ctx, cut := context.WithCancel(r.Context())
	defer cut()
	f.handler.ServeHTTP(begun{w, cut}, r.WithContext(ctx))
	a := answer{status: w.Code, header: w.Header(), body: w.Body.String()}
	if err := fits(method, r.URL.EscapedPath(), a); err != nil {
		f.t.Fatalf("%s %s answered %d: %s\nwhich does not fit the document: %v", method, url, a.status, a.body, err)
	}
	_ = json.Unmarshal(w.Body.Bytes(), &a.json)
	return a
}

// begun cuts a stream of changes, which has no end, as soon as it has begun.
type begun struct {
	*httptest.ResponseRecorder
	cut context.CancelFunc
}

func (b begun) WriteString(text string) (int, error) {
	if strings.HasPrefix(text, "retry: ") {
		b.cut()
	}
	return b.ResponseRecorder.WriteString(text)
}

// must is call that expects a status.
func (f *fixture) must(status int, method, url string, body any, opts ...option) map[string]any {
	f.t.Helper()
	a := f.call(method, url, body, opts...)
	require.Equal(f.t, status, a.status, "%s %s: %s", method, url, a.body)
	return a.json
}

func bodyReader(t *testing.T, body any) io.Reader {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(b)
	case []byte:
		return bytes.NewReader(b)
	case io.Reader:
		return b
	}
	encoded, err := json.Marshal(body)
	require.NoError(t, err)
	return bytes.NewReader(encoded)
}

// matchOperation finds the operation of the document behind a request; literal paths win.
func matchOperation(method, path string) *operation {
	var found *operation
	for _, op := range testDocument().operations {
		pattern := "^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(op.path), "[^/]+") + "$"
		if op.method == method && regexp.MustCompile(pattern).MatchString(path) && (found == nil || strings.Count(op.path, "{") < strings.Count(found.path, "{")) {
			found = op
		}
	}
	return found
}

// fits checks an answer against the document: its status, content type and body.
func fits(method, path string, a answer) error {
	media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if a.status >= 400 {
		return fitsSchema(testDocument().schema("Problem"), media, "application/problem+json", a.body)
	}
	op := matchOperation(method, path)
	if op == nil {
		return errors.New("no such operation")
	}
	ref := op.spec.Responses.Status(a.status)
	if ref == nil {
		return errors.New("no such status")
	}
	if len(ref.Value.Content) == 0 {
		if a.body != "" {
			return errors.New("a body where none is described")
		}
		return nil
	}
	content := ref.Value.Content[media]
	if content == nil {
		return errors.New("content type " + media)
	}
	if media != "application/json" {
		return nil
	}
	return fitsSchema(content.Schema.Value, media, media, a.body)
}

func fitsSchema(schema *openapi3.Schema, media, want, body string) error {
	if media != want {
		return errors.New("content type " + media)
	}
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		return err
	}
	return schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsResponse(), openapi3.EnableFormatValidation())
}

// scenario is one HTTP call with what its answer must and must not hold.
type scenario struct {
	name      string
	method    string
	url       string
	body      any
	opts      []option
	status    int
	expected  []string
	forbidden []string
}

func (f *fixture) run(t *testing.T, list []scenario) {
	t.Helper()
	for _, one := range list {
		t.Run(one.name, func(t *testing.T) {
			g := *f
			g.t = t
			a := g.call(one.method, one.url, one.body, one.opts...)
			require.Equal(t, one.status, a.status, a.body)
			for _, text := range one.expected {
				require.Contains(t, a.body, text)
			}
			for _, text := range one.forbidden {
				require.NotContains(t, a.body, text)
			}
		})
	}
}

// serve makes a request that the document does not describe.
func serve(handler http.Handler, method, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(method, url, nil))
	return w
}

// path reads a value of a decoded answer: path(a, "items", 0, "id").
func path(t *testing.T, value any, steps ...any) any {
	t.Helper()
	for _, step := range steps {
		switch s := step.(type) {
		case string:
			object, isObject := value.(map[string]any)
			require.True(t, isObject, "%v is no object", value)
			value = object[s]
		case int:
			list, isList := value.([]any)
			require.True(t, isList && s < len(list), "%v has no item %d", value, s)
			value = list[s]
		}
	}
	return value
}

type object = map[string]any
