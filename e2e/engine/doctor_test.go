package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"fermata/cmd/fermata/app"
	"fermata/e2e/harness"
)

// A doctor finds nothing wrong with a program that runs, and then each thing that is broken around it.
func TestDoctorExaminesARunningProgram(t *testing.T) {
	t.Parallel()
	for name, database := range harness.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			examine(t, harness.Start(t, harness.Options{Database: url, Reconcile: time.Hour}), url)
		})
	}
}

func examine(t *testing.T, s *harness.System, database string) {
	t.Helper()
	publishFlow(s, "doctor", `  a: {type: wait, with: {for: 5d}, next: b}
  b: {type: end}`)
	post(s, "form.submitted", "ana@example.com")
	ana := s.Enrollment("doctor", "ana@example.com", "waiting")
	settings := app.Settings{
		HTTPAddr: "127.0.0.1:8080", DataDir: t.TempDir(), DatabaseURL: database, TemporalAddr: s.Temporal.Addr, TemporalNamespace: "default",
		TemporalUIAddr: "127.0.0.1:8233", SMTPURL: s.SMTP.URL(), APIKey: harness.Key, SecretKey: "harness-secret-key-0123456789",
		RetentionEvents: "400d", RetentionSteps: "400d", BaseURL: s.URL, MailFrom: "Fermata <fermata@sink.test>", Log: "warn",
		Timezone: "UTC", Currency: "USD", DefaultConsent: "subscribed",
	}
	look := func(change func(s *app.Settings)) map[string]app.Finding {
		t.Helper()
		changed := settings
		if change != nil {
			change(&changed)
		}
		found := map[string]app.Finding{}
		for _, f := range (app.Doctor{Settings: changed, Queue: s.Queue()}).Examine(t.Context()).Checks {
			found[f.Check] = f
		}
		return found
	}
	s.Eventually("nothing is wrong", func() bool {
		found := look(nil)
		return !slices.ContainsFunc([]string{
			"settings", "store", "migrations", "router", "dispatcher", "late", "wedged", "secrets", "smtp", "api", "temporal", "namespace",
			"attributes", "workers", "runs",
		}, func(check string) bool { return found[check].Status != app.GradeOK })
	})
	require.Empty(t, s.SMTP.Mails(), "a doctor sends no mail")
	broken(t, s, look)
	require.NoError(t, s.App.Temporal().TerminateWorkflow(t.Context(), runID(ana), "", "by hand"))
	s.Eventually("the closed run is missed", func() bool {
		f := look(nil)["runs"]
		return f.Status == app.GradeWarning && f.Says == "1 enrollments are active, Temporal has 0 runs open: lost 1"
	})
	s.Stop()
	s.Eventually("nobody works", func() bool {
		found := look(nil)
		return found["workers"].Status == app.GradeFailure && found["api"].Status == app.GradeWarning
	})
}

// broken looks at the program with settings that lead elsewhere.
func broken(t *testing.T, s *harness.System, look func(func(s *app.Settings)) map[string]app.Finding) {
	t.Helper()
	require.Equal(t, app.GradeFailure, look(func(s *app.Settings) { s.APIKey = "another-key-0123456789" })["api"].Status)
	absent := look(func(s *app.Settings) { s.TemporalNamespace = "nowhere" })
	require.Equal(t, app.GradeFailure, absent["namespace"].Status, absent["namespace"].Says)
	require.Empty(t, absent["workers"].Status, "what stands behind it is left out")
	away := look(func(s *app.Settings) { s.TemporalAddr = "127.0.0.1:1" })
	require.Equal(t, app.GradeFailure, away["temporal"].Status)

	_, err := s.App.Temporal().WorkflowService().RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: s.Queue() + "-bare", WorkflowExecutionRetentionPeriod: durationpb.New(72 * time.Hour),
	})
	require.NoError(t, err)
	s.Eventually("the bare namespace is known", func() bool {
		_, err := s.App.Temporal().WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: s.Queue() + "-bare"})
		return err == nil
	})
	bare := func() map[string]app.Finding {
		return look(func(c *app.Settings) { c.TemporalNamespace = s.Queue() + "-bare" })
	}
	s.Eventually("its faults are named", func() bool {
		found := bare()
		return found["namespace"].Status == app.GradeWarning && found["attributes"].Status == app.GradeWarning && found["workers"].Status == app.GradeFailure
	})
}
