package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// sink is the other side of the demo: an HTTP server on this machine that stands
// where Slack and a calendar would, and prints what arrives.
type sink struct {
	url    string
	server *http.Server

	mu    sync.Mutex
	calls []string
}

// maxCall is how much of a call's body is kept.
const maxCall = 64 << 10

func startSink(ctx context.Context) (*sink, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start HTTP sink: %w", err)
	}
	s := &sink{url: "http://" + l.Addr().String()}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func (s *sink) stop() { _ = s.server.Close() }

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCall))
	if err != nil {
		http.Error(w, "cannot read the body", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, string(body))
	s.mu.Unlock()
	fmt.Printf("  arrived: %s %s %s\n", r.Method, r.URL.Path, body)
	_, _ = io.WriteString(w, "{}")
}

// holding counts the calls whose body holds a text.
func (s *sink) holding(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, body := range s.calls {
		if strings.Contains(body, text) {
			n++
		}
	}
	return n
}
