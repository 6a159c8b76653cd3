// Package product runs Fermata itself inside a development program. It is the only place that knows
// how the two meet; it must never start Temporal or a mail server.
package product

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"fermata/devserver/dev"
)

const (
	headerLimit = 5 * time.Second
	stopLimit   = 10 * time.Second
)

// Serve serves extra under /dev on s.HTTPAddr until ctx ends and calls ready when it answers.
func Serve(ctx context.Context, s dev.Settings, extra http.Handler, ready func()) error {
	mux := http.NewServeMux()
	if extra != nil {
		mux.Handle("/dev/", extra)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.HTTPAddr)
	if err != nil {
		return fmt.Errorf("bind %s: %w", s.HTTPAddr, err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: headerLimit}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	ready()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", s.HTTPAddr, err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	return errors.Join(server.Shutdown(limited))
}
