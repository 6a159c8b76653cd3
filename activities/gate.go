package activities

import (
	"sync"
	"time"
)

const (
	gateStrikes = 3
	gateWindow  = 30 * time.Second
	gateClosed  = time.Minute
	// gateSlow is how long a local attempt may take before it counts as a strike.
	gateSlow = time.Second
	// gateFull is the least number of destinations to keep.
	gateFull = 256
)

// Gate decides whether an effect outside may be tried inside the workflow task.
// One hanging server must not hold the slots of all workflows: only so many local
// attempts run at a time, and a destination that was slow or failing three times
// within 30 s is tried by durable activities only for a minute.
type Gate struct {
	now   func() time.Time
	slots chan struct{}

	mu      sync.Mutex
	strikes map[string][]time.Time
	closed  map[string]time.Time
	// full is how many destinations are kept before those that are over are dropped.
	full int
}

// NewGate makes a gate for at most `slots` local attempts at a time.
func NewGate(slots int, now func() time.Time) *Gate {
	return &Gate{
		now: now, slots: make(chan struct{}, max(1, slots)),
		strikes: map[string][]time.Time{}, closed: map[string]time.Time{}, full: gateFull,
	}
}

// Enter asks for a local attempt. leave must be called with whether it succeeded.
func (g *Gate) Enter(destination string) (leave func(ok bool), allowed bool) {
	start := g.now()
	g.mu.Lock()
	until, closed := g.closed[destination]
	if closed && !start.Before(until) {
		delete(g.closed, destination)
		closed = false
	}
	g.mu.Unlock()
	if closed {
		return nil, false
	}
	select {
	case g.slots <- struct{}{}:
	default:
		return nil, false
	}
	return func(ok bool) {
		<-g.slots
		end := g.now()
		if !ok || end.Sub(start) >= gateSlow {
			g.strike(destination, end)
		}
	}, true
}

func (g *Gate) strike(destination string, at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forget(at)
	recent := g.strikes[destination][:0]
	for _, t := range g.strikes[destination] {
		if at.Sub(t) < gateWindow {
			recent = append(recent, t)
		}
	}
	recent = append(recent, at)
	if len(recent) < gateStrikes {
		g.strikes[destination] = recent
		return
	}
	delete(g.strikes, destination)
	g.closed[destination] = at.Add(gateClosed)
}

// forget drops what is over, when there is much of it: a destination that is never tried
// again would stay for ever.
func (g *Gate) forget(now time.Time) {
	if len(g.strikes)+len(g.closed) < g.full {
		return
	}
	for destination, strikes := range g.strikes {
		if now.Sub(strikes[len(strikes)-1]) >= gateWindow {
			delete(g.strikes, destination)
		}
	}
	for destination, until := range g.closed {
		if !now.Before(until) {
			delete(g.closed, destination)
		}
	}
	g.full = max(gateFull, 2*(len(g.strikes)+len(g.closed)))
}
