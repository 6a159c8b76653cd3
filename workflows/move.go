package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"fermata/activities/names"
	"fermata/interpreter"
)

// movedTo is what the enrollment runs now if it was moved, else nil.
func movedTo(occurrences []interpreter.Occurrence) *interpreter.Edition {
	if last := occurrences[len(occurrences)-1]; last.Kind == interpreter.Moved {
		return last.To
	}
	return nil
}

// versionAttribute is the search attribute that shows the version in lists.
var versionAttribute = temporal.NewSearchAttributeKeyInt64(names.AttributeVersion)

// goOn goes on as a new run on what the enrollment runs now. The rows know where it
// stands, and the new run begins by asking them.
func (p *passage) goOn(ctx workflow.Context, to *interpreter.Edition) error {
	source := p.source
	if to.Hash != p.in.Hash {
		var err error
		if source, err = p.definition(ctx, to.Hash); err != nil {
			return err
		}
	}
	if p.in.Attributes && to.Version != p.in.Version {
		if err := workflow.UpsertTypedSearchAttributes(ctx, versionAttribute.ValueSet(int64(to.Version))); err != nil {
			return fmt.Errorf("set version attribute: %w", err)
		}
	}
	next := p.in
	next.Version, next.Hash, next.Interpreter, next.Epoch = to.Version, to.Hash, to.Interpreter, to.Epoch
	next.Snapshot = nil
	return workflow.NewContinueAsNewError(ctx, names.Enrollment, next, source)
}

// definition reads another definition: raw bytes, which history keeps as a reference.
func (p *passage) definition(ctx workflow.Context, hash string) ([]byte, error) {
	var source []byte
	local := workflow.WithLocalActivityOptions(ctx, localOptions("go on with another version"))
	if err := workflow.ExecuteLocalActivity(local, names.Definition, hash).Get(ctx, &source); err == nil {
		return source, nil
	}
	durable := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy:         storePolicy(),
		Summary:             "go on with another version",
		Priority:            temporal.Priority{FairnessKey: p.in.Workflow},
	})
	if err := workflow.ExecuteActivity(durable, names.Definition, hash).Get(ctx, &source); err != nil {
		return nil, fmt.Errorf("read definition of enrollment %s: %w", p.in.Enrollment, err)
	}
	return source, nil
}
