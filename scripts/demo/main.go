package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// patience is how long the purchase may take, from the event to its last effect.
const patience = 60 * time.Second

// workflows are the examples in the order in which they refer to each other.
var workflows = []string{"onboarding-14", "post-purchase", "refund"}

// ended are the statuses in which an enrollment goes no further by itself.
var ended = []string{"completed", "exited", "failed", "held"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	c := newClient(address(), setting("FERMATA_API_KEY", "dev-key"))
	if err := c.answers(ctx); err != nil {
		return err
	}
	sink, err := startSink(ctx)
	if err != nil {
		return err
	}
	defer sink.stop()
	fmt.Printf("Slack and calendar of this demo: %s\n", sink.url)
	if err := prepare(ctx, c, sink.url); err != nil {
		return err
	}
	for _, key := range workflows {
		if err := publish(ctx, c, key); err != nil {
			return err
		}
	}
	order := newOrder(time.Now())
	began := time.Now()
	if err := buy(ctx, c, order); err != nil {
		return err
	}
	e, err := c.follow(ctx, "post-purchase", order.email, ended...)
	if err != nil {
		return err
	}
	fmt.Printf("\nThe workflow is %s, %.2f s after the purchase:\n", e.Status, time.Since(began).Seconds())
	missing := show(ctx, c, sink, order, e)
	links(c, order, e)
	if missing > 0 {
		return fmt.Errorf("%d of 6 effects are missing", missing)
	}
	return nil
}

// address is where the product listens.
func address() string {
	host, port, err := net.SplitHostPort(setting("FERMATA_HTTP_ADDR", "127.0.0.1:8080"))
	if err != nil {
		return "http://" + os.Getenv("FERMATA_HTTP_ADDR")
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// example reads a file of the folder with the example workflows, wherever in the
// repository the demo is started.
func example(name string) ([]byte, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find examples: %w", err)
	}
	for {
		raw, err := os.ReadFile(filepath.Join(dir, "examples", name))
		if err == nil {
			return raw, nil
		}
		if !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			return nil, fmt.Errorf("read examples/%s: %w", name, err)
		}
		dir = filepath.Dir(dir)
	}
}

// order is one purchase by somebody who was never seen before.
type order struct{ id, email string }

func newOrder(now time.Time) order {
	id := "A-" + strings.ToUpper(fmt.Sprintf("%x", now.UnixMilli()))
	return order{id: id, email: "ana." + strings.ToLower(id) + "@example.com"}
}
