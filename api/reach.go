package api

import (
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	// reachMost is how often one caller may make a call that reaches outside, within reachWithin.
	reachMost   = 10
	reachWithin = time.Minute
)

// reaches remembers who made calls that reach outside, and when. It counts for this process alone.
type reaches struct {
	mu sync.Mutex
	at map[string][]time.Time
}

// take counts one call, or says how long to wait when there were too many.
func (a *reaches) take(who string, now time.Time) (wait time.Duration, allowed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.at == nil {
		a.at = map[string][]time.Time{}
	}
	for other, times := range a.at {
		if now.Sub(times[len(times)-1]) >= reachWithin {
			delete(a.at, other)
		}
	}
	recent := a.at[who]
	for len(recent) > 0 && now.Sub(recent[0]) >= reachWithin {
		recent = recent[1:]
	}
	if len(recent) >= reachMost {
		return reachWithin - now.Sub(recent[0]), false
	}
	a.at[who] = append(recent, now)
	return 0, true
}

// mayReachOut counts a call of the route by its caller and refuses the eleventh in a minute.
func (s *server) mayReachOut(c *gin.Context) error {
	who := callerOf(c)
	wait, allowed := s.reaches.take(c.FullPath()+" "+who.keyID+" "+who.person, s.Now())
	if allowed {
		return nil
	}
	p := failure(kindTooMany, "%d a minute; try again later", reachMost)
	p.header = map[string]string{"Retry-After": strconv.Itoa(int(wait/time.Second) + 1)}
	return p
}
