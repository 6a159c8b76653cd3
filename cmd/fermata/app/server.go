package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// server is the HTTP side of a process.
type server struct {
	listener net.Listener
	http     *http.Server
}

// listen binds the API, or for a process without API the metrics address; nil when
// there is neither.
func (a *App) listen(ctx context.Context) (*server, error) {
	address, handler := a.o.Settings.MetricsAddr, http.Handler(nil)
	switch {
	case a.o.Parts.API:
		address = a.o.Settings.HTTPAddr
		h, err := a.handler(ctx)
		if err != nil {
			return nil, err
		}
		handler = h
	case address == "":
		return nil, nil
	default:
		handler = a.health.mux()
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return &server{listener: listener, http: &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}}, nil
}

func (s *server) addr() string { return s.listener.Addr().String() }

func (s *server) run(context.Context) error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}

// stop lets requests under way finish.
func (s *server) stop(ctx context.Context) {
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
}
