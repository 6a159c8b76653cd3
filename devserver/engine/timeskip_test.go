package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"

	"fermata/devserver/engine"
)

// skipTime asks the server to skip the time in which a run only waits; the SDK has no option for it.
func skipTime(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, next grpc.UnaryInvoker, o ...grpc.CallOption) error {
	if start, ok := req.(*workflowservice.StartWorkflowExecutionRequest); ok {
		start.TimeSkippingConfig = &commonpb.TimeSkippingConfig{Enabled: true}
	}
	return next(ctx, method, req, reply, cc, o...)
}

func threeWeeks(ctx workflow.Context) (time.Duration, error) {
	from := workflow.Now(ctx)
	err := workflow.Sleep(ctx, 21*24*time.Hour)
	return workflow.Now(ctx).Sub(from), err
}

func TestTimeSkippingPassesThreeWeeksInSeconds(t *testing.T) {
	t.Parallel()
	s, err := engine.Start(t.Context(), engine.Options{Dir: t.TempDir(), TimeSkipping: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	c, err := client.Dial(client.Options{
		HostPort:          s.Addr(),
		ConnectionOptions: client.ConnectionOptions{DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(skipTime)}},
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	w := worker.New(c, "q", worker.Options{})
	w.RegisterWorkflow(threeWeeks)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	limited, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	run, err := c.ExecuteWorkflow(limited, client.StartWorkflowOptions{ID: "weeks", TaskQueue: "q"}, threeWeeks)
	require.NoError(t, err)
	var passed time.Duration
	require.NoError(t, run.Get(limited, &passed))
	require.GreaterOrEqual(t, passed, 21*24*time.Hour)
}
