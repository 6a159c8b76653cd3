package workflows_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"fermata/activities/names"
	"fermata/interpreter/definition"
	"fermata/interpreter/nodes"
	"fermata/store"
	"fermata/store/storetest"
	"fermata/worker"
	"fermata/workflows"
)

var record = flag.Bool("record", false, "run every recording on the real program and keep the histories")

func keyOf(name string) string { return strings.NewReplacer("_", "-", ".", "-").Replace(name) }

func topicOf(name string) string { return strings.ReplaceAll(name, ".", "_") }

// TestRecordedHistoriesReplay replays every history that was ever recorded: what an
// enrollment that is under way has recorded must stay readable for as long as it
// lives. With -record the newest version's histories are made anew.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	if *record {
		t.Run("record", recordAll)
	}
	s := storetest.Open(t)
	replayer, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{
		ExternalStorage: worker.NewDefinitions(s).ExternalStorage(),
	})
	require.NoError(t, err)
	replayer.RegisterWorkflowWithOptions(workflows.Options{}.Enrollment, workflow.RegisterOptions{Name: names.Enrollment})
	files, err := filepath.Glob("testdata/histories/*/*.json.gz")
	require.NoError(t, err)
	replayed := map[string]bool{}
	for _, file := range files { // all before any: a run that was moved has read another one, too
		body, err := os.ReadFile(strings.TrimSuffix(file, ".json.gz") + ".definition.json")
		require.NoError(t, err)
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutDefinition(definition.Hash(body), body) }))
	}
	for _, file := range files {
		replayed[strings.TrimSuffix(filepath.Base(file), ".json.gz")] = true
		h, _ := readHistory(t, file)
		require.NoError(t, replayer.ReplayWorkflowHistory(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), h), file)
	}
	for _, spec := range nodes.All() {
		require.True(t, !spec.Available || replayed[spec.Type], "no recorded history of node type %s", spec.Type)
	}
}

// readHistory reads a recorded history and its JSON.
func readHistory(t *testing.T, file string) (*historypb.History, []byte) {
	t.Helper()
	packed, err := os.ReadFile(file)
	require.NoError(t, err)
	r, err := gzip.NewReader(bytes.NewReader(packed))
	require.NoError(t, err)
	raw, err := io.ReadAll(r)
	require.NoError(t, err)
	h := &historypb.History{}
	require.NoError(t, protojson.Unmarshal(raw, h))
	return h, raw
}

// TestReplayNoticesAnotherDefinition proves that a replay can fail: with a
// definition that leads elsewhere, the recorded commands do not fit.
func TestReplayNoticesAnotherDefinition(t *testing.T) {
	t.Parallel()
	h, _ := readHistory(t, filepath.Join(histories, "wait.json.gz"))
	hash := definition.Hash(recorded(t, "wait"))
	other := bytes.ReplaceAll(recorded(t, "wait"), []byte(`"a"`), []byte(`"z"`))
	s := storetest.Open(t)
	require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutDefinition(hash, other) }))
	replayer, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{
		ExternalStorage: worker.NewDefinitions(s).ExternalStorage(),
	})
	require.NoError(t, err)
	replayer.RegisterWorkflowWithOptions(workflows.Options{}.Enrollment, workflow.RegisterOptions{Name: names.Enrollment})
	require.Error(t, replayer.ReplayWorkflowHistory(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), h))
}

// recorded is the definition of a recording.
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(histories, name+".definition.json"))
	require.NoError(t, err)
	return body
}

// TestRecordedHistoriesHoldNoData checks that what the recorded contact was called
// and what its event carried is in no history: payloads are read as the bytes that
// they are.
func TestRecordedHistoriesHoldNoData(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/histories/*/*.json.gz")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		h, raw := readHistory(t, file)
		decoded, err := proto.Marshal(h)
		require.NoError(t, err)
		for _, canary := range []string{"@example.com", "Ana", "A-1", "order_id"} {
			require.NotContains(t, string(decoded), canary, file)
			require.NotContains(t, string(raw), canary, file)
		}
	}
}
