package harness

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// SkipTime is the address of a Temporal server on which every run skips the time in
// which it only waits: a server of its own that may, behind a proxy that asks for
// it with every start. The SDK has no option for it.
func SkipTime(t testing.TB) *Temporal {
	t.Helper()
	server := StartTemporal(t, "--time-skipping")
	connection, err := grpc.NewClient(server.Addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	handler, err := proxy.NewWorkflowServiceProxyServer(proxy.WorkflowServiceProxyOptions{
		Client: workflowservice.NewWorkflowServiceClient(connection),
	})
	require.NoError(t, err)
	front := grpc.NewServer(grpc.UnaryInterceptor(func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		if start, ok := request.(*workflowservice.StartWorkflowExecutionRequest); ok {
			start.TimeSkippingConfig = &commonpb.TimeSkippingConfig{Enabled: true}
		}
		return next(ctx, request)
	}))
	workflowservice.RegisterWorkflowServiceServer(front, handler)
	healthy := health.NewServer()
	healthy.SetServingStatus(workflowservice.WorkflowService_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(front, healthy)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = front.Serve(listener) }()
	t.Cleanup(front.Stop)
	return &Temporal{Addr: listener.Addr().String()}
}
