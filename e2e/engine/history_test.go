package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"fermata/e2e/harness"
	"fermata/events"
)

// history reads the raw history of an enrollment's run.
func history(t *testing.T, s *harness.System, e map[string]any) *historypb.History {
	t.Helper()
	contact := e["contact"].(map[string]any)["id"].(string)
	id := events.WorkflowID(e["workflow"].(string), contact, e["id"].(string))
	iterator := s.App.Temporal().GetWorkflowHistory(context.Background(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	h := &historypb.History{}
	for iterator.HasNext() {
		event, err := iterator.Next()
		require.NoError(t, err)
		h.Events = append(h.Events, event)
	}
	return h
}

// parked waits until the run of an enrollment sleeps, and returns its history until then.
func parked(t *testing.T, s *harness.System, e map[string]any) (h *historypb.History) {
	t.Helper()
	s.Eventually("the timer is in history", func() bool {
		h = history(t, s, e)
		return slices.ContainsFunc(h.Events, func(event *historypb.HistoryEvent) bool {
			return event.GetEventType() == enumspb.EVENT_TYPE_TIMER_STARTED
		})
	})
	return h
}

func longWorkflow(nodes int) string {
	var b strings.Builder
	b.WriteString("schema: 1\nkey: patient\nname: Patient\ntriggers: [{id: go, event: form.submitted}]\nexits: [{id: no, event: form.canceled}]\nstart: hold_on\nnodes:\n")
	b.WriteString("  hold_on: {type: wait, with: {for: 21d}, next: n0}\n")
	for i := range nodes {
		fmt.Fprintf(&b, "  n%d: {type: email, with: {subject: \"Mail %d for {{ contact.first_name }}\", body: %q, class: transactional}, next: n%d}\n",
			i, i, strings.Repeat("A sentence that makes the graph larger. ", 5), i+1)
	}
	fmt.Fprintf(&b, "  n%d: {type: end}\n", nodes)
	return b.String()
}

func TestParkedWaitCostsFewEventsWhateverTheGraph(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 400} {
		t.Run(fmt.Sprintf("%d nodes", nodes), func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, harness.Options{})
			s.Publish(longWorkflow(nodes))
			var h *historypb.History
			// A busy machine adds an attempt now and then: what the code costs is the least of three.
			for _, mail := range people("ana", 3) {
				post(s, "form.submitted", mail)
				e := s.Enrollment("patient", mail, "waiting")
				require.Equal(t, "hold_on", e["node"])
				if one := parked(t, s, e); h == nil || len(one.Events) < len(h.Events) {
					h = one
				}
			}
			t.Logf("%d events, %d bytes", len(h.Events), proto.Size(h))
			if testing.Verbose() {
				t.Log(protojson.Format(h))
			}
			require.LessOrEqual(t, len(h.Events), 7)
			require.LessOrEqual(t, proto.Size(h), 2048)
		})
	}
}
