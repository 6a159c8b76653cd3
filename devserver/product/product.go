// Package product runs Fermata itself inside a development program. It is the only place that knows
// how the two meet; it must never start Temporal or a mail server.
package product

import (
	"context"
	"log/slog"
	"net/http"

	"fermata/cmd/fermata/app"
	"fermata/devserver/dev"
	"fermata/events"
)

// eraser is a mail sink that can forget a person.
type eraser interface {
	Erase(ctx context.Context, addresses, messages []string) error
}

// forget makes the sink forget who was erased. The mails are a developer's: a failure is logged.
func forget(sink eraser) func(context.Context, events.Erased) {
	return func(ctx context.Context, what events.Erased) {
		if err := sink.Erase(ctx, what.Addresses, what.Messages); err != nil {
			slog.ErrorContext(ctx, "erase mails", slog.Any("error", err))
		}
	}
}

// Serve runs API, worker and relay in this process until ctx ends, serves extra under /dev, and
// calls ready when everything answers.
func Serve(ctx context.Context, s dev.Settings, extra http.Handler, ready func()) error {
	if s.SecretKey == "" {
		var err error
		if s.SecretKey, err = app.SecretKeyFile(s.DataDir); err != nil {
			return err
		}
	}
	options := app.Options{
		Settings: s.Settings, Parts: app.Parts{API: true, Worker: true, Relay: true}, Migrate: true,
		Extra: map[string]http.Handler{}, Ready: func(string) { ready() },
	}
	if extra != nil {
		options.Extra["/dev/"] = extra
	}
	if sink, ok := extra.(eraser); ok {
		options.Erased = forget(sink)
	}
	a, err := app.Open(ctx, options)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}
