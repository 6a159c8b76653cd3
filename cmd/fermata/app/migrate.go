package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	namespacepb "go.temporal.io/api/namespace/v1"

	"fermata/activities/names"
	"fermata/store"
	"fermata/worker"
)

// Migrate brings the database up to date, sets the namespace's retention and
// registers the search attributes. A namespace that forbids it is a warning: runs
// work without search attributes.
func Migrate(ctx context.Context, s Settings, out io.Writer) error {
	if err := s.Check(); err != nil {
		return err
	}
	db, err := store.Open(ctx, s.Database())
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	if err := SeedAccount(ctx, db, s); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "database: up to date")
	log, err := NewLog(s.Log, nil)
	if err != nil {
		return err
	}
	dialing, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	c, err := worker.Dial(dialing, s.Temporal(), s.TemporalNamespace, worker.NewDefinitions(db), log)
	if err != nil {
		return err
	}
	defer c.Close()
	return prepareNamespace(dialing, c, s.TemporalNamespace, out)
}

func prepareNamespace(ctx context.Context, c client.Client, namespace string, out io.Writer) error {
	retention := durationpb.New(temporalKeeps)
	_, err := c.WorkflowService().UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: namespace, Config: &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: retention},
	})
	if err != nil {
		_, _ = fmt.Fprintf(out, "warning: retention of namespace %s stays as it is: %v\n", namespace, err)
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: SearchAttributes(),
	})
	var there *serviceerror.AlreadyExists
	if err != nil && !errors.As(err, &there) {
		_, _ = fmt.Fprintf(out, "warning: search attributes are not registered, runs start without them: %v\n", err)
		return nil
	}
	_, _ = fmt.Fprintf(out, "namespace %s: closed runs are kept %d days, search attributes registered\n", namespace, int(temporalKeeps.Hours()/24))
	return nil
}

// SearchAttributes are those that runs carry, with their types.
func SearchAttributes() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		names.AttributeWorkflow: enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		names.AttributeContact:  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		names.AttributeVersion:  enumspb.INDEXED_VALUE_TYPE_INT,
		names.AttributeStatus:   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	}
}
