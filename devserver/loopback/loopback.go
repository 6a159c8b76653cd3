// Package loopback reads addresses that must stay on this machine and finds free ports there. It is
// for the parts of the development server, none of which authenticates anybody: it must never
// accept an address that another machine can reach.
package loopback

import (
	"context"
	"fmt"
	"net"
	"strconv"
)

// Resolve splits addr (host:port), refuses hosts that other machines can reach, replaces port 0 by
// a free one, and makes sure that nobody listens on any other port. Errors name addr.
func Resolve(ctx context.Context, addr string) (host string, port int, err error) {
	host, port, err = Split(addr)
	if err != nil {
		return "", 0, err
	}
	if port == 0 {
		port, err = FreePort(ctx, host)
		return host, port, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", Join(host, port))
	if err != nil {
		return "", 0, fmt.Errorf("bind %s: %w", addr, err)
	}
	return host, port, l.Close()
}

// Split takes addr apart and refuses hosts that other machines can reach. "localhost" is 127.0.0.1.
func Split(addr string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fmt.Errorf("read address %q: want host:port", addr)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return "", 0, fmt.Errorf("read address %q: only a loopback address is allowed here", addr)
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("read address %q: bad port", addr)
	}
	return host, port, nil
}

// Is reports whether addr is a host:port that only this machine can reach.
func Is(addr string) bool {
	_, _, err := Split(addr)
	return err == nil
}

// Join is host:port.
func Join(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// FreePort returns a port of host that nobody listens on. One connection is opened and closed from
// the listening side, which leaves the port in TIME_WAIT: the kernel then gives it to nobody who
// asks for port 0, while binding it by number still works.
func FreePort(ctx context.Context, host string) (int, error) {
	port, err := freePort(ctx, host)
	if err != nil {
		return 0, fmt.Errorf("find a free port on %s: %w", host, err)
	}
	return port, nil
}

func freePort(ctx context.Context, host string) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", Join(host, 0))
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	var d net.Dialer
	out, err := d.DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return 0, err
	}
	defer func() { _ = out.Close() }()
	in, err := l.Accept()
	if err != nil {
		return 0, err
	}
	if err := in.Close(); err != nil {
		return 0, err
	}
	_, port, err := Split(l.Addr().String())
	return port, err
}
