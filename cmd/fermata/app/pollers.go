package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"fermata/store"
)

const (
	// pollerAlive is how long ago a poller may have asked for work: one question takes up
	// to a minute, and Temporal lists it for five.
	pollerAlive = 90 * time.Second
	// workerSilent is how long a worker may not have told the store that it lives.
	workerSilent = 3*announceEvery + 5*time.Second
	// pollersKept is how long one reading serves.
	pollersKept = 5 * time.Second
)

// Kinds of work that is asked for on a queue.
const (
	pollWorkflow = "workflow"
	pollActivity = "activity"
)

var pollKinds = map[string]enumspb.TaskQueueType{
	pollWorkflow: enumspb.TASK_QUEUE_TYPE_WORKFLOW, pollActivity: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
}

// pollers counts who asks Temporal for work on a queue, over all its partitions. Temporal
// notices late that a worker is gone; the store knows sooner.
type pollers struct {
	client    client.Client
	store     *store.Store
	namespace string
	queue     string
	now       func() time.Time

	mu     sync.Mutex
	readAt time.Time
	last   map[string][]string
}

// identities are, by kind of work, those who ask for it.
func (p *pollers) identities(ctx context.Context) (map[string][]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last != nil && p.now().Sub(p.readAt) < pollersKept {
		return p.last, nil
	}
	found, err := p.read(ctx)
	p.last = nil
	if err == nil && len(found[pollWorkflow]) > 0 && len(found[pollActivity]) > 0 {
		p.last, p.readAt = found, p.now()
	}
	return found, err
}

func (p *pollers) read(ctx context.Context) (map[string][]string, error) {
	queue := &taskqueuepb.TaskQueue{Name: p.queue}
	list, err := p.client.WorkflowService().ListTaskQueuePartitions(ctx, &workflowservice.ListTaskQueuePartitionsRequest{
		Namespace: p.namespace, TaskQueue: queue,
	})
	if err != nil {
		return nil, fmt.Errorf("list partitions of queue %s: %w", p.queue, err)
	}
	live := p.live(ctx)
	found := map[string][]string{}
	for kind, partitions := range map[string][]*taskqueuepb.TaskQueuePartitionMetadata{
		pollWorkflow: list.GetWorkflowTaskQueuePartitions(), pollActivity: list.GetActivityTaskQueuePartitions(),
	} {
		alive := map[string]bool{}
		for _, partition := range partitions {
			answer, err := p.client.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
				Namespace: p.namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: partition.GetKey()}, TaskQueueType: pollKinds[kind],
			})
			if err != nil {
				return nil, fmt.Errorf("describe queue %s: %w", partition.GetKey(), err)
			}
			for _, poller := range answer.GetPollers() {
				if p.now().Sub(poller.GetLastAccessTime().AsTime()) < pollerAlive && (live == nil || live[poller.GetIdentity()]) {
					alive[poller.GetIdentity()] = true
				}
			}
		}
		found[kind] = []string{}
		for identity := range alive {
			found[kind] = append(found[kind], identity)
		}
	}
	return found, nil
}

// live are the workers that told the store of themselves lately; nil when it does not answer.
func (p *pollers) live(ctx context.Context) map[string]bool {
	live := map[string]bool{}
	err := p.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.LiveWorkers(tx.Now().Add(-workerSilent))
		for _, w := range list {
			live[w.ID] = true
		}
		return err
	})
	if err != nil {
		return nil
	}
	return live
}
