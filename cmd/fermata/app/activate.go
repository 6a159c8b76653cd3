package app

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"fermata/events"
	"fermata/interpreter"
	"fermata/store"
)

// liveFor is how long after its last word a worker counts as alive.
const liveFor = time.Minute

// Activate makes new enrollments run a version of the machine; 0 means the newest of
// this build. It refuses one that a living worker does not know: its tasks would fail
// there. Enrollments that run keep the version that they began with.
func Activate(ctx context.Context, s *store.Store, version int, now time.Time, out io.Writer) error {
	if version == 0 {
		version = interpreter.Current
	}
	if !interpreter.Supported(version) {
		return fmt.Errorf("interpreter version %d is not known to this build (newest: %d)", version, interpreter.Current)
	}
	var workers []store.Worker
	err := s.Write(ctx, func(tx *store.Tx) (err error) {
		if workers, err = tx.LiveWorkers(now.Add(-liveFor)); err != nil {
			return fmt.Errorf("read workers: %w", err)
		}
		for _, w := range workers {
			if w.Version < version {
				return fmt.Errorf("worker %s knows versions up to %d: stop it or bring it up to date first", w.ID, w.Version)
			}
		}
		return tx.SetMeta(events.MetaInterpreter, strconv.Itoa(version))
	})
	if err != nil {
		return fmt.Errorf("activate interpreter version %d: %w", version, err)
	}
	_, _ = fmt.Fprintf(out, "interpreter version %d is active; %d workers know it\n", version, len(workers))
	return nil
}
