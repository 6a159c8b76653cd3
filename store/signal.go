package store

import "sync/atomic"

// signal wakes everybody who waits for it. To tell it costs nothing while nobody does.
type signal struct{ next atomic.Pointer[chan struct{}] }

// wait returns a channel that is closed when the signal is told after this call.
func (s *signal) wait() <-chan struct{} {
	for {
		if next := s.next.Load(); next != nil {
			return *next
		}
		next := make(chan struct{})
		if s.next.CompareAndSwap(nil, &next) {
			return next
		}
	}
}

func (s *signal) tell() {
	if next := s.next.Swap(nil); next != nil {
		close(*next)
	}
}

// Changed returns a channel that is closed when this process, after the call, has committed something
// that may have changed rows. What other processes commit is not told: who waits looks from time to
// time as well.
func (s *Store) Changed() <-chan struct{} { return s.changed.wait() }
