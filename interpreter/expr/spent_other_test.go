//go:build !linux

package expr

import "time"

func spent(work func()) time.Duration {
	start := time.Now()
	work()
	return time.Since(start)
}
