package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"fermata/api"
)

const (
	// quietFor is how long nobody may have asked before a server that stops closes its door,
	// quietWithin how long it waits for such a moment.
	quietFor    = 300 * time.Millisecond
	quietWithin = 5 * time.Second
)

// server is the HTTP side of a process.
type server struct {
	listener net.Listener
	http     *http.Server
	// leaving: the process is about to end, and says so.
	leaving *atomic.Bool
	asked   atomic.Int64 // when the last request came, in Unix nanoseconds
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
	s := &server{listener: listener, leaving: &a.health.leaving}
	s.http = api.NewHTTPServer(s.watch(handler))
	return s, nil
}

// watch notes when requests come. While the process leaves, each answer asks its client to hang
// up: a request that is sent in the moment in which its connection is closed would be lost.
func (s *server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Store(time.Now().UnixNano())
		if s.leaving.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) addr() string { return s.listener.Addr().String() }

func (s *server) run(context.Context) error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}

// stop serves on until whoever spreads requests has seen that this process is not ready any
// more, and lets those under way finish.
func (s *server) stop(ctx context.Context) {
	s.leaving.Store(true)
	s.awaitQuiet(ctx)
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
}

// awaitQuiet waits until nobody has asked for a moment, for so long at most.
func (s *server) awaitQuiet(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, quietWithin)
	defer cancel()
	s.asked.Store(max(s.asked.Load(), time.Now().UnixNano()))
	for {
		rest := quietFor - time.Since(time.Unix(0, s.asked.Load()))
		if rest <= 0 {
			return
		}
		select {
		case <-time.After(rest):
		case <-ctx.Done():
			return
		}
	}
}
