package harness

import (
	"flag"
	"os"
	"strconv"
	"testing"

	"fermata/store/storetest"
)

// atOnce is how many tests of a package run at a time. Most of the time they wait for
// timers, so that they are more than there are processors; with many more, a small machine
// is so busy that Temporal loses tasks and hands them out again ten seconds later.
const atOnce = 8

// Main runs a package's tests as TestMain and stops the shared servers.
func Main(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", strconv.Itoa(atOnce)); err != nil {
		panic(err)
	}
	code := m.Run()
	StopShared()
	storetest.StopServer()
	os.Exit(code)
}
