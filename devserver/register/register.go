// Package register makes a Temporal ready for Fermata: the namespace with its retention and the
// search attributes that the Web UI shows. It is for whoever starts or joins a Temporal in
// development; it must never change a namespace that somebody else configured.
package register

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Retention is how long closed histories are kept.
const Retention = 90 * 24 * time.Hour

// SearchAttributes are the attributes that runs carry for whoever reads the Temporal Web UI.
func SearchAttributes() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		"FermataWorkflow": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"FermataContact":  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"FermataVersion":  enumspb.INDEXED_VALUE_TYPE_INT,
		"FermataStatus":   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	}
}

// Probe reports whether a Temporal frontend answers at addr within ctx.
func Probe(ctx context.Context, addr string) bool {
	c, err := connect(addr, "default")
	if err != nil {
		return false
	}
	defer c.Close()
	_, err = c.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	return err == nil
}

// Wait waits until the frontend at addr serves namespace, then registers the search attributes
// that are missing there. It is for a server that was just started.
func Wait(ctx context.Context, addr, namespace string) error {
	c, err := connect(addr, namespace)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := untilServed(ctx, c, namespace); err != nil {
		return err
	}
	return attributes(ctx, c, namespace)
}

// Join registers namespace at a Temporal that was there before us unless it exists, and the search
// attributes that are missing in it.
func Join(ctx context.Context, addr, namespace string) error {
	c, err := connect(addr, namespace)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(Retention),
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("register namespace %s: %w", namespace, err)
	}
	if err := untilServed(ctx, c, namespace); err != nil {
		return err
	}
	return attributes(ctx, c, namespace)
}

func connect(addr, namespace string) (client.Client, error) {
	c, err := client.NewLazyClient(client.Options{
		HostPort: addr, Namespace: namespace, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, fmt.Errorf("make client for %s: %w", addr, err)
	}
	return c, nil
}

// attributes registers the search attributes that namespace lacks.
func attributes(ctx context.Context, c client.Client, namespace string) error {
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("list search attributes: %w", err)
	}
	missing := map[string]enumspb.IndexedValueType{}
	for name, kind := range SearchAttributes() {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			missing[name] = kind
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	if err != nil {
		return fmt.Errorf("register search attributes: %w", err)
	}
	return nil
}

// untilServed asks for the namespace until it is described or ctx ends.
func untilServed(ctx context.Context, c client.Client, namespace string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		try, cancel := context.WithTimeout(ctx, time.Second)
		_, err := c.WorkflowService().DescribeNamespace(try, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("describe namespace %s: %w", namespace, err)
		case <-tick.C:
		}
	}
}
