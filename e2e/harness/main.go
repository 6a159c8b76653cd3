package harness

import (
	"flag"
	"os"
	"testing"

	"fermata/store/storetest"
)

// Main runs a package's tests as TestMain and stops the shared servers. Most of the
// time the tests wait for timers, so that more of them run at a time than there are
// processors.
func Main(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	code := m.Run()
	StopShared()
	storetest.StopServer()
	os.Exit(code)
}
