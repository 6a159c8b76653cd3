package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"fermata/devserver/engine"
)

func start(t *testing.T, o engine.Options) (*engine.Server, client.Client) {
	t.Helper()
	s, err := engine.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	c, err := client.Dial(client.Options{HostPort: s.Addr(), Namespace: s.Namespace()})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return s, c
}

func TestNamespaceAndSearchAttributesAreRegistered(t *testing.T) {
	t.Parallel()
	_, c := start(t, engine.Options{Dir: t.TempDir()})
	ns, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "default"})
	require.NoError(t, err)
	require.Equal(t, 90*24*time.Hour, ns.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
	attrs, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: "default"})
	require.NoError(t, err)
	require.Equal(t, map[string]enumspb.IndexedValueType{
		"FermataWorkflow": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"FermataContact":  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"FermataVersion":  enumspb.INDEXED_VALUE_TYPE_INT,
		"FermataStatus":   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	}, attrs.GetCustomAttributes())
}

// park waits for a signal and upserts what a run of ours upserts.
func park(ctx workflow.Context) (string, error) {
	err := workflow.UpsertTypedSearchAttributes(ctx,
		temporal.NewSearchAttributeKeyKeyword("FermataWorkflow").ValueSet("post-purchase"),
		temporal.NewSearchAttributeKeyInt64("FermataVersion").ValueSet(3))
	if err != nil {
		return "", err
	}
	var word string
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, &word)
	return word, nil
}

func work(t *testing.T, c client.Client) worker.Worker {
	t.Helper()
	w := worker.New(c, "q", worker.Options{})
	w.RegisterWorkflow(park)
	require.NoError(t, w.Start())
	return w
}

func TestRestartKeepsOpenRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := engine.Start(t.Context(), engine.Options{Dir: dir})
	require.NoError(t, err)
	c1, err := client.Dial(client.Options{HostPort: first.Addr()})
	require.NoError(t, err)
	w1 := work(t, c1)
	run, err := c1.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "parked", TaskQueue: "q"}, park)
	require.NoError(t, err)
	found := func(c client.Client) func() bool {
		return func() bool {
			n, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
				Query: `FermataWorkflow = "post-purchase" AND FermataVersion = 3 AND ExecutionStatus = "Running"`,
			})
			return err == nil && n.GetCount() == 1
		}
	}
	require.Eventually(t, found(c1), time.Minute, 50*time.Millisecond)
	w1.Stop()
	c1.Close()
	require.NoError(t, first.Stop())

	_, c2 := start(t, engine.Options{Dir: dir})
	require.True(t, found(c2)())
	w2 := work(t, c2)
	t.Cleanup(w2.Stop)
	require.NoError(t, c2.SignalWorkflow(t.Context(), "parked", run.GetRunID(), "go", "on"))
	var word string
	require.NoError(t, c2.GetWorkflow(t.Context(), "parked", "").Get(t.Context(), &word))
	require.Equal(t, "on", word)
}

func TestAddressesThatOthersReachAreRefused(t *testing.T) {
	t.Parallel()
	_, err := engine.Start(t.Context(), engine.Options{Dir: t.TempDir(), Addr: "0.0.0.0:7233"})
	require.ErrorContains(t, err, "0.0.0.0:7233")
}

func TestFilesOfAnotherServerAreBackedUpAndAnnounced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := engine.Start(context.Background(), engine.Options{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, s.Stop())
	note := filepath.Join(dir, "temporal.version.json")
	own, err := os.ReadFile(note)
	require.NoError(t, err)
	require.Contains(t, string(own), engine.Version)

	rewrite(t, note, string(own), engine.Version, "1.0.0")
	var said []string
	again, err := engine.Start(t.Context(), engine.Options{Dir: dir, Notice: func(s string) { said = append(said, s) }})
	require.NoError(t, err)
	require.NoError(t, again.Stop())
	require.Len(t, said, 1)
	require.Contains(t, said[0], "1.0.0")
	require.FileExists(t, filepath.Join(dir, "temporal-1.0.0.bak", "temporal.db"))
	now, err := os.ReadFile(note)
	require.NoError(t, err)
	require.Equal(t, string(own), string(now))

	rewrite(t, note, string(own), `"schema":"`, `"schema":"9.`)
	_, err = engine.Start(t.Context(), engine.Options{Dir: dir})
	require.ErrorContains(t, err, "schema 9.")
	require.FileExists(t, filepath.Join(dir, "temporal-"+engine.Version+".bak", "temporal.db"))
}
