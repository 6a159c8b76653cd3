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
	settings, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	settings.Dev = true
	settings.HTTPAddr, settings.DataDir = s.HTTPAddr, s.DataDir
	settings.TemporalAddr, settings.TemporalNamespace = s.TemporalAddr, s.TemporalNamespace
	settings.TemporalUIAddr, settings.SMTPURL, settings.APIKey = s.TemporalUIAddr, s.SMTPURL, s.APIKey
	settings.AllowPrivate = true
	if settings.SecretKey == "" {
		if settings.SecretKey, err = app.SecretKeyFile(s.DataDir); err != nil {
			return err
		}
	}
	handlers := map[string]http.Handler{}
	if extra != nil {
		handlers["/dev/"] = extra
	}
	a, err := app.Open(ctx, app.Options{
		Settings: settings, Parts: app.Parts{API: true, Worker: true, Relay: true}, Migrate: true,
		Extra: handlers, Ready: func(string) { ready() },
	})
	if err != nil {
		return err
	}
	return a.Run(ctx)
}
