package app

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"fermata/alarms"
	"fermata/store"
)

const (
	// metaRelease holds the version of the program that was started last.
	metaRelease = "release"
	// releaseRetry is how long to wait for a store that does not answer.
	releaseRetry = 5 * time.Second
)

// release is the version of this program; of one that was not released, the commit it was built from.
func (a *App) release() string {
	if a.o.Release != "" && a.o.Release != "dev" {
		return a.o.Release
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return fmt.Sprintf("dev %.12s", s.Value)
			}
		}
	}
	return "dev"
}

// noteRelease audits the start of another version than before: what broke may have come with it.
func (a *App) noteRelease(ctx context.Context) error {
	for ctx.Err() == nil {
		err := NoteRelease(ctx, a.store, a.release(), time.Now().UTC())
		if err == nil {
			return nil
		}
		a.log.WarnContext(ctx, "note release", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(releaseRetry):
		}
	}
	return nil
}

// NoteRelease audits a version of the program unless it was the last one that was noted.
func NoteRelease(ctx context.Context, s *store.Store, release string, at time.Time) error {
	return s.Write(ctx, func(tx *store.Tx) error {
		before, err := tx.Meta(metaRelease)
		if err != nil || before == release {
			return err
		}
		if err := tx.SetMeta(metaRelease, release); err != nil || before == "" {
			return err
		}
		detail, err := store.ToJSON(map[string]any{"from": before, "to": release})
		if err != nil {
			return err
		}
		return tx.AddAudit(&store.Audit{At: at, Person: "fermata", Action: alarms.ActionRelease, Subject: "fermata", Detail: detail})
	})
}
