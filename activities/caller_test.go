package activities

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"fermata/outgoing"
)

// privateAddresses are addresses that no call may reach, %d is a port, in every spelling that
// a URL knows and a few that only some programs know.
var privateAddresses = []string{
	// loopback, as bytes, numbers and names
	"127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
	"127.0.0.1.", "①②⑦.⓪.⓪.①", "127。0。0。1", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::1%25lo]",
	"localhost", "localhost.", "LOCALHOST", "private.example", "mixed.example", "mapped.example",
	// this host and nobody
	"0.0.0.0", "0.1.2.3", "0", "[::]", "[0:0:0:0:0:0:0:0]",
	// private networks
	"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.255.254", "[fc00::1]", "[fd12:3456:789a::1]", "[fdff:ffff::1]",
	// link-local, with the addresses of clouds
	"169.254.0.1", "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe", "[fe80::1]", "[fe80::1%25eth0]", "[febf::1]", "[fd00:ec2::254]",
	// carriers, benchmarks, documentation, protocols, multicast, reserved
	"100.64.0.1", "100.100.100.200", "100.127.255.254", "198.18.0.1", "198.19.255.254", "192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.2.1", "198.51.100.1",
	"203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "[ff02::1]", "[ff0e::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[fec0::1]",
	// IPv4 inside IPv6: mapped, compatible, translated, 6to4, Teredo, ORCHID
	"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]",
	"[::7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::1]",
	"[2002:a9fe:a9fe::]", "[2002:a00:1::1]", "[2001::7f00:1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2001:10::1]", "[2001:20::1]",
}

// spellings are the ways to put an address into a URL.
var spellings = []string{
	"http://%s:%d/", "http://public.example@%s:%d/", "http://public.example:80@%s:%d/x?y=http://public.example#z", "HTTP://%s:%d",
}

// nameServer answers as an attacker's server does: each time another address for rebound.example,
// several at once for mixed.example, and IPv4 as IPv6 for mapped.example.
type nameServer struct {
	net.PacketConn
	asked atomic.Int64
}

func startNames(t *testing.T) *nameServer {
	t.Helper()
	connection, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &nameServer{PacketConn: connection}
	t.Cleanup(func() { _ = connection.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := connection.ReadFrom(packet)
			if err != nil {
				return
			}
			if answer, err := s.answer(packet[:n]); err == nil {
				_, _ = connection.WriteTo(answer, from)
			}
		}
	}()
	return s
}

func (s *nameServer) answer(packet []byte) ([]byte, error) {
	var query dnsmessage.Message
	if err := query.Unpack(packet); err != nil || len(query.Questions) == 0 {
		return nil, fmt.Errorf("read query: %w", err)
	}
	question := query.Questions[0]
	out := dnsmessage.Message{Header: dnsmessage.Header{ID: query.ID, Response: true, Authoritative: true}, Questions: query.Questions}
	header := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET}
	four := func(a [4]byte) {
		out.Answers = append(out.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: a}})
	}
	name := strings.ToLower(question.Name.String())
	switch {
	case question.Type == dnsmessage.TypeA && name == "rebound.example.":
		four([4]byte{127, 0, 0, byte(s.asked.Add(1))})
	case question.Type == dnsmessage.TypeA && name == "private.example.":
		four([4]byte{127, 0, 0, 1})
	case question.Type == dnsmessage.TypeA && name == "mixed.example.":
		four([4]byte{240, 0, 0, 1})
		four([4]byte{127, 0, 0, 1})
	case question.Type == dnsmessage.TypeAAAA && name == "mapped.example.":
		out.Answers = append(out.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{
			AAAA: [16]byte{10: 0xff, 11: 0xff, 12: 127, 15: 1},
		}})
	case strings.HasSuffix(name, ".example."):
	default:
		out.RCode = dnsmessage.RCodeNameError
	}
	return out.Pack()
}

// resolver asks the name server.
func (s *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", s.LocalAddr().String())
	}}
}

// inner listens on every address of this machine and counts who comes.
func inner(t *testing.T) (port int, came *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", ":0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	came = &atomic.Int64{}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			_ = connection.Close()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, came
}

// guarded is a caller as in production, with names from a server of the test. front, when given, is
// the one private address that it may reach: a server of the test that plays one on the internet.
func guarded(names *nameServer, front string) *Caller {
	dialer := newDialer(false)
	dialer.Resolver = names.resolver()
	guard := dialer.Control
	dialer.Control = func(network, address string, c syscall.RawConn) error {
		if address == front {
			return nil
		}
		return guard(network, address, c)
	}
	return newCaller(dialer)
}

// refusedCall requires that a call was not made, for a reason that is known before it is.
func refusedCall(t *testing.T, err error, target string) {
	t.Helper()
	var send *SendError
	require.ErrorAs(t, err, &send, target)
	require.False(t, send.Unknown, "%s: %v", target, err)
	if !errors.Is(err, syscall.EAFNOSUPPORT) { // a machine without IPv6 reaches nobody there
		require.Contains(t, []string{"private_target", "bad_url", "bad_request", "dns"}, send.Code, "%s: %v", target, err)
	}
}

// TestNoSpellingReachesAPrivateAddress tries every private address in every spelling, directly and
// by way of a redirect.
func TestNoSpellingReachesAPrivateAddress(t *testing.T) {
	t.Parallel()
	port, came := inner(t)
	names := startNames(t)
	var location atomic.Value
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location.Load().(string))
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	t.Cleanup(front.Close)
	direct, redirected := guarded(names, ""), guarded(names, front.Listener.Addr().String())
	vectors := 0
	for _, address := range privateAddresses {
		for _, spelling := range spellings {
			vectors++
			target := fmt.Sprintf(spelling, address, port)
			_, err := direct.Do(t.Context(), outgoing.Request{Method: http.MethodPost, URL: target, Timeout: 20 * time.Second})
			refusedCall(t, err, target)
			location.Store(target)
			_, err = redirected.Do(t.Context(), outgoing.Request{Method: http.MethodPost, URL: front.URL, Timeout: 20 * time.Second})
			var send *SendError
			require.ErrorAs(t, err, &send, target)
		}
	}
	require.Greater(t, vectors, 300)
	require.Zero(t, came.Load(), "nobody came")
}

// TestNameThatIsBoundAnewIsCheckedAnew: what a name meant a moment ago does not count.
func TestNameThatIsBoundAnewIsCheckedAnew(t *testing.T) {
	t.Parallel()
	names := startNames(t)
	asked := 0
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(front.Close)
	port := front.Listener.Addr().(*net.TCPAddr).Port
	inner, err := net.Listen("tcp", fmt.Sprintf("127.0.0.2:%d", port))
	require.NoError(t, err)
	t.Cleanup(func() { _ = inner.Close() })
	target := fmt.Sprintf("http://rebound.example:%d/", port)
	_, err = guarded(names, front.Listener.Addr().String()).Do(t.Context(), outgoing.Request{Method: http.MethodPost, URL: target, Timeout: 20 * time.Second})
	refusedCall(t, err, target)
	require.Equal(t, 1, asked, "the name led to a server that may be called, once")
	require.Greater(t, names.asked.Load(), int64(1), "and was bound anew")
}

// TestRedirectsToOtherSchemesAreNotFollowed: and what is not the web is none either.
func TestRedirectsToOtherSchemesAreNotFollowed(t *testing.T) {
	t.Parallel()
	port, came := inner(t)
	caller := NewCaller(true)
	for _, scheme := range []string{"file:///etc/passwd", "gopher://127.0.0.1:%d/", "ftp://127.0.0.1:%d/", "unix:///run/x.sock", "data:,x", "//", "http://", "http:///x", ":"} {
		target := scheme
		if strings.Contains(scheme, "%d") {
			target = fmt.Sprintf(scheme, port)
		}
		front := httptest.NewServer(http.RedirectHandler(target, http.StatusFound))
		for _, url := range []string{target, front.URL} {
			_, err := caller.Do(t.Context(), outgoing.Request{Method: http.MethodGet, URL: url, Timeout: 20 * time.Second})
			var send *SendError
			require.ErrorAs(t, err, &send, url)
		}
		front.Close()
	}
	require.Zero(t, came.Load())
}

// TestRedirectToAnotherHostCarriesNoSecrets: keys and signatures were meant for the first host.
func TestRedirectToAnotherHostCarriesNoSecrets(t *testing.T) {
	t.Parallel()
	seen := make(chan http.Header, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header }))
	t.Cleanup(other.Close)
	front := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(front.Close)
	_, err := NewCaller(true).Do(t.Context(), outgoing.Request{
		Method: http.MethodPost, URL: front.URL, Body: []byte("{}"), ContentType: "application/json", Timeout: 20 * time.Second,
		Headers: map[string]string{"Authorization": "Bearer canary", "X-Api-Key": "canary", "Webhook-Signature": "canary", "Cookie": "canary"},
	})
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprint(<-seen), "canary")
}

// TestAnswersAreCutOff: an answer without end costs what one of 64 KiB costs.
func TestAnswersAreCutOff(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat("x", 1<<10))
		for range 10 << 10 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	answer, err := NewCaller(true).Do(t.Context(), outgoing.Request{Method: http.MethodGet, URL: server.URL, Timeout: 20 * time.Second})
	require.NoError(t, err)
	require.Len(t, answer.Body, maxAnswer)
}

// TestNoProxyIsAsked: a proxy would connect in the program's place, to wherever it is told.
func TestNoProxyIsAsked(t *testing.T) {
	port, came := inner(t)
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, fmt.Sprintf("http://127.0.0.1:%d", port))
	}
	proxy := fmt.Sprintf("127.0.0.1:%d", port)
	_, err := guarded(startNames(t), proxy).Do(t.Context(), outgoing.Request{Method: http.MethodGet, URL: "http://nobody.example/", Timeout: 20 * time.Second})
	refusedCall(t, err, "a name that nobody has")
	require.Zero(t, came.Load())
}
