package engine_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/cmd/fermata/app"
	"fermata/e2e/harness"
	"fermata/store/storetest"
)

// pages is a log that is read while it is written.
type pages struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *pages) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(line)
}

func (p *pages) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// Everything here goes wrong in some way, so that somebody has reason to write about it.
const talkative = `
schema: 1
key: talkative
name: Talkative
triggers: [{id: go, event: form.submitted}, {id: hook, webhook: {contact: {email: "{{ body.email }}"}, data: {word: "{{ body.word }}"}}}]
start: a
nodes:
  a: {type: email, with: {subject: "{{ contact.first_name }} CanarySubject", body: "CanaryText {{ contact.last_name }}", class: transactional}, retry: {max: 2s}, on_error: continue, next: b}
  b: {type: webhook, with: {url: "secret:address", headers: {Authorization: "secret:bearer"}, body: {who: "{{ contact.phone }}"}, sign: "secret:signing", save_as: answer}, retry: {max: 2s}, on_error: continue, next: c}
  c: {type: slack, with: {webhook: "secret:slack", text: "{{ contact.first_name }}"}, retry: {max: 2s}, on_error: continue, next: d}
  d: {type: webhook, with: {url: "http://127.0.0.1:1/CanaryPath/{{ contact.email }}"}, retry: {max: 2s}, on_error: continue, next: e}
  e: {type: email, with: {template: "{{ contact.plan }}", class: transactional}, on_error: continue, next: f}
  f: {type: tag_add, with: {tag: "CanaryTag {{ trigger.word }}"}, next: g}
  g: {type: end}
`

// secretCanaries are what nobody may find anywhere; personalCanaries what only the store may know.
var (
	secretCanaries = map[string]string{
		"address": "CanaryAddress-0123456789", "bearer": "CanaryBearer", "signing": "whsec_Q2FuYXJ5U2lnbmluZ1NlY3JldA==", "slack": "CanarySlack-0123456789",
		"password of the mail server": "CanaryMailPassword", "key that seals": "CanarySealingKey-0123456789", "first key": harness.Key,
	}
	personalCanaries = []string{
		"CanaryFirst", "CanaryLast", "canary-mail@example.com", "+15550177", "CanaryExternal", "CanaryField", "CanaryEvent", "CanarySubject", "CanaryText",
		"CanaryAnswer", "CanaryRefusal", "CanaryPath", "CanaryTag", "CanaryTitle", "CanaryQuery",
	}
)

// TestSecretsAndPeopleAreInNoLog sends keys, passwords and personal data through everything that can
// fail, with the program as talkative as it gets.
func TestSecretsAndPeopleAreInNoLog(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &pages{}
			s := harness.Start(t, harness.Options{
				Database: database(t), Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
				Change: func(settings *app.Settings) {
					u, err := url.Parse(settings.SMTPURL)
					require.NoError(t, err)
					u.User = url.UserPassword("canary", secretCanaries["password of the mail server"])
					settings.SMTPURL, settings.SecretKey = u.String(), secretCanaries["key that seals"]
				},
			})
			found := everySecret(t, s)
			talk(t, s)
			_, metrics := s.Do("GET", "/metrics", nil)
			places := map[string]string{"log": log.String(), "metrics": string(metrics)}
			require.Contains(t, places["log"], "talkative", "the program does talk")
			for place, text := range places {
				for what, canary := range found {
					requireAbsent(t, text, canary, what+" in "+place)
				}
				for _, canary := range personalCanaries {
					requireAbsent(t, text, canary, place)
				}
			}
			dump := storetest.Dump(t, s.Database())
			require.Contains(t, dump, "CanaryFirst", "the store knows people")
			for what, canary := range found {
				requireAbsent(t, dump, canary, what+" in the store")
			}
		})
	}
}

// requireAbsent shows the line in which a canary was found.
func requireAbsent(t *testing.T, text, canary, what string) {
	t.Helper()
	for line := range strings.Lines(text) {
		require.NotContains(t, strings.ToLower(line), strings.ToLower(canary), what)
	}
}

// everySecret brings secrets of every kind into the system and returns them.
func everySecret(t *testing.T, s *harness.System) map[string]string {
	t.Helper()
	found := map[string]string{}
	for what, canary := range secretCanaries {
		found[what] = canary
	}
	for name, value := range map[string]string{
		"address": s.HTTP.URL + "/" + secretCanaries["address"], "bearer": "Bearer CanaryBearer", "signing": secretCanaries["signing"], "slack": s.HTTP.URL + "/" + secretCanaries["slack"],
	} {
		s.Must("PUT", "/v1/secrets/"+name, map[string]any{"value": value})
	}
	key := s.Must("POST", "/v1/api-keys", map[string]any{"name": "shop", "person": "Sam", "scopes": []string{"events"}})
	found["issued key"] = key["key"].(string)
	body := strings.NewReader(`{"key": "` + harness.Key + `"}`)
	answer, err := http.Post(s.URL+"/v1/session", "application/json", body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.NotEmpty(t, answer.Cookies(), answer.Status)
	for _, cookie := range answer.Cookies() {
		if cookie.HttpOnly { // the other one only says that there is this one
			found["cookie "+cookie.Name] = cookie.Value
		}
	}
	require.NotEmpty(t, found["cookie fermata_session"])
	return found
}

// talk lets everything go wrong.
func talk(t *testing.T, s *harness.System) {
	t.Helper()
	mail := "canary-mail@example.com"
	s.SMTP.Decide(mail, func(harness.Mail) error { return fmt.Errorf("CanaryRefusal of %s", mail) })
	for _, path := range []string{"/" + secretCanaries["address"], "/" + secretCanaries["slack"]} {
		s.HTTP.Handle(path, func(w http.ResponseWriter, c harness.Call) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte("CanaryAnswer " + c.Body + c.Header.Get("Authorization") + " at " + c.Path))
		})
	}
	s.Publish(talkative)
	contact := map[string]any{
		"email": mail, "first_name": "CanaryFirst", "last_name": "CanaryLast", "phone": "+15550177", "external_id": "CanaryExternal",
		"fields": map[string]any{"plan": "CanaryField"},
	}
	s.Must("POST", "/v1/events", map[string]any{"type": "form.submitted", "contact": contact, "data": map[string]any{"word": "CanaryEvent"}})
	s.Enrollment("talkative", mail, "completed")
	for _, refused := range []struct{ method, path, body string }{
		{"POST", "/v1/events", `{"type": "CanaryEvent!", "contact": {"email": "CanaryFirst"}}`},
		{"POST", "/v1/tasks", `{"title": "CanaryTitle", "x": 1}`},
		{"GET", "/v1/contacts?email=canary-mail@example.com&limit=CanaryQuery", ""},
		{"GET", "/v1/contacts/CanaryQuery", ""},
		{"POST", "/v1/hooks/CanaryAddress", `{"email": "canary-mail@example.com"}`},
		{"POST", "/v1/mail/inbound/CanaryAddress", `{"RecordType": "Bounce", "Email": "canary-mail@example.com"}`},
		{"PUT", "/v1/secrets/bad name", `{"value": "CanaryBearer"}`},
	} {
		var body any
		if refused.body != "" {
			body = refused.body
		}
		status, _ := s.Do(refused.method, refused.path, body)
		require.GreaterOrEqual(t, status, 400, refused.path)
	}
}
