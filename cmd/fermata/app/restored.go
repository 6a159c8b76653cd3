package app

import (
	"context"
	"fmt"
	"io"
	"os/user"
	"time"

	"fermata/store"
)

// actionRestored is the action of a gap in the audit.
const actionRestored = "store.restored"

// Restored notes that the store came back from a backup begun at from, and that until to the program
// ran on what is lost now. Whatever may have gone out to others in between is unknown from then on. No
// worker may run before. It refuses instants that cannot be so.
func Restored(ctx context.Context, s *store.Store, from, to, now time.Time, out io.Writer) error {
	if to.IsZero() {
		to = now
	}
	switch {
	case !from.Before(to):
		return fmt.Errorf("note the gap: it ends at %s, before it begins: --from is when the backup began, --to when the last process stopped", to.Format(time.RFC3339))
	case to.After(now):
		return fmt.Errorf("note the gap: %s is still to come: --to is when the last process stopped, at the latest now", to.Format(time.RFC3339))
	}
	g := &store.Gap{FromAt: from.UTC(), ToAt: to.UTC(), Person: operator()}
	var held store.Held
	err := s.Write(ctx, func(tx *store.Tx) (err error) {
		if err = tx.AddGap(g); err != nil {
			return err
		}
		if held, err = tx.HeldBy(g); err != nil {
			return err
		}
		detail, err := store.ToJSON(map[string]any{"from": g.FromAt, "to": g.ToAt, "active": held.Active, "due": held.Due})
		if err != nil {
			return err
		}
		return tx.AddAudit(&store.Audit{At: now, Person: g.Person, Action: actionRestored, Subject: "fermata", Detail: detail})
	})
	if err != nil {
		return fmt.Errorf("note the gap: %w", err)
	}
	_, _ = fmt.Fprintf(out, "noted: the store knows nothing of the time from %s to %s\n%d enrollments are active; %d of them were due in it\n",
		g.FromAt.Format(time.RFC3339), g.ToAt.Format(time.RFC3339), held.Active, held.Due)
	return nil
}

// operator is who runs the command, as the system knows it.
func operator() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "fermata"
}
