package expr

import (
	"runtime"
	"syscall"
	"time"
)

// spent is the processor time of work: unlike the wall clock it does not count who else runs.
func spent(work func()) time.Duration {
	const ofThread = 1 // RUSAGE_THREAD
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, after syscall.Rusage
	_ = syscall.Getrusage(ofThread, &before)
	work()
	_ = syscall.Getrusage(ofThread, &after)
	return time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
}
