package ascode_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/api"
	"fermata/cmd/fermata/ascode"
	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const key = "an-admin-key-for-tests"

// hello is a definition with a test; say is the subject of its mail.
func hello(say string) string {
	return `schema: 1
key: hello
name: Hello
triggers: [{id: signup, event: form.submitted}]
start: mail
nodes:
  mail: {type: email, with: {subject: "` + say + `", body: Hello, class: transactional}, next: more}
  more: {type: enroll_in, with: {workflow: onboard}}
tests:
  - {name: all, contact: {email: ana@example.com}, expect: {outcome: success, effects: [{kind: mail, subject: Hi}, more]}}
`
}

const onboard = `schema: 1
key: onboard
name: Onboard
start: done
nodes:
  done: {type: end}
`

// desk is a server and a folder of definitions.
type desk struct {
	*testing.T
	store  *store.Store
	folder string
	client *ascode.Client
}

func setup(t *testing.T) *desk {
	t.Helper()
	s := storetest.Open(t)
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
		return tx.SaveAccount(&store.Account{Name: "Test", Timezone: "UTC", Currency: "USD", DefaultConsent: events.Subscribed})
	}))
	handler, err := api.New(api.Config{Store: s, Intake: &events.Intake{Store: s, Now: time.Now}, BootstrapKey: key})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &desk{T: t, store: s, folder: t.TempDir(), client: &ascode.Client{Server: server.URL, Key: key}}
}

func (d *desk) file(name, content string) {
	d.Helper()
	require.NoError(d, os.WriteFile(filepath.Join(d.folder, name), []byte(content), 0o600))
}

// run returns the exit code that a command asks for, 99 for an error without one, and what was said.
func (d *desk) run(command func(ctx context.Context, out ascode.Output) error) (code int, said string) {
	d.Helper()
	var b bytes.Buffer
	err := command(d.Context(), ascode.Output{W: &b})
	var exit *ascode.ExitError
	var away *ascode.UnreachableError
	switch {
	case err == nil:
		return 0, b.String()
	case errors.As(err, &away):
		code = ascode.ExitUnreachable
	case errors.As(err, &exit):
		code = exit.Code
	default:
		code = 99
	}
	return code, b.String() + err.Error()
}

func (d *desk) apply(o ascode.ApplyOptions) (int, string) {
	d.Helper()
	return d.run(func(ctx context.Context, out ascode.Output) error {
		return ascode.Apply(ctx, d.client, []string{d.folder}, o, out)
	})
}

func (d *desk) diff() (int, string) {
	d.Helper()
	return d.run(func(ctx context.Context, out ascode.Output) error {
		return ascode.Diff(ctx, d.client, []string{d.folder}, out)
	})
}

func (d *desk) validate(client *ascode.Client) (int, string) {
	d.Helper()
	return d.run(func(ctx context.Context, out ascode.Output) error {
		return ascode.Validate(ctx, client, []string{d.folder}, out)
	})
}

// call speaks to the server directly and returns its answer.
func (d *desk) call(method, path, body string) map[string]any {
	d.Helper()
	request, err := http.NewRequestWithContext(d.Context(), method, d.client.Server+path, strings.NewReader(body))
	require.NoError(d, err)
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(d, err)
	defer func() { _ = answer.Body.Close() }()
	var out map[string]any
	require.NoError(d, json.NewDecoder(answer.Body).Decode(&out))
	return out
}

func TestAFolderIsAppliedAsAWhole(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.file("hello.yaml", hello("Hi"))
	d.file("onboard.yaml", onboard)
	d.file("hello.plan.yaml", "in_flight: exit\n")

	code, said := d.validate(d.client)
	require.Zero(t, code, said, "what the folder brings along is missing nowhere")
	require.Contains(t, said, "1 tests passed, 0 failed; they take 2 of 2 ways")
	code, said = d.diff()
	require.Equal(t, ascode.ExitDifferences, code)
	require.Contains(t, said, "hello: new")

	code, said = d.apply(ascode.ApplyOptions{DryRun: true})
	require.Zero(t, code, said)
	require.Contains(t, said, "nothing was done")
	require.EqualValues(t, 404, d.call("GET", "/v1/workflows/hello", "")["status"])

	code, said = d.apply(ascode.ApplyOptions{})
	require.Zero(t, code, said)
	require.Regexp(t, `hello +created +published +1 +0 +exit`, said)
	require.Equal(t, "active", d.call("GET", "/v1/workflows/hello", "")["status"])
	code, said = d.diff()
	require.Zero(t, code, said)
	code, said = d.apply(ascode.ApplyOptions{})
	require.Zero(t, code, said)
	require.Regexp(t, `hello +same +same +1`, said)
}

func TestWithErrorsNothingIsDone(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.file("a.yaml", onboard)
	d.file("hello.yaml", hello("Good morning"))
	code, said := d.validate(nil)
	require.Equal(t, ascode.ExitProblems, code)
	require.Contains(t, said, `expected "Hi", came "Good morning"`)
	code, said = d.apply(ascode.ApplyOptions{})
	require.Equal(t, ascode.ExitProblems, code)
	require.Contains(t, said, "nothing was done")
	require.EqualValues(t, 404, d.call("GET", "/v1/workflows/onboard", "")["status"])
	code, said = d.apply(ascode.ApplyOptions{NoPublish: true})
	require.Zero(t, code, said, "drafts may have errors")
	require.Equal(t, "draft", d.call("GET", "/v1/workflows/hello", "")["status"])
}

func TestWhatOthersDidIsSeenAndKept(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.file("onboard.yaml", onboard)
	code, said := d.apply(ascode.ApplyOptions{})
	require.Zero(t, code, said)
	d.call("PUT", "/v1/workflows/onboard",
		`{"schema": 1, "key": "onboard", "name": "Edited on the page", "start": "done", "nodes": {"done": {"type": "end"}}, "layout": {"done": {"x": 7, "y": 9}}}`)
	code, said = d.diff()
	require.Equal(t, ascode.ExitDifferences, code, said)
	code, said = d.apply(ascode.ApplyOptions{})
	require.Zero(t, code, said)
	require.Regexp(t, `onboard +saved +same +1`, said)
	draft, _ := d.call("GET", "/v1/workflows/onboard", "")["draft"].(map[string]any)
	written, _ := draft["definition"].(map[string]any)
	require.Contains(t, written, "layout", "the cards stay where people put them")
	require.Equal(t, "Onboard", written["name"])
}

const patient = `schema: 1
key: patient
name: Patient
start: rest
nodes:
  rest: {type: wait, with: {for: 7d}, next: done}
  done: {type: end}
`

// wait puts people into the wait of patient, who entered it days ago.
func (d *desk) wait(people, days int) {
	d.Helper()
	require.NoError(d, d.store.Write(d.Context(), func(tx *store.Tx) error {
		w, err := tx.Workflow("patient")
		entered := time.Now().UTC().AddDate(0, 0, -days)
		due := entered.AddDate(0, 0, 7)
		for i := 0; err == nil && i < people; i++ {
			c := &store.Contact{}
			if err = tx.CreateContact(c); err != nil {
				break
			}
			e := &store.Enrollment{
				Workflow: w.Key, Version: w.Version, Hash: w.Hash, ContactID: c.ID, Status: "waiting", Node: "rest", Visit: 1, DueAt: &due,
				StartedAt: entered, AnchorAt: entered, TriggerData: store.JSON("{}"), Vars: store.JSON("{}"), CreatedAt: entered,
			}
			if err = tx.InsertEnrollment(e); err != nil {
				break
			}
			_, _, err = tx.InsertStep(&store.Step{
				EnrollmentID: e.ID, Node: "rest", Visit: 1, Type: "wait", Status: "waiting", EnteredAt: entered, DueAt: &due, PlannedAt: &due,
			})
		}
		return err
	}))
}

func TestADryRunSaysWhatHappensToThePeopleInside(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.file("patient.yaml", patient)
	code, said := d.apply(ascode.ApplyOptions{})
	require.Zero(t, code, said)
	d.wait(101, 3)
	d.wait(2, 1)
	shorter := strings.Replace(patient, "7d", "2d", 1)
	d.file("patient.yaml", shorter)
	dry := func(plan string) (int, string) {
		d.file("patient.plan.yaml", plan)
		return d.apply(ascode.ApplyOptions{DryRun: true})
	}
	code, said = dry("in_flight: stay\n")
	require.Zero(t, code, said)
	require.Contains(t, said, "patient: 103 stay in their version, 0 are moved, 0 leave")
	code, said = dry("in_flight: migrate\n")
	require.Equal(t, ascode.ExitProblems, code, "a real apply would be refused")
	require.Contains(t, said, "101 people would go on at once; say at which pace in patient.plan.yaml")
	code, said = dry("in_flight: migrate\nspread: 50/1h\n")
	require.Zero(t, code, said)
	require.Contains(t, said, "patient: 0 stay in their version, 103 are moved, 0 leave; 101 would go on at once, and do so at 50/1h")
	require.EqualValues(t, 1, d.call("GET", "/v1/workflows/patient", "")["version"], "nothing was done")
	code, said = dry("in_flight: migrate\nspread: soon\n")
	require.Equal(t, 99, code)
	require.Contains(t, said, "spread")

	refused := d.call("POST", "/v1/workflows/patient/publish", `{"definition": {"key": "patient"}}`)
	require.EqualValues(t, 422, refused["status"])
}

func TestWhoDoesNotAnswerIsNoProblemOfTheFiles(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.file("onboard.yaml", onboard)
	d.client.Key = "somebody-elses-key"
	code, said := d.apply(ascode.ApplyOptions{})
	require.Equal(t, ascode.ExitUnreachable, code, said)
	d.client.Server = "http://127.0.0.1:1"
	code, said = d.validate(d.client)
	require.Equal(t, ascode.ExitUnreachable, code, said)
	d.file("onboard.plan.yaml", "in_fligth: exit\n")
	code, said = d.validate(nil)
	require.Equal(t, 99, code)
	require.Contains(t, said, "in_fligth")
}
