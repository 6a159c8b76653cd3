// Package ui serves the Temporal Web UI on a loopback port of its own. Of its own, because under a
// path of another server the UI drops its content security policy. It must never be reachable from
// another machine: whoever sees it may terminate runs.
package ui

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"

	"fermata/devserver/loopback"
)

// startLimit bounds the time to the first answer.
const startLimit = 20 * time.Second

// Options configure the UI.
type Options struct {
	Addr      string // loopback host:port; port 0 takes a free one
	Temporal  string // host:port of the frontend that it shows
	Namespace string // shown first
}

// Server is a running UI.
type Server struct {
	inner *server.Server
	addr  string
	done  chan struct{}
	once  sync.Once
}

// Start returns when the UI answers. Errors name the address.
func Start(ctx context.Context, o Options) (*Server, error) {
	// The UI ends the process when it cannot bind its port, so that is found out before.
	host, port, err := loopback.Resolve(ctx, o.Addr)
	if err != nil {
		return nil, err
	}
	cfg := &config.Config{
		TemporalGRPCAddress: o.Temporal, Host: host, Port: port, DefaultNamespace: o.Namespace,
		EnableUI: true, HideLogs: true, DisableNewsFetch: true,
		// Plain HTTP on loopback: a Secure cookie would not come back in every browser.
		CORS: config.CORS{CookieInsecure: true},
	}
	s := &Server{
		inner: server.NewServer(server_options.WithConfigProvider(cfg)),
		addr:  loopback.Join(host, port), done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.inner.Start() // ends with Stop; there is no other error that it returns
	}()
	limited, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := s.untilAnswers(limited); err != nil {
		s.Stop()
		return nil, fmt.Errorf("start the Temporal Web UI on %s: %w", s.addr, err)
	}
	return s, nil
}

func (s *Server) untilAnswers(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/healthz", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			return res.Body.Close()
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// Addr is the host:port on which the UI answers.
func (s *Server) Addr() string { return s.addr }

// Stop closes the UI and returns when its port is free.
func (s *Server) Stop() {
	s.once.Do(func() {
		s.inner.Stop()
		<-s.done
	})
}
