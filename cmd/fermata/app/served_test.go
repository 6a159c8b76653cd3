package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store/storetest"
)

const servedKey = "served-admin-key-0123456789"

// served is the API of the program, as it serves.
type served struct {
	*testing.T
	url  string
	app  *App
	stop context.CancelFunc
	done chan error
}

// serve runs the API on a store; Temporal is away.
func serve(t *testing.T, database string) *served {
	t.Helper()
	ready := make(chan string, 1)
	a, err := Open(t.Context(), Options{
		Parts: Parts{API: true}, Migrate: true, Log: slog.New(slog.DiscardHandler), Ready: func(addr string) { ready <- addr },
		Settings: Settings{
			HTTPAddr: "127.0.0.1:0", DataDir: t.TempDir(), DatabaseURL: database, TemporalAddr: "127.0.0.1:1", TemporalNamespace: "default",
			TemporalUIAddr: "127.0.0.1:2", SMTPURL: "smtp://127.0.0.1:1", APIKey: servedKey, SecretKey: "served-secret-key-0123456789",
			RetentionEvents: "400d", RetentionSteps: "400d", BaseURL: "http://127.0.0.1", MailFrom: "Fermata <fermata@sink.test>",
			Log: "error", Timezone: "UTC", Currency: "USD", DefaultConsent: "subscribed",
		},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{T: t, app: a, stop: cancel, done: make(chan error, 1)}
	go func() { s.done <- a.Run(ctx) }()
	t.Cleanup(cancel)
	select {
	case addr := <-ready:
		s.url = "http://" + addr
	case <-time.After(time.Minute):
		require.FailNow(t, "the API did not become ready")
	}
	return s
}

// post posts an event under an id and returns the status of the answer.
func (s *served) post(client *http.Client, id string) (int, error) {
	body := `{"id": "` + id + `", "type": "form.submitted", "contact": {"email": "` + id + `@example.com"}}`
	return s.send(client, strings.NewReader(body))
}

// send posts a body as it is and returns the status of the answer.
func (s *served) send(client *http.Client, body io.Reader) (int, error) {
	r, err := http.NewRequest(http.MethodPost, s.url+"/v1/events", body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+servedKey)
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

// ownClient is a client with connections of its own.
func ownClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

func servedSQLite(t *testing.T) *served {
	t.Helper()
	return serve(t, storetest.SQLite(t))
}
