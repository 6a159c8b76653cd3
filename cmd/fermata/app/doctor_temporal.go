package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"fermata/store"
	"fermata/worker"
)

const (
	// censusLooks is how often a difference is looked at again: Temporal's counts lag behind its runs.
	censusLooks = 4
	censusPause = time.Second
)

// temporal looks at the server, the namespace, and who works there.
func (x *examination) temporal(ctx context.Context) {
	dialing, cancel := context.WithTimeout(ctx, doctorWait)
	defer cancel()
	c, err := worker.Dial(dialing, x.s.Temporal(), x.s.TemporalNamespace, worker.NewDefinitions(x.store), x.log)
	if err != nil {
		x.fail("temporal", "start Temporal, or check FERMATA_TEMPORAL_ADDR", "%v", err)
		return
	}
	defer c.Close()
	info, err := c.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	if err != nil {
		x.fail("temporal", "look at Temporal's log", "%s does not say what it is: %v", x.s.Temporal(), err)
		return
	}
	x.ok("temporal", "%s answers, version %s", x.s.Temporal(), info.GetServerVersion())
	if !x.namespace(ctx, c) {
		return
	}
	x.attributes(ctx, c)
	if x.store == nil {
		return
	}
	x.pollers(ctx, c)
	x.census(ctx, c)
}

func (x *examination) namespace(ctx context.Context, c client.Client) bool {
	name := x.s.TemporalNamespace
	found, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	var absent *serviceerror.NamespaceNotFound
	if errors.As(err, &absent) {
		x.fail("namespace", "make it (temporal operator namespace create -n "+name+"), or check FERMATA_TEMPORAL_NAMESPACE; then "+migrateMend,
			"Temporal has no namespace %s", name)
		return false
	}
	if err != nil {
		x.fail("namespace", "look at Temporal's log", "%s cannot be read: %v", name, err)
		return false
	}
	keeps := found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()
	text := fmt.Sprintf("%s keeps closed histories %d days", name, int(keeps.Hours()/24))
	x.either(keeps < temporalKeeps, GradeWarning, "namespace", migrateMend, fmt.Sprintf("%s, less than %d: links to them end earlier", text, int(temporalKeeps.Hours()/24)), text)
	return true
}

func (x *examination) attributes(ctx context.Context, c client.Client) {
	const check, mend = "attributes", migrateMend + ", or register them by hand"
	answer, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: x.s.TemporalNamespace})
	if err != nil {
		x.warn(check, mend, "the namespace does not tell its search attributes: %v", err)
		return
	}
	var missing []string
	for name, kind := range SearchAttributes() {
		switch got, there := answer.GetCustomAttributes()[name]; {
		case !there:
			missing = append(missing, name)
		case got != kind:
			missing = append(missing, fmt.Sprintf("%s (as %s, it is %s)", name, kind, got))
		}
	}
	slices.Sort(missing)
	x.either(len(missing) > 0, GradeWarning, check, mend, "not registered: "+strings.Join(missing, ", ")+"; runs cannot be found by them in Temporal",
		"search attributes are registered")
}

func (x *examination) pollers(ctx context.Context, c client.Client) {
	asked := &pollers{client: c, store: x.store, namespace: x.s.TemporalNamespace, queue: x.queue, now: time.Now}
	found, err := asked.read(ctx)
	if err != nil {
		x.fail("workers", "look at Temporal's log", "%v", err)
		return
	}
	var idle []string
	for _, kind := range []string{pollWorkflow, pollActivity} {
		if len(found[kind]) == 0 {
			idle = append(idle, kind)
		}
	}
	grade, says := GradeWarning, "no worker asks for "+strings.Join(idle, " and ")+" tasks of queue "+x.queue
	if x.inside > 0 {
		grade, says = GradeFailure, fmt.Sprintf("%s, and %d enrollments are active", says, x.inside)
	}
	x.either(len(idle) > 0, grade, "workers", "start fermata worker", says,
		fmt.Sprintf("%d ask for workflow tasks, %d for activity tasks of queue %s", len(found[pollWorkflow]), len(found[pollActivity]), x.queue))
}

// census compares the active enrollments with Temporal's open runs, as the relay does, and keeps nothing.
func (x *examination) census(ctx context.Context, c client.Client) {
	const check = "runs"
	engine := &worker.Engine{Client: c, Log: x.log, Queue: x.queue}
	census := &worker.Census{Store: x.store, Engine: engine, Log: x.log, Now: time.Now}
	var row *store.Reconciliation
	causes := map[string]int64{}
	for look := range censusLooks {
		var err error
		if row, err = census.Compare(ctx); err == nil {
			clear(causes)
			err = row.Causes.Decode(&causes)
		}
		if err != nil {
			x.fail(check, "look at Temporal's log", "%v", err)
			return
		}
		if row.Ours == row.Temporal || look == censusLooks-1 {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(censusPause):
		}
	}
	text := fmt.Sprintf("%d enrollments are active, Temporal has %d runs open", row.Ours, row.Temporal)
	var why []string
	for _, cause := range worker.Causes {
		if causes[cause] != 0 {
			why = append(why, fmt.Sprintf("%s %d", cause, causes[cause]))
		}
	}
	x.either(row.Ours != row.Temporal, GradeWarning, check, "a running relay starts lost runs and closes those that ended; docs/OPERATING.md when it stays",
		text+": "+strings.Join(why, ", "), text)
}
