// Package ports decides, before anything starts, which of the addresses that a development server
// needs it binds itself and which already belong to somebody. It must never let the program join a
// server that nobody named.
package ports

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"time"

	"fermata/devserver/loopback"
)

// What the settings mean when they are not set.
const (
	DefaultTemporal = "127.0.0.1:7233"
	DefaultSMTP     = "smtp://127.0.0.1:1025"
)

// dialLimit is the time in which a listener on this network takes a connection.
const dialLimit = 2 * time.Second

// Choice says what to do about one address.
type Choice struct {
	// Addr is the host:port to bind or to use.
	Addr string
	// Embed is true when Addr is to be bound by a server of our own.
	Embed bool
}

// Taken reports whether something accepts connections at addr.
func Taken(ctx context.Context, addr string) bool {
	d := net.Dialer{Timeout: dialLimit}
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// Temporal decides about FERMATA_TEMPORAL_ADDR; an empty addr means that it is not set. answers
// tells whether what listens somewhere is a Temporal.
func Temporal(ctx context.Context, addr string, answers func(context.Context, string) bool) (Choice, error) {
	if addr == "" {
		if Taken(ctx, DefaultTemporal) {
			return Choice{}, fmt.Errorf("port 7233 is taken: set FERMATA_TEMPORAL_ADDR=%s to use the Temporal that answers there, "+
				"or set FERMATA_TEMPORAL_ADDR to a free address, for example 127.0.0.1:7243, to start one of our own", DefaultTemporal)
		}
		return Choice{Addr: DefaultTemporal, Embed: true}, nil
	}
	if Taken(ctx, addr) {
		if !answers(ctx, addr) {
			return Choice{}, fmt.Errorf("FERMATA_TEMPORAL_ADDR: what listens at %s is no Temporal", addr)
		}
		return Choice{Addr: addr}, nil
	}
	if !loopback.Is(addr) {
		return Choice{}, fmt.Errorf("FERMATA_TEMPORAL_ADDR: nothing answers at %s, and it is no loopback address on which our own could start", addr)
	}
	return Choice{Addr: addr, Embed: true}, nil
}

// SMTP decides about FERMATA_SMTP_URL; an empty raw means that it is not set. A mail server that was
// named and answers, or that is not on this machine, is used as it is.
func SMTP(ctx context.Context, raw string) (Choice, error) {
	set := raw != ""
	if !set {
		raw = DefaultSMTP
	}
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" {
		return Choice{}, fmt.Errorf("FERMATA_SMTP_URL: want smtp://host:port or smtps://host:port")
	}
	addr := u.Host
	if u.Port() == "" {
		addr = net.JoinHostPort(u.Hostname(), map[string]string{"smtp": "25", "smtps": "465"}[u.Scheme])
	}
	switch {
	case !loopback.Is(addr) || u.Scheme == "smtps":
		return Choice{Addr: addr}, nil
	case !Taken(ctx, addr):
		return Choice{Addr: addr, Embed: true}, nil
	case set:
		return Choice{Addr: addr}, nil
	}
	return Choice{}, fmt.Errorf("port 1025 is taken: set FERMATA_SMTP_URL=%s to send to what answers there, "+
		"or set it to a free address, for example smtp://127.0.0.1:1026, for a mail sink of our own", DefaultSMTP)
}

// Own makes sure that the loopback address of setting can be bound, and replaces port 0 by a free one.
func Own(ctx context.Context, setting, addr string) (string, error) {
	host, port, err := loopback.Resolve(ctx, addr)
	if err != nil {
		return "", fmt.Errorf("%s: %w; set it to a free loopback address", setting, err)
	}
	return loopback.Join(host, port), nil
}
