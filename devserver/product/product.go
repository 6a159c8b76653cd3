// Package product runs Fermata itself inside a development program. It is the only place that knows
// how the two meet; it must never start Temporal or a mail server.
package product

import (
	"context"
	"net/http"

	"fermata/cmd/fermata/app"
	"fermata/devserver/dev"
)

// Serve runs API, worker and relay in this process until ctx ends, serves extra under /dev, and
// calls ready when everything answers.
func Serve(ctx context.Context, s dev.Settings, extra http.Handler, ready func()) error {
	if s.SecretKey == "" {
		var err error
		if s.SecretKey, err = app.SecretKeyFile(s.DataDir); err != nil {
			return err
		}
	}
	handlers := map[string]http.Handler{}
	if extra != nil {
		handlers["/dev/"] = extra
	}
	a, err := app.Open(ctx, app.Options{
		Settings: s.Settings, Parts: app.Parts{API: true, Worker: true, Relay: true}, Migrate: true,
		Extra: handlers, Ready: func(string) { ready() },
	})
	if err != nil {
		return err
	}
	return a.Run(ctx)
}
