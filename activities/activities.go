package activities

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"go.temporal.io/sdk/temporal"

	"fermata/activities/names"
	"fermata/events"
	"fermata/links"
	"fermata/outgoing"
	"fermata/store"
)

// Mailer hands one mail to a server.
type Mailer interface {
	// Send returns nil when the server has accepted the mail, else a *SendError.
	Send(ctx context.Context, m outgoing.Message) error
	// Addr names the destination.
	Addr() string
}

// Config is what the activities need. Every field without a default is required.
type Config struct {
	Store       *store.Store
	Definitions *events.Definitions
	Mailer      Mailer
	// Sink takes the mails of test enrollments that must not really be sent;
	// nil drops them after recording.
	Sink Mailer
	// Texter hands text messages over; nil: a step that sends one fails.
	Texter Texter
	// TextSink takes the text messages of such tests; nil drops them after recording.
	TextSink Texter
	Caller   *Caller
	Secrets  outgoing.Secrets
	Gate     *Gate
	Log      *slog.Logger
	// Now is the process clock, used for waiting only, never for decisions.
	Now func() time.Time
	// MailFrom is the sender of mails that name none: Name <address>.
	MailFrom string
	// Links makes the addresses in mails; nil: a mail has none of ours.
	Links *links.Signer
	// BaseURL is the public address of this installation, for links in mails.
	BaseURL string
	// Nudge is called after a commit that left work for router or dispatcher.
	Nudge func()
	// Orphan is told of every run whose enrollment is not in the store; default nobody.
	Orphan func()
}

// Activities carries out the commands of enrollments.
type Activities struct {
	Config
	// flights are the effects outside that are under way in this process; inFlight
	// counts them for Drain.
	flights  flights
	inFlight sync.WaitGroup
}

// New makes the activities.
func New(c Config) *Activities {
	if c.Nudge == nil {
		c.Nudge = func() {}
	}
	if c.Orphan == nil {
		c.Orphan = func() {}
	}
	if c.Sink == nil {
		c.Sink = drop{}
	}
	if c.TextSink == nil {
		c.TextSink = dropTexts{}
	}
	return &Activities{Config: c}
}

// Drain waits until no effect outside is under way, or ctx ends.
func (a *Activities) Drain(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		a.inFlight.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// write is Store.Write that turns a panic into an error: its text may quote what a row
// holds, and must not get into Temporal's history.
func (a *Activities) write(ctx context.Context, enrollment string, fn func(*store.Tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			a.Log.ErrorContext(ctx, "step panicked", "enrollment", enrollment, "stack", string(debug.Stack()))
			err = retryError(codePanic, 0)
		}
	}()
	return a.Store.Write(ctx, fn)
}

// note keeps, for those who look after a run that cannot go on, an error that will come
// again. It is not worth an error of its own.
func (a *Activities) note(ctx context.Context, enrollment string, cause error) {
	if store.IsTransient(cause) || ctx.Err() != nil {
		return
	}
	err := a.Store.Write(ctx, func(tx *store.Tx) error { return tx.SetTrouble(enrollment, outgoing.Plain(cause.Error())) })
	if err != nil {
		a.Log.WarnContext(ctx, "note trouble", "enrollment", enrollment, "error", err)
	}
}

// storeError is the error of an activity whose transaction failed: always worth
// another try, with nothing in its text that came from a row.
func storeError(err error) error {
	if err == nil {
		return nil
	}
	var application *temporal.ApplicationError
	if errors.As(err, &application) {
		return err
	}
	return temporal.NewApplicationErrorWithOptions("the store did not carry out a transaction", names.ErrorStore,
		temporal.ApplicationErrorOptions{Category: temporal.ApplicationErrorCategoryBenign})
}
