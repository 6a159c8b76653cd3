package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"fermata/events"
	"fermata/store"
	"fermata/worker"
)

// replayPage is how many enrollments are read at a time.
const replayPage = 200

// Replay carries the history of the run of every active enrollment through the code of this build,
// and changes nothing: the gate before a worker of another build takes part, and before Activate.
type Replay struct {
	Store       *store.Store
	Client      client.Client
	Definitions *worker.Definitions
	Workflow    string // "": of all workflows
	Out         io.Writer
}

// Run names every run that this build cannot go on with, and fails when there is one. An enrollment whose
// run is not there yet, or lost, is counted and no failure.
func (r Replay) Run(ctx context.Context) error {
	replayer, err := worker.NewReplayer(r.Client, r.Definitions)
	if err != nil {
		return err
	}
	active, after := true, ""
	fit, misfits, absent := 0, 0, 0
	for {
		var list []store.Enrollment
		err := r.Store.Read(ctx, func(tx *store.Tx) error {
			newest, err := tx.NewestEnrollment()
			if err != nil {
				return err
			}
			list, err = tx.WalkEnrollments(store.EnrollmentFilter{Workflow: r.Workflow, Active: &active}, after, newest, replayPage)
			return err
		})
		if err != nil {
			return fmt.Errorf("list enrollments: %w", err)
		}
		for i := range list {
			id := events.WorkflowID(list[i].Workflow, list[i].ContactID, list[i].ID)
			misfit, err := replayer.Fits(ctx, id)
			switch {
			case errors.Is(err, worker.ErrNoRun):
				absent++
			case err != nil:
				return err
			case misfit != nil:
				misfits++
				cause, _, _ := strings.Cut(misfit.Error(), "\n")
				_, _ = fmt.Fprintf(r.Out, "%s does not fit: %s\n", id, cause)
			default:
				fit++
			}
		}
		if len(list) < replayPage {
			break
		}
		after = list[len(list)-1].ID
	}
	_, _ = fmt.Fprintf(r.Out, "%d runs fit this build, %d do not; %d active enrollments have no run\n", fit, misfits, absent)
	if misfits > 0 {
		return fmt.Errorf("%d runs do not fit this build: do not start its workers", misfits)
	}
	return nil
}

// ReplayOpen is Replay for the installation that settings name.
func ReplayOpen(ctx context.Context, s Settings, workflow string, out io.Writer) error {
	if err := s.Check(); err != nil {
		return err
	}
	db, err := store.Open(ctx, s.Database())
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	defer func() { _ = db.Close() }()
	log, err := NewLog(s.Log, nil)
	if err != nil {
		return err
	}
	dialing, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	definitions := worker.NewDefinitions(db)
	c, err := worker.Dial(dialing, s.Temporal(), s.TemporalNamespace, definitions, log)
	if err != nil {
		return err
	}
	defer c.Close()
	return Replay{Store: db, Client: c, Definitions: definitions, Workflow: workflow, Out: out}.Run(ctx)
}
