package chaos_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"fermata/e2e/harness"
)

// link is a connection between two processes, through a proxy that can cut, slow or
// break it.
type link struct {
	name  string
	proxy *toxiproxy.Proxy
	mu    sync.Mutex // one trouble at a time
}

// newProxies is what links are made of.
func newProxies() *toxiproxy.ApiServer {
	return toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
}

// newLink makes a link to an address; addr is the one to use instead.
func newLink(t *testing.T, server *toxiproxy.ApiServer, name, upstream string) *link {
	t.Helper()
	l := &link{name: name, proxy: toxiproxy.NewProxy(server, name, harness.SteadyAddr(t), upstream)}
	require.NoError(t, l.proxy.Start())
	t.Cleanup(l.proxy.Stop)
	return l
}

func (l *link) addr() string { return l.proxy.Listen }

// cut closes every connection and refuses new ones for a while.
func (l *link) cut(rest time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proxy.Stop()
	<-time.After(rest)
	return l.restore()
}

// restore makes a stopped link whole.
func (l *link) restore() error {
	l.proxy.Toxics.ResetToxics(context.Background())
	if err := l.proxy.Start(); err != nil {
		return fmt.Errorf("restore link %s: %w", l.name, err)
	}
	return nil
}

// toxics are what a link can suffer from, by name; %s is the direction. limit_data lets
// a request or an answer through up to its middle.
var toxics = map[string]string{
	"slow":   `{"type": "latency", "stream": "%s", "attributes": {"latency": 150, "jitter": 100}}`,
	"reset":  `{"type": "reset_peer", "stream": "%s", "attributes": {"timeout": 50}}`,
	"tear":   `{"type": "limit_data", "stream": "%s", "attributes": {"bytes": 20000}}`,
	"silent": `{"type": "timeout", "stream": "%s", "attributes": {"timeout": 0}}`,
}

// ail lets a link suffer for a while.
func (l *link) ail(toxic, stream string, rest time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(toxics[toxic], stream))); err != nil {
		return fmt.Errorf("add toxic %s to %s: %w", toxic, l.name, err)
	}
	<-time.After(rest)
	// What a toxic has swallowed is gone: the connections go with it.
	l.proxy.Stop()
	return l.restore()
}
