package cases

import (
	"context"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"

	"fermata/events"
)

// report says where the passages of a failed case stand, in the store and in
// Temporal.
func (p *Passage) report() {
	for _, e := range p.enrollments() {
		id := e["id"].(string)
		full := p.Must("GET", "/v1/enrollments/"+id, nil)
		p.t.Logf("%s: %v at %v, reason %v, due %v, way %v", id, e["status"], e["node"], e["reason"], e["due_at"], path(full))
		workflow := events.WorkflowID(p.Key, e["contact"].(map[string]any)["id"].(string), id)
		iterator := p.App.Temporal().GetWorkflowHistory(context.Background(), workflow, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		var b strings.Builder
		for iterator.HasNext() {
			event, err := iterator.Next()
			if err != nil {
				fmt.Fprintf(&b, "\n%v", err)
				break
			}
			fmt.Fprintf(&b, "\n%s %s", event.GetEventTime().AsTime().Format("15:04:05.000"), event.GetEventType())
			if failed := event.GetWorkflowTaskFailedEventAttributes(); failed != nil {
				fmt.Fprintf(&b, " %s %s", failed.GetCause(), failed.GetFailure().GetMessage())
			}
		}
		p.t.Logf("last run:%s", b.String())
	}
}
