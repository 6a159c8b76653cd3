package events

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// pump claims work from a queue in the store and carries it out, with a few pieces in hand at a
// time. A nudge makes it look at once; the poll is a backstop for nudges that other processes
// could not give.
type pump[C any] struct {
	name    string
	workers int
	// ahead is how much may lie claimed beside what is in hand and what the last claim brought. It
	// keeps claiming from being what short work waits for; whose turn comes next waits for all of it.
	ahead  int
	poll   time.Duration
	nudges chan struct{}
	log    *slog.Logger
	// claim takes up to n pieces of work.
	claim func(ctx context.Context, n int) ([]C, error)
	// work carries one out. It ends soon after ctx does, and leaves nothing claimed.
	work func(ctx context.Context, c C)
}

// run pumps until ctx ends and everything in hand is put down. It claims the next pieces as soon as
// the last ones are in hand or lie ahead, while everybody works.
func (p *pump[C]) run(ctx context.Context) {
	work := make(chan C, p.ahead)
	var hands sync.WaitGroup
	defer hands.Wait()
	defer close(work)
	for range p.workers {
		hands.Go(func() {
			for c := range work {
				p.work(ctx, c)
			}
		})
	}
	for ctx.Err() == nil {
		claims, err := p.claim(ctx, p.workers)
		if err != nil && ctx.Err() == nil {
			p.log.ErrorContext(ctx, "claim work", slog.String("queue", p.name), slog.Any("error", err))
		}
		for _, c := range claims {
			work <- c // after ctx has ended, too: work puts it down
		}
		if len(claims) < p.workers && !p.wait(ctx) {
			return
		}
	}
}

// wait returns true at the next nudge or poll, false when ctx ends.
func (p *pump[C]) wait(ctx context.Context) bool {
	timer := time.NewTimer(p.poll)
	defer timer.Stop()
	select {
	case <-p.nudges:
	case <-timer.C:
	case <-ctx.Done():
		return false
	}
	return true
}

// drain carries out what is ready until a look finds nothing.
func (p *pump[C]) drain(ctx context.Context) error {
	for {
		claims, err := p.claim(ctx, p.workers)
		if err != nil || len(claims) == 0 {
			return err
		}
		var hands sync.WaitGroup
		for _, c := range claims {
			hands.Go(func() { p.work(ctx, c) })
		}
		hands.Wait()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// nudge makes a waiting pump look now; one nudge is remembered while it is busy.
func nudge(nudges chan struct{}) {
	select {
	case nudges <- struct{}{}:
	default:
	}
}

// backoff doubles from first with every try, up to limit.
func backoff(try int, first, limit time.Duration) time.Duration {
	d := first
	for range min(try, 30) {
		if d *= 2; d >= limit {
			return limit
		}
	}
	return d
}
